package yaegi

import (
	"fmt"
	"go/types"
	"strings"
)

// typeText returns a type as source for the interpreter: with the slots' names and the names of its imports.
func (e *emitter) typeText(t types.Type) (string, error) {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			name, err := e.x.use("unsafe", "unsafe")
			return name + ".Pointer", err
		}
		return t.Name(), nil
	case *types.Alias:
		return e.typeText(types.Unalias(t))
	case *types.Named:
		return e.namedText(t)
	case *types.Pointer:
		return e.prefixed("*", t.Elem())
	case *types.Slice:
		return e.prefixed("[]", t.Elem())
	case *types.Array:
		return e.prefixed(fmt.Sprintf("[%d]", t.Len()), t.Elem())
	case *types.Map:
		key, err := e.typeText(t.Key())
		if err != nil {
			return "", err
		}
		return e.prefixed("map["+key+"]", t.Elem())
	case *types.Chan:
		dir := map[types.ChanDir]string{types.SendRecv: "chan ", types.SendOnly: "chan<- ", types.RecvOnly: "<-chan "}[t.Dir()]
		return e.prefixed(dir, t.Elem())
	case *types.Signature:
		s, err := e.signatureText(t)
		return "func" + s, err
	case *types.Struct:
		return e.structText(t)
	case *types.Interface:
		return e.interfaceText(t)
	}
	return "", fmt.Errorf("the interpreter cannot hold a variable of type %s", t)
}

func (e *emitter) prefixed(prefix string, elem types.Type) (string, error) {
	s, err := e.typeText(elem)
	return prefix + s, err
}

func (e *emitter) namedText(t *types.Named) (string, error) {
	o := t.Obj()
	name := o.Name()
	switch {
	case o.Pkg() == nil: // error
	case o.Pkg().Path() != "main":
		if !o.Exported() {
			return "", fmt.Errorf("the interpreter cannot hold a variable of the unexported type %s.%s: assign it to an interface variable", o.Pkg().Name(), name)
		}
		alias, err := e.x.use(o.Pkg().Path(), o.Pkg().Name())
		if err != nil {
			return "", err
		}
		name = alias + "." + name
	default:
		s := e.x.session.Slot(o)
		if s == nil {
			return "", fmt.Errorf("type %s is declared inside a function: the session cannot hold a variable of it", name)
		}
		name = s.Name
	}
	if t.TypeArgs().Len() == 0 {
		return name, nil
	}
	var args []string
	for a := range t.TypeArgs().Types() {
		s, err := e.typeText(a)
		if err != nil {
			return "", err
		}
		args = append(args, s)
	}
	return name + "[" + strings.Join(args, ", ") + "]", nil
}

func (e *emitter) signatureText(t *types.Signature) (string, error) {
	list := func(tuple *types.Tuple, variadic bool) (string, error) {
		var out []string
		for i := range tuple.Len() {
			s, err := e.typeText(tuple.At(i).Type())
			if err != nil {
				return "", err
			}
			if variadic && i == tuple.Len()-1 {
				s = "..." + strings.TrimPrefix(s, "[]")
			}
			out = append(out, s)
		}
		return "(" + strings.Join(out, ", ") + ")", nil
	}
	params, err := list(t.Params(), t.Variadic())
	if err != nil {
		return "", err
	}
	results, err := list(t.Results(), false)
	if results == "()" {
		results = ""
	}
	return params + " " + results, err
}

func (e *emitter) structText(t *types.Struct) (string, error) {
	var b strings.Builder
	b.WriteString("struct{ ")
	for i := range t.NumFields() {
		f := t.Field(i)
		s, err := e.typeText(f.Type())
		if err != nil {
			return "", err
		}
		if !f.Embedded() {
			s = f.Name() + " " + s
		}
		if tag := t.Tag(i); tag != "" {
			s += fmt.Sprintf(" %q", tag)
		}
		b.WriteString(s + "; ")
	}
	return b.String() + "}", nil
}

func (e *emitter) interfaceText(t *types.Interface) (string, error) {
	var b strings.Builder
	b.WriteString("interface{ ")
	for m := range t.Methods() {
		s, err := e.signatureText(m.Signature())
		if err != nil {
			return "", err
		}
		b.WriteString(m.Name() + s + "; ")
	}
	return b.String() + "}", nil
}
