package op

import "reflect"

// A Kind is a kind of scalar that has instructions of its own.
type Kind uint8

// The kinds; int, uint and uintptr are those of their size.
const (
	None Kind = iota
	Int8
	Int16
	Int32
	Int64
	Uint8
	Uint16
	Uint32
	Uint64
	Float32
	Float64
	Complex64
	Complex128
	String
	Bool
	Pointer // pointers, maps, channels, functions
)

var kinds = [...]Kind{
	reflect.Int8: Int8, reflect.Int16: Int16, reflect.Int32: Int32, reflect.Int64: Int64, reflect.Int: Int64,
	reflect.Uint8: Uint8, reflect.Uint16: Uint16, reflect.Uint32: Uint32, reflect.Uint64: Uint64, reflect.Uint: Uint64, reflect.Uintptr: Uint64,
	reflect.Float32: Float32, reflect.Float64: Float64, reflect.Complex64: Complex64, reflect.Complex128: Complex128,
	reflect.String: String, reflect.Bool: Bool,
	reflect.Pointer: Pointer, reflect.UnsafePointer: Pointer, reflect.Map: Pointer, reflect.Chan: Pointer, reflect.Func: Pointer,
	reflect.Struct: None,
}

// KindOf returns the kind of a type's values, or None.
func KindOf(t reflect.Type) Kind {
	if k := t.Kind(); int(k) < len(kinds) {
		return kinds[k]
	}
	return None
}

// IsInteger, IsSigned and IsFloat tell the families.
func (k Kind) IsInteger() bool { return Int8 <= k && k <= Uint64 }
func (k Kind) IsSigned() bool  { return Int8 <= k && k <= Int64 }
func (k Kind) IsFloat() bool   { return k == Float32 || k == Float64 }
