package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

// play runs cells and returns a line for each: what was printed, the value, the error with its traceback.
func play(t *testing.T, e *Engine, cells ...string) []string {
	t.Helper()
	var out []string
	for i, cell := range cells {
		rec := &record{}
		res, err := e.Execute(t.Context(), i+1, cell, rec)
		line := rec.String()
		if res.HasValue {
			line += "= " + res.Text
		}
		if err != nil {
			line += "! " + ansi.ReplaceAllString(err.Error()+"\n"+strings.Join(err.(*Error).Traceback, "\n"), "")
		}
		out = append(out, line)
	}
	return out
}

func TestExecute(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cells []string
		want  []string
	}{
		{"value", []string{"x := 40", "x + 2"}, []string{"", "= 42"}},
		{"constant", []string{"1 << 100", "1.5 * 3", `"a" + "b"`}, []string{"= 1267650600228229401496703205376", "= 4.5", `= "ab"`}},
		{"constant like a variable", []string{"import \"math\"\nmath.Pi", "2 + 3i", "float32(0.1)", "1e400", "nil"}, []string{"= 3.141592653589793", "= (2+3i)", "= 0.1", "= 1e+400", "= nil"}},
		{"nil error of a call shows nothing", []string{"func f() error { return nil }\nf()", "error(nil)"}, []string{"", "= nil"}},
		{"own stringer formatted as a number", []string{"import \"fmt\"\ntype C float64\nfunc (c C) String() string { return \"warm\" }\nfmt.Printf(\"%v %s %q %5.1f|%-6v|\\n\", C(3), C(3), C(3), C(3), C(3))"}, []string{"warm warm \"warm\"   3.0|warm  |\n"}},
		{"own method panics", []string{"type B struct{}\nfunc (B) String() string { var s []int; _ = s[3]; return \"\" }\nB{}", "type H struct{}\nfunc (H) HTML() string { panic(\"no\") }\nH{}"},
			[]string{"= B{}\n(method String panicked: runtime error: index out of range [3] with length 0)", "= H{}\n(method HTML panicked: no)"}},
		{"test panic with a map that contains itself", []string{"m := map[string]any{}\nm[\"self\"] = m\npanic(m)", "1"}, []string{"! panic: map[string]any{\"self\": map[string]any{", "= 1"}},
		{"auto import is said once", []string{`strings.ToUpper("a")`, `strings.ToUpper("b")`}, []string{"[show  imported \"strings\"]= \"A\"", `= "B"`}},
		{"several results", []string{"import \"strconv\"\nstrconv.Atoi(\"12\")", "func two() (int, string) { return 1, \"a\" }\ntwo()"}, []string{"= 12", `= 1, "a"`}},
		{"print shows no value", []string{"import \"fmt\"\nfmt.Println(\"hi\")"}, []string{"hi\n"}},
		{"silenced", []string{"1 + 1;"}, []string{""}},
		{"error of a call", []string{"import \"strconv\"\nstrconv.Atoi(\"x\")\nprintln(1)"},
			[]string{"! error: strconv.Atoi: parsing \"x\": invalid syntax (cell 1, line 2)\nerror: strconv.Atoi: parsing \"x\": invalid syntax\ncell 1, line 2, column 1\n   2 | strconv.Atoi(\"x\")\n       ^"}},
		{"panic", []string{"x := 1", "func f() {\n\tpanic(\"boom\")\n}\nf()", "x"},
			[]string{"", "! panic: boom (cell 2, line 2)\npanic: boom\ncell 2, line 2, column 2, in f\n   2 | \tpanic(\"boom\")\n       \t^\ncell 2, line 4, column 1\n   4 | f()\n       ^", "= 1"}},
		{"compile error", []string{"import \"fmt\"\nfmt.Println(\"not run\")\ny := 1 + \"a\""},
			[]string{"! compile error: 3:6: invalid operation: 1 + \"a\" (mismatched types untyped int and untyped string)\ncompile error: invalid operation: 1 + \"a\" (mismatched types untyped int and untyped string)\ncell 1, line 3, column 6\n   3 | y := 1 + \"a\"\n            ^"}},
		{"exit", []string{"import \"os\"\nos.Exit(3)", "1"}, []string{"! exit: the cell ended with exit status 3; the kernel goes on\nexit: the cell ended with exit status 3; the kernel goes on", "= 1"}},
		{"own stringer", []string{"type C struct{ v int }\nfunc (c C) String() string { return \"<C>\" }", "C{4}", "&C{5}"}, []string{"", "= <C>", "= <C>"}},
		{"own struct", []string{"type P struct{ X int; y string }", "P{1, \"a\"}", "[]P{{2, \"b\"}}", "&P{}"}, []string{"", `= P{X: 1, y: "a"}`, `= []P{{X: 2, y: "b"}}`, `= &P{X: 0, y: ""}`}},
		{"redefined function reaches its callers", []string{"func f() int { return 1 }", "func g() int { return f() * 10 }", "func f() int { return 2 }", "g()"}, []string{"", "", "", "= 20"}},
		{"generic function of an earlier cell that calls one of an earlier cell", []string{"func double(x int) int { return 2 * x }\nscale := 10", "func Both[T any](x T) []any { return []any{double(scale), x} }", "Both(\"a\")", "func double(x int) int { return 3 * x }", "Both(1.5)"},
			[]string{"", "", `= []any{20, "a"}`, "", "= []any{30, 1.5}"}},
		{"main", []string{"package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"one\") }", "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"two\") }", "1"}, []string{"one\n", "two\n", "= 1"}},
		{"run-time errors", []string{"var p *struct{ X int }\np.X", "var s []int\ns[3]", "var a any = 3\na.(string)", "import \"reflect\"\nreflect.ValueOf(3).Field(0)"},
			[]string{"! panic: runtime error: invalid memory address or nil pointer dereference (cell 1, line 2)\npanic: runtime error: invalid memory address or nil pointer dereference\ncell 1, line 2, column 3\n   2 | p.X\n         ^",
				"! panic: runtime error: index out of range [3] with length 0 (cell 2, line 2)\npanic: runtime error: index out of range [3] with length 0\ncell 2, line 2, column 1\n   2 | s[3]\n       ^",
				"! panic: interface conversion: interface {} is int, not string (cell 3, line 2)\npanic: interface conversion: interface {} is int, not string\ncell 3, line 2, column 1\n   2 | a.(string)\n       ^",
				"! panic: reflect: call of reflect.Value.Field on int Value (cell 4, line 2)\npanic: reflect: call of reflect.Value.Field on int Value\ncell 4, line 2, column 1\n   2 | reflect.ValueOf(3).Field(0)\n       ^"}},
		{"commands below a comment", []string{"// how long?\n%who\n1 + 1"}, []string{"[show  nothing is declared yet]= 2"}},
		{"unknown command", []string{"%%time\n1"}, []string{"! compile error: 1:1: unknown command %%time; %help lists them\ncompile error: 1:1: unknown command %%time; %help lists them"}},
		{"timeit in its place", []string{"x := 1", "  %timeit x + nope", "%timeit x +"},
			[]string{"", "! compile error: 1:15: undefined: nope\ncompile error: undefined: nope\ncell 2, line 1, column 15\n   1 |   %timeit x + nope\n                     ^",
				"! compile error: 1:12: syntax error: expected operand, found '}'\ncompile error: syntax error: expected operand, found '}'\ncell 3, line 1, column 12\n   1 | %timeit x +\n                  ^"}},
		{"background command", []string{"!sleep 2 &"}, []string{""}},
		{"test passes", []string{"import \"testing\"\nfunc TestOne(t *testing.T) { if 1+1 != 2 { t.Fatal(\"no\") } }"}, []string{"--- PASS: TestOne\n"}},
		{"test fails", []string{"import \"testing\"\nfunc TestTwo(t *testing.T) { t.Errorf(\"got %d\", 3) }"}, []string{"--- FAIL: TestTwo"}},
		{"test of a subtest fails", []string{"import \"testing\"\nfunc TestSub(t *testing.T) {\n\tt.Run(\"a\", func(t *testing.T) {})\n\tt.Run(\"b\", func(t *testing.T) { t.Error(\"no\") })\n}"}, []string{"    --- FAIL: TestSub/b (0.00s)\n        no\n! FAIL: 1 of 1 failed: TestSub"}},
		{"test is skipped", []string{"import \"testing\"\nfunc TestLater(t *testing.T) { t.Skip(\"later\") }"}, []string{"--- SKIP: TestLater\n"}},
		{"test panics", []string{"import \"testing\"\nfunc TestThree(t *testing.T) {\n\tpanic(\"boom\")\n}", "1"}, []string{"FAIL: 1 of 1 failed: TestThree\npanic: boom\ncell 1, line 3, column 2, in TestThree", "= 1"}},
		{"test exits", []string{"import (\"os\"; \"testing\")\nfunc TestFour(t *testing.T) { os.Exit(1) }", "1"}, []string{"FAIL: 1 of 1 failed: TestFour\nexit: the cell ended with exit status 1", "= 1"}},
		{"benchmark fails", []string{"import \"testing\"\nfunc BenchmarkOne(b *testing.B) { b.Fatal(\"no\") }"}, []string{"--- FAIL: BenchmarkOne\n! FAIL"}},
		{"benchmark panics", []string{"import \"testing\"\nfunc BenchmarkTwo(b *testing.B) { panic(\"boom\") }", "1"}, []string{"FAIL: 1 of 1 failed: BenchmarkTwo\npanic: boom", "= 1"}},
		{"who", []string{"x := 1\nfunc f() {}", "%who"}, []string{"", "[show  Name  Kind      Type    Cell\nf     function  func()     1\nx     variable  int        1]"}},
		{"reset", []string{"x := 1", "%reset", "x"}, []string{"", "", "! compile error: 1:1: undefined: x"}},
		{"time", []string{"%time 1 + 1", "%time\nx := 1\nx"}, []string{"wall time ", "wall time "}},
		{"timeit", []string{"x := 3", "%timeit x * x"}, []string{"", " a run (best of 3, "}},
		{"shell", []string{"!echo hello", "!exit 3"}, []string{"hello\n", "! error: !exit 3: it ended with exit status 3"}},
		{"env", []string{"%env GOPHERCEPTRON_TEST=a b", "%env GOPHERCEPTRON_TEST"}, []string{"", "a b\n"}},
		{"magic after the code", []string{"x := 1\n!echo done"}, []string{"done\n"}},
		{"magic in the middle", []string{"x := 1\n!echo done\ny := 2"}, []string{"! compile error: 2:1: syntax error: "}},
		{"a magic does not run before a cell that does not compile", []string{"!echo no\nx := undefined1"}, []string{"! compile error: 2:6: undefined: undefined1"}},
		{"unknown magic", []string{"%nope"}, []string{"! compile error: 1:1: unknown command %nope; %help lists them"}},
		{"display", []string{"display.Show(display.HTML(\"<b>\"), 3)\ndisplay.Update(\"p\", 1)\ndisplay.Clear(true)"},
			[]string{"[show  imported \"github.com/gopherceptron/gopherceptron/kernel/display\"][show  HTML, 3 bytes][show  3][update p 1][clear true]"}},
		{"nothing", []string{"", "// a comment", ";"}, []string{"", "", ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := play(t, newEngine(t), tt.cells...)
			for i := range got {
				exact := !strings.HasPrefix(tt.want[i], "! ") || strings.Contains(tt.want[i], "\n")
				partial := strings.HasPrefix(tt.name, "time") || strings.HasPrefix(tt.name, "test ") || strings.HasPrefix(tt.name, "benchmark ")
				if exact && !partial && got[i] != tt.want[i] || !strings.Contains(got[i], tt.want[i]) {
					t.Errorf("cell %d %q:\n got %q\nwant %q", i+1, tt.cells[i], got[i], tt.want[i])
				}
			}
		})
	}
}

