package differ

// closures captures variables in every way.
func (g *gen) closures() {
	g.scene("closures", func() {
		g.w("var fs []func(int) int\ntotal := $1", g.IntN(9))
		for range g.between(4, 8) {
			g.w("{\n"+g.oneOf(
				"for i := range 3 {\nfs = append(fs, func(n int) int {\ni += n\ntotal++\nreturn i\n})\n}",
				"for i := 0; i < 4; i++ {\nfs = append(fs, func(n int) int { i -= n; return i * 10 })\nif i == $1%4 {\ni++\n}\n}",
				"var last func(int) int\nfor i, s := range []string{\"a\", \"bc\", \"\"} {\nprev := last\nlast = func(n int) int {\nif prev == nil {\nreturn len(s) + i\n}\nreturn prev(n) + i + len(s)*n\n}\n}\nfs = append(fs, last)",
				"var fib func(int) int\nfib = func(n int) int {\nif n < 2 {\nreturn n\n}\nreturn fib(n-1) + fib(n-2)\n}\nfs = append(fs, fib)\nfmt.Println(fib($1%12 + 2))",
				"counter := func() func() int {\nn := $2\nreturn func() int { n *= 3; n++; return int(n) }\n}\na, b := counter(), counter()\nfmt.Println(a(), a(), b(), a())",
				"x, y := $1, $3\nswap := func() { x, y = y, x }\nswap()\nfunc() {\ndefer swap()\nx++\nfmt.Println(x, y)\n}()\nfmt.Println(x, y)",
				"s := []int{1}\nadd := func(xs ...int) int { s = append(s, xs...); return len(s) }\nn := add(2, 3)\nm := add(s...)\nfmt.Println(n, m, s)",
				"type node struct {\nv int\nf func() int\n}\nvar ns [3]node\nfor i := range ns {\nns[i] = node{v: i}\nns[i].f = func() int { ns[(i+1)%3].v += $1; return ns[i].v }\n}\nr := []int{ns[0].f(), ns[1].f(), ns[2].f()}\nfmt.Println(r, ns[0].v, ns[1].v)",
				"compose := func(fs ...func(int) int) func(int) int {\nreturn func(x int) int {\nfor _, f := range fs {\nx = f(x)\n}\nreturn x\n}\n}\nfmt.Println(compose(func(x int) int { return x + $1 }, func(x int) int { return x * x })(3))",
				"arr := [3]int{1, 2, 3}\nget := func(i int) *int { return &arr[i] }\nbrr := arr\n*get(1) = $1\nfmt.Println(arr, brr)",
				"m := map[string]func(...int) (int, error){\n\"sum\": func(xs ...int) (n int, err error) {\nfor _, x := range xs {\nn += x\n}\nreturn\n},\n\"fail\": func(...int) (int, error) { return 0, fmt.Errorf(\"no %d\", $1) },\n}\nfor _, k := range sorted(m) {\nn, err := m[k](1, 2, total)\nfmt.Println(k, n, err)\n}",
				"func() (r $4) {\ndefer func() { fmt.Println(r) }()\nf := func() { r = $2 }\nf()\nreturn r\n}()",
				"if n := $1; n > 3 {\nfs = append(fs, func(k int) int { n += k; return n })\n} else if k := n * 2; k > 1 {\nfs = append(fs, func(j int) int { n, k = k, n+j; return n - k })\n}",
				"ptrs := []*int{}\nfor i := 0; i < 3; i++ {\nptrs = append(ptrs, &i)\n}\nfor _, p := range ptrs {\n*p *= 2\nfmt.Print(*p, \" \")\n}\nfmt.Println()",
			)+"\n}", g.between(0, 30), g.literal(intType), g.between(-5, 40), intType)
		}
		g.w("for k, f := range fs {\nfmt.Print(f(k+1), f(1), \" \")\n}\nfmt.Println(total, len(fs))")
	})
}

