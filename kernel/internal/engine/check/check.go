package check

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// Check parses and checks a cell against the session, which it does not change. The error is an Errors.
func (s *Session) Check(number int, src string) (*Cell, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.draft(number, src, nil)
	if err != nil {
		return nil, err
	}
	done := false
	defer func() {
		if !done {
			s.forget(d.parsed.places)
		}
	}()
	a := s.attempts(d)
	if changed := s.changed(d, a); len(changed) > 0 {
		again, err := s.draft(number, src, changed)
		if err != nil {
			return nil, err
		}
		s.forget(d.parsed.places)
		d = again
		a = s.attempts(d)
	}
	if len(a.errs) > 0 {
		return nil, a.diagnostics(s, d)
	}
	c := s.finish(d, a)
	if err := s.conflicts(c); err != nil {
		return nil, err
	}
	done = true
	s.forgetAfter(c.Pkg, d.parsed.places)
	return c, nil
}

// attempts checks the draft until there is nothing left to repair.
func (s *Session) attempts(d *draft) *attempt {
	a := s.attempt(d)
	for range 8 { // each round repairs a kind of error that the last one showed
		if len(a.errs) == 0 && !s.stale(d, a) || len(a.errs) > 0 && !s.repair(d, a) {
			break
		}
		a = s.attempt(d)
	}
	return a
}

// A draft is a cell on its way to being checked: what it declares, and what attempts found out about it.
type draft struct {
	fset    *token.FileSet // of its files
	number  int
	src     string
	cut     cut
	parsed  *parsed
	imports []Import        // the cell's own
	auto    []Import        // made for it
	names   map[string]bool // that it declares at package level
	vars    map[string]bool // that its statements define
	mention map[string]bool // identifiers in it
	decls   []ast.Decl      // constants, types and functions to check; unchanged ones are left out
	methods []*Method
	hoisted map[string]bool
	last    *ast.ExprStmt
	specs   map[string]ast.Node
	texts   map[string]string
	docs    map[string]string
	anew    map[string]bool // types that are new though their declarations are unchanged
}

// draft parses a cell. The types anew are new ones if it declares them.
func (s *Session) draft(number int, src string, anew map[string]bool) (d *draft, err error) {
	d = &draft{anew: anew, fset: s.fset, number: number, src: src, cut: split(src), hoisted: map[string]bool{}, names: map[string]bool{}, vars: map[string]bool{},
		specs: map[string]ast.Node{}, texts: map[string]string{}, docs: map[string]string{}}
	if d.cut.err != nil {
		return nil, Errors{*d.cut.err}
	}
	p, errs := parse(s.fset, CellName(number), src, d.cut)
	defer func() {
		if err != nil {
			s.forget(p.places)
		}
	}()
	if len(errs) > 0 {
		slices.SortStableFunc(errs, func(a, b syntaxError) int { return cmp.Compare(a.offset, b.offset) })
		var out Errors
		for i, e := range errs[:min(len(errs), 5)] {
			if i > 0 && e.offset >= d.cut.last {
				break // the parser is still looking for what the first error made it miss
			}
			out = append(out, e.Diagnostic)
		}
		return nil, out
	}
	d.parsed = p
	if err := s.readImports(d); err != nil {
		return nil, err
	}
	if err := refuseEmbed(s.fset, p); err != nil {
		return nil, err
	}
	s.readDecls(d)
	if errs := d.clashes(s.fset); len(errs) > 0 {
		return nil, errs
	}
	d.mention = identifiers(p.stmts)
	maps.Copy(d.mention, identifiers(p.decls))
	if n := len(p.body.List); n > 0 {
		d.last, _ = p.body.List[n-1].(*ast.ExprStmt)
	}
	return d, nil
}

// readImports resolves the packages that the cell imports.
func (s *Session) readImports(d *draft) error {
	for _, spec := range d.parsed.imports {
		path := strings.Trim(spec.Path.Value, "`\"")
		pkg, err := s.types.forCells(path)
		if err != nil {
			p := s.fset.Position(spec.Path.Pos())
			return Errors{{Line: p.Line, Column: p.Column, Message: err.Error()}}
		}
		im := Import{Name: pkg.Name(), Path: path, pos: spec.Pos()}
		if spec.Name != nil {
			im.Name = spec.Name.Name
		}
		d.imports = append(d.imports, im)
	}
	return nil
}