// TestYaegi is for the executor that cells run on where the machine cannot be used.
func TestYaegi(t *testing.T) {
	for _, tt := range []struct {
		name  string
		cells []string
		want  []string
	}{
		{"a session", []string{"x := 40\nfunc f(y int) int { return x + y }", "f(2)", "x = 1", "f(2)"}, []string{"", "= 42", "", "= 3"}},
		{"unsupported leaves nothing behind", []string{"for i := range 3 { _ = i }\nz := 1", "z"}, []string{"! unsupported", "! compile error: 1:1: undefined: z"}},
		{"unsupported keeps what it would have replaced", []string{"func g() int { return 9 }\nfunc h() int { return g() }", "func g() int { return 1 }\nfor i := range 3 { _ = i }", "g() + h()"},
			[]string{"", "! unsupported: the interpreter cannot run this cell: it has no range over integers: write for i := 0; i < n; i++ (line 2)\nunsupported: the interpreter cannot run this cell: it has no range over integers: write for i := 0; i < n; i++ (line 2)", "= 18"}},
		{"unsupported says what", []string{"func f() int {\n\treturn min(g(), 2)\n}\nfunc g() int { return 1 }", "import \"slices\"\nslices.Max([]int{1})", "import \"slices\"\nfor range slices.Values([]int{1}) {}"},
			[]string{"! unsupported: the interpreter cannot run this cell: it has no built-in function min (line 2)\nunsupported: the interpreter cannot run this cell: it has no built-in function min (line 2)",
				"! unsupported: the interpreter cannot run this cell: it does not reach the generic slices.Max (line 2)\nunsupported: the interpreter cannot run this cell: it does not reach the generic slices.Max (line 2)",
				"! unsupported: the interpreter cannot run this cell: it has no range over functions (line 2)\nunsupported: the interpreter cannot run this cell: it has no range over functions (line 2)"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			newEngine(t) // for what is captured
			e, err := NewWith(os.DirFS("../../.."), "yaegi")
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, e, tt.cells...)
			for i := range got {
				if !strings.Contains(got[i], tt.want[i]) {
					t.Errorf("cell %d %q:\n got %q\nwant %q", i+1, tt.cells[i], got[i], tt.want[i])
				}
			}
		})
	}
}

