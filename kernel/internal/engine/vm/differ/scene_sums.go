package differ

import "fmt"

// sums does arithmetic on what lies in slices, rows, fields and variables, which the machine folds into few instructions.
func (g *gen) sums() {
	e := g.oneOfTypes(intType, intType, floatType, floatType, basics[int64Kind], basics[int32Kind], basics[uint64Kind], basics[float32Kind], basics[uint8Kind])
	t := g.name("Sum")
	g.w("type $1 struct {\nx, y $2\nn int\nz [4]$2\n}", t, e)
	g.flush()
	g.scene("sums", func() {
		g.w("const n = 4\na, b, flat := []$1{$2}, []$1{$2}, make([]$1, n*n)\nfor i := range flat {\nflat[i] = $1(i%5) - $1(i/9)\n}", e, g.parts(4, e, func(t *typ) string { return g.small(t) }))
		g.w("copy(b, []$1{$2})\nrows := [][]$1{a, flat[:n], b, flat[4:12]}\nvar arr [4]$1\np, v := &$3{x: 1, y: 2}, $3{x: 3}\nx, y := $1($4), $1($5)\nq := p\n_, _, _ = arr, q, y", e, g.parts(4, e, func(t *typ) string { return g.small(t) }), t, g.small(e), g.small(e))
		g.w("show := func() { fmt.Println(a, b, flat, rows[3][2:4], arr, *p, v, x, y) }")
		for range g.between(3, 6) {
			switch g.IntN(6) {
			case 0:
				g.w("for i := 0; i < n; i++ {")
			case 1:
				g.w("for i := range n {")
			case 2:
				g.w("for i, w := range a {\nx += w")
			case 3:
				g.w("for i := n - 1; i >= 0; i-- {")
			default:
				g.w("for i := 0; i < n; i++ {\nj := (i + $1) & 3", g.IntN(4))
				g.sumStatements(e, g.between(1, 3))
				g.w("_ = j\nfor j := 0; j < n; j++ {")
				g.sumStatements(e, g.between(1, 4))
				g.w("}\n}\nshow()")
				continue
			}
			g.w("j := (i * $1) & 3\n_ = j", g.IntN(4))
			g.sumStatements(e, g.between(1, 5))
			g.w("}\nshow()")
		}
		for range g.between(1, 3) {
			g.w("catch(\"$1\", func() {\ni, j, k := 1, 2, id($2)\n_, _, _ = i, j, k", g.name("c"), g.IntN(20)-3)
			g.sumStatements(e, g.between(0, 2))
			g.w(g.oneOf("a[k] += x", "x += a[k]", "x = y - rows[1][k]", "x += y * flat[k*n+1]", "rows[k][1] *= x", "flat[i*n+k] -= y", "x, a[k] = y, x",
				"var none *$1\nnone.x += y", "var none *$1\nx += y * none.y", "arr[k&7] += x", "x = x * a[k]", "x -= arr[k&7]"), t)
			g.sumStatements(e, 1)
			g.w("})\nshow()")
		}
	})
}

// sumStatements writes assignments that change the variables of sums. None can panic.
func (g *gen) sumStatements(e *typ, count int) {
	for range count {
		op := g.oneOf("+", "-", "*", "+", "+")
		switch g.IntN(8) {
		case 0:
			g.w("$1 = $2", g.oneOf("x", "y"), g.sum(e, 2))
		case 1:
			g.w("x += $3($1 * $2)", g.operand(e), g.operand(e), e)
		case 2:
			g.w("$1 $2= $3", g.place(), op, g.sum(e, 1))
		case 3:
			g.w("$1 = $2", g.place(), g.sum(e, 2))
		case 4:
			g.w("$1, $2 = $3, $4", "x", g.place(), g.sum(e, 1), g.operand(e))
		case 5:
			place := g.place()
			g.w("$1 = $1 $2 $3", place, op, g.operand(e))
		case 6:
			g.w("if $1 $2 $3 {\n$4 -= $5\n}", g.sum(e, 1), g.oneOf("<", ">=", "=="), g.operand(e), g.place(), g.operand(e))
		default:
			// What is read here must not be what the statement after it makes of it.
			old := g.name("o")
			place := g.place()
			g.w("$1 := $2\n$2 += $3\nx = $1 $4 $5", old, place, g.operand(e), op, g.operand(e))
		}
	}
}

// place gives one of the places that sums works on.
func (g *gen) place() string {
	i := g.oneOf("i", "j", "n-1-i", "(i+j)&3", "2")
	return g.oneOf("x", "y", "a["+i+"]", "b["+i+"]", "a[i]", "flat[i*n+j]", "flat[j*n+"+i+"]", "flat["+i+"]", "rows[i][j]", "rows[2]["+i+"]", "p.x", "q.y", "p.z["+i+"]", "v.x", "v.z["+i+"]", "arr["+i+"]")
}

// operand gives a place, a constant or a product.
func (g *gen) operand(e *typ) string {
	switch g.IntN(6) {
	case 0:
		return g.small(e)
	case 1:
		return fmt.Sprintf("%v(i+%d)", e, g.IntN(3))
	}
	return g.place()
}

// sum gives an expression of a few operands. Floats are rounded after each product: some processors would not do that.
func (g *gen) sum(e *typ, depth int) string {
	if depth == 0 || g.chance(20) {
		return g.place()
	}
	l, r := g.sum(e, depth-1), g.sum(e, depth-1)
	if g.chance(20) {
		r = g.operand(e)
	}
	switch g.IntN(5) {
	case 0:
		return fmt.Sprintf("%v(%s * %s)", e, l, r)
	case 1:
		return fmt.Sprintf("(%s - %s)", l, r)
	case 2:
		return fmt.Sprintf("(%s + %v(%s*%s))", g.operand(e), e, l, r)
	}
	return fmt.Sprintf("(%s + %s)", l, r)
}

