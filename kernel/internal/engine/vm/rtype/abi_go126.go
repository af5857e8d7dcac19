//go:build !go1.27

package rtype

import "unsafe"

// abiMap is abi.MapType of Go 1.26, map.go:33. Only its size matters here: reflect.MapOf fills it.
type abiMap struct {
	abiType
	Key, Elem, Group             unsafe.Pointer
	Hasher                       func(unsafe.Pointer, uintptr) uintptr
	GroupSize, SlotSize, ElemOff uintptr
	Flags                        uint32
}