func TestInterrupt(t *testing.T) {
	for _, tt := range []struct{ name, cell string }{
		{"loop", "for {}"},
		{"loop in a function", "func spin() { n := 0; for { n++ } }\nspin()"},
		{"sleep", "import \"time\"\ntime.Sleep(time.Minute)"},
		{"channel", "ch := make(chan int)\n<-ch"},
		{"nil channel", "var ch chan int\nch <- 1"},
		{"select", "ch := make(chan int)\nselect { case <-ch: case ch <- 1: }"},
		{"mutex", "import \"sync\"\nvar mu sync.Mutex\nmu.Lock()\nmu.Lock()"},
		{"wait group", "import \"sync\"\nvar wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()"},
		{"shell", "!sleep 60"},
		{"test", "import \"testing\"\nfunc TestSpin(t *testing.T) { for {} }"},
		{"benchmark", "import \"testing\"\nfunc BenchmarkSpin(b *testing.B) { for {} }"},
		{"timeit", "%timeit for {}"},
		{"method of the value shown", "type H struct{}\nfunc (H) String() string { for {} }\nH{}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := newEngine(t)
			play(t, e, "x := 7")
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(100*time.Millisecond, cancel)
			start := time.Now()
			_, err := e.Execute(ctx, 2, tt.cell, &record{})
			if err == nil || err.(*Error).Name != "interrupt" {
				t.Errorf("error = %v; want an interrupt", err)
			}
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("the interrupt landed after %v", d)
			}
			if got := play(t, e, "x + 1")[0]; got != "= 8" {
				t.Errorf("the next cell gives %q; want = 8", got)
			}
		})
	}
}