// small gives a small number.
func (g *gen) small(e *typ) string {
	if e.kind.float() {
		return fmt.Sprint(float64(g.between(-8, 8)) / 4)
	}
	if !e.kind.signed() {
		return fmt.Sprint(g.between(0, 9))
	}
	return fmt.Sprint(g.between(-9, 9))
}

// smallCalls calls small functions and closures with few arguments, in the shapes that have calls of their own.
func (g *gen) smallCalls() {
	n := g.name("")
	g.w("type node$1 struct {\nnext *node$1\nv int\n}\nvar count$1 int\nfunc fib$1(n int) int {\nif n < 2 {\nreturn n\n}\nreturn fib$1(n-1) + fib$1(n-2)*$2\n}\nfunc down$1(n int) int64 {\ndefer func() { count$1++ }()\nif n <= 0 {\nreturn int64(count$1)\n}\nreturn down$1(n-$2) + int64(n)\n}\nfunc odd$1(n int) bool {\nif n == 0 {\nreturn false\n}\nreturn !odd$1(n - 1)\n}\nfunc less$1(a, b int) bool { return a < b }\nfunc last$1(p *node$1) *node$1 {\nif p.next == nil {\nreturn p\n}\nreturn last$1(p.next)\n}\nfunc link$1(p, q *node$1) *node$1 {\np.next = q\nreturn p\n}\nfunc nth$1(p *node$1, i int) int {\nif i == 0 {\nreturn p.v\n}\nreturn nth$1(p.next, i-1)\n}\nfunc make$1(v int) *node$1 { return &node$1{v: v} }\nfunc empty$1(p *node$1) bool { return p == nil }\nfunc bump$1(p *node$1) { p.v++ }\nfunc void$1() { count$1 += 10 }\nfunc at$1(f float64) float64 {\nif f < 1 {\nreturn f\n}\nreturn at$1(f-1) / 2\n}\nfunc deep$1(n int) int {\nif n == 0 {\nvar p *node$1\nreturn p.v\n}\nreturn deep$1(n+-1) + 1\n}", n, g.between(1, 3))
	g.flush()
	g.scene("calls", func() {
		g.w("list := link$1(make$1(1), link$1(make$1($2), make$1(3)))\nxs := []int{5, 3, $2, 8, 1}\n_, _ = list, xs", n, g.between(0, 20))
		for range g.between(5, 9) {
			g.w("{\n"+g.oneOf(
				"fmt.Println(fib$1($2%12), down$1($2), odd$1($2), count$1)",
				"fmt.Println(last$1(list).v, nth$1(list, $2%3), empty$1(list), empty$1(list.next.next.next))",
				"catch(\"nth\", func() { fmt.Println(nth$1(list, 3+$2)) })\nfmt.Println(nth$1(list, 1))",
				"catch(\"deep\", func() { fmt.Println(deep$1($2)) })\nvoid$1()\nbump$1(list)\nfmt.Println(count$1, list.v)",
				"fmt.Println(at$1(float64($2)), less$1($2, 7), less$1(7, $2))",
				"n := 0\nnext := func() int { n++; return n }\nodd := func(x int) bool { return x&1 == 1 }\nadd := func(a, b int) int { return a*b + n }\nfor i := range 5 {\nif odd(i + next()) {\nn = add(n, i)\n}\n}\nfmt.Println(n)",
				"var f func(int) int\nf = func(x int) int {\nif x <= 0 {\nreturn $2\n}\nreturn f(x-1) + x\n}\nfmt.Println(f($2))\nf = func(x int) int { return -x }\nfmt.Println(f(f(3)))",
				"swap := func(p *node$1) *node$1 { return p.next }\nset := func(p *node$1) { p.v = $2 }\nis := func(p *node$1) bool { return p != nil }\nget := func(p *node$1) int { return p.v * 2 }\nfor p := list; is(p); p = swap(p) {\nif get(p) > 5 {\nset(p)\n}\n}\nfmt.Println(list.v, list.next.v)",
				"sort.Slice(xs, func(i, j int) bool { return xs[i]%4 < xs[j]%4 || xs[i]%4 == xs[j]%4 && xs[i] < xs[j] })\nfmt.Println(xs, slices.IndexFunc(xs, func(x int) bool { return x > $2 }))",
				"catch(\"nil\", func() {\nvar f func(int, int) bool\nfmt.Println(f(1, 2))\n})\ncatch(\"nil\", func() {\nvar f func() *node$1\nfmt.Println(f() == nil)\n})",
				"g := strings.ToUpper\nh := math.Abs\nk := func(x float64) float64 { return h(x) - 1 }\nfmt.Println(g(\"a\"), h(-2.5), k(-0.5))",
				"ok := map[int]bool{}\nfor _, x := range xs {\nok[x] = less$1(x, $2) != odd$1(x)\n}\nfmt.Println(ok)",
				"total := 0\nfor _, f := range []func(int, int) int{func(a, b int) int { return a + b }, func(a, b int) int { total += a; return b }, func(_, b int) int { return total - b }} {\ntotal += f(total, $2)\n}\nfmt.Println(total)",
				"defer func(n int) { fmt.Println(\"deferred\", n, count$1) }(fib$1($2%5))\ncount$1 += fib$1(3)",
			)+"\n}", n, g.between(0, 30))
		}
	})
}
