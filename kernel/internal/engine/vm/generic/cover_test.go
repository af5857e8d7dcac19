package generic

import (
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/gopherceptron/gopherceptron/kernel/internal/bind"
)

// missing says why an exported generic function or method of a Go release has no shadow function.
var missing = map[string]string{
	"encoding/json/v2.GetOption":           newPackage,
	"encoding/json/v2.MarshalFunc":         newPackage,
	"encoding/json/v2.MarshalToFunc":       newPackage,
	"encoding/json/v2.UnmarshalFromFunc":   newPackage,
	"encoding/json/v2.UnmarshalFunc":       newPackage,
	"encoding/json/jsontext.AppendFormat":  newPackage,
	"encoding/json/jsontext.AppendQuote":   newPackage,
	"encoding/json/jsontext.AppendUnquote": newPackage,
	"hash/maphash.ComparableHasher_Equal":  newName,
	"hash/maphash.ComparableHasher_Hash":   newName,
	"math/rand/v2.Rand_N":                  newName,
}

// What a release adds can be had when the tables of package bind are made by that release; this test then says what
// is to be written.
const (
	newPackage = "a package of Go 1.27, not in the tables"
	newName    = "new in Go 1.27, not in the tables"
)

// generics returns the functions that a shadow of the package has to have: exported generic functions, and exported
// methods that are generic or belong to an exported generic type.
func generics(p *types.Package) (fs []*types.Func) {
	for _, n := range p.Scope().Names() {
		o := p.Scope().Lookup(n)
		if !o.Exported() {
			continue
		}
		switch o := o.(type) {
		case *types.Func:
			if o.Signature().TypeParams().Len() > 0 {
				fs = append(fs, o)
			}
		case *types.TypeName:
			if n, ok := types.Unalias(o.Type()).(*types.Named); ok {
				fs = append(fs, genericMethods(n)...)
			}
		}
	}
	return fs
}

func genericMethods(n *types.Named) (fs []*types.Func) {
	for m := range n.Origin().Methods() {
		if m.Exported() && (n.TypeParams().Len() > 0 || m.Signature().TypeParams().Len() > 0) {
			fs = append(fs, m)
		}
	}
	return fs
}

