package differ

// generics declares functions and types with type parameters, and uses them with types of every sort.
func (g *gen) generics() {
	s, p, l, num, tr := g.name("Stack"), g.name("Pair"), g.name("List"), g.name("Num"), g.name("Tree")
	my := g.name("My")
	base := g.integerType()
	g.w("type $1 $2\nfunc (m $1) String() string { return fmt.Sprint(\"my\", $2(m)) }", my, base)
	g.w("type $1[T any] struct {\nitems []T\nn int\n}\nfunc (s *$1[T]) Push(xs ...T) *$1[T] {\ns.items = append(s.items, xs...)\ns.n += len(xs)\nreturn s\n}\nfunc (s *$1[T]) Pop() (x T, ok bool) {\nif len(s.items) == 0 {\nreturn\n}\nx = s.items[len(s.items)-1]\ns.items = s.items[:len(s.items)-1]\nreturn x, true\n}\nfunc (s $1[T]) Each(f func(int, T)) {\nfor i, x := range s.items {\nf(i, x)\n}\n}\nfunc (s $1[T]) All() iter.Seq[T] {\nreturn func(yield func(T) bool) {\nfor _, x := range s.items {\nif !yield(x) {\nreturn\n}\n}\n}\n}", s)
	g.w("type $1[K comparable, V any] struct {\nKey K\nVal V\n}\nfunc (p $1[K, V]) Swap(v V) ($1[K, V], V) {\nold := p.Val\np.Val = v\nreturn p, old\n}\nfunc mk$1[K comparable, V any](k K, v V) $1[K, V] { return $1[K, V]{k, v} }", p)
	g.w("type $1[T any] struct {\nhead T\ntail *$1[T]\n}\nfunc (l *$1[T]) Len() int {\nif l == nil {\nreturn 0\n}\nreturn 1 + l.tail.Len()\n}\nfunc cons$1[T any](x T, l *$1[T]) *$1[T] { return &$1[T]{x, l} }", l)
	g.w("type $1 interface {\n~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr | ~float32 | ~float64\n}\nfunc sum$1[T $1](xs ...T) (t T) {\nfor i, x := range xs {\nt += x\nif i%2 == 1 {\nt -= T(i)\n}\n}\nreturn\n}\nfunc conv$1[A, B $1](x A) B { return B(x) }\nfunc isNeg$1[T $1](x T) bool { return x < 0 || !(x >= 0) }", num)
	g.w("type $1[T cmp.Ordered] struct {\nl, r *$1[T]\nx T\n}\nfunc (t *$1[T]) Insert(x T) *$1[T] {\nif t == nil {\nreturn &$1[T]{x: x}\n}\nif x < t.x {\nt.l = t.l.Insert(x)\n} else if x > t.x {\nt.r = t.r.Insert(x)\n}\nreturn t\n}\nfunc (t *$1[T]) Walk(f func(T) bool) bool { return t == nil || t.l.Walk(f) && f(t.x) && t.r.Walk(f) }", tr)
	g.w("func map$1[A, B any](xs []A, f func(A) B) []B {\nout := make([]B, 0, len(xs))\nfor _, x := range xs {\nout = append(out, f(x))\n}\nreturn out\n}\nfunc fold$1[A, B any](xs []A, b B, f func(B, A) B) B {\nfor _, x := range xs {\nb = f(b, x)\n}\nreturn b\n}\nfunc kind$1[T any](x T) string {\nswitch y := any(x).(type) {\ncase int:\nreturn \"int\"\ncase string:\nreturn \"string\" + y\ncase []T:\nreturn \"never\"\ncase fmt.Stringer:\nreturn \"stringer \" + y.String()\n}\nvar z T\nreturn fmt.Sprintf(\"%T %v\", z, any(z) == nil)\n}\nfunc eq$1[T comparable](a, b T) bool { return a == b }\nfunc show$1[T fmt.Stringer](xs ...T) (out string) {\nfor _, x := range xs {\nout += x.String() + \";\"\n}\nreturn\n}\nfunc key$1[M ~map[K]V, K comparable, V any](m M) (n int) {\nfor range m {\nn++\n}\nreturn\n}", s)
	g.flush()
	e := g.valueType(1)
	k := g.keyType()
	o := g.oneOfTypes(intType, stringType, floatType, basics[int8Kind], basics[uint64Kind], basics[float32Kind])
	m := g.numberType()
	g.scene("generics", func() {
		for range g.between(5, 9) {
			g.w("{\n"+g.oneOf(
				"var s "+s+"[$1]\ns.Push($2, $3).Push($2)\nx, ok := s.Pop()\nfmt.Println(x, ok, s.n)\ns.Each(func(i int, x $1) { fmt.Print(i, x, \" \") })\nfor x := range s.All() {\nfmt.Println(x)\nbreak\n}",
				"s := &"+s+"["+s+"[$1]]{}\ns.Push("+s+"[$1]{}, "+s+"[$1]{n: 3})\nfmt.Printf(\"%v %T\\n\", s.n, s)",
				"p := mk"+p+"($4, $2)\nq, old := p.Swap($3)\nfmt.Println(p, q, old)\nfmt.Printf(\"%T %+v\\n\", p, q)",
				"p := mk"+p+"($4, mk"+p+"(1, $2))\nfmt.Printf(\"%v %T\\n\", p, p)\nf := p.Swap\np.Val.Key = 9\nr, _ := f(p.Val)\nfmt.Println(r.Val.Key, p.Key == r.Key)",
				"l := cons"+l+"($2, cons"+l+"($3, nil))\nfmt.Println(l.Len(), l.tail.head, l.tail.tail.Len())\nfmt.Printf(\"%T\\n\", l)",
				"fmt.Println(sum"+num+"[$5]($6, $7, 3), sum"+num+"["+my+"](1, 2, 3), sum"+num+"[float64]())",
				"fmt.Println(conv"+num+"[int8, $5](id(int8(77))), conv"+num+"[$5, "+my+"](3), conv"+num+"[uint8, float32](200), isNeg"+num+"($5(id(1))-2))",
				"var t *"+tr+"[$8]\nfor _, x := range []$8{$9} {\nt = t.Insert(x)\n}\nn := 0\nfmt.Println(t.Walk(func(x $8) bool {\nn++\nfmt.Print(x, \" \")\nreturn n < 4\n}), n)",
				"xs := map"+s+"([]$8{$9}, func(x $8) string { return fmt.Sprint(x) + \"!\" })\nfmt.Println(xs, fold"+s+"(xs, 0, func(n int, s string) int { return n + len(s) }))",
				"fmt.Println(kind"+s+"(1), kind"+s+"(\"s\"), kind"+s+"($2), kind"+s+"("+my+"(3)), kind"+s+"(any(nil)), kind"+s+"[error](nil))",
				"fmt.Println(eq"+s+"($4, $4), eq"+s+"[any](1, int8(1)), eq"+s+"([2]string{\"a\"}, [2]string{\"a\", \"\"}))\ncatch(\"eq\", func() {\nfmt.Println(eq"+s+"[any]([]int{}, []int{}))\n})",
				"fmt.Println(show"+s+"("+my+"(1), "+my+"(2)), key"+s+"(map["+my+"]$1{1: $2}))",
				"f := fold"+s+"[$8, []string]\nfmt.Println(f([]$8{$9}, nil, func(a []string, x $8) []string { return append(a, fmt.Sprint(len(a), x)) }))",
				"type local[T any] struct{ v T }\nx := local[$1]{$2}\nfmt.Printf(\"%v %T\\n\", x.v, x)",
				"h := "+p+"[$8, func() $1]{Val: func() $1 { return $2 }}\nfmt.Println(h.Val(), h.Key)\nfmt.Printf(\"%T\\n\", h)",
				"fmt.Println(slices.MaxFunc([]$8{$9}, cmp.Compare[$8]), slices.Index([]$8{$9}, id($8(*new($8)))), max(cmp.Compare(1, 2), 0))",
			)+"\n}", e, g.value(e, 1), g.value(e, 1), g.value(k, 1), m, g.value(m, 1), g.value(m, 1), o, g.parts(g.between(1, 7), o, g.literal))
		}
	})
}
