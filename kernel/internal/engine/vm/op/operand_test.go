package op

import (
	"fmt"
	"go/token"
	"math"
	"testing"
	"unsafe"
)

// operands is a frame with a number in each of the places that a Ref leads to.
type operands[T int64 | float64] struct {
	d, a, v    T
	s          []T
	rows       [][]T
	p          *struct{ x, y T }
	i, j, n, k int
}

// refTo returns the way to one of the places, and a function that returns its address. Of the indexes i is 1, j 2, n 3.
func refTo[T int64 | float64](m RefMode) (Ref, func(f *operands[T]) *T) {
	var f operands[T]
	s, rows, p, i, j, n := unsafe.Offsetof(f.s), unsafe.Offsetof(f.rows), unsafe.Offsetof(f.p), unsafe.Offsetof(f.i), unsafe.Offsetof(f.j), unsafe.Offsetof(f.n)
	switch m {
	case RefField:
		return Ref{Mode: m, S: p, I: unsafe.Offsetof(f.p.y)}, func(f *operands[T]) *T { return &f.p.y }
	case RefElement:
		return Ref{Mode: m, S: s, I: j}, func(f *operands[T]) *T { return &f.s[f.j] }
	case RefElement2:
		return Ref{Mode: m, S: rows, I: i, J: j}, func(f *operands[T]) *T { return &f.rows[f.i][f.j] }
	case RefSum:
		return Ref{Mode: m, S: s, I: i, N: n, J: j}, func(f *operands[T]) *T { return &f.s[f.i*f.n+f.j] }
	}
	return Ref{Mode: RefValue, S: unsafe.Offsetof(f.v)}, func(f *operands[T]) *T { return &f.v }
}

func newOperands[T int64 | float64](a, x T) *operands[T] {
	s := []T{1, 2, x, 4, 5, 3 * x, 7}
	return &operands[T]{a: a, v: x, s: s, rows: [][]T{nil, {9, 8, x + 1}}, p: &struct{ x, y T }{y: x - 1}, i: 1, j: 2, n: 3}
}

func (f *operands[T]) String() string { return fmt.Sprint(f.d, f.a, f.v, f.s, f.rows, f.p) }

// checksPointers: nil may not be read (race_test.go).
var checksPointers bool

// broken are ways to make a place that is not there.
func broken[T int64 | float64]() map[string]func(f *operands[T]) {
	return map[string]func(f *operands[T]){
		"":        func(*operands[T]) {},
		"beyond":  func(f *operands[T]) { f.j = 100 },
		"below":   func(f *operands[T]) { f.j = -100 },
		"no row":  func(f *operands[T]) { f.i = 7 },
		"nothing": func(f *operands[T]) { f.p, f.s, f.rows = nil, nil, nil },
	}
}

// sameOperands runs an instruction and what Go does on equal frames.
func sameOperands[T int64 | float64](t *testing.T, name string, values []T, o Op, native func(f *operands[T])) {
	t.Helper()
	for what, spoil := range broken[T]() {
		if what == "nothing" && checksPointers {
			continue
		}
		for _, a := range values {
			for _, x := range values {
				got, want := newOperands(a, x), newOperands(a, x)
				spoil(got)
				spoil(want)
				g := outcome(func() any { o(P(got)); return got.String() })
				if w := outcome(func() any { native(want); return want.String() }); g != w {
					t.Errorf("%s %s of %v and %v = %s; want %s", name, what, a, x, g, w)
				}
				if got.String() != want.String() { // also after a fault
					t.Errorf("%s %s of %v and %v leaves %s; want %s", name, what, a, x, got, want)
				}
			}
		}
	}
}

func testOperands[T int64 | float64](t *testing.T, k Kind, values []T) {
	var f operands[T]
	d, a, v := unsafe.Offsetof(f.d), unsafe.Offsetof(f.a), unsafe.Offsetof(f.v)
	apply := map[token.Token]func(x, y T) T{
		token.ADD: func(x, y T) T { return x + y }, token.SUB: func(x, y T) T { return x - y }, token.MUL: func(x, y T) T { return T(x * y) },
	}
	modes := []RefMode{RefField, RefElement, RefElement2, RefSum, RefValue}
	ran := 0
	for _, m := range modes {
		r, at := refTo[T](m)
		for tok, do := range apply {
			if CanArithRef(k, tok, m) {
				ran++
				sameOperands(t, fmt.Sprintf("%T a %s mode %d", T(0), tok, m), values, ArithRef(k, tok, d, a, r), func(f *operands[T]) { f.d = do(f.a, *at(f)) })
			}
			if CanUpdate(k, tok, m) {
				ran++
				sameOperands(t, fmt.Sprintf("%T mode %d %s= v", T(0), m, tok), values, Update(k, tok, r, v), func(f *operands[T]) { *at(f) = do(*at(f), f.v) })
			}
		}
		for _, m2 := range modes {
			r2, at2 := refTo[T](m2)
			if CanDot(k, m, m2) {
				ran++
				sameOperands(t, fmt.Sprintf("%T a + mode %d * mode %d", T(0), m, m2), values, Dot(k, d, a, r, r2), func(f *operands[T]) {
					if m2 == RefValue {
						f.d = f.a + T(*at2(f)**at(f))
						return
					}
					f.d = f.a + T(*at(f)**at2(f))
				})
			}
		}
	}
	if ran < 20 {
		t.Errorf("%T: %d instructions with operands in memory; want 20 or more", T(0), ran)
	}
}

// Instructions with operands in memory do what Go does, also where there is none.
func TestOperands(t *testing.T) {
	testOperands(t, Int64, []int64{0, 1, -3, math.MaxInt64, math.MinInt64})
	testOperands(t, Float64, []float64{0, 0.1, -1 / 3.0, 1e300, math.Inf(1)})
}
