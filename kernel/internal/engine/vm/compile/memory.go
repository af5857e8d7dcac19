package compile

import (
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// zeroPage is how far from a nil pointer an access faults as Go's own does. Beyond, the pointer is looked at first.
const zeroPage = 4096

// checkNil faults as Go does if p is nil. What p points to is not looked at: another goroutine may be changing it.
func checkNil(p P) {
	if p == nil {
		_ = *(*byte)(p)
	}
}

// An address says how an instruction finds the memory that it works on.
type address struct {
	mode    mode
	a, b, c uintptr
	n       uintptr // sum: the factor
	size    uintptr // of an element
	f       func(fp P) P
}

type mode int

const (
	register_ mode = iota // the pointer at a, plus b
	local                 // the frame's own memory at a
	element               // element b of the slice at a
	element2              // element c of element b of the slice at a
	sum                   // element b*n+c of the slice at a
	computed              // f
)

// function returns a closure that computes the address.
func (m address) function() func(fp P) P {
	a, b, c, n, size := m.a, m.b, m.c, m.n, m.size
	switch m.mode {
	case register_:
		if b == 0 {
			return func(fp P) P {
				p := *valueAt[P](fp, a)
				checkNil(p)
				return p
			}
		}
		return func(fp P) P {
			p := *valueAt[P](fp, a)
			checkNil(p)
			return unsafe.Add(p, b)
		}
	case local:
		return func(fp P) P { return unsafe.Add(fp, a) }
	case element:
		return func(fp P) P { return valueAt[op.SliceHeader](fp, a).Element(*valueAt[int](fp, b), size) }
	case element2:
		return func(fp P) P {
			rows := valueAt[op.SliceHeader](fp, a)
			row := (*op.SliceHeader)(rows.Element(*valueAt[int](fp, b), unsafe.Sizeof(*rows)))
			return row.Element(*valueAt[int](fp, c), size)
		}
	case sum:
		return func(fp P) P {
			return valueAt[op.SliceHeader](fp, a).Element(*valueAt[int](fp, b)**valueAt[int](fp, n)+*valueAt[int](fp, c), size)
		}
	}
	return m.f
}

// addressOf returns the address that a value is.
func (c *compiler) addressOf(v ssa.Value) address {
	if a, ok := v.(*ssa.Alloc); ok && !a.Heap {
		c.at(a)
		return address{mode: local, a: c.locals[a].offset}
	}
	if in, ok := v.(ssa.Instruction); ok && c.fused[in] {
		return c.address(in)
	}
	return address{a: c.at(v).offset}
}

// address returns the address that a FieldAddr or IndexAddr computes.
func (c *compiler) address(in ssa.Instruction) address {
	switch x := in.(type) {
	case *ssa.FieldAddr:
		off := c.typ(deref(x.X.Type())).Field(x.Field).Offset
		if a, ok := x.X.(*ssa.Alloc); ok && !a.Heap {
			c.at(a)
			return address{mode: local, a: c.locals[a].offset + off}
		}
		a := c.at(x.X).offset
		if off >= zeroPage {
			return address{mode: computed, f: func(fp P) P {
				p := *valueAt[P](fp, a)
				checkNil(p)
				return unsafe.Add(p, off)
			}}
		}
		return address{a: a, b: off}
	case *ssa.IndexAddr:
		if isSlice(x.X.Type()) {
			return c.sliceElement(x)
		}
		return c.arrayElement(x)
	}
	panic(&Error{Text: "internal: no address"})
}

func (c *compiler) sliceElement(x *ssa.IndexAddr) address {
	size := c.typ(x.X.Type()).Elem().Size()
	if u, ok := x.X.(*ssa.UnOp); ok && c.fused[u] {
		ia := u.X.(*ssa.IndexAddr)
		return address{mode: element2, a: c.at(ia.X).offset, b: c.at(ia.Index).offset, c: c.at(x.Index).offset, size: size}
	}
	a := c.at(x.X).offset
	if s, ok := x.Index.(*ssa.BinOp); ok && c.fused[s] {
		p := s.X.(*ssa.BinOp)
		return address{mode: sum, a: a, b: c.at(p.X).offset, n: c.at(p.Y).offset, c: c.at(s.Y).offset, size: size}
	}
	if isInt(x.Index.Type()) {
		return address{mode: element, a: a, b: c.at(x.Index).offset, size: size}
	}
	i := c.indexOf(x.Index, sliceLength(a))
	return address{mode: computed, f: func(fp P) P { return valueAt[op.SliceHeader](fp, a).Element(i(fp), size) }}
}

func (c *compiler) arrayElement(x *ssa.IndexAddr) address {
	t := c.typ(deref(x.X.Type()))
	n, size, i := t.Len(), t.Elem().Size(), c.indexOf(x.Index, fixedLength(t.Len()))
	if a, ok := x.X.(*ssa.Alloc); ok && !a.Heap {
		c.at(a)
		base := c.locals[a].offset
		if k, ok := x.Index.(*ssa.Const); ok && uint64(k.Int64()) < uint64(n) {
			return address{mode: local, a: base + uintptr(k.Int64())*size}
		}
		return address{mode: computed, f: func(fp P) P {
			k := i(fp)
			if uint(k) >= uint(n) {
				op.OutOfRange(k, n)
			}
			return unsafe.Add(fp, base+uintptr(k)*size)
		}}
	}
	p := c.at(x.X).offset
	if k, ok := x.Index.(*ssa.Const); ok && uint64(k.Int64()) < uint64(n) && uintptr(k.Int64())*size < zeroPage {
		return address{a: p, b: uintptr(k.Int64()) * size}
	}
	return address{mode: computed, f: func(fp P) P {
		b := *valueAt[P](fp, p)
		checkNil(b)
		k := i(fp)
		if uint(k) >= uint(n) {
			op.OutOfRange(k, n)
		}
		return unsafe.Add(b, uintptr(k)*size)
	}}
}

func (c *compiler) load(in *ssa.UnOp) {
	d := c.at(in)
	if x := c.element(in); x != nil {
		c.loadElement(d, x, in)
		return
	}
	class, m := op.ClassOf(d.typ), c.addressOf(in.X)
	switch m.mode {
	case register_:
		c.emit(class.Load(d.offset, m.a, m.b))
	case local:
		c.emit(class.Copy(d.offset, m.a))
	case element:
		c.emit(class.LoadIndex(d.offset, m.a, m.b))
	case element2:
		c.emit(class.LoadIndex2(d.offset, m.a, m.b, m.c))
	case sum:
		c.emit(class.LoadIndexSum(d.offset, m.a, m.b, m.n, m.c))
	default:
		c.emit(class.LoadAt(d.offset, m.f))
	}
}

func (c *compiler) store(in *ssa.Store) {
	if b := c.updates[in]; b != nil {
		k := op.KindOf(c.typ(b.Type()))
		c.emit(op.Update(k, b.Op, c.ref(in.Addr), c.at(b.Y).offset))
		return
	}
	v := c.at(in.Val)
	class, m := op.ClassOf(v.typ), c.addressOf(in.Addr)
	switch m.mode {
	case register_:
		c.emit(class.Store(v.offset, m.a, m.b))
	case local:
		c.emit(class.Copy(m.a, v.offset))
	case element:
		c.emit(class.StoreIndex(v.offset, m.a, m.b))
	default:
		c.emit(class.StoreAt(v.offset, m.function()))
	}
}

func (c *compiler) alloc(in *ssa.Alloc) {
	t := c.typ(deref(in.Type()))
	if c.spilled[in] != nil {
		return
	}
	if !in.Heap {
		c.emit(zero(t, c.locals[in].offset))
		return
	}
	d, r := c.at(in).offset, op.TypePointer(t)
	if size := uint64(t.Size()); size > Large {
		c.emit(func(fp P) {
			if machine.Host.Allow != nil {
				machine.Host.Allow(size)
			}
			*valueAt[P](fp, d) = op.New(r)
		})
		return
	}
	c.emit(func(fp P) { *valueAt[P](fp, d) = op.New(r) })
}

// zeros is the zero value of many types.
var zeros [256]byte

// zero returns d = 0.
func zero(t reflect.Type, d uintptr) op.Op {
	n := t.Size()
	switch {
	case n == 0:
		return nil
	case !op.HasPointers(t) && n == 8:
		return func(fp P) { *valueAt[uint64](fp, d) = 0 }
	case !op.HasPointers(t):
		return func(fp P) { clear(unsafe.Slice(valueAt[byte](fp, d), n)) }
	}
	class, z := op.ClassOf(t), P(&zeros)
	if n > unsafe.Sizeof(zeros) {
		z = reflect.New(t).UnsafePointer()
	}
	return func(fp P) { class.Move(unsafe.Add(fp, d), z) }
}

func (c *compiler) index(in *ssa.Index) {
	s, d := c.at(in.X), c.at(in)
	so, do := s.offset, d.offset
	i := c.indexOf(in.Index, lengthOf(s))
	if s.typ.Kind() == reflect.String {
		c.emit(func(fp P) { *valueAt[byte](fp, do) = (*valueAt[string](fp, so))[i(fp)] })
		return
	}
	class := op.ClassOf(d.typ)
	if s.typ.Kind() == reflect.Slice {
		c.emit(class.LoadAt(do, func(fp P) P { return valueAt[op.SliceHeader](fp, so).Element(i(fp), class.Size()) }))
		return
	}
	n := s.typ.Len()
	c.emit(func(fp P) {
		k := i(fp)
		if uint(k) >= uint(n) {
			op.OutOfRange(k, n)
		}
		class.Move(unsafe.Add(fp, do), unsafe.Add(fp, so+uintptr(k)*class.Size()))
	})
}

func (c *compiler) makeSlice(in *ssa.MakeSlice) {
	t, d := c.typ(in.Type()), c.at(in).offset
	n, m := c.intOf(in.Len), c.intOf(in.Cap)
	elem := t.Elem()
	c.emit(func(fp P) { *valueAt[op.SliceHeader](fp, d) = makeSlice(elem, n(fp), m(fp)) })
}

func makeSlice(elem reflect.Type, n, m int) op.SliceHeader {
	if n < 0 || m < n || elem.Size() > 0 && uint(m) > 1<<47/uint(elem.Size()) {
		if n < 0 || elem.Size() > 0 && uint(n) > 1<<47/uint(elem.Size()) {
			_ = make([]uint64, negative)
		}
		_ = make([]uint64, 0, negative) // panics as Go does
	}
	if bytes := uint64(m) * uint64(elem.Size()); bytes > Large && machine.Host.Allow != nil {
		machine.Host.Allow(bytes)
	}
	return op.SliceHeader{Data: newArray(elem, m), Len: n, Cap: m}
}

// Large is the size from which on the making of an object is asked about.
const Large = 64 << 20

var negative = -1

func (c *compiler) sliceToArray(in *ssa.SliceToArrayPointer) {
	a, d := c.at(in.X).offset, c.at(in).offset
	n := c.typ(in.Type()).Elem().Len()
	c.emit(func(fp P) {
		s := valueAt[op.SliceHeader](fp, a)
		if s.Len < n {
			panic(conversionError(s.Len, n))
		}
		*valueAt[P](fp, d) = s.Data
	})
}
