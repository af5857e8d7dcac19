package rtype

import (
	"go/types"
	"reflect"
	"strconv"
	"unsafe"
)

// named builds a defined type and the type of pointers to it. Both are known before the types that it is made of, which
// may need them.
func (ts *Types) named(t *types.Named) reflect.Type {
	pkg := t.Obj().Pkg().Path()
	text := typeString(t, false)
	if u, ok := t.Underlying().(*types.Interface); ok {
		if !u.IsMethodSet() {
			fail("%s is a constraint, not the type of a value", t)
		}
		r := ts.iface(u, t)
		ts.entry(t).mentions = ts.mentions(t)
		ts.version(t, r)
		return r
	}
	values, pointers := ts.selections(t), ts.selections(types.NewPointer(t))
	params := 0
	if sig, ok := t.Underlying().(*types.Signature); ok {
		params = sig.Params().Len() + sig.Results().Len()
	}
	lay := ts.layout(t.Underlying())
	d := &descriptor{}
	if params > 0 { // the layout is that of func(), and the parameters are not known yet
		d = newDescriptor(reflect.TypeFor[func()](), text, params, len(values))
	} else {
		d = newDescriptor(lay, text, 0, len(values))
	}
	r := d.typ()
	if n := ts.version(t, r); n > 1 && recursive(t) {
		pkg += "#" + strconv.Itoa(n) // ConvertibleTo must end: see doc.go
	}
	d.member(true, pkg)
	p := d.newPointer(text, len(pointers))
	if len(pointers) > 0 {
		p.member(false, pkg)
	}
	d.setEqual()
	ts.set(t, r).mentions = ts.mentions(t)
	ts.set(types.NewPointer(t), p.typ())

	switch u := t.Underlying().(type) {
	case *types.Struct:
		ts.setFields(d, u)
	default:
		d.become(ts.of(u))
	}
	ts.later(t, pkg, d, p, values, pointers)
	return r
}

// recursive reports whether a declared type has itself as a part, by way of the types that cells declare.
func recursive(t *types.Named) bool {
	seen := map[types.Type]bool{}
	var reaches func(u types.Type) bool
	reaches = func(u types.Type) bool {
		u = types.Unalias(u)
		if u == t || types.Identical(u, t) {
			return true
		}
		if seen[u] {
			return false
		}
		seen[u] = true
		switch u := u.(type) {
		case *types.Named:
			return u.Obj().Pkg() != nil && reaches(u.Underlying())
		case *types.Map:
			return reaches(u.Key()) || reaches(u.Elem())
		case interface{ Elem() types.Type }:
			return reaches(u.Elem())
		case *types.Struct:
			for f := range u.Fields() {
				if reaches(f.Type()) {
					return true
				}
			}
		case *types.Signature:
			return reaches(u.Params()) || reaches(u.Results())
		case *types.Tuple:
			for v := range u.Variables() {
				if reaches(v.Type()) {
					return true
				}
			}
		}
		return false
	}
	return reaches(t.Underlying())
}

// setFields gives a struct type its fields; the descriptor has the layout of t.
func (ts *Types) setFields(d *descriptor, t *types.Struct) {
	s := d.strct()
	s.PkgPath = nil
	fields := make([]abiField, t.NumFields())
	for i := range fields {
		f := t.Field(i)
		n := name{text: f.Name(), tag: t.Tag(i), embedded: f.Embedded()}
		fields[i] = abiField{Name: n.encode(), Type: pointer(ts.of(f.Type())), Offset: s.Fields[i].Offset}
		if !f.Exported() {
			s.PkgPath = name{text: f.Pkg().Path()}.encode()
		}
	}
	s.Fields = fields
	d.setEqual()
}

// setEqual makes a comparable struct compare as Go does: reflect's own compares blank fields too.
func (d *descriptor) setEqual() {
	if d.kind != reflect.Struct || d.Equal == nil {
		return
	}
	s := d.strct()
	d.Equal = func(x, y unsafe.Pointer) bool {
		for i := range s.Fields {
			f := &s.Fields[i]
			if *(*[3]byte)(f.Name) == [3]byte{0, 1, '_'} {
				continue
			}
			if !(*abiType)(f.Type).Equal(unsafe.Add(x, f.Offset), unsafe.Add(y, f.Offset)) {
				return false
			}
		}
		return true
	}
}

// anonymous builds a struct type without a name. Where it embeds or has a blank field, reflect cannot.
func (ts *Types) anonymous(t *types.Struct) reflect.Type {
	plain := true
	fields := make([]reflect.StructField, t.NumFields())
	for i := range fields {
		f := t.Field(i)
		plain = plain && !f.Embedded() && f.Name() != "_"
		fields[i] = reflect.StructField{Name: f.Name(), Type: ts.of(f.Type()), Tag: reflect.StructTag(t.Tag(i))}
		if !f.Exported() {
			fields[i].PkgPath = f.Pkg().Path()
		}
	}
	if known := ts.at(t); known != nil {
		return known
	}
	if plain {
		return reflect.StructOf(fields)
	}
	values, pointers := ts.selections(t), ts.selections(types.NewPointer(t))
	text := typeString(t, false)
	d := newDescriptor(ts.layout(t), text, 0, len(values))
	p := d.newPointer(text, len(pointers))
	if len(values) > 0 {
		d.member(false, "")
	}
	if len(pointers) > 0 {
		p.member(false, "")
	}
	r := d.typ()
	ts.set(t, r)
	ts.set(types.NewPointer(t), p.typ())
	ts.setFields(d, t)
	ts.later(t, "", d, p, values, pointers)
	return r
}

// iface builds an interface type with methods, or one with a name, which may be empty; key is what it is known as.
func (ts *Types) iface(t *types.Interface, key types.Type) reflect.Type {
	like, pkg := reflect.TypeFor[any](), ""
	if t.NumMethods() > 0 {
		like = reflect.TypeFor[error]()
	}
	text := typeString(key, false)
	d := newDescriptor(like, text, 0, 0)
	d.newPointer(text, 0)
	i := d.iface()
	i.PkgPath, i.Methods = nil, nil
	named, ok := key.(*types.Named)
	if ok {
		pkg = named.Obj().Pkg().Path()
		d.member(true, pkg)
	}
	r := d.typ()
	ts.set(key, r)
	var funcs []*types.Func
	for m := range t.Methods() {
		funcs = append(funcs, m)
		if pkg == "" && !m.Exported() {
			pkg = m.Pkg().Path()
		}
	}
	if pkg != "" {
		i.PkgPath = name{text: pkg}.encode()
	}
	sortMethods(funcs)
	methods := make([]abiImethod, len(funcs))
	for k, m := range funcs {
		methods[k] = abiImethod{methodName(m, pkg).offset(), addReflectOff(pointer(ts.function(nil, m.Signature())))}
	}
	i.Methods = methods
	return r
}
