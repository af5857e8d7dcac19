package generic

import (
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"
)

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
	copied := func(p *types.TypeParam) bool {
		n, ok := p.Constraint().(*types.Named)
		return ok && !n.Obj().Exported() && n.Obj().Pkg() != nil
	}
	if sig.Recv() == nil && !slices.ContainsFunc(params, copied) {
		if !types.Identical(sig, g.Signature()) {
			return "it is " + g.Signature().String() + "; want " + sig.String()
		}
		return ""
	}
	// What types.Identical does not compare, as instances, and the constraints apart.
	args := make([]types.Type, len(params))
	for i, p := range params {
		args[i] = types.NewTypeParam(types.NewTypeName(token.NoPos, nil, p.Obj().Name(), nil), types.Universe.Lookup("any").Type())
		c, d := p.Constraint(), g.Signature().TypeParams().At(i).Constraint()
		if copied(p) {
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
		{"F", "func X[S ~[]E, E any](s S, e E) int { return 0 }", "it is "},
		{"F", "func X[E any, S []E](s S, e E) int { return 0 }", "it is "},
		{"F", "func X[E any, S ~[]E](s S, e E) int8 { return 0 }", "it is "},
		{"G", "func X[A copied](a A) {}; type copied interface { ~int | ~string }", ""},
		{"G", "func X[A copied](a A) {}; type copied interface { ~int }", "its constraint is "},
		{"H", "func X[A cmp.Ordered](a A) {}", ""},
		{"H", "func X[A copied](a A) {}; type copied cmp.Ordered", "it is "},
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
