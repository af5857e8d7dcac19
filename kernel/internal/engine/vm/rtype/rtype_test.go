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
)

func TestSelfTest(t *testing.T) {
	if err := SelfTest(); err != nil {
		t.Fatal(err)
	}
}

// load type-checks source as a cell's package.
func load(t testing.TB, src string) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "cell.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	imp := importer.ForCompiler(fset, "source", nil)
	pkg, err := (&types.Config{Importer: imp}).Check("main", fset, []*ast.File{f}, nil)
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
