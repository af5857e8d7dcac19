package machine

import (
	"sync/atomic"
	"unsafe"
)

// A Panic is a panic on its way: a panic statement's, or one of Go's that was caught.
type Panic struct {
	Value     any
	trace     []spot // innermost first, as far as it is known
	recovered bool
	goexit    bool
	first     [1]spot // what trace begins with
	before    *Panic  // the panic whose deferred calls panicked anew
}

// Before returns the panic during which this one began, or nil.
func (p *Panic) Before() *Panic { return p.before }

// Again reports whether the panic's value is that of the panic before it.
func (p *Panic) Again() bool { return p.before != nil && same(p.Value, p.before.Value) }

// after notes that p, and what it came after, came after q.
func (p *Panic) after(q *Panic) {
	for ; p != q; p = p.before {
		if p.before == nil {
			p.before = q
			return
		}
	}
}

// Recovered reports whether a function recovered the panic.
func (p *Panic) Recovered() bool { return p.recovered }

// Trace returns the places of the calls that the panic went through, innermost first, as far as they are known.
func (p *Panic) Trace() (out []Place) {
	for _, s := range p.trace {
		out = append(out, s.fn.place(s.block, s.op))
	}
	return out
}

// Interrupted reports whether the panic is the end of an interrupted thread.
func (p *Panic) Interrupted() bool {
	_, ok := p.Value.(Interrupt)
	return ok
}

// A Deferred is a call that was put off: of a function with its frame, or of anything else.
type Deferred struct {
	fn    *Func
	frame P
	call  func(h *Header)
}

// Defer puts a call off until the frame's function returns.
func Defer(fp P, d Deferred) {
	h := (*Header)(fp)
	h.defers = append(h.defers, d)
}

// Recover returns what a function that was called by a defer statement recovers.
func Recover(fp P) any {
	p := (*Header)(fp).given
	if p == nil || p.recovered || p.goexit || p.Interrupted() {
		return nil
	}
	p.recovered = true
	return p.Value
}

// recoverOwn is recover as a deferred call itself: it is as if the function called recover, unless it panics now.
func recoverOwn(h *Header) {
	if h.catch == nil || h.catch.recovered {
		Recover(P(h))
	}
}

// Throw is the panic statement. In a function with defers it returns, and the function ends at once; elsewhere it panics.
func Throw(fp P, v any) {
	h := (*Header)(fp)
	if h.Func.HasDefers && v != nil {
		p := &Panic{Value: v, first: [1]spot{{h.Func, h.block, -1}}}
		p.trace = p.first[:]
		h.thrown = p
		return
	}
	panic(v)
}

// execDefers runs a function that has defer statements.
func (f *Func) execDefers(fp P) {
	h := (*Header)(fp)
	t := h.Thread
	depth, native := t.depth, t.native
	p := f.try(fp)
	if p == nil {
		return
	}
	t.depth, t.native = depth, native
	f.unwind(fp, p)
	if m := f.more.Load(); m != nil && m.recover != nil {
		run(fp, m.recover)
	}
}

// try runs a function and returns the panic that it ended with, if any.
func (f *Func) try(fp P) (p *Panic) {
	h := (*Header)(fp)
	t := h.Thread
	done := false
	defer func() {
		if done {
			return
		}
		r := recover()
		if r == nil { // runtime.Goexit goes on after this
			t.depth--
			f.unwind(fp, &Panic{goexit: true})
			return
		}
		p = t.catchIn(r, fp)
	}()
	run(fp, f.Entry)
	done = true
	p, h.thrown = h.thrown, nil
	return p
}

// unwind runs the defers of a function that panicked, and panics on unless one recovered.
func (f *Func) unwind(fp P, p *Panic) {
	h := (*Header)(fp)
	t := h.Thread
	stopped := p.Interrupted()
	if stopped { // the deferred calls of an interrupted thread run
		atomic.StoreUint32(&t.stop, 0)
	}
	h.catch = p
	for len(h.defers) > 0 {
		if q := runProtected(fp); q != nil {
			if !p.goexit {
				q.after(p)
			}
			p = q
			h.catch = q
		}
	}
	h.catch = nil
	if stopped {
		t.interrupt()
	}
	if !p.recovered && !p.goexit {
		t.thrown = p
		panic(p.Value)
	}
}

// runProtected runs one deferred call and returns what it panicked with.
func runProtected(fp P) (p *Panic) {
	t := (*Header)(fp).Thread
	depth, native := t.depth, t.native
	done := false
	defer func() {
		if done {
			return
		}
		if r := recover(); r != nil {
			t.depth, t.native = depth, native
			p = t.catchIn(r, (*Header)(fp).callee)
		}
	}()
	runDeferred(fp)
	done = true
	return nil
}

func runDeferred(fp P) {
	h := (*Header)(fp)
	n := len(h.defers) - 1
	d := h.defers[n]
	h.defers[n] = Deferred{}
	h.defers = h.defers[:n]
	if d.fn == nil {
		d.call(h)
		return
	}
	dh := (*Header)(d.frame)
	dh.given = h.catch
	h.callee = d.frame
	d.fn.exec(d.frame)
	dh.given = nil
	d.fn.put(h.Thread, d.frame)
}

// RunDefers runs the deferred calls of a function that returns.
func RunDefers(fp P) {
	for len((*Header)(fp).defers) > 0 {
		runDeferred(fp)
	}
}

// catch returns the Panic of a recovered value; nil if there was no panic but runtime.Goexit.
func (t *Thread) catch(r any) *Panic {
	p := t.thrown
	t.thrown = nil
	if p != nil && same(p.Value, r) {
		return p
	}
	if r == nil {
		return nil
	}
	return &Panic{Value: r}
}

// Caught describes what compiled code recovered.
func Caught(r any) *Panic {
	if t := current(); t != nil && t.thrown != nil && same(t.thrown.Value, r) {
		return t.catch(r)
	}
	if p := propagated.Load(); p != nil && same(p.Value, r) {
		return p
	}
	return &Panic{Value: r}
}

// catchIn is catch in the function with the frame fp: what lies between it and the panic is traced.
func (t *Thread) catchIn(r any, fp P) *Panic {
	p := t.catch(r)
	p.trace = append(p.trace, trace(fp)...)
	return p
}

// same reports whether two interfaces are the same words; comparing their values could panic.
func same(a, b any) bool {
	return *(*[2]P)(unsafe.Pointer(&a)) == *(*[2]P)(unsafe.Pointer(&b))
}
