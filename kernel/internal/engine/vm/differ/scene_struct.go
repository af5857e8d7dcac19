package differ

import "strings"

// structs copies, compares and changes structs, arrays and what they contain.
func (g *gen) structs() {
	inner, outer := g.name("In"), g.name("Out")
	fields := g.members(g.between(1, 3), 1)
	e := g.basicType()
	n := g.between(2, 4)
	g.w("type $1 $2", inner, (&typ{kind: structKind, fields: append(fields, member{name: "N", typ: intType}, member{name: "A", typ: arrayOf(n, e)})}).literal())
	g.w("type $1 struct {\n$2\nIn [2]$2\nP *$2\nM map[string]$2\n$3 string\n}", outer, inner, g.oneOf("Name", "_"))
	g.w("func (x $1) Bump() $1 {\nx.N++\nx.A[$2] = $3\nreturn x\n}", inner, g.IntN(n), g.literal(e))
	g.w("func (x *$1) Set(n int) *$1 {\nx.N += n\nreturn x\n}", inner)
	g.w("func take$1(x $1, y [2]$1, p *$1) (z $1) {\ntick()\nx.N, y[1].N = 10, 11\np.N = 12\nz = x\nx.N = 13\nreturn\n}", inner)
	g.flush()
	g.scene("structs", func() {
		g.w("a := $1{N: $2, A: [$3]$4{$5}}", inner, g.IntN(9), n, e, g.parts(n, e, g.literal))
		g.w("b := a\no := $1{$2: a, P: &b, M: map[string]$2{\"k\": a}}\np := o\n_ = p", outer, inner)
		for range g.between(4, 9) {
			g.w("{\n"+g.oneOf(
				"b.N++\nfmt.Println(a.N, b.N, o.N, p.N, o.P.N)",
				"p.A[$1] = $2\nfmt.Println(o.A == p.A, o.A, p.A)",
				"o.In[1] = o.In[0].Bump()\no.In[0].Set(4).Set($3)\nfmt.Println(o.In[0].N, o.In[1].N)",
				"a = a.Bump().Bump()\nfmt.Println(a.N, a.A, o.$4.N)",
				"p.P.N = $3\nfmt.Println(b.N, o.P.N, o.P == p.P)",
				"c := take$4(a, o.In, &b)\nfmt.Println(a.N, b.N, c.N, o.In[1].N)",
				"x := o.M[\"k\"]\nx.N = 50\nfmt.Println(o.M[\"k\"].N, x.N, p.M[\"none\"].N)\no.M[\"k\"] = x",
				"for i, x := range o.In {\nx.N += 100\no.In[1].N = $3\nfmt.Print(i, x.N, o.In[i].N, \" \")\n}",
				"for i := range p.In {\np.In[i].N += i\np.In[i].A[$1] = a.A[0]\n}\nfmt.Println(p.In[0].N, p.In[1].N, p.In[1].A)",
				"q := &o.In[$3%2]\nq.N = 7\n*q, a = a, *q\nfmt.Println(q.N, a.N, o.In[$3%2].N)",
				"o.Set(3)\n(&p).$4.Set(-1)\nfmt.Println(o.N, p.N, o.Bump().N)",
				"arr := [3][2]$4{1: {a, b}}\nbrr := arr\nbrr[1][0].N = -1\nfmt.Println(arr[1][0].N, brr[1][0].N, len(arr), cap(arr[0][:1]))",
				"s := []$4{a, b, a}\ns[0], s[2] = s[2].Bump(), s[1]\nt := append(s[:1:1], s[1:]...)\nt[1].N = -9\nfmt.Println(s[0].N, s[1].N, s[2].N, t[1].N)",
				"f := a.Bump\na.N = 1000\nfmt.Println(f().N, a.N)",
				"anon := struct {\n$4\nT string\n}{a, \"t\"}\nanon.N *= 2\nfmt.Println(anon.N, anon.Bump().N, anon.T)",
				"copy(o.In[:], p.In[1:])\np.In, o.In = o.In, p.In\nfmt.Println(o.In[0].N, p.In[0].N)",
				"var any1, any2 any = a.A, b.A\nfmt.Println(any1 == any2, any1 == any(a.A), a.A != b.A)",
				"pa := &p.In\nfor i := range pa {\npa[i].N -= 2\n}\nfor _, x := range pa {\nfmt.Print(x.N, \" \")\n}\nfmt.Println(len(pa), p.In[0].N)",
			)+"\n}", g.IntN(n), g.literal(e), g.IntN(20), inner)
		}
		if !strings.Contains((&typ{kind: structKind, fields: fields}).literal(), "any") && comparableFields(fields) {
			g.w("m := map[$1]int{a: 1}\nm[b]++\nm[a]++\nfmt.Println(len(m) > 0, a == b, a == a.Bump(), m[a], any(a) == any(b))", inner)
		}
		g.w("fmt.Printf(\"%v %+v %T\\n\", a, b, o.In)")
	})
}

