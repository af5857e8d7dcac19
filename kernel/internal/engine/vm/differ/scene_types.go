package differ

// constraints declares generic types that use each other, and constraints with methods and with types.
func (g *gen) constraints() {
	n := g.name("")
	k := g.integerType()
	g.w("type Cursor$1[T any] interface{ Next() (T, bool) }\ntype list$1[T any] struct {\nxs []T\nat int\n}\nfunc (l *list$1[T]) Next() (x T, ok bool) {\nif l.at >= len(l.xs) {\nreturn\n}\nl.at++\nreturn l.xs[l.at-1], true\n}\ntype mapped$1[A, B any] struct {\nCursor$1[A]\nf func(A) B\n}\nfunc (m mapped$1[A, B]) Next() (y B, ok bool) {\nx, ok := m.Cursor$1.Next()\nif ok {\ny = m.f(x)\n}\nreturn\n}\nfunc all$1[T any, C Cursor$1[T]](c C) iter.Seq2[int, T] {\nreturn func(yield func(int, T) bool) {\nfor i := 0; ; i++ {\nx, ok := c.Next()\nif !ok || !yield(i, x) {\nreturn\n}\n}\n}\n}", n)
	g.w("type word$1 interface {\n~string | ~[]byte\n}\nfunc head$1[W word$1](w W, n int) W { return w[:min(n, len(w))] }\nfunc bytes$1[W word$1](w W) (sum int) {\nfor i := range len(w) {\nsum += int(w[i])\n}\nreturn\n}\ntype text$1 string\ntype num$1 $2\nfunc (n num$1) Key() num$1 { return n &^ 1 }\nfunc (n *num$1) Add(m num$1) { *n += m }", n, k)
	g.w("type keyed$1[K comparable] interface {\ncomparable\nKey() K\n}\nfunc group$1[K comparable, T keyed$1[K]](xs ...T) map[K][]T {\nm := map[K][]T{}\nfor _, x := range xs {\nm[x.Key()] = append(m[x.Key()], x)\n}\nreturn m\n}\ntype adder$1[T any] interface {\n*T\nAdd(T)\n}\nfunc total$1[T any, P adder$1[T]](xs ...T) (sum T) {\nfor _, x := range xs {\nP(&sum).Add(x)\n}\nreturn\n}", n)
	g.w("type tree$1[K cmp.Ordered, V any] struct{ root *branch$1[K, V] }\ntype branch$1[K cmp.Ordered, V any] struct {\nkey K\nval V\nkids [2]*branch$1[K, V]\n}\nfunc (t *tree$1[K, V]) Put(k K, v V) (old V, had bool) {\np := &t.root\nfor *p != nil {\nswitch c := cmp.Compare(k, (*p).key); {\ncase c == 0:\nold, (*p).val = (*p).val, v\nreturn old, true\ncase c < 0:\np = &(*p).kids[0]\ndefault:\np = &(*p).kids[1]\n}\n}\n*p = &branch$1[K, V]{key: k, val: v}\nreturn\n}\nfunc (t tree$1[K, V]) Walk(yield func(K, V) bool) {\nvar walk func(*branch$1[K, V]) bool\nwalk = func(b *branch$1[K, V]) bool {\nreturn b == nil || walk(b.kids[0]) && yield(b.key, b.val) && walk(b.kids[1])\n}\nwalk(t.root)\n}", n)
	g.w("type vec$1[E ~int | ~float64] []E\nfunc (v vec$1[E]) Dot(w vec$1[E]) (s E) {\nfor i := range v {\ns += v[i] * w[i]\n}\nreturn\n}\nfunc (v vec$1[E]) Map(f func(E) E) vec$1[E] {\nout := make(vec$1[E], len(v))\nfor i, x := range v {\nout[i] = f(x)\n}\nreturn out\n}\ntype opt$1[T any] func(*T)\nfunc build$1[T any](opts ...opt$1[T]) (x T) {\nfor _, o := range opts {\no(&x)\n}\nreturn\n}\ntype pairs$1[A any] = []struct {\nL, R A\n}\nfunc zip$1[A any](a, b []A) (out pairs$1[A]) {\nfor i := range min(len(a), len(b)) {\nout = append(out, struct{ L, R A }{a[i], b[i]})\n}\nreturn\n}\ntype cell$1[T any] struct {\nT T\nn int\n}\nfunc (c *cell$1[T]) Set(x T) (old T) {\nc.n++\nold, c.T = c.T, x\nreturn\n}\nfunc is$1[T, U any](x T) bool {\n_, ok := any(x).(U)\nreturn ok\n}\nfunc as$1[T any](x any) (y T, err error) {\ndefer func() {\nif r := recover(); r != nil {\nerr = fmt.Errorf(\"as: %v\", r)\n}\n}()\nreturn x.(T), nil\n}", n)
	g.flush()
	e, o := g.valueType(1), g.oneOfTypes(intType, stringType, floatType, basics[int16Kind], basics[uint8Kind])
	g.scene("constraints", func() {
		for range g.between(4, 8) {
			g.w("{\n"+g.oneOf(
				"var c Cursor$1[string] = mapped$1[$2, string]{&list$1[$2]{xs: []$2{$3}}, func(x $2) string { return fmt.Sprint(x, \";\") }}\nfor i, s := range all$1[string](c) {\nfmt.Print(i, s)\nif i == 1 {\nbreak\n}\n}\nfmt.Println(c.Next())\nfmt.Printf(\"%T\\n\", c)",
				"next, stop := iter.Pull2(all$1[$2](&list$1[$2]{xs: []$2{$3}}))\ni, x, ok := next()\nfmt.Println(i, x, ok)\nstop()\n_, _, ok = next()\nfmt.Println(ok)",
				"fmt.Println(head$1(\"abcdef\", $5), head$1(text$1(\"xy\"), $5), string(head$1([]byte(\"hello\"), $5)), bytes$1(\"\\xff\\x01\"), bytes$1(text$1(\"a\")))",
				"m := group$1[num$1](num$1(1), 2, 3, $5, 2)\nfor _, k := range slices.Sorted(maps.Keys(m)) {\nfmt.Print(k, m[k], \" \")\n}\nfmt.Println(total$1(num$1($5), 100, 99))",
				"var t tree$1[$4, $2]\nfor i, k := range []$4{$6} {\nold, had := t.Put(k, []$2{$3}[i%3])\n_ = old\nfmt.Print(had, \" \")\n}\nfor k, v := range t.Walk {\nfmt.Print(k, v, \"; \")\n}\nfmt.Printf(\"%T %T\\n\", t, t.Walk)",
				"v := vec$1[float64]{1.5, $5, -2}\nfmt.Println(v.Dot(v), v.Map(func(x float64) float64 { return x / 2 }), vec$1[int]{1, 2}.Dot([]int{3, 4}))\nf := vec$1[int].Dot\nfmt.Println(f(vec$1[int]{$5}, vec$1[int]{2}))\nfmt.Printf(\"%T %T\\n\", v, f)",
				"x := build$1(func(c *cell$1[$2]) { c.n = $5 }, func(c *cell$1[$2]) { c.Set([]$2{$3}[0]) })\nfmt.Println(x.n, x.T)\nset := x.Set\nset([]$2{$3}[1])\nfmt.Println(x.n, x.T)",
				"for _, p := range zip$1([]$4{$6}, []$4{$6}[1:]) {\nfmt.Print(p.L, p.R, p.L < p.R, \" \")\n}\nfmt.Println(len(zip$1[error](nil, nil)))",
				"fmt.Println(is$1[any, int](any($5)), is$1[num$1, int](3), is$1[text$1, fmt.Stringer](\"\"), is$1[error, any](nil), is$1[[]$2, []$2](nil))",
				"fmt.Println(as$1[int]($5))\nfmt.Println(as$1[int](\"s\"))\nfmt.Println(as$1[fmt.Stringer](num$1(1)))\n_, err := as$1[*cell$1[$4]](cell$1[$4]{})\nfmt.Println(err)",
				"a, b := cell$1[cell$1[$4]]{}, cell$1[cell$1[$4]]{T: cell$1[$4]{n: $5}}\nfmt.Println(a == b, a.T.n, any(a) == any(b))\nb.T.Set(*new($4))\nfmt.Println(b.T.n)\nm := map[cell$1[$4]]int{a.T: 1}\nm[b.T]++\nfmt.Println(len(m))",
				"e := struct {\ncell$1[$2]\nvec$1[int]\n}{vec$1: vec$1[int]{1, 2}}\ne.Set([]$2{$3}[2])\nfmt.Println(e.n, e.T, e.Dot(e.vec$1), len(e.Map(func(x int) int { return x })))",
				"c := make(chan cell$1[$2], 2)\nc <- cell$1[$2]{n: 1}\nselect {\ncase x := <-c:\nold := x.Set([]$2{$3}[0])\nfmt.Println(old, x.n)\ndefault:\nfmt.Println(\"none\")\n}",
				"type local[T any] struct {\ncell$1[T]\nnext *local[T]\n}\nl := &local[$4]{next: &local[$4]{}}\nl.next.Set([]$4{$6}[0])\nfmt.Println(l.n, l.next.n, l.next.T)\nfmt.Printf(\"%T\\n\", *l)",
			)+"\n}", n, e, g.parts(3, e, func(t *typ) string { return g.value(t, 1) }), o, g.between(1, 5), g.parts(5, o, g.literal))
		}
	})
}

