// Package offheap has memory for numbers outside the collected heap: weights of hundreds of megabytes would let the
// heap grow to twice their size before it is collected, and their pages would go back to the system late.
package offheap

import (
	"os"
	"unsafe"
)

// A Buffer is room for numbers. The memory goes back to the system when Free is called, or when nothing refers to the
// Buffer any more: a slice of Numbers alone does not keep it, so its user keeps the Buffer (runtime.KeepAlive).
type Buffer struct {
	Numbers []float32 // zeros at first
	bytes   []byte    // the same outside the heap; nil for memory of the heap
	free    func()    // nil for memory of the heap
}

// small is the size in bytes below which the heap does as well.
const small = 1 << 20

// New returns room for n zeros.
func New(n int) *Buffer {
	if n*4 < small {
		return &Buffer{Numbers: make([]float32, n)}
	}
	return newLarge(n)
}

// Free gives the memory back. The numbers must not be used afterwards. It may be called more than once.
func (b *Buffer) Free() {
	if b.free != nil {
		b.free()
		b.free = nil
	}
	b.Numbers, b.bytes = nil, nil
}

// Discard gives back what the numbers from first on to the one before last take, as far as they fill pages: they have
// been copied elsewhere. They must not be read again.
func (b *Buffer) Discard(first, last int) {
	if b.bytes == nil {
		return
	}
	page := os.Getpagesize()
	from, to := (first*4+page-1)/page*page, last*4/page*page
	if from < to {
		discard(b.bytes[from:to])
	}
}

func numbers(bytes []byte) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(bytes))), len(bytes)/4)
}
