package check

import (
	"cmp"
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// An attempt is one run of go/types over a draft.
type attempt struct {
	pkg     *types.Package
	info    *types.Info
	errs    []types.Error
	imports []Import
}

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes: map[ast.Node]*types.Scope{}, Instances: map[*ast.Ident]types.Instance{},
	}
}

// attempt checks the draft as it stands.
func (s *Session) attempt(d *draft) *attempt {
	a := &attempt{pkg: types.NewPackage("main", "main"), info: newInfo()}
	for name := range d.mention {
		if n := s.names[name]; n != nil && !d.names[name] && !d.hoisted[name] && !d.imported(name) {
			a.pkg.Scope().Insert(n.Object)
		}
	}
	for _, m := range d.methods {
		s.lower(d, m)
		for _, c := range m.constraints {
			a.pkg.Scope().Insert(c)
		}
	}
	imports := s.importDecl(d, a)
	decls := file(d.parsed.decls, imports, d.decls)
	for _, m := range d.methods {
		decls.Decls = append(decls.Decls, cmp.Or(m.Lowered, m.Decl))
	}
	body := d.hoist(decls)
	stmts := file(d.parsed.stmts, imports, []ast.Decl{body})
	var files []*ast.File
	if d.parsed.declBase.IsValid() {
		files = append(files, decls)
	}
	if d.parsed.stmtBase.IsValid() {
		files = append(files, stmts)
	}
	conf := types.Config{
		Importer: s.types, DisableUnusedImportCheck: true,
		Error: func(err error) {
			var e types.Error
			if errors.As(err, &e) && !a.ignored(d, e) {
				a.errs = append(a.errs, e)
			}
		},
	}
	types.NewChecker(&conf, d.fset, a.pkg, a.info).Files(files)
	return a
}

func file(from *ast.File, imports ast.Decl, decls []ast.Decl) *ast.File {
	f := *from
	f.Decls = append([]ast.Decl{imports}, decls...)
	f.Imports = nil
	return &f
}

func (d *draft) imported(name string) bool {
	return slices.ContainsFunc(d.imports, func(im Import) bool { return im.Name == name }) ||
		slices.ContainsFunc(d.auto, func(im Import) bool { return im.Name == name })
}

// importDecl imports what the cell mentions, from this and earlier cells.
func (s *Session) importDecl(d *draft, a *attempt) *ast.GenDecl {
	pos := cmp.Or(d.parsed.decls.Package, d.parsed.stmts.Package)
	g := &ast.GenDecl{Tok: token.IMPORT, TokPos: pos, Lparen: pos, Rparen: pos}
	add := func(im Import) {
		if im.Name == "_" {
			return
		}
		at := cmp.Or(im.pos, g.TokPos)
		path := &ast.BasicLit{Kind: token.STRING, Value: `"` + im.Path + `"`, ValuePos: at}
		g.Specs = append(g.Specs, &ast.ImportSpec{Name: &ast.Ident{Name: im.Name, NamePos: at}, Path: path, EndPos: at})
		a.imports = append(a.imports, im)
	}
	seen := map[string]bool{}
	for _, im := range append(slices.Clone(d.imports), d.auto...) {
		if key := im.Name + " " + im.Path; !seen[key] {
			seen[key] = true
			add(im)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.mention)) {
		if path := s.imports[name]; path != "" && !d.imported(name) && !d.names[name] && !d.hoisted[name] {
			add(Import{Name: name, Path: path})
		}
	}
	for _, path := range s.dots {
		if !seen[". "+path] {
			add(Import{Name: ".", Path: path})
		}
	}
	return g
}

// hoist returns the function with the cell's statements, and moves the declarations of hoisted variables to decls.
func (d *draft) hoist(decls *ast.File) *ast.FuncDecl {
	body := d.parsed.body
	if len(d.hoisted) > 0 {
		body = &ast.BlockStmt{Lbrace: body.Lbrace, Rbrace: body.Rbrace}
		earlier := map[string]bool{}
		for _, stmt := range d.parsed.body.List {
			body.List = append(body.List, d.hoistStmt(stmt, decls, earlier)...)
		}
	}
	pos := d.parsed.stmts.Package
	return &ast.FuncDecl{Name: &ast.Ident{Name: cellFunc, NamePos: pos}, Type: &ast.FuncType{Func: pos, Params: &ast.FieldList{Opening: pos, Closing: pos}}, Body: body}
}

