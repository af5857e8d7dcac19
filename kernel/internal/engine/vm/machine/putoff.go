package machine

import (
	"reflect"
	"unsafe"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// PutOff returns a reader of the arguments of a go or defer statement: it evaluates the call now, for a thread that is to
// run it later.
type PutOff func(fp P, t *Thread) Deferred

// PutStatic puts off the call of the function of a cell.
func (s *Site) PutStatic(cell *Cell) PutOff {
	return func(fp P, t *Thread) Deferred {
		f := cell.Func()
		nf := f.get(t)
		MoveAll(s.args, nf, fp)
		return Deferred{fn: f, frame: nf}
	}
}

// PutNative puts off the call of a compiled function.
func (s *Site) PutNative(f reflect.Value) PutOff {
	return func(fp P, t *Thread) Deferred { return s.putReflect(fp, f) }
}

func (s *Site) putReflect(fp P, f reflect.Value) Deferred {
	args := make([]reflect.Value, len(s.Args))
	for i, a := range s.Args {
		args[i] = reflect.New(a.Type).Elem()
		args[i].Set(reflect.NewAt(a.Type, unsafe.Add(fp, a.Offset)).Elem())
	}
	return Deferred{call: func(h *Header) {
		if h != nil {
			h.Thread.native = P(h)
		}
		if f.Type().IsVariadic() {
			f.CallSlice(args)
		} else {
			f.Call(args)
		}
	}}
}

// PutValue puts off the call of a func value.
func (s *Site) PutValue(t reflect.Type, at uintptr) PutOff {
	sh := shapeOf(t)
	return func(fp P, th *Thread) Deferred {
		fv := *(*P)(unsafe.Add(fp, at))
		if fv == nil {
			return Deferred{call: func(*Header) { nilCall() }}
		}
		if c := sh.find(fv); c != nil {
			f, nf := c.frame(th)
			MoveAll(s.args, nf, fp)
			return Deferred{fn: f, frame: nf}
		}
		f := reflect.New(t)
		*(*P)(f.UnsafePointer()) = fv
		return s.putReflect(fp, f.Elem())
	}
}

// PutInvoke puts off the call of method number index of the interface at an offset.
func (s *Site) PutInvoke(iface reflect.Type, index int, at uintptr, find Method) PutOff {
	rest := &Site{Args: s.Args[1:], Results: s.Results}
	head := unsafe.Sizeof(Header{})
	name, entry := iface.Method(index).Name, entryType(iface, index)
	return func(fp P, t *Thread) Deferred {
		word := *(*[2]P)(unsafe.Add(fp, at))
		if word[0] == nil {
			_ = *(*byte)(word[0])
		}
		d := newDispatch(word[0], index, name, find)
		if d.cell == nil {
			v := reflect.NewAt(iface, unsafe.Add(fp, at)).Elem()
			return rest.putReflect(fp, v.Method(index))
		}
		if d.value != nil && !d.boxed { // the value is what it is when the call runs
			th := throughOf(entry, name, d.value)
			nf := th.fn.get(t)
			*(*P)(unsafe.Add(nf, head)) = word[1]
			MoveAll(s.args[1:], nf, fp)
			MoveAll(th.moves, nf, P(&target{d.cell, op.TypePointer(d.value)}))
			return Deferred{fn: th.fn, frame: nf}
		}
		f := d.cell.Func()
		nf := f.get(t)
		shift := uintptr(0)
		if d.recv == nil {
			*(*P)(unsafe.Add(nf, head)) = word[1]
		} else {
			d.recv.Move(unsafe.Add(nf, head), word[1])
			shift = (d.recv.Size()+7)&^7 - 8
		}
		for _, m := range s.args[1:] {
			m.Class.Move(unsafe.Add(nf, m.To+shift), unsafe.Add(fp, m.From))
		}
		return Deferred{fn: f, frame: nf}
	}
}

// PutOp puts off an instruction, of a builtin: on a copy of the frame.
func PutOp(o op.Op) PutOff {
	return func(fp P, t *Thread) Deferred {
		f := (*Header)(fp).Func
		c := op.New(f.frame)
		op.Copy(f.frame, c, fp)
		return Deferred{call: func(*Header) { o(c) }}
	}
}

// PutRecover puts off a call of recover.
func PutRecover(P, *Thread) Deferred { return Deferred{call: recoverOwn} }

// Defer returns the defer statement. stack is where the frame lies whose defers the call joins, or 0 for this frame.
func (p PutOff) Defer(stack uintptr) op.Op {
	if stack == 0 {
		return func(fp P) { Defer(fp, p(fp, (*Header)(fp).Thread)) }
	}
	return func(fp P) { Defer(*(*P)(unsafe.Add(fp, stack)), p(fp, (*Header)(fp).Thread)) }
}

// Go returns the go statement.
func (p PutOff) Go(start func() Place) op.Op {
	return func(fp P) {
		(*Header)(fp).Thread.group.Go(start(), func(t *Thread) Deferred { return p(fp, t) })
	}
}
