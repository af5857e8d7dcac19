package op

import "unsafe"

//go:noinline
func convert[S, D Number](d, a uintptr) Op {
	return func(fp P) { *(*D)(unsafe.Add(fp, d)) = D(*(*S)(unsafe.Add(fp, a))) }
}

func convertFrom[S Number](to Kind, d, a uintptr) Op {
	switch to {
	case Int8:
		return convert[S, int8](d, a)
	case Int16:
		return convert[S, int16](d, a)
	case Int32:
		return convert[S, int32](d, a)
	case Int64:
		return convert[S, int64](d, a)
	case Uint8:
		return convert[S, uint8](d, a)
	case Uint16:
		return convert[S, uint16](d, a)
	case Uint32:
		return convert[S, uint32](d, a)
	case Uint64:
		return convert[S, uint64](d, a)
	case Float32:
		return convert[S, float32](d, a)
	case Float64:
		return convert[S, float64](d, a)
	}
	return nil
}

// Convert returns d = to(a) for two kinds of numbers, or nil for others.
func Convert(from, to Kind, d, a uintptr) Op {
	switch from {
	case Int8:
		return convertFrom[int8](to, d, a)
	case Int16:
		return convertFrom[int16](to, d, a)
	case Int32:
		return convertFrom[int32](to, d, a)
	case Int64:
		return convertFrom[int64](to, d, a)
	case Uint8:
		return convertFrom[uint8](to, d, a)
	case Uint16:
		return convertFrom[uint16](to, d, a)
	case Uint32:
		return convertFrom[uint32](to, d, a)
	case Uint64:
		return convertFrom[uint64](to, d, a)
	case Float32:
		return convertFrom[float32](to, d, a)
	case Float64:
		return convertFrom[float64](to, d, a)
	case Complex64:
		if to == Complex128 {
			return func(fp P) { *(*complex128)(unsafe.Add(fp, d)) = complex128(*(*complex64)(unsafe.Add(fp, a))) }
		}
	case Complex128:
		if to == Complex64 {
			return func(fp P) { *(*complex64)(unsafe.Add(fp, d)) = complex64(*(*complex128)(unsafe.Add(fp, a))) }
		}
	}
	return nil
}

//go:noinline
func negate[T Number | complex64 | complex128](d, a uintptr) Op {
	return func(fp P) { *(*T)(unsafe.Add(fp, d)) = -*(*T)(unsafe.Add(fp, a)) }
}

// Negate returns d = -a, or nil where the kind has none.
func Negate(k Kind, d, a uintptr) Op {
	switch k {
	case Int8, Uint8:
		return negate[int8](d, a)
	case Int16, Uint16:
		return negate[int16](d, a)
	case Int32, Uint32:
		return negate[int32](d, a)
	case Int64, Uint64:
		return negate[int64](d, a)
	case Float32:
		return negate[float32](d, a)
	case Float64:
		return negate[float64](d, a)
	case Complex64:
		return negate[complex64](d, a)
	case Complex128:
		return negate[complex128](d, a)
	}
	return nil
}

//go:noinline
func invert[T Integer](d, a uintptr) Op {
	return func(fp P) { *(*T)(unsafe.Add(fp, d)) = ^*(*T)(unsafe.Add(fp, a)) }
}

// Invert returns d = ^a, or nil where the kind has none.
func Invert(k Kind, d, a uintptr) Op {
	switch k {
	case Int8, Uint8:
		return invert[int8](d, a)
	case Int16, Uint16:
		return invert[int16](d, a)
	case Int32, Uint32:
		return invert[int32](d, a)
	case Int64, Uint64:
		return invert[int64](d, a)
	}
	return nil
}

// Not returns d = !a.
func Not(d, a uintptr) Op {
	return func(fp P) { *(*bool)(unsafe.Add(fp, d)) = !*(*bool)(unsafe.Add(fp, a)) }
}

// Int returns a reader of the integer of kind k at a.
func Int(k Kind, a uintptr) func(fp P) int {
	switch k {
	case Int8:
		return readInt[int8](a)
	case Int16:
		return readInt[int16](a)
	case Int32:
		return readInt[int32](a)
	case Uint8:
		return readInt[uint8](a)
	case Uint16:
		return readInt[uint16](a)
	case Uint32:
		return readInt[uint32](a)
	}
	return readInt[int64](a)
}

func readInt[T Integer](a uintptr) func(fp P) int {
	return func(fp P) int { return int(*(*T)(unsafe.Add(fp, a))) }
}
