package op

import (
	"go/token"
	mathbits "math/bits"
	"unsafe"
)

//go:noinline
func arith[T Number | complex64 | complex128](t token.Token, d, a, b uintptr) Op {
	switch t {
	case token.ADD:
		return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) + *(*T)(unsafe.Add(fp, b)) }
	case token.SUB:
		return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) - *(*T)(unsafe.Add(fp, b)) }
	case token.MUL:
		return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) * *(*T)(unsafe.Add(fp, b)) }
	case token.QUO:
		return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) / *(*T)(unsafe.Add(fp, b)) }
	}
	return nil
}

//go:noinline
func bits[T Integer](t token.Token, d, a, b uintptr) Op {
	switch t {
	case token.REM:
		return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) % *(*T)(unsafe.Add(fp, b)) }
	case token.AND:
		return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) & *(*T)(unsafe.Add(fp, b)) }
	case token.OR:
		return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) | *(*T)(unsafe.Add(fp, b)) }
	case token.XOR:
		return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) ^ *(*T)(unsafe.Add(fp, b)) }
	case token.AND_NOT:
		return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) &^ *(*T)(unsafe.Add(fp, b)) }
	}
	return arith[T](t, d, a, b)
}

// Arith returns d = a t b for two operands of one kind, or nil where the kind has no such operation.
func Arith(k Kind, t token.Token, d, a, b uintptr) Op {
	switch k {
	case Int8:
		return bits[int8](t, d, a, b)
	case Int16:
		return bits[int16](t, d, a, b)
	case Int32:
		return bits[int32](t, d, a, b)
	case Int64:
		return bits[int64](t, d, a, b)
	case Uint8:
		return bits[uint8](t, d, a, b)
	case Uint16:
		return bits[uint16](t, d, a, b)
	case Uint32:
		return bits[uint32](t, d, a, b)
	case Uint64:
		return bits[uint64](t, d, a, b)
	case Float32:
		return arith[float32](t, d, a, b)
	case Float64:
		return arith[float64](t, d, a, b)
	case Complex64:
		return arith[complex64](t, d, a, b)
	case Complex128:
		return arith[complex128](t, d, a, b)
	case String:
		return func(fp P) {
			*(*string)(unsafe.Add(fp, d)) = *(*string)(unsafe.Add(fp, a)) + *(*string)(unsafe.Add(fp, b))
		}
	}
	return nil
}

//go:noinline
func arithConst[T Number](t token.Token, d, a uintptr, k T) Op {
	switch t {
	case token.ADD:
		return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) + k }
	case token.SUB:
		return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) - k }
	case token.MUL:
		return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) * k }
	case token.QUO:
		if k != 0 {
			return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) / k }
		}
	}
	return nil
}

//go:noinline
func bitsConst[T Integer](t token.Token, d, a uintptr, k T) Op {
	switch t {
	case token.AND:
		return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) & k }
	case token.REM:
		if k > 0 && k&(k-1) == 0 && k-1 > 0 { // a power of two: no division
			m := k - 1
			return func(fp P) {
				x := *(*T)(unsafe.Add(fp, a))
				r := x & m
				if x < 0 && r != 0 {
					r -= k
				}
				*(*T)(unsafe.Add(fp, d)) = r
			}
		}
		if k != 0 {
			return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) % k }
		}
	}
	return arithConst(t, d, a, k)
}

// divideConst returns d = a / k and d = a % k for a constant k, by multiplication where a is below 1<<32: with c = ⌈2^64/k⌉ the
// quotient is the high word of c·a, and the remainder that of the low word's product with k (Lemire, Kaser, Kurz: Faster
// remainder by direct computation, 2019). It is nil for other operations.
func divideConst(t token.Token, d, a uintptr, k int64) Op {
	if k < 3 || k >= 1<<32 || t == token.REM && k&(k-1) == 0 {
		return nil
	}
	c := ^uint64(0)/uint64(k) + 1
	switch t {
	case token.QUO:
		return func(fp P) {
			x := *(*int64)(unsafe.Add(fp, a))
			if uint64(x) < 1<<32 {
				q, _ := mathbits.Mul64(c, uint64(x))
				*(*int64)(unsafe.Add(fp, d)) = int64(q)
				return
			}
			*(*int64)(unsafe.Add(fp, d)) = x / k
		}
	case token.REM:
		return func(fp P) {
			x := *(*int64)(unsafe.Add(fp, a))
			if uint64(x) < 1<<32 {
				r, _ := mathbits.Mul64(c*uint64(x), uint64(k))
				*(*int64)(unsafe.Add(fp, d)) = int64(r)
				return
			}
			*(*int64)(unsafe.Add(fp, d)) = x % k
		}
	}
	return nil
}

