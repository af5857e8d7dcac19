package generic

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"testing"

	"github.com/gopherceptron/gopherceptron/kernel/internal/bind"
	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/gonum"
	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/own"
	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/std"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/generic/native"
)

// An importer finds the real packages, and package native.
type importer struct {
	*bind.Types
	native *types.Package
}

func newImporter(t *testing.T) *importer {
	t.Helper()
	im := &importer{Types: bind.NewTypes()}
	var err error
	if im.native, err = native.Types(im.Types); err != nil {
		t.Fatal(err)
	}
	return im
}

func (im *importer) Import(path string) (*types.Package, error) {
	if path == native.Path {
		return im.native, nil
	}
	return im.Types.Import(path)
}

// A shadow is a checked shadow package.
type shadow struct {
	pkg   *types.Package
	files []*ast.File
	info  *types.Info
}

// check checks the shadow of a package.
func (im *importer) check(fset *token.FileSet, path string) (*shadow, error) {
	files, ok := Source(path)
	if !ok {
		return nil, fmt.Errorf("no shadow")
	}
	s := &shadow{info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{},
		Instances: map[*ast.Ident]types.Instance{}, FileVersions: map[*ast.File]string{},
	}}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := parser.ParseFile(fset, path+"/"+name, files[name], parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return nil, err
		}
		s.files = append(s.files, f)
	}
	var err error
	s.pkg, err = (&types.Config{Importer: im, GoVersion: "go1.26"}).Check(path, fset, s.files, s.info)
	return s, err
}

// TestShadows holds what the contract says of each shadow as a package.
func TestShadows(t *testing.T) {
	im := newImporter(t)
	for _, path := range Paths() {
		t.Run(path, func(t *testing.T) {
			s, err := im.check(token.NewFileSet(), path)
			if err != nil {
				t.Fatal(err)
			}
			real, err := im.Import(path)
			if err != nil {
				t.Fatal(err)
			}
			if s.pkg.Name() != real.Name() {
				t.Errorf("its name is %s; want %s", s.pkg.Name(), real.Name())
			}
			names := map[string]bool{}
			for _, f := range generics(real) {
				names[Name(f)] = true
			}
			for _, n := range s.pkg.Scope().Names() {
				switch o := s.pkg.Scope().Lookup(n).(type) {
				case *types.Var:
					t.Errorf("it declares a variable %s; want none", n)
				case *types.Func:
					if o.Exported() && !names[n] {
						t.Errorf("it declares %s, which stands for nothing in the real package", n)
					}
				default:
					if o.Exported() {
						t.Errorf("it declares %v; want functions only", o)
					}
				}
			}
			for _, f := range s.files {
				for _, d := range f.Decls {
					if d, ok := d.(*ast.FuncDecl); ok && d.Name.Name == "init" {
						t.Errorf("it has an init function")
					}
				}
			}
			for _, p := range s.pkg.Imports() {
				if p.Path() != native.Path && p.Path() != "unsafe" && bind.Lookup(p.Path()) == nil {
					t.Errorf("it imports %s, which cells cannot", p.Path())
				}
			}
		})
	}
}

func TestSource(t *testing.T) {
	if files, ok := Source("strings"); ok || files != nil {
		t.Errorf("Source(strings) = %d files, %v; want none, false: it has no generics", len(files), ok)
	}
	files, ok := Source("maps")
	if !ok || files["clone.go"] == "" || files["iter.go"] == "" {
		t.Fatalf("Source(maps) = %q, %v; want the files of std.zip and of _own", slices.Sorted(maps.Keys(files)), ok)
	}
	clear(files)
	if files, _ := Source("maps"); len(files) == 0 {
		t.Error("the caller of Source changed it")
	}
}

// checkText checks a package of one file.
func checkText(t *testing.T, text string) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := (&types.Config{Importer: bind.NewTypes(), Error: func(error) {}}).Check("p", fset, []*ast.File{f}, nil)
	if pkg == nil {
		t.Fatal(err)
	}
	return pkg
}
