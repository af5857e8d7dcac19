package link

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"

	"github.com/gopherceptron/gopherceptron/kernel/internal/bind"
	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/std"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
)

// A session of the tests: cells are packages with the path main, in whose scopes the objects of earlier ones are.
type session struct {
	t      *testing.T
	fset   *token.FileSet
	imp    types.Importer
	names  map[string]types.Object
	shared map[string]*machine.Cell
	vars   map[*types.Var]P
	linker *Linker
}

func newSession(t *testing.T) *session {
	s := &session{t: t, fset: token.NewFileSet(), imp: bind.NewTypes(), names: map[string]types.Object{}, shared: map[string]*machine.Cell{}, vars: map[*types.Var]P{}}
	s.linker = New(Config{
		Fset: s.fset, Import: s.imp,
		Symbols: func(path string) map[string]reflect.Value {
			if q := bind.Lookup(path); q != nil {
				return q.Symbols()
			}
			return nil
		},
		Own: func(o types.Object) bool { return o.Pkg() != nil && o.Pkg().Path() == "main" },
		Variable: func(o *types.Var, t reflect.Type) P {
			if s.vars[o] == nil {
				s.vars[o] = reflect.New(t).UnsafePointer()
			}
			return s.vars[o]
		},
		Shared: func(f *types.Func) *machine.Cell {
			if f.Signature().Recv() != nil {
				return nil
			}
			key := f.Name() + f.Signature().String()
			if s.shared[key] == nil {
				s.shared[key] = &machine.Cell{}
			}
			return s.shared[key]
		},
	})
	return s
}

// cell checks and builds a cell, whose objects later cells see.
func (s *session) cell(src string) (*Program, error) {
	s.t.Helper()
	file, err := parser.ParseFile(s.fset, fmt.Sprint("cell ", len(s.names)), "package main\n"+src, parser.SkipObjectResolution)
	if err != nil {
		s.t.Fatal(err)
	}
	pkg, info := types.NewPackage("main", "main"), NewInfo()
	own := map[string]bool{}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			own[d.Name.Name] = d.Recv == nil
		case *ast.GenDecl:
			for _, sp := range d.Specs {
				switch sp := sp.(type) {
				case *ast.TypeSpec:
					own[sp.Name.Name] = true
				case *ast.ValueSpec:
					own[sp.Names[0].Name] = true
				}
			}
		}
	}
	for name, o := range s.names {
		if !own[name] {
			pkg.Scope().Insert(o)
		}
	}
	conf := &types.Config{Importer: s.imp, GoVersion: "go1.26"}
	if err := types.NewChecker(conf, s.fset, pkg, info).Files([]*ast.File{file}); err != nil {
		s.t.Fatal(err)
	}
	for name := range own {
		if o := pkg.Scope().Lookup(name); o != nil {
			s.names[name] = o
		}
	}
	pkg.SetImports(nil)
	return s.linker.Build(pkg, []*ast.File{file}, info, nil)
}

// run builds a cell with a function run, calls it and returns its result, or what it panics with.
func (s *session) run(src string) (out string) {
	s.t.Helper()
	p, err := s.cell(src)
	if err != nil {
		return "error: " + err.Error()
	}
	cell := s.linker.Cell(s.names["run"].(*types.Func))
	defer p.Compile()
	panicked := machine.NewGroup(nil).Run(func(*machine.Thread) machine.Deferred {
		return machine.Call(func() {
			f := machine.FuncValue(reflect.TypeFor[func() any](), cell).Interface().(func() any)
			out = fmt.Sprint(f())
		})
	})
	if panicked != nil {
		return fmt.Sprint("panic: ", panicked.Value)
	}
	return out
}

