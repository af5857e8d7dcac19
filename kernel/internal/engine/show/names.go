package show

import (
	"cmp"
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// typeName returns the name of a type as a cell writes it: the checker's where it is known.
func typeName(rt reflect.Type, t types.Type) string {
	if t != nil {
		if _, ok := t.Underlying().(*types.Interface); !ok {
			return types.TypeString(t, Qualifier)
		}
	}
	return strings.ReplaceAll(strings.ReplaceAll(rt.String(), "main.", ""), "interface {}", "any")
}

// Qualifier writes the types of cells without, all others with the name of their package.
func Qualifier(p *types.Package) string {
	if p.Path() == "main" {
		return ""
	}
	return p.Name()
}

func under(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	return t.Underlying()
}

// elemType returns the element type of a pointer, slice, array, map or channel type.
func elemType(t types.Type) types.Type {
	if e, ok := under(t).(interface{ Elem() types.Type }); ok {
		return e.Elem()
	}
	return nil
}

// sortedKeys returns the keys of a map in the order of fmt, as far as that is needed here.
func sortedKeys(v reflect.Value) []reflect.Value {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		switch {
		case a.CanInt() && b.CanInt():
			return cmp.Compare(a.Int(), b.Int())
		case a.CanUint() && b.CanUint():
			return cmp.Compare(a.Uint(), b.Uint())
		case a.CanFloat() && b.CanFloat():
			return cmp.Compare(a.Float(), b.Float())
		}
		return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
	return keys
}
