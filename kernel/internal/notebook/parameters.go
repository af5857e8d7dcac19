package notebook

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The tags of papermill's convention.
const (
	tagParameters = "parameters"
	tagInjected   = "injected-parameters"
)

// Parameters gives values to the notebook's parameters, as papermill does: after the cell with the tag "parameters",
// which declares them with their defaults, a cell with the tag "injected-parameters" assigns the given ones. One
// that is there already is replaced. A notebook without such a cell gets the new one at the top, and it declares
// the names.
//
// A value is kept if it is a number, true, false or a quoted Go literal, and becomes a Go string otherwise; for a
// parameter whose default is a string, numbers and true and false become strings too. A name that the cell does not
// declare is an error, which lists those that it does.
func (nb *Notebook) Parameters(values map[string]string) error {
	if len(values) == 0 {
		return nil
	}
	for name := range values {
		if !token.IsIdentifier(name) || name == "_" {
			return fmt.Errorf("notebook: %s: parameter %q: the name is no Go identifier", nb.Path, name)
		}
	}
	at := slices.IndexFunc(nb.Cells, func(c *Cell) bool { return c.Type == Code && c.HasTag(tagParameters) })
	var source string
	if at < 0 {
		source = declare(values)
	} else {
		declared := declaredNames(nb.Cells[at].Source)
		if err := nb.checkNames(values, declared); err != nil {
			return err
		}
		source = assign(values, declared)
	}
	injected := &Cell{Type: Code, Source: source, Metadata: map[string]any{"tags": []any{tagInjected}}}
	if at < 0 {
		nb.Cells = slices.DeleteFunc(nb.Cells, func(c *Cell) bool { return c.HasTag(tagInjected) })
		nb.Cells = slices.Insert(nb.Cells, 0, injected)
	} else {
		parameters := nb.Cells[at]
		nb.Cells = slices.DeleteFunc(nb.Cells, func(c *Cell) bool { return c != parameters && c.HasTag(tagInjected) })
		nb.Cells = slices.Insert(nb.Cells, slices.Index(nb.Cells, parameters)+1, injected)
	}
	nb.nameCells()
	return nil
}

func (nb *Notebook) checkNames(values map[string]string, declared []declaration) error {
	var names []string
	for _, d := range declared {
		names = append(names, d.name)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(names, name) {
			return fmt.Errorf("notebook: %s: the parameters cell does not declare %q, but: %s", nb.Path, name, strings.Join(names, ", "))
		}
	}
	return nil
}

// declare returns a cell that declares the values.
func declare(values map[string]string) string {
	lines := []string{"// Parameters"}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		lines = append(lines, name+" := "+literal(values[name], false))
	}
	return strings.Join(lines, "\n")
}

// assign returns a cell that assigns the values in the order of their declarations. Constants are declared anew.
func assign(values map[string]string, declared []declaration) string {
	lines := []string{"// Parameters"}
	for _, d := range declared {
		value, ok := values[d.name]
		if !ok {
			continue
		}
		line := d.name + " = " + literal(value, d.text)
		if d.constant {
			line = "const " + line
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// literal returns a value as Go source; text says that a string is wanted.
func literal(value string, text bool) string {
	if _, err := strconv.Unquote(value); err == nil {
		return value
	}
	if !text && (value == "true" || value == "false" || isNumber(value)) {
		return value
	}
	return strconv.Quote(value)
}

func isNumber(value string) bool {
	expr, err := parser.ParseExpr(value)
	if err != nil {
		return false
	}
	if u, ok := expr.(*ast.UnaryExpr); ok && (u.Op == token.SUB || u.Op == token.ADD) {
		expr = u.X
	}
	lit, ok := expr.(*ast.BasicLit)
	return ok && lit.Kind != token.STRING && lit.Kind != token.CHAR && strings.TrimSpace(value) == value
}

// A declaration is a name that a parameters cell declares.
type declaration struct {
	name     string
	constant bool
	text     bool // its default is a string
}

// declaredNames returns what a cell declares, in order. A cell is statements and declarations; of one that is not
// Go it returns what can be read.
func declaredNames(source string) (list []declaration) {
	add := func(names []ast.Expr, values []ast.Expr, typ ast.Expr, constant bool) {
		for i, n := range names {
			id, ok := n.(*ast.Ident)
			if !ok || id.Name == "_" || slices.ContainsFunc(list, func(d declaration) bool { return d.name == id.Name }) {
				continue
			}
			text := false
			if t, ok := typ.(*ast.Ident); ok {
				text = t.Name == "string"
			}
			if i < len(values) {
				lit, ok := values[i].(*ast.BasicLit)
				text = text || ok && lit.Kind == token.STRING
			}
			list = append(list, declaration{name: id.Name, constant: constant, text: text})
		}
	}
	decl := func(d ast.Decl) {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.VAR && gen.Tok != token.CONST {
			return
		}
		for _, s := range gen.Specs {
			if v, ok := s.(*ast.ValueSpec); ok {
				names := make([]ast.Expr, len(v.Names))
				for i, n := range v.Names {
					names[i] = n
				}
				add(names, v.Values, v.Type, gen.Tok == token.CONST)
			}
		}
	}
	for _, stmt := range statements(source) {
		switch s := stmt.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				add(s.Lhs, s.Rhs, nil, false)
			}
		case *ast.DeclStmt:
			decl(s.Decl)
		}
	}
	return list
}

// statements returns the statements of a cell, without imports, functions and lines that are not Go: each is parsed
// by itself, so that one does not hide the next.
func statements(source string) (list []ast.Stmt) {
	parse := func(text string) {
		f, err := parser.ParseFile(token.NewFileSet(), "", "package p; func _() {\n"+text+"\n}", parser.SkipObjectResolution)
		if err != nil || len(f.Decls) != 1 {
			return
		}
		list = append(list, f.Decls[0].(*ast.FuncDecl).Body.List...)
	}
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(source))
	s.Init(file, []byte(source), nil, 0) // what is not Go is an illegal token here, and an error in parse
	depth, start := 0, 0
	for {
		pos, tok, _ := s.Scan()
		switch tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		case token.SEMICOLON: // the scanner makes one at the end of a line
			if end := file.Offset(pos); depth == 0 {
				parse(source[start:end])
				start = end
			}
		case token.EOF:
			parse(source[start:])
			return list
		}
	}
}
