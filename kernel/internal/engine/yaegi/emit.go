package yaegi

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/check"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/exec"
)

// An emitter writes one cell as source for the interpreter.
type emitter struct {
	x     *Executor
	c     *check.Cell
	base  int          // the line of the interpreter's file before the cell's first
	shown []types.Type // of the values that the cell shows
	funcs map[*check.Slot]*function
	err   error
}

// An edit replaces a part of the cell's source.
type edit struct {
	start, end int
	text       string
}

// cell returns the declarations of a cell, its statements as a function among them, and the call of that function;
// either may be empty.
func (e *emitter) cell() (decls, call string, err error) {
	e.funcs = map[*check.Slot]*function{}
	for _, im := range e.c.Imports {
		if im.Name == "." {
			return "", "", fmt.Errorf("the interpreter has no dot imports: import %q with its name", im.Path)
		}
	}
	var b strings.Builder
	for _, d := range e.c.Decls {
		text := e.text(d)
		b.WriteString(e.line(d) + text + "\n")
		if f, ok := d.(*ast.FuncDecl); ok {
			if s := e.slot(e.c.Info.Defs[f.Name]); s != nil {
				e.funcs[s] = &function{text: e.line(d) + text, uses: e.uses(f)}
			}
		}
	}
	for _, v := range e.c.Vars {
		s := e.slot(v)
		if e.x.globals[s] {
			continue
		}
		t, err := e.typeText(v.Type())
		if err != nil {
			return "", "", fmt.Errorf("%s: %w", v.Name(), err)
		}
		fmt.Fprintf(&b, "var %s %s\n", s.Name, t)
		e.x.globals[s] = true
	}
	for _, m := range e.c.Methods {
		b.WriteString(e.line(m.Decl) + e.text(m.Decl) + "\n")
	}
	if len(e.c.Body.List) > 0 {
		name := fmt.Sprintf("cell__%d", e.c.Number)
		fmt.Fprintf(&b, "func %s() {\n%s}\n", name, e.statements())
		call = name + "()"
	}
	if b.Len() > 0 {
		decls = "package main\n" + b.String()
	}
	return decls, call, e.err
}

// line tells the interpreter where the next piece of source stands in the cell.
func (e *emitter) line(n ast.Node) string {
	p := e.x.session.Fset().Position(n.Pos())
	return fmt.Sprintf("/*line _.go:%d:%d*/", e.base+p.Line, p.Column)
}

func (e *emitter) slot(o types.Object) *check.Slot {
	if o == nil {
		return nil
	}
	return e.x.session.Slot(o)
}

// uses returns the slots that a function mentions.
func (e *emitter) uses(f *ast.FuncDecl) map[*check.Slot]bool {
	m := map[*check.Slot]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if s := e.slot(e.c.Info.Uses[id]); s != nil {
				m[s] = true
			}
		}
		return true
	})
	return m
}

