package check

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// diagnostics returns the errors in the order of the source.
func (a *attempt) diagnostics(s *Session, d *draft) Errors {
	var out Errors
	for _, e := range a.errs {
		p := s.fset.Position(e.Pos)
		if more, ok := strings.CutPrefix(e.Msg, "\t"); ok && len(out) > 0 { // go/types reports it after what it explains
			out[len(out)-1].Message += fmt.Sprintf("\n\t%d:%d: %s", p.Line, p.Column, more)
			continue
		}
		msg := strings.NewReplacer("main.", "", cellFunc, "the cell").Replace(e.Msg)
		out = append(out, Diagnostic{Line: p.Line, Column: p.Column, Message: msg + s.versions(a, d, e.Pos, msg)})
	}
	slices.SortStableFunc(out, func(a, b Diagnostic) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
	return out
}

var (
	asType      = regexp.MustCompile(`type \*?(\S+)\) as \*?(\S+) value in`)
	lacksMember = regexp.MustCompile(` has no field or method (\S+?)\)?$|\(missing method (\S+)\)$`)
)

// versions explains a message in which a type seems not to be itself, or to lack what it has: the value at pos is of a declaration
// that a later one replaced.
func (s *Session) versions(a *attempt, d *draft, pos token.Pos, msg string) string {
	name := ""
	if m := asType.FindStringSubmatch(msg); m != nil && m[1] == m[2] {
		name = m[1]
	} else if m := lacksMember.FindStringSubmatch(msg); m != nil {
		if tn := s.newer(a.typeAt(d, pos)); tn != nil {
			if o, _, _ := types.LookupFieldOrMethod(tn.Type(), true, tn.Pkg(), cmp.Or(m[1], m[2])); o != nil {
				name = tn.Name()
			}
		}
	}
	if s.renewed[name] == 0 {
		return ""
	}
	return fmt.Sprintf(": %s was declared anew in cell %d; values made before keep the old %[1]s until their cells run again", name, s.renewed[name])
}

// typeAt returns the type of the expression at a place, or of what stands before the dot there; nil if there is none.
func (a *attempt) typeAt(d *draft, pos token.Pos) (t types.Type) {
	for _, f := range []*ast.File{d.parsed.decls, d.parsed.stmts} {
		ast.Inspect(f, func(n ast.Node) bool {
			x, ok := n.(ast.Expr)
			if sel, is := n.(*ast.SelectorExpr); is && sel.Sel.Pos() == pos {
				x = sel.X
			} else if !ok || x.Pos() != pos {
				return t == nil
			}
			if known := a.info.TypeOf(x); t == nil && known != nil && known != types.Typ[types.Invalid] {
				t = known
			}
			return t == nil
		})
	}
	return t
}

// newer returns the declared type that has taken the name of t, or of what t points to; nil if t is not an old one.
func (s *Session) newer(t types.Type) *types.TypeName {
	if t == nil {
		return nil
	}
	old := baseType(t)
	if old == nil || old.Pkg() == nil || old.Pkg().Path() != "main" {
		return nil
	}
	n := s.names[old.Name()]
	if n == nil || n.Object == old {
		return nil
	}
	tn, _ := n.Object.(*types.TypeName)
	return tn
}
