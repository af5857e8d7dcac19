package check

import (
	"go/ast"
	"go/types"
	"strings"
)

// A Description tells what a name is.
type Description struct {
	Signature string // in Go syntax
	Doc       string
	Place     string // where it is declared: a package's path, or "cell 3"
}

// Inspect describes what stands at a cursor, a byte offset: the name there, or the function whose arguments it is in.
func (s *Session) Inspect(src string, cursor int) (Description, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cursor = max(0, min(cursor, len(src)))
	start := word(src, cursor)
	for start == cursor || !startsName(src[start:]) { // not in a name: look for the call around it
		open := callBefore(src[:cursor])
		if open <= 0 {
			return Description{}, false
		}
		cursor = open
		start = word(src, cursor)
	}
	l := s.look(src, start)
	if l == nil {
		head := src[:cursor]
		if l = s.look(head+closers(head), start); l == nil {
			return Description{}, false
		}
	}
	return l.describe()
}

func startsName(s string) bool { return s != "" && (s[0] == '_' || s[0] >= 'A') }

// callBefore returns the offset of the innermost open parenthesis of a text, or 0.
func callBefore(src string) int {
	depth := 0
	for i := len(src) - 1; i > 0; i-- {
		switch src[i] {
		case ')', ']', '}':
			depth++
		case '[', '{':
			depth--
		case '(':
			if depth--; depth < 0 {
				return len(strings.TrimRight(src[:i], " \t"))
			}
		}
	}
	return 0
}

func (l *look) describe() (Description, bool) {
	o := l.a.info.Uses[l.id]
	if o == nil {
		o = l.a.info.Defs[l.id]
	}
	if o == nil {
		if p := l.pkg(l.id); p != nil {
			return l.ofPackage(p), true
		}
		if x := l.selector(); x != nil {
			if p := l.pkg(x); p != nil {
				o = p.Scope().Lookup(l.id.Name)
			} else if t := l.typeOf(x); t != nil { // also T.M of a method of *T
				o, _, _ = types.LookupFieldOrMethod(t, true, l.a.pkg, l.id.Name)
			}
		}
	}
	if o == nil {
		return Description{}, false
	}
	if pn, ok := o.(*types.PkgName); ok {
		return l.ofPackage(pn.Imported()), true
	}
	d := Description{Signature: signature(o)}
	switch {
	case o.Pkg() == nil:
		d.Doc, d.Place = l.s.types.doc("builtin", o.Name()), "builtin"
	case o.Pkg().Path() == "main":
		l.inCell(o, &d)
	default:
		d.Doc, d.Place = l.s.types.doc(o.Pkg().Path(), l.key(o)), o.Pkg().Path()
	}
	return d, true
}

// typeOf returns the type of an expression or that it names, of a package that was not imported too.
func (l *look) typeOf(x ast.Expr) types.Type {
	if tv, ok := l.a.info.Types[x]; ok && tv.Type != types.Typ[types.Invalid] {
		return tv.Type
	}
	if sel, ok := x.(*ast.SelectorExpr); ok {
		if p := l.pkg(sel.X); p != nil {
			if o := p.Scope().Lookup(sel.Sel.Name); o != nil {
				return o.Type()
			}
		}
	}
	return nil
}

func (l *look) ofPackage(p *types.Package) Description {
	return Description{Signature: "package " + p.Name(), Doc: l.s.types.doc(p.Path(), ""), Place: p.Path()}
}

// signature returns a declaration in Go syntax.
func signature(o types.Object) string {
	s := types.ObjectString(o, qualify)
	if b, ok := o.(*types.Builtin); ok {
		return "func " + b.Name()
	}
	if c, ok := o.(*types.Const); ok && o.Pkg() != nil {
		return s + " = " + c.Val().String()
	}
	if t, ok := o.(*types.TypeName); ok && !t.IsAlias() && o.Type() != nil {
		if st, ok := o.Type().Underlying().(*types.Struct); ok {
			return structText(t.Name(), st)
		}
	}
	return s
}

// structText returns a struct type with its exported fields, one a line.
func structText(name string, st *types.Struct) string {
	var b strings.Builder
	b.WriteString("type " + name + " struct {\n")
	hidden := false
	for f := range st.Fields() {
		if !f.Exported() && f.Pkg().Path() != "main" {
			hidden = true
			continue
		}
		b.WriteString("\t" + f.Name() + " " + types.TypeString(f.Type(), qualify) + "\n")
	}
	if hidden {
		b.WriteString("\t// and unexported fields\n")
	}
	return b.String() + "}"
}

// inCell fills in the doc comment of an object of this session.
func (l *look) inCell(o types.Object, d *Description) {
	if f, ok := o.(*types.Func); ok && f.Signature().Recv() != nil {
		if tn := baseType(f.Signature().Recv().Type()); tn != nil && l.s.hasMethod(tn, f.Name()) {
			m := l.s.methods[weakly(tn)][f.Name()]
			d.Doc, d.Place = m.doc, CellName(m.cell)
		}
		return
	}
	if n := l.s.names[o.Name()]; n != nil && n.Object == o {
		d.Doc, d.Place = n.Doc, CellName(n.Cell)
		return
	}
	d.Doc = l.d.docs[o.Name()]
}

// key returns the name under which an object's doc comment is kept.
func (l *look) key(o types.Object) string {
	if f, ok := o.(*types.Func); ok && f.Signature().Recv() != nil {
		if tn := baseType(f.Signature().Recv().Type()); tn != nil {
			return tn.Name() + "." + f.Name()
		}
	}
	v, ok := o.(*types.Var)
	if !ok || !v.IsField() {
		return o.Name()
	}
	if len(l.path) > 0 {
		if sel, ok := l.path[0].(*ast.SelectorExpr); ok {
			if tv, ok := l.a.info.Types[sel.X]; ok {
				if tn := baseType(tv.Type); tn != nil {
					return tn.Name() + "." + v.Name()
				}
			}
		}
		for _, n := range l.path[:min(2, len(l.path))] {
			if lit, ok := n.(*ast.CompositeLit); ok {
				if tn := baseType(l.a.info.Types[lit].Type); tn != nil {
					return tn.Name() + "." + v.Name()
				}
			}
		}
	}
	return o.Name()
}
