package machine

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// A Thread is what the machine knows of a goroutine that runs its functions.
type Thread struct {
	stop   uint32 // set from other goroutines: the thread is to end with an Interrupt
	depth  int32
	native P      // the frame that called compiled code last
	free   []P    // by number of the function: its free frames, linked
	thrown *Panic // on its way through the Go stack
	g      uintptr
	group  *Group
	done   atomic.Pointer[chan struct{}] // closed when the thread is to stop
	wait   atomic.Pointer[Wait]          // what it waits for
	start  Place                         // of its go statement
}

// MaxDepth is how many calls deep the machine goes; beyond, the Go stack would end the process.
const MaxDepth = 1_000_000

// An Interrupt is the panic with which an interrupted thread ends; it cannot be recovered.
type Interrupt struct{}

func (Interrupt) Error() string { return "interrupted" }

// A StackOverflow is the panic of a call that is too deep.
type StackOverflow struct{}

func (StackOverflow) Error() string {
	return fmt.Sprintf("stack overflow: more than %d calls are active, or %d from compiled code; is there a recursion without an end?",
		MaxDepth, MaxDepth/entryDepth)
}

// RuntimeError makes it a run-time error like Go's own.
func (StackOverflow) RuntimeError() {}

// A Group is the threads of one cell: those that it started and those that they started.
type Group struct {
	// Uncaught is told of a panic that no function recovered, on a goroutine whose end would end the process.
	Uncaught func(p *Panic)
	mu       sync.Mutex
	threads  map[*Thread]bool
	stopped  bool
}

// NewGroup returns a group without threads.
func NewGroup(uncaught func(p *Panic)) *Group {
	return &Group{Uncaught: uncaught, threads: map[*Thread]bool{}}
}

// Stop makes the threads of the group end with an Interrupt, those that are started later too.
func (g *Group) Stop() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stopped = true
	for t := range g.threads {
		t.interrupt()
	}
}

// Starts returns, for each thread that runs, where its go statement is; the zero Place for that of the cell itself.
func (g *Group) Starts() (starts []Place) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for t := range g.threads {
		starts = append(starts, t.start)
	}
	return starts
}

func (t *Thread) interrupt() {
	atomic.StoreUint32(&t.stop, 1)
	if c := t.done.Load(); c != nil {
		select {
		case <-*c:
		default:
			close(*c)
		}
	}
}

// stopping returns the channel that is closed when the thread is to stop.
func (t *Thread) stopping() <-chan struct{} {
	if c := t.done.Load(); c != nil {
		return *c
	}
	t.group.mu.Lock()
	defer t.group.mu.Unlock()
	c := make(chan struct{})
	t.done.Store(&c)
	if atomic.LoadUint32(&t.stop) != 0 {
		close(c)
	}
	return c
}

// live is how many threads run.
var live atomic.Int32

var idle = sync.Pool{New: func() any { return new(Thread) }}

// begin makes the calling goroutine a thread of a group.
func (g *Group) begin(start Place) *Thread {
	t := g.prepare(start)
	register(t)
	return t
}

// prepare makes a thread for a goroutine that is yet to run.
func (g *Group) prepare(start Place) *Thread {
	t := idle.Get().(*Thread)
	t.group, t.start, t.depth, t.native, t.thrown = g, start, 0, nil, nil
	atomic.StoreUint32(&t.stop, 0)
	t.done.Store(nil)
	t.wait.Store(nil)
	if live.Add(1) == 2 {
		op.SetShared(true)
	}
	g.mu.Lock()
	g.threads[t] = true
	if g.stopped {
		atomic.StoreUint32(&t.stop, 1)
	}
	g.mu.Unlock()
	return t
}

// end is the reverse of begin. A thread that ended with a panic is not used again: its frames may be in any state.
func (t *Thread) end(clean bool) {
	unregister(t)
	g := t.group
	g.mu.Lock()
	delete(g.threads, t)
	g.mu.Unlock()
	t.group = nil
	if live.Add(-1) == 1 {
		op.SetShared(false)
		if live.Load() > 1 { // another one began meanwhile
			op.SetShared(true)
		}
	}
	if clean {
		idle.Put(t)
	}
}

// Run runs a call on the calling goroutine as a thread of the group, and returns what it panicked with, or nil.
func (g *Group) Run(call func(t *Thread) Deferred) (p *Panic) {
	if t := current(); t != nil { // a cell's own code called the kernel, which runs a cell: its frames stay apart
		unregister(t)
		defer register(t)
	}
	t := g.begin(Place{})
	clean := false
	defer func() { t.end(clean) }()
	p = t.protect(func() Deferred { return call(t) })
	clean = p == nil
	return p
}

// Go starts a goroutine of the group that runs a call, which is prepared before.
func (g *Group) Go(start Place, call func(t *Thread) Deferred) {
	t := g.prepare(start)
	d := call(t)
	go func() {
		register(t)
		clean := false
		defer func() { t.end(clean) }()
		p := t.protect(func() Deferred { return d })
		if p != nil && !p.Interrupted() && g.Uncaught != nil {
			g.Uncaught(p)
		}
		clean = p == nil
	}()
}

// protect runs a call and returns what it panicked with.
func (t *Thread) protect(call func() Deferred) (p *Panic) {
	done := false
	var frame P
	var root *Header
	defer func() {
		if done {
			return
		}
		if r := recover(); r != nil {
			if root != nil {
				frame = root.callee
			}
			p = t.catchIn(r, frame)
		}
	}()
	d := call()
	if frame = d.frame; d.fn == nil && frame == nil { // compiled code, whose calls of functions are traced from here
		root = &Header{Thread: t}
		t.native = P(root)
	}
	if d.fn != nil {
		d.fn.exec(frame)
		d.fn.put(t, frame)
	} else {
		d.call(nil)
	}
	done = true
	return nil
}
