package differ

import (
	"strings"
)

func (g *gen) nested(depth int) {
	if depth <= 1 {
		return
	}
	g.w("{")
	g.inner(depth)
	g.w("}")
}

func (g *gen) ifStmt(depth int) {
	if depth <= 0 {
		return
	}
	mark := len(g.scope)
	if g.chance(25) {
		t := g.basicType()
		v := g.name("v")
		g.w("if $1 := $2; $3 {", v, g.value(t, 2), g.about(v, t))
		g.scope = append(g.scope, variable{v, t, writable})
	} else {
		g.w("if $1 {", g.expr(boolType, 2))
	}
	g.inner(depth)
	for range g.IntN(2) {
		g.w("} else if $1 {", g.expr(boolType, 2))
		g.inner(depth)
	}
	if g.chance(50) {
		g.w("} else {")
		g.inner(depth)
	}
	g.w("}")
	g.scope = g.scope[:mark]
}

// about gives a condition that reads the variable v.
func (g *gen) about(v string, t *typ) string {
	if t.kind == boolKind {
		return v + " && " + g.expr(boolType, 1)
	}
	if t.kind.complex() {
		return fill("$1 != $2", v, g.literal(t))
	}
	return fill("$1 $2 $3", v, g.oneOf("<", ">", "==", "<=", "!="), g.literal(t))
}

// loop writes a loop around a body, with a label or without. The head may end with the first line of the body.
func (g *gen) loop(head string, depth int, counter ...variable) {
	label := ""
	if g.chance(40) {
		label = g.name("L")
	}
	// Whether the label is used is known only when the body is written.
	before := g.body.String()
	g.body.Reset()
	mark := len(g.scope)
	g.scope = append(g.scope, counter...)
	g.loops = append(g.loops, label)
	if strings.HasPrefix(head, "for ") && !strings.Contains(head, "{\n") {
		head += " {"
	}
	g.w(head)
	for _, c := range counter {
		g.w("_ = $1", c.name)
	}
	g.inner(depth)
	g.w("}")
	g.loops = g.loops[:len(g.loops)-1]
	g.scope = g.scope[:mark]
	text := g.body.String()
	g.body.Reset()
	g.body.WriteString(before)
	if label != "" && (strings.Contains(text, "break "+label+"\n") || strings.Contains(text, "continue "+label+"\n")) {
		g.w("$1:", label)
	}
	g.body.WriteString(text)
}

func (g *gen) forStmt(depth int) {
	if depth <= 0 {
		return
	}
	i := g.name("i")
	t := g.integerType()
	counter := variable{i, t, readOnly}
	switch g.IntN(5) {
	case 0:
		g.w("$1 := 0", i)
		g.scope = append(g.scope, variable{i, intType, readOnly})
		g.loop(fill("for $1 < $2 && $3 {\n$1++", i, g.between(1, 6), g.expr(boolType, 1)), depth)
	case 1:
		g.loop(fill("for $1 := $2($3); $1 > 0; $1 $4", i, t, g.between(1, 40), g.oneOf("/= 2", ">>= 1", "/= 3", "&= "+i+" - 1")), depth, counter)
	case 2:
		g.loop(fill("for $1 := range $2($3)", i, t, g.between(1, 5)), depth, counter)
	case 3:
		j := g.name("i")
		g.loop(fill("for $1, $2 := $3(0), $4; $1 < 5; $1, $2 = $1+1, $5", i, j, t, g.value(floatType, 1), g.expr(floatType, 1)), depth,
			counter, variable{j, floatType, writable})
	default:
		g.loop(fill("for $1 := $2(0); $1 < $3; $1++", i, t, g.between(1, 6)), depth, counter)
	}
}

