package session

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// Run All sends the cells of a notebook one after the other without waiting, and when the first fails at once, the
// others are still on their way. They must not run. So the reply to a cell that failed is held back for abortHold:
// what comes until then was sent without knowledge of the error, and is aborted; a client that waits for the reply
// and goes on, however fast, is not. What comes up to abortWindow later is aborted if its date is before the reply.
const (
	abortHold   = 50 * time.Millisecond
	abortWindow = 300 * time.Millisecond
)

// A cellRequest is a queued execute_request.
type cellRequest struct {
	*request
	content wire.ExecuteRequest
	aborted bool
	task    func(ctx context.Context) // else
}

// A cellQueue holds the cells that wait and the context of the one that runs, and tasks: other work for the goroutine of the
// cells, in the order in which it came.
type cellQueue struct {
	mu      sync.Mutex
	waiting []*cellRequest // one without a request is a task
	wake    chan struct{}
	cancel  context.CancelCauseFunc // of the running cell, else nil
	current *wire.Message           // the running cell's request, or the last one's
	closed  bool
	closing chan struct{} // closed with it
	tasks   atomic.Int32  // that wait

	abortedAt time.Time // of the last error or interrupt that aborts what was sent before
}

// queueCell takes an execute_request.
func (s *Session) queueCell(req *request) {
	c := &cellRequest{request: req, content: wire.NewExecuteRequest("")}
	if err := req.decode(&c.content); err != nil {
		s.answer(req, func(*Session, *request) (any, error) { return nil, err })
		return
	}
	s.cells.add(c)
}

func (q *cellQueue) add(c *cellRequest) {
	q.mu.Lock()
	if time.Since(q.abortedAt) < abortWindow {
		sent, err := time.Parse(time.RFC3339Nano, c.Header.Date)
		c.aborted = err == nil && sent.Before(q.abortedAt)
	}
	c.aborted = c.aborted || q.closed
	q.waiting = append(q.waiting, c)
	q.mu.Unlock()
	q.signal()
}

// addTask queues other work.
func (q *cellQueue) addTask(f func(ctx context.Context)) {
	q.mu.Lock()
	if !q.closed {
		q.waiting = append(q.waiting, &cellRequest{task: f})
		q.tasks.Add(1)
	}
	q.mu.Unlock()
	q.signal()
}

// takeTasks removes the tasks that wait, and returns them.
func (q *cellQueue) takeTasks() (tasks []func(ctx context.Context)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = slices.DeleteFunc(q.waiting, func(c *cellRequest) bool {
		if c.task != nil {
			tasks = append(tasks, c.task)
			q.tasks.Add(-1)
		}
		return c.task != nil
	})
	return tasks
}

func (q *cellQueue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// next waits for a cell and returns it with the context to run it in; false when the queue was closed and is empty.
func (q *cellQueue) next() (*cellRequest, context.Context, bool) {
	for {
		q.mu.Lock()
		if len(q.waiting) > 0 {
			c := q.waiting[0]
			q.waiting = q.waiting[1:]
			ctx := context.Background()
			if !c.aborted {
				ctx, q.cancel = context.WithCancelCause(ctx)
			}
			if c.task != nil {
				q.tasks.Add(-1)
			} else if !c.aborted {
				q.current = c.Message
			}
			q.mu.Unlock()
			return c, ctx, true
		}
		if q.closed {
			q.mu.Unlock()
			return nil, nil, false
		}
		q.mu.Unlock()
		<-q.wake
	}
}

// done ends the context of the running cell.
func (q *cellQueue) done() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.cancel != nil {
		q.cancel(nil)
		q.cancel = nil
	}
}

// parent returns the request of the cell that runs, or ran last; nil before the first.
func (q *cellQueue) parent() *wire.Message {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.current
}

// abortAll waits for what was sent together with the cell that failed, and aborts it.
func (q *cellQueue) abortAll() {
	select {
	case <-time.After(abortHold):
	case <-q.closing:
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.abort()
}

// abort marks all cells that wait, and those that were sent before now and will still arrive, as not to be run.
// The caller holds mu.
func (q *cellQueue) abort() {
	for _, c := range q.waiting {
		c.aborted = c.task == nil // what a user did meanwhile counts
	}
	q.abortedAt = time.Now()
}

// interrupt ends the running cell's context and aborts those that wait.
func (q *cellQueue) interrupt(cause error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.cancel == nil && len(q.waiting) == 0 {
		return // nothing to interrupt: a cell that comes next was meant to run
	}
	q.abort()
	if q.cancel != nil {
		q.cancel(cause)
	}
}

// close is interrupt for good: later cells are aborted too.
func (q *cellQueue) close(cause error) {
	q.interrupt(cause)
	q.mu.Lock()
	if !q.closed {
		q.closed = true
		close(q.closing)
	}
	q.mu.Unlock()
	q.takeTasks()
	q.signal()
}
