package machine

import (
	"sync/atomic"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// A Wait is what a thread waits for, since when and where.
type Wait struct {
	What  string // "chan receive", "select", ...
	Since time.Time
	Place Place
	Main  bool // it is the cell itself that waits, not a goroutine
}

// Waiting returns what the threads of the group wait for.
func (g *Group) Waiting() (out []Wait) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for t := range g.threads {
		if w := t.wait.Load(); w != nil {
			x := *w
			x.Main = t.start == Place{}
			out = append(out, x)
		}
	}
	return out
}

// blocked notes that the thread waits, until the returned function is called.
func (t *Thread) blocked(what string, at func() Place) func() {
	t.wait.Store(&Wait{What: what, Since: time.Now(), Place: at()})
	return func() { t.wait.Store(nil) }
}

// Stopping returns the channel that is closed when the frame's thread is to stop.
func Stopping(fp P) <-chan struct{} { return (*Header)(fp).Thread.stopping() }

// Stopped ends the thread, which was told to stop while it waited.
func Stopped(fp P) { panic(Interrupt{}) }

// Blocked notes what the frame's thread waits for, until the returned function is called.
func Blocked(fp P, what string, at Place) func() {
	return (*Header)(fp).Thread.blocked(what, func() Place { return at })
}

// Receive waits for a value from a channel.
func Receive(fp P, c op.Class, ch, to P, at func() Place) (ok bool) {
	if ch != nil {
		if done, ok := c.TryReceive(ch, to); done {
			return ok
		}
	}
	t := (*Header)(fp).Thread
	defer t.blocked("chan receive", at)()
	ok, stopped := c.Receive(ch, to, t.stopping())
	if stopped {
		panic(Interrupt{})
	}
	return ok
}

// Send waits until a channel takes a value.
func Send(fp P, c op.Class, ch, from P, at func() Place) {
	if ch != nil && c.TrySend(ch, from) {
		return
	}
	t := (*Header)(fp).Thread
	defer t.blocked("chan send", at)()
	if c.Send(ch, from, t.stopping()) {
		panic(Interrupt{})
	}
}

// Sleep is time.Sleep.
func Sleep(fp P, d time.Duration, at func() Place) {
	if d <= 0 {
		return
	}
	t := (*Header)(fp).Thread
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.stopping():
		panic(Interrupt{})
	}
}

// Await calls wait, which blocks in compiled code, on a goroutine of its own, so that an interrupt ends the waiting. What
// it then still gets is given back by undo.
func Await(fp P, what string, at func() Place, wait, undo func()) {
	t := (*Header)(fp).Thread
	done := make(chan struct{})
	var settled atomic.Bool
	go func() {
		defer close(done)
		wait()
		if !settled.CompareAndSwap(false, true) {
			undo()
		}
	}()
	defer t.blocked(what, at)()
	select {
	case <-done:
	case <-t.stopping():
		if settled.CompareAndSwap(false, true) {
			panic(Interrupt{})
		}
		<-done
	}
}
