package check

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"reflect"
)

// lowerParams returns what a method of a generic type of an earlier cell has as a function: the receiver, with a name for each of
// its type parameters, and these parameters. constraints are types that the function has to find in its package by their names.
func lowerParams(recv []*ast.Field, t *types.Named) (lowered []*ast.Field, params *ast.FieldList, constraints []*types.TypeName) {
	if len(recv) != 1 {
		return recv, nil, nil
	}
	typ := ast.Unparen(recv[0].Type)
	star, byPointer := typ.(*ast.StarExpr)
	if byPointer {
		typ = ast.Unparen(star.X)
	}
	var base ast.Expr
	var args []ast.Expr
	switch x := typ.(type) {
	case *ast.IndexExpr:
		base, args = x.X, []ast.Expr{x.Index}
	case *ast.IndexListExpr:
		base, args = x.X, x.Indices
	default:
		return recv, nil, nil // go/types says that it lacks them
	}
	names := map[string]string{} // in the type's declaration -> in the method's
	params = &ast.FieldList{Opening: typ.Pos(), Closing: typ.Pos()}
	list := &ast.IndexListExpr{X: base, Lbrack: base.End(), Rbrack: typ.End()}
	var ids []*ast.Ident
	for i, a := range args {
		id, ok := a.(*ast.Ident)
		if !ok {
			return recv, nil, nil
		}
		name := id.Name
		if name == "_" {
			name = fmt.Sprintf("_·%d", i)
		}
		if i < t.TypeParams().Len() {
			names[t.TypeParams().At(i).Obj().Name()] = name
		}
		ids = append(ids, &ast.Ident{Name: name, NamePos: id.Pos()})
		list.Indices = append(list.Indices, &ast.Ident{Name: name, NamePos: id.Pos()})
	}
	for i, id := range ids {
		var constraint ast.Expr = &ast.Ident{Name: "any", NamePos: id.Pos()}
		if i < t.TypeParams().Len() {
			c := t.TypeParams().At(i).Constraint()
			if mentionsParam(c) {
				constraint = respelled(c, names, id)
			} else {
				o := types.NewTypeName(id.Pos(), t.Obj().Pkg(), fmt.Sprintf("%s·%d", t.Obj().Name(), i), c)
				constraints = append(constraints, o)
				constraint = &ast.Ident{Name: o.Name(), NamePos: id.Pos()}
			}
		}
		params.List = append(params.List, &ast.Field{Names: []*ast.Ident{id}, Type: constraint})
	}
	f := *recv[0]
	f.Type = list
	if byPointer {
		f.Type = &ast.StarExpr{Star: star.Star, X: list}
	}
	return []*ast.Field{&f}, params, constraints
}

// respelled returns the syntax of a constraint that mentions type parameters, under other names. It means what it meant as long as
// the names in it do.
func respelled(c types.Type, names map[string]string, at *ast.Ident) ast.Expr {
	x, err := parser.ParseExpr(types.TypeString(c, func(p *types.Package) string {
		if p.Path() == "main" {
			return ""
		}
		return p.Name()
	}))
	if err != nil {
		return &ast.Ident{Name: "any", NamePos: at.Pos()}
	}
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			n.X.(*ast.Ident).NamePos = at.Pos()
			return false
		case *ast.Field: // a method's name is no type
			ast.Inspect(n.Type, func(n ast.Node) bool { return respell(n, names, at) })
			return false
		}
		return respell(n, names, at)
	})
	return x
}

func respell(n ast.Node, names map[string]string, at *ast.Ident) bool {
	if id, ok := n.(*ast.Ident); ok {
		id.NamePos = at.Pos()
		if to := names[id.Name]; to != "" {
			id.Name = to
		}
	}
	_, selector := n.(*ast.SelectorExpr)
	return !selector
}

