package check

import (
	"fmt"
	"go/types"
	"os"
	"runtime"
	"strings"
	"testing"

	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/own"
	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/std"
)

// session runs cells through Check and Commit and returns a line for each: its new variables, the type of its last
// expression, and its errors.
func session(t *testing.T, cells ...string) []string {
	t.Helper()
	s := NewSession(os.DirFS("../../../.."))
	var out []string
	for i, src := range cells {
		c, err := s.Check(i+1, src)
		if err != nil {
			out = append(out, "error "+err.Error())
			continue
		}
		s.Commit(c)
		var parts []string
		for _, v := range c.Vars {
			parts = append(parts, fmt.Sprintf("%s=%s@%s", v.Name(), types.TypeString(v.Type(), ofCells), s.Slot(v).Name))
		}
		if c.Last != nil {
			parts = append(parts, "last "+types.TypeString(c.Info.Types[c.Last].Type, ofCells))
		}
		for _, im := range c.Auto {
			parts = append(parts, "auto "+im.Path)
		}
		out = append(out, strings.Join(parts, " "))
	}
	return out
}

func ofCells(p *types.Package) string {
	if p.Path() == "main" {
		return ""
	}
	return p.Name()
}

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cells []string
		want  []string
	}{
		{"value", []string{"x := 40", "x + 2"}, []string{"x=int@x", "last int"}},
		{"redeclare keeps the slot of an identical type", []string{"x := 1", "x := 2"}, []string{"x=int@x", "x=int@x"}},
		{"redeclare with another type", []string{"x := 1", `x := "s"`, "len(x)"}, []string{"x=int@x", "x=string@x__2", "last int"}},
		{"old value on the right", []string{"x := 1", `x := fmt.Sprint(x)`}, []string{"x=int@x", "x=string@x__2 auto fmt"}},
		{"import, func and statements in one cell", []string{"import \"strings\"\n\nfunc up(s string) string { return strings.ToUpper(s) }\n\ns := up(\"abc\")\ns"}, []string{"s=string@s last string"}},
		{"function of the same cell uses a variable", []string{"n := 0\nfunc inc() { n++ }\ninc()\nn"}, []string{"n=int@n last int"}},
		{"the same, run again", []string{"n := 0\nfunc inc() { n++ }", "n := 0\nfunc inc() { n++ }"}, []string{"n=int@n", "n=int@n"}},
		{"the same, with another type", []string{"n := \"\"", "n := 0\nfunc show() { fmt.Println(n + 1) }"}, []string{"n=string@n", "n=int@n__2 auto fmt"}},
		{"hoisted with err", []string{"a, err := strconv.Atoi(\"1\")\nb, err := strconv.Atoi(\"2\")\nfunc sum() int { return a + b }\nsum()\nerr"},
			[]string{"a=int@a err=error@err b=int@b last error auto strconv"}},
		{"method in a later cell", []string{"type P struct{ X int }", "p := P{1}", "func (p P) Double() int { return 2 * p.X }\np.Double()", "p.Double()"},
			[]string{"", "p=P@p", "last int", "last int"}},
		{"method redefined", []string{"type P struct{ X int }\nfunc (p *P) Get() int { return p.X }", "p := &P{4}", "func (p *P) Get() int { return 100 }", "p.Get()"},
			[]string{"", "p=*P@p", "", "last int"}},
		{"method with another signature", []string{"type P struct{ X int }\nfunc (p *P) Get() int { return p.X }", "func (p *P) Get(i int) int { return i }"},
			[]string{"", "error 1:13: method P.Get was declared as func() int: to change its signature, declare the type P in the same cell"}},
		{"type run again unchanged", []string{"type P struct{ X int }", "p := P{1}", "type P struct{ X int }", "p = P{2}"}, []string{"", "p=P@p", "", ""}},
		{"type changed", []string{"type P struct{ X int }", "p := P{1}", "type P struct{ Y int }", "p = P{2}"},
			[]string{"", "p=P@p", "", "error 1:5: cannot use P{…} (value of struct type P) as P value in assignment: P was declared anew in cell 3; values made before keep the old P until their cells run again"}},
		{"unchanged type of a changed one", []string{"type A int", "type B []A", "var b B", "type A int8\ntype B []A", "b = B{1}"},
			[]string{"", "", "b=B@b", "", "error 1:5: cannot use B{…} (value of slice type B) as B value in assignment: B was declared anew in cell 4; values made before keep the old B until their cells run again"}},
		{"generic", []string{"type Stack[T any] struct{ xs []T }\nfunc (s *Stack[T]) Push(x T) { s.xs = append(s.xs, x) }", "s := &Stack[string]{}\ns.Push(\"a\")\nlen(s.xs)"},
			[]string{"", "s=*Stack[string]@s last int"}},
		{"loop without a condition", []string{"for i := 0; ; i++ {\n\tbreak\n}", "for ;; {\n\tbreak\n}", "n := 1;; n++"}, []string{"", "", "n=int@n"}},
		{"silenced", []string{"1 + 1;"}, []string{""}},
		{"several results", []string{`strconv.Atoi("12")`}, []string{"last (int, error) auto strconv"}},
		{"package shadowed by a variable", []string{"import \"strings\"", "strings := []int{1}", "len(strings)"}, []string{"", "strings=[]int@strings", "last int"}},
		{"mismatched types", []string{"x := 1\ny := x + \"a\""}, []string{"error 2:6: invalid operation: x + \"a\" (mismatched types int and untyped string)"}},
		{"syntax error at the end", []string{"x := 1\ny := (2 +"}, []string{"error 2:10: syntax error: expected operand, found the end of the cell"}},
		{"one syntax error is one", []string{"x = = 2", "@\n"}, []string{"error 1:5: syntax error: expected operand, found '='", "error 1:1: syntax error: illegal character U+0040 '@'"}},
		{"declared twice", []string{"x := 1\nvar x = 2", "func f() {}\nfunc f() {}"}, []string{"error 2:5: x redeclared in this block\n\t1:1: other declaration of x", "error 2:6: f redeclared in this block\n\t1:6: other declaration of f"}},
		{"variable and function of one name", []string{"a := 1\nfunc a() {}"}, []string{"error 1:1: a redeclared in this block\n\t2:6: other declaration of a"}},
		{"variable and constant of one name", []string{"const (\n\tb = 1\n\tc = 2\n)\nc := 2"}, []string{"error 5:1: c redeclared in this block\n\t3:2: other declaration of c"}},
		{"two packages of one name", []string{"import a \"strings\"\nimport a \"bytes\"\na.ToUpper(\"x\")"}, []string{"error 2:8: a redeclared in this block\n\t1:8: other declaration of a"}},
		{"unmatched", []string{"x := 1\n}"}, []string{"error 2:1: syntax error: unexpected }: nothing is open here"}},
		{"cgo", []string{`import "C"`}, []string{`error 1:8: import "C" needs a C compiler and a build of its own: cells cannot use cgo`}},
		{"unused", []string{"import \"os\"\nfunc f() int { a := 1; return 2 }\nf()"}, []string{"last int"}},
		{"no such member", []string{`display.Nope`, `fmt.Nope()`, `list.Nope`}, []string{"error 1:9: undefined: display.Nope", "error 1:5: undefined: fmt.Nope", "error 1:1: undefined: list"}},
		{"own package", []string{`display.HTML("x")`}, []string{"last display.HTML auto " + Module + "/kernel/display"}},
		{"unicode", []string{"변수 := 3\nfunc 더하기(가, 나 int) int { return 가 + 나 }\n더하기(변수, 4)"}, []string{"변수=int@변수 last int"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := session(t, tt.cells...)
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("cell %d %q:\n got %q\nwant %q", i+1, tt.cells[i], got[i], tt.want[i])
				}
			}
		})
	}
}

