package differ

import "strings"

// order traces in which order operands are evaluated where the language says so.
func (g *gen) order() {
	g.scene("order", func() {
		g.w("var arr [4]int\nsl := []int{10, 20, 30, 40}\nm := map[string]int{}\ntype tr struct{ a, b, c int }\nc := make(chan int, 9)\nt2 := func(s string, a, b int) (int, int) { fmt.Print(s, \" \"); return a, b }")
		g.w("_, _, _, _, _ = arr, sl, m, c, t2\np := func(s string) *int { fmt.Print(s, \" \"); return &arr[len(s)%4] }\n_ = p\nf := func(s string) func(...int) int { fmt.Print(s, \" \"); return func(xs ...int) int { return len(xs) } }\n_ = f")
		for range g.between(5, 9) {
			g.w("{\n"+g.oneOf(
				`fmt.Println(trace("a", $1) + trace("b", 2)*trace("c", 3) - trace("d", $2))`,
				`arr[trace("i", $1)] = trace("v", $2)`,
				`sl[trace("i", $1)], sl[trace("j", $2)] = trace("v", 7), trace("w", 8)`,
				`m[trace("k", "x")] += trace("v", $1)`,
				`*p("p") = trace("v", $1)`,
				`*p("p"), *p("qq") = t2("r", $1, $2)`,
				`fmt.Println(f("f")(trace("x", 1), trace("y", 2)), f("g")())`,
				`fmt.Println(tr{b: trace("b", 1), a: trace("a", 2), c: trace("c", $1)}, []int{2: trace("z", 1), 0: trace("y", $2)})`,
				`fmt.Println(map[string]int{trace("k1", "a"): trace("v1", 1), trace("k2", "b"): trace("v2", $2)})`,
				`if trace("a", $1 > 1) && trace("b", $2 > 1) || trace("c", true) { fmt.Println("yes") }`,
				`x := trace("a", false) || trace("b", $1 < 2) && !trace("c", $2 < 2)`+"\nfmt.Println(x)",
				`switch trace("tag", $1) {`+"\n"+`case trace("c0", 0), trace("c1", 1): fmt.Println("low")`+"\n"+`case trace("c2", 2): fmt.Println("two")`+"\n"+`default: fmt.Println("other")`+"\n}",
				`c <- trace("send", $1)`+"\n"+`fmt.Println(<-trace("recv", c), trace("after", 1))`,
				`for i, j := trace("init", 0), trace("init2", 3); trace("cond", i < j); i, j = trace("post", i+1), j-1 { fmt.Print("body ") }`,
				`for i := range trace("n", $1) { fmt.Print(i, " ") }`,
				`func(a, b int, xs ...int) { fmt.Println(a, b, xs) }(trace("a", 1), trace("b", $2), trace("x", 3), trace("y", 4))`,
				`func() (a, b int) { return trace("ra", $1), trace("rb", $2) }()`,
				`i := $1`+"\n"+`i, sl[i] = 2, 99`+"\nfmt.Println(i, sl)",
				`i := $1`+"\n"+`sl[i], i = i*100, trace("i", 0)`+"\nfmt.Println(i, sl)",
				`a, b, d := 1, 2, 3`+"\n"+`a, b, d = b, d, a`+"\n"+`a, sl[a-1] = sl[b-1], d`+"\nfmt.Println(a, b, d, sl)",
				`defer func(s string, n int) { fmt.Println("deferred", s, n) }(trace("ds", "s"), trace("dn", $1))`,
				`x := sl`+"\n"+`x, x[0] = nil, $2`+"\nfmt.Println(x, sl)",
				`q := &tr{1, 2, 3}`+"\n"+`q, q.a = &tr{4, 5, 6}, 50`+"\nfmt.Println(*q)",
				`fmt.Println([2]func() int{func() int { return trace("one", 1) }, func() int { return trace("two", $1) }}[trace("which", 1)]())`,
				`select {`+"\n"+`case trace("ch", c) <- trace("value", $1): fmt.Println("sent")`+"\n"+`default: fmt.Println("full")`+"\n}\nfmt.Println(len(c))",
				`s := trace("s", "hello")[trace("lo", 1):trace("hi", 3)]`+"\nfmt.Println(s)",
				`fmt.Println(min(trace("a", $1), trace("b", $2)), len(trace("c", sl)), append(trace("d", sl[:1:1]), trace("e", 5)))`,
				`arr[trace("i", 1)]++`+"\n"+`sl[trace("j", $2)] <<= trace("k", 1)`+"\nfmt.Println(arr, sl)",
				`if x, y := t2("xy", $1, $2); x < y { fmt.Println("less", x) } else if z := trace("z", x+y); z > 3 { fmt.Println(z) }`,
			)+"\nfmt.Println()\n}", g.IntN(4), g.IntN(4))
		}
		g.w("fmt.Println(arr, sl, m)")
	})
}

