package op

import (
	"go/token"
	"unsafe"
)

// An instruction may have an operand in memory, instead of a load before it: what sums over the elements of slices is made of
// these.

// A Ref says where an operand in memory is, by offsets in the frame.
type Ref struct {
	Mode       RefMode
	S, I, J, N uintptr
}

// A RefMode is how a Ref leads to memory.
type RefMode uint8

// The ways to an operand.
const (
	RefField    RefMode = iota + 1 // the number at the pointer S, plus I (a constant, not an offset in the frame)
	RefElement                     // S[I]
	RefElement2                    // S[I][J]
	RefSum                         // S[I*N+J]
	RefValue                       // none: the value is in the frame, at S
)

// ArithRef returns d = a t ref, or nil where there is no such instruction: it is for +, - and * of int64 and float64.
func ArithRef(k Kind, t token.Token, d, a uintptr, ref Ref) Op {
	switch k {
	case Int64:
		return arithRef[int64](t, d, a, ref)
	case Float64:
		return arithRef[float64](t, d, a, ref)
	}
	return nil
}

//go:noinline
func arithRef[T int64 | float64](t token.Token, d, a uintptr, ref Ref) Op {
	s, i, j, n := ref.S, ref.I, ref.J, ref.N
	switch ref.Mode {
	case RefField:
		switch t {
		case token.ADD:
			return func(fp P) {
				*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) + *(*T)(unsafe.Add(*(*P)(unsafe.Add(fp, s)), i))
			}
		case token.SUB:
			return func(fp P) {
				*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) - *(*T)(unsafe.Add(*(*P)(unsafe.Add(fp, s)), i))
			}
		case token.MUL:
			return func(fp P) {
				*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) * *(*T)(unsafe.Add(*(*P)(unsafe.Add(fp, s)), i))
			}
		}
	case RefElement:
		switch t {
		case token.ADD:
			return func(fp P) {
				*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) + (*(*[]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))]
			}
		case token.SUB:
			return func(fp P) {
				*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) - (*(*[]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))]
			}
		case token.MUL:
			return func(fp P) {
				*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) * (*(*[]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))]
			}
		}
	case RefElement2:
		switch t {
		case token.ADD:
			return func(fp P) {
				*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) + (*(*[][]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))][*(*int)(unsafe.Add(fp, j))]
			}
		case token.SUB:
			return func(fp P) {
				*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) - (*(*[][]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))][*(*int)(unsafe.Add(fp, j))]
			}
		case token.MUL:
			return func(fp P) {
				*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) * (*(*[][]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))][*(*int)(unsafe.Add(fp, j))]
			}
		}
	case RefSum:
		switch t {
		case token.ADD:
			return func(fp P) {
				*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) + (*(*[]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))**(*int)(unsafe.Add(fp, n))+*(*int)(unsafe.Add(fp, j))]
			}
		case token.MUL:
			return func(fp P) {
				*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) * (*(*[]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))**(*int)(unsafe.Add(fp, n))+*(*int)(unsafe.Add(fp, j))]
			}
		}
	}
	return nil
}

// CanArithRef reports whether ArithRef has an instruction.
func CanArithRef(k Kind, t token.Token, m RefMode) bool {
	return ArithRef(k, t, 0, 0, Ref{Mode: m}) != nil
}

// Dot returns d = c + x*y with a factor or both in memory, rounded after each operation: the step of an inner product. It is nil
// where there is no such instruction.
func Dot(k Kind, d, c uintptr, x, y Ref) Op {
	if y.Mode == RefValue {
		x, y = y, x
	}
	switch k {
	case Int64:
		return dot[int64](d, c, x, y)
	case Float64:
		return dot[float64](d, c, x, y)
	}
	return nil
}

// CanDot reports whether Dot has an instruction.
func CanDot(k Kind, x, y RefMode) bool { return Dot(k, 0, 0, Ref{Mode: x}, Ref{Mode: y}) != nil }

