package op

import (
	"reflect"
	"unsafe"
)

// A Class is what matters of a type when its values are moved: which words they have, and which of these are pointers.
// Its methods make the instructions that move.
type Class interface {
	// Copy returns d = a, both in the frame.
	Copy(d, a uintptr) Op
	// Move copies a value from one place to another.
	Move(to, from P)
	// Load returns d = *(a + off) for an address a in the frame.
	Load(d, a, off uintptr) Op
	// LoadAt returns d = *addr(fp).
	LoadAt(d uintptr, addr func(fp P) P) Op
	// LoadIndex returns d = s[i] for a slice s.
	LoadIndex(d, s, i uintptr) Op
	// LoadIndex2 returns d = s[i][j] for a slice of slices s.
	LoadIndex2(d, s, i, j uintptr) Op
	// LoadIndexSum returns d = s[i*n+j].
	LoadIndexSum(d, s, i, n, j uintptr) Op
	// LoadPart returns d = what lies off bytes into s[i], for a slice s with elements of size bytes.
	LoadPart(d, s, i, size, off uintptr) Op
	// LoadThrough returns the same for the slice at *(a + at), for an address a in the frame.
	LoadThrough(d, a, at, i, size, off uintptr) Op
	// Store returns *(a + off) = v for an address a in the frame.
	Store(v, a, off uintptr) Op
	// StoreAt returns *addr(fp) = v.
	StoreAt(v uintptr, addr func(fp P) P) Op
	// StoreIndex returns s[i] = v for a slice s.
	StoreIndex(v, s, i uintptr) Op
	// Append returns d = append(a, b...) for two slices.
	Append(d, a, b uintptr) Op
	// AppendOne returns d = append(a, v).
	AppendOne(d, a, v uintptr) Op
	// Size is the size of a value in bytes.
	Size() uintptr
	container
}

// ClassOf returns the class of a type's values.
func ClassOf(t reflect.Type) Class {
	if t.Size() == 0 {
		return empty{}
	}
	words := wordsOf(t)
	if words == "" {
		switch t.Size() {
		case 1:
			return of[uint8]{}
		case 2:
			return of[uint16]{}
		case 4:
			return of[uint32]{}
		case 8:
			return of[uint64]{}
		}
		return general{t: t, r: TypePointer(t)}
	}
	if c := classes[words]; c != nil {
		return c
	}
	return general{t: t, r: TypePointer(t)}
}

// The word classes: p is a pointer, w is none.
type (
	wp struct {
		W uint64
		P P
	}
	pw struct {
		P P
		W uint64
	}
	wpw struct {
		W uint64
		P P
		X uint64
	}
	pwp struct {
		P P
		W uint64
		Q P
	}
	wwp struct {
		W, X uint64
		P    P
	}
	ppw struct {
		P, Q P
		W    uint64
	}
	wpp struct {
		W    uint64
		P, Q P
	}
	pwpw struct{ A, B pw }
)

var classes = map[string]Class{
	"p": of[P]{}, "w": of[uint64]{},
	"ww": of[[2]uint64]{}, "pp": of[[2]P]{}, "wp": of[wp]{}, "pw": of[string]{},
	"www": of[[3]uint64]{}, "ppp": of[[3]P]{}, "pww": of[[]struct{}]{}, "wpw": of[wpw]{}, "pwp": of[pwp]{}, "wwp": of[wwp]{}, "ppw": of[ppw]{}, "wpp": of[wpp]{},
	"wwww": of[[4]uint64]{}, "pwpw": of[pwpw]{},
}

// wordsOf spells the words of a type of whole words: "pw" for a string; "" if it is not of whole words or too long.
func wordsOf(t reflect.Type) string {
	n := t.Size()
	if n%8 != 0 || n > 32 {
		return ""
	}
	b := make([]byte, n/8)
	for i := range b {
		b[i] = 'w'
	}
	pointers(t, 0, func(off uintptr) { b[off/8] = 'p' })
	return string(b)
}

// Pointers calls f with the offset of each pointer in a type's values.
func Pointers(t reflect.Type, f func(off uintptr)) { pointers(t, 0, f) }

func pointers(t reflect.Type, at uintptr, f func(off uintptr)) {
	switch t.Kind() {
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func:
		f(at)
	case reflect.String, reflect.Slice:
		f(at)
	case reflect.Interface:
		f(at)
		f(at + 8)
	case reflect.Array:
		if !HasPointers(t.Elem()) {
			return
		}
		for i := range t.Len() {
			pointers(t.Elem(), at+uintptr(i)*t.Elem().Size(), f)
		}
	case reflect.Struct:
		for i := range t.NumField() {
			pointers(t.Field(i).Type, at+t.Field(i).Offset, f)
		}
	}
}

// HasPointers reports whether a type's values hold pointers.
func HasPointers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return t.Len() > 0 && HasPointers(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if HasPointers(t.Field(i).Type) {
				return true
			}
		}
		return false
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func, reflect.String, reflect.Slice, reflect.Interface:
		return true
	}
	return false
}

// of is the class of the values that lie in memory as T does.
type of[T any] struct{}

func (of[T]) Size() uintptr   { return unsafe.Sizeof(*new(T)) }
func (of[T]) Move(to, from P) { *(*T)(to) = *(*T)(from) }

func (of[T]) Copy(d, a uintptr) Op {
	return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) }
}

func (of[T]) Load(d, a, off uintptr) Op {
	if off == 0 {
		return func(fp P) { *(*T)(unsafe.Add(fp, d)) = **(**T)(unsafe.Add(fp, a)) }
	}
	return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(*(*P)(unsafe.Add(fp, a)), off)) }
}

