package differ

import "fmt"

// interfaces puts values of several types behind interfaces and finds them again.
func (g *gen) interfaces() {
	i, j, n := g.name("Shape"), g.name("Named"), g.between(3, 5)
	e := g.basicType()
	g.w("type $1 interface {\nArea(k int) int\nLabel() string\n}\ntype $2 interface {\n$1\nSelf() $3\n}", i, j, e)
	g.flush()
	var values []string
	for range n {
		t := g.name("K")
		under, read := "", ""
		switch g.IntN(9) {
		case 0:
			under, read = "struct { w, h int }", "x.w * x.h"
			values = append(values, fill("$1{$2, $3}", t, g.IntN(9), g.IntN(9)))
		case 1:
			under, read = "struct{}", "1"
			values = append(values, t+"{}")
		case 2:
			b := basics[g.between(int(intKind), int(float32Kind))]
			under, read = b.String(), "int(x)"
			values = append(values, fill("$1($2)", t, g.IntN(100)))
		case 3:
			under, read = "string", "len(x)"
			values = append(values, fill("$1($2)", t, g.text()))
		case 4:
			under, read = "[]int", "len(x) + cap(x[:0:1])"
			values = append(values, t+"{1, 2}")
		case 5:
			under, read = "map[string]int", `x["a"]`
			values = append(values, t+`{"a": 3}`)
		case 6:
			under, read = "func(int) int", "x(2)"
			values = append(values, t+"(func(n int) int { return n * 5 })")
		case 7:
			under, read = "struct { p *int }", "*x.p"
			values = append(values, t+"{ptr(7)}")
		case 8:
			under, read = "[3]int16", "int(x[1])"
			values = append(values, t+"{1, -2, 3}")
		}
		star := g.oneOf("", "", "*")
		if star != "" && under[0] == 's' && under[1] == 't' && under != "string" {
			values[len(values)-1] = "&" + values[len(values)-1]
		} else if star != "" {
			values[len(values)-1] = fill("ptr($1)", values[len(values)-1])
			read = fill("func(x $1) int { return $2 }(*x)", t, read)
		}
		g.w("type $1 $2\nfunc (x $3$1) Area(k int) int { return k + $4 }\nfunc (x $3$1) Label() string { return \"$1\" }", t, under, star, read)
		if g.chance(50) {
			g.w("func (x $1$2) Self() $3 { return $4 }", star, t, e, g.literal(e))
		}
		if g.chance(30) {
			g.w("func (x $1$2) String() string { return \"<$2>\" }", star, t)
		}
		g.flush()
	}
	g.scene("interfaces", func() {
		list := ""
		for _, v := range values {
			list += v + ", "
		}
		g.w("shapes := []$1{$2nil}\ntotal := 0", i, list)
		g.w("for n, s := range shapes {\nif s == nil {\nfmt.Println(\"nil\", n)\ncontinue\n}\ntotal += s.Area(n)\nfmt.Printf(\"%d %s %d %T\\n\", n, s.Label(), s.Area(total), s)\n}")
		for range g.between(3, 6) {
			g.w("{\n"+g.oneOf(
				"for _, s := range shapes {\nif x, ok := s.($2); ok {\nfmt.Print(x.Self(), x.Label(), \" \")\n} else {\nfmt.Print(x, ok, \" \")\n}\n}\nfmt.Println()",
				"for _, s := range shapes {\nswitch x := any(s).(type) {\ncase fmt.Stringer:\nfmt.Print(x, \" \")\ncase interface{ Self() $3 }:\nfmt.Print(x.Self(), \" \")\ncase nil:\nfmt.Print(\"none \")\ncase $1:\nfmt.Print(x.Area(0), \" \")\n}\n}\nfmt.Println()",
				"catch(\"assert\", func() {\nfmt.Println(shapes[$4].($2).Area(1))\n})",
				"catch(\"nil\", func() {\nfmt.Println(shapes[len(shapes)-1].Label())\n})",
				"f := shapes[$4].Area\ng := $1.Label\nfmt.Println(f(3), g(shapes[0]))",
				"type both struct {\n$1\nn int\n}\nb := both{shapes[0], 5}\nvar s $1 = b\nfmt.Println(s.Label(), b.Area(b.n))\ns = &b\nb.$1 = shapes[1]\nfmt.Println(s.Area(1))",
				"catch(\"embedded\", func() {\ntype lone struct{ $1 }\nfmt.Println(lone{}.Label())\n})",
				"catch(\"equal\", func() {\nfor k := range shapes {\nfmt.Print(shapes[k] == shapes[0], \" \")\n}\n})",
				"m := map[string]$1{}\nfor _, s := range shapes[:3] {\nm[s.Label()] = s\n}\nfor _, k := range sorted(m) {\nfmt.Print(k, m[k].Area(2), \" \")\n}\nfmt.Println()",
				"var e any = shapes[$4]\n_, a := e.($1)\n_, b := e.($2)\n_, c := e.(error)\nfmt.Println(a, b, c, e == any(shapes[len(shapes)-1]))",
				"pick := func(n int) $1 {\nif n < len(shapes) {\nreturn shapes[n]\n}\nreturn nil\n}\nfmt.Println(pick($4).Label(), pick(99) == nil)",
				"sum := 0\nfor r := range 40 {\nif s := shapes[r%(len(shapes)-1)]; s.Area(r) > $4*5 {\nsum += s.Area(0)\n}\n}\nfmt.Println(sum)",
			)+"\n}", i, j, e, g.IntN(n-1))
		}
	})
}

