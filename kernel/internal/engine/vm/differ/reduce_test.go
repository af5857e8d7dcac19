package differ

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var (
	reduceSeed = flag.Uint64("differ.reduce", 0, "reduce the program of this seed, which has to differ, and print what is left")
	patience   = flag.Duration("differ.patience", 5*time.Minute, "how long to reduce")
)

// TestReduce drops declarations and statements from a program while the machine and compiled Go still part, as long as
// the patience lasts. It is for use by hand.
func TestReduce(t *testing.T) {
	if *reduceSeed == 0 {
		t.Skip("no seed to reduce: -differ.reduce")
	}
	bin := gorun(t)
	deadline := time.Now().Add(*patience)
	src := Program(*reduceSeed)
	want, ok := parts(t, bin, src)
	if !ok {
		t.Fatalf("the program of seed %d does not differ", *reduceSeed)
	}
	src = reduce(src, func(candidate string) bool {
		got, ok := parts(t, bin, candidate)
		return ok && got == want
	}, deadline)
	t.Logf("what is left of the program of seed %d:\n%s", *reduceSeed, src)
}

// parts says whether machine and compiled Go part over a program which compiles, and in what: a reduction that turned
// one difference into another would find the commonest only.
func parts(t *testing.T, bin, src string) (sort string, ok bool) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	b, err := compile(ctx, t.TempDir(), map[string]string{"p": src})
	if err != nil {
		return "", false
	}
	want, err := b.native(ctx, "p")
	if err != nil || want.end == "timed out" {
		return "", false
	}
	got, err := b.machine(ctx, bin, "p")
	if err != nil {
		return "", false
	}
	return fmt.Sprint(got.end, want.end, got.stderr != want.stderr, outline(got, want)), !got.same(want)
}

// outline gives the first lines of stdout that differ, without what a reduction changes.
func outline(got, want outcome) string {
	g, w := strings.Split(got.stdout, "\n"), strings.Split(want.stdout, "\n")
	i := 0
	for i < len(g) && i < len(w) && g[i] == w[i] {
		i++
	}
	line := func(of []string) string {
		if i >= len(of) {
			return "(none)"
		}
		return changing.ReplaceAllString(of[i], "")
	}
	return line(g) + " for " + line(w)
}

var changing = regexp.MustCompile(`[0-9.:]+`)

// reduce drops what it can while keep holds, the largest pieces first.
func reduce(src string, keep func(string) bool, deadline time.Time) string {
	for n, dropped := 0, true; dropped; n++ {
		dropped = false
		for i := 0; time.Now().Before(deadline); {
			candidate, more := without(src, i, n == 0)
			if !more {
				break
			}
			if candidate != "" && candidate != src && keep(candidate) {
				src, dropped = candidate, true
				continue
			}
			i++
		}
		dropped = dropped || n == 0
	}
	return src
}

// without gives the program without its i-th declaration or statement, or "" where the rest does not compile. Of a
// statement with a body, the body may take its place. more is false when there are fewer than i.
func without(src string, i int, declarationsOnly bool) (text string, more bool) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, parser.SkipObjectResolution)
	if err != nil {
		return "", false
	}
	n := 0
	done := false
	visit := func() bool { n++; return n-1 == i }
	for k, d := range file.Decls {
		if gen, ok := d.(*ast.GenDecl); ok && gen.Tok == token.IMPORT {
			continue
		}
		if visit() {
			file.Decls, done = slices.Delete(file.Decls, k, k+1), true
			break
		}
	}
	if !done && !declarationsOnly {
		ast.Inspect(file, func(node ast.Node) bool {
			if done {
				return false
			}
			list := statementsOf(node)
			if list == nil {
				return true
			}
			for k, s := range *list {
				if visit() {
					*list, done = slices.Delete(slices.Clone(*list), k, k+1), true
					return false
				}
				if body := bodyOf(s); body != nil && visit() {
					*list, done = slices.Replace(slices.Clone(*list), k, k+1, body...), true
					return false
				}
			}
			return true
		})
	}
	if !done {
		return "", false
	}
	// The comments were placed by the statements which are gone.
	file.Comments = nil
	return tidy(fset, file), true
}

