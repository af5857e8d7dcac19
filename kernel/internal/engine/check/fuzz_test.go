package check

import (
	"os"
	"testing"
	"unicode/utf8"
)

var seeds = []string{
	"", "x := 1\nx", "func f(a int) (b string) { return `x\n` }", "type T[P any] struct { a, b P }\nfunc (t *T[P]) m() {}",
	"import (\n\t\"fmt\"\n\tm \"math\"\n)\nfmt.Println(m.Pi)", "for i := 0; i < 3; i++ {", "s := \"unclosed", "/* unclosed", "a, b := b, a // c",
	"package main\nfunc main() {}", "const (\n\tA = iota\n\tB\n)", "var x, y = 1, 2; var z struct{ X int }", "x.y.z.", "T{a: ", "}{)(][", "func (", "func (r T", "import",
	"변수 := 1\n변수.", "goto L\nL:\nx := 1", "switch x := y.(type) { case int: ", "go func() { defer recover() }()", "x := func() { x }\nfunc y() { x() }", "\x00\xff", "`", "'", "#!", "%who\nx",
	"type A = B\ntype B = A\nfunc (a A) m() {}", "type R struct{ R }\nvar r R\nr.", "x := x", "var f = func() { f() }", "return 1", "break", "import . \"fmt\"\nPrintln(", "import \"C\"",
}

// FuzzSource gives any text to all that reads the source of cells, and every offset to completion and inspection: none may panic.
func FuzzSource(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 500 {
			return
		}
		s := NewSession(os.DirFS("../../../.."))
		first, err := s.Check(1, "type T struct{ a, b int }\nfunc (t T) m() int { return t.a }\nx, y := T{}, []int{1}\nfunc g(n int) string { return \"\" }")
		if err != nil {
			t.Fatal(err)
		}
		s.Commit(first)
		if status, _ := IsComplete(src); status != "complete" && status != "incomplete" && status != "invalid" {
			t.Errorf("IsComplete(%q) = %q", src, status)
		}
		if c, err := s.Check(2, src); err == nil {
			s.Commit(c)
		} else if len(err.(Errors)) == 0 {
			t.Errorf("Check(%q) fails without saying why", src)
		}
		for at := range len(src) + 1 {
			if !utf8.RuneStart((src + " ")[at]) {
				continue
			}
			c := s.Complete(src, at)
			if c.Start < 0 || c.Start > c.End || c.End > len(src) {
				t.Fatalf("Complete(%q, %d) replaces [%d:%d]", src, at, c.Start, c.End)
			}
			s.Inspect(src, at)
		}
		if _, err := s.Check(3, "x"); err != nil && !redeclared(s) {
			t.Errorf("after %q the next cell fails: %v", src, err)
		}
	})
}

// redeclared reports whether the cell made x something else than a variable.
func redeclared(s *Session) bool {
	for _, n := range s.Names() {
		if n.Object.Name() == "x" {
			return n.Cell == 2
		}
	}
	return true
}
