package unique

import (
	"unique"
	"unsafe"

	"gopherceptron.internal/native"
)

// value is the only field of a handle: the address of the one copy of its value.
func value[T comparable](h *unique.Handle[T]) **T { return (**T)(unsafe.Pointer(h)) }

// Make is [unique.Make].
func Make[T comparable](v T) unique.Handle[T] {
	var h unique.Handle[T]
	*value(&h) = (*T)(native.Unique((*T)(nil), v))
	return h
}

// Handle_Value is the method Value of [unique.Handle].
func Handle_Value[T comparable](h unique.Handle[T]) T { return **value(&h) }