func statementsOf(node ast.Node) *[]ast.Stmt {
	switch n := node.(type) {
	case *ast.BlockStmt:
		return &n.List
	case *ast.CaseClause:
		return &n.Body
	case *ast.CommClause:
		return &n.Body
	}
	return nil
}

// bodyOf gives the statements that may stand for one that has a body.
func bodyOf(s ast.Stmt) []ast.Stmt {
	switch s := s.(type) {
	case *ast.BlockStmt:
		return s.List
	case *ast.ForStmt:
		return s.Body.List
	case *ast.RangeStmt:
		return s.Body.List
	case *ast.IfStmt:
		return s.Body.List
	case *ast.LabeledStmt:
		return []ast.Stmt{s.Stmt}
	}
	return nil
}

// tidy drops imports which nothing uses any more and gives the text, or "" where it does not type-check.
func tidy(fset *token.FileSet, file *ast.File) string {
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok {
				used[id.Name] = true
			}
		}
		return true
	})
	for _, d := range file.Decls {
		if gen, ok := d.(*ast.GenDecl); ok && gen.Tok == token.IMPORT {
			gen.Specs = slices.DeleteFunc(gen.Specs, func(s ast.Spec) bool {
				p, err := strconv.Unquote(s.(*ast.ImportSpec).Path.Value)
				return err == nil && !used[path.Base(p)]
			})
		}
	}
	file.Decls = slices.DeleteFunc(file.Decls, func(d ast.Decl) bool {
		gen, ok := d.(*ast.GenDecl)
		return ok && len(gen.Specs) == 0
	})
	var out bytes.Buffer
	if format.Node(&out, fset, file) != nil {
		return ""
	}
	// Positions in the tree are stale: the checker reads the text.
	return checked(out.Bytes())
}

// checked gives the text if it type-checks, once variables which nothing uses any more are blank.
func checked(src []byte) string {
	for range 3 {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "p.go", src, parser.SkipObjectResolution)
		if err != nil {
			return ""
		}
		unused, bad := map[token.Pos]bool{}, false
		conf := types.Config{Importer: standardLibrary, Error: func(err error) {
			e := err.(types.Error)
			if strings.HasPrefix(e.Msg, "declared and not used") {
				unused[e.Pos] = true
			} else {
				bad = true
			}
		}}
		conf.Check("main", fset, []*ast.File{file}, nil)
		switch {
		case bad:
			return ""
		case len(unused) == 0:
			return string(emptyLines.ReplaceAll(src, []byte("\n")))
		}
		blank(file, unused)
		var out bytes.Buffer
		if format.Node(&out, fset, file) != nil {
			return ""
		}
		src = out.Bytes()
	}
	return ""
}

var emptyLines = regexp.MustCompile(`\n\s*\n`)

// blank makes the names at some places blank, and assignments of declarations which declare nothing any more.
func blank(file *ast.File, at map[token.Pos]bool) {
	isBlank := func(e ast.Expr) bool {
		id, ok := e.(*ast.Ident)
		return e == nil || ok && id.Name == "_"
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && at[id.Pos()] {
			id.Name = "_"
		}
		return true
	})
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE && !slices.ContainsFunc(n.Lhs, func(e ast.Expr) bool { return !isBlank(e) }) {
				n.Tok = token.ASSIGN
			}
		case *ast.RangeStmt:
			if n.Tok == token.DEFINE && isBlank(n.Key) && isBlank(n.Value) {
				n.Key, n.Value, n.Tok = nil, nil, token.ILLEGAL
			}
		}
		return true
	})
}

var standardLibrary = importer.ForCompiler(token.NewFileSet(), "source", nil)

func TestReducePieces(t *testing.T) {
	const src = `package main

import (
	"fmt"
	"os"
)

func f() int { return 1 }

func main() {
	x := 1
	_ = x
	for i := range 3 {
		if i == 2 {
			fmt.Println("here")
		}
		f()
	}
	os.Exit(0)
}
`
	const want = `package main
import (
	"fmt"
)
func main() {
	fmt.Println("here")
}
`
	got := reduce(src, func(s string) bool { return bytes.Contains([]byte(s), []byte("here")) }, time.Now().Add(time.Minute))
	if got != want {
		t.Errorf("reduce = %s\nwant %s", got, want)
	}
}
