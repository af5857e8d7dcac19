package differ

import (
	"fmt"
	"strings"
)

// statements are what a block is made of, the frequent ones several times.
var statements []func(*gen, int)

func init() {
	statements = []func(*gen, int){
		(*gen).declare, (*gen).declare, (*gen).declare, (*gen).declare,
		(*gen).assign, (*gen).assign, (*gen).assign, (*gen).assign,
		(*gen).assignSeveral, (*gen).assignSeveral, (*gen).rotate,
		(*gen).ifStmt, (*gen).ifStmt, (*gen).forStmt, (*gen).forStmt, (*gen).rangeStmt, (*gen).rangeStmt,
		(*gen).switchStmt, (*gen).typeSwitch, (*gen).leave, (*gen).print, (*gen).print,
		(*gen).closure, (*gen).pointer, (*gen).elements, (*gen).elements, (*gen).gotoLoop, (*gen).risk, (*gen).nested,
	}
}

// block writes some statements; what they declare is gone after it.
func (g *gen) block(depth int) {
	mark := len(g.scope)
	for range g.between(2, 6) {
		if g.lines--; g.lines < 0 {
			break
		}
		pickOf(g, statements)(g, depth)
	}
	if depth < 3 {
		g.scope = g.scope[:mark]
	}
}

// inner writes a block in braces, one level down.
func (g *gen) inner(depth int) {
	mark := len(g.scope)
	g.block(min(depth, 3) - 1)
	g.scope = g.scope[:mark]
}

// variable declares a variable and brings it into scope.
func (g *gen) variable(t *typ, use use) string {
	v := g.name("v")
	switch {
	case t.kind == sliceKind && use == nonEmpty:
		t = sliceOf(t.elem)
		t.size = g.between(1, 5)
		g.w("$1 := $2{$3}", v, t, g.parts(t.size, t.elem, func(e *typ) string { return g.value(e, 1) }))
	case t.kind == mapKind:
		g.w("$1 := $2", v, g.composite(t, func(e *typ) string { return g.value(e, 1) }))
	case g.chance(15) && use != owned && t.kind != pointerKind && t.kind != funcKind:
		g.w("var $1 $2", v, t)
	case g.chance(30):
		g.w("var $1 $2 = $3", v, t, g.value(t, 2))
	default:
		g.w("$1 := $2", v, g.value(t, 2))
	}
	g.w("_ = $1", v)
	g.scope = append(g.scope, variable{v, t, use})
	return v
}

func (g *gen) declare(int) {
	t := g.valueType(2)
	use := writable
	if t.kind == sliceKind {
		use = owned
		if t.name == "" && g.chance(60) {
			use = nonEmpty
		}
	}
	g.variable(t, use)
}

// target gives something that can be assigned to, its type, and whether it is a variable as a whole.
func (g *gen) target() (string, *typ, bool) {
	var candidates []variable
	for _, v := range g.scope {
		if v.use != readOnly && v.typ.kind != funcKind {
			candidates = append(candidates, v)
		}
	}
	if len(candidates) == 0 {
		t := g.basicType()
		return g.variable(t, writable), t, true
	}
	v := pickOf(g, candidates)
	x, t, whole := v.name, v.typ, true
	// Only what no other variable can reach may be changed in part: the way stops at slices and maps inside.
	for {
		switch {
		case t.kind == structKind && len(t.fields) > 0 && g.chance(70):
			f := pickOf(g, t.fields)
			x, t = x+"."+f.name, f.typ
		case t.kind == arrayKind && g.chance(70):
			x, t = fmt.Sprintf("%s[%s]", x, g.index(t.size)), t.elem
		case t.kind == sliceKind && v.use == nonEmpty && whole:
			x, t = fmt.Sprintf("%s[%s]", x, g.index(t.size)), t.elem
		case t.kind == pointerKind && t.elem.kind == structKind && g.chance(70):
			t = &typ{kind: structKind, fields: t.elem.fields}
			f := pickOf(g, t.fields)
			x, t = x+"."+f.name, f.typ
		case t.kind == pointerKind:
			x, t = "*"+x, t.elem
			return x, t, false
		default:
			return x, t, whole
		}
		whole = false
	}
}

func (g *gen) assign(int) {
	x, t, whole := g.target()
	switch {
	case t.kind == mapKind && whole && g.chance(70):
		g.w("$1[$2] = $3", x, g.value(t.key, 1), g.value(t.elem, 2))
	case t.kind == sliceKind && whole && g.chance(70):
		g.w("$1 = append($1, $2)", x, g.parts(g.between(1, 3), t.elem, func(e *typ) string { return g.value(e, 1) }))
	case t.kind.integer() && g.chance(50):
		switch g.IntN(4) {
		case 0:
			g.w("$1$2", x, g.oneOf("++", "--"))
		case 1:
			g.w("$1 $2= $3", x, g.oneOf("<<", ">>"), g.oneOf("1", "9", "70", g.expr(basics[uint8Kind], 1)))
		default:
			g.w("$1 $2= $3", x, g.oneOf("+", "-", "*", "&", "|", "^", "&^"), g.value(t, 2))
		}
	case t.kind.float() && g.chance(40):
		g.w("$1 $2= $3", x, g.oneOf("+", "-", "*"), g.value(t, 2))
	default:
		g.w("$1 = $2", x, g.value(t, 3))
	}
}