// ofReceiver returns the signature of a generic function with type parameters of its own for those of the function, for a receiver
// to have; nil if there is none.
func ofReceiver(sig *types.Signature) (*types.Signature, []*types.TypeParam) {
	var params []*types.TypeParam
	var args []types.Type
	for p := range sig.TypeParams().TypeParams() {
		o := p.Obj()
		q := types.NewTypeParam(types.NewTypeName(o.Pos(), o.Pkg(), o.Name(), nil), p.Constraint())
		params, args = append(params, q), append(args, q)
	}
	inst, err := types.Instantiate(nil, sig, args, false)
	if err != nil {
		return nil, nil
	}
	return inst.(*types.Signature), params
}

// alike reports whether two methods of a type have the same signature, under whatever names their receivers have the type's
// parameters.
func alike(old, new *types.Func) bool {
	params := new.Signature().RecvTypeParams()
	if params == nil {
		return types.Identical(old.Signature(), new.Signature())
	}
	var args []types.Type
	for p := range params.TypeParams() {
		args = append(args, p)
	}
	inst, err := types.Instantiate(nil, baseType(new.Signature().Recv().Type()).Type(), args, false)
	if err != nil {
		return false
	}
	o, _, _ := types.LookupFieldOrMethod(inst, true, old.Pkg(), old.Name())
	f, ok := o.(*types.Func)
	return ok && types.Identical(f.Signature(), new.Signature())
}

// add adds a method to a type that was declared in an earlier cell.
func (s *Session) add(m *Method) {
	t := m.Type.Type().(*types.Named)
	t.AddMethod(m.Object)
	if t.TypeParams() != nil {
		s.forgetMethods(t)
	}
}

// forgetMethods makes the instances of a generic type that the session has look their methods up once more: go/types notes how
// many there are when it looks up the first, and a later one would be out of its range. An instance becomes as new, under
// its old address.
func (s *Session) forgetMethods(origin *types.Named) {
	w := walker{visit: func(t types.Type) {
		n, ok := t.(*types.Named)
		if !ok || n == origin || n.Origin() != origin {
			return
		}
		var args []types.Type
		for a := range n.TypeArgs().Types() {
			args = append(args, a)
		}
		if inst, err := types.Instantiate(nil, origin, args, false); err == nil {
			reflect.ValueOf(n).Elem().Set(reflect.ValueOf(inst).Elem())
		}
	}}
	for _, n := range s.names {
		w.walk(n.Object.Type())
	}
}

// mentionsParam reports whether a type has a type parameter as a part.
func mentionsParam(t types.Type) (yes bool) {
	w := walker{visit: func(t types.Type) {
		_, ok := t.(*types.TypeParam)
		yes = yes || ok
	}}
	w.walk(t)
	return yes
}

// A walker visits all types that cells' types are made of, once each, the whole before its parts.
type walker struct {
	visit func(types.Type)
	seen  map[types.Type]bool
}

func (w *walker) walk(t types.Type) {
	if t == nil || w.seen[t] {
		return
	}
	if w.seen == nil {
		w.seen = map[types.Type]bool{}
	}
	w.seen[t] = true
	w.visit(t)
	switch t := t.(type) {
	case *types.Alias:
		for a := range t.TypeArgs().Types() {
			w.walk(a)
		}
		w.walk(types.Unalias(t))
	case *types.Named:
		for a := range t.TypeArgs().Types() {
			w.walk(a)
		}
		pkg := t.Obj().Pkg()
		if pkg == nil || pkg.Path() != "main" && t.TypeArgs() == nil {
			return // a compiled type mentions none of a cell
		}
		w.walk(t.Underlying())
		for m := range t.Methods() {
			w.walk(m.Signature())
		}
	case *types.Map:
		w.walk(t.Key())
		w.walk(t.Elem())
	case interface{ Elem() types.Type }:
		w.walk(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			w.walk(f.Type())
		}
	case *types.Tuple:
		for v := range t.Variables() {
			w.walk(v.Type())
		}
	case *types.Signature:
		if r := t.Recv(); r != nil {
			w.walk(r.Type())
		}
		w.walk(t.Params())
		w.walk(t.Results())
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			w.walk(m.Signature())
		}
		for e := range t.EmbeddedTypes() {
			w.walk(e)
		}
	case *types.Union:
		for term := range t.Terms() {
			w.walk(term.Type())
		}
	}
}
