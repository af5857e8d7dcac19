package differ

// places assigns to structs and arrays what is computed from themselves, through every sort of place.
func (g *gen) places() {
	e, f := g.basicType(), g.valueType(1)
	in, t := g.name("In"), g.name("At")
	g.w("type $1 struct {\na, b $2\nn int\n}\ntype $3 struct {\nx, y $1\narr [3]$1\nf $4\nk [4]$2\n}", in, e, t, f)
	g.w("func turn$1(p $1) $1 {\np.x, p.y = p.y, p.x\np.arr[0], p.arr[2] = p.arr[2], p.arr[0]\nreturn p\n}\nfunc (p $1) with(n int) $1 { p.x.n = n; p.arr[n&1].n--; return p }\nfunc (p *$1) at(i int) *$2 {\nif i > 2 {\nreturn &p.y\n}\nreturn &p.arr[i]\n}\nfunc two$1(p $1) ($1, $2) { p.y.n = 7; return p, p.y }", t, in)
	g.flush()
	g.scene("places", func() {
		g.w("v := $1{x: $2{$3, $4, 1}, y: $2{n: 2}, k: [4]$5{$6}}\nw := v\nw.x.n, w.arr[1].n = 10, 11\ni := $7\nvar p, q *$1 = &v, new($1)\n_, _, _, _ = w, i, p, q\nshow := func(s string) { fmt.Println(s, v.x, v.y, v.arr, v.k, w.x.n, w.y.n, w.arr[i%3].n) }",
			t, in, g.literal(e), g.value(e, 1), e, g.parts(4, e, func(t *typ) string { return g.value(t, 1) }), g.IntN(4))
		for range g.between(6, 12) {
			g.w("{\n"+g.oneOf(
				"v.x = $1{v.x.b, v.x.a, v.x.n + 1}",
				"v = $2{x: v.y, y: v.x, arr: v.arr, f: v.f, k: v.k}",
				"v = $2{x: v.arr[1], arr: [3]$1{v.x, v.y, v.arr[0]}, k: v.k}",
				"v.arr = [3]$1{v.arr[2], v.arr[0], v.arr[1]}",
				"v.k = [4]$3{v.k[3], v.k[i&3], v.k[0]}",
				"v.x, v.y = v.y, v.x",
				"v.x, v.y, v.arr[i%3] = v.y, v.arr[i%3], v.x",
				"v, w = w, v",
				"v, w = w.with(i), turn$2(v)",
				"v = turn$2(turn$2(v))\nw = v.with(3).with(4)",
				"*p = $2{x: p.y, y: $1{p.x.b, p.x.a, p.arr[0].n}, arr: p.arr}",
				"p.x, *q = q.x, *p\nq.y.n++",
				"*p, *q = *q, *p\nv.x.n += 3",
				"p, q = q, p\np.arr[i%3].n += i",
				"*p.at(i) = $1{p.at(0).b, p.at(2).a, p.at(i).n + 5}",
				"*p.at(0), *p.at(1) = *p.at(1), *p.at(0)",
				"for j, x := range v.arr {\nx.n += j\nv.arr[2-j] = x\n}",
				"for j := range v.arr {\nv.arr[j], v.arr[(j+1)%3] = v.arr[(j+1)%3], v.arr[j]\nv.arr[j].n *= 2\n}",
				"x, y := v.x, v.y\nfor j := 0; j < i+1; j++ {\nx, y = y, $1{x.b, y.a, x.n + j}\n}\nv.x, v.y = x, y",
				"a := v.arr\nfor j := 0; j < 5; j++ {\na = [3]$1{a[1], a[2], $1{n: a[0].n + j}}\nif j == i {\nv.arr = a\n}\n}\nw.arr = a",
				"a, b := v, w\nif i > 1 {\na = b\n}\na.x.n = 100\nb.x.n = 200\nv, w = b, a",
				"c := func() { v.x.n++; v.arr[1].a = v.arr[0].b }\nc()\nold := v\nc()\nw = old",
				"func(v $2) {\nv.x.n = -1\nw.y = v.x\n}(v)",
				"v, v.y = two$2(v)\nv.arr[1] = v.y",
				"var s any = v\nv.x.n = 50\nw = s.($2)",
				"s := []$2{v, w}\ns[0], s[1] = s[1], s[0]\ns[0].arr[i%3].n--\nv, w = s[1], s[0]",
				"m := map[string]$2{\"v\": v}\nx := m[\"v\"]\nx.y.n = 9\nm[\"w\"] = x\nv, w = m[\"w\"], m[\"v\"]",
				"c := make(chan $2, 1)\nc <- v\nv.x.n = 77\nw = <-c",
				"j := 0\nj, v.arr[j].n = 2, j+40\nv.arr[j].n, j = j, 0",
				"switch x := v.arr[i%3]; {\ncase x.n > 5:\nx.n = 0\nv.arr[i%3] = x\ndefault:\nv.arr[i%3].n += 6\nw.x = x\n}",
				"defer func(x $2, y *$2) { fmt.Println(\"deferred\", x.x.n, y.x.n) }(v, p)\nv.x.n++",
				"t := struct {\n$2\nextra [2]$3\n}{v, [2]$3{v.k[1]}}\nt.x, t.extra[1] = t.y, t.extra[0]\nv = t.$2",
				"for v.x.n < 6 {\nv.x.n, v.y.n = v.x.n+2, v.x.n\nif v.y.n == 3 {\ncontinue\n}\nv.arr[0] = v.x\n}",
			)+"\nshow(\"$4\")\n}", in, t, e, g.name("s"))
		}
		g.w("fmt.Println(v.f, i)")
	})
}