// ArithInt returns d = a t k, or nil where there is no such instruction.
func ArithInt(kind Kind, t token.Token, d, a uintptr, k int64) Op {
	switch kind {
	case Int64:
		if o := divideConst(t, d, a, k); o != nil {
			return o
		}
		return bitsConst(t, d, a, k)
	case Int32:
		return bitsConst(t, d, a, int32(k))
	case Uint8:
		return bitsConst(t, d, a, uint8(k))
	case Uint64:
		return bitsConst(t, d, a, uint64(k))
	}
	return nil
}

// ArithFloat returns d = a t k, or nil where there is no such instruction.
func ArithFloat(kind Kind, t token.Token, d, a uintptr, k float64) Op {
	switch kind {
	case Float64:
		return arithConst(t, d, a, k)
	case Float32:
		return arithConst(t, d, a, float32(k))
	}
	return nil
}

//go:noinline
func arith2[T int64 | float64](t, u token.Token, d, a, b, c uintptr) Op {
	switch [2]token.Token{t, u} {
	case [2]token.Token{token.MUL, token.ADD}:
		return func(fp P) {
			*(*T)(unsafe.Add(fp, d)) = T(*(*T)(unsafe.Add(fp, a))**(*T)(unsafe.Add(fp, b))) + *(*T)(unsafe.Add(fp, c))
		}
	case [2]token.Token{token.MUL, token.SUB}:
		return func(fp P) {
			*(*T)(unsafe.Add(fp, d)) = T(*(*T)(unsafe.Add(fp, a))**(*T)(unsafe.Add(fp, b))) - *(*T)(unsafe.Add(fp, c))
		}
	case [2]token.Token{token.MUL, token.MUL}:
		return func(fp P) {
			*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) * *(*T)(unsafe.Add(fp, b)) * *(*T)(unsafe.Add(fp, c))
		}
	case [2]token.Token{token.ADD, token.ADD}:
		return func(fp P) {
			*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) + *(*T)(unsafe.Add(fp, b)) + *(*T)(unsafe.Add(fp, c))
		}
	case [2]token.Token{token.ADD, token.MUL}:
		return func(fp P) {
			*(*T)(unsafe.Add(fp, d)) = (*(*T)(unsafe.Add(fp, a)) + *(*T)(unsafe.Add(fp, b))) * *(*T)(unsafe.Add(fp, c))
		}
	case [2]token.Token{token.SUB, token.MUL}:
		return func(fp P) {
			*(*T)(unsafe.Add(fp, d)) = (*(*T)(unsafe.Add(fp, a)) - *(*T)(unsafe.Add(fp, b))) * *(*T)(unsafe.Add(fp, c))
		}
	}
	return nil
}

// Arith2 returns d = (a t b) u c in one instruction, rounded after each operation, or nil where there is none.
func Arith2(k Kind, t, u token.Token, d, a, b, c uintptr) Op {
	switch k {
	case Int64:
		return arith2[int64](t, u, d, a, b, c)
	case Float64:
		return arith2[float64](t, u, d, a, b, c)
	}
	return nil
}

// SubMul returns d = c - a*b, or nil where there is no such instruction.
func SubMul(k Kind, d, a, b, c uintptr) Op {
	switch k {
	case Int64:
		return func(fp P) {
			*(*int64)(unsafe.Add(fp, d)) = *(*int64)(unsafe.Add(fp, c)) - *(*int64)(unsafe.Add(fp, a))**(*int64)(unsafe.Add(fp, b))
		}
	case Float64:
		return func(fp P) {
			*(*float64)(unsafe.Add(fp, d)) = *(*float64)(unsafe.Add(fp, c)) - float64(*(*float64)(unsafe.Add(fp, a))**(*float64)(unsafe.Add(fp, b)))
		}
	}
	return nil
}