// labels leaves loops and switches by every way out.
func (g *gen) labels() {
	t := g.integerType()
	g.scene("labels", func() {
		g.w("n := 0")
		for range g.between(3, 6) {
			body := g.oneOf(
				"$L:\nfor i := $T(0); i < 5; i++ {\nfor j := range 4 {\nn += j\nswitch {\ncase j == $1:\ncontinue $L\ncase i == $2:\nbreak $L\ncase j == 3:\nbreak\n}\nn *= 3\n}\n}",
				"i := 0\n$L:\nif i < $1 {\ni++\nn += i\nif i%2 == 0 {\ngoto $L\n}\nn ^= 5\ngoto $L\n}",
				"$L:\nfor {\nselect {\ndefault:\nn++\nif n > $2 {\nbreak $L\n}\n}\n}",
				"switch x := $T($1); x {\ncase 0:\nn++\nfallthrough\ncase 1:\nn += 10\nfallthrough\ncase 2:\nn += 100\nif n > 150 {\nbreak\n}\nn++\ndefault:\nn = -n\nfallthrough\ncase 9:\nn--\n}",
				"$L:\nswitch {\ncase n > $2:\nfor i := range 3 {\nif i == 1 {\nbreak $L\n}\nn += i + 1\n}\nn = 77\ndefault:\nn += 2\n}",
				"$L:\nfor i, r := range \"h\\xffé\" {\nfor range 3 {\nif r > 200 {\ncontinue $L\n}\nn += i + int(r)\nif i == $1 {\nbreak\n}\n}\n}",
				"x := $T($2)\nfor x > 0 && n < 5000 {\nx /= 2\nif x == 1 {\ncontinue\n}\nn += int(x)\n}\nfmt.Println(x)",
				"for i := range func(yield func($T) bool) {\nfor i := range $T(5) {\nif !yield(i * 2) {\nfmt.Print(\"stopped \")\nreturn\n}\n}\n} {\nif i == $1*2 {\nbreak\n}\nn += int(i)\n}",
				"goto $L\n$L:\nfor i := 10; i > $1; i -= 3 {\nif n++; n%4 == 0 {\ncontinue\n}\nn += i\n}",
				"{\ni := $1\n$L:\nfor {\ni++\nswitch i % 3 {\ncase 0:\nif i > 5 {\nbreak $L\n}\ncontinue $L\ncase 1:\nn += i\n}\nn++\n}\n}",
				"a, b, c := 0, 1, $T(1)\nfor i := 0; i < $2+3; i++ {\na, b = b, a+b\nif a%2 == 0 {\nc, a = c+1, a+int(c)\n}\n}\nfmt.Println(a, b, c)",
				"prev, cur, best := \"\", \"x\", []string(nil)\nfor i := range $1+2 {\nprev, cur = cur, prev+cur\nif len(cur) > i {\nbest = append(best, cur)\n}\n}\nfmt.Println(prev, cur, best)",
			)
			body = strings.ReplaceAll(strings.ReplaceAll(body, "$L", g.name("L")), "$T", t.String())
			g.w("{\n"+body+"\nfmt.Println(n)\n}", g.IntN(4), g.IntN(9))
		}
	})
}

