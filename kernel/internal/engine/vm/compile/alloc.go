package compile

import (
	"reflect"
	_ "unsafe" // for go:linkname

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// newObject returns a new zero value. The runtime promises to keep the names for those who use them this way
// (go.dev/issue/67401; runtime/malloc.go).
func newObject(t reflect.Type) P { return unsafeNew(op.TypePointer(t)) }

// newArray returns n new zero values.
func newArray(t reflect.Type, n int) P { return unsafeNewArray(op.TypePointer(t), n) }

//go:linkname unsafeNew reflect.unsafe_New
func unsafeNew(t P) P

//go:linkname unsafeNewArray reflect.unsafe_NewArray
func unsafeNewArray(t P, n int) P

//go:linkname mapAccess2 runtime.mapaccess2
func mapAccess2(t, m, key P) (P, bool)

//go:linkname mapAssign runtime.mapassign
func mapAssign(t, m, key P) P