func (of[T]) LoadAt(d uintptr, addr func(fp P) P) Op {
	return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(addr(fp)) }
}

func (of[T]) LoadIndex(d, s, i uintptr) Op {
	return func(fp P) { *(*T)(unsafe.Add(fp, d)) = (*(*[]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))] }
}

func (of[T]) LoadIndex2(d, s, i, j uintptr) Op {
	return func(fp P) {
		*(*T)(unsafe.Add(fp, d)) = (*(*[][]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))][*(*int)(unsafe.Add(fp, j))]
	}
}

func (of[T]) LoadIndexSum(d, s, i, n, j uintptr) Op {
	return func(fp P) {
		*(*T)(unsafe.Add(fp, d)) = (*(*[]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))**(*int)(unsafe.Add(fp, n))+*(*int)(unsafe.Add(fp, j))]
	}
}

func (of[T]) LoadPart(d, s, i, size, off uintptr) Op {
	return func(fp P) {
		h, k := (*SliceHeader)(unsafe.Add(fp, s)), *(*int)(unsafe.Add(fp, i))
		if uint(k) >= uint(h.Len) {
			OutOfRange(k, h.Len)
		}
		*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(h.Data, uintptr(k)*size+off))
	}
}

func (of[T]) LoadThrough(d, a, at, i, size, off uintptr) Op {
	return func(fp P) {
		h, k := (*SliceHeader)(unsafe.Add(*(*P)(unsafe.Add(fp, a)), at)), *(*int)(unsafe.Add(fp, i))
		if uint(k) >= uint(h.Len) {
			OutOfRange(k, h.Len)
		}
		*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(h.Data, uintptr(k)*size+off))
	}
}

func (of[T]) Store(v, a, off uintptr) Op {
	if off == 0 {
		return func(fp P) { **(**T)(unsafe.Add(fp, a)) = *(*T)(unsafe.Add(fp, v)) }
	}
	return func(fp P) { *(*T)(unsafe.Add(*(*P)(unsafe.Add(fp, a)), off)) = *(*T)(unsafe.Add(fp, v)) }
}

func (of[T]) StoreAt(v uintptr, addr func(fp P) P) Op {
	return func(fp P) {
		p := addr(fp)
		*(*T)(p) = *(*T)(unsafe.Add(fp, v))
	}
}

func (of[T]) StoreIndex(v, s, i uintptr) Op {
	return func(fp P) { (*(*[]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))] = *(*T)(unsafe.Add(fp, v)) }
}

func (of[T]) Append(d, a, b uintptr) Op {
	return func(fp P) {
		*(*[]T)(unsafe.Add(fp, d)) = append(*(*[]T)(unsafe.Add(fp, a)), *(*[]T)(unsafe.Add(fp, b))...)
	}
}

func (of[T]) AppendOne(d, a, v uintptr) Op {
	if d == a {
		return func(fp P) {
			s := (*[]T)(unsafe.Add(fp, a))
			if n := len(*s); n < cap(*s) { // the address stays
				(*s)[:n+1][n] = *(*T)(unsafe.Add(fp, v))
				(*SliceHeader)(P(s)).Len = n + 1
				return
			}
			*s = append(*s, *(*T)(unsafe.Add(fp, v)))
		}
	}
	return func(fp P) {
		*(*[]T)(unsafe.Add(fp, d)) = append(*(*[]T)(unsafe.Add(fp, a)), *(*T)(unsafe.Add(fp, v)))
	}
}

// empty is the class of values without size.
type empty struct{}

func (empty) Size() uintptr        { return 0 }
func (empty) Move(to, from P)      {}
func (empty) Copy(d, a uintptr) Op { return nil }
func (empty) Load(d, a, off uintptr) Op {
	return func(fp P) { _ = *(*byte)(*(*P)(unsafe.Add(fp, a))) }
}
func (empty) LoadAt(d uintptr, addr func(fp P) P) Op { return func(fp P) { addr(fp) } }
func (empty) LoadIndex(d, s, i uintptr) Op           { return of[struct{}]{}.LoadIndex(d, s, i) }
func (empty) LoadIndex2(d, s, i, j uintptr) Op       { return of[struct{}]{}.LoadIndex2(d, s, i, j) }
func (empty) LoadIndexSum(d, s, i, n, j uintptr) Op {
	return of[struct{}]{}.LoadIndexSum(d, s, i, n, j)
}
func (empty) LoadPart(d, s, i, size, off uintptr) Op {
	return of[struct{}]{}.LoadPart(d, s, i, size, off)
}
func (empty) LoadThrough(d, a, at, i, size, off uintptr) Op {
	return of[struct{}]{}.LoadThrough(d, a, at, i, size, off)
}
func (empty) Store(v, a, off uintptr) Op {
	return func(fp P) { _ = *(*byte)(*(*P)(unsafe.Add(fp, a))) }
}
func (empty) StoreAt(v uintptr, addr func(fp P) P) Op { return func(fp P) { addr(fp) } }
func (empty) StoreIndex(v, s, i uintptr) Op           { return of[struct{}]{}.StoreIndex(v, s, i) }
func (empty) Append(d, a, b uintptr) Op               { return of[struct{}]{}.Append(d, a, b) }
func (empty) AppendOne(d, a, v uintptr) Op            { return of[struct{}]{}.AppendOne(d, a, v) }

// IsWord reports whether a type's values are one word without a pointer.
func IsWord(t reflect.Type) bool {
	_, ok := ClassOf(t).(of[uint64])
	return ok
}