// embedding promotes fields and methods through values and pointers.
func (g *gen) embedding() {
	a, b, c, d := g.name("A"), g.name("B"), g.name("C"), g.name("D")
	e := g.basicType()
	star := g.oneOf("", "*")
	amp := map[string]string{"": "", "*": "&"}[star]
	g.w("type $1 struct {\nN int\nV $2\n}\nfunc (x $1) Get() int { return x.N }\nfunc (x *$1) Add(n int) { x.N += n }\nfunc (x $1) Name() string { return fmt.Sprint(\"$1\", x.N) }", a, e)
	g.w("type $1 struct {\n$2$3\nM int\n}\nfunc (x $1) Name() string { return \"$1+\" + x.$3.Name() }", b, star, a)
	g.w("type $1 struct {\n*$2\nfmt.Stringer\nN string\n}", c, b)
	g.w("type $1 struct {\n$2\nextra [2]$3\n}\nfunc (x *$1) Add(n int) {\nx.$2.Add(n * 10)\nx.extra[0].N = n\n}\ntype str$1 string\nfunc (s str$1) String() string { return string(s) + \"!\" }", d, c, a)
	g.w("type getter$1 interface {\nGet() int\nAdd(int)\nName() string\n}", d)
	g.flush()
	g.scene("embedding", func() {
		g.w("inner := $1{$2, $3}\nb := $4{$5inner, 3}\nc := $6{&b, str$7(\"s\"), \"n\"}\nd := $7{$6: c}\n_, _, _, _ = inner, b, c, d", a, g.IntN(9), g.literal(e), b, amp, c, d)
		for range g.between(4, 8) {
			g.w("{\n"+g.oneOf(
				"d.Add($5)\nfmt.Println(inner.N, b.N, c.$2.N, d.Get(), d.extra[0].Get())",
				"c.Add($5)\nfmt.Println(c.Get(), b.Get(), c.N, c.Name(), d.Name())",
				"var g getter$4 = &d\ng.Add(1)\nfmt.Println(g.Get(), g.Name())\ng = c\ng.Add(2)\nfmt.Println(g.Get(), g.Name())\ng = &inner\ng.Add(3)\nfmt.Println(g.Get(), g.Name())",
				"f, h := b.Add, d.Get\nf(5)\nfmt.Println(h(), b.Get(), c.Get())",
				"f := (*$4).Add\nf(&d, 2)\nh := $3.Get\nfmt.Println(h(c), $2.Name(b), (*$1).Get(&inner))",
				"fmt.Println(c.String(), d.Stringer, c.Stringer == d.Stringer)\nvar s fmt.Stringer = d\nfmt.Println(s.String())",
				"bb := b\nbb.N = $5\nbb.M++\nfmt.Println(b.N, b.M, bb.N, bb.M)",
				"d2 := d\nd2.$2 = &$2{M: 8}\ncatch(\"promoted\", func() {\nd2.N, d2.M = \"z\", 9\nfmt.Println(d2.$2.M, d.M, d2.Get())\n})",
				"for _, x := range []interface{ Get() int }{b, &b, c, &c, d, &d, inner} {\nfmt.Print(x.Get(), \" \")\n}\nfmt.Println()",
				"p := &c\np.$2.N -= 4\n(*p).V = $6\nfmt.Println(d.$2.V, b.V == p.V || b.V != b.V, p.$2 == d.$2)",
				"catch(\"nil\", func() {\nvar x $3\nx.N = \"ok\"\nfmt.Println(x.N)\nfmt.Println(x.Get())\n})",
				"catch(\"method\", func() {\nvar x *$4\nf := x.Add\nfmt.Println(f == nil)\ng := x.Get\nfmt.Println(g())\n})",
				"defer d.Add(1)\ndefer func(n string) { fmt.Println(n, d.Name()) }(d.Name())\nd.Add(6)",
				"t := reflect.TypeFor[*$4]()\nfor i := range t.NumMethod() {\nfmt.Print(t.Method(i).Name, t.Method(i).Type, \" \")\n}\nfmt.Println(t.Elem().NumField(), t.Elem().NumMethod())",
				"v := reflect.ValueOf(&d).MethodByName(\"Name\").Call(nil)\nfmt.Println(v[0], reflect.ValueOf(d).MethodByName(\"Get\").Call(nil)[0].Int())",
			)+"\n}", a, b, c, d, g.between(1, 30), g.literal(e))
		}
	})
}

