package rtype

import (
	"go/types"
)

// A local type is declared inside a function. The compiler numbers those of a package in the order of the source and
// writes the number where two of one name would be mistaken for each other: in the arguments of an instance. A type that
// is local to a generic function has the function's type arguments in its name.

// local returns what the compiler adds to the name of a local type: the type arguments of the function around it, if it is
// generic, and the type's number. ok is false for other types.
func local(o *types.TypeName) (args []types.Type, number int, ok bool) {
	if o.Pkg() == nil || o.Parent() == o.Pkg().Scope() {
		return nil, 0, false
	}
	var declared *types.TypeName // o, or what o is an instance of: go/ssa makes one for each instance of the function
	walkLocals(o.Pkg().Scope(), func(l *types.TypeName) {
		if l.Pos() <= o.Pos() {
			number++
		}
		if l.Pos() == o.Pos() {
			declared = l
		}
	})
	if declared == nil {
		return nil, 0, false // of export data, which has no functions
	}
	if declared != o {
		args = inferred(typeParams(declared), declared.Type().Underlying(), o.Type().Underlying())
	}
	return args, number, true
}

// walkLocals calls f with the defined types that the functions of a package declare.
func walkLocals(pkg *types.Scope, f func(*types.TypeName)) {
	var walk func(s *types.Scope)
	walk = func(s *types.Scope) {
		for _, name := range s.Names() {
			o, ok := s.Lookup(name).(*types.TypeName)
			if !ok || o.IsAlias() {
				continue
			}
			if _, param := o.Type().(*types.TypeParam); !param {
				f(o)
			}
		}
		for c := range s.Children() {
			walk(c)
		}
	}
	for file := range pkg.Children() {
		for c := range file.Children() {
			walk(c)
		}
	}
}

// typeParams returns the type parameters of the function around a local type, or of the function's receiver.
func typeParams(o *types.TypeName) []*types.TypeParam {
	for s := o.Parent(); s != nil; s = s.Parent() {
		var params []*types.TypeParam
		for _, name := range s.Names() {
			if p, ok := s.Lookup(name).Type().(*types.TypeParam); ok && s.Lookup(name) == p.Obj() {
				params = append(params, p)
			}
		}
		if len(params) > 0 {
			sorted := make([]*types.TypeParam, len(params))
			for _, p := range params {
				sorted[p.Index()] = p
			}
			return sorted
		}
	}
	return nil
}

// inferred returns what stands in t for the type parameters of generic, or nil if one of them does not occur.
func inferred(params []*types.TypeParam, generic, t types.Type) []types.Type {
	found := map[*types.TypeParam]types.Type{}
	infer(generic, t, found, map[types.Type]bool{})
	args := make([]types.Type, len(params))
	for i, p := range params {
		if args[i] = found[p]; args[i] == nil {
			return nil
		}
	}
	return args
}

// infer walks a type and an instance of it.
func infer(generic, t types.Type, found map[*types.TypeParam]types.Type, seen map[types.Type]bool) {
	generic, t = types.Unalias(generic), types.Unalias(t)
	if p, ok := generic.(*types.TypeParam); ok {
		found[p] = t
		return
	}
	if seen[generic] {
		return
	}
	seen[generic] = true
	list := func(n, m int, at func(i int) (g, t types.Type)) {
		for i := range min(n, m) {
			g, t := at(i)
			infer(g, t, found, seen)
		}
	}
	switch g := generic.(type) {
	case *types.Named:
		t, ok := t.(*types.Named)
		switch {
		case !ok:
		case g.TypeArgs().Len() > 0:
			list(g.TypeArgs().Len(), t.TypeArgs().Len(), func(i int) (types.Type, types.Type) { return g.TypeArgs().At(i), t.TypeArgs().At(i) })
		case g != t: // another local type
			infer(g.Underlying(), t.Underlying(), found, seen)
		}
	case *types.Map:
		if t, ok := t.(*types.Map); ok {
			infer(g.Key(), t.Key(), found, seen)
			infer(g.Elem(), t.Elem(), found, seen)
		}
	case interface{ Elem() types.Type }:
		if t, ok := t.(interface{ Elem() types.Type }); ok {
			infer(g.Elem(), t.Elem(), found, seen)
		}
	case *types.Struct:
		if t, ok := t.(*types.Struct); ok {
			list(g.NumFields(), t.NumFields(), func(i int) (types.Type, types.Type) { return g.Field(i).Type(), t.Field(i).Type() })
		}
	case *types.Tuple:
		if t, ok := t.(*types.Tuple); ok {
			list(g.Len(), t.Len(), func(i int) (types.Type, types.Type) { return g.At(i).Type(), t.At(i).Type() })
		}
	case *types.Signature:
		if t, ok := t.(*types.Signature); ok {
			infer(g.Params(), t.Params(), found, seen)
			infer(g.Results(), t.Results(), found, seen)
		}
	case *types.Interface:
		if t, ok := t.(*types.Interface); ok {
			list(g.NumMethods(), t.NumMethods(), func(i int) (types.Type, types.Type) { return g.Method(i).Type(), t.Method(i).Type() })
		}
	}
}
