package check

import (
	"go/token"
	"go/types"
	"os"
	"runtime"
	"strings"
	"testing"
)

// files counts the files of a session's positions.
func files(s *Session) (n int) {
	s.fset.Iterate(func(*token.File) bool { n++; return true })
	return n
}

// A cell has a file for its declarations and one for its statements, where there are any; none is left of a cell that was
// refused.
func TestPlaces(t *testing.T) {
	for _, tt := range []struct {
		src  string
		want int
	}{
		{"", 0}, {"// a comment", 0}, {"1 + 1", 1}, {"x := 1\nx", 1}, {"func f() {}", 1}, {"import \"strings\"", 1}, {"func f() {}\nx := 1", 2},
		{"x := ", 0}, {"x := )", 0}, {"func f() {\nx := \"\" + 1", 0}, {"y", 0}, {"x := \"\" + 1\nfunc f() {}", 0}, {"import \"nowhere\"", 0},
		{"func (p P) Get() {}", 0},
	} {
		s := NewSession(os.DirFS("../../../.."))
		run(t, s, 1, "type P struct{}\nfunc (p *P) Get() int { return 1 }")
		before := files(s)
		c, err := s.Check(2, tt.src)
		if got := files(s) - before; got != tt.want || (err != nil) != (tt.want == 0 && tt.src != "" && tt.src[0] != '/') {
			t.Errorf("Check(%q) adds %d files, error %v; want %d", tt.src, got, err, tt.want)
		}
		runtime.KeepAlive(c)
	}
}

// The places of a cell are known as long as one of its objects is; what does not matter is how many cells came after.
func TestPlacesStay(t *testing.T) {
	s := NewSession(os.DirFS("../../../.."))
	c, _ := run(t, s, 1, "\nfunc f() int {\n\treturn 1\n}\nx := f()")
	body, old := c.Decls[0].(interface{ End() token.Pos }).End(), c.Pkg.Scope().Lookup("f").(*types.Func)
	gone := c.Body.Pos()
	name := func(p token.Pos) string { return s.Fset().Position(p).String() }
	c = nil
	for i := range 3 * recent {
		run(t, s, 2+i, "func f() int { return 2 }\nx := 1")
	}
	settle(s)
	if got := name(body - 1); got != "cell 1:4:1" || name(old.Pos()) != "cell 1:2:6" || !strings.HasPrefix(name(gone), "cell 1:") {
		t.Errorf("the places of a function that is alive are %s, %s, %s; want cell 1:4:1, cell 1:2:6, cell 1", got, name(old.Pos()), name(gone))
	}
	if got, want := s.Slot(old), s.Slot(s.names["f"].Object); got == nil || got != want {
		t.Errorf("Slot of the old function = %v; want that of the new, %v", got, want)
	}
	runtime.KeepAlive(old)
	settle(s)
	if got := name(body - 1); got != "-" {
		t.Errorf("the place of a function that is gone is %s; want none", got)
	}
	if got := files(s); got > 2*(recent+1) { // the last few cells, and what the first of them mentions
		t.Errorf("%d files are left; want those of the last %d cells", got, recent+1)
	}
}

// Scopes are emptied but for those that are asked for later: of generic functions and of functions with local types.
func TestRetire(t *testing.T) {
	s := NewSession(os.DirFS("../../../.."))
	s.Commit(mustCheck(t, s, 1, "type G[T any] struct{ x T }\nx := 1"))
	for _, tt := range []struct {
		src  string
		kept bool
	}{
		{"x := x + 1", false},
		{"func f() { y := x; _ = y }\nz := func() int { return x }", false},
		{"type T struct{ x int }\nfunc (t T) m() {}", false},
		{"func g(a G[int]) G[string] { return G[string]{} }", false},
		{"func h[T any](a T) {}", true},
		{"type H[T any] struct{}\nfunc (h H[T]) m() {}", true},
		{"func k() any { type L int; return L(1) }", true},
		{"if true { type L int; x = int(L(x)) }", true},
	} {
		c := mustCheck(t, s, 2, tt.src)
		s.Commit(c)
		if c.Pkg.Scope().Len() == 0 {
			t.Errorf("the scope of %q is empty at once", tt.src)
		}
		for range recent {
			run(t, s, 3, "1")
		}
		if got := c.Pkg.Scope().Len() > 0; got != tt.kept {
			t.Errorf("%d cells after %q its scope is kept: %v; want %v", recent, tt.src, got, tt.kept)
		}
	}
	if got, err := s.Check(9, "h(G[int]{x: k().(int)})\nf()\nT{1}.m()\nvar _ H[int]\nz() + x"); err != nil || got.Last == nil {
		t.Errorf("Check of a cell that uses all = %v", err)
	}
}

func mustCheck(t *testing.T, s *Session, number int, src string) *Cell {
	t.Helper()
	c, err := s.Check(number, src)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