//go:noinline
func dot[T int64 | float64](d, c uintptr, x, y Ref) Op {
	s, i, j, n := x.S, x.I, x.J, x.N
	s2, i2, j2, n2 := y.S, y.I, y.J, y.N
	switch [2]RefMode{x.Mode, y.Mode} {
	case [2]RefMode{RefValue, RefField}:
		return func(fp P) {
			*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, c)) + T(*(*T)(unsafe.Add(fp, s))**(*T)(unsafe.Add(*(*P)(unsafe.Add(fp, s2)), i2)))
		}
	case [2]RefMode{RefValue, RefElement}:
		return func(fp P) {
			*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, c)) + T(*(*T)(unsafe.Add(fp, s))*(*(*[]T)(unsafe.Add(fp, s2)))[*(*int)(unsafe.Add(fp, i2))])
		}
	case [2]RefMode{RefValue, RefElement2}:
		return func(fp P) {
			*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, c)) + T(*(*T)(unsafe.Add(fp, s))*(*(*[][]T)(unsafe.Add(fp, s2)))[*(*int)(unsafe.Add(fp, i2))][*(*int)(unsafe.Add(fp, j2))])
		}
	case [2]RefMode{RefValue, RefSum}:
		return func(fp P) {
			*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, c)) + T(*(*T)(unsafe.Add(fp, s))*(*(*[]T)(unsafe.Add(fp, s2)))[*(*int)(unsafe.Add(fp, i2))**(*int)(unsafe.Add(fp, n2))+*(*int)(unsafe.Add(fp, j2))])
		}
	case [2]RefMode{RefElement, RefElement}:
		return func(fp P) {
			v := (*(*[]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))]
			*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, c)) + T(v*(*(*[]T)(unsafe.Add(fp, s2)))[*(*int)(unsafe.Add(fp, i2))])
		}
	case [2]RefMode{RefElement, RefElement2}:
		return func(fp P) {
			v := (*(*[]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))]
			*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, c)) + T(v*(*(*[][]T)(unsafe.Add(fp, s2)))[*(*int)(unsafe.Add(fp, i2))][*(*int)(unsafe.Add(fp, j2))])
		}
	case [2]RefMode{RefElement2, RefElement}:
		return func(fp P) {
			v := (*(*[][]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))][*(*int)(unsafe.Add(fp, j))]
			*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, c)) + T(v*(*(*[]T)(unsafe.Add(fp, s2)))[*(*int)(unsafe.Add(fp, i2))])
		}
	case [2]RefMode{RefElement2, RefElement2}:
		return func(fp P) {
			v := (*(*[][]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))][*(*int)(unsafe.Add(fp, j))]
			*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, c)) + T(v*(*(*[][]T)(unsafe.Add(fp, s2)))[*(*int)(unsafe.Add(fp, i2))][*(*int)(unsafe.Add(fp, j2))])
		}
	case [2]RefMode{RefSum, RefSum}:
		return func(fp P) {
			v := (*(*[]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))**(*int)(unsafe.Add(fp, n))+*(*int)(unsafe.Add(fp, j))]
			*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, c)) + T(v*(*(*[]T)(unsafe.Add(fp, s2)))[*(*int)(unsafe.Add(fp, i2))**(*int)(unsafe.Add(fp, n2))+*(*int)(unsafe.Add(fp, j2))])
		}
	case [2]RefMode{RefSum, RefElement}:
		return func(fp P) {
			v := (*(*[]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))**(*int)(unsafe.Add(fp, n))+*(*int)(unsafe.Add(fp, j))]
			*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, c)) + T(v*(*(*[]T)(unsafe.Add(fp, s2)))[*(*int)(unsafe.Add(fp, i2))])
		}
	}
	return nil
}

// Update returns ref t= v, or nil where there is no such instruction: it is for +, - and * of int64 and float64.
func Update(k Kind, t token.Token, ref Ref, v uintptr) Op {
	switch k {
	case Int64:
		return update[int64](t, ref, v)
	case Float64:
		return update[float64](t, ref, v)
	}
	return nil
}

// CanUpdate reports whether Update has an instruction.
func CanUpdate(k Kind, t token.Token, m RefMode) bool { return Update(k, t, Ref{Mode: m}, 0) != nil }

//go:noinline
func update[T int64 | float64](t token.Token, ref Ref, v uintptr) Op {
	s, i, j, n := ref.S, ref.I, ref.J, ref.N
	switch ref.Mode {
	case RefField:
		switch t {
		case token.ADD:
			return func(fp P) { *(*T)(unsafe.Add(*(*P)(unsafe.Add(fp, s)), i)) += *(*T)(unsafe.Add(fp, v)) }
		case token.SUB:
			return func(fp P) { *(*T)(unsafe.Add(*(*P)(unsafe.Add(fp, s)), i)) -= *(*T)(unsafe.Add(fp, v)) }
		case token.MUL:
			return func(fp P) { *(*T)(unsafe.Add(*(*P)(unsafe.Add(fp, s)), i)) *= *(*T)(unsafe.Add(fp, v)) }
		}
	case RefElement:
		switch t {
		case token.ADD:
			return func(fp P) {
				(*(*[]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))] += *(*T)(unsafe.Add(fp, v))
			}
		case token.SUB:
			return func(fp P) {
				(*(*[]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))] -= *(*T)(unsafe.Add(fp, v))
			}
		case token.MUL:
			return func(fp P) {
				(*(*[]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))] *= *(*T)(unsafe.Add(fp, v))
			}
		}
	case RefSum:
		if t == token.ADD {
			return func(fp P) {
				(*(*[]T)(unsafe.Add(fp, s)))[*(*int)(unsafe.Add(fp, i))**(*int)(unsafe.Add(fp, n))+*(*int)(unsafe.Add(fp, j))] += *(*T)(unsafe.Add(fp, v))
			}
		}
	}
	return nil
}
