package op

import (
	"fmt"
	"go/token"
	"math"
	"reflect"
	"testing"
	"unsafe"
)

// A frame of the tests: operands of scalars at a, b and c, the result at d, a slot for a bool.
type frame struct {
	d, a, b, c uint64
	ok         bool
}

const (
	atD = unsafe.Offsetof(frame{}.d)
	atA = unsafe.Offsetof(frame{}.a)
	atB = unsafe.Offsetof(frame{}.b)
	atC = unsafe.Offsetof(frame{}.c)
	ok_ = unsafe.Offsetof(frame{}.ok)
)

// outcome runs f and describes what it gives, or panics with.
func outcome(f func() any) (s string) {
	defer func() {
		if r := recover(); r != nil {
			s = fmt.Sprintf("panic %T %v", r, r)
		}
	}()
	return show(f())
}

// show writes a number so that NaNs are alike and zeros are not.
func show(v any) string {
	switch x := v.(type) {
	case float64:
		if x == 0 && math.Signbit(x) {
			return "-0"
		}
	case float32:
		if x == 0 && math.Signbit(float64(x)) {
			return "-0"
		}
	}
	return fmt.Sprintf("%T %v", v, v)
}

// binary compares an instruction with two operands and what Go makes of them.
func binary[T, R any](t *testing.T, name string, values []T, o Op, native func(x, y T) R) {
	t.Helper()
	if o == nil {
		t.Errorf("%s: no instruction", name)
		return
	}
	for _, x := range values {
		for _, y := range values {
			var f frame
			*(*T)(P(&f.a)), *(*T)(P(&f.b)) = x, y
			got := outcome(func() any { o(P(&f)); return *(*R)(P(&f.d)) })
			if want := outcome(func() any { return native(x, y) }); got != want {
				t.Errorf("%s(%v, %v) = %s; want %s", name, x, y, got, want)
			}
		}
	}
}

// edges are the integers at the ends of a type's range, and some within it.
func edges[T Integer]() []T {
	bits := unsafe.Sizeof(T(0)) * 8
	top := T(1) << (bits - 1)
	return []T{0, 1, 2, 3, 10, 100, ^T(0), ^T(0) - 1, top, top - 1, top + 1, T(0) - 7}
}

var floats = []float64{0, math.Copysign(0, -1), 1, -1, 1.5, -2.75, 1e300, -1e-300, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1), math.NaN()}

func float32s() (out []float32) {
	for _, x := range floats {
		out = append(out, float32(x))
	}
	return out
}

func integers[T Integer](t *testing.T, k Kind) {
	values := edges[T]()
	name := fmt.Sprintf("%T", T(0))
	for tok, native := range map[token.Token]func(x, y T) T{
		token.ADD: func(x, y T) T { return x + y }, token.SUB: func(x, y T) T { return x - y }, token.MUL: func(x, y T) T { return x * y },
		token.QUO: func(x, y T) T { return x / y }, token.REM: func(x, y T) T { return x % y }, token.AND: func(x, y T) T { return x & y },
		token.OR: func(x, y T) T { return x | y }, token.XOR: func(x, y T) T { return x ^ y }, token.AND_NOT: func(x, y T) T { return x &^ y },
	} {
		binary(t, name+" "+tok.String(), values, Arith(k, tok, atD, atA, atB), native)
		for _, y := range values { // with a constant
			o := ArithInt(k, tok, atD, atA, int64(y))
			if o == nil {
				continue
			}
			binary(t, fmt.Sprintf("%s %s %v", name, tok, y), values, o, func(x, _ T) T { return native(x, y) })
		}
	}
	binary(t, name+" -", values, Negate(k, atD, atA), func(x, _ T) T { return -x })
	binary(t, name+" ^", values, Invert(k, atD, atA), func(x, _ T) T { return ^x })
	compared(t, k, values)
	counts := []int{-128, -1, 0, 1, 7, 8, 31, 32, 63, 64, 100, 127}
	for _, tok := range []token.Token{token.SHL, token.SHR} {
		for _, n := range counts {
			left := func(x T, n int8) T { return x << n }
			if tok == token.SHR {
				left = func(x T, n int8) T { return x >> n }
			}
			binary(t, fmt.Sprintf("%s %s int8 %d", name, tok, n), values, withB(Shift(k, Int8, tok, atD, atA, atB), int8(n)), func(x, _ T) T { return left(x, int8(n)) })
			wide := func(x T, n uint64) T { return x << n }
			if tok == token.SHR {
				wide = func(x T, n uint64) T { return x >> n }
			}
			binary(t, fmt.Sprintf("%s %s uint64 %d", name, tok, uint64(n)), values, withB(Shift(k, Uint64, tok, atD, atA, atB), uint64(n)), func(x, _ T) T { return wide(x, uint64(n)) })
		}
	}
}

