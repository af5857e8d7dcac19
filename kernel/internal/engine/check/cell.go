package check

import (
	"go/ast"
	"go/token"
	"go/types"
)

// An Import is a package that a cell can name.
type Import struct {
	Name string // "_" and "." as in Go
	Path string
	pos  token.Pos // in the cell, if it stands there
}

// A Method is a method declared in a cell.
type Method struct {
	Type   *types.TypeName // its receiver's base type
	Name   string
	Decl   *ast.FuncDecl
	Object *types.Func
	// Lowered is the function that was checked in the method's place, with the receiver as its first parameter: set when
	// the type is an earlier cell's. Decl and Lowered share the body.
	Lowered *ast.FuncDecl
	// constraints are what Lowered calls those of its type parameters.
	constraints []*types.TypeName
	added       bool // to the type, by an attempt to check the cell
}

// A Cell is a cell that was checked and is ready to run.
type Cell struct {
	Number int
	Source string
	Pkg    *types.Package
	Info   *types.Info

	// Imports are the packages that the cell uses, whichever cell imported them; Auto those that were imported for it.
	Imports []Import
	Auto    []Import

	Decls   []ast.Decl // constants, types and functions to declare, in order; no methods
	Methods []*Method
	Body    *ast.BlockStmt // the statements
	Vars    []*types.Var   // the session's variables that the statements define
	// Hoisted holds the names of variables whose declaration was checked at package level: in Body they are assigned.
	Hoisted map[string]bool

	// Last is the expression at the end whose value is shown, with its type; nil if there is none or ";" silences it.
	// A call may have a tuple as its type.
	Last     ast.Expr
	LastStmt *ast.ExprStmt // the last statement, if it is an expression
	Silenced bool

	Main  bool     // the cell declares func main, which is to be run
	Inits int      // how many func init it declares
	Tests []string // Test and Benchmark functions that it declares

	parsed     *parsed
	declared   []types.Object
	newImports []Import
	docs       map[string]string
	texts      map[string]string
	specs      map[string]ast.Node
}

// Offset returns the offset in Source of a position of one of the cell's nodes.
func (c *Cell) Offset(p token.Pos) int {
	if base := c.parsed.stmtBase; base.IsValid() && p >= base {
		return min(int(p-base), len(c.Source)) // the statements' file was added after the declarations'
	}
	return max(0, min(int(p-c.parsed.declBase), len(c.Source)))
}

// Line returns the line, from 1, of an offset in Source.
func (c *Cell) Line(offset int) int {
	line, _ := place(c.Source, offset)
	return line
}

// Uses reports whether the cell mentions a package's object.
func (c *Cell) Uses(path, name string) bool {
	for id, o := range c.Info.Uses {
		if id.Name == name && o.Pkg() != nil && o.Pkg().Path() == path {
			return true
		}
	}
	return false
}

// mentions returns the session's objects that the declaration of a type or constant names.
func (c *Cell) mentions(s *Session, name string) map[string]types.Object {
	spec := c.specs[name]
	if spec == nil {
		return nil
	}
	uses := map[string]types.Object{}
	for id := range identifiers(spec) {
		if id == name {
			continue
		}
		if o := c.Pkg.Scope().Lookup(id); o != nil {
			uses[id] = o
		}
	}
	return uses
}
