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

// differs says how a shadow function differs from what it stands for, or "".
func differs(f *types.Func, o types.Object) string {
	g, ok := o.(*types.Func)
	if !ok {
		return "it is no function"
	}
	sig := f.Signature()
	var params []*types.TypeParam
	for p := range sig.RecvTypeParams().TypeParams() {
		params = append(params, p)
	}
	for p := range sig.TypeParams().TypeParams() {
		params = append(params, p)
	}
	if len(params) != g.Signature().TypeParams().Len() {
		return "it has another number of type parameters"
	}
	if sig.Recv() == nil && types.Identical(sig, g.Signature()) {
		return ""
	}
	// A method, or a function with a constraint of its own: as an instance, and then the constraints.
	args := make([]types.Type, len(params))
	for i, p := range params {
		args[i] = types.NewTypeParam(types.NewTypeName(token.NoPos, nil, p.Obj().Name(), nil), types.Universe.Lookup("any").Type())
		c, d := p.Constraint(), g.Signature().TypeParams().At(i).Constraint()
		if n, ok := c.(*types.Named); ok && !n.Obj().Exported() {
			c, d = c.Underlying(), d.Underlying()
		}
		if !types.Identical(c, d) {
			return "its constraint is " + d.String() + "; want " + c.String()
		}
	}
	want, err := instance(sig, args)
	if err != nil {
		return err.Error()
	}
	got, err := instance(g.Signature(), args)
	if err != nil {
		return err.Error()
	}
	if !types.Identical(got, want) {
		return "it is " + got.String() + "; want " + want.String()
	}
	return ""
}

// instance returns a signature with type arguments; a receiver becomes the first parameter.
func instance(sig *types.Signature, args []types.Type) (*types.Signature, error) {
	if sig.Recv() == nil {
		t, err := types.Instantiate(nil, sig, args, false)
		if err != nil {
			return nil, err
		}
		return t.(*types.Signature), nil
	}
	t, ptr := types.Unalias(sig.Recv().Type()), false
	if p, ok := t.(*types.Pointer); ok {
		t, ptr = types.Unalias(p.Elem()), true
	}
	recv, err := types.Instantiate(nil, t.(*types.Named).Origin(), args, false)
	if err != nil {
		return nil, err
	}
	for i := range recv.(*types.Named).NumMethods() {
		m := recv.(*types.Named).Method(i)
		if m.Origin().Signature() != sig {
			continue
		}
		if ptr {
			recv = types.NewPointer(recv)
		}
		ps := []*types.Var{types.NewParam(token.NoPos, nil, "", recv)}
		for p := range m.Signature().Params().Variables() {
			ps = append(ps, p)
		}
		return types.NewSignatureType(nil, nil, nil, types.NewTuple(ps...), m.Signature().Results(), sig.Variadic()), nil
	}
	panic("no method with the signature " + sig.String())
}

// TestDiffers holds that differs finds what can differ.
func TestDiffers(t *testing.T) {
	const text = `package p
import "cmp"
type T[A comparable] struct{ _ A }
type own interface{ ~int | ~string }
func (t *T[A]) M(a A, b ...A) (A, error) { return a, nil }
func F[A any, S ~[]A](s S, a A) (n int) { return 0 }
func G[A own](a A) {}
func H[A cmp.Ordered](a A) {}
`
	for _, c := range []struct{ of, shadow, want string }{
		{"M", "func X[B comparable](t *T[B], b B, c ...B) (c1 B, err error) { return b, nil }", ""},
		{"M", "func X[B comparable](t T[B], b B, c ...B) (B, error) { return b, nil }", "it is "},
		{"M", "func X[B comparable](t *T[B], b B, c []B) (B, error) { return b, nil }", "it is "},
		{"M", "func X[B comparable](b B, t *T[B], c ...B) (B, error) { return b, nil }", "it is "},
		{"M", "func X[B cmp.Ordered](t *T[B], b B, c ...B) (B, error) { return b, nil }", "its constraint is "},
		{"M", "func X[B comparable, C any](t *T[B], b B, c ...B) (B, error) { return b, nil }", "it has another number"},
		{"M", "const X = 1; var _ cmp.Ordered", "it is no function"},
		{"F", "func X[E any, S ~[]E](s S, e E) int { return 0 }", ""},
		{"F", "func X[S ~[]E, E any](s S, e E) int { return 0 }", "its constraint is "},
		{"F", "func X[E any, S []E](s S, e E) int { return 0 }", "its constraint is "},
		{"F", "func X[E any, S ~[]E](s S, e E) int8 { return 0 }", "it is "},
		{"G", "func X[A copied](a A) {}; type copied interface { ~int | ~string }", ""},
		{"G", "func X[A copied](a A) {}; type copied interface { ~int }", "its constraint is "},
		{"H", "func X[A cmp.Ordered](a A) {}", ""},
		{"H", "func X[A copied](a A) {}; type copied cmp.Ordered", "its constraint is "},
	} {
		pkg := checkText(t, text+c.shadow)
		var f *types.Func
		if c.of == "M" {
			f = pkg.Scope().Lookup("T").Type().(*types.Named).Method(0)
		} else {
			f = pkg.Scope().Lookup(c.of).(*types.Func)
		}
		got := differs(f, pkg.Scope().Lookup("X"))
		if c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
			t.Errorf("differs(%s, %s) = %q; want %q", c.of, c.shadow, got, c.want)
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
		for _, f := range generics(p.Types) {
			n++
			path, name := p.PkgPath, Name(f)
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
