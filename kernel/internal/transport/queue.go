package transport

import (
	"context"
	"io"
	"sync"
)

// A queue passes values between goroutines in order, without a limit.
type queue[T any] struct {
	mu     sync.Mutex
	items  []T
	closed bool
	// changed is closed, and replaced, when something arrives or the queue closes.
	changed chan struct{}
}

func newQueue[T any]() *queue[T] { return &queue[T]{changed: make(chan struct{})} }

// put appends v; false when the queue is closed.
func (q *queue[T]) put(v T) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.items = append(q.items, v)
	q.signal()
	return true
}

// get takes the first value, or waits for one. It returns io.EOF when the queue is closed and empty, or ctx's error.
func (q *queue[T]) get(ctx context.Context) (v T, err error) {
	for {
		q.mu.Lock()
		if len(q.items) > 0 {
			v, q.items[0] = q.items[0], v
			q.items = q.items[1:]
			q.mu.Unlock()
			return v, nil
		}
		if q.closed {
			q.mu.Unlock()
			return v, io.EOF
		}
		changed := q.changed
		q.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return v, ctx.Err()
		}
	}
}

// close ends the queue; discard throws away what is in it.
func (q *queue[T]) close(discard bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if discard {
		q.items = nil
	}
	if !q.closed {
		q.closed = true
		q.signal()
	}
}

func (q *queue[T]) signal() {
	close(q.changed)
	q.changed = make(chan struct{})
}
