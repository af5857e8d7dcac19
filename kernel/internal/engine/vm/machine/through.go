package machine

import (
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// Through returns the method of *T that calls the method of T that a cell holds, on the value that the receiver points
// to. params and results are its own: the first parameter is the pointer.
func Through(method string, t reflect.Type, params, results []reflect.Type, cell *Cell) *Func {
	f := NewFunc(method, params, results, func(f *Func) error {
		f.plainLayout()
		value, at := op.ClassOf(t), f.Params[0].Offset
		args, _ := Place1(append([]reflect.Type{t}, params[1:]...), at)
		outs, _ := Place1(results, endOf(args))
		var in, out []Move
		for i, p := range f.Params[1:] {
			in = append(in, NewMove(args[1+i].Offset, p.Offset, op.ClassOf(p.Type)))
		}
		for i, r := range f.Results {
			out = append(out, NewMove(r.Offset, outs[i].Offset, op.ClassOf(r.Type)))
		}
		call := func(fp P) {
			h, callee := (*Header)(fp), cell.Func
			p := *(*P)(unsafe.Add(fp, at))
			if p == nil {
				panic(NilMethodError{Type: t.String(), Method: method})
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
		f.Entry = &op.Block{N: 1, Term: func(P) *op.Block { return nil }}
		f.Entry.Op[0] = call
		f.Blocks = []*op.Block{f.Entry}
		return nil
	})
	f.Synthetic = true
	return f
}

func endOf(slots []Slot) uintptr {
	s := slots[len(slots)-1]
	return s.Offset + (s.Type.Size()+7)&^7
}

// plainLayout is the layout of a function without registers.
func (f *Func) plainLayout() {
	header := unsafe.Sizeof(Header{})
	words := map[uintptr]bool{}
	for _, s := range append(append([]Slot(nil), f.Params...), f.Results...) {
		op.Pointers(s.Type, func(off uintptr) { words[(s.Offset+off-header)/8] = true })
	}
	n := (f.HeadEnd() - header) / 8
	// With a word more, so that what has no size lies in the frame, too.
	f.Frame.Type = FrameType(n+1, func(w uintptr) bool { return words[w] })
	f.Frame.Template = reflect.New(f.Frame.Type).UnsafePointer()
	f.Frame.ClearFrom, f.Frame.ClearWords = header, n
}

// A NilMethodError is the run-time error of a value method that is called through a nil pointer.
type NilMethodError struct{ Type, Method string }

func (e NilMethodError) Error() string {
	return fmt.Sprintf("value method %s.%s called using nil *%s pointer", e.Type, e.Method, e.Type[strings.LastIndexByte(e.Type, '.')+1:])
}

// RuntimeError makes it a run-time error like Go's own.
func (NilMethodError) RuntimeError() {}
