package native

import (
	"go/types"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"github.com/gopherceptron/gopherceptron/kernel/internal/bind"
	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/std"
)

// TestTable holds that the table and the types have the same functions, with the same signatures.
func TestTable(t *testing.T) {
	imp := bind.NewTypes()
	pkg, err := Types(imp)
	if err != nil {
		t.Fatal(err)
	}
	if pkg.Path() != Path || !pkg.Complete() {
		t.Errorf("Types: package %q, complete %v; want %q, true", pkg.Path(), pkg.Complete(), Path)
	}
	symbols := Symbols()
	var names []string
	for _, n := range pkg.Scope().Names() {
		o := pkg.Scope().Lookup(n)
		if !o.Exported() {
			continue
		}
		names = append(names, n)
		f, ok := o.(*types.Func)
		if !ok {
			t.Errorf("Types: %v is no function", o)
			continue
		}
		if v := symbols[n]; v.IsValid() {
			if got, want := types.TypeString(types.NewSignatureType(nil, nil, nil, unnamed(f.Signature().Params()), unnamed(f.Signature().Results()), false), (*types.Package).Name), goString(v.Type()); got != want {
				t.Errorf("Types: %s is %s; want %s as in Symbols", n, got, want)
			}
		}
	}
	if want := slices.Sorted(maps.Keys(symbols)); !slices.Equal(names, want) {
		t.Errorf("Types has %q; want the names of Symbols %q", names, want)
	}
	h, err := imp.Import("hash")
	if err != nil {
		t.Fatal(err)
	}
	f := pkg.Scope().Lookup("HKDFKey").(*types.Func).Signature().Params().At(0).Type().(*types.Signature)
	if got, want := f.Results().At(0).Type(), h.Scope().Lookup("Hash").Type(); got != want {
		t.Errorf("HKDFKey takes a func() %v that is not the importer's", got)
	}
}

func unnamed(t *types.Tuple) *types.Tuple {
	var vs []*types.Var
	for v := range t.Variables() {
		vs = append(vs, types.NewParam(0, nil, "", v.Type()))
	}
	return types.NewTuple(vs...)
}

// goString is the text of a type as go/types writes it.
func goString(t reflect.Type) string {
	return regexp.MustCompile(`\binterface \{\}`).ReplaceAllString(regexp.MustCompile(`\buint8\b`).ReplaceAllString(t.String(), "byte"), "any")
}