// A cell that was left behind in a compiled call does not hold up the interrupts of later cells.
func TestInterruptIsQuick(t *testing.T) {
	e := newEngine(t)
	interrupt := func(cell string) time.Duration {
		ctx, cancel := context.WithCancel(t.Context())
		var at time.Time
		time.AfterFunc(50*time.Millisecond, func() { at = time.Now(); cancel() })
		if _, err := e.Execute(ctx, 1, cell, &record{}); err == nil {
			t.Errorf("%q ended without an error; want an interrupt", cell)
		}
		return time.Since(at)
	}
	best := time.Hour
	for range 3 { // others may be using the machine
		if d := interrupt("time.Sleep(5 * time.Second)"); d > time.Second {
			t.Errorf("the interrupt of a sleep landed after %v", d)
		}
		best = min(best, interrupt("for {}"))
	}
	if best > 40*time.Millisecond {
		t.Errorf("after an interrupted sleep the interrupt of a loop landed after %v; want a few milliseconds", best)
	}
}

// What a cell started in the background keeps its context when the cell is done, and loses it by an interrupt.
func TestContextOfBackground(t *testing.T) {
	e := newEngine(t)
	ctx, cancel := context.WithCancel(t.Context())
	var own context.Context
	out := &showing{record: &record{}, show: func() { _, own, _ = Current() }}
	if _, err := e.Execute(ctx, 1, "display.Show(1)", out); err != nil {
		t.Fatal(err)
	}
	cancel()
	time.Sleep(10 * time.Millisecond)
	if own == nil || own.Err() != nil {
		t.Errorf("after the cell its context is %v; want one that has not ended", own)
	}
	ctx, cancel = context.WithCancel(t.Context())
	out.show = func() { _, own, _ = Current(); cancel() }
	e.Execute(ctx, 2, "display.Show(1)\nfor {}", out)
	if own.Err() == nil {
		t.Error("after an interrupt the context of the cell has not ended")
	}
}

