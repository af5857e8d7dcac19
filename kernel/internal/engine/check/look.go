package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"unicode"
	"unicode/utf8"
)

// A look is an unfinished cell, checked as far as it goes, with the identifier at the cursor.
type look struct {
	s    *Session
	d    *draft
	a    *attempt
	id   *ast.Ident
	path []ast.Node // from the identifier's parent outwards
}

// look checks a cell of which nothing is expected to be right, and finds the identifier that contains offset at.
func (s *Session) look(src string, at int) *look {
	d := s.tolerantDraft(src)
	l := &look{s: s, d: d}
	l.find(at)
	if l.id == nil {
		return nil
	}
	l.a = s.attempt(d)
	for range 3 {
		if !s.repairImports(d, l.a) && !s.repairHoist(d, l.a) {
			break
		}
		l.a = s.attempt(d)
	}
	return l
}

// tolerantDraft is draft for text with errors: what cannot be parsed is left out.
func (s *Session) tolerantDraft(src string) *draft {
	d := &draft{fset: token.NewFileSet(), src: src, cut: split(src), hoisted: map[string]bool{}, names: map[string]bool{}, vars: map[string]bool{},
		specs: map[string]ast.Node{}, texts: map[string]string{}, docs: map[string]string{}}
	d.parsed, _ = parse(d.fset, "", src, d.cut)
	for _, spec := range d.parsed.imports {
		if pkg, err := s.types.Import(unquote(spec.Path.Value)); err == nil {
			im := Import{Name: pkg.Name(), Path: pkg.Path()}
			if spec.Name != nil {
				im.Name = spec.Name.Name
			}
			d.imports = append(d.imports, im)
		}
	}
	s.readDecls(d)
	d.mention = identifiers(d.parsed.stmts)
	for id := range identifiers(d.parsed.decls) {
		d.mention[id] = true
	}
	return d
}

func unquote(s string) string {
	if len(s) < 2 {
		return s
	}
	return s[1 : len(s)-1]
}

// find locates the identifier at an offset of the source.
func (l *look) find(at int) {
	for _, f := range []struct {
		file *ast.File
		base token.Pos
	}{{l.d.parsed.stmts, l.d.parsed.stmtBase}, {l.d.parsed.decls, l.d.parsed.declBase}} {
		pos := f.base + token.Pos(at)
		var stack []ast.Node
		ast.Inspect(f.file, func(n ast.Node) bool {
			if n == nil {
				stack = stack[:len(stack)-1]
				return false
			}
			if id, ok := n.(*ast.Ident); ok && l.id == nil && id.Pos() <= pos && pos <= id.End() && id.Pos() >= f.base && id.Name != "_" {
				l.id, l.path = id, slices.Clone(stack)
				slices.Reverse(l.path)
			}
			stack = append(stack, n)
			return true
		})
		if l.id != nil {
			return
		}
	}
}

// selector returns the expression before the dot when the identifier stands behind one.
func (l *look) selector() ast.Expr {
	if len(l.path) > 0 {
		if sel, ok := l.path[0].(*ast.SelectorExpr); ok && sel.Sel == l.id {
			return sel.X
		}
	}
	return nil
}

// pkg returns the package that an expression names.
func (l *look) pkg(x ast.Expr) *types.Package {
	id, ok := x.(*ast.Ident)
	if !ok {
		return nil
	}
	if pn, ok := l.a.info.Uses[id].(*types.PkgName); ok {
		return pn.Imported()
	}
	if l.a.info.Uses[id] == nil && l.s.names[id.Name] == nil {
		if c := candidates(id.Name); len(c) > 0 {
			p, _ := l.s.types.Import(c[0].Path)
			return p
		}
	}
	return nil
}

// scope returns the innermost scope around the identifier.
func (l *look) scope() *types.Scope {
	best := l.a.pkg.Scope()
	size := token.Pos(1 << 30)
	for n, s := range l.a.info.Scopes {
		if _, isFile := n.(*ast.File); isFile {
			continue
		}
		if s.Contains(l.id.Pos()) && s.End()-s.Pos() < size {
			best, size = s, s.End()-s.Pos()
		}
	}
	return best
}

// word returns where the identifier that ends at offset at begins.
func word(src string, at int) int {
	for at > 0 {
		r, n := utf8.DecodeLastRuneInString(src[:at])
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		at -= n
	}
	return at
}
