package differ

import "fmt"

// condition gives a boolean of comparisons and what joins them.
func (g *gen) condition(t *typ, depth int) string {
	wrap := func(text string) string {
		if t.name != "" {
			return fill("$1($2)", t, text)
		}
		return text
	}
	switch g.IntN(6) {
	case 0:
		return wrap(fill("($1 $2 $3)", g.expr(boolType, depth-1), g.oneOf("&&", "||"), g.expr(boolType, depth-1)))
	case 1:
		return wrap(fill("!($1)", g.expr(boolType, depth-1)))
	case 2:
		of := g.valueType(1)
		if of.comparable() {
			return wrap(fill("($1 $2 $3)", g.expr(of, depth-1), g.oneOf("==", "!="), g.expr(of, depth-1)))
		}
	case 3:
		return wrap(fill("($1 $2 $3)", g.expr(stringType, depth-1), g.oneOf("==", "!=", "<", ">="), g.value(stringType, 0)))
	}
	of := g.numberType()
	return wrap(fill("($1 $2 $3)", g.expr(of, depth-1), g.oneOf("<", "<=", ">", ">=", "==", "!="), g.value(of, depth-1)))
}

func (g *gen) integerExpr(t *typ, depth int) string {
	x := g.expr(t, depth-1)
	switch g.IntN(16) {
	case 0, 1, 2:
		return fill("($1 $2 $3)", x, g.oneOf("+", "-", "*"), g.value(t, depth-1))
	case 3, 4:
		return fill("($1 $2 $3)", x, g.oneOf("&", "|", "^", "&^"), g.value(t, depth-1))
	case 5:
		return fill("($1 $2 ($3 | 1))", x, g.oneOf("/", "%"), g.expr(t, depth-1))
	case 6:
		divisor := fmt.Sprint(g.oneOf("2", "3", "7", "8", "10", "64", "100", "127"))
		if t.kind.signed() && g.chance(30) {
			divisor = g.oneOf("-1", "-2", "-5", "-8")
		}
		return fill("($1 $2 $3)", x, g.oneOf("/", "%"), divisor)
	case 7:
		count := basics[g.between(int(uintKind), int(uint64Kind))]
		return fill("($1 $2 ($3 & $4))", x, g.oneOf("<<", ">>"), g.expr(count, depth-1), g.oneOf("7", "31", "63", "127"))
	case 8:
		return fill("($1 $2 $3)", x, g.oneOf("<<", ">>"), g.oneOf("1", "3", "7", "8", "15", "31", "33", "63", "64", "200"))
	case 9:
		return fill("($1 $2 uint8($3))", x, g.oneOf("<<", ">>"), g.expr(intType, depth-1))
	case 10:
		return fill("($1$2)", g.oneOf("-", "^"), x)
	case 11, 12:
		return fill("$1($2)", t, g.expr(g.integerType(), depth-1))
	case 13:
		return fill("$1(tame(float64($2)))", t, g.expr(basics[g.between(int(float32Kind), int(float64Kind))], depth-1))
	case 14:
		return fill("$1(len($2))", t, g.expr(g.oneOfTypes(stringType, sliceOf(g.basicType()), mapOf(intType, g.basicType())), depth-1))
	}
	return fill("$1($2, $3)", g.oneOf("min", "max"), x, g.value(t, depth-1))
}

func (g *gen) floatExpr(t *typ, depth int) string {
	x := g.expr(t, depth-1)
	switch g.IntN(8) {
	case 0, 1:
		return fill("($1 $2 $3)", x, g.oneOf("+", "-", "/"), g.expr(t, depth-1))
	case 2:
		// The conversion keeps a compiler from fusing the product with a sum around it.
		return fill("$1($2 * $3)", t, x, g.value(t, depth-1))
	case 3:
		return fill("(-$1)", x)
	case 4:
		return fill("$1($2)", t, g.expr(g.numberType(), depth-1))
	case 5:
		return fill("$1(math.$2(float64($3)))", t, g.oneOf("Sqrt", "Floor", "Abs", "Trunc", "Ceil"), x)
	case 6:
		return fill("$1(float64($2) / float64(len($3)))", t, x, g.expr(stringType, 0))
	}
	return fill("$1($2, $3)", g.oneOf("min", "max"), x, g.value(t, depth-1))
}

func (g *gen) complexExpr(t *typ, depth int) string {
	x := g.expr(t, depth-1)
	half := floatType
	other := basics[complex64Kind]
	if t.kind == complex64Kind {
		half, other = basics[float32Kind], basics[complex128Kind]
	}
	switch g.IntN(5) {
	case 0, 1:
		return fill("($1 $2 $3)", x, g.oneOf("+", "-"), g.value(t, depth-1))
	case 2:
		return fill("(-$1)", x)
	case 3:
		return fill("$1(complex($2, $3($4($5))))", t, g.expr(half, depth-1), half, g.oneOf("real", "imag"), x)
	}
	return fill("$1($2)", t, g.expr(other, depth-1))
}

func (g *gen) stringExpr(t *typ, depth int) string {
	x := g.expr(stringType, depth-1)
	var text string
	switch g.IntN(9) {
	case 0, 1:
		text = fill("cut($1 + $2)", x, g.value(stringType, depth-1))
	case 2:
		text = fill("$1[$2]", x, g.oneOf(":len("+x+")/2", "len("+x+")/3:", ":"))
	case 3:
		text = fill("string([]$1($2))", g.oneOf("rune", "byte"), x)
	case 4:
		text = fill("string(rune($1))", g.expr(g.integerType(), depth-1))
	case 5:
		text = fill("strconv.$1", g.oneOf(
			fill("Itoa($1)", g.expr(intType, depth-1)), fill("Quote($1)", x), fill("FormatBool($1)", g.expr(boolType, depth-1))))
		text = "cut(" + text + ")"
	case 6:
		text = fill("strings.$1", g.oneOf("ToUpper("+x+")", "TrimSpace("+x+")", "ToValidUTF8("+x+", \"?\")"))
	case 7:
		text = fill("cut(fmt.Sprint($1))", g.value(g.valueType(0), depth-1))
	default:
		text = fill("$1($2, $3)", g.oneOf("min", "max"), x, g.value(stringType, depth-1))
	}
	if t.name != "" {
		return fill("$1($2)", t, text)
	}
	return text
}
