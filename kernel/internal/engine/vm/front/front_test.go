package front

import (
	"fmt"
	"go/printer"
	"go/token"
	"go/types"
	"os"
	"regexp"
	"strings"
	"testing"

	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/std"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/check"
)

// cells checks cells one after the other and returns what the last becomes.
func cells(t *testing.T, sources ...string) (*Cell, *check.Session) {
	t.Helper()
	s := check.NewSession(os.DirFS("../../../../.."))
	var f *Cell
	for i, src := range sources {
		c, err := s.Check(i+1, src)
		if err != nil {
			t.Fatalf("cell %d: %v", i+1, err)
		}
		s.Commit(c)
		f = New(c, func(o types.Object) bool { return s.Slot(o) != nil })
	}
	return f, s
}

// What is of no matter in a text: how it is broken into lines, and where they come from.
var spaces = regexp.MustCompile(`(\s|//line cell \d+:\d+:\d+)+`)

// text writes what a cell became in one line; variables that New makes have a dot in their names.
func text(t *testing.T, c *Cell) string {
	t.Helper()
	var b strings.Builder
	for _, f := range c.Files {
		for _, d := range f.Decls {
			if err := printer.Fprint(&b, token.NewFileSet(), d); err != nil {
				t.Fatal(err)
			}
			b.WriteString("; ")
		}
	}
	return strings.TrimSpace(strings.ReplaceAll(spaces.ReplaceAllString(b.String(), " "), " ;", ";"))
}

// A cell becomes a package: its declarations, a function with its statements, and variables.
func TestNew(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cells []string
		want  string
		shown string // the types of the results
	}{
		{"a definition assigns", []string{"x := 1"}, "func cell·() { x = 1 }; var x;", ""},
		{"what is shown is kept", []string{"x := 1", "x + 2"}, "func cell·() { result·0 = x + 2 }; var result·0;", "int"},
		{"a constant is known already", []string{"1 + 2"}, "", ""},
		{"a declaration without statements", []string{"func f() int { return 1 }"}, "func f() int { return 1 };", ""},
		{"a variable of an earlier cell", []string{"x := 1", "x++\nx"}, "func cell·() { x++ result·0 = x }; var result·0;", "int"},
		{"a variable declaration", []string{"var a, b = 1, \"s\"\nvar c []int"}, "func cell·() { a, b = 1, \"s\" c = *new([]int) }; var a; var b; var c;", ""},
		{"a variable of a block stays", []string{"for i := 0; i < 3; i++ {\n\ty := i\n\t_ = y\n}"}, "func cell·() { for i := 0; i < 3; i++ { y := i _ = y } };", ""},
		{"a call that returns nothing", []string{"println(1)"}, "func cell·() { println(1) };", ""},
		{"a silenced value", []string{"x := 1", "x;"}, "func cell·() { result·0 = x }; var result·0;", ""},
		{"a call that may fail", []string{"import \"os\"\nos.Remove(\"x\")"}, "func cell·() { result·0 = os.Remove(\"x\") if result·0 != nil { failed·1 = 1 return } }; var result·0; var failed·1;", ""},
		{"a value and an error", []string{"import \"strconv\"\nstrconv.Atoi(\"x\")"},
			"func cell·() { result·0, result·1 = strconv.Atoi(\"x\") if result·1 != nil { failed·2 = 1 return } }; var result·0; var result·1; var failed·2;", "int"},
		{"a method of an earlier type", []string{"type T struct{ n int }", "func (t T) Get() int { return t.n }"}, "func T·Get(t T) int { return t.n };", ""},
		{"a redefinition", []string{"x := 1", "x := \"s\""}, "func cell·() { x = \"s\" }; var x;", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := cells(t, tt.cells...)
			got := text(t, c)
			if got != tt.want {
				t.Errorf("New(%q) =\n%s\nwant\n%s", tt.cells, got, tt.want)
			}
			var shown []string
			for _, v := range c.Results {
				shown = append(shown, v.Type().String())
			}
			if s := strings.Join(shown, " "); s != tt.shown {
				t.Errorf("New(%q) shows %q; want %q", tt.cells, s, tt.shown)
			}
			if c.HasBody != strings.Contains(tt.want, Main) {
				t.Errorf("HasBody = %v", c.HasBody)
			}
		})
	}
}

// Each statement that may fail has a number, a place and the variable of its error.
func TestFailures(t *testing.T) {
	c, s := cells(t, "import \"os\"\nos.Remove(\"a\")\nx := 1\nos.Remove(\"b\")\nx")
	if c.Failed == nil || len(c.Errors) != 2 || len(c.Places) != 2 {
		t.Fatalf("New: failed %v, errors %v, places %v; want two", c.Failed, c.Errors, c.Places)
	}
	var lines []string
	for _, p := range c.Places {
		lines = append(lines, fmt.Sprint(s.Fset().Position(p).Line))
	}
	if got := strings.Join(lines, " "); got != "2 4" {
		t.Errorf("the places are lines %s; want 2 4", got)
	}
}

// A method of an earlier cell's type is checked as a function, which stands for the method.
func TestMethods(t *testing.T) {
	c, _ := cells(t, "type T struct{ n int }", "func (t *T) Set(n int) { t.n = n }\nfunc (t T) Get() int { return t.n }")
	got := map[string]bool{}
	for f, m := range c.Methods {
		got[fmt.Sprint(f.Signature().Recv() == nil, " ", m.Name(), " ", m.Signature().Recv() != nil)] = true
	}
	for _, want := range []string{"true Set true", "true Get true"} {
		if !got[want] {
			t.Errorf("Methods = %v; want %q in it", got, want)
		}
	}
}
