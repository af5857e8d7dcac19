package op

import (
	"go/token"
	"unsafe"
)

//go:noinline
func shift[T, C Integer](t token.Token, d, a, b uintptr) Op {
	if t == token.SHL {
		return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) << *(*C)(unsafe.Add(fp, b)) }
	}
	return func(fp P) { *(*T)(unsafe.Add(fp, d)) = *(*T)(unsafe.Add(fp, a)) >> *(*C)(unsafe.Add(fp, b)) }
}

func shiftBy[C Integer](k Kind, t token.Token, d, a, b uintptr) Op {
	switch k {
	case Int8:
		return shift[int8, C](t, d, a, b)
	case Int16:
		return shift[int16, C](t, d, a, b)
	case Int32:
		return shift[int32, C](t, d, a, b)
	case Int64:
		return shift[int64, C](t, d, a, b)
	case Uint8:
		return shift[uint8, C](t, d, a, b)
	case Uint16:
		return shift[uint16, C](t, d, a, b)
	case Uint32:
		return shift[uint32, C](t, d, a, b)
	case Uint64:
		return shift[uint64, C](t, d, a, b)
	}
	return nil
}

// Shift returns d = a t b, where t is << or >>, k the kind of a and c that of b. A negative count panics as in Go.
func Shift(k, c Kind, t token.Token, d, a, b uintptr) Op {
	switch c {
	case Int8:
		return shiftBy[int8](k, t, d, a, b)
	case Int16:
		return shiftBy[int16](k, t, d, a, b)
	case Int32:
		return shiftBy[int32](k, t, d, a, b)
	case Int64:
		return shiftBy[int64](k, t, d, a, b)
	case Uint8:
		return shiftBy[uint8](k, t, d, a, b)
	case Uint16:
		return shiftBy[uint16](k, t, d, a, b)
	case Uint32:
		return shiftBy[uint32](k, t, d, a, b)
	case Uint64:
		return shiftBy[uint64](k, t, d, a, b)
	}
	return nil
}
