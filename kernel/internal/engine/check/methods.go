package check

import (
	"fmt"
	"go/ast"
	"go/types"
)

// receiverName returns the name of a method's base type.
func receiverName(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) != 1 {
		return ""
	}
	t := ast.Unparen(f.Recv.List[0].Type)
	if star, ok := t.(*ast.StarExpr); ok {
		t = ast.Unparen(star.X)
	}
	switch x := t.(type) {
	case *ast.IndexExpr:
		t = x.X
	case *ast.IndexListExpr:
		t = x.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// lower replaces a method of an earlier cell's type by a function with the receiver as its first parameter.
// go/types cannot check it as a method: it knows the declaration of no type but the cell's own.
func (s *Session) lower(d *draft, m *Method) {
	name := receiverName(m.Decl)
	n := s.names[name]
	if n == nil || d.names[name] {
		m.Lowered, m.Type = nil, nil
		return
	}
	tn, ok := n.Object.(*types.TypeName)
	if !ok {
		return
	}
	m.Type = tn
	if m.Lowered != nil {
		return
	}
	f := *m.Decl
	f.Name = &ast.Ident{Name: name + "·" + m.Name, NamePos: m.Decl.Name.NamePos}
	f.Recv = nil
	typ := *m.Decl.Type
	typ.Params = &ast.FieldList{Opening: typ.Params.Opening, Closing: typ.Params.Closing}
	typ.Params.List = append(named(m.Decl.Recv.List), named(m.Decl.Type.Params.List)...)
	f.Type = &typ
	m.Lowered = &f
}

// named gives parameters without a name the name _, since a list has names for all or for none.
func named(fields []*ast.Field) []*ast.Field {
	var out []*ast.Field
	for _, f := range fields {
		c := *f
		if len(c.Names) == 0 {
			c.Names = []*ast.Ident{{Name: "_", NamePos: f.Type.Pos()}}
		}
		out = append(out, &c)
	}
	return out
}

// object fills in a method's type and function object from what the attempt found.
func (a *attempt) object(m *Method) {
	if m.Lowered == nil {
		if f, ok := a.info.Defs[m.Decl.Name].(*types.Func); ok {
			m.Object = f
			m.Type = baseType(f.Signature().Recv().Type())
		}
		return
	}
	f, ok := a.info.Defs[m.Lowered.Name].(*types.Func)
	if !ok || m.added {
		return
	}
	sig := f.Signature()
	var params []*types.Var
	for i := 1; i < sig.Params().Len(); i++ {
		params = append(params, sig.Params().At(i))
	}
	recv := types.NewVar(sig.Params().At(0).Pos(), a.pkg, sig.Params().At(0).Name(), sig.Params().At(0).Type())
	msig := types.NewSignatureType(recv, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
	m.Object = types.NewFunc(m.Decl.Name.Pos(), a.pkg, m.Name, msig)
}

func baseType(t types.Type) *types.TypeName {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Origin().Obj()
	}
	return nil
}

// conflicts finds methods that an earlier cell declared with another signature: the type cannot change its method
// set under the variables that exist.
func (s *Session) conflicts(c *Cell) error {
	var errs Errors
	for _, m := range c.Methods {
		if m.Lowered == nil {
			continue
		}
		old, _, _ := types.LookupFieldOrMethod(m.Type.Type(), true, c.Pkg, m.Name)
		f, ok := old.(*types.Func)
		if ok && baseType(f.Signature().Recv().Type()) != m.Type {
			continue // promoted from an embedded field
		}
		if old == nil || ok && types.Identical(f.Signature(), m.Object.Signature()) {
			continue
		}
		p := s.fset.Position(m.Decl.Name.Pos())
		msg := fmt.Sprintf("method %s.%s was declared as %s: to change its signature, declare the type %s in the same cell",
			m.Type.Name(), m.Name, types.TypeString(old.Type(), types.RelativeTo(old.Pkg())), m.Type.Name())
		if !ok {
			msg = fmt.Sprintf("field and method with the same name %s", m.Name)
		}
		errs = append(errs, Diagnostic{Line: p.Line, Column: p.Column, Message: msg})
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}