func comparableFields(fields []member) bool {
	return (&typ{kind: structKind, fields: fields}).comparable()
}

// slicesWork shares, copies and grows slices whose room is known.
func (g *gen) slicesWork() {
	e := g.valueType(1)
	lit := func(t *typ) string { return g.value(t, 1) }
	g.scene("slices", func() {
		g.w("base := make([]$1, $2, 10)", e, g.between(3, 6))
		g.w("for i := range base {\nbase[i] = []$1{$2}[i%3]\n}", e, g.parts(3, e, lit))
		g.w("var none []$1\nempty := []$1{}\nfmt.Println(none == nil, empty == nil, len(none), cap(empty), none, len(append(none, empty...)))", e)
		for range g.between(4, 8) {
			g.w("{\n"+g.oneOf(
				"a := base[1:2]\na = append(a, $1)\nfmt.Println(base, len(a), cap(a))",
				"a := base[:2:2]\na = append(a, $1)\na[0] = $2\nfmt.Println(base, a)",
				"copy(base[1:], base)\nfmt.Println(base)",
				"copy(base, base[1:])\nfmt.Println(base, copy(base, none))",
				"p := (*[2]$3)(base[1:])\np[1] = $1\nq := [2]$3(base)\nq[0] = $2\nfmt.Println(base, *p, q, len(p))",
				"base = slices.Insert(slices.Clone(base), 1, $1)\nfmt.Println(base, len(base))",
				"base = append(base[:1], base[2:]...)\nbase = append(base, $1, $2)\nfmt.Println(base)",
				"clear(base[$4:])\nfmt.Println(base)",
				"for i, x := range base {\nif i == 0 {\nbase = append(base, x)\n}\nif i < len(base)-1 {\nbase[i+1] = x\n}\n}\nfmt.Println(base)\nbase = base[:3]",
				"rows := make([][]$3, 3)\nfor i := range rows {\nrows[i] = base[i : i+1]\n}\nrows[1][0], rows[0] = rows[2][0], rows[1]\nfmt.Println(rows, base)",
				"i, j := 0, len(base)-1\nfor i < j {\nbase[i], base[j] = base[j], base[i]\ni, j = i+1, j-1\n}\nfmt.Println(base)",
				"catch(\"grow\", func() {\nn := $4\nfmt.Println(len(base[:cap(base)]) >= 3, base[n:][:1], base[len(base)+n:])\n})",
				"catch(\"three\", func() {\nn := $4\nfmt.Println(base[n : n+1 : n])\n})",
				"catch(\"array\", func() {\nfmt.Println(len([4]$3(base[:$4])))\n})",
				"arr := [...]$3{$1, 3: $2}\ns := arr[:]\ns[1] = $1\nfmt.Println(arr, len(arr), s[1:$4+1])",
				"func(xs ...$3) {\nif len(xs) > 0 {\nxs[0] = $1\n}\nfmt.Println(len(xs), xs == nil)\n}(base[:$4]...)\nfmt.Println(base)",
				"n := uint8(len(base) - 1)\nbase[n] = $1\nbase[n-1], base[0] = base[0], $2\nfmt.Println(base[n], base[int8(n)-1], base[uint64(0)])",
			)+"\n}", g.value(e, 1), g.value(e, 1), e, g.IntN(4))
		}
	})
}

