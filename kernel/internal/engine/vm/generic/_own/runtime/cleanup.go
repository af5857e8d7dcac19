package runtime

import (
	"runtime"
	"unsafe"

	"gopherceptron.internal/native"
)

// AddCleanup is [runtime.AddCleanup].
func AddCleanup[T, S any](ptr *T, cleanup func(S), arg S) runtime.Cleanup {
	return native.AddCleanup(unsafe.Pointer(ptr), func() { cleanup(arg) }, arg)
}
