package generic

import (
	"go/types"
	"testing"
)

func TestName(t *testing.T) {
	pkg := checkText(t, `package p
type T[A any] struct{ A A }
func (T[A]) Value() {}
func (*T[A]) Pointer() {}
type Outer struct{ *T[string] }
type N int
func (N) Plain() {}
func F[A any]() {}
var instance T[int]
`)
	lookup := func(name string) types.Type { return pkg.Scope().Lookup(name).Type() }
	for _, c := range []struct {
		name string
		of   types.Object
		want string
	}{
		{"function", pkg.Scope().Lookup("F"), "F"},
		{"method of values", lookup("T").(*types.Named).Method(0), "T_Value"},
		{"method of pointers", lookup("T").(*types.Named).Method(1), "T_Pointer"},
		{"method of an instance", types.NewMethodSet(lookup("instance")).At(0).Obj(), "T_Value"},
		{"promoted method", types.NewMethodSet(lookup("Outer")).Lookup(pkg, "Pointer").Obj(), "T_Pointer"},
		{"method of a plain type", lookup("N").(*types.Named).Method(0), "N_Plain"},
	} {
		if got := Name(c.of.(*types.Func)); got != c.want {
			t.Errorf("%s: Name(%v) = %q; want %q", c.name, c.of, got, c.want)
		}
	}
}