// defers puts off calls, and changes results after return.
func (g *gen) defers() {
	e := g.basicType()
	d := g.name("d")
	g.w("type $1 struct {\nname string\nn int\n}", d)
	g.w("func (x $1) done(n int) { fmt.Println(\"done\", x.name, x.n, n) }\nfunc (x *$1) close() { x.n++; fmt.Println(\"close\", x.name, x.n) }", d)
	g.flush()
	for range g.between(3, 6) {
		f := g.name("f")
		g.w(g.oneOf(
			"func $1() (r int, s string) {\ndefer func() { r *= 2; s += \"!\" }()\ndefer func() { r += $3 }()\nr, s = 5, \"a\"\nif r > $3 {\nreturn r + 1, s + \"b\"\n}\nreturn\n}",
			"func $1() (r int, s string) {\nfor i := range 4 {\ndefer func(n int) { fmt.Print(i, n, \" \") }(i * $3)\nif i == 2 {\ndefer fmt.Println(\"two\", i)\n}\n}\nreturn 1, \"loop\"\n}",
			"func $1() (r int, s string) {\ndefer func() {\nif x := recover(); x != nil {\nr, s = r + 1, fmt.Sprint(\"caught \", x)\n}\n}()\nr = $3\nvar a []int\na[r] = 1\nreturn 0, \"never\"\n}",
			"func $1() (r int, s string) {\nx := $2{\"x\", 1}\ndefer x.done($3)\ndefer x.close()\np := &x\ndefer p.close()\nf := x.done\nx.n = 40\ndefer f(2)\nreturn x.n, x.name\n}",
			"func $1() (r int, s string) {\ndefer func() {\ndefer func() { s += fmt.Sprint(\"/\", recover()) }()\ns = fmt.Sprint(recover())\npanic(\"second\")\n}()\npanic(\"first\")\n}",
			"func $1() (r int, s string) {\ndefer func() { s = fmt.Sprint(recover()) }()\ndefer func() { panic(fmt.Sprint(\"replaced \", r)) }()\nr = $3\npanic(\"gone\")\n}",
			"func $1() (r int, s string) {\nfunc() {\ndefer func() { s = fmt.Sprint(recover()) }()\nfunc() {\ndefer fmt.Println(\"inner\")\npanic($4)\n}()\n}()\nhelp := func() any { return recover() }\ndefer func() {\nif x := help(); x != nil {\ns += \"wrong\"\n}\n}()\nreturn 2, s\n}",
			"func $1() (r int, s string) {\nx := $5\ndefer fmt.Println(\"early\", x, r)\ndefer func() { fmt.Println(\"late\", x, r) }()\nx = $6\nr = 9\nreturn r * 2, \"x\"\n}",
			"func $1() (r int, s string) {\nvar f func()\ndefer func() { s = fmt.Sprint(recover()) }()\ndefer f()\nf = func() {}\nr = 3\nreturn\n}",
			"func $1() (r int, s string) {\nfor i := 0; ; i++ {\nok := func() (ok bool) {\ndefer func() { ok = recover() == nil }()\nif i < $3%4 {\npanic(i)\n}\nreturn\n}()\nif ok {\nreturn i, \"tries\"\n}\n}\n}",
			"func $1() (r int, s string) {\nm := map[string]int{}\ndefer delete(m, \"a\")\ndefer func() { r = len(m) }()\nm[\"a\"], m[\"b\"] = 1, 2\nc := make(chan int, 1)\ndefer close(c)\ndefer copy([]int{1}, []int{2})\ndefer print(\"\")\nreturn 7, \"builtins\"\n}",
			"func $1() (r int, s string) {\ndefer func() {\ne := recover().(error)\nvar re runtime.Error\nr, s = len(e.Error()), fmt.Sprint(errors.As(e, &re), e)\n}()\nvar e error\nif r == 0 {\n_ = e.Error()\n}\nreturn\n}",
			"func $1() (r int, s string) {\ndefer func() { r++ }()\nreturn func() (int, string) {\ndefer func() { r += 10 }()\nr = 100\nreturn r + 1, \"nested\"\n}()\n}",
		), f, d, g.IntN(9), g.literal(intType), g.value(e, 1), g.value(e, 1))
		g.flush()
		g.calls = append(g.calls, fill(`scene("$1", func() { fmt.Println($1()) })`, f))
	}
}