// namedTypes converts between types of one underlying type, and asks values what they are.
func (g *gen) namedTypes() {
	n := g.name("")
	e := g.valueType(1)
	f := g.members(g.between(1, 3), 1)
	plain := (&typ{kind: structKind, fields: append(f, member{name: "N", typ: intType})}).literal()
	g.w("type one$1 $2\ntype two$1 $2\ntype three$1 struct {\none$1\nTag string `json:\"tag\" x:\"$3\"`\n}\ntype same$1 = one$1\nfunc (o one$1) Get() int { return o.N }\nfunc (o *one$1) Put(n int) { o.N = n }", n, plain, g.between(1, 99))
	g.w("type list$1 []$2\ntype keys$1 map[string]$2\ntype fn$1 func(int) int\ntype ptr$1 *one$1\ntype ch$1 chan $2\ntype err$1 struct{ code int }\ntype arr$1 [2]list$1\ntype b$1 []byte\ntype r$1 []rune\ntype s$1 string\ntype i$1 interface{ Get() int }\nfunc (f fn$1) Get() int { return f(20) }\nfunc (l list$1) Get() int { return len(l) }\nfunc (m keys$1) Get() int { return -len(m) }\nfunc (c ch$1) Get() int { return cap(c) }\nfunc (e *err$1) Error() string { return fmt.Sprint(\"code \", e.code) }\nfunc (a arr$1) Get() int { return len(a[0]) }\nfunc what$1(x any) string {\nswitch x := x.(type) {\ncase nil:\nreturn \"nil\"\ncase i$1, fmt.Stringer:\nreturn \"getter\"\ncase error:\nreturn x.Error()\ncase int, int8, one$1:\nreturn fmt.Sprintf(\"value %v\", x)\ncase []$2:\nreturn fmt.Sprint(\"slice \", len(x))\ncase func(int) int:\nreturn fmt.Sprint(\"func \", x(1))\ncase *one$1, *two$1:\nreturn fmt.Sprintf(\"%T\", x)\ncase struct{}:\nreturn \"empty\"\n}\nreturn \"other\"\n}", n, e)
	g.flush()
	g.scene("named", func() {
		g.w("o := one$1{N: $2}\nvar any1 any = o\n_, _ = o, any1", n, g.between(0, 50))
		for range g.between(5, 9) {
			g.w("{\n"+g.oneOf(
				"t := two$1(o)\nt.N++\nu := one$1(t)\nfmt.Println(o.N, t.N, u.Get(), same$1(u).Get())\np := (*two$1)(&o)\np.N = 9\nfmt.Println(o.Get())",
				"fmt.Printf(\"%T %T %T %T\\n\", o, two$1(o), same$1(o), three$1{})\nvar g i$1 = &o\ng.(*one$1).Put(4)\nfmt.Println(g.Get(), what$1(o), what$1(&o), what$1(two$1(o)))",
				"x := three$1{one$1: o}\nx.Put(77)\ny := struct {\none$1\nTag string\n}(x)\ny.Tag = \"t\"\nfmt.Println(x.Get(), y.Get(), o.N, x.Tag == y.Tag)\nfield, _ := reflect.TypeOf(x).FieldByName(\"Tag\")\nfmt.Println(field.Tag.Get(\"json\"), field.Tag.Get(\"x\"), reflect.TypeOf(y).NumField())",
				"l := list$1{$3}\nvar g i$1 = l\nvar plain []$2 = l\nplain[0] = $4\nfmt.Println(g.Get(), len(g.(list$1)), what$1(l), what$1(plain), what$1([]$2(l)), l)",
				"m := keys$1{\"a\": $4}\nvar g i$1 = m\nm[\"b\"] = $4\nfmt.Println(g.Get(), len(map[string]$2(m)), what$1(m), what$1(map[string]$2(m)))",
				"f := fn$1(func(x int) int { return x + $5 })\nvar g i$1 = f\nvar h func(int) int = f\nfmt.Println(g.Get(), h(1), fn$1(h).Get(), what$1(f), what$1(h))",
				"var p ptr$1 = &o\np.N += 3\nvar q *one$1 = p\nq.Put(q.Get() * 2)\nfmt.Println(o.N, p == q, what$1(q), what$1(p))",
				"c := make(ch$1, $5)\nvar in chan<- $2 = c\nvar out <-chan $2 = c\nin <- $4\nfmt.Println(len(out), c.Get(), what$1(c), what$1(out))\nfmt.Println(<-out)",
				"var err error = &err$1{$5}\nvar e *err$1\nwrapped := fmt.Errorf(\"%w and %w\", err, io.EOF)\nfmt.Println(errors.As(wrapped, &e), e.code, errors.Is(wrapped, io.EOF), errors.Is(wrapped, err), what$1(wrapped))\nvar none *err$1\nerr = none\nfmt.Println(err == nil, none == nil, what$1(any(nil)))",
				"a := arr$1{{$4}, nil}\nb := a\nb[0][0] = $3\nb[1] = list$1{$4, $4}\nfmt.Println(a[0], len(a[1]), len(b[1]), a.Get(), what$1(a), [2]list$1(b)[1].Get())",
				"s := s$1(\"h\\u00e9\\xff\")\nfmt.Println([]byte(s), b$1(s), r$1(s), string(r$1(s)), s$1(b$1(s)) == s, s$1(r$1{0x10FFFF + 1, 'x'}), string(b$1{65, 0xC3}))\nfor i, c := range s {\nfmt.Print(i, c, \" \")\n}\nfmt.Println(len(r$1(s)), what$1(s), append(b$1(\"x\"), s...))",
				"var g i$1\nfmt.Println(g == nil, what$1(g))\ng, ok := any1.(i$1)\nfmt.Println(ok, g.Get(), g == any1, any1 == any(o))\nh, ok := any(o.N).(i$1)\nfmt.Println(h, ok)\ncatch(\"assert\", func() { fmt.Println(any1.(*one$1)) })\ncatch(\"assert\", func() { fmt.Println(any1.(error)) })\ncatch(\"assert\", func() { fmt.Println(g.(interface{ Put(int) })) })",
				"type inner struct{ one$1 }\ntype outer struct {\n*inner\nn int\n}\nx := outer{&inner{o}, 1}\nx.Put($5)\ny := x\ny.inner = &inner{}\nfmt.Println(x.Get(), y.Get(), o.N, what$1(x), what$1(x.inner.one$1))\ncatch(\"outer\", func() { fmt.Println(outer{}.N) })",
				"fmt.Println(what$1(struct{}{}), what$1(int8($5)), what$1(uint8(1)), what$1(what$1), what$1([0]int{}), what$1(new(two$1)))",
				"p := [4]int{1, 2, 3, $5}\ns := p[:]\nq := (*[2]int)(s[1:])\nq[0] = 50\nfmt.Println(p, [2]int(s), *(*[4]int)(s) == p, len((*[0]int)(s)))",
			)+"\n}", n, e, g.value(e, 1), g.value(e, 1), g.between(1, 9))
		}
	})
}
