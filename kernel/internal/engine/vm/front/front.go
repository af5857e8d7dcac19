// Package front makes a package for go/ssa out of a checked cell: its declarations, and a function with its statements, in
// which the variables of the session are assigned where the cell defines them.
package front

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/check"
)

// Main is the name of the function with a cell's statements; no identifier of a cell can be it.
const Main = "cell·"

// A Cell is a checked cell as a package.
type Cell struct {
	Files   []*ast.File
	Methods map[*types.Func]*types.Func // functions that were checked in the place of methods of earlier cells' types
	Results []*types.Var                // what the cell shows
	Failed  *types.Var                  // an int: 0, or which statement failed, from 1
	Errors  []*types.Var                // by statement that may fail: its error
	Places  []token.Pos                 // of these statements
	HasBody bool
}

// New prepares a cell. It changes the cell's types.Info: identifiers that define variables of the session become uses.
func New(c *check.Cell, session func(o types.Object) bool) *Cell {
	f := &front{cell: &Cell{Methods: map[*types.Func]*types.Func{}}, c: c, info: c.Info, session: session}
	file := &ast.File{Name: ast.NewIdent("main")}
	file.Decls = append(file.Decls, c.Decls...)
	for _, m := range c.Methods {
		if m.Lowered == nil {
			file.Decls = append(file.Decls, m.Decl)
			continue
		}
		file.Decls = append(file.Decls, m.Lowered)
		if fn, ok := c.Info.Defs[m.Lowered.Name].(*types.Func); ok {
			o, _, _ := types.LookupFieldOrMethod(m.Type.Type(), true, c.Pkg, m.Name)
			if method, ok := o.(*types.Func); ok {
				f.cell.Methods[fn] = method
			}
		}
	}
	c.Info.InitOrder = nil // the statements assign
	body := &ast.BlockStmt{Lbrace: c.Body.Lbrace, Rbrace: c.Body.Rbrace}
	for _, s := range c.Body.List {
		body.List = append(body.List, f.statement(s)...)
	}
	if len(body.List) > 0 {
		f.cell.HasBody = true
		main := &ast.FuncDecl{Name: &ast.Ident{Name: Main, NamePos: c.Body.Pos()}, Type: &ast.FuncType{Func: c.Body.Pos(), Params: &ast.FieldList{}}, Body: body}
		c.Info.Defs[main.Name] = types.NewFunc(c.Body.Pos(), c.Pkg, Main, types.NewSignatureType(nil, nil, nil, nil, nil, false))
		file.Decls = append(file.Decls, main)
	}
	file.Decls = append(file.Decls, f.variables()...)
	f.cell.Files = []*ast.File{file}
	return f.cell
}

type front struct {
	cell    *Cell
	c       *check.Cell
	info    *types.Info
	session func(o types.Object) bool
	globals []*types.Var
	seen    map[types.Object]bool
}

// variables declares the package's variables, for go/ssa to have globals of.
func (f *front) variables() (out []ast.Decl) {
	for _, v := range f.globals {
		id := &ast.Ident{Name: v.Name(), NamePos: v.Pos()}
		f.info.Defs[id] = v
		out = append(out, &ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{&ast.ValueSpec{Names: []*ast.Ident{id}}}})
	}
	return out
}

func (f *front) global(v *types.Var) {
	if f.seen == nil {
		f.seen = map[types.Object]bool{}
	}
	if !f.seen[v] {
		f.seen[v] = true
		f.globals = append(f.globals, v)
	}
}

// assigned makes an identifier that defines a variable of the session one that uses it.
func (f *front) assigned(x ast.Expr) {
	id, ok := x.(*ast.Ident)
	if !ok {
		return
	}
	v, ok := f.info.Defs[id].(*types.Var)
	if !ok || !f.session(v) {
		return
	}
	delete(f.info.Defs, id)
	f.info.Uses[id] = v
	f.info.Types[id] = types.TypeAndValue{Type: v.Type()}
	f.global(v)
}

func (f *front) statement(s ast.Stmt) []ast.Stmt {
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok != token.DEFINE {
			break
		}
		a := *s
		a.Tok = token.ASSIGN
		for _, x := range s.Lhs {
			f.assigned(x)
		}
		return []ast.Stmt{&a}
	case *ast.DeclStmt:
		if g, ok := s.Decl.(*ast.GenDecl); ok && g.Tok == token.VAR {
			return f.varDecl(g)
		}
	case *ast.ExprStmt:
		return f.expression(s)
	}
	return []ast.Stmt{s}
}