// refuseEmbed finds //go:embed, which a cell cannot have: there is no build that would read the files.
func refuseEmbed(fset *token.FileSet, p *parsed) error {
	for _, f := range []*ast.File{p.decls, p.stmts} {
		for _, g := range f.Comments {
			for _, c := range g.List {
				if strings.HasPrefix(c.Text, "//go:embed") {
					at := fset.Position(c.Pos())
					return Errors{{Line: at.Line, Column: at.Column, Message: "go:embed needs a build: in a cell, read the file with os.ReadFile"}}
				}
			}
		}
	}
	return nil
}

// readDecls sorts the cell's declarations and finds those that only repeat what the session has.
func (s *Session) readDecls(d *draft) {
	var types []*ast.GenDecl
	for _, decl := range d.parsed.decls.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv != nil {
				d.methods = append(d.methods, &Method{Name: decl.Name.Name, Decl: decl})
				continue
			}
			d.declare(decl.Name.Name, decl, decl.Doc.Text(), "")
			d.decls = append(d.decls, decl)
		case *ast.GenDecl:
			if decl.Tok == token.IMPORT {
				continue
			}
			types = append(types, decl)
			for _, spec := range decl.Specs {
				d.declareSpec(decl, spec)
			}
		}
	}
	for _, stmt := range d.parsed.body.List {
		doc := ""
		if decl, ok := stmt.(*ast.DeclStmt); ok {
			doc = decl.Decl.(*ast.GenDecl).Doc.Text()
		}
		for _, id := range defined(stmt) {
			d.vars[id.Name] = true
			d.docs[id.Name] = doc
		}
	}
	for s.dropUnchanged(d, &types) {
	}
	for _, g := range types {
		d.decls = append(d.decls, g)
	}
}

// clashes finds names that the cell declares both at package level and by its statements. Go has the one shadow the other;
// in the session there can be only one.
func (d *draft) clashes(fset *token.FileSet) Errors {
	var out Errors
	for _, stmt := range d.parsed.body.List {
		for _, id := range defined(stmt) {
			if !d.names[id.Name] {
				continue
			}
			p, other := fset.Position(id.Pos()), fset.Position(declaredAt(d.specs[id.Name], id.Name))
			out = append(out, Diagnostic{Line: p.Line, Column: p.Column, Message: redeclaredAt(id.Name, other)})
		}
	}
	return out
}

// declaredAt returns where a declaration has a name.
func declaredAt(decl ast.Node, name string) token.Pos {
	pos := decl.Pos()
	ast.Inspect(decl, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if ok && id.Name == name && (pos == decl.Pos() || id.Pos() < pos) {
			pos = id.Pos()
		}
		return true
	})
	return pos
}

// redeclaredAt is what Go says of a name that is declared twice.
func redeclaredAt(name string, other token.Position) string {
	return fmt.Sprintf("%s redeclared in this block\n\t%d:%d: other declaration of %[1]s", name, other.Line, other.Column)
}

func (d *draft) declare(name string, node ast.Node, doc, text string) {
	d.names[name] = true
	d.specs[name] = node
	d.docs[name] = doc
	d.texts[name] = text
}

func (d *draft) declareSpec(g *ast.GenDecl, spec ast.Spec) {
	text := d.text(g)
	if len(g.Specs) > 1 && g.Tok == token.TYPE {
		text = d.text(spec)
	}
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		d.declare(spec.Name.Name, spec, cmp.Or(spec.Doc.Text(), g.Doc.Text(), spec.Comment.Text()), text)
	case *ast.ValueSpec:
		for _, n := range spec.Names {
			d.declare(n.Name, g, cmp.Or(spec.Doc.Text(), g.Doc.Text(), spec.Comment.Text()), text)
		}
	}
}

// text returns the source of a declaration, white space folded: two texts that differ may mean the same, not the reverse.
func (d *draft) text(n ast.Node) string {
	lo, hi := int(n.Pos()-d.parsed.declBase), int(n.End()-d.parsed.declBase)
	return strings.Join(strings.Fields(d.src[max(lo, 0):min(hi, len(d.src))]), " ")
}

