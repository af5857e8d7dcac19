//go:build unix

package data

import (
	"runtime"
	"syscall"
)

// newMemoryStore returns bytes outside the collected heap: a hundred megabytes of pictures would let the heap grow to
// twice their size before it is collected.
func newMemoryStore(n int) *store {
	const little = 1 << 20 // below this it does not matter
	if n < little {
		return &store{bytes: make([]byte, n)}
	}
	b, err := syscall.Mmap(-1, 0, n, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil { // the heap may still have room
		return &store{bytes: make([]byte, n)}
	}
	s := &store{bytes: b}
	runtime.AddCleanup(s, func(b []byte) { syscall.Munmap(b) }, b)
	return s
}