// varDecl turns a var declaration into assignments; without values, of the zero value.
func (f *front) varDecl(g *ast.GenDecl) (out []ast.Stmt) {
	for _, spec := range g.Specs {
		v := spec.(*ast.ValueSpec)
		var lhs []ast.Expr
		for _, id := range v.Names {
			lhs = append(lhs, id)
			f.assigned(id)
		}
		if len(v.Values) > 0 {
			out = append(out, &ast.AssignStmt{Lhs: lhs, TokPos: v.Pos(), Tok: token.ASSIGN, Rhs: v.Values})
			continue
		}
		for _, x := range lhs {
			if id := x.(*ast.Ident); id.Name != "_" {
				out = append(out, &ast.AssignStmt{Lhs: []ast.Expr{id}, TokPos: v.Pos(), Tok: token.ASSIGN, Rhs: []ast.Expr{f.zero(v.Type, f.info.Uses[id].Type())}})
			}
		}
	}
	return out
}

// zero returns *new(T).
func (f *front) zero(typ ast.Expr, t types.Type) ast.Expr {
	pos := typ.Pos()
	fun := &ast.Ident{Name: "new", NamePos: pos}
	f.info.Uses[fun] = types.Universe.Lookup("new")
	call := &ast.CallExpr{Fun: fun, Lparen: pos, Args: []ast.Expr{typ}, Rparen: pos}
	f.info.Types[call] = types.TypeAndValue{Type: types.NewPointer(t)}
	star := &ast.StarExpr{Star: pos, X: call}
	f.info.Types[star] = types.TypeAndValue{Type: t}
	return star
}

// temp returns a variable of the package's own.
func (f *front) temp(name string, t types.Type) *types.Var {
	v := types.NewVar(token.NoPos, f.c.Pkg, fmt.Sprintf("%s·%d", name, len(f.globals)), types.Default(t))
	f.global(v)
	return v
}

func (f *front) use(v *types.Var, pos token.Pos) *ast.Ident {
	id := &ast.Ident{Name: v.Name(), NamePos: pos}
	f.info.Uses[id] = v
	f.info.Types[id] = types.TypeAndValue{Type: v.Type()}
	return id
}

// expression keeps the values of an expression statement that are shown, and leaves the cell where a call failed.
func (f *front) expression(s *ast.ExprStmt) []ast.Stmt {
	sh := f.c.Showing(s)
	switch {
	case sh.Known:
		return nil
	case len(sh.Results) == 0, sh.Show == 0 && !sh.Fails && isCall(s.X):
		return []ast.Stmt{s}
	}
	var lhs []ast.Expr
	var vars []*types.Var
	for _, t := range sh.Results {
		v := f.temp("result", t)
		vars = append(vars, v)
		lhs = append(lhs, f.use(v, s.Pos()))
	}
	out := []ast.Stmt{&ast.AssignStmt{Lhs: lhs, TokPos: s.Pos(), Tok: token.ASSIGN, Rhs: []ast.Expr{s.X}}}
	if sh.Show > 0 {
		f.cell.Results = vars[:sh.Show]
	}
	if sh.Fails {
		out = append(out, f.leave(vars[len(vars)-1], s.Pos()))
	}
	return out
}

func isCall(x ast.Expr) bool {
	_, ok := ast.Unparen(x).(*ast.CallExpr)
	return ok
}

// leave returns if err != nil { failed = n; return }.
func (f *front) leave(err *types.Var, pos token.Pos) ast.Stmt {
	if f.cell.Failed == nil {
		f.cell.Failed = f.temp("failed", types.Typ[types.Int])
	}
	f.cell.Errors = append(f.cell.Errors, err)
	f.cell.Places = append(f.cell.Places, pos)
	n := &ast.BasicLit{ValuePos: pos, Kind: token.INT, Value: fmt.Sprint(len(f.cell.Errors))}
	f.info.Types[n] = types.TypeAndValue{Type: types.Typ[types.Int], Value: constant.MakeInt64(int64(len(f.cell.Errors)))}
	nilID := &ast.Ident{Name: "nil", NamePos: pos}
	f.info.Uses[nilID] = types.Universe.Lookup("nil")
	f.info.Types[nilID] = types.TypeAndValue{Type: err.Type()}
	cond := &ast.BinaryExpr{X: f.use(err, pos), OpPos: pos, Op: token.NEQ, Y: nilID}
	f.info.Types[cond] = types.TypeAndValue{Type: types.Typ[types.Bool]}
	return &ast.IfStmt{If: pos, Cond: cond, Body: &ast.BlockStmt{Lbrace: pos, Rbrace: pos, List: []ast.Stmt{
		&ast.AssignStmt{Lhs: []ast.Expr{f.use(f.cell.Failed, pos)}, TokPos: pos, Tok: token.ASSIGN, Rhs: []ast.Expr{n}},
		&ast.ReturnStmt{Return: pos},
	}}}
}