// methodValues binds receivers early and late, and takes methods as functions.
func (g *gen) methodValues() {
	t, e := g.name("M"), g.basicType()
	size := g.oneOf("", "pad [3]string\n", "pad [700]int64\n")
	g.w("type $1 struct {\nn int\n$2v $3\n}\nfunc (x $1) Val(k int) int { return x.n*10 + k }\nfunc (x *$1) Ptr(k int) int { x.n += k; return x.n }\nfunc (x $1) Many(a int8, s string, v $3, rest ...float64) (string, $3) {\nx.n = 0\nif len(rest) > 1 {\nreturn s + fmt.Sprint(a, rest[1]), v\n}\nreturn s, x.v\n}", t, size, e)
	g.w("type f$1 func(int) int\nfunc (f f$1) Twice(k int) int { return f(f(k)) }\ntype apply$1 interface{ Val(int) int }", t)
	g.flush()
	g.scene("methods", func() {
		g.w("x := $1{n: $2, v: $3}\np := &x\n_ = p", t, g.IntN(9), g.literal(e))
		for range g.between(4, 7) {
			g.w("{\n"+g.oneOf(
				"f, h := x.Val, x.Ptr\nx.n = 40\nfmt.Println(f(1), h(2), x.n, f(3))",
				"f, h := p.Val, p.Ptr\np = &$1{n: 5}\nfmt.Println(f(1), h(2), x.n, p.n)",
				"f, h, k := $1.Val, (*$1).Ptr, (*$1).Val\nfmt.Println(f(x, 1), h(&x, $4), k(p, 3), x.n)",
				"fs := []func(int) int{x.Val, p.Ptr, f$1(x.Val).Twice, func(n int) int { return n }}\nfor i, f := range fs {\nfmt.Print(f(i+$4), \" \")\n}\nfmt.Println(x.n)",
				"s, v := x.Many(3, \"m\", $3, 1, 2.5)\nfmt.Println(s, v)\nf := x.Many\ns, v = f(-128, \"q\", x.v, []float64{1, 2, 3}...)\nfmt.Println(s, v)",
				"var a apply$1 = x\nf := a.Val\na = nil\nfmt.Println(f(4), apply$1.Val(x, 1))",
				"m := map[string]func(int) int{\"v\": x.Val, \"p\": x.Ptr}\nx.n++\nfmt.Println(m[\"v\"](1), m[\"p\"](1), m[\"v\"](1), x.n)",
				"func(f func(int) int) {\nx.n = 77\nfmt.Println(f(1))\n}(x.Val)",
				"defer func() { fmt.Println(\"now\", x.n) }()\ndefer p.Ptr(100)\ndefer fmt.Println(x.Val(1), p.Ptr(1))",
				"xs := []int{3, 1, 2}\nslices.SortFunc(xs, func(a, b int) int { return x.Val(a) - x.Val(b) })\nfmt.Println(xs, slices.IndexFunc(xs, func(n int) bool { return p.Ptr(n) > 0 }))",
				"done := make(chan int)\ngo func(f func(int) int) { done <- f(2) }(p.Ptr)\nfmt.Println(<-done, x.n)",
				"arr := [2]$1{{n: 1}, {n: 2}}\narr[1].Ptr(5)\nf := arr[0].Ptr\nf(1)\nf(1)\nbrr := arr\nbrr[0].Ptr(100)\nfmt.Println(arr[0].n, arr[1].n, brr[0].n)",
				"ms := map[string]*$1{\"a\": p}\nms[\"a\"].Ptr(3)\nms[\"a\"].n++\nfmt.Println(x.n, ms[\"a\"].Val(0))",
				"catch(\"nil\", func() {\nvar q *$1\nfmt.Println(q == nil)\nfmt.Println(q.Val(1))\n})",
				"catch(\"bound\", func() {\nvar q *$1\nf := q.Ptr\nfmt.Println(\"bound\")\nf(1)\n})",
				"f := reflect.ValueOf(x).Method(0)\nfmt.Println(f.Type())\nfmt.Println(reflect.TypeOf(x).NumMethod(), reflect.TypeOf(p).NumMethod())",
			)+"\n}", t, e, g.literal(e), g.IntN(9))
		}
	})
}