// showing calls a function for each value that is shown.
type showing struct {
	*record
	show func()
}

func (s *showing) Show(any, string) { s.show() }

// A session is long: a cell number of some thousands is a day's work.
func TestManyCells(t *testing.T) {
	e := newEngine(t)
	for _, n := range []int{1, 1074, 123456, 1 << 31} {
		res, err := e.Execute(t.Context(), n, "x := 2\nx * 21", &record{})
		if err != nil || res.Text != "42" {
			t.Errorf("cell %d = %q, %v; want 42", n, res.Text, err)
		}
		_, err = e.Execute(t.Context(), n, "func f() {\n\tpanic(1)\n}\nf()", &record{})
		want := fmt.Sprintf("cell %d, line 2, column 2, in f", n)
		if err == nil || !strings.Contains(strings.Join(err.(*Error).Traceback, "\n"), want) {
			t.Errorf("cell %d: error = %v; want one at %q", n, err, want)
		}
	}
}

func TestComplete(t *testing.T) {
	e := newEngine(t)
	play(t, e, "import \"strings\"\ntype point struct{ X, Y int }\nfunc (p point) Norm() int { return p.X }\ncounter := 1\np := point{1, 2}\nfunc count(s string, n int) int { return n }", "import \"bytes\"\nvar buf bytes.Buffer")
	for _, tt := range []struct {
		name, code string // | is the cursor
		want       string // the first candidates
		not        string
	}{
		{"package member", "strings.ToUpp|", "ToUpper", "ToLower"},
		{"package member with signature", "strings.Repea|", "Repeat (s string, count int) string", ""},
		{"unimported package", "math.Sqr|", "Sqrt", ""},
		{"method of a compiled type", "buf.WriteS|", "WriteString", ""},
		{"fields and methods of a cell's type", "p.|", "Norm,X,Y", ""},
		{"variable of the session", "coun|", "count,counter", ""},
		{"local", "for index := 0; index < 3; index++ {\n\tind|", "index", ""},
		{"parameter", "func f(alpha int) int {\n\treturn alp|\n}", "alpha", ""},
		{"later local is not seen", "{\n\tbet|\n\tbetaLater := 1\n}", "", "betaLater"},
		{"keys of a struct literal", "point{|", "X: ,Y: ", ""},
		{"key not set yet", "point{X: 1, |}", "Y: ", "X: "},
		{"keyword", "ret|", "return", ""},
		{"builtin", "appe|", "append", ""},
		{"import path", "import \"encoding/js|\"", "encoding/json", ""},
		{"in a string", "s := \"coun|\"", "", "counter"},
		{"in a comment", "// coun|", "", "counter"},
		{"chained call", "strings.NewReader(\"a\").Le|", "Len", ""},
		{"unfinished call", "count(strings.ToUpp|", "ToUpper", ""},
		{"magic", "%tim|", "%time,%timeit", ""},
		{"behind a magic", "%timeit strings.ToUpp|", "ToUpper", ""},
		{"behind a question", "?strings.ToUpp|", "ToUpper", ""},
		{"either case", "strings.toupp|", "ToUpper", ""},
		{"unfinished go statement", "go func() {\n\tp.|", "Norm,X,Y", ""},
		{"unfinished defer", "defer buf.WriteS|", "WriteString", ""},
		{"unicode", "변수명 := 1\n변수|", "변수명", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at := strings.Index(tt.code, "|")
			c := e.Complete(strings.Replace(tt.code, "|", "", 1), at)
			var got []string
			for i, item := range c.Items {
				s := item.Text
				if i == 0 && strings.Contains(tt.want, "(") {
					s += " " + item.Signature
				}
				got = append(got, s)
				if tt.not != "" && item.Text == tt.not {
					t.Errorf("Complete(%q) offers %q", tt.code, tt.not)
				}
			}
			if all := strings.Join(got, ","); !strings.HasPrefix(all, tt.want) {
				t.Errorf("Complete(%q) = %.200s; want %s first", tt.code, all, tt.want)
			}
		})
	}
}

