package op

import (
	"go/token"
	"reflect"
	"unsafe"
)

//go:noinline
func compare[T Ordered](t token.Token, d, a, b uintptr) Op {
	switch t {
	case token.LSS:
		return func(fp P) { *(*bool)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) < *(*T)(unsafe.Add(fp, b)) }
	case token.LEQ:
		return func(fp P) { *(*bool)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) <= *(*T)(unsafe.Add(fp, b)) }
	case token.GTR:
		return compare[T](token.LSS, d, b, a)
	case token.GEQ:
		return compare[T](token.LEQ, d, b, a)
	}
	return equal[T](t, d, a, b)
}

//go:noinline
func equal[T comparable](t token.Token, d, a, b uintptr) Op {
	if t == token.EQL {
		return func(fp P) { *(*bool)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) == *(*T)(unsafe.Add(fp, b)) }
	}
	return func(fp P) { *(*bool)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) != *(*T)(unsafe.Add(fp, b)) }
}

// Compare returns d = a t b for a comparison, or nil where the kind has none.
func Compare(k Kind, t token.Token, d, a, b uintptr) Op {
	switch k {
	case Int8:
		return compare[int8](t, d, a, b)
	case Int16:
		return compare[int16](t, d, a, b)
	case Int32:
		return compare[int32](t, d, a, b)
	case Int64:
		return compare[int64](t, d, a, b)
	case Uint8, Bool:
		return compare[uint8](t, d, a, b)
	case Uint16:
		return compare[uint16](t, d, a, b)
	case Uint32:
		return compare[uint32](t, d, a, b)
	case Uint64:
		return compare[uint64](t, d, a, b)
	case Float32:
		return compare[float32](t, d, a, b)
	case Float64:
		return compare[float64](t, d, a, b)
	case String:
		return compare[string](t, d, a, b)
	case Complex64:
		return equal[complex64](t, d, a, b)
	case Complex128:
		return equal[complex128](t, d, a, b)
	case Pointer:
		return equal[P](t, d, a, b)
	}
	return nil
}

//go:noinline
func branch[T Ordered](t token.Token, a, b uintptr, x, y *Block) Term {
	switch t {
	case token.LSS:
		return func(fp P) *Block {
			if *(*T)(unsafe.Add(fp, a)) < *(*T)(unsafe.Add(fp, b)) {
				return x
			}
			return y
		}
	case token.LEQ:
		return func(fp P) *Block {
			if *(*T)(unsafe.Add(fp, a)) <= *(*T)(unsafe.Add(fp, b)) {
				return x
			}
			return y
		}
	case token.GTR:
		return branch[T](token.LSS, b, a, x, y)
	case token.GEQ:
		return branch[T](token.LEQ, b, a, x, y)
	case token.EQL:
		return func(fp P) *Block {
			if *(*T)(unsafe.Add(fp, a)) == *(*T)(unsafe.Add(fp, b)) {
				return x
			}
			return y
		}
	}
	return branch[T](token.EQL, a, b, y, x)
}

// Branch returns the end of a block that compares a with b and goes to x if a t b holds and to y if not, or nil where
// the kind has no such instruction.
func Branch(k Kind, t token.Token, a, b uintptr, x, y *Block) Term {
	switch k {
	case Int8:
		return branch[int8](t, a, b, x, y)
	case Int16:
		return branch[int16](t, a, b, x, y)
	case Int32:
		return branch[int32](t, a, b, x, y)
	case Int64:
		return branch[int64](t, a, b, x, y)
	case Uint8, Bool:
		return branch[uint8](t, a, b, x, y)
	case Uint16:
		return branch[uint16](t, a, b, x, y)
	case Uint32:
		return branch[uint32](t, a, b, x, y)
	case Uint64:
		return branch[uint64](t, a, b, x, y)
	case Float32:
		return branch[float32](t, a, b, x, y)
	case Float64:
		return branch[float64](t, a, b, x, y)
	case String:
		return branch[string](t, a, b, x, y)
	case Pointer:
		return branchPointer(t, a, b, x, y)
	}
	return nil
}

// CanBranch reports whether Branch has an instruction.
func CanBranch(k Kind) bool { return k != None && k != Complex64 && k != Complex128 }

func branchPointer(t token.Token, a, b uintptr, x, y *Block) Term {
	if t != token.EQL {
		x, y = y, x
	}
	return func(fp P) *Block {
		if *(*P)(unsafe.Add(fp, a)) == *(*P)(unsafe.Add(fp, b)) {
			return x
		}
		return y
	}
}

// If returns the end of a block that goes to x if the bool at a is true and to y if not.
func If(a uintptr, x, y *Block) Term {
	return func(fp P) *Block {
		if *(*bool)(unsafe.Add(fp, a)) {
			return x
		}
		return y
	}
}

// StepBranch returns the end of a block that adds k to the integer at d, from a, and then compares d with b: the end of
// a counting loop.
func StepBranch(t token.Token, d, a uintptr, k int64, b uintptr, x, y *Block) Term {
	switch t {
	case token.LSS:
		return func(fp P) *Block {
			i := *(*int64)(unsafe.Add(fp, a)) + k
			*(*int64)(unsafe.Add(fp, d)) = i
			if i < *(*int64)(unsafe.Add(fp, b)) {
				return x
			}
			return y
		}
	case token.LEQ:
		return func(fp P) *Block {
			i := *(*int64)(unsafe.Add(fp, a)) + k
			*(*int64)(unsafe.Add(fp, d)) = i
			if i <= *(*int64)(unsafe.Add(fp, b)) {
				return x
			}
			return y
		}
	}
	return nil
}

// AddBranch is StepBranch for a step that lies in the frame, at s.
func AddBranch(t token.Token, d, a, s, b uintptr, x, y *Block) Term {
	switch t {
	case token.LSS:
		return func(fp P) *Block {
			i := *(*int64)(unsafe.Add(fp, a)) + *(*int64)(unsafe.Add(fp, s))
			*(*int64)(unsafe.Add(fp, d)) = i
			if i < *(*int64)(unsafe.Add(fp, b)) {
				return x
			}
			return y
		}
	case token.LEQ:
		return func(fp P) *Block {
			i := *(*int64)(unsafe.Add(fp, a)) + *(*int64)(unsafe.Add(fp, s))
			*(*int64)(unsafe.Add(fp, d)) = i
			if i <= *(*int64)(unsafe.Add(fp, b)) {
				return x
			}
			return y
		}
	}
	return nil
}

// Return returns the end of a function that copies a result of type t from a to d; nil where there is no such instruction.
func Return(t reflect.Type, d, a uintptr) Term {
	switch ClassOf(t).(type) {
	case of[uint64]:
		return returnOf[uint64](d, a)
	case of[P]:
		return returnOf[P](d, a)
	case of[uint8]:
		return returnOf[uint8](d, a)
	case of[string]:
		return returnOf[string](d, a)
	}
	return nil
}

//go:noinline
func returnOf[T any](d, a uintptr) Term {
	return func(fp P) *Block {
		*(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a))
		return nil
	}
}
