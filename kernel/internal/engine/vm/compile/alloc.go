package compile

import (
	"reflect"
	_ "unsafe" // for go:linkname

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// newArray returns n new zero values. The runtime promises to keep the names for those who use them this way
// (go.dev/issue/67401; runtime/malloc.go).
func newArray(t reflect.Type, n int) P { return unsafeNewArray(op.TypePointer(t), n) }

//go:linkname unsafeNewArray reflect.unsafe_NewArray
func unsafeNewArray(t P, n int) P

//go:linkname mapAccess2 runtime.mapaccess2
func mapAccess2(t, m, key P) (P, bool)

//go:linkname mapAssign runtime.mapassign
func mapAssign(t, m, key P) P
