package maphash

import (
	"hash/maphash"

	"gopherceptron.internal/native"
)

// Comparable is [maphash.Comparable], of the value in an interface.
func Comparable[T comparable](seed maphash.Seed, v T) uint64 { return native.HashComparable(seed, v) }

// WriteComparable is [maphash.WriteComparable], of the value in an interface.
func WriteComparable[T comparable](h *maphash.Hash, x T) { native.WriteComparable(h, x) }