// Cells, one after the other, and what the function run of each gives.
func TestCells(t *testing.T) {
	type step struct{ src, want string }
	for _, tt := range []struct {
		name  string
		steps []step
	}{
		{"a function of an earlier cell", []step{
			{"func f(n int) int { return n + 1 }\nfunc run() any { return f(1) }", "2"},
			{"func run() any { return f(f(5)) }", "7"},
		}},
		{"a redefinition serves earlier callers", []step{
			{"func f() int { return 1 }\nfunc g() int { return f() * 10 }\nvar h = f\nfunc run() any { h = f; return g() }", "10"},
			{"func f() int { return 2 }\nfunc run() any { return []int{g(), h()} }", "[20 2]"},
			{"func f() string { return \"other type\" }\nfunc run() any { return []any{g(), f()} }", "[20 other type]"},
		}},
		{"a variable has one address", []step{
			{"var x int\nfunc set(n int) { x = n }\nfunc run() any { set(4); return x }", "4"},
			{"func run() any { x++; p := &x; set(x * 2); return *p }", "10"},
		}},
		{"a closure of an earlier cell", []step{
			{"func counter() func() int {\nn := 0\nreturn func() int { n++; return n }\n}\nvar next func() int\nfunc run() any { next = counter(); return next() }", "1"},
			{"func run() any { return next() + next() }", "5"},
		}},
		{"a type and its methods", []step{
			{"type T struct{ n int }\nfunc (t T) String() string { return \"T\" }\nfunc (t *T) Add(n int) { t.n += n }\nvar v T\nfunc run() any { v.Add(2); return v }", "T"},
			{"import \"fmt\"\nfunc run() any { v.Add(3); return fmt.Sprintf(\"%v %d %T\", v, v.n, v) }", "T 5 main.T"},
			{"type I interface{ Add(int) }\nfunc run() any { var i I = &v; i.Add(1); _, ok := any(v).(I); return []any{v.n, ok} }", "[6 false]"},
		}},
		{"a generic function of an earlier cell", []step{
			{"func twice[T any](x T) []T { return []T{x, x} }\nfunc run() any { return twice(1) }", "[1 1]"},
			{"type P struct{ a string }\nfunc run() any { return []any{twice(P{\"x\"}), twice(\"s\")} }", "[[{x} {x}] [s s]]"},
		}},
		{"a generic type of an earlier cell", []step{
			{"type S[T any] struct{ xs []T }\nfunc (s *S[T]) Push(x T) int { s.xs = append(s.xs, x); return len(s.xs) }\nfunc run() any { var s S[int]; s.Push(1); return s.Push(2) }", "2"},
			{"import \"fmt\"\nfunc run() any { s := &S[string]{}; s.Push(\"a\"); return fmt.Sprintf(\"%v %T\", s.xs, s) }", "[a] *main.S[string]"},
		}},
		{"compiled functions and variables", []step{
			{"import (\n\"strings\"\n\"errors\"\n\"io\"\n)\nfunc run() any { return []any{strings.ToUpper(\"a\"), errors.Is(io.EOF, io.EOF), strings.NewReader(\"abc\").Len()} }", "[A true 3]"},
		}},
		{"generic functions of compiled packages", []step{
			{"import (\n\"slices\"\n\"maps\"\n)\nfunc run() any { return slices.Sorted(maps.Keys(map[string]int{\"b\": 1, \"a\": 2})) }", "[a b]"},
			{"import \"slices\"\ntype L []int\nfunc run() any { l := L{3, 1, 2}; slices.SortFunc(l, func(a, b int) int { return b - a }); return slices.Insert(l, 0, 9) }", "[9 3 2 1]"},
		}},
		{"promoted methods of compiled types", []step{
			{"import \"strings\"\ntype B struct{ strings.Builder }\nfunc run() any { var b B; b.WriteString(\"x\"); b.WriteByte('y'); return b.String() + b.Builder.String() }", "xyxy"},
		}},
		{"initializers", []step{
			{"var a = b + 1\nvar b = f()\nfunc f() int { return 40 }\nfunc run() any { return a }", "0"}, // who runs the cell runs init
		}},
		{"an error of an earlier cell's function", []step{
			{"func f(xs []int) int { return xs[3] }\nfunc run() any { return 1 }", "1"},
			{"func run() any { return f(nil) }", "panic: runtime error: index out of range [3] with length 0"},
		}},
		{"a function without a body", []step{
			{"func secret() int\nfunc run() any { return secret() }", "panic: cell 0:3:25: no function main.secret in the tables"},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSession(t)
			for _, st := range tt.steps {
				if got := s.run(st.src); got != st.want {
					t.Errorf("%s\ngives %s; want %s", st.src, got, st.want)
				}
			}
		})
	}
}

// What the tables do not have is said by name.
func TestMissing(t *testing.T) {
	s := newSession(t)
	full := s.linker.config.Symbols
	s.linker.config.Symbols = func(path string) map[string]reflect.Value {
		out := map[string]reflect.Value{}
		for k, v := range full(path) {
			if k != "ToUpper" && k != "Builder" && k != "EOF" {
				out[k] = v
			}
		}
		return out
	}
	for _, tt := range []struct{ src, want string }{
		{"import \"strings\"\nfunc run() any { return strings.ToUpper(\"a\") }", "no function strings.ToUpper in the tables"},
		{"import \"io\"\nfunc run() any { return io.EOF }", "no variable io.EOF in the tables"},
	} {
		if got := s.run(tt.src); !strings.Contains(got, tt.want) {
			t.Errorf("%s\ngives %s; want %q in it", tt.src, got, tt.want)
		}
	}
}

// After Compile all functions are compiled, and nothing of the syntax is kept.
func TestCompile(t *testing.T) {
	s := newSession(t)
	p, err := s.cell("func f(n int) func() int { return func() int { return g(n) } }\nfunc g(n int) int { return n }")
	if err != nil {
		t.Fatal(err)
	}
	p.Compile()
	if len(p.cells) == 0 {
		t.Error("the program knows no functions after Compile; want the closure of f")
	}
	for f, c := range p.cells {
		if c.Func().Entry == nil {
			t.Errorf("%s is not compiled after Compile", f)
		}
	}
	for _, name := range []string{"f", "g"} {
		if c := s.linker.Cell(s.names[name].(*types.Func)); c.Func().Entry == nil {
			t.Errorf("%s is not compiled after Compile", name)
		}
	}
	if !s.linker.Has(s.names["f"].(*types.Func)) {
		t.Error("Has(f) = false after its cell")
	}
}