// statements returns the body of the cell's function.
func (e *emitter) statements() string {
	var b strings.Builder
	for _, stmt := range e.c.Body.List {
		p := e.x.session.Fset().Position(stmt.Pos())
		fmt.Fprintf(&b, "%s.At(\"%d:%d:%d\")\n%s", hostName, e.c.Number, p.Line, p.Column, e.line(stmt))
		switch s := stmt.(type) {
		case *ast.AssignStmt:
			b.WriteString(e.text(s, e.assign(s)...))
		case *ast.DeclStmt:
			b.WriteString(e.variables(s))
		case *ast.ExprStmt:
			b.WriteString(e.expression(s))
		default:
			b.WriteString(e.text(stmt))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// assign turns the := of a variable of the session into =.
func (e *emitter) assign(s *ast.AssignStmt) []edit {
	if s.Tok != token.DEFINE {
		return nil
	}
	at := e.c.Offset(s.TokPos)
	return []edit{{at, at + 2, "="}}
}

// variables turns a var declaration into assignments; without values, of the zero value.
func (e *emitter) variables(s *ast.DeclStmt) string {
	g, ok := s.Decl.(*ast.GenDecl)
	if !ok || g.Tok != token.VAR {
		return e.text(s)
	}
	var out []string
	for _, spec := range g.Specs {
		v := spec.(*ast.ValueSpec)
		var names, values []string
		for _, id := range v.Names {
			names = append(names, e.rename(id))
		}
		for _, x := range v.Values {
			values = append(values, e.text(x))
		}
		if len(values) > 0 {
			out = append(out, e.line(spec)+strings.Join(names, ", ")+" = "+strings.Join(values, ", "))
			continue
		}
		for i, id := range v.Names {
			if id.Name != "_" {
				out = append(out, fmt.Sprintf("{ var zero__ %s; %s = zero__ }", e.text(v.Type), names[i]))
			}
		}
	}
	return strings.Join(out, "; ")
}

// expression writes an expression statement: the last one shows its value, and any call whose last result is an error
// fails the cell with it.
func (e *emitter) expression(s *ast.ExprStmt) string {
	text := e.text(s.X)
	sh := e.c.Showing(s)
	switch {
	case len(sh.Results) == 0:
		return text
	case sh.Known:
		return ""
	case sh.Show == 0 && !sh.Fails:
		return text
	}
	names := make([]string, len(sh.Results))
	for i := range names {
		names[i] = fmt.Sprintf("r%d__", i)
	}
	out := strings.Join(names, ", ") + " := " + text
	if sh.Fails {
		p := e.x.session.Fset().Position(s.Pos())
		out += fmt.Sprintf("; %s.Check(\"%d:%d:%d\", %s)", hostName, e.c.Number, p.Line, p.Column, names[len(names)-1])
	}
	if sh.Show > 0 {
		names, e.shown = names[:sh.Show], sh.Results[:sh.Show]
		out += fmt.Sprintf("; %s.Show(%s)", hostName, strings.Join(names, ", "))
		if len(names) == 1 {
			out += e.methods(names[0], e.shown[0])
		}
		return out
	}
	return "{ " + out + "; _ = r0__ }"
}

// methods passes on the methods of the contract that an interpreted type has.
func (e *emitter) methods(name string, t types.Type) string {
	n, ok := types.Unalias(deref(t)).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != "main" || types.IsInterface(n) {
		return ""
	}
	out := ""
	for _, m := range exec.Contract {
		o, _, _ := types.LookupFieldOrMethod(t, false, e.c.Pkg, m)
		if f, ok := o.(*types.Func); ok && f.Signature().Params().Len() == 0 && f.Signature().Results().Len() == 1 {
			guard := ""
			if _, ptr := types.Unalias(t).(*types.Pointer); ptr {
				guard = "if " + name + " != nil "
			}
			out += fmt.Sprintf("; %s{ %s.Method(%q, %s.%s) }", guard, hostName, m, name, m)
		}
	}
	return out
}

func deref(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// text returns the source of a node with every name replaced by its slot's, and further edits.
func (e *emitter) text(n ast.Node, edits ...edit) string {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Pos().IsValid() { // the checker makes some without
			if name := e.rename(id); name != id.Name {
				at := e.c.Offset(id.Pos())
				edits = append(edits, edit{at, at + len(id.Name), name})
			}
		}
		return true
	})
	slices.SortFunc(edits, func(a, b edit) int { return a.start - b.start })
	var b strings.Builder
	at, end := e.c.Offset(n.Pos()), e.c.Offset(n.End())
	for _, ed := range edits {
		if ed.start < at {
			continue
		}
		b.WriteString(e.c.Source[at:ed.start] + ed.text)
		at = ed.end
	}
	b.WriteString(e.c.Source[at:max(at, end)])
	return b.String()
}

// rename returns the name that an identifier has in the interpreter.
func (e *emitter) rename(id *ast.Ident) string {
	o := e.c.Info.Uses[id]
	if o == nil {
		o = e.c.Info.Defs[id]
	}
	switch o := o.(type) {
	case nil:
		return id.Name
	case *types.PkgName:
		name, err := e.x.use(o.Imported().Path(), o.Imported().Name())
		if err != nil && e.err == nil {
			e.err = err
		}
		return name
	case *types.Var:
		if o.Embedded() { // a field named like its type
			if n, ok := types.Unalias(deref(o.Type())).(*types.Named); ok && e.slot(n.Obj()) != nil {
				return e.slot(n.Obj()).Name
			}
		}
		if o.Origin() != o {
			return id.Name
		}
	}
	if s := e.slot(o); s != nil {
		return s.Name
	}
	return id.Name
}