func (g *gen) rangeStmt(depth int) {
	if depth <= 0 {
		return
	}
	k, v := g.name("k"), g.name("v")
	key := variable{k, intType, readOnly}
	e := g.valueType(1)
	use := writable
	if e.shared() {
		use = readOnly
	}
	elem := variable{v, e, use}
	switch g.IntN(7) {
	case 0:
		g.loop(fill("for $1, $2 := range $3", k, v, g.value(stringType, 1)), depth, key, variable{v, basics[int32Kind], writable})
	case 1:
		t := arrayOf(g.between(1, 4), e)
		x := g.value(t, 1)
		if p := g.path(t); p != "" {
			x = p
			if g.chance(30) && !strings.ContainsAny(p, "([") {
				x = "&" + p
			}
		}
		if strings.HasSuffix(x, "}") {
			x = "(" + x + ")"
		}
		g.loop(fill("for $1, $2 := range $3", k, v, x), depth, key, elem)
	case 2:
		m := mapOf(g.oneOfTypes(intType, stringType, basics[uint16Kind]), e)
		x := g.variable(m, writable)
		g.loop(fill("for _, $1 := range sorted($2)", k, x), depth, variable{k, m.key, readOnly})
	case 3:
		n := g.between(1, 4)
		f := g.name("each")
		g.w("$1 := func(yield func(int, $2) bool) { for i := range $3 { if !yield(i, $4) { return } } }", f, e, n, g.value(e, 1))
		g.loop(fill("for $1, $2 := range $3", k, v, f), depth, key, elem)
	default:
		for _, s := range g.scope {
			if s.typ.kind == sliceKind && g.chance(60) {
				elem.typ = s.typ.elem
				if elem.typ.shared() {
					elem.use = readOnly
				}
				g.loop(fill("for $1, $2 := range $3", k, v, s.name), depth, key, elem)
				return
			}
		}
		g.loop(fill("for $1, $2 := range ($3)", k, v, g.composite(sliceOf(e), func(t *typ) string { return g.value(t, 1) })), depth, key, elem)
	}
}

// leave writes a way out of what is around, on a condition.
func (g *gen) leave(depth int) {
	condition := g.expr(boolType, 2)
	label := ""
	if len(g.loops) > 0 {
		label = pickOf(g, g.loops)
	}
	switch n := g.IntN(4); {
	case len(g.loops) > 0 && n < 3:
		g.w("if $1 {\n$2 $3\n}", condition, g.oneOf("break", "continue"), label)
	case depth < 3:
		g.w("if $1 {\n$2\n}", condition, g.returned())
	}
}

func (g *gen) switchStmt(depth int) {
	if depth <= 0 {
		return
	}
	t := g.basicType()
	tagless := g.chance(30) || t.kind.complex() || t.kind == boolKind
	if tagless {
		g.w("switch {")
	} else if v := g.name("v"); g.chance(30) {
		g.w("switch $1 := $2; $1 {", v, g.expr(t, 2))
	} else {
		g.w("switch $1 {", g.expr(t, 2))
	}
	n, last := g.between(1, 4), -1
	if g.chance(60) {
		last = g.IntN(n + 1)
	}
	for i := range n + 1 {
		switch {
		case i == last:
			g.w("default:")
		case i == n:
			continue
		case tagless:
			g.w("case $1:", g.expr(boolType, 2))
		case t.kind == stringKind:
			g.w("case $1:", []string{`"a", "go"`, `""`, g.expr(t, 1), `"日本語"`}[i])
		case t.kind.float():
			g.w("case $1:", g.expr(t, 1))
		default:
			g.w("case $1, $2:", i*2, i*2+1)
		}
		g.inner(depth)
		if i < n-1 && g.chance(25) {
			g.w("fallthrough")
		}
	}
	g.w("}")
}

func (g *gen) typeSwitch(depth int) {
	if depth <= 0 {
		return
	}
	v := g.name("v")
	g.w("switch $1 := $2.(type) {", v, g.expr(anyType, 2))
	seen := map[string]bool{}
	mark := len(g.scope)
	for range g.between(1, 4) {
		t := g.valueType(1)
		if t == anyType || seen[t.String()] {
			continue
		}
		seen[t.String()] = true
		if u := g.valueType(0); g.chance(30) && u != anyType && !seen[u.String()] {
			seen[u.String()] = true
			g.w("case $1, $2:", t, u)
			g.w("_ = $1", v)
			g.inner(depth)
			continue
		}
		g.w("case $1:", t)
		g.w("_ = $1", v)
		use := writable
		if t.shared() {
			use = readOnly
		}
		g.scope = append(g.scope, variable{v, t, use})
		g.inner(depth)
		g.scope = g.scope[:mark]
	}
	if len(g.ifaces) > 0 && g.chance(40) {
		g.w("case $1:", pickOf(g, g.ifaces))
	}
	g.w("default: _ = $1\n}", v)
}