// hoistStmt returns what is left of a statement in the function: the assignment of what it declared elsewhere.
func (d *draft) hoistStmt(stmt ast.Stmt, decls *ast.File, earlier map[string]bool) []ast.Stmt {
	ids := defined(stmt)
	if !slices.ContainsFunc(ids, func(id *ast.Ident) bool { return d.hoisted[id.Name] }) {
		return []ast.Stmt{stmt}
	}
	switch stmt := stmt.(type) {
	case *ast.AssignStmt:
		spec := &ast.ValueSpec{Values: stmt.Rhs}
		for _, e := range stmt.Lhs {
			id, ok := e.(*ast.Ident)
			if !ok || earlier[id.Name] {
				id = &ast.Ident{Name: "_", NamePos: e.Pos()}
			}
			spec.Names = append(spec.Names, id)
			earlier[id.Name] = true
		}
		decls.Decls = append(decls.Decls, &ast.GenDecl{Tok: token.VAR, TokPos: stmt.Pos(), Specs: []ast.Spec{spec}})
		assign := *stmt
		assign.Tok = token.ASSIGN
		assign.Lhs = uses(stmt.Lhs)
		return []ast.Stmt{&assign}
	case *ast.DeclStmt:
		g := stmt.Decl.(*ast.GenDecl)
		decls.Decls = append(decls.Decls, g)
		var out []ast.Stmt
		for _, spec := range g.Specs {
			v := spec.(*ast.ValueSpec)
			for _, id := range v.Names {
				earlier[id.Name] = true
			}
			if len(v.Values) > 0 {
				lhs := make([]ast.Expr, len(v.Names))
				for i, id := range v.Names {
					lhs[i] = id
				}
				out = append(out, &ast.AssignStmt{Lhs: uses(lhs), Tok: token.ASSIGN, TokPos: v.Pos(), Rhs: v.Values})
			}
		}
		return out
	}
	return []ast.Stmt{stmt}
}

// uses returns copies of identifiers: go/types records a definition and a use of one name by its node.
func uses(es []ast.Expr) []ast.Expr {
	out := slices.Clone(es)
	for i, e := range es {
		if id, ok := e.(*ast.Ident); ok {
			c := *id
			out[i] = &c
		}
	}
	return out
}

// ignored drops what is no error in a notebook.
func (a *attempt) ignored(d *draft, e types.Error) bool {
	switch {
	case strings.HasPrefix(e.Msg, "declared and not used"):
		return true
	case strings.HasPrefix(e.Msg, "initialization cycle"):
		return true // of hoisted variables, which are assigned in their place
	case strings.HasSuffix(e.Msg, "is not used") && d.last != nil:
		return d.last.Pos() <= e.Pos && e.Pos <= d.last.End() // the value to show
	}
	return slices.ContainsFunc(a.errs, func(o types.Error) bool { return o.Pos == e.Pos && o.Msg == e.Msg })
}

// repair changes the draft so that the next attempt may go better, and reports whether it did.
func (s *Session) repair(d *draft, a *attempt) bool {
	return s.repairImports(d, a) || s.repairHoist(d, a) || s.repairLiterals(d, a) || s.repairMethods(d, a)
}

// repairImports imports the known packages that are named but not imported.
func (s *Session) repairImports(d *draft, a *attempt) bool {
	done := false
	for _, f := range []*ast.File{d.parsed.decls, d.parsed.stmts} {
		ast.Inspect(f, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			id, ok := sel.X.(*ast.Ident)
			if !ok || d.imported(id.Name) || !a.undefined(id) {
				return true
			}
			if p := s.providing(id.Name, sel.Sel.Name); p != "" {
				d.auto = append(d.auto, Import{Name: id.Name, Path: p})
				done = true
			}
			return true
		})
	}
	return done
}