// iterators ranges over functions and leaves the loops by every way out.
func (g *gen) iterators() {
	e := g.valueType(1)
	it, pairs, f := g.name("seq"), g.name("pairs"), g.name("f")
	g.w("func $1(n int) iter.Seq[int] {\nreturn func(yield func(int) bool) {\ndefer fmt.Print(\"end \")\nfor i := range n {\nif !yield(i) {\nfmt.Print(\"stop\", i, \" \")\nreturn\n}\n}\n}\n}", it)
	g.w("func $1(xs ...$2) iter.Seq2[int, $2] {\nreturn func(yield func(int, $2) bool) {\nfor i, x := range xs {\nif !yield(i, x) {\nreturn\n}\n}\n}\n}", pairs, e)
	g.flush()
	var body []string
	for range g.between(2, 4) {
		body = append(body, g.oneOf(
			"for i := range $1(5) {\nif i == $3 {\ncontinue\n}\nn += i\nif n > 4 {\nbreak\n}\n}",
			"for i := range $1(4) {\ndefer func() { fmt.Println(\"deferred\", i, n) }()\nn += i\n}",
			"for i := range $1(6) {\nfor j := range $1(3) {\nif j == 1 && i == $3 {\nreturn i*10 + j, \"inner\"\n}\nn += j\n}\n}",
			"L$4:\nfor i := range $1(4) {\nfor j := range $1(4) {\nif j == $3 {\ncontinue L$4\n}\nif i == 2 {\nbreak L$4\n}\nn += i * j\n}\n}",
			"for i, x := range $2($5) {\nfmt.Print(i, x, \" \")\nif i == $3 {\nbreak\n}\n}",
			"next, stop := iter.Pull($1(3))\nfor range $3 + 1 {\nv, ok := next()\nfmt.Print(v, ok, \" \")\n}\nstop()\nv, ok := next()\nfmt.Println(v, ok)",
			"fmt.Println(slices.Collect($1($3)), slices.Sorted(maps.Keys(map[string]int{\"b\": 1, \"a\": 2})))",
			"catch(\"yield\", func() {\nfor i := range $1(3) {\nif i == 1 {\npanic(\"in the body\")\n}\n}\n})",
			"for range $1(2) {\nn++\n}\nfor i := range slices.Values([]int{3, 1, 2}) {\nn -= i\n}",
			"func() {\nfor i := range $1(3) {\nfunc() {\ndefer func() { n += i }()\nif i == $3 {\nreturn\n}\nn *= 2\n}()\n}\n}()",
			"catch(\"again\", func() {\nvar keep func(int) bool\nfor i := range func(yield func(int) bool) { keep = yield; yield(1) } {\nn += i\n}\nkeep(2)\n})",
			"catch(\"goon\", func() {\nfor i := range func(yield func(int) bool) { yield(1); yield(2) } {\nn += i\nbreak\n}\n})",
			"var fs []func() int\nfor i := range $1(3) {\nfs = append(fs, func() int { i++; return i })\n}\nfor _, f := range fs {\nfmt.Print(f(), f(), \" \")\n}",
			"for i := range $1(5) {\nswitch {\ncase i == $3:\ncontinue\ncase i > 3:\ngoto done$4\n}\nn += 1\n}\ndone$4:\nn++",
		)+"\nfmt.Println(n)")
	}
	g.w("func $1() (n int, s string) {", f)
	for _, b := range body {
		g.w("{\n"+b+"\n}", it, pairs, g.IntN(4), g.name(""), g.parts(g.IntN(4), e, func(t *typ) string { return g.value(t, 1) }))
	}
	g.w("return n, \"end\"\n}")
	g.flush()
	g.calls = append(g.calls, fill(`scene("$1", func() { fmt.Println($1()) })`, f))
}
