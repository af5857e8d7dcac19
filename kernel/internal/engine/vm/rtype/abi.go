package rtype

import (
	"reflect"
	"unsafe"
)

// The descriptors of internal/abi, field for field. Nothing outside this file and abi_go12*.go knows their layout.
// Compare with GOROOT/src/internal/abi at each Go release; the lines are those of Go 1.26.8.

// abiType is abi.Type, type.go:20. Equal is a closure, GCData a *byte or a **byte: all that matters here is that the
// collector sees a pointer.
type abiType struct {
	Size       uintptr
	PtrBytes   uintptr
	Hash       uint32
	TFlag      uint8
	Align      uint8
	FieldAlign uint8
	Kind       uint8
	Equal      func(unsafe.Pointer, unsafe.Pointer) bool
	GCData     unsafe.Pointer
	Str        int32
	PtrToThis  int32
}

// The bits of abi.TFlag, type.go:82. The others are copied with the header of the type that has the same layout.
const (
	flagUncommon  = 1 << 0
	flagExtraStar = 1 << 1
	flagNamed     = 1 << 2
	flagDirect    = 1 << 5
)

// abiMethod is abi.Method, type.go:197.
type abiMethod struct{ Name, Type, Ifn, Tfn int32 }

// abiUncommon is abi.UncommonType, type.go:208.
type abiUncommon struct {
	PkgPath        int32
	Mcount, Xcount uint16
	Moff           uint32
	_              uint32
}

// abiImethod is abi.Imethod, type.go:246.
type abiImethod struct{ Name, Type int32 }

// abiArray is abi.ArrayType, type.go:252.
type abiArray struct {
	abiType
	Elem, Slice unsafe.Pointer
	Len         uintptr
}

// abiChan is abi.ChanType, type.go:281.
type abiChan struct {
	abiType
	Elem unsafe.Pointer
	Dir  int
}

// abiElem is abi.SliceType and abi.PtrType, type.go:478 and 539.
type abiElem struct {
	abiType
	Elem unsafe.Pointer
}

// abiInterface is abi.InterfaceType, type.go:433.
type abiInterface struct {
	abiType
	PkgPath unsafe.Pointer
	Methods []abiImethod
}

// abiFunc is abi.FuncType, type.go:493. Its parameters and results follow the abiUncommon.
type abiFunc struct {
	abiType
	In, Out uint16
}

// abiField is abi.StructField, type.go:544.
type abiField struct {
	Name, Type unsafe.Pointer
	Offset     uintptr
}

// abiStruct is abi.StructType, type.go:554.
type abiStruct struct {
	abiType
	PkgPath unsafe.Pointer
	Fields  []abiField
}

// abiEface is abi.EmptyInterface, iface.go:22.
type abiEface struct{ Type, Data unsafe.Pointer }

// base returns the descriptor struct of a kind: what lies before the abiUncommon (abi.Type.Uncommon, type.go:313).
func base(k reflect.Kind) reflect.Type {
	switch k {
	case reflect.Array:
		return reflect.TypeFor[abiArray]()
	case reflect.Chan:
		return reflect.TypeFor[abiChan]()
	case reflect.Slice, reflect.Pointer:
		return reflect.TypeFor[abiElem]()
	case reflect.Interface:
		return reflect.TypeFor[abiInterface]()
	case reflect.Func:
		return reflect.TypeFor[abiFunc]()
	case reflect.Struct:
		return reflect.TypeFor[abiStruct]()
	case reflect.Map:
		return reflect.TypeFor[abiMap]()
	}
	return reflect.TypeFor[abiType]()
}

// pointer returns the address of a type's descriptor.
func pointer(t reflect.Type) unsafe.Pointer { return reflect.ValueOf(t).UnsafePointer() }

// header returns the part of a type's descriptor that all kinds share.
func header(t reflect.Type) *abiType { return (*abiType)(pointer(t)) }

// typeAt returns the type whose descriptor is at p.
func typeAt(p unsafe.Pointer) reflect.Type {
	var v any
	(*abiEface)(unsafe.Pointer(&v)).Type = p
	return reflect.TypeOf(v)
}

// closure returns the closure of a func value: the pointer that a call takes its code and its context from.
func closure(fn reflect.Value) unsafe.Pointer {
	v := fn.Interface()
	return (*abiEface)(unsafe.Pointer(&v)).Data
}

// direct reports whether an interface holds a value of the type itself, and not its address.
func direct(t reflect.Type) bool { return header(t).TFlag&flagDirect != 0 }
