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
	recv := m.Decl.Recv.List
	if t, ok := tn.Type().(*types.Named); ok && t.TypeParams() != nil {
		recv, typ.TypeParams, m.constraints = lowerParams(recv, t)
	}
	typ.Params = &ast.FieldList{Opening: typ.Params.Opening, Closing: typ.Params.Closing}
	typ.Params.List = append(named(recv), named(m.Decl.Type.Params.List)...)
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
	sig, recvParams := f.Signature(), []*types.TypeParam(nil)
	if sig.TypeParams() != nil {
		if sig, recvParams = ofReceiver(sig); sig == nil {
			return
		}
	}
	var params []*types.Var
	for i := 1; i < sig.Params().Len(); i++ {
		params = append(params, sig.Params().At(i))
	}
	recv := types.NewVar(sig.Params().At(0).Pos(), a.pkg, sig.Params().At(0).Name(), sig.Params().At(0).Type())
	msig := types.NewSignatureType(recv, recvParams, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
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

// changed returns the types of earlier cells that the cell declares once more, unchanged but for the signatures of methods. They
// have to be new types: a type cannot change its method set under the variables that exist.
func (s *Session) changed(d *draft, a *attempt) map[string]bool {
	out := map[string]bool{}
	for _, m := range d.methods {
		if m.Lowered == nil || m.added || d.texts[m.Type.Name()] == "" {
			continue
		}
		if a.object(m); m.Object != nil && !isInvalid(m.Object.Signature()) && s.conflict(m, a.pkg) != nil {
			out[m.Type.Name()] = true
		}
	}
	return out
}

// isInvalid reports whether a signature mentions what go/types could make nothing of.
func isInvalid(sig *types.Signature) (yes bool) {
	w := walker{visit: func(t types.Type) { yes = yes || t == types.Typ[types.Invalid] }}
	w.walk(sig)
	return yes
}

// conflict returns what the type of a method has under its name that is no method of the same signature and kind of receiver; nil
// if there is no such thing.
func (s *Session) conflict(m *Method, pkg *types.Package) types.Object {
	old, _, _ := types.LookupFieldOrMethod(m.Type.Type(), true, pkg, m.Name)
	f, ok := old.(*types.Func)
	if ok && baseType(f.Signature().Recv().Type()) != m.Type {
		return nil // promoted from an embedded field
	}
	if old == nil || ok && alike(f, m.Object) && byPointer(f) == byPointer(m.Object) {
		return nil
	}
	return old
}

func byPointer(method *types.Func) bool {
	_, ok := types.Unalias(method.Signature().Recv().Type()).(*types.Pointer)
	return ok
}

// conflicts says which methods an earlier cell declared otherwise.
func (s *Session) conflicts(c *Cell) error {
	var errs Errors
	for _, m := range c.Methods {
		if m.Lowered == nil {
			continue
		}
		old := s.conflict(m, c.Pkg)
		if old == nil {
			continue
		}
		p := s.fset.Position(m.Decl.Name.Pos())
		var msg string
		f, ok := old.(*types.Func)
		switch name := m.Type.Name(); {
		case !ok:
			msg = fmt.Sprintf("field and method with the same name %s", m.Name)
		case alike(f, m.Object):
			msg = fmt.Sprintf("method %s.%s was declared with a receiver of type %s: to change it, declare the type %s in the same cell",
				name, m.Name, types.TypeString(f.Signature().Recv().Type(), types.RelativeTo(old.Pkg())), name)
		default:
			msg = fmt.Sprintf("method %s.%s was declared as %s: to change its signature, declare the type %s in the same cell",
				name, m.Name, types.TypeString(old.Type(), types.RelativeTo(old.Pkg())), name)
		}
		errs = append(errs, Diagnostic{Line: p.Line, Column: p.Column, Message: msg})
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}