func (g *gen) gotoLoop(depth int) {
	if depth <= 0 {
		return
	}
	i, label := g.name("i"), g.name("L")
	g.w("$1 := 0\n$2:\nif $1 < $3 {\n$1++", i, label, g.between(1, 4))
	mark := len(g.scope)
	g.scope = append(g.scope, variable{i, intType, readOnly})
	g.inner(depth)
	g.scope = g.scope[:mark]
	g.w("if $1 {\ngoto $2\n}\n}", g.expr(boolType, 1), label)
	g.scope = append(g.scope, variable{i, intType, writable})
}

// closure writes a function which changes what is around it, and calls it.
func (g *gen) closure(depth int) {
	if depth <= 0 {
		return
	}
	f := function{name: g.name("c"), results: []*typ{g.valueType(1)}}
	for range g.IntN(3) {
		f.params = append(f.params, g.valueType(1))
	}
	mark, fn, loops := len(g.scope), g.fn, g.loops
	g.fn, g.loops = &f, nil
	g.w("$1 := func($2) $3 {", f.name, g.params(f.params), f.results[0])
	if !g.quiet {
		g.w("tick()")
	}
	g.inner(min(depth, 2))
	g.w("$1 }", g.returned())
	g.scope, g.fn, g.loops = g.scope[:mark], fn, loops
	for range g.between(1, 2) {
		y := g.name("y")
		g.w("$1 := $2($3)", y, f.name, g.args(f.params, 1))
		g.w("_ = $1", y)
		g.scope = append(g.scope, variable{y, f.results[0], readOnly})
	}
}

// pointer takes the address of a variable.
func (g *gen) pointer(int) {
	for range 6 {
		if len(g.scope) == 0 {
			return
		}
		v := pickOf(g, g.scope)
		if v.use != writable || v.typ.kind.reference() || v.typ.shared() {
			continue
		}
		p := g.name("p")
		g.w("$1 := &$2\n_ = $1", p, v.name)
		g.scope = append(g.scope, variable{p, pointerTo(v.typ), writable})
		return
	}
}

// deferred writes calls that are made when the function ends and which change its named results.
func (g *gen) deferred() {
	for range g.between(1, 2) {
		if g.chance(30) {
			if len(g.scope) > 0 {
				v := pickOf(g, g.scope)
				if v.typ.kind != funcKind && v.typ.kind != pointerKind {
					g.w(`defer fmt.Println("deferred", $1)`, v.name)
				}
			}
			continue
		}
		g.w("defer func() {")
		mark, fn := len(g.scope), g.fn
		g.fn = &function{}
		if g.chance(40) {
			g.w(`if r := recover(); r != nil { fmt.Println("recovered", r) }`)
		}
		for range g.between(1, 3) {
			g.assign(1)
		}
		g.w("}()")
		g.scope, g.fn = g.scope[:mark], fn
	}
}

// risk writes something that may panic, alone, and prints what comes of it.
func (g *gen) risk(int) {
	if g.quiet {
		return
	}
	i, j := g.name("i"), g.name("j")
	g.w("$1, $2 := int(int8($3)) % 7, int(int8($4)) % 7", i, j, g.expr(intType, 1), g.expr(intType, 1))
	e := g.basicType()
	x := g.name("x")
	var do string
	switch g.IntN(8) {
	case 0:
		do = fill("s := $1\nfmt.Println(s[$2])", g.value(sliceOf(e), 1), i)
	case 1:
		do = fill("s := $1\nfmt.Println(s[$2:$3])", g.oneOf(g.value(sliceOf(e), 1), g.value(stringType, 1)), i, j)
	case 2:
		do = fill("a := $1\nfmt.Println(a[$2])", g.value(arrayOf(4, e), 1), i)
	case 3:
		t := g.integerType()
		do = fill("fmt.Println($1($2) $3 $1($4))", t, i, g.oneOf("/", "%"), j)
	case 4:
		do = fill("var m map[int]$1\nif $2 > 0 { m = make(map[int]$1) }\nm[$3] = $4\nfmt.Println(m)", e, i, j, g.literal(e))
	case 5:
		do = fill("fmt.Println($1.($2))", g.value(anyType, 1), g.oneOf(e.String(), g.valueType(1).String(), "fmt.Stringer", "error"))
	case 6:
		t := &typ{kind: structKind, fields: g.members(2, 0)}
		do = fill("var p *$1\nif $2 > 0 { p = &$1{} }\nfmt.Println(p.$3)", t, i, t.fields[g.IntN(2)].name)
	case 7:
		do = fill("fmt.Println(int64($2) << $1)", i, j)
	}
	g.w("catch(\"$1\", func() {\n_, _ = $2, $3\n$4\n})", x, i, j, do)
}
