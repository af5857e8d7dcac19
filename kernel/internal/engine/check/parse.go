package check

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// A parsed cell is two files with the same positions: the declarations, and the statements in the body of a function.
type parsed struct {
	decls   *ast.File
	stmts   *ast.File
	imports []*ast.ImportSpec
	body    *ast.BlockStmt
	// base is the position of the cell's first byte in each file, NoPos for a file that is empty.
	declBase, stmtBase token.Pos
	places             []*token.File
}

// cellFunc is the name of the function that holds a cell's statements while it is checked.
const cellFunc = "__cell"

const (
	declHead = "package main\n"
	stmtHead = "package main; func " + cellFunc + "() {\n"
)

// A syntaxError is a Diagnostic with its offset in the cell.
type syntaxError struct {
	Diagnostic
	offset int
}

// parse parses a cell that was cut. Each file is the whole cell with the other's items blanked out, so that every node
// has the line and the column that the user sees. A file without items has no places.
func parse(fset *token.FileSet, name, src string, c cut) (*parsed, []syntaxError) {
	var errs []syntaxError
	p := &parsed{}
	file := func(head, tail string, want ...kind) (*ast.File, token.Pos) {
		if !slices.ContainsFunc(c.items, func(it item) bool { return slices.Contains(want, it.kind) }) {
			return &ast.File{Name: &ast.Ident{Name: "main"}}, token.NoPos
		}
		prefix := head + "//line " + name + ":1:1\n" // on a line of its own, or a comment that follows documents nothing
		text := prefix + mask(src, c.items, want) + tail
		f, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution|parser.AllErrors)
		errs = append(errs, placeErrors(err, src, len(prefix), c.last)...)
		places := fset.File(f.FileStart)
		places.SetLines(slices.Clone(places.Lines())) // without room for more
		p.places = append(p.places, places)
		return f, f.FileStart + token.Pos(len(prefix))
	}
	p.decls, p.declBase = file(declHead, "\n", declaration, importDecl)
	p.stmts, p.stmtBase = file(stmtHead, "\n}", statement)
	p.imports = p.decls.Imports
	for _, d := range p.stmts.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == cellFunc && f.Recv == nil {
			p.body = f.Body
			break
		}
	}
	if p.body == nil {
		p.body = &ast.BlockStmt{}
	}
	return p, errs
}

// mask returns src with blanks in place of all but the items of the wanted kinds.
func mask(src string, items []item, want []kind) string {
	b := []byte(src)
	for i := range b {
		if b[i] != '\n' {
			b[i] = ' '
		}
	}
	for _, it := range items {
		if slices.Contains(want, it.kind) {
			copy(b[it.start:it.end], src[it.start:])
		}
	}
	return string(b)
}

// placeErrors turns the parser's errors into the cell's; one behind the last token is moved to its end.
func placeErrors(err error, src string, prefix, last int) []syntaxError {
	var list scanner.ErrorList
	if err == nil || !errors.As(err, &list) {
		return nil
	}
	if slices.ContainsFunc(list, func(e *scanner.Error) bool { return strings.HasPrefix(e.Msg, "illegal ") }) {
		list = slices.DeleteFunc(list, func(e *scanner.Error) bool { return strings.Contains(e.Msg, "found 'ILLEGAL'") })
	}
	list.RemoveMultiples()
	var out []syntaxError
	for _, e := range list {
		off := e.Pos.Offset - prefix
		msg := "syntax error: " + e.Msg
		if off >= last {
			off = last
			msg = strings.NewReplacer("found '}'", "found the end of the cell", "found 'EOF'", "found the end of the cell",
				"found newline", "found the end of the cell").Replace(msg)
		}
		line, col := place(src, off)
		out = append(out, syntaxError{Diagnostic{Line: line, Column: col, Message: msg}, off})
	}
	return out
}

// place returns the line and the column in bytes, both from 1, of an offset.
func place(src string, off int) (line, col int) {
	off = max(0, min(off, len(src)))
	return 1 + strings.Count(src[:off], "\n"), off - strings.LastIndexByte(src[:off], '\n')
}