// dropUnchanged leaves one more declaration out that the session has already, and reports whether it found one that
// must stay after all others were decided: a type is unchanged only if what it mentions is.
func (s *Session) dropUnchanged(d *draft, decls *[]*ast.GenDecl) bool {
	for i, g := range *decls {
		if s.unchanged(d, g) {
			*decls = slices.Delete(slices.Clone(*decls), i, i+1)
			for _, spec := range g.Specs {
				for _, id := range specNames(spec) {
					delete(d.names, id.Name)
				}
			}
			return true
		}
	}
	return false
}

// unchanged reports whether every name of a declaration is the session's, with the same text and the same meaning.
func (s *Session) unchanged(d *draft, g *ast.GenDecl) bool {
	for _, spec := range g.Specs {
		for _, id := range specNames(spec) {
			n := s.names[id.Name]
			if n == nil || d.anew[id.Name] || n.text == "" || n.text != d.texts[id.Name] {
				return false
			}
			for name, o := range n.uses {
				if d.names[name] && !inDecl(g, name) || d.vars[name] {
					return false
				}
				if cur := s.names[name]; cur == nil || cur.Object != o {
					return false
				}
			}
		}
	}
	return len(g.Specs) > 0
}

func inDecl(g *ast.GenDecl, name string) bool {
	for _, spec := range g.Specs {
		for _, id := range specNames(spec) {
			if id.Name == name {
				return true
			}
		}
	}
	return false
}

func specNames(spec ast.Spec) []*ast.Ident {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		return []*ast.Ident{spec.Name}
	case *ast.ValueSpec:
		return spec.Names
	}
	return nil
}

// defined returns the identifiers that a statement of the outermost block may define.
func defined(stmt ast.Stmt) []*ast.Ident {
	var out []*ast.Ident
	switch stmt := stmt.(type) {
	case *ast.AssignStmt:
		if stmt.Tok == token.DEFINE {
			for _, e := range stmt.Lhs {
				if id, ok := e.(*ast.Ident); ok && id.Name != "_" {
					out = append(out, id)
				}
			}
		}
	case *ast.DeclStmt:
		if g, ok := stmt.Decl.(*ast.GenDecl); ok && g.Tok == token.VAR {
			for _, spec := range g.Specs {
				for _, id := range specNames(spec) {
					if id.Name != "_" {
						out = append(out, id)
					}
				}
			}
		}
	}
	return out
}

// finish builds the cell from the attempt that had no errors.
func (s *Session) finish(d *draft, a *attempt) *Cell {
	c := &Cell{parsed: d.parsed, Number: d.number, Source: d.src, Pkg: a.pkg, Info: a.info, Auto: d.auto, Decls: d.decls, Methods: d.methods,
		Body: d.parsed.body, Hoisted: d.hoisted, Silenced: d.cut.silenced, LastStmt: d.last,
		newImports: append(slices.Clone(d.imports), d.auto...), docs: d.docs, texts: d.texts, specs: d.specs}
	c.Imports = a.imports
	if d.last != nil && !d.cut.silenced {
		c.Last = d.last.X
	}
	for _, m := range c.Methods {
		a.object(m)
	}
	for _, decl := range d.decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			switch {
			case f.Name.Name == "main":
				c.Main = true
			case f.Name.Name == "init":
				c.Inits++
			case isTest(f, a.info):
				c.Tests = append(c.Tests, f.Name.Name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.names)) {
		if o := a.pkg.Scope().Lookup(name); o != nil && name != "_" {
			c.declared = append(c.declared, o)
		}
	}
	for _, stmt := range d.parsed.body.List {
		for _, id := range defined(stmt) {
			o, ok := a.info.Defs[id].(*types.Var)
			if !ok {
				continue // := that assigns to a variable of this cell
			}
			c.Vars = append(c.Vars, o)
			if !slices.Contains(c.declared, types.Object(o)) {
				c.declared = append(c.declared, o)
			}
		}
	}
	a.pkg.SetName("") // so that messages say T, not main.T, of the types of earlier cells
	return c
}

// isTest reports whether a function is one that go test would run.
func isTest(f *ast.FuncDecl, info *types.Info) bool {
	o, ok := info.Defs[f.Name].(*types.Func)
	if !ok || o.Signature().Params().Len() != 1 || o.Signature().Results().Len() != 0 {
		return false
	}
	param := types.TypeString(o.Signature().Params().At(0).Type(), nil)
	return strings.HasPrefix(f.Name.Name, "Test") && param == "*testing.T" ||
		strings.HasPrefix(f.Name.Name, "Benchmark") && param == "*testing.B"
}