func TestIsComplete(t *testing.T) {
	e := newEngine(t)
	for _, tt := range []struct{ code, want string }{
		{"%time", "complete"}, {"%time for {", "incomplete"}, {"?fmt", "complete"}, {"fmt?", "complete"}, {"!ls {", "complete"}, {"%who\nx := [", "incomplete"},
	} {
		if got, _ := e.IsComplete(tt.code); got != tt.want {
			t.Errorf("IsComplete(%q) = %s; want %s", tt.code, got, tt.want)
		}
	}
}

func TestInspect(t *testing.T) {
	e := newEngine(t)
	play(t, e, "import \"strings\"\n// area is the product.\nfunc area(w, h int) int { return w * h }\n\n// A box has a size.\ntype box struct {\n\tW int // its width\n}\n\n// Grow makes it larger.\nfunc (b *box) Grow(n int) { b.W += n }\nb := box{1}\n// total is all.\nvar total = 3")
	for _, tt := range []struct{ code, want string }{
		{"strings.ToUpper|", "func strings.ToUpper(s string) string\n\nToUpper returns s with all"},
		{"strings.ToU|pper(\"a\")", "func strings.ToUpper(s string) string"},
		{"strings.Repeat(\"a\", |", "func strings.Repeat(s string, count int) string"},
		{"ar|ea(1, 2)", "func area(w int, h int) int\n\narea is the product."},
		{"area(1, |2)", "func area(w int, h int) int"},
		{"b.Grow|", "Grow makes it larger."},
		{"box|", "type box struct"},
		{"strings|.", "package strings\n\nPackage strings implements"},
		{"append|", "func append"},
		{"strings.Builder|", "type Builder struct"},
		{"display.HTML|", "HTML is a fragment of HTML"},
		{"math.Pi|", "const math.Pi untyped float = 3.14159"},
		{"strings.Builder.Write|String", "WriteString appends the contents of s"},
		{"mat.Dense.Mul|", "func (*mat.Dense).Mul("},
		{"box.Grow|", "Grow makes it larger."},
		{"total|", "total is all."},
	} {
		at := strings.Index(tt.code, "|")
		b, ok := e.Inspect(strings.Replace(tt.code, "|", "", 1), at)
		text, _ := b.Data["text/plain"].(string)
		if !ok || !strings.Contains(ansi.ReplaceAllString(text, ""), tt.want) {
			t.Errorf("Inspect(%q) = %v %.300q; want %q in it", tt.code, ok, text, tt.want)
		}
	}
	play(t, e, "// first stands at the top.\nfunc first() {}")
	if b, _ := e.Inspect("first", 5); !strings.Contains(fmt.Sprint(b.Data["text/plain"]), "first stands at the top.") {
		t.Errorf("Inspect(first) = %v; want the comment on the first line of its cell", b.Data["text/plain"])
	}
	if _, ok := e.Inspect("nothingThere", 5); ok {
		t.Error("Inspect of an unknown name found something")
	}
}

