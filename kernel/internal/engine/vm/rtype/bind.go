package rtype

import (
	"go/types"
	"reflect"
)

// Bind records that r is the runtime type of t, where t is the type of something declared in a compiled package (a
// variable, a function) and r what reflect says of it. Types within that cannot be looked up by a name, such as the
// type of binary.LittleEndian, are found by walking both. A type known already stays.
func (ts *Types) Bind(t types.Type, r reflect.Type) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.bind(t, r, map[types.Type]bool{})
	ts.journal = nil
}

func (ts *Types) bind(t types.Type, r reflect.Type, seen map[types.Type]bool) {
	t = types.Unalias(t)
	if seen[t] {
		return
	}
	seen[t] = true
	named, ok := t.(*types.Named)
	if ok {
		o := named.Obj()
		if o.Pkg() == nil || ts.config.Own(o) || o.Pkg().Path() != r.PkgPath() || typeString(t, false) != r.String() || moved(named, r) != "" {
			return
		}
	}
	if p, ok := t.(*types.Pointer); ok && r.Kind() == reflect.Pointer {
		ts.bind(p.Elem(), r.Elem(), seen)
		return
	}
	if _, tp := t.(*types.TypeParam); tp || kindOf(t) != r.Kind() {
		return
	}
	if _, ok := t.(*types.Basic); !ok && ts.at(t) == nil {
		ts.set(t, r)
	}
	pair := func(t types.Type, r reflect.Type) { ts.bind(t, r, seen) }
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		pair(u.Elem(), r.Elem())
	case *types.Slice:
		pair(u.Elem(), r.Elem())
	case *types.Array:
		pair(u.Elem(), r.Elem())
	case *types.Chan:
		pair(u.Elem(), r.Elem())
	case *types.Map:
		pair(u.Key(), r.Key())
		pair(u.Elem(), r.Elem())
	case *types.Struct:
		for i := 0; i < u.NumFields() && i < r.NumField() && u.Field(i).Name() == r.Field(i).Name; i++ {
			pair(u.Field(i).Type(), r.Field(i).Type)
		}
	case *types.Signature:
		if u.Params().Len() != r.NumIn() || u.Results().Len() != r.NumOut() {
			return
		}
		for i := range r.NumIn() {
			pair(u.Params().At(i).Type(), r.In(i))
		}
		for i := range r.NumOut() {
			pair(u.Results().At(i).Type(), r.Out(i))
		}
	}
}

// kindOf returns the kind of t's values, or Invalid.
func kindOf(t types.Type) reflect.Kind {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if r := basics[u.Kind()]; r != nil {
			return r.Kind()
		}
	case *types.Pointer:
		return reflect.Pointer
	case *types.Slice:
		return reflect.Slice
	case *types.Array:
		return reflect.Array
	case *types.Map:
		return reflect.Map
	case *types.Chan:
		return reflect.Chan
	case *types.Struct:
		return reflect.Struct
	case *types.Signature:
		return reflect.Func
	case *types.Interface:
		return reflect.Interface
	}
	return reflect.Invalid
}