// TestCovers holds that each generic function of each package that cells can import has a shadow function with the same
// signature.
func TestCovers(t *testing.T) {
	im := newImporter(t)
	shadows := map[string]*shadow{}
	for _, path := range Paths() {
		s, err := im.check(token.NewFileSet(), path)
		if err != nil {
			t.Fatal(err)
		}
		shadows[path] = s
	}
	n := 0
	for _, p := range bind.Packages() {
		if !bind.HasTypes(p.Path) {
			continue // of this module, see TestOwnPackages
		}
		pkg, err := im.Import(p.Path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range append(generics(pkg), instances(pkg)...) {
			n++
			path, name := f.Pkg().Path(), Name(f)
			if s := shadows[path]; s == nil || s.pkg.Scope().Lookup(name) == nil {
				if missing[path+"."+name] == "" {
					t.Errorf("%s has no shadow function %s, and no reason for that", f.FullName(), name)
				}
			} else if why := differs(f, s.pkg.Scope().Lookup(name)); why != "" {
				t.Errorf("%s: the shadow function %s: %s", f.FullName(), name, why)
			}
		}
	}
	if n < 70 {
		t.Errorf("%d generic functions and methods were found; Go 1.26 has more", n)
	}
	for path, s := range shadows {
		for _, name := range s.pkg.Scope().Names() {
			if missing[path+"."+name] != "" {
				t.Errorf("%s.%s is there, and in the table of what is missing", path, name)
			}
		}
	}
}

// instances returns the exported methods of generic types that are not exported, or those of an internal package, but of
// which an exported declaration of the package has an instance: in a variable, a field, a result.
func instances(p *types.Package) (fs []*types.Func) {
	seen := map[types.Type]bool{}
	var walk func(t types.Type)
	tuple := func(t *types.Tuple) {
		for v := range t.Variables() {
			walk(v.Type())
		}
	}
	walk = func(t types.Type) {
		if t = types.Unalias(t); seen[t] {
			return
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Named:
			o := t.Origin()
			if t.TypeArgs().Len() > 0 && (!o.Obj().Exported() || bind.Lookup(o.Obj().Pkg().Path()) == nil) {
				fs = append(fs, genericMethods(o)...)
			}
			if t.Obj().Pkg() != p {
				return
			}
			for m := range t.Methods() {
				if m.Exported() {
					tuple(m.Signature().Params())
					tuple(m.Signature().Results())
				}
			}
			walk(t.Underlying())
		case *types.Struct:
			for f := range t.Fields() {
				if f.Exported() || f.Embedded() {
					walk(f.Type())
				}
			}
		case *types.Interface:
			for m := range t.Methods() {
				walk(m.Type())
			}
		case *types.Signature:
			tuple(t.Params())
			tuple(t.Results())
		case *types.Map:
			walk(t.Key())
			walk(t.Elem())
		case interface{ Elem() types.Type }:
			walk(t.Elem())
		}
	}
	for _, n := range p.Scope().Names() {
		if o := p.Scope().Lookup(n); o.Exported() {
			walk(o.Type())
		}
	}
	return fs
}

// TestInstances holds that instances finds them wherever an exported declaration has them.
func TestInstances(t *testing.T) {
	const text = `package p
type hidden[T any] struct{}
func (hidden[T]) M() {}
func (hidden[T]) unexported() {}
`
	for _, c := range []struct {
		text string
		want int
	}{
		{"var V hidden[int]", 1},
		{"var V map[string][]*hidden[int]", 1},
		{"type T struct { F hidden[int] }", 1},
		{"type T struct { hidden[int] }", 1},
		{"type T struct { f hidden[int] }", 0},
		{"type T = hidden[int]", 1},
		{"func F() (chan hidden[int], error) { return nil, nil }", 1},
		{"func F(func(hidden[int])) {}", 1},
		{"type T int; func (T) Get() hidden[int] { return hidden[int]{} }", 1},
		{"type T interface { Get() hidden[int] }", 1},
		{"var v hidden[int]", 0},
	} {
		if got := instances(checkText(t, text+c.text)); len(got) != c.want {
			t.Errorf("instances(%s) = %v; want %d", c.text, got, c.want)
		}
	}
}

// load returns packages from the build's own export data.
func load(t *testing.T, patterns ...string) []*packages.Package {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedExportFile}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pkgs {
		if len(p.Errors) > 0 {
			t.Fatalf("%s: %v", p.PkgPath, p.Errors[0])
		}
	}
	return pkgs
}

// TestOwnPackages holds that the packages of this module, whose types are not in the tables, export no generics.
func TestOwnPackages(t *testing.T) {
	var paths []string
	for _, p := range bind.Packages() {
		if !bind.HasTypes(p.Path) {
			paths = append(paths, p.Path)
		}
	}
	if len(paths) == 0 {
		t.Fatal("no package of this module is in the tables")
	}
	for _, p := range load(t, paths...) {
		for _, f := range append(generics(p.Types), instances(p.Types)...) {
			t.Errorf("%s needs a shadow function %s", f.FullName(), Name(f))
		}
	}
}

// TestRelease holds that what the Go release at hand exports has a shadow function or a reason, be it in the tables or not.
func TestRelease(t *testing.T) {
	if testing.Short() {
		t.Skip("it loads the whole standard library")
	}
	im, checked, n := newImporter(t), map[string]*shadow{}, 0
	for _, p := range load(t, "std") {
		if strings.Contains("/"+p.PkgPath+"/", "/internal/") || strings.HasPrefix(p.PkgPath, "vendor/") {
			continue
		}
		for _, f := range append(generics(p.Types), instances(p.Types)...) {
			n++
			path, name := f.Pkg().Path(), Name(f)
			if checked[path] == nil {
				checked[path], _ = im.check(token.NewFileSet(), path)
			}
			if s := checked[path]; (s == nil || s.pkg.Scope().Lookup(name) == nil) && missing[path+"."+name] == "" {
				t.Errorf("%s has no shadow function %s, and no reason for that", f.FullName(), name)
			}
		}
	}
	if n < 70 {
		t.Errorf("%d generic functions and methods were found; Go 1.26 has more", n)
	}
}
