package rtype

import (
	"go/types"
	"reflect"
	"strconv"
	"unsafe"
)

var basics = map[types.BasicKind]reflect.Type{
	types.Bool: reflect.TypeFor[bool](), types.String: reflect.TypeFor[string](),
	types.Int: reflect.TypeFor[int](), types.Int8: reflect.TypeFor[int8](), types.Int16: reflect.TypeFor[int16](),
	types.Int32: reflect.TypeFor[int32](), types.Int64: reflect.TypeFor[int64](),
	types.Uint: reflect.TypeFor[uint](), types.Uint8: reflect.TypeFor[uint8](), types.Uint16: reflect.TypeFor[uint16](),
	types.Uint32: reflect.TypeFor[uint32](), types.Uint64: reflect.TypeFor[uint64](), types.Uintptr: reflect.TypeFor[uintptr](),
	types.Float32: reflect.TypeFor[float32](), types.Float64: reflect.TypeFor[float64](),
	types.Complex64: reflect.TypeFor[complex64](), types.Complex128: reflect.TypeFor[complex128](),
	types.UnsafePointer: reflect.TypeFor[unsafe.Pointer](),
	types.UntypedBool:   reflect.TypeFor[bool](), types.UntypedInt: reflect.TypeFor[int](), types.UntypedRune: reflect.TypeFor[rune](),
	types.UntypedFloat: reflect.TypeFor[float64](), types.UntypedComplex: reflect.TypeFor[complex128](), types.UntypedString: reflect.TypeFor[string](),
}

var chanDirs = map[types.ChanDir]reflect.ChanDir{types.SendRecv: reflect.BothDir, types.SendOnly: reflect.SendDir, types.RecvOnly: reflect.RecvDir}

// build makes the type of t, which is not known. What reflect can make is left to reflect: then it is the same type as
// the one that compiled code has.
func (ts *Types) build(t types.Type) reflect.Type {
	switch t := t.(type) {
	case *types.Basic:
		if r := basics[t.Kind()]; r != nil {
			return r
		}
	case *types.Named:
		if ts.own(t) {
			return ts.named(t)
		}
		return ts.compiled(t)
	case *types.Pointer:
		e := ts.of(t.Elem()) // a type built here brings its pointer along
		return reflect.PointerTo(e)
	case *types.Slice:
		return reflect.SliceOf(ts.of(t.Elem()))
	case *types.Array:
		return reflect.ArrayOf(int(t.Len()), ts.of(t.Elem()))
	case *types.Map:
		k, e := ts.of(t.Key()), ts.of(t.Elem())
		return reflect.MapOf(k, e)
	case *types.Chan:
		return withoutPointer(reflect.ChanOf(chanDirs[t.Dir()], ts.of(t.Elem())))
	case *types.Signature:
		return ts.function(nil, t)
	case *types.Struct:
		return ts.anonymous(t)
	case *types.Interface:
		if !t.IsMethodSet() {
			break // a constraint is no type of a value
		}
		if t.NumMethods() == 0 {
			return reflect.TypeFor[any]()
		}
		return ts.iface(t, t)
	}
	fail("%s is not the type of a value", t)
	return nil
}

// function returns the type of a function, with a receiver as first parameter or nil.
func (ts *Types) function(recv reflect.Type, t *types.Signature) reflect.Type {
	var in, out []reflect.Type
	if recv != nil {
		in = append(in, recv)
	}
	for v := range t.Params().Variables() {
		in = append(in, ts.of(v.Type()))
	}
	for v := range t.Results().Variables() {
		out = append(out, ts.of(v.Type()))
	}
	return reflect.FuncOf(in, out, t.Variadic())
}

// own reports whether a type is built here: the machine's own, and instances of generic types of compiled packages,
// which no table has.
func (ts *Types) own(t *types.Named) bool {
	return t.Obj().Pkg() != nil && (t.TypeArgs().Len() > 0 || ts.config.Own(t.Obj()))
}

// compiled returns a type that the program was built with. It is never rebuilt here: its methods are compiled, and
// values of it come from compiled code.
func (ts *Types) compiled(t *types.Named) reflect.Type {
	o := t.Obj()
	switch {
	case o.Pkg() == nil && o.Name() == "error":
		return reflect.TypeFor[error]()
	case o.Pkg() == nil:
		fail("%s is not the type of a value", t)
	case ts.config.Lookup != nil && o.Parent() == o.Pkg().Scope():
		if r := ts.config.Lookup(o.Pkg().Path(), o.Name()); r != nil {
			if f := moved(t, r); f != "" {
				fail("the field %s of the compiled type %s is elsewhere: the tables are those of another Go release; generate them for this one", f, r)
			}
			return r
		}
	}
	fail("no compiled type %s: the tables of package %q do not have it and no value or function that has it was bound; "+
		"generate the tables for this Go release", t, o.Pkg().Path())
	return nil
}

// moved returns a field that a cell can name and that is at another place in the compiled type, or "": then the types that
// cells are checked against are those of another Go release, and a cell would read and write other fields.
func moved(t *types.Named, r reflect.Type) string {
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return ""
	}
	for i := range st.NumFields() {
		f := st.Field(i)
		if f.Exported() && (r.Kind() != reflect.Struct || i >= r.NumField() || r.Field(i).Name != f.Name()) {
			return f.Name()
		}
	}
	return ""
}

// layout returns a type that lies in memory as t does and is of the same kinds, without the types that cells declare and
// those that t only points to: it can be made before they are, and t's descriptor begins as a copy of its descriptor. Its
// kinds matter because reflect.MapOf and reflect.ArrayOf look at them when t is still in the making. Types that lie alike
// have few layouts, since reflect keeps each for good: the fields of a struct have no names of their own.
func (ts *Types) layout(t types.Type) reflect.Type {
	t = types.Unalias(t)
	if n, ok := t.(*types.Named); ok && !ts.own(n) {
		return ts.of(t)
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return reflect.TypeFor[*byte]()
	case *types.Slice:
		return reflect.TypeFor[[]byte]()
	case *types.Map:
		return reflect.TypeFor[map[int]int]()
	case *types.Chan:
		return reflect.TypeFor[chan int]()
	case *types.Signature:
		return reflect.TypeFor[func()]()
	case *types.Interface:
		if u.NumMethods() == 0 {
			return reflect.TypeFor[any]()
		}
		return reflect.TypeFor[error]()
	case *types.Array:
		return reflect.ArrayOf(int(u.Len()), ts.layout(u.Elem()))
	case *types.Struct:
		fs := make([]reflect.StructField, u.NumFields())
		for i := range fs {
			fs[i] = reflect.StructField{Name: "F" + strconv.Itoa(i), Type: ts.layout(u.Field(i).Type())}
		}
		return reflect.StructOf(fs)
	}
	return ts.of(t.Underlying())
}

// withoutPointer mends a channel type made by reflect.ChanOf, which leaves in it the type of pointers to its model
// (reflect/type.go of Go 1.26.8, ChanOf: there is no PtrToThis = 0, as SliceOf has).
func withoutPointer(t reflect.Type) reflect.Type {
	model := reflect.TypeFor[chan unsafe.Pointer]()
	if h := header(t); t != model && h.PtrToThis != 0 && h.PtrToThis == header(model).PtrToThis {
		h.PtrToThis = 0
	}
	return t
}
