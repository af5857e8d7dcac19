package machine

import (
	"reflect"
	"slices"
	"sync/atomic"
	"unsafe"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// A Site is the place of a call in a function: where its arguments lie and where the results go.
type Site struct {
	Args    []Slot    // in the caller's frame, with the receiver
	Results []Slot    // in the caller's frame; an offset of 0 means that the result is not wanted
	args    []Move    // to the callee's frame
	results []Move    // from it
	passes  bool      // the caller is a wrapper: the callee recovers what it would
	in, out []uintptr // the places of the arguments and the results in the caller's frame
}

// NewSite returns a call site. wrapper says that the caller is a wrapper made by go/ssa.
func NewSite(args, results []Slot, wrapper bool) *Site {
	s := &Site{Args: args, Results: results, passes: wrapper}
	at := unsafe.Sizeof(Header{})
	for _, a := range args {
		if c := op.ClassOf(a.Type); c.Size() > 0 {
			s.args = append(s.args, NewMove(at, a.Offset, c))
		}
		s.in = append(s.in, a.Offset)
		at += (a.Type.Size() + 7) &^ 7
	}
	for _, r := range results {
		s.out = append(s.out, r.Offset)
		if c := op.ClassOf(r.Type); c.Size() > 0 && r.Offset != 0 {
			s.results = append(s.results, NewMove(r.Offset, at, c))
		}
		at += (r.Type.Size() + 7) &^ 7
	}
	return s
}

// call runs a function for a caller with the frame fp, with its own frame nf but for the arguments.
func (s *Site) call(f *Func, nf, fp P) {
	h := (*Header)(fp)
	for i := range s.args {
		s.args[i].do(nf, fp)
	}
	h.callee = nf
	if s.passes {
		(*Header)(nf).given = h.given
	}
	f.exec(nf)
	for i := range s.results {
		s.results[i].do(fp, nf)
	}
	if s.passes {
		(*Header)(nf).given = nil
	}
	f.put(h.Thread, nf)
}

// Static returns the call of the function of a cell.
func (s *Site) Static(cell *Cell) op.Op {
	if o := s.fastStatic(cell); o != nil {
		return o
	}
	return func(fp P) {
		f := cell.Func()
		s.call(f, f.get((*Header)(fp).Thread), fp)
	}
}

// Native returns the call of a compiled function.
func (s *Site) Native(f reflect.Value) op.Op {
	if o := s.direct(f); o != nil {
		return o
	}
	sh := shapeOf(f.Type())
	fv := op.FuncPointer(f)
	in, out := s.in, s.out
	if fv == nil {
		return func(P) { nilCall() }
	}
	if c := sh.closureIn(fv); c != nil {
		return func(fp P) {
			f, nf := c.frame((*Header)(fp).Thread)
			s.call(f, nf, fp)
		}
	}
	return func(fp P) {
		(*Header)(fp).Thread.native = fp
		sh.call(fv, fp, in, out)
	}
}

// direct returns calls of the commonest signatures without a detour, or nil.
func (s *Site) direct(f reflect.Value) op.Op {
	if !f.CanInterface() || len(s.Results) != 1 || s.Results[0].Offset == 0 {
		return nil
	}
	d := s.Results[0].Offset
	switch fn := f.Interface().(type) {
	case func(float64) float64:
		a := s.Args[0].Offset
		return func(fp P) { *(*float64)(unsafe.Add(fp, d)) = fn(*(*float64)(unsafe.Add(fp, a))) }
	case func(float64, float64) float64:
		a, b := s.Args[0].Offset, s.Args[1].Offset
		return func(fp P) {
			*(*float64)(unsafe.Add(fp, d)) = fn(*(*float64)(unsafe.Add(fp, a)), *(*float64)(unsafe.Add(fp, b)))
		}
	}
	return nil
}

func nilCall() {
	var f func()
	f()
}

// Value returns the call of a func value of type t in the caller's frame.
func (s *Site) Value(t reflect.Type, at uintptr) op.Op {
	sh := shapeOf(t)
	in, out := s.in, s.out
	if sh.typed {
		if o := s.fastValue(sh, at); o != nil {
			return o
		}
		code, offset := sh.code, sh.offset
		return func(fp P) {
			fv := *(*P)(unsafe.Add(fp, at))
			if fv == nil {
				nilCall()
			}
			if *(*uintptr)(fv) == code {
				f, nf := (*(**Closure)(unsafe.Add(fv, offset))).frame((*Header)(fp).Thread)
				s.call(f, nf, fp)
				return
			}
			(*Header)(fp).Thread.native = fp
			sh.call(fv, fp, in, out)
		}
	}
	return func(fp P) {
		fv := *(*P)(unsafe.Add(fp, at))
		if fv == nil {
			nilCall()
		}
		if c := sh.find(fv); c != nil {
			f, nf := c.frame((*Header)(fp).Thread)
			s.call(f, nf, fp)
			return
		}
		(*Header)(fp).Thread.native = fp
		sh.call(fv, fp, in, out)
	}
}

// A Method finds the machine's function for a method of a dynamic type, or nil for compiled ones. The function takes a
// receiver of type value, to which the interface's second word points; that word itself if value is nil.
type Method func(recv reflect.Type) (cell *Cell, value reflect.Type)

// dispatch is what a call site remembers of the method table it saw last.
type dispatch struct {
	table  P // the first word of the interface
	cell   *Cell
	recv   op.Class     // of a receiver that lies behind the interface's second word; nil if that word is the receiver
	value  reflect.Type // of that receiver
	name   string       // of the method, for a nil pointer to it
	boxed  bool         // the interface has a value, not a pointer to one
	native P            // the func value of compiled code
}

// Invoke returns the call of method number index of an interface type, for the interface at an offset. The site's first
// argument is the receiver, a pointer, which the call places itself.
func (s *Site) Invoke(iface reflect.Type, index int, at uintptr, find Method) op.Op {
	name := iface.Method(index).Name
	sh := shapeOf(entryType(iface, index))
	in, out := slices.Clone(s.in), s.out
	in[0] = at + 8
	head := unsafe.Sizeof(Header{})
	var cache [4]atomic.Pointer[dispatch]
	var turn atomic.Uint32
	return func(fp P) {
		word := *(*[2]P)(unsafe.Add(fp, at))
		d := cache[0].Load()
		if d == nil || d.table != word[0] {
			d = nil
			for i := 1; i < len(cache); i++ {
				if e := cache[i].Load(); e != nil && e.table == word[0] {
					d = e
					break
				}
			}
			if d == nil {
				if word[0] == nil {
					_ = *(*byte)(word[0])
				}
				d = newDispatch(word[0], index, name, find)
				cache[turn.Add(1)%uint32(len(cache))].Store(d)
			}
		}
		if d.cell == nil {
			(*Header)(fp).Thread.native = fp
			sh.call(d.native, fp, in, out)
			return
		}
		h, f := (*Header)(fp), d.cell.Func()
		nf := f.get(h.Thread)
		shift := uintptr(0)
		if d.recv == nil {
			*(*P)(unsafe.Add(nf, head)) = word[1]
		} else {
			if word[1] == nil {
				d.nilReceiver()
			}
			n := (d.recv.Size() + 7) &^ 7
			if n == 0 {
				s.emptyReceiver(f, nf, fp)
				return
			}
			d.recv.Move(unsafe.Add(nf, head), word[1])
			shift = n - 8
		}
		to, from := unsafe.Add(nf, shift), unsafe.Add(nf, shift)
		for i := 1; i < len(s.args); i++ {
			s.args[i].do(to, fp)
		}
		h.callee = nf
		f.exec(nf)
		for i := range s.results {
			s.results[i].do(fp, from)
		}
		f.put(h.Thread, nf)
	}
}

// emptyReceiver calls a method of a type without size: its other arguments and its results lie a word before those of a method
// with a pointer. An address before the frame, to which the offsets of the moves could be added, is none to have.
func (s *Site) emptyReceiver(f *Func, nf, fp P) {
	h := (*Header)(fp)
	for _, m := range s.args[1:] {
		m.To -= 8
		m.do(nf, fp)
	}
	h.callee = nf
	f.exec(nf)
	for _, m := range s.results {
		m.From -= 8
		m.do(fp, nf)
	}
	f.put(h.Thread, nf)
}

// entryType returns the type of the functions that the method tables of an interface type have for a method.
func entryType(iface reflect.Type, index int) reflect.Type {
	t := iface.Method(index).Type
	ins, outs := []reflect.Type{reflect.TypeFor[P]()}, []reflect.Type(nil)
	for i := range t.NumIn() {
		ins = append(ins, t.In(i))
	}
	for i := range t.NumOut() {
		outs = append(outs, t.Out(i))
	}
	return reflect.FuncOf(ins, outs, t.IsVariadic())
}

// itab is the part of abi.ITab (iface.go) before the methods.
type itab struct {
	inter, typ P
	hash       uint32
	_          [4]byte
	fun        [1]uintptr
}

func newDispatch(table P, index int, name string, find Method) *dispatch {
	d := &dispatch{table: table, name: name}
	tab := (*itab)(table)
	recv := op.TypeAt(tab.typ)
	cell, value := find(recv)
	d.cell = cell
	if cell == nil {
		d.native = P(uintptrAt(&tab.fun[0], index))
		return d
	}
	if value != nil {
		d.recv, d.value, d.boxed = op.ClassOf(value), value, value == recv
	}
	return d
}

// nilReceiver panics for a value method that is called through a nil pointer.
func (d *dispatch) nilReceiver() {
	panic(NilMethodError{Type: d.value.String(), Method: d.name})
}

func uintptrAt(p *uintptr, i int) *uintptr {
	return (*uintptr)(unsafe.Add(P(p), uintptr(i)*unsafe.Sizeof(*p)))
}

// find is closureIn for func values whatever made them.
func (s *shape) find(fv P) *Closure {
	if s.typed {
		return s.closureIn(fv)
	}
	return reflectedClosure(fv)
}
