//go:build unix

package offheap

import (
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
)

func newLarge(n int) *Buffer {
	size := n * 4
	collect(size)
	bytes, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil { // the heap may still have room
		return &Buffer{Numbers: make([]float32, n)}
	}
	hugePages(bytes)
	b := &Buffer{Numbers: numbers(bytes), bytes: bytes}
	c := runtime.AddCleanup(b, func(bytes []byte) { syscall.Munmap(bytes) }, bytes)
	b.free = func() {
		c.Stop()
		syscall.Munmap(bytes)
	}
	return b
}

// collect gives the memory of forgotten buffers back before more of it is asked for. The collector does not see what is
// outside the heap: three models made one after the other would otherwise all be there at once. That holds also where
// nothing is mapped here, as what a plugin has of a forgotten model is given back by the collector, too.
func collect(size int) {
	const large = 32 << 20
	if size < large {
		return
	}
	debug.FreeOSMemory()              // collects, and gives back what the heap does not need, such as a copy of weights
	time.Sleep(10 * time.Millisecond) // cleanups run on a goroutine of their own
}
