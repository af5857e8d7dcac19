package differ

import (
	"fmt"
	"slices"
	"strings"
)

// kind is the shape of a type.
type kind int

const (
	boolKind kind = iota
	intKind
	int8Kind
	int16Kind
	int32Kind
	int64Kind
	uintKind
	uint8Kind
	uint16Kind
	uint32Kind
	uint64Kind
	uintptrKind
	float32Kind
	float64Kind
	complex64Kind
	complex128Kind
	stringKind
	arrayKind
	sliceKind
	mapKind
	pointerKind
	structKind
	interfaceKind
	funcKind
)

var kindNames = []string{
	"bool", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr",
	"float32", "float64", "complex64", "complex128", "string",
}

func (k kind) integer() bool { return k >= intKind && k <= uintptrKind }
func (k kind) signed() bool  { return k >= intKind && k <= int64Kind }
func (k kind) float() bool   { return k == float32Kind || k == float64Kind }
func (k kind) complex() bool { return k == complex64Kind || k == complex128Kind }
func (k kind) numeric() bool { return k >= intKind && k <= complex128Kind }
func (k kind) reference() bool {
	return k == sliceKind || k == mapKind || k == pointerKind || k == funcKind
}

// bits gives the size of an integer of a fixed size, and 0 for the others.
func (k kind) bits() int {
	switch k {
	case int8Kind, uint8Kind:
		return 8
	case int16Kind, uint16Kind:
		return 16
	case int32Kind, uint32Kind:
		return 32
	case int64Kind, uint64Kind:
		return 64
	}
	return 0
}

// typ is a type of the program.
type typ struct {
	kind      kind
	name      string // of a declared type, "" for others
	elem, key *typ
	size      int      // of an array
	fields    []member // of a struct
	params    []*typ   // of a function, with elem as its result
	methods   []method // with a receiver that is a value; of an interface, its own
}

// member is a field of a struct; one that is embedded has the name of its type.
type member struct {
	name     string
	typ      *typ
	embedded bool
}

// method is one without effects: it computes its result from its receiver and its parameters.
type method struct {
	name   string
	params []*typ
	result *typ
}

var basics = func() (all []*typ) {
	for k := range kind(len(kindNames)) {
		all = append(all, &typ{kind: k})
	}
	return all
}()

var (
	boolType   = basics[boolKind]
	intType    = basics[intKind]
	stringType = basics[stringKind]
	floatType  = basics[float64Kind]
	anyType    = &typ{kind: interfaceKind, name: "any"}
	errorType  = &typ{kind: interfaceKind, name: "error"}
)

func arrayOf(n int, e *typ) *typ { return &typ{kind: arrayKind, size: n, elem: e} }
func sliceOf(e *typ) *typ        { return &typ{kind: sliceKind, elem: e} }
func mapOf(k, e *typ) *typ       { return &typ{kind: mapKind, key: k, elem: e} }
func pointerTo(e *typ) *typ      { return &typ{kind: pointerKind, elem: e} }

// String gives the type as programs write it.
func (t *typ) String() string {
	if t.name != "" {
		return t.name
	}
	return t.literal()
}

func (t *typ) literal() string {
	switch t.kind {
	case arrayKind:
		return fmt.Sprintf("[%d]%v", t.size, t.elem)
	case sliceKind:
		return "[]" + t.elem.String()
	case mapKind:
		return fmt.Sprintf("map[%v]%v", t.key, t.elem)
	case pointerKind:
		return "*" + t.elem.String()
	case funcKind:
		return fmt.Sprintf("func(%s) %v", list(t.params), t.elem)
	case structKind:
		var b strings.Builder
		b.WriteString("struct {")
		for _, f := range t.fields {
			if f.embedded {
				fmt.Fprintf(&b, " %v;", f.typ)
			} else {
				fmt.Fprintf(&b, " %s %v;", f.name, f.typ)
			}
		}
		return b.String() + " }"
	}
	return kindNames[t.kind]
}

func list(types []*typ) string {
	texts := make([]string, len(types))
	for i, t := range types {
		texts[i] = t.String()
	}
	return strings.Join(texts, ", ")
}

// same says whether two types are identical.
func same(a, b *typ) bool { return a == b || a.String() == b.String() }

// comparable says whether == takes the type, without a panic.
func (t *typ) comparable() bool {
	switch t.kind {
	case sliceKind, mapKind, funcKind, interfaceKind:
		return false
	case arrayKind:
		return t.elem.comparable()
	case structKind:
		return !slices.ContainsFunc(t.fields, func(f member) bool { return !f.typ.comparable() })
	}
	return true
}

// exact says whether the type can be the key of a map that is printed: no NaN in it.
func (t *typ) exact() bool {
	switch {
	case t.kind.float() || t.kind.complex() || t.kind == pointerKind:
		return false
	case t.kind == arrayKind:
		return t.elem.exact()
	case t.kind == structKind:
		return !slices.ContainsFunc(t.fields, func(f member) bool { return !f.typ.exact() })
	}
	return t.comparable()
}

// shared says whether copies of a value share something that can be changed.
func (t *typ) shared() bool {
	switch t.kind {
	case arrayKind:
		return t.elem.shared()
	case structKind:
		return slices.ContainsFunc(t.fields, func(f member) bool { return f.typ.shared() })
	}
	return t.kind.reference() || t.kind == interfaceKind
}

// basicType gives one of the predeclared types.
func (g *gen) basicType() *typ {
	switch g.IntN(6) {
	case 0:
		return intType
	case 1:
		return stringType
	}
	return pickOf(g, basics)
}

// integerType gives one of the integers, predeclared.
func (g *gen) integerType() *typ { return basics[g.between(int(intKind), int(uintptrKind))] }

// numberType gives an integer or float, predeclared.
func (g *gen) numberType() *typ { return basics[g.between(int(intKind), int(float64Kind))] }

// valueType gives a type whose values can be printed, of at most so many levels.
func (g *gen) valueType(depth int) *typ {
	if len(g.scope) > 0 && g.chance(40) {
		if t := pickOf(g, g.scope).typ; t.kind != pointerKind && t.kind != funcKind {
			return t
		}
	}
	n := g.IntN(14)
	switch {
	case n < 3 && len(g.types) > 0:
		return pickOf(g, g.types)
	case n == 3 && depth > 0:
		return arrayOf(g.between(1, 5), g.valueType(depth-1))
	case n == 4 && depth > 0:
		return sliceOf(g.valueType(depth - 1))
	case n == 5 && depth > 0:
		return mapOf(g.keyType(), g.valueType(depth-1))
	case n == 6 && depth > 0 && g.chance(40):
		return &typ{kind: structKind, fields: g.members(g.between(1, 3), depth-1)}
	case n == 7:
		return anyType
	}
	return g.basicType()
}

// keyType gives a type for the keys of a map.
func (g *gen) keyType() *typ {
	for range 4 {
		if t := g.valueType(1); t.exact() {
			return t
		}
	}
	return g.oneOfTypes(intType, stringType, boolType, basics[uint8Kind])
}

func (g *gen) oneOfTypes(types ...*typ) *typ { return types[g.IntN(len(types))] }

// members makes the fields of a struct.
func (g *gen) members(n, depth int) (all []member) {
	for range n {
		all = append(all, member{name: g.name(g.oneOf("F", "f")), typ: g.valueType(depth)})
	}
	return all
}
