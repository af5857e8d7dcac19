package machine

import (
	"reflect"
	"sync"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// A Closing makes the closures of one function literal.
type Closing struct {
	typ   reflect.Type
	shape *shape
	fn    *Func
	env   reflect.Type
	envAt P // its descriptor
	once  sync.Once
	moves []Move
}

// NewClosing returns the maker of closures of type t: of fn, with an object of type env for its free variables.
func NewClosing(t reflect.Type, fn *Func, env reflect.Type) *Closing {
	return &Closing{typ: t, shape: shapeOf(t), fn: fn, env: env, envAt: op.TypePointer(env)}
}

// Make returns a closure as the pointer that a func value is. moves fill in the free variables, from the frame fp.
func (c *Closing) Make(moves []Move, fp P) P {
	c.once.Do(func() {
		c.fn.prepare()
		for i, s := range c.fn.free() {
			if cl := op.ClassOf(s.Type); cl.Size() > 0 {
				c.moves = append(c.moves, NewMove(s.Offset, c.env.Field(i).Offset, cl))
			}
		}
	})
	env := op.New(c.envAt)
	MoveAll(moves, env, fp)
	return c.shape.wrap(c.typ, Closed(c.fn, nil, env, c.moves))
}

// A Bound is a function literal that is called where it stands, or put off: its free variables go straight into the
// frame.
type Bound struct {
	fn    *Func
	free  []Slot // in the frame of the function around it
	once  sync.Once
	moves []Move
}

// NewBound returns a literal whose free variables lie in free.
func NewBound(fn *Func, free []Slot) *Bound { return &Bound{fn: fn, free: free} }

// frame returns a frame with the free variables of the function with the frame fp.
func (b *Bound) frame(t *Thread, fp P) P {
	b.once.Do(func() {
		b.fn.prepare()
		for i, s := range b.fn.free() {
			if cl := op.ClassOf(s.Type); cl.Size() > 0 {
				b.moves = append(b.moves, NewMove(s.Offset, b.free[i].Offset, cl))
			}
		}
	})
	nf := b.fn.get(t)
	MoveAll(b.moves, nf, fp)
	return nf
}

// Bound returns the call of a literal.
func (s *Site) Bound(b *Bound) op.Op {
	return func(fp P) { s.call(b.fn, b.frame((*Header)(fp).Thread, fp), fp) }
}

// PutBound puts off the call of a literal.
func (s *Site) PutBound(b *Bound) PutOff {
	return func(fp P, t *Thread) Deferred {
		nf := b.frame(t, fp)
		MoveAll(s.args, nf, fp)
		return Deferred{fn: b.fn, frame: nf}
	}
}
