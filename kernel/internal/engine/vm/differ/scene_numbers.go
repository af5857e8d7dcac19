package differ

import (
	"fmt"
	"strings"
)

// edges prints what operators make of integers at the ends of their range.
func (g *gen) edges() {
	t := g.integerType()
	ends := []string{"0", "1", "2"}
	if bits := t.kind.bits(); t.kind.signed() {
		if bits == 0 {
			ends = append(ends, "-1", "math.MinInt", "math.MaxInt")
		} else {
			ends = append(ends, "-1", fmt.Sprintf("-1 << %d", bits-1), fmt.Sprintf("1<<%d - 1", bits-1))
		}
	} else {
		ends = append(ends, fill("^$1(0)", t), fill("^$1(0) >> 1", t))
	}
	g.scene("edges", func() {
		g.w("values := []$1{$2}", t, strings.Join(append(ends, g.integer(t)), ", "))
		g.w("counts := []$1{0, 1, 7, 8, 31, 32, 63, 64, 100}", basics[g.between(int(uintKind), int(uint64Kind))])
		g.w("for _, x := range values {")
		g.w("fmt.Println(x, -x, ^x, x+1, x-1, x*x, x<<$1, x>>$2, x&^$3, x == -x)", g.between(0, 70), g.between(0, 70), g.between(0, 100))
		for range g.between(1, 2) {
			to := g.numberType()
			g.w("fmt.Println($1(x), $1(x) == $2)", to, g.literal(to))
		}
		g.w("for _, y := range values {")
		g.w("fmt.Print(x $1 y, x $2 y, x $3 y, x $4 y, \" \")", g.oneOf("+", "-", "*"), g.oneOf("&", "|", "^", "&^"), g.oneOf("<", "<="), g.oneOf("==", ">", ">="))
		g.w("if y != 0 {\nfmt.Print(x / y, x % y, \" \")\n}")
		g.w("if x $1 y && y $2 $3 {\nfmt.Print(\"c\")\n}", g.oneOf("<", ">=", "!="), g.oneOf("<", ">", "==", "<="), g.integer(t))
		g.w("}\nfor _, n := range counts {\nfmt.Print(x << n, x >> n, \" \")\n}")
		g.w("x $1= $2\nx++\nfmt.Println(x)", g.oneOf("+", "-", "*", "^", "|"), g.integer(t))
		g.w("}")
		g.w("catch(\"division\", func() { fmt.Println(values[1] $1 values[0]) })", g.oneOf("/", "%"))
	})
}

// conversions sends numbers through a chain of types.
func (g *gen) conversions() {
	g.scene("conversions", func() {
		for range g.between(2, 4) {
			first := g.integerType()
			x := g.name("x")
			g.w("for _, $1 := range []$2{$3} {", x, first, g.parts(3, first, func(t *typ) string { return g.integer(t) }))
			for range g.between(2, 5) {
				y, to := g.name("x"), g.numberType()
				if to.kind.float() {
					// What is left in a float is not taken back to an integer: it may be out of range.
					g.w("$1 := $2($3)\nfmt.Print($1, $1 == $2($3), $4($1), \" \")", y, to, x, basics[g.between(int(float32Kind), int(float64Kind))])
					continue
				}
				g.w("$1 := $2($3)\nfmt.Print($1, $1 < $4, \" \")", y, to, x, g.integer(to))
				x = y
			}
			g.w("fmt.Println(string(rune($1)))\n}", x)
		}
		f := basics[g.between(int(float32Kind), int(float64Kind))]
		g.w("for _, f := range []$1{0.5, -0.5, 1.9, -1.9, 100.49, -128, 127.999} {", f)
		for range 3 {
			g.w("fmt.Print($1(f), \" \")", basics[g.between(int(intKind), int(int64Kind))])
		}
		g.w("if f >= 0 {\nfmt.Print($1(f))\n}\nfmt.Println()\n}", basics[g.between(int(uintKind), int(uint64Kind))])
	})
}