// mapsWork fills, reads, walks and empties maps with keys of every sort.
func (g *gen) mapsWork() {
	k, e := g.keyType(), g.valueType(1)
	g.scene("maps", func() {
		g.w("keys := []$1{$2}", k, g.parts(5, k, func(t *typ) string { return g.value(t, 1) }))
		g.w("m := map[$1]$2{}\nvar none map[$1]$2\ncount := make(map[$1]int, $3)", k, e, g.IntN(100))
		for range g.between(4, 8) {
			g.w("{\n"+g.oneOf(
				"for i, k := range keys {\ncount[k] += i\ncount[k]++\n}\nfmt.Println(count)",
				"m[keys[0]] = $1\nx, ok := m[keys[1]]\nfmt.Println(x, ok, len(m), none[keys[0]])",
				"_, ok := none[keys[2]]\ndelete(none, keys[2])\ndelete(m, keys[0])\nfmt.Println(ok, len(none), m)",
				"catch(\"nil\", func() {\nnone[keys[0]] = $1\n})",
				"for _, k := range keys[:$2] {\nm[k] = $1\n}\nfor _, k := range sorted(m) {\nfmt.Print(k, m[k], \";\")\n}\nfmt.Println()",
				"n := 0\nfor k := range count {\nif n += count[k]; n > 3 {\ndelete(count, k)\n}\n}\nfmt.Println(len(count) <= 5)\nclear(count)",
				"for range m {\nclear(m)\n}\nfmt.Println(m, len(m))",
				"mm := map[$3]map[$3]$4{}\nfor _, k := range keys {\nif mm[k] == nil {\nmm[k] = map[$3]$4{}\n}\nmm[k][keys[0]] = $1\n}\nfmt.Println(mm)",
				"ms := map[$3][]int{}\nfor i, k := range keys {\nms[k] = append(ms[k], i)\n}\nfmt.Println(ms)",
				"type pair struct {\na $3\nb int\n}\nmp := map[pair]string{{keys[0], 1}: \"x\"}\nmp[pair{keys[1], 1}] += \"y\"\nfmt.Println(mp[pair{keys[0], 1}], len(mp))",
				"ma := map[any]int{keys[0]: 1, 3: 2, \"s\": 3, 2.5: 4}\nma[any(keys[1])]++\nfmt.Println(len(ma), ma[any(keys[0])], ma[any(int8(3))], ma[3])\ncatch(\"hash\", func() {\nma[[]int{1}] = 2\n})",
				"mr := map[[2]$3]int{{keys[0], keys[1]}: 1}\nmr[[2]$3{keys[0], keys[1]}] *= 5\nfmt.Println(mr)",
				"mf := map[$3]func(int) int{keys[0]: func(x int) int { return x * $2 }}\nfmt.Println(mf[keys[0]](3), mf[keys[0]] == nil)",
				"mp := map[$3]*int{keys[0]: new(int)}\n*mp[keys[0]] += 4\n*mp[keys[0]]++\nfmt.Println(*mp[keys[0]], len(mp))",
				"big := map[int]$3{}\nfor i := range 200 {\nbig[i*7%101] = keys[i%5]\n}\ns := 0\nfor i := range big {\ns += i\n}\nfmt.Println(len(big), s, big[7], maps.Equal(big, maps.Clone(big)))",
			)+"\n}", g.value(e, 1), g.between(1, 5), k, e)
		}
		g.w("fmt.Println(len(m), len(count), len(none))")
	})
}
