//go:build unix

package data

import (
	"runtime"
	"syscall"
)

// A store is bytes outside the collected heap: hundreds of megabytes of pictures would let the heap grow to twice
// their size before it is collected. They are given back when nothing refers to the store any more.
type store struct{ bytes []byte }

func newStore(n int) *store {
	const large = 1 << 20 // below this it does not matter
	if n < large {
		return &store{make([]byte, n)}
	}
	b, err := syscall.Mmap(-1, 0, n, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil { // the heap may still have room
		return &store{make([]byte, n)}
	}
	s := &store{b}
	runtime.AddCleanup(s, func(b []byte) { syscall.Munmap(b) }, b)
	return s
}