// withB puts a value at b before the instruction.
func withB[T any](o Op, v T) Op {
	return func(fp P) {
		*(*T)(unsafe.Add(fp, atB)) = v
		o(fp)
	}
}

// compared compares the comparisons of a kind, as values and as ends of blocks.
func compared[T Ordered](t *testing.T, k Kind, values []T) {
	x, y := &Block{ID: 1}, &Block{ID: 2}
	for tok, native := range map[token.Token]func(x, y T) bool{
		token.LSS: func(x, y T) bool { return x < y }, token.LEQ: func(x, y T) bool { return x <= y }, token.GTR: func(x, y T) bool { return x > y },
		token.GEQ: func(x, y T) bool { return x >= y }, token.EQL: func(x, y T) bool { return x == y }, token.NEQ: func(x, y T) bool { return x != y },
	} {
		name := fmt.Sprintf("%T %s", values[0], tok)
		if unsafe.Sizeof(values[0]) > 8 {
			t.Fatal("the frame has no room")
		}
		binary(t, name, values, Compare(k, tok, atD, atA, atB), native)
		branch := Branch(k, tok, atA, atB, x, y)
		binary(t, name+" branch", values, func(fp P) { *(*bool)(unsafe.Add(fp, atD)) = branch(fp) == x }, native)
	}
}

func TestIntegers(t *testing.T) {
	integers[int8](t, Int8)
	integers[int16](t, Int16)
	integers[int32](t, Int32)
	integers[int64](t, Int64)
	integers[uint8](t, Uint8)
	integers[uint16](t, Uint16)
	integers[uint32](t, Uint32)
	integers[uint64](t, Uint64)
}

func floating[T float32 | float64](t *testing.T, k Kind, values []T) {
	name := fmt.Sprintf("%T", T(0))
	for tok, native := range map[token.Token]func(x, y T) T{
		token.ADD: func(x, y T) T { return x + y }, token.SUB: func(x, y T) T { return x - y },
		token.MUL: func(x, y T) T { return x * y }, token.QUO: func(x, y T) T { return x / y },
	} {
		binary(t, name+" "+tok.String(), values, Arith(k, tok, atD, atA, atB), native)
		for _, y := range values {
			if o := ArithFloat(k, tok, atD, atA, float64(y)); o != nil {
				binary(t, fmt.Sprintf("%s %s %v", name, tok, y), values, o, func(x, _ T) T { return native(x, y) })
			}
		}
	}
	binary(t, name+" -", values, Negate(k, atD, atA), func(x, _ T) T { return -x })
	compared(t, k, values)
}

func TestFloats(t *testing.T) {
	floating(t, Float64, floats)
	floating(t, Float32, float32s())
}

// Instructions of two operations round after each.
func TestArith2(t *testing.T) {
	values := []float64{0, 1, -3, 0.1, 1 / 3.0, 1e16, math.Inf(1), math.NaN()}
	for _, tt := range []struct {
		t, u   token.Token
		native func(x, y, z float64) float64
	}{
		{token.MUL, token.ADD, func(x, y, z float64) float64 { return float64(x*y) + z }},
		{token.MUL, token.SUB, func(x, y, z float64) float64 { return float64(x*y) - z }},
		{token.MUL, token.MUL, func(x, y, z float64) float64 { return x * y * z }},
		{token.ADD, token.ADD, func(x, y, z float64) float64 { return x + y + z }},
		{token.ADD, token.MUL, func(x, y, z float64) float64 { return (x + y) * z }},
		{token.SUB, token.MUL, func(x, y, z float64) float64 { return (x - y) * z }},
	} {
		for _, z := range values {
			o := withC(Arith2(Float64, tt.t, tt.u, atD, atA, atB, atC), z)
			binary(t, fmt.Sprintf("%s %s %v", tt.t, tt.u, z), values, o, func(x, y float64) float64 { return tt.native(x, y, z) })
		}
	}
	for _, z := range values {
		binary(t, fmt.Sprintf("%v - product", z), values, withC(SubMul(Float64, atD, atA, atB, atC), z), func(x, y float64) float64 { return z - float64(x*y) })
	}
	for _, z := range edges[int64]() {
		binary(t, fmt.Sprintf("%v - product", z), edges[int64](), withC(SubMul(Int64, atD, atA, atB, atC), z), func(x, y int64) int64 { return z - x*y })
	}
}

