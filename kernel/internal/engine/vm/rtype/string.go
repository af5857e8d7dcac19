package rtype

import (
	"go/types"
	"strconv"
	"strings"
)

// typeString returns a type's string as the compiler writes it (cmd/compile/internal/types/fmt.go). Packages are named
// by their names; in the arguments of an instance, by their paths.
func typeString(t types.Type, paths bool) string {
	qualify := func(p *types.Package) string {
		switch {
		case p == nil:
			return ""
		case paths, p.Path() == "main": // a cell's package has no name, so that messages say T and not main.T
			return p.Path() + "."
		}
		return p.Name() + "."
	}
	list := func(t *types.Tuple, variadic bool) string {
		var s []string
		for i := range t.Len() {
			if e, ok := t.At(i).Type().(*types.Slice); ok && variadic && i == t.Len()-1 {
				s = append(s, "..."+typeString(e.Elem(), paths))
			} else {
				s = append(s, typeString(t.At(i).Type(), paths))
			}
		}
		return strings.Join(s, ", ")
	}
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		if r := basics[t.Kind()]; r != nil {
			return r.String()
		}
	case *types.Named:
		args, number, isLocal := local(t.Origin().Obj())
		for a := range t.TypeArgs().Types() {
			args = append(args, a)
		}
		s := qualify(t.Obj().Pkg()) + t.Obj().Name()
		for i, a := range args {
			s += "[,"[min(i, 1):][:1] + typeString(a, true)
		}
		if len(args) > 0 {
			s += "]"
		}
		if isLocal && paths {
			s += "·" + strconv.Itoa(number)
		}
		return s
	case *types.Pointer:
		return "*" + typeString(t.Elem(), paths)
	case *types.Slice:
		return "[]" + typeString(t.Elem(), paths)
	case *types.Array:
		return "[" + strconv.FormatInt(t.Len(), 10) + "]" + typeString(t.Elem(), paths)
	case *types.Map:
		return "map[" + typeString(t.Key(), paths) + "]" + typeString(t.Elem(), paths)
	case *types.Chan:
		e := typeString(t.Elem(), paths)
		switch t.Dir() {
		case types.SendOnly:
			return "chan<- " + e
		case types.RecvOnly:
			return "<-chan " + e
		}
		if strings.HasPrefix(e, "<-") {
			e = "(" + e + ")"
		}
		return "chan " + e
	case *types.Signature:
		s := "func(" + list(t.Params(), t.Variadic()) + ")"
		switch t.Results().Len() {
		case 0:
		case 1:
			s += " " + list(t.Results(), false)
		default:
			s += " (" + list(t.Results(), false) + ")"
		}
		return s
	case *types.Struct:
		var fs []string
		for i := range t.NumFields() {
			f := t.Field(i)
			s := typeString(f.Type(), paths)
			if !f.Embedded() {
				s = f.Name() + " " + s
				if paths && !f.Exported() {
					s = qualify(f.Pkg()) + s
				}
			}
			if t.Tag(i) != "" {
				s += " " + strconv.Quote(t.Tag(i))
			}
			fs = append(fs, s)
		}
		return braces("struct", fs)
	case *types.Interface:
		var funcs []*types.Func
		for m := range t.Methods() {
			funcs = append(funcs, m)
		}
		sortMethods(funcs)
		var ms []string
		for _, m := range funcs {
			s := m.Name()
			if !m.Exported() {
				s = qualify(m.Pkg()) + s
			}
			ms = append(ms, s+strings.TrimPrefix(typeString(m.Signature(), paths), "func"))
		}
		return braces("interface", ms)
	}
	return types.TypeString(t, (*types.Package).Name)
}

func braces(word string, items []string) string {
	if len(items) == 0 {
		return word + " {}"
	}
	return word + " { " + strings.Join(items, "; ") + " }"
}
