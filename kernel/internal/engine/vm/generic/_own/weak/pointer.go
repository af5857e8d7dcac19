package weak

import (
	"unsafe"
	"weak"

	"gopherceptron.internal/native"
)

// A word is a weak.Pointer as it lies in memory: the runtime's handle, the same for all types.
func word[T any](p *weak.Pointer[T]) *unsafe.Pointer { return (*unsafe.Pointer)(unsafe.Pointer(p)) }

// Make is [weak.Make].
func Make[T any](ptr *T) weak.Pointer[T] {
	var p weak.Pointer[T]
	*word(&p) = native.WeakMake(unsafe.Pointer(ptr))
	return p
}

// Pointer_Value is the method Value of [weak.Pointer].
func Pointer_Value[T any](p weak.Pointer[T]) *T { return (*T)(native.WeakValue(*word(&p))) }