// Completion and inspection may be the first that a session is asked for.
func TestFirst(t *testing.T) {
	s := NewSession(os.DirFS("../../../.."))
	if got := s.Complete("strings.ToUp", 12); len(got.Items) != 1+1 { // ToUpper, ToUpperSpecial
		t.Errorf("Complete = %v; want ToUpper and ToUpperSpecial", got.Items)
	}
	if d, ok := NewSession(os.DirFS("../../../..")).Inspect("strings.ToUpper", 12); !ok || d.Place != "strings" {
		t.Errorf("Inspect = %v, %v; want strings.ToUpper", d, ok)
	}
}

func TestIsComplete(t *testing.T) {
	for _, tt := range []struct{ src, status, indent string }{
		{"", "complete", ""},
		{"x := 1", "complete", ""},
		{"func f() {", "incomplete", "\t"},
		{"for i := range 3 {\n\tif i > 1 {", "incomplete", "\t\t"},
		{"fmt.Println(1,", "incomplete", "\t"},
		{"s := `raw", "incomplete", ""},
		{"x := 1 /* comment", "incomplete", ""},
		{"x := 1 +", "incomplete", ""},
		{"x := )", "invalid", ""},
		{"x = = 1\n", "invalid", ""},
		{"func f() {}\nf()", "complete", ""},
		{"for i := 0; ; i++ {\n\tbreak\n}", "complete", ""},
		{"type T struct {\n\tX int\n}", "complete", ""},
		{`s := "abc`, "invalid", ""},
	} {
		status, indent := IsComplete(tt.src)
		if status != tt.status || indent != tt.indent {
			t.Errorf("IsComplete(%q) = %s, %q; want %s, %q", tt.src, status, indent, tt.status, tt.indent)
		}
	}
}

// BenchmarkSession reports what a session of many cells keeps.
func BenchmarkSession(b *testing.B) {
	for _, bench := range []struct{ name, cell string }{
		{"value", "1 + 1"},
		{"same variable", "x := %[1]d"},
		{"new variable", "x%[1]d := %[1]d"},
		{"same function", "func f(x int) int { return x + %[1]d }\ny := f(1)"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s := NewSession(os.DirFS("../../../.."))
			before := heap()
			n := 0
			for b.Loop() {
				n++
				c, err := s.Check(n, strings.ReplaceAll(bench.cell, "%[1]d", fmt.Sprint(n)))
				if err != nil {
					b.Fatal(err)
				}
				s.Commit(c)
			}
			b.ReportMetric(float64(heap()-before)/float64(n), "kept-B/op")
			runtime.KeepAlive(s)
		})
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func BenchmarkCheck(b *testing.B) {
	s := NewSession(os.DirFS("../../../.."))
	for i := range 300 {
		c, err := s.Check(i, fmt.Sprintf("func f%d(x int) int { return x + %d }\nv%d := f%d(1)", i, i, i, i))
		if err != nil {
			b.Fatal(err)
		}
		s.Commit(c)
	}
	for b.Loop() {
		if _, err := s.Check(301, "1 + 1"); err != nil {
			b.Fatal(err)
		}
	}
}
