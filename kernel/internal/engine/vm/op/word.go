package op

import (
	"reflect"
	"unsafe"
)

// TypePointer returns the address of a type's descriptor.
func TypePointer(t reflect.Type) P { return reflect.ValueOf(t).UnsafePointer() }

// TypeAt returns the type whose descriptor is at p.
func TypeAt(p P) reflect.Type {
	var v any
	*(*P)(unsafe.Pointer(&v)) = p
	return reflect.TypeOf(v)
}

// Direct reports whether an interface holds a value of the type itself, and not its address.
func Direct(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func:
		return true
	case reflect.Struct:
		return t.NumField() == 1 && Direct(t.Field(0).Type)
	case reflect.Array:
		return t.Len() == 1 && Direct(t.Elem())
	}
	return false
}

// FuncPointer returns the pointer that a func value is.
func FuncPointer(f reflect.Value) P {
	v := reflect.New(f.Type())
	v.Elem().Set(f)
	return *(*P)(v.UnsafePointer())
}

// A SliceHeader is a slice of which only the address and the lengths matter.
type SliceHeader struct {
	Data     P
	Len, Cap int
}

// Element returns the address of element i of a slice with elements of n bytes. It panics as an index does.
func (s *SliceHeader) Element(i int, n uintptr) P {
	if uint(i) >= uint(s.Len) {
		OutOfRange(i, s.Len)
	}
	return unsafe.Add(s.Data, uintptr(i)*n)
}

// OutOfRange panics as an index does that is not below n.
func OutOfRange(i, n int) { _ = make([]struct{}, n)[i] }