// panics causes runtime errors of each kind and panics with values of every sort.
func (g *gen) panics() {
	t := g.name("Err")
	g.w("type $1 struct {\nCode int\nerr error\n}\nfunc (e *$1) Error() string { return fmt.Sprint(\"code \", e.Code) }\nfunc (e *$1) Unwrap() error { return e.err }", t)
	g.flush()
	g.scene("panics", func() {
		g.w("zero, n, neg := id(0), id($1), id(-$2)\nvar s = []int{1, 2, 3}\nvar m map[string]int\nvar p *$3\nvar x any = $4\nvar arr [4]string\nstr := \"h\\xffi\"", g.between(3, 9), g.between(1, 9), t, g.literal(g.plainType()))
		g.w("_, _, _, _, _, _, _, _, _ = zero, n, neg, s, m, p, x, arr, str")
		for range g.between(6, 12) {
			risk := g.oneOf("fmt.Println(s[n])", "fmt.Println(s[neg])", "s[n-1+3] = 1", "fmt.Println(arr[n+1])", "arr[neg] = \"\"", "fmt.Println(str[n])",
				"fmt.Println(s[n:])", "fmt.Println(s[:n+1])", "fmt.Println(s[2:1+zero])", "fmt.Println(s[neg:])", "fmt.Println(str[n+1:])", "fmt.Println(str[2:zero])",
				"fmt.Println(s[:2:n+5])", "fmt.Println(s[zero:n:2])", "fmt.Println(s[3:zero:3])", "fmt.Println(arr[n+2:])",
				"m[\"a\"] = 1", "fmt.Println(p.Code)", "p.Code++", "fmt.Println(*p)", "fmt.Println(n / zero)", "fmt.Println(int8(n) % int8(zero))", "fmt.Println(uint(n) / uint(zero))", "n /= zero",
				"fmt.Println(x.(string), x.(int))", "fmt.Println(x.(fmt.Stringer))", "fmt.Println(x.(interface{ Foo(int) }))", "var e any\nfmt.Println(e.(int))", "var e any\nfmt.Println(e.(error))", "var e error\nfmt.Println(e.Error())",
				"var e error = &"+t+"{Code: n}\nfmt.Println(e.(interface{ Timeout() bool }))", "var e error = &"+t+"{}\nfmt.Println(e.(*json.SyntaxError))", "fmt.Println([4]int(s))", "fmt.Println((*[2]int)(s[:1]))",
				"fmt.Println(make([]int, neg))", "fmt.Println(make([]int, 2, zero))", "fmt.Println(len(make(chan int, neg)))", "fmt.Println(1 << neg)", "n <<= neg", "fmt.Println(uint8(n) >> neg)",
				"var c chan int\nclose(c)", "c := make(chan int)\nclose(c)\nclose(c)", "c := make(chan int, 1)\nclose(c)\nc <- n",
				"var f func(int) int\nfmt.Println(f(n))", "fmt.Println(any(s) == any(s))", "fmt.Println(any([1]any{s}) == any([1]any{s}))", "mm := map[any]int{}\nmm[s]++", "mm := map[any]int{}\nfmt.Println(mm[func() {}])",
				"type k struct{ a any }\nmm := map[k]int{}\nmm[k{m}] = 1", "panic(n)", "panic(fmt.Sprint(\"text \", n))", "panic(&"+t+"{n, io.EOF})", "panic(fmt.Errorf(\"wrapped %w\", &"+t+"{n, nil}))", "panic(nil)", "var e error\npanic(e)", "panic(2.5)",
				"panic(struct{ a, b int }{n, zero})", "panic([]string{\"a\"})", "var pp **int\n**pp = 1", "q := (*[10]int)(nil)\nfmt.Println(len(q), q[n])", "var q *[3]int\nfor i := range q {\nfmt.Print(i)\n}\nfor _, v := range q {\nfmt.Print(v)\n}",
				"strings.Repeat(\"x\", neg)", "fmt.Println(big(n))", "sort.Slice(s, func(i, j int) bool { return s[i+n] < s[j] })", "slices.SortFunc(s, func(a, b int) int { panic(fmt.Sprint(\"in sort \", a > 0)) })",
				"reflect.ValueOf(n).SetInt(1)", "var w sync.WaitGroup\nw.Done()", "var i interface{ Code(int) }\ni.Code(1)", "f := p.Error\nfmt.Println(f())", "var e error\nf := e.Error\nfmt.Println(f())", "fmt.Println((*"+t+").Error(nil))",
				"fmt.Println(errors.Is(&"+t+"{1, io.EOF}, io.EOF), p == nil)\nvar e error = p\nfmt.Println(e == nil)\nfmt.Println(e)")
			kind := ""
			if g.chance(40) {
				kind = `fmt.Printf("%T ", r)` + "\n"
			}
			if g.chance(50) {
				g.w("catch(\"$1\", func() {\n$2\n})", g.name("c"), risk)
				continue
			}
			g.w("func() {\ndefer func() {\nr := recover()\n$2if e, ok := r.(error); ok {\nvar t *$3\nfmt.Println(\"error\", e, errors.As(e, &t), errors.Is(e, io.EOF))\n} else {\nfmt.Println(\"value\", r)\n}\n}()\n$1\n}()", risk, kind, t)
		}
	})
}
