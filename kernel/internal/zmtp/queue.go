package zmtp

import (
	"sync"
	"time"
)

// writeBuffer is how many bytes of small messages one write joins.
const writeBuffer = 64 << 10

// An outgoing is a message, or a command, on its way to a peer. Its frames are shared with other peers.
type outgoing struct {
	frames [][]byte
	flags  byte // flagCommand or 0
	size   int64
}

func newOutgoing(frames [][]byte) outgoing {
	size := int64(len(frames) * maxHeader)
	for _, f := range frames {
		size += int64(len(f))
	}
	return outgoing{frames: frames, size: size}
}

// A queue holds what waits for one peer. Many goroutines push, the peer's writer takes.
type queue struct {
	maxLen   int
	maxBytes int64
	stall    time.Duration

	mu       sync.Mutex
	work     sync.Cond // the writer waits here
	items    []outgoing
	bytes    int64
	writing  bool      // the writer is busy with what it took last
	closed   bool      // nothing goes in or out any more
	progress time.Time // when the connection last took bytes, or when the queue last stopped being empty
	// changed is closed when waiting for room or for the end may be over; nil while nobody waits.
	changed chan struct{}
}

func newQueue(o Options) *queue {
	q := &queue{maxLen: o.QueueLen, maxBytes: o.QueueBytes, stall: o.Stall}
	q.work.L = &q.mu
	return q
}

// push appends m. When the queue is full it returns ErrFull, but with wait not before the connection took no bytes
// for the time of stall. When the queue is closed it returns ErrNoPeer.
func (q *queue) push(m outgoing, wait bool) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.closed {
		if len(q.items) < q.maxLen && (len(q.items) == 0 || q.bytes+m.size <= q.maxBytes) {
			if len(q.items) == 0 && !q.writing {
				q.progress = time.Now()
			}
			q.items = append(q.items, m)
			q.bytes += m.size
			q.work.Signal()
			return nil
		}
		left := q.stall - time.Since(q.progress)
		if !wait || left <= 0 {
			return ErrFull
		}
		timer := time.NewTimer(left)
		q.waitChange(timer.C, nil)
		timer.Stop()
	}
	return ErrNoPeer
}

// take waits for messages and moves about writeBuffer bytes of them, at least one, to the end of batch. The call
// also says that the batch before it was written. It returns false when the queue is closed.
func (q *queue) take(batch []outgoing) ([]outgoing, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.writing = false
	if len(q.items) == 0 {
		q.signal() // drain may wait for this
	}
	for len(q.items) == 0 && !q.closed {
		q.work.Wait()
	}
	if q.closed {
		return batch, false
	}
	n, size := 0, int64(0)
	for n < len(q.items) && (n == 0 || size+q.items[n].size <= writeBuffer) {
		size += q.items[n].size
		n++
	}
	batch = append(batch, q.items[:n]...)
	clear(q.items[:n])
	if n == len(q.items) {
		q.items = q.items[:0]
	} else {
		q.items = q.items[n:]
	}
	q.bytes -= size
	q.writing = true
	// Waking senders for each batch would switch between goroutines all the time: they wait for half the room.
	if len(q.items) <= q.maxLen/2 && q.bytes <= q.maxBytes/2 {
		q.signal()
	}
	return batch, true
}

// progressed says that the connection took bytes.
func (q *queue) progressed() {
	now := time.Now()
	q.mu.Lock()
	q.progress = now
	q.mu.Unlock()
}

// hurry lowers the time of stall, also for those that wait already.
func (q *queue) hurry(stall time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stall = min(q.stall, stall)
	q.signal()
}

// drain waits until all is written, the connection took no bytes for the time of stall, the queue is closed, or
// expired is closed.
func (q *queue) drain(expired <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.closed && (len(q.items) > 0 || q.writing) {
		left := q.stall - time.Since(q.progress)
		select {
		case <-expired:
			return
		default:
		}
		if left <= 0 {
			return
		}
		timer := time.NewTimer(left)
		q.waitChange(timer.C, expired)
		timer.Stop()
	}
}

// close discards what waits and ends all calls.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.items, q.bytes = nil, 0
	q.work.Signal()
	q.signal()
}

// signal wakes those in waitChange. q.mu is held.
func (q *queue) signal() {
	if q.changed != nil {
		close(q.changed)
		q.changed = nil
	}
}

// waitChange waits for signal, a timer or an end. q.mu is held on call and return, not while it waits.
func (q *queue) waitChange(timer <-chan time.Time, end <-chan struct{}) {
	if q.changed == nil {
		q.changed = make(chan struct{})
	}
	changed := q.changed
	q.mu.Unlock()
	select {
	case <-changed:
	case <-timer:
	case <-end:
	}
	q.mu.Lock()
}