func TestPage(t *testing.T) {
	e := newEngine(t)
	for _, code := range []string{"?fmt.Println", "fmt.Println?"} {
		res, err := e.Execute(t.Context(), 1, code, &record{})
		if err != nil || res.Page == nil || !strings.Contains(res.Page.Data["text/plain"].(string), "Println formats") {
			t.Errorf("%s = %v, %v; want a page about Println", code, res.Page, err)
		}
	}
}

func BenchmarkCell(b *testing.B) {
	e := newEngine(b)
	out := &record{}
	for b.Loop() {
		if _, err := e.Execute(b.Context(), 1, "1+1", out); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFunctionCell declares a function, anew each time, and calls it.
func BenchmarkFunctionCell(b *testing.B) {
	e := newEngine(b)
	out, i := &record{}, 0
	for b.Loop() {
		i++
		cell := fmt.Sprintf("func twice%d(x int) int {\n\treturn x * 2\n}\ntwice%d(%d)", i, i, i)
		if _, err := e.Execute(b.Context(), i, cell, out); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkManyCells reports what a session keeps of each cell, the interpreter included.
func BenchmarkManyCells(b *testing.B) {
	e := newEngine(b)
	heap := func() float64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	out := &record{}
	if _, err := e.Execute(b.Context(), 1, "x := 0", out); err != nil {
		b.Fatal(err)
	}
	before, n := heap(), 1
	for b.Loop() {
		n++
		if _, err := e.Execute(b.Context(), n, "x++\ny := x * 2\ny", out); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((heap()-before)/float64(n), "kept-B/op")
	runtime.KeepAlive(e)
}

// BenchmarkFirstImport is what the first cell of a session with these packages takes.
func BenchmarkFirstImport(b *testing.B) {
	for _, cell := range []string{"strings.ToUpper(\"a\")", "plot.New(); mat.NewDense(1, 1, nil)", "nnlib.XOR(); viz.History"} {
		b.Run(strings.Fields(cell)[0], func(b *testing.B) {
			newEngine(b) // captures the streams
			for b.Loop() {
				e := New(os.DirFS("../../.."))
				if _, err := e.Execute(b.Context(), 1, cell, &record{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkComplete(b *testing.B) {
	e := newEngine(b)
	for i := range 300 {
		c, err := e.session.Check(i, fmt.Sprintf("func f%d(x int) int { return x }\nv%d := f%d(1)", i, i, i))
		if err != nil {
			b.Fatal(err)
		}
		e.session.Commit(c)
	}
	for _, code := range []string{"v2", "strings.To", "fmt.Println(strings.To"} {
		b.Run(code, func(b *testing.B) {
			for b.Loop() {
				if len(e.Complete(code, len(code)).Items) == 0 {
					b.Fatal("nothing found")
				}
			}
		})
	}
}

// A panic in a function that the kernel calls, as a callback, tells its place as that of a cell does.
func TestInvokeTellsPlaces(t *testing.T) {
	e := New(nil)
	play(t, e, "func deep(n int) {\n\tif n == 0 {\n\t\tpanic(\"too deep\")\n\t}\n\tdeep(n - 1)\n}", "f := func() { deep(1) }", "var none []int\ng := func() { _ = none[1] }")
	for _, c := range []struct {
		name, function string
		want           []string
	}{
		{"panic", "f", []string{"panic: too deep (cell 1, line 3)", "cell 1, line 3, column 3, in deep", "cell 1, line 5", "cell 2, line 1"}},
		{"run-time error", "g", []string{"index out of range [1] with length 0", "cell 3, line 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, err := e.Evaluate(t.Context(), c.function, &record{})
			f, ok := res.Value.(func())
			if err != nil || !ok {
				t.Fatalf("Evaluate(%s) = %T, %v; want a func()", c.function, res.Value, err)
			}
			err = e.Invoke(t.Context(), func() { f() }, &record{})
			var own *Error
			if !errors.As(err, &own) {
				t.Fatalf("Invoke = %v; want an *Error", err)
			}
			got := ansi.ReplaceAllString(err.Error()+"\n"+strings.Join(own.Traceback, "\n"), "")
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("Invoke = %s; want %q in it", got, want)
				}
			}
		})
	}
}
