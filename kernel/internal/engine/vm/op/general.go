package op

import (
	"reflect"
	"unsafe"
)

// general is the class of a type whose values are moved by the runtime, word by word.
type general struct {
	t reflect.Type
	r P
}

// typedmemmove copies a value of a type, with write barriers. The runtime promises to keep the name for those who use it
// this way (go.dev/issue/67401; runtime/mbarrier.go).
//
//go:linkname typedmemmove runtime.typedmemmove
//go:noescape
func typedmemmove(t, to, from P)

// New returns a new zero value of the type with a descriptor (TypePointer). The runtime promises to keep the name, too.
//
//go:linkname New reflect.unsafe_New
func New(descriptor P) P

// Copy copies a value of the type with a descriptor.
func Copy(descriptor, to, from P) { typedmemmove(descriptor, to, from) }

func (g general) Size() uintptr   { return g.t.Size() }
func (g general) Move(to, from P) { typedmemmove(g.r, to, from) }

func (g general) Copy(d, a uintptr) Op {
	r := g.r
	return func(fp P) { typedmemmove(r, unsafe.Add(fp, d), unsafe.Add(fp, a)) }
}

// at returns an address, checked for nil: a fault far beyond the zero page would end the process.
func at(p P, off uintptr) P {
	_ = *(*byte)(p)
	return unsafe.Add(p, off)
}

func (g general) Load(d, a, off uintptr) Op {
	r := g.r
	return func(fp P) { typedmemmove(r, unsafe.Add(fp, d), at(*(*P)(unsafe.Add(fp, a)), off)) }
}

func (g general) LoadAt(d uintptr, addr func(fp P) P) Op {
	r := g.r
	return func(fp P) {
		p := addr(fp)
		_ = *(*byte)(p)
		typedmemmove(r, unsafe.Add(fp, d), p)
	}
}

func (g general) LoadIndex(d, s, i uintptr) Op {
	r, n := g.r, g.t.Size()
	return func(fp P) {
		typedmemmove(r, unsafe.Add(fp, d), (*SliceHeader)(unsafe.Add(fp, s)).Element(*(*int)(unsafe.Add(fp, i)), n))
	}
}

func (g general) LoadIndex2(d, s, i, j uintptr) Op {
	r, n := g.r, g.t.Size()
	return func(fp P) {
		row := &(*(*[]SliceHeader)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))]
		typedmemmove(r, unsafe.Add(fp, d), row.Element(*(*int)(unsafe.Add(fp, j)), n))
	}
}

func (g general) LoadIndexSum(d, s, i, n, j uintptr) Op {
	r, size := g.r, g.t.Size()
	return func(fp P) {
		k := *(*int)(unsafe.Add(fp, i))**(*int)(unsafe.Add(fp, n)) + *(*int)(unsafe.Add(fp, j))
		typedmemmove(r, unsafe.Add(fp, d), (*SliceHeader)(unsafe.Add(fp, s)).Element(k, size))
	}
}

func (g general) LoadPart(d, s, i, size, off uintptr) Op {
	r := g.r
	return func(fp P) {
		e := (*SliceHeader)(unsafe.Add(fp, s)).Element(*(*int)(unsafe.Add(fp, i)), size)
		typedmemmove(r, unsafe.Add(fp, d), unsafe.Add(e, off))
	}
}

func (g general) LoadThrough(d, a, at, i, size, off uintptr) Op {
	r := g.r
	return func(fp P) {
		e := (*SliceHeader)(unsafe.Add(*(*P)(unsafe.Add(fp, a)), at)).Element(*(*int)(unsafe.Add(fp, i)), size)
		typedmemmove(r, unsafe.Add(fp, d), unsafe.Add(e, off))
	}
}

func (g general) Store(v, a, off uintptr) Op {
	r := g.r
	return func(fp P) { typedmemmove(r, at(*(*P)(unsafe.Add(fp, a)), off), unsafe.Add(fp, v)) }
}

func (g general) StoreAt(v uintptr, addr func(fp P) P) Op {
	r := g.r
	return func(fp P) {
		p := addr(fp)
		_ = *(*byte)(p)
		typedmemmove(r, p, unsafe.Add(fp, v))
	}
}

func (g general) StoreIndex(v, s, i uintptr) Op {
	r, n := g.r, g.t.Size()
	return func(fp P) {
		typedmemmove(r, (*SliceHeader)(unsafe.Add(fp, s)).Element(*(*int)(unsafe.Add(fp, i)), n), unsafe.Add(fp, v))
	}
}

func (g general) Append(d, a, b uintptr) Op {
	t := reflect.SliceOf(g.t)
	return func(fp P) {
		s := reflect.AppendSlice(reflect.NewAt(t, unsafe.Add(fp, a)).Elem(), reflect.NewAt(t, unsafe.Add(fp, b)).Elem())
		reflect.NewAt(t, unsafe.Add(fp, d)).Elem().Set(s)
	}
}

func (g general) AppendOne(d, a, v uintptr) Op {
	t := reflect.SliceOf(g.t)
	size, r := g.t.Size(), g.r
	return func(fp P) {
		s := (*SliceHeader)(unsafe.Add(fp, a))
		if s.Len < s.Cap {
			typedmemmove(r, unsafe.Add(s.Data, uintptr(s.Len)*size), unsafe.Add(fp, v))
			*(*SliceHeader)(unsafe.Add(fp, d)) = SliceHeader{s.Data, s.Len + 1, s.Cap}
			return
		}
		grown := reflect.Append(reflect.NewAt(t, unsafe.Add(fp, a)).Elem(), reflect.NewAt(t.Elem(), unsafe.Add(fp, v)).Elem())
		reflect.NewAt(t, unsafe.Add(fp, d)).Elem().Set(grown)
	}
}