func withC[T any](o Op, v T) Op {
	return func(fp P) {
		*(*T)(unsafe.Add(fp, atC)) = v
		o(fp)
	}
}

func converted[S, T Number](t *testing.T, from, to Kind, values []S) {
	binary(t, fmt.Sprintf("%T to %T", S(0), T(0)), values, Convert(from, to, atD, atA), func(x, _ S) T { return T(x) })
}

func convertedFrom[S Number](t *testing.T, k Kind, values []S) {
	converted[S, int8](t, k, Int8, values)
	converted[S, int16](t, k, Int16, values)
	converted[S, int32](t, k, Int32, values)
	converted[S, int64](t, k, Int64, values)
	converted[S, uint8](t, k, Uint8, values)
	converted[S, uint16](t, k, Uint16, values)
	converted[S, uint32](t, k, Uint32, values)
	converted[S, uint64](t, k, Uint64, values)
	converted[S, float32](t, k, Float32, values)
	converted[S, float64](t, k, Float64, values)
}

func TestConvert(t *testing.T) {
	convertedFrom(t, Int8, edges[int8]())
	convertedFrom(t, Int16, edges[int16]())
	convertedFrom(t, Int32, edges[int32]())
	convertedFrom(t, Int64, edges[int64]())
	convertedFrom(t, Uint8, edges[uint8]())
	convertedFrom(t, Uint16, edges[uint16]())
	convertedFrom(t, Uint32, edges[uint32]())
	convertedFrom(t, Uint64, edges[uint64]())
	// Floats within the range of every integer: beyond, each processor does what it likes.
	convertedFrom(t, Float64, []float64{0, 0.99, 1, 1.5, 99.99, 127})
	convertedFrom(t, Float32, []float32{0, 0.99, 1, 1.5, 99.99, 127})
	converted[float64, float32](t, Float64, Float32, floats)
	converted[float32, float64](t, Float32, Float64, float32s())
	converted[float64, int64](t, Float64, Int64, []float64{-1 << 63, -1.9, 1<<62 + 0.5})
}

// TestInt reads integers of every kind as int.
func TestInt(t *testing.T) {
	for _, tt := range []struct {
		k    Kind
		bits uint64
		want int
	}{
		{Int8, 0x80, -128}, {Uint8, 0x80, 128}, {Int16, 0xffff, -1}, {Uint16, 0xffff, 65535}, {Int32, 1 << 31, math.MinInt32}, {Uint32, 1 << 31, 1 << 31},
		{Int64, 1 << 63, math.MinInt64}, {Uint64, 1 << 63, math.MinInt64},
	} {
		f := frame{a: tt.bits}
		if got := Int(tt.k, atA)(P(&f)); got != tt.want {
			t.Errorf("Int(%d) of %#x = %d; want %d", tt.k, tt.bits, got, tt.want)
		}
	}
}

// StepBranch counts and compares.
func TestStepBranch(t *testing.T) {
	x, y := &Block{ID: 1}, &Block{ID: 2}
	for _, tt := range []struct {
		t       token.Token
		i, k, n int64
		want    *Block
	}{
		{token.LSS, 3, 1, 5, x}, {token.LSS, 4, 1, 5, y}, {token.LEQ, 4, 1, 5, x}, {token.LEQ, 5, 1, 5, y}, {token.LSS, math.MaxInt64, 1, 0, x},
	} {
		f := frame{a: uint64(tt.i), b: uint64(tt.n)}
		got := StepBranch(tt.t, atD, atA, tt.k, atB, x, y)(P(&f))
		if got != tt.want || int64(f.d) != tt.i+tt.k {
			t.Errorf("StepBranch(%v) of %d + %d and %d = block %d, %d; want block %d", tt.t, tt.i, tt.k, tt.n, got.ID, f.d, tt.want.ID)
		}
	}
}

func TestKindOf(t *testing.T) {
	type named int16
	for _, tt := range []struct {
		v    any
		want Kind
	}{
		{1, Int64}, {uintptr(1), Uint64}, {named(1), Int16}, {"", String}, {true, Bool}, {1i, Complex128}, {new(int), Pointer}, {map[int]int{}, Pointer},
		{func() {}, Pointer}, {[]int{}, None}, {struct{}{}, None}, {[1]int{}, None},
	} {
		if got := KindOf(reflect.TypeOf(tt.v)); got != tt.want {
			t.Errorf("KindOf(%T) = %d; want %d", tt.v, got, tt.want)
		}
	}
}
