package rtype

import (
	"fmt"
	"reflect"
)

// View returns a pointer of type *to with the address of p, a pointer to a value of another version of the type: the
// variable is the same, its type is the new one, and so it is with all that the variable points to. It fails where the
// two do not lie alike in memory. What is boxed in an interface within keeps its old type.
func View(p reflect.Value, to reflect.Type) (reflect.Value, error) {
	if p.Kind() != reflect.Pointer {
		return reflect.Value{}, fmt.Errorf("rtype: View: expected a pointer, received %s", p.Type())
	}
	if !alike(p.Type().Elem(), to, map[[2]reflect.Type]bool{}) {
		return reflect.Value{}, fmt.Errorf("rtype: View: %s and %s do not lie alike in memory", p.Type().Elem(), to)
	}
	return reflect.NewAt(to, p.UnsafePointer()), nil
}

// alike reports whether two types lie alike in memory, and so do the types that they point to.
func alike(a, b reflect.Type, seen map[[2]reflect.Type]bool) bool {
	if a == b || seen[[2]reflect.Type{a, b}] {
		return true
	}
	seen[[2]reflect.Type{a, b}] = true
	if a.Kind() != b.Kind() || a.Size() != b.Size() || a.Align() != b.Align() || a.Name() != b.Name() {
		return false
	}
	switch a.Kind() {
	case reflect.Array, reflect.Slice, reflect.Pointer, reflect.Chan:
		if a.Kind() == reflect.Array && a.Len() != b.Len() || a.Kind() == reflect.Chan && a.ChanDir() != b.ChanDir() {
			return false
		}
		return alike(a.Elem(), b.Elem(), seen)
	case reflect.Map:
		return alike(a.Key(), b.Key(), seen) && alike(a.Elem(), b.Elem(), seen)
	case reflect.Struct:
		if a.NumField() != b.NumField() {
			return false
		}
		for i := range a.NumField() {
			f, g := a.Field(i), b.Field(i)
			if f.Name != g.Name || f.Offset != g.Offset || !alike(f.Type, g.Type, seen) {
				return false
			}
		}
	case reflect.Func:
		if a.NumIn() != b.NumIn() || a.NumOut() != b.NumOut() || a.IsVariadic() != b.IsVariadic() {
			return false
		}
		for i := range a.NumIn() {
			if !alike(a.In(i), b.In(i), seen) {
				return false
			}
		}
		for i := range a.NumOut() {
			if !alike(a.Out(i), b.Out(i), seen) {
				return false
			}
		}
	case reflect.Interface:
		return alikeInterfaces(a, b, seen)
	}
	return true
}

// alikeInterfaces reports whether a variable of interface type a can be taken for one of type b. Its first word is a method
// table, made for a and the type of the value in it: with the same methods in the same order, code that expects
// a table for b finds what it looks for. But tables are compared by their addresses when interfaces are. So no type
// may implement both: one of the methods must have another type in b. This is so for an interface that
// mentions a type that was renewed: then what implements it was renewed, too. (Two interfaces with the same methods
// are not mended by this, nor need they be: they are the same type, or differ by declaration.)
func alikeInterfaces(a, b reflect.Type, seen map[[2]reflect.Type]bool) bool {
	if a.NumMethod() != b.NumMethod() {
		return false
	}
	same := true
	for i := range a.NumMethod() {
		m, n := a.Method(i), b.Method(i)
		if m.Name != n.Name || m.PkgPath != n.PkgPath || !alike(m.Type, n.Type, seen) {
			return false
		}
		same = same && m.Type == n.Type
	}
	return !same || a.NumMethod() == 0
}