// floats prints what operators and comparisons make of unusual floats.
func (g *gen) floats() {
	t := basics[g.between(int(float32Kind), int(float64Kind))]
	g.scene("floats", func() {
		g.w("zero := id[$1](0)", t)
		g.w("values := []$1{zero, -zero, 1, $2, $3, 1 / zero, -1 / zero, zero / zero}", t, g.float(t.kind), g.float(t.kind))
		g.w("for i, x := range values {\nfor j, y := range values {")
		g.w("n := 0")
		for i, op := range []string{"<", "<=", ">", ">=", "==", "!="} {
			switch g.IntN(4) {
			case 0:
				g.w("if x $1 y {\nn |= $2\n}", op, 1<<i)
			case 1:
				g.w("if !(x $1 y) {\nn |= $2\n}", op, 1<<i)
			case 2:
				g.w("b$2 := x $1 y\nif b$2 {\nn += $2\n}", op, 1<<i)
			default:
				g.w("for x $1 y && n&$2 == 0 {\nn |= $2\n}", op, 1<<i)
			}
		}
		g.w("fmt.Print(i, j, n, \" \", x+y, x-y, $1(x*y), x/y, min(x, y), max(x, y), \";\")", t)
		g.w("if x $1 $2 || !(y $3 $4) {\nfmt.Print(\"!\")\n}\n}", g.oneOf("<", ">="), g.float(t.kind), g.oneOf("<=", ">", "==", "!="), g.float(t.kind))
		g.w("fmt.Println(math.Signbit(float64(x)) && x == x, float32(x), -x, x == x, map[bool]int{x != x: 1})\n}")
		g.w("switch x := values[$1]; {\ncase x > 0: fmt.Println(\"pos\")\ncase x <= 0: fmt.Println(\"neg\")\ndefault: fmt.Println(\"nan\")\n}", g.IntN(8))
		g.w("m := map[$1]int{}\nfor i, x := range values {\nm[x] += i + 1\n}\nfmt.Println(len(m), m[0], m[zero/zero])", t)
	})
}

// complexNumbers prints what operators make of complex numbers whose parts are small.
func (g *gen) complexNumbers() {
	t := basics[g.between(int(complex64Kind), int(complex128Kind))]
	f := basics[float64Kind]
	if t.kind == complex64Kind {
		f = basics[float32Kind]
	}
	small := func(*typ) string {
		return fmt.Sprintf("complex(%v, %v)", float64(g.between(-16, 16))/4, float64(g.between(-16, 16))/4)
	}
	g.scene("complexes", func() {
		g.w("values := []$1{0, 1, 1i, $2}", t, g.parts(3, t, small))
		g.w("for i, x := range values {\nfor _, y := range values[i:] {")
		g.w("fmt.Print(x $1 y, x * y, x == y, x != -y, \" \")\nif y != 0 {\nfmt.Print(near(complex128(x / y)))\n}\n}", g.oneOf("+", "-"))
		g.w("x $1= $2", g.oneOf("+", "-", "*"), small(nil))
		g.w("var re, im $1 = real(x), imag(x)", f)
		g.w("fmt.Println(x, re, im, complex(im, re), $1(x), any(x) == any(values[i]))\n}", pickOf(g, []*typ{basics[complex64Kind], basics[complex128Kind]}))
		g.w("m := map[$1]string{$2: \"a\"}\nfmt.Println(m, m[$3])", t, small(nil), small(nil))
		g.w("fmt.Printf(\"%v %T %.2f\\n\", values[$1], values[0], values[$2])", g.IntN(7), g.IntN(7))
	})
}

// constants prints constants that the compiler computes, with and without a type.
func (g *gen) constants() {
	t, n := g.integerType(), g.name("_")
	g.w("type E$1 $2", n, t)
	g.w("const (\nA$1 E$1 = iota $2 $3\nB$1\n_\nC$1\nD$1, X$1 = iota, \"s\" + \"t\"\n)", n, g.oneOf("+", "*"), g.between(1, 9))
	g.flush()
	g.scene("constants", func() {
		g.w("const big = 1 << 100\nconst ratio = big / (1 << $1) * 3 / 7.0", g.between(60, 99))
		g.w("fmt.Println(A$1, B$1, C$1, D$1, X$1, big>>$2, float32(ratio), 'a'+1, len(\"日本\"), 7/2, 7/2.0, 1i*1i)", n, g.between(60, 95))
		g.w("fmt.Printf(\"%T %T %T %v\\n\", A$1, D$1, 'x', E$1(3))", n)
		g.w("s := id[uint](uint($1))", g.between(0, 70))
		g.w("var a int64 = 1 << s\nvar b = uint8(1<<s) + $1\nvar c int8 = 1 << s >> s", g.between(0, 200))
		g.w("fmt.Println(a, b, c, uint32(1)<<s, ^uint16(0)>>s, int32(-1)>>s)")
		g.w("const h = uint8($1)\nx := id(h)\nfmt.Println(h>>1, x+h, x-h-1, x^h, x&^0x0f, -x)", g.between(1, 255))
	})
}
