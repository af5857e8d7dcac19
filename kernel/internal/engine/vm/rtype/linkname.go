package rtype

import "unsafe"

// addReflectOff makes p known to the runtime, for good, and returns the offset that stands for it in a descriptor:
// the offset of a name, a type or code. It may be reached from here without a linker flag: reflect/type.go pushes it
// ("hall of shame: github.com/goplus/reflectx. Do not remove or change the type signature. See go.dev/issue/67401",
// line 550 of Go 1.26.8, line 550 of Go 1.27.1). It is the only linkname of this package.
//
//go:linkname addReflectOff reflect.addReflectOff
//go:noescape
func addReflectOff(p unsafe.Pointer) int32