// signatures passes and returns many values of mixed types.
func (g *gen) signatures() {
	n := g.between(3, 9)
	var params, results []*typ
	for range n {
		params = append(params, g.valueType(1))
	}
	for range g.between(2, 6) {
		results = append(results, g.valueType(1))
	}
	f, r := g.name("many"), g.name("rec")
	types := ""
	for i, t := range params {
		name := g.oneOf(fmt.Sprintf("a%d", i), "_")
		types += fmt.Sprintf("%s %v, ", name, t)
	}
	g.scope = nil
	g.w("func $1($2rest ...$3) ($4) {\ntick()\nfmt.Println(len(rest), rest)\nreturn $5\n}", f, types, params[0], list(results), g.values(results))
	g.flush()
	g.w("func $1(n int, s string, x $2, y float32) (int, $2, string) {\nif n == 0 {\nreturn 0, x, s\n}\na, b, c := $1(n-1, s+\"x\", x, y*2)\nreturn a + n, b, cut(c + s)\n}", r, params[0])
	g.flush()
	g.scene("signatures", func() {
		names := ""
		for i := range results {
			names += fmt.Sprintf(", r%d", i)
		}
		g.w("$1 := $2($3)\nfmt.Println($1)", names[2:], f, g.values(params))
		g.w("fmt.Println($1($2, $3, $4))", f, g.values(params), g.value(params[0], 1), g.value(params[0], 1))
		g.w("h := $1\n_, $2 = h($3, []$4{$5}...)\nfmt.Println($6)", f, names[6:], g.values(params), params[0], g.value(params[0], 1), names[6:])
		g.w("fmt.Println($1($2, \"s\", $3, 0.5))", r, g.between(3, 300), g.value(params[0], 1))
		g.w("catch(\"call\", func() {\nout := reflect.ValueOf($1).Call([]reflect.Value{reflect.ValueOf(3), reflect.ValueOf(\"q\"), reflect.ValueOf($2), reflect.ValueOf(float32(1))})\nfmt.Println(out[0], out[2])\n})", r, g.value(params[0], 1))
	})
}

func (g *gen) values(types []*typ) string {
	text := ""
	for i, t := range types {
		if i > 0 {
			text += ", "
		}
		text += g.value(t, 1)
	}
	return text
}
