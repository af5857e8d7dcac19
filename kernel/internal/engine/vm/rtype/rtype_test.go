package rtype

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"testing"
	"time"
)

func TestSelfTest(t *testing.T) {
	if err := SelfTest(); err != nil {
		t.Fatal(err)
	}
}

// The kernel runs the self-test at each start.
func TestSelfTestTime(t *testing.T) {
	best := time.Hour
	for range 5 { // the machine may be busy
		start := time.Now()
		if err := SelfTest(); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(start))
	}
	if best > time.Millisecond {
		t.Errorf("the self-test takes %v; want less than 1 ms", best)
	}
}

// BenchmarkSelfTest shows the first call, which is what the kernel waits for, with -benchtime=1x.
func BenchmarkSelfTest(b *testing.B) {
	for range b.N {
		if err := SelfTest(); err != nil {
			b.Fatal(err)
		}
	}
}

// Tests share the compiled packages: their source takes a second to check.
var (
	fset     = token.NewFileSet()
	packages = importer.ForCompiler(fset, "source", nil)
)

// load type-checks source as a cell's package.
func load(t testing.TB, src string) *types.Package {
	t.Helper()
	f, err := parser.ParseFile(fset, "cell.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := (&types.Config{Importer: packages}).Check("main", fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

// record implements every method by a function that returns its name and receiver as the first result, if a string.
func record(m Method) (reflect.Value, error) {
	t, receiver, name := m.Type, m.Receiver, m.Sel.Obj().Name()
	return reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value {
		var out []reflect.Value
		for i := range t.NumOut() {
			o := reflect.New(t.Out(i)).Elem()
			if o.Kind() == reflect.String {
				o.SetString(name + "!" + fmt.Sprint(reflect.Indirect(Receive(receiver, args[0])).Kind()))
			}
			out = append(out, o)
		}
		return out
	}), nil
}

func typeOf(t testing.TB, ts *Types, pkg *types.Package, name string) reflect.Type {
	t.Helper()
	r, err := ts.Type(pkg.Scope().Lookup(name).Type())
	if err != nil {
		t.Fatalf("Type(%s): %v", name, err)
	}
	return r
}
