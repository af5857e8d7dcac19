package differ

import (
	"fmt"
	"strings"
)

// variable is one that can be read where it is in scope.
type variable struct {
	name string
	typ  *typ
	use  use
}

// use is what may be done with a variable besides reading it.
type use int

const (
	readOnly use = iota // a parameter that shares, the counter of a loop
	writable            // it may be assigned to
	owned               // a slice of which nobody else has a part: append may move it
	nonEmpty            // a slice that keeps the length of size, and is assigned to by element only
)

// value gives an expression of the type, a constant or not.
func (g *gen) value(t *typ, depth int) string {
	if g.chance(25) || depth <= 0 && g.chance(50) {
		return g.literal(t)
	}
	return g.expr(t, depth)
}

// expr gives an expression of the type which is not constant, cannot panic and changes nothing.
func (g *gen) expr(t *typ, depth int) string {
	if depth <= 0 {
		return g.leaf(t)
	}
	switch g.IntN(8) {
	case 0:
		return g.leaf(t)
	case 1:
		if call := g.callOf(t, depth-1); call != "" {
			return call
		}
	case 2:
		if !t.kind.reference() {
			return fill("choose[$1]($2, $3, $4)", t, g.expr(boolType, depth-1), g.value(t, depth-1), g.value(t, depth-1))
		}
	case 3:
		if g.chance(30) {
			return fill("func() $1 { return $2 }()", t, g.value(t, depth-1))
		}
	}
	switch {
	case t.kind == boolKind:
		return g.condition(t, depth)
	case t.kind.integer():
		return g.integerExpr(t, depth)
	case t.kind.float():
		return g.floatExpr(t, depth)
	case t.kind.complex():
		return g.complexExpr(t, depth)
	case t.kind == stringKind:
		return g.stringExpr(t, depth)
	case t.kind == interfaceKind && t != errorType:
		return fill("$1($2)", t, g.value(g.implementer(t), depth-1))
	case t.kind == sliceKind && g.chance(40):
		if p := g.path(t); p != "" {
			return fill("append($1(nil), $2...)", t, p)
		}
	case t.kind == funcKind, t == errorType:
		return g.leaf(t)
	}
	return g.composite(t, func(e *typ) string { return g.value(e, depth-1) })
}

// leaf gives a variable or a part of one, or where there is none of the type, a constant that the compiler cannot see.
func (g *gen) leaf(t *typ) string {
	if t.kind == sliceKind {
		if p := g.path(t); p != "" {
			// Never a second holder of the same elements.
			return fill("append($1(nil), $2...)", t, p)
		}
	} else if p := g.path(t); p != "" && t.kind != mapKind {
		return p
	}
	if t.kind == funcKind {
		return g.funcLiteral(t)
	}
	return fill("id[$1]($2)", t, g.literal(t))
}

// path gives a part of a variable that has the type, or "".
func (g *gen) path(t *typ) string {
	var found []string
	for _, v := range g.scope {
		found = g.paths(found, v.name, v.typ, t, v.use == nonEmpty, 3)
	}
	if len(found) == 0 {
		return ""
	}
	if g.chance(50) {
		return found[len(found)-1-g.IntN(min(len(found), 4))]
	}
	return pickOf(g, found)
}

// paths adds to found the parts of the expression x, of the type t, that have the type want.
func (g *gen) paths(found []string, x string, t, want *typ, filled bool, depth int) []string {
	if same(t, want) {
		return append(found, x)
	}
	if depth == 0 {
		return found
	}
	switch t.kind {
	case structKind:
		for _, f := range t.fields {
			found = g.paths(found, x+"."+f.name, f.typ, want, false, depth-1)
		}
	case arrayKind:
		found = g.paths(found, fmt.Sprintf("%s[%s]", x, g.index(t.size)), t.elem, want, false, depth-1)
	case sliceKind:
		if filled && t.size > 0 {
			found = g.paths(found, fmt.Sprintf("%s[%s]", x, g.index(t.size)), t.elem, want, false, depth-1)
		} else {
			found = g.paths(found, fmt.Sprintf("at(%s, %s)", x, g.someInt()), t.elem, want, false, depth-1)
		}
	case mapKind:
		found = g.paths(found, fmt.Sprintf("%s[%s]", x, g.literal(t.key)), t.elem, want, false, depth-1)
	case pointerKind:
		if t.elem.kind == structKind && !same(t.elem, want) {
			for _, f := range t.elem.fields {
				found = g.paths(found, x+"."+f.name, f.typ, want, false, depth-1)
			}
			break
		}
		found = g.paths(found, "(*"+x+")", t.elem, want, false, depth-1)
	}
	return found
}

// index gives an index below n: a constant, or a variable brought into the range.
func (g *gen) index(n int) string {
	if v := g.integerVariable(); v != "" && g.chance(60) {
		if n&(n-1) == 0 && n > 1 && g.chance(50) {
			return fill("$1 & $2", v, n-1)
		}
		return fill("uint($1) % $2", v, n)
	}
	return fmt.Sprint(g.IntN(n))
}

func (g *gen) integerVariable() string {
	var names []string
	for _, v := range g.scope {
		// n&(n-1) of an 8-bit integer takes every mask up to 127.
		if v.typ.kind.integer() && v.typ.name == "" {
			names = append(names, v.name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return pickOf(g, names)
}

func (g *gen) someInt() string {
	for _, v := range g.scope {
		if v.typ == intType && g.chance(50) {
			return v.name
		}
	}
	return fmt.Sprint(g.IntN(5))
}

// callOf gives a call that returns the type: of a function, a method or a closure. It gives "" where there is none.
func (g *gen) callOf(t *typ, depth int) string {
	type callee struct {
		text   string
		params []*typ
	}
	var found []callee
	for _, f := range g.funcs {
		if len(f.results) == 1 && same(f.results[0], t) && (f.quiet || !g.quiet) {
			found = append(found, callee{f.name, f.params})
		}
	}
	for _, v := range g.scope {
		on := v.typ
		if on.kind == pointerKind {
			on = on.elem
		}
		for _, m := range methodsOf(on) {
			if same(m.result, t) && !g.quiet {
				found = append(found, callee{v.name + "." + m.name, m.params})
			}
		}
	}
	if len(found) == 0 {
		return ""
	}
	c := pickOf(g, found)
	return fill("$1($2)", c.text, g.args(c.params, depth))
}

func (g *gen) args(params []*typ, depth int) string {
	args := make([]string, len(params))
	for i, p := range params {
		args[i] = g.value(p, depth)
	}
	return strings.Join(args, ", ")
}

// funcLiteral gives a closure that computes one expression.
func (g *gen) funcLiteral(t *typ) string {
	mark := len(g.scope)
	defer func() { g.scope = g.scope[:mark] }()
	params := make([]string, len(t.params))
	for i, p := range t.params {
		params[i] = g.name("p") + " " + p.String()
		g.scope = append(g.scope, variable{strings.Fields(params[i])[0], p, readOnly})
	}
	return fill("func($1) $2 { return $3 }", strings.Join(params, ", "), t.elem, g.value(t.elem, 1))
}
