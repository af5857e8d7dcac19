package machine

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"unsafe"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// A throughClosure is a closure with its environment.
type throughClosure struct {
	Closure
	target
}

var throughClosures slab[throughClosure]

// A throughKey says which value methods are called through a pointer alike.
type throughKey struct {
	method string
	typ    reflect.Type // of the function
	value  reflect.Type // lies in memory as the receiver does
}

var throughs struct {
	sync.Mutex
	known map[throughKey]*through
}

// A target is what the method of *T calls: the method of T.
type target struct {
	cell *Cell
	typ  P // the descriptor of T
}

// A through is the function of methods that are called alike, with the moves of its free variables.
type through struct {
	fn    *Func
	moves []Move
}

// Through returns the method of *T that calls the method of T that a cell holds, on the value that the receiver points
// to: a func value of type t, whose first parameter is any pointer. All that lie and are called alike share a function.
func Through(t reflect.Type, method string, recv reflect.Type, cell *Cell) reflect.Value {
	f := throughOf(t, method, recv)
	c := throughClosures.take()
	c.target = target{cell, op.TypePointer(recv)}
	c.Closure = *Closed(f.fn, nil, P(&c.target), f.moves)
	return funcValue(t, &c.Closure)
}

func throughOf(t reflect.Type, method string, recv reflect.Type) *through {
	key := throughKey{method, t, plain(recv)}
	throughs.Lock()
	defer throughs.Unlock()
	f := throughs.known[key]
	if f == nil {
		if throughs.known == nil {
			throughs.known = map[throughKey]*through{}
		}
		fn := newThrough(key)
		at := fn.End()
		f = &through{fn, []Move{NewMove(at, unsafe.Offsetof(target{}.cell), ptrClass), NewMove(at+8, unsafe.Offsetof(target{}.typ), ptrClass)}}
		throughs.known[key] = f
	}
	return f
}

// newThrough returns the function of such methods, whose free variables are a target.
func newThrough(key throughKey) *Func {
	var ins, outs []reflect.Type
	for i := range key.typ.NumIn() {
		ins = append(ins, key.typ.In(i))
	}
	for i := range key.typ.NumOut() {
		outs = append(outs, key.typ.Out(i))
	}
	h := NewHead(key.method, ins, outs)
	h.Synthetic = true
	return NewFunc(h, true, func(f *Func) error {
		free := f.End()
		f.SetFree([]Slot{{free, reflect.TypeFor[*Cell]()}, {free + 8, reflect.TypeFor[P]()}})
		f.throughLayout()
		value, at := op.ClassOf(key.value), f.Params[0].Offset
		args, _ := Place1(append([]reflect.Type{key.value}, ins[1:]...), at)
		results, _ := Place1(outs, endOf(args))
		var in, out []Move
		for i, p := range f.Params[1:] {
			if c := op.ClassOf(p.Type); c.Size() > 0 {
				in = append(in, NewMove(args[1+i].Offset, p.Offset, c))
			}
		}
		for i, r := range f.Results {
			if c := op.ClassOf(r.Type); c.Size() > 0 {
				out = append(out, NewMove(r.Offset, results[i].Offset, c))
			}
		}
		f.Entry = op.NewBlock(1)
		f.Entry.Term = func(P) *op.Block { return nil }
		f.Entry.Op[0] = func(fp P) {
			h, callee := (*Header)(fp), (*(**Cell)(unsafe.Add(fp, free))).Func()
			p := *(*P)(unsafe.Add(fp, at))
			if p == nil {
				panic(NilMethodError{Type: op.TypeAt(*(*P)(unsafe.Add(fp, free+8))).String(), Method: f.Name})
			}
			nf := callee.get(h.Thread)
			value.Move(unsafe.Add(nf, at), p)
			MoveAll(in, nf, fp)
			h.callee = nf
			(*Header)(nf).given = h.given
			callee.exec(nf)
			(*Header)(nf).given = nil
			MoveAll(out, fp, nf)
			callee.put(h.Thread, nf)
		}
		return nil
	})
}

// throughLayout is the layout of a function without registers but for its two free variables, which are pointers.
func (f *Func) throughLayout() {
	header := unsafe.Sizeof(Header{})
	end := f.End() + unsafe.Sizeof(target{})
	words := map[uintptr]bool{(end-header)/8 - 2: true, (end-header)/8 - 1: true}
	for _, s := range append(append([]Slot(nil), f.Params...), f.Results...) {
		op.Pointers(s.Type, func(off uintptr) { words[(s.Offset+off-header)/8] = true })
	}
	n := (end - header) / 8
	// With a word more, so that what has no size lies in the frame, too.
	f.SetFrame(Layout{Type: FrameType(n+1, func(w uintptr) bool { return words[w] }), ClearFrom: header, ClearWords: n})
}

// A NilMethodError is the run-time error of a value method that is called through a nil pointer.
type NilMethodError struct{ Type, Method string }

func (e NilMethodError) Error() string {
	return fmt.Sprintf("value method %s.%s called using nil *%s pointer", e.Type, e.Method, e.Type[strings.LastIndexByte(e.Type, '.')+1:])
}

// RuntimeError makes it a run-time error like Go's own.
func (NilMethodError) RuntimeError() {}
