package check

import (
	"go/ast"
	"go/types"
	"strings"
)

// A Showing is what an executor does with the values of an expression statement.
type Showing struct {
	Results []types.Type // of the expression; none: it is run as it stands
	Show    int          // how many of the results are shown, from the first
	Fails   bool         // the last result is an error that ends the cell unless it is nil
	Known   bool         // the value is a constant that the checker knows: there is nothing to run
}

// Showing returns what becomes of an expression statement: the last one of a cell shows its value, and any call whose
// last result is an error fails the cell with it.
func (c *Cell) Showing(s *ast.ExprStmt) Showing {
	tv := c.Info.Types[s.X]
	var out Showing
	switch t := tv.Type.(type) {
	case *types.Tuple:
		for v := range t.Variables() {
			out.Results = append(out.Results, v.Type())
		}
	case nil:
	default:
		if tv.IsValue() {
			out.Results = append(out.Results, t)
		}
	}
	if len(out.Results) == 0 {
		return out
	}
	_, basic := tv.Type.(*types.Basic)
	if (tv.Value != nil && basic || tv.IsNil()) && c.LastStmt == s {
		out.Known = true
		return out
	}
	show := c.Last == s.X && !prints(s.X, c.Info)
	out.Fails = isError(out.Results[len(out.Results)-1]) && !reports(s.X, c.Info)
	if len(out.Results) == 1 && out.Fails && isCall(s.X, c.Info) {
		show = false // its nil is no news
	}
	if show {
		out.Show = len(out.Results)
		if out.Fails && out.Show > 1 {
			out.Show--
		}
	}
	return out
}

// isCall tells a call from a conversion and anything else.
func isCall(x ast.Expr, info *types.Info) bool {
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	return ok && !info.Types[call.Fun].IsType()
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// reports tells calls whose error is what was asked for, like ctx.Err() and errors.New, from calls that failed.
func reports(x ast.Expr, info *types.Info) bool {
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	o := info.Uses[sel.Sel]
	return o != nil && (o.Name() == "Err" || o.Name() == "Unwrap" || o.Name() == "Errorf" || o.Pkg() != nil && o.Pkg().Path() == "errors")
}

// prints reports whether an expression is a call of one of fmt's print functions, whose results nobody wants to see.
func prints(x ast.Expr, info *types.Info) bool {
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	o := info.Uses[sel.Sel]
	return o != nil && o.Pkg() != nil && o.Pkg().Path() == "fmt" &&
		(strings.HasPrefix(o.Name(), "Print") || strings.HasPrefix(o.Name(), "Fprint") || strings.Contains(o.Name(), "scan") || strings.HasPrefix(o.Name(), "Scan"))
}
