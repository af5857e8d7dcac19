package yaegi

import (
	"fmt"
	"go/ast"
	"go/types"
	"sort"

	"github.com/gopherceptron/gopherceptron/kernel/internal/bind"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/check"
)

// gaps names what a cell that the interpreter refused uses and the interpreter is known to lack, or returns "". The
// interpreter's own words for these often say nothing.
func gaps(c *check.Cell) string {
	type gap struct {
		at   int
		what string
	}
	var found []gap
	add := func(n ast.Node, format string, a ...any) {
		found = append(found, gap{c.Offset(n.Pos()), fmt.Sprintf(format, a...)})
	}
	look := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.RangeStmt:
			switch t := c.Info.TypeOf(n.X); under := t.Underlying().(type) {
			case *types.Basic:
				if under.Info()&types.IsInteger != 0 {
					add(n, "it has no range over integers: write for i := 0; i < n; i++")
				}
			case *types.Signature:
				add(n, "it has no range over functions")
			}
		case *ast.CallExpr:
			if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && c.Info.Types[n].Value == nil {
				if b, ok := c.Info.Uses[id].(*types.Builtin); ok && (b.Name() == "min" || b.Name() == "max" || b.Name() == "clear") {
					add(n, "it has no built-in function %s", b.Name())
				}
			}
		case *ast.SelectorExpr:
			o := c.Info.Uses[n.Sel]
			if o == nil || o.Pkg() == nil || o.Parent() != o.Pkg().Scope() {
				break
			}
			if p := bind.Lookup(o.Pkg().Path()); p != nil && !p.Symbols()[o.Name()].IsValid() && isGeneric(o) {
				add(n, "it does not reach the generic %s.%s", o.Pkg().Name(), o.Name())
			}
		}
		return true
	}
	for _, d := range c.Decls {
		ast.Inspect(d, look)
	}
	for _, m := range c.Methods {
		ast.Inspect(m.Decl, look)
	}
	ast.Inspect(c.Body, look)
	if len(found) == 0 {
		return ""
	}
	sort.Slice(found, func(i, j int) bool { return found[i].at < found[j].at })
	return fmt.Sprintf("%s (line %d)", found[0].what, c.Line(found[0].at))
}

func isGeneric(o types.Object) bool {
	switch t := o.Type().(type) {
	case *types.Signature:
		return t.TypeParams().Len() > 0
	case *types.Named:
		return t.TypeParams().Len() > 0
	}
	return false
}
