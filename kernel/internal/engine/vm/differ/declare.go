package differ

import "strings"

// vocabulary are the methods of the program's interfaces; types may implement them.
func (g *gen) vocabulary() []method {
	names := []string{"Mix", "Fold", "Weigh"}
	all := make([]method, len(names))
	for i, name := range names {
		all[i] = method{name: name, result: g.basicType()}
		for range g.IntN(3) {
			all[i].params = append(all[i].params, g.basicType())
		}
	}
	return all
}

// declareTypes writes the named types of the program, their methods and the interfaces which they implement.
func (g *gen) declareTypes() {
	words := g.vocabulary()
	for range g.between(2, 5) {
		t := &typ{name: g.name("T")}
		switch n := g.IntN(10); {
		case n < 5:
			t.kind = structKind
			t.fields = g.members(g.between(1, 4), 1)
			if len(g.types) > 0 && g.chance(50) {
				e := pickOf(g, g.types)
				t.fields = append(t.fields, member{name: e.name, typ: e, embedded: true})
			}
		case n < 8:
			t.kind = g.basicType().kind
		case n == 8:
			t.kind, t.size, t.elem = arrayKind, g.between(1, 4), g.valueType(1)
		default:
			t.kind, t.elem = sliceKind, g.valueType(1)
		}
		g.w("type $1 $2", t, t.literal())
		g.flush()
		g.types = append(g.types, t)
		for _, m := range words {
			if g.chance(60) {
				g.declareMethod(t, m)
			}
		}
		if g.chance(35) {
			g.declareString(t)
		}
	}
	for range g.between(1, 2) {
		t := &typ{kind: interfaceKind, name: g.name("I")}
		m := pickOf(g, words)
		t.methods = []method{m}
		g.w("type $1 interface { $2($3) $4 }", t, m.name, list(m.params), m.result)
		g.flush()
		g.ifaces = append(g.ifaces, t)
	}
}

func (g *gen) declareMethod(t *typ, m method) {
	r := g.name("r")
	g.scope = []variable{{r, t, readOnly}}
	params := g.params(m.params)
	g.w("func ($1 $2) $3($4) $5 { tick()", r, t, m.name, params, m.result)
	g.w("return $1 }", g.value(m.result, 2))
	g.flush()
	g.scope = nil
	t.methods = append(t.methods, m)
}

// declareString gives the type the method that package fmt prints it with. It must not print the receiver itself.
func (g *gen) declareString(t *typ) {
	name := g.oneOf("String", "String", "Error", "GoString")
	var size string
	switch {
	case t.kind == structKind:
		size = fill("$1", len(t.fields))
	case t.kind == sliceKind || t.kind == arrayKind || t.kind == stringKind:
		size = "len(r)"
	case t.kind == boolKind:
		size = "!bool(r)"
	default:
		size = "r + 1"
		if t.kind.integer() {
			size = fill("$1(r) ^ 1", kindNames[t.kind])
		} else if t.kind.numeric() {
			size = fill("$1(r)", kindNames[t.kind])
		}
	}
	g.w(`func (r $1) $2() string { return fmt.Sprint("<$1 ", $3, ">") }`, t, name, size)
	g.flush()
}

// params writes parameters and brings them into scope. Those which share something with the caller are only read, so
// that a call changes nothing.
func (g *gen) params(types []*typ) string {
	var texts []string
	for _, t := range types {
		p := g.name("a")
		use := writable
		if t.shared() {
			use = readOnly
		}
		g.scope = append(g.scope, variable{p, t, use})
		texts = append(texts, p+" "+t.String())
	}
	return strings.Join(texts, ", ")
}

// soupFunc writes a function of statements of every sort and lets the rest of the program call it.
func (g *gen) soupFunc() {
	f := function{name: g.name("f")}
	for range g.IntN(5) {
		f.params = append(f.params, g.valueType(1))
	}
	for range g.between(1, 2) + g.IntN(2)*g.IntN(2) {
		f.results = append(f.results, g.valueType(1))
	}
	g.scope = nil
	params := g.params(f.params)
	named := g.chance(40)
	var results []string
	for _, t := range f.results {
		if named {
			r := g.name("q")
			results = append(results, r+" "+t.String())
			use := writable
			if t.kind == mapKind {
				use = readOnly // it is nil
			}
			g.scope = append(g.scope, variable{r, t, use})
		} else {
			results = append(results, t.String())
		}
	}
	g.fn, g.lines = &f, 14
	g.w("func $1($2) ($3) {", f.name, params, strings.Join(results, ", "))
	g.w("tick()")
	if named && g.chance(70) {
		g.deferred()
	}
	g.block(3)
	g.w("$1 }", g.returned())
	g.flush()
	g.fn, g.scope = nil, nil
	g.funcs = append(g.funcs, f)
}

// returned gives a return statement of the function being written.
func (g *gen) returned() string {
	if g.fn == nil {
		return "return"
	}
	values := make([]string, len(g.fn.results))
	for i, t := range g.fn.results {
		values[i] = g.value(t, 2)
	}
	return "return " + strings.Join(values, ", ")
}

// soup writes a scene of statements of every sort.
func (g *gen) soup() {
	g.scene("soup", func() {
		g.lines = 20
		for range g.between(3, 6) {
			g.declare(0)
		}
		g.block(4)
		for _, v := range g.scope {
			if v.typ.kind != funcKind && v.typ.kind != pointerKind {
				g.w(`fmt.Println("$1", $1)`, v.name)
			}
		}
	})
}
