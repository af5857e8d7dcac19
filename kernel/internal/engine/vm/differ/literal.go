package differ

import (
	"fmt"
	"strconv"
	"strings"
)

// literal gives a value of the type, a constant where the type has constants. It can stand wherever a value of the type
// can, but two of them must not meet in an operation: the compiler computes constants exactly and refuses overflow.
func (g *gen) literal(t *typ) string {
	switch {
	case t == boolType:
		return g.oneOf("true", "false")
	case t.kind == boolKind:
		return fill("$1($2)", t, g.oneOf("true", "false"))
	case t == stringType:
		return g.text()
	case t.kind.integer():
		return g.integer(t)
	case t.kind.float():
		return fill("$1($2)", t, g.float(t.kind))
	case t.kind.complex():
		return fill("$1(complex($2, $3))", t, g.float(float32Kind), g.float(float32Kind))
	case t.kind == stringKind:
		return fill("$1($2)", t, g.text())
	case t == anyType:
		return fill("any($1)", g.literal(g.plainType()))
	case t == errorType:
		return fill("error(errors.New($1))", g.text())
	}
	return g.composite(t, func(e *typ) string { return g.literal(e) })
}

// integer gives an integer constant, often one at an end of the range.
func (g *gen) integer(t *typ) string {
	bits, signed := t.kind.bits(), t.kind.signed()
	var text string
	switch n := g.IntN(10); {
	case n < 4:
		text = strconv.Itoa(g.between(0, 12))
	case n == 4 && bits == 0 && signed:
		text = g.oneOf("math.MinInt", "math.MaxInt", "math.MaxInt - 1", "math.MinInt + 1")
	case n == 4 && bits == 0:
		text = g.oneOf("math.MaxUint32", "math.MaxUint32 - 1", "1 << 31")
	case n == 4 && signed:
		text = g.oneOf(fmt.Sprintf("-1 << %d", bits-1), fmt.Sprintf("1<<%d - 1", bits-1), fmt.Sprintf("1<<%d - 2", bits-1))
	case n == 4:
		text = g.oneOf(fmt.Sprintf("1<<%d - 1", bits), fmt.Sprintf("1 << %d", bits-1), fmt.Sprintf("1<<%d - 1", bits-1))
	case signed && n < 8:
		text = strconv.Itoa(-g.between(1, 100))
	default:
		text = strconv.Itoa(g.between(0, 127))
	}
	if t == intType && !strings.ContainsAny(text, " -") {
		return text
	}
	return fill("$1($2)", t, text)
}

// float gives the text of a float constant that every kind of float has.
func (g *gen) float(k kind) string {
	switch n := g.IntN(10); {
	case n < 5:
		return strconv.FormatFloat(float64(g.between(-64, 64))/8, 'g', -1, 64)
	case n < 8:
		return g.oneOf("0.1", "-2.7182818", "1e-3", "3.3333333333", "-0.5", "1e10", "16777217", "9007199254740993")
	case k == float64Kind:
		return g.oneOf("1e308", "5e-324", "math.MaxFloat64", "1e-300", "-1e200")
	}
	return g.oneOf("1e38", "1e-45", "math.MaxFloat32", "1e-30", "-1e20")
}

// text gives a string constant, sometimes one which is not UTF-8.
func (g *gen) text() string {
	return g.oneOf(`""`, `"a"`, `"go"`, `"hello, world"`, `"日本語"`, `"h\xffé"`, `"\xe6\x97"`, `"\x00z"`, `"ß→x"`, `"\xed\xa0\x80"`,
		`"naïve"`, "`raw\\n`", `"tab\tq\"uote"`, `"𝄞 clef"`, strconv.Quote(strings.Repeat("x", g.IntN(9))), `"7"`)
}

// composite gives a value of a type that has no constants, of parts that part makes.
func (g *gen) composite(t *typ, part func(*typ) string) string {
	switch t.kind {
	case arrayKind:
		if g.chance(20) && t.size > 1 {
			return fill("$1{$2: $3}", t, g.IntN(t.size), part(t.elem))
		}
		return fill("$1{$2}", t, g.parts(g.between(0, t.size), t.elem, part))
	case sliceKind:
		return fill("$1{$2}", t, g.parts(g.between(0, 4), t.elem, part))
	case mapKind:
		return fill("$1{$2}", t, g.entries(t, part))
	case pointerKind:
		if t.elem.kind == structKind && t.elem.name != "" {
			return "&" + g.composite(t.elem, part)
		}
		return fill("ptr[$1]($2)", t.elem, part(t.elem))
	case structKind:
		if g.chance(15) {
			return fill("$1{}", t)
		}
		values := make([]string, len(t.fields))
		for i, f := range t.fields {
			values[i] = f.name + ": " + part(f.typ)
		}
		return fill("$1{$2}", t, strings.Join(values, ", "))
	case funcKind:
		return g.funcLiteral(t)
	case interfaceKind:
		return fill("$1($2)", t, part(g.implementer(t)))
	}
	return part(t)
}

func (g *gen) parts(n int, t *typ, part func(*typ) string) string {
	values := make([]string, n)
	for i := range values {
		values[i] = part(t)
	}
	return strings.Join(values, ", ")
}

// entries gives those of a map literal. Constant keys must not be the same: there are several of some kinds only.
func (g *gen) entries(t *typ, part func(*typ) string) string {
	k := t.key
	var keys []string
	switch {
	case k.kind.integer():
		for i := range g.IntN(4) {
			keys = append(keys, fill("$1", i*g.between(1, 2)+i))
		}
	case k.kind == stringKind:
		keys = []string{`"k"`, `"日"`, `"\xff"`}[:g.IntN(4)]
	case k.kind == boolKind:
		keys = []string{"true", "false"}[:g.IntN(3)]
	default:
		keys = []string{g.literal(k)}[:g.IntN(2)]
	}
	for i, key := range keys {
		keys[i] = key + ": " + part(t.elem)
	}
	return strings.Join(keys, ", ")
}

// plainType gives a type for what is put into an interface: one that == takes and that prints well.
func (g *gen) plainType() *typ {
	for range 4 {
		if t := g.valueType(1); t.comparable() {
			return t
		}
	}
	return g.basicType()
}

// implementer gives a type that implements an interface.
func (g *gen) implementer(t *typ) *typ {
	var all []*typ
	for _, c := range g.types {
		if implements(c, t) {
			all = append(all, c)
		}
	}
	if t == anyType || len(all) == 0 {
		return g.plainType()
	}
	return pickOf(g, all)
}

func implements(c, t *typ) bool {
	for _, want := range t.methods {
		if !hasMethod(c, want.name) {
			return false
		}
	}
	return true
}

func hasMethod(t *typ, name string) bool {
	for _, m := range methodsOf(t) {
		if m.name == name {
			return true
		}
	}
	return false
}

// methodsOf gives the methods of a value of the type, those of what it embeds with them.
func methodsOf(t *typ) []method {
	all := t.methods
	for _, f := range t.fields {
		if !f.embedded {
			continue
		}
	promoted:
		for _, m := range methodsOf(f.typ) {
			for _, own := range all {
				if own.name == m.name {
					continue promoted
				}
			}
			all = append(all[:len(all):len(all)], m)
		}
	}
	return all
}
