package check

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// run checks and commits one cell.
func run(t testing.TB, s *Session, number int, src string) (c *Cell, undo func()) {
	t.Helper()
	c, err := s.Check(number, src)
	if err != nil {
		t.Fatalf("Check(%q) = %v", src, err)
	}
	return c, s.Commit(c)
}

// state describes the names of a session.
func state(s *Session) string {
	var out []string
	for _, n := range s.Names() {
		out = append(out, fmt.Sprintf("%s@%s of cell %d", n.Object.Name(), n.Slot.Name, n.Cell))
	}
	for _, n := range slices.Sorted(maps.Keys(s.imports)) {
		out = append(out, n+" "+s.imports[n])
	}
	return strings.Join(append(out, s.dots...), ", ")
}

func TestUndo(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cells []string
		last  string
	}{
		{"nothing", []string{"x := 1"}, "x + 1"},
		{"new names", nil, "import m \"math\"\nx := 1\nfunc f() {}\ntype T int\nconst c = 1"},
		{"names that were there", []string{"x := 1\nfunc f() {}\ntype T int\nconst c = 1"}, "x := 2\nfunc f() int { return 0 }\ntype T string\nconst c = 2"},
		{"a package that was a variable", []string{"strings := 1"}, "import \"strings\""},
		{"a variable that was a package", []string{"import \"strings\""}, "strings := 1"},
		{"a package for another", []string{"import m \"math\""}, "import m \"strings\""},
		{"an import of its own and a variable", []string{"import m \"math\""}, "import s \"strings\"\nm := s.ToUpper(\"\")"},
		{"dots", []string{"import . \"strings\""}, "import . \"math\"\nimport . \"strings\""},
		{"a package imported by itself", nil, "strings.ToUpper(\"a\")"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := NewSession(os.DirFS("../../../.."))
			for i, c := range tt.cells {
				run(t, s, i+1, c)
			}
			before := state(s)
			_, undo := run(t, s, 9, tt.last)
			if after := state(s); after == before && tt.name != "nothing" {
				t.Errorf("Commit(%q) changes nothing: %s", tt.last, after)
			}
			undo()
			if got := state(s); got != before {
				t.Errorf("after undo: %s; want %s", got, before)
			}
		})
	}
}

// A slot's name is unique, whatever identifiers look like.
func TestSlotNames(t *testing.T) {
	s := NewSession(os.DirFS("../../../.."))
	var got []string
	for i, src := range []string{"x := 1", "x := \"\"", "x := 1.5", "x := 2.5", "x__2 := 1", "x__5 := 1", "x := 1", "x := \"\"", "x__x := 1", "func main() {}", "x__2 := \"\""} {
		c, _ := run(t, s, i+1, src)
		got = append(got, s.Slot(c.declared[0]).Name)
	}
	want := "x x__2 x__3 x__3 x__2__2 x__5 x__4 x__6 x__x main__2 x__2__3"
	if strings.Join(got, " ") != want {
		t.Errorf("slots are named %s; want %s", strings.Join(got, " "), want)
	}
}

// cells are kinds of cells that a session may have thousands of; %[1]d is the cell's number.
var cells = []struct {
	name, src string
	kept      int64 // bytes that one may keep
}{
	{"value", "1 + 1", 1000},
	{"same variable", "x := %[1]d", 1000},
	{"new variable", "x%[1]d := 1", 10000},
	{"same function", "func f(x int) int { return x + %[1]d }", 1000},
	{"same function, another type", "func g(x struct{ F%[1]d int }) int { return 0 }", 10000},
	{"new function", "func f%[1]d(x int) int { return x }", 10000},
	{"chain", "y := append([]int{%[1]d}, 1)\ny = append(y, len(y))\nz := y", 10000},
	{"package", "fmt.Sprint(%[1]d)", 1000},
}

func cell(src string, number int) string {
	return strings.ReplaceAll(src, "%[1]d", fmt.Sprint(number))
}

// BenchmarkCell checks and commits cells in a session of ten and of ten thousand before them: the same time is wanted.
func BenchmarkCell(b *testing.B) {
	for _, c := range cells {
		for _, before := range []int{10, 10000} {
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(c.name, " ", "_"), before), func(b *testing.B) {
				s := NewSession(os.DirFS("../../../.."))
				n := 0
				for range before {
					n++
					run(b, s, n, cell(c.src, n))
				}
				for b.Loop() {
					n++
					run(b, s, n, cell(c.src, n))
				}
			})
		}
	}
}