// providing returns the likeliest package of a name that exports a member. Where none does it is one that notebooks use much: the
// error then speaks of the member, not of the package.
func (s *Session) providing(name, member string) string {
	for _, p := range candidates(name) {
		if pkg, err := s.types.Import(p.Path); err == nil && pkg.Scope().Lookup(member) != nil {
			return p.Path
		}
	}
	for _, p := range candidates(name) {
		if strings.HasPrefix(p.Path, Module) || slices.Contains(everyday, p.Path) {
			return p.Path
		}
	}
	return ""
}

// everyday are packages whose names stand for nothing else in a cell.
var everyday = []string{"fmt", "math", "math/rand/v2", "os", "slices", "maps", "strconv", "strings", "time"}

func (a *attempt) undefined(id *ast.Ident) bool {
	return slices.ContainsFunc(a.errs, func(e types.Error) bool { return e.Pos == id.Pos() && e.Msg == "undefined: "+id.Name })
}

// repairHoist hoists the variables of the cell that its functions mention.
func (s *Session) repairHoist(d *draft, a *attempt) bool {
	return d.hoistWhere(func(string) bool { return true })
}

// stale finds functions of a cell without errors that use an older variable of the same name but another type, and
// hoists the new one.
func (s *Session) stale(d *draft, a *attempt) bool {
	return d.hoistWhere(func(name string) bool {
		old := s.names[name]
		if old == nil {
			return false
		}
		for id, o := range a.info.Defs {
			if id.Name == name && o != nil && o.Parent() != a.pkg.Scope() && !sameSlot(old.Object, o) {
				return true
			}
		}
		return false
	})
}

// hoistWhere hoists the variables that functions of the cell mention and that ok names.
func (d *draft) hoistWhere(ok func(name string) bool) bool {
	wanted := map[string]bool{}
	for _, decl := range d.decls {
		maps.Copy(wanted, identifiers(decl))
	}
	for _, m := range d.methods {
		maps.Copy(wanted, identifiers(m.Decl))
	}
	done := false
	for name := range d.vars {
		if wanted[name] && !d.hoisted[name] && !d.names[name] && ok(name) {
			d.hoisted[name] = true
			done = true
		}
	}
	return done
}

// repairMethods adds the methods of this cell to the types of earlier ones, for the cell's own calls.
func (s *Session) repairMethods(d *draft, a *attempt) bool {
	done := false
	for _, m := range d.methods {
		if m.Lowered == nil || m.added || !slices.ContainsFunc(a.errs, func(e types.Error) bool {
			return strings.Contains(e.Msg, "method "+m.Name) || strings.Contains(e.Msg, "missing method")
		}) {
			continue
		}
		a.object(m)
		if m.Object == nil || s.hasMethod(m.Type, m.Name) {
			continue
		}
		s.add(m)
		m.added = true
		done = true
	}
	return done
}

// repairLiterals gives the elements of struct literals their fields' names where go/types takes an unexported field of an
// earlier cell for that of another package. (Of all its rules this one alone compares packages by address.)
func (s *Session) repairLiterals(d *draft, a *attempt) bool {
	wrong := map[token.Pos]bool{}
	for _, e := range a.errs {
		if strings.HasPrefix(e.Msg, "implicit assignment to unexported field") {
			wrong[e.Pos] = true
		}
	}
	if len(wrong) == 0 {
		return false
	}
	done := false
	for _, f := range []*ast.File{d.parsed.decls, d.parsed.stmts} {
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if ok && slices.ContainsFunc(lit.Elts, func(x ast.Expr) bool { return wrong[x.Pos()] }) {
				done = nameFields(lit, a.info.Types[lit].Type) || done
			}
			return true
		})
	}
	return done
}

// nameFields turns T{a, b} into T{x: a, y: b}, for a T of a cell.
func nameFields(lit *ast.CompositeLit, t types.Type) bool {
	if t == nil {
		return false
	}
	st, ok := deref(t).Underlying().(*types.Struct)
	if !ok || st.NumFields() != len(lit.Elts) || st.Field(0).Pkg().Path() != "main" {
		return false
	}
	for i, x := range lit.Elts {
		if _, keyed := x.(*ast.KeyValueExpr); keyed {
			return false
		}
		lit.Elts[i] = &ast.KeyValueExpr{Key: &ast.Ident{Name: st.Field(i).Name()}, Colon: x.Pos(), Value: x}
	}
	return true
}
