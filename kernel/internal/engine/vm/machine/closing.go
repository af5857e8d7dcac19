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
	once  sync.Once
	moves []Move
}

// NewClosing returns the maker of closures of type t: of fn, with an object of type env for its free variables.
func NewClosing(t reflect.Type, fn *Func, env reflect.Type) *Closing {
	return &Closing{typ: t, shape: shapeOf(t), fn: fn, env: env}
}

// Make returns a closure as the pointer that a func value is. moves fill in the free variables, from the frame fp.
func (c *Closing) Make(moves []Move, fp P) P {
	c.once.Do(func() {
		c.fn.prepare()
		for i, s := range c.fn.Free {
			if cl := op.ClassOf(s.Type); cl.Size() > 0 {
				c.moves = append(c.moves, Move{To: s.Offset, From: c.env.Field(i).Offset, Class: cl})
			}
		}
	})
	env := reflect.New(c.env).UnsafePointer()
	MoveAll(moves, env, fp)
	return c.shape.wrap(c.typ, &Closure{fn: c.fn, env: env, moves: c.moves})
}