// assignSeveral assigns the results of a call, or values, to several new variables.
func (g *gen) assignSeveral(int) {
	if len(g.funcs) > 0 && g.chance(60) && !g.quiet {
		f := pickOf(g, g.funcs)
		var names []string
		args := g.args(f.params, 1)
		for _, t := range f.results {
			v := g.name("v")
			names = append(names, v)
			use := writable
			if t.shared() {
				use = readOnly
			}
			g.scope = append(g.scope, variable{v, t, use})
		}
		g.w("$1 := $2($3)", strings.Join(names, ", "), f.name, args)
		g.w("$1 = $2", strings.Repeat("_, ", len(names)-1)+"_", strings.Join(names, ", "))
		return
	}
	a, b := g.valueType(1), g.valueType(1)
	va, vb := g.value(a, 2), g.value(b, 2)
	x, y := g.name("v"), g.name("v")
	g.w("$1, $2 := $3, $4", x, y, va, vb)
	g.w("_, _ = $1, $2", x, y)
	for _, v := range []variable{{x, a, writable}, {y, b, writable}} {
		if v.typ.shared() {
			v.use = readOnly
		}
		g.scope = append(g.scope, v)
	}
}

// rotate assigns to several places at once what is read from the same places.
func (g *gen) rotate(int) {
	x, t, _ := g.target()
	if t.kind == sliceKind || t.kind == mapKind {
		return
	}
	var places []string
	for _, v := range g.scope {
		if v.use == writable && same(v.typ, t) && v.name != x {
			places = append(places, v.name)
		}
	}
	for len(places) < 2 && !strings.ContainsAny(x, ".[*") {
		places = append(places, g.variable(t, writable))
	}
	if len(places) == 0 {
		return
	}
	places = append(places[:min(len(places), 3)], x)
	values := append(places[1:len(places):len(places)], places[0])
	if g.chance(40) {
		values[g.IntN(len(values))] = g.value(t, 2)
	}
	g.w("$1 = $2", strings.Join(places, ", "), strings.Join(values, ", "))
}

// elements changes what is in a slice, array or map.
func (g *gen) elements(int) {
	for range 5 {
		v := variable{}
		if len(g.scope) > 0 {
			v = pickOf(g, g.scope)
		}
		switch {
		case v.use == nonEmpty:
			g.w("$1[$2], $1[$3] = $1[$3], $1[$2]", v.name, g.index(v.typ.size), g.index(v.typ.size))
		case v.use == owned && v.typ.kind == sliceKind:
			g.w("if len($1) > $2 { $1 = $1[$3] }", v.name, g.between(2, 4), g.oneOf(":2", "1:2", "2:", ":1", "0:0"))
		case v.use == writable && v.typ.kind == mapKind:
			switch g.IntN(4) {
			case 0:
				g.w("delete($1, $2)", v.name, g.value(v.typ.key, 1))
			case 1:
				x, ok := g.name("v"), g.name("ok")
				g.w("$1, $2 := $3[$4]", x, ok, v.name, g.value(v.typ.key, 1))
				g.w("_, _ = $1, $2", x, ok)
				g.scope = append(g.scope, variable{ok, boolType, writable})
			case 2:
				if v.typ.elem.kind.numeric() {
					g.w("$1[$2] $3= $4", v.name, g.literal(v.typ.key), g.oneOf("+", "-"), g.value(v.typ.elem, 1))
				}
			default:
				g.w("for _, k := range sorted($1) { fmt.Println(k, $1[k]) }", v.name)
			}
		default:
			continue
		}
		return
	}
}

func (g *gen) print(int) {
	if g.quiet {
		return
	}
	var args []string
	for range g.between(1, 4) {
		if len(g.scope) > 0 && g.chance(60) {
			if v := pickOf(g, g.scope); v.typ.kind != pointerKind && v.typ.kind != funcKind {
				args = append(args, v.name)
				continue
			}
		}
		args = append(args, g.value(g.valueType(1), 2))
	}
	switch g.IntN(4) {
	case 0:
		g.w(`fmt.Printf("%v %T\n", $1, $1)`, args[0])
	case 1:
		g.w(`fmt.Printf("$1\n", $2)`, strings.Repeat(g.oneOf("%+v ", "%#v ", "%v;", "%q ", "%x ", "%8v|"), len(args)), strings.Join(args, ", "))
	default:
		g.w("fmt.Println($1)", strings.Join(args, ", "))
	}
}
