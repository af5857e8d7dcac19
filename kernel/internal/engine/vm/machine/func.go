package machine

import (
	"sync"
	"sync/atomic"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// A Func is a function of the machine. It is compiled when it is first called. The functions of methods stay for good, as
// their types do, so a Func is small: what few functions have is behind a pointer, and what a call needs is in one line of
// the cache.
type Func struct {
	*Head
	Entry     *op.Block
	HasDefers bool

	id                uint32
	frame             P                    // the descriptor of the type of its frames
	clearFrom, clears uint32               // see clear
	init              func(fp P)           // fills in a new frame; may be nil
	more              atomic.Pointer[more] // nil when the function is compiled and has none of it
	places            *byte                // see placesOf
}

// more is what few functions have, and what a function needs until it is compiled.
type more struct {
	once    sync.Once
	compile func(f *Func) error
	err     error
	free    []Slot    // where the free variables lie, in the order of the closure's
	recover *op.Block // where a function that recovered goes on
}

var methods slab[Func]

// NewFunc returns a function with a head. compile makes its code: it calls SetFrame and sets Entry. It runs once, at the
// first call, on the caller's goroutine. forGood says that the function will never be garbage.
func NewFunc(h *Head, forGood bool, compile func(f *Func) error) *Func {
	var f *Func
	if forGood {
		f = methods.take()
	} else {
		f = &Func{}
	}
	f.Head = h
	f.more.Store(&more{compile: compile})
	f.id = newID(f, forGood)
	return f
}

// SetFree says where the free variables lie, in the order of the closure's. Compile calls it.
func (f *Func) SetFree(free []Slot) { f.more.Load().free = free }

// SetRecover says where the function goes on when it has recovered. Compile calls it.
func (f *Func) SetRecover(b *op.Block) { f.more.Load().recover = b }

func (f *Func) free() []Slot {
	if m := f.more.Load(); m != nil {
		return m.free
	}
	return nil
}

func (f *Func) prepare() {
	f.Prepare()
	if m := f.more.Load(); m != nil && m.err != nil {
		panic(m.err)
	}
}

// Prepare compiles the function, unless it is compiled. A function that cannot be compiled panics when it is called.
func (f *Func) Prepare() {
	m := f.more.Load()
	if m == nil {
		return
	}
	m.once.Do(func() {
		m.err = m.compile(f)
		m.compile = nil // it keeps the syntax and the SSA form
		if m.err == nil && m.free == nil && m.recover == nil {
			f.more.Store(nil)
		}
	})
}

// A Cell holds the function that a name stands for now: a redefinition puts another one in, while goroutines may call the one
// before. The zero Cell holds none.
type Cell struct{ f atomic.Pointer[Func] }

// NewCell returns a cell with a function.
func NewCell(f *Func) *Cell {
	c := &Cell{}
	c.f.Store(f)
	return c
}

// Func returns the function, or nil.
func (c *Cell) Func() *Func { return c.f.Load() }

// Set puts another function in.
func (c *Cell) Set(f *Func) { c.f.Store(f) }
