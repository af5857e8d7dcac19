//go:build unix

package offheap

import (
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

// mapped is how many bytes are outside the heap at the moment.
var mapped atomic.Int64

func newLarge(n int) *Buffer {
	size := n * 4
	collect(size)
	bytes, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil { // the heap may still have room
		return &Buffer{Numbers: make([]float32, n)}
	}
	mapped.Add(int64(size))
	hugePages(bytes)
	b := &Buffer{Numbers: numbers(bytes)}
	c := runtime.AddCleanup(b, unmap, bytes)
	b.free = func() {
		c.Stop()
		unmap(bytes)
	}
	return b
}

func unmap(bytes []byte) {
	syscall.Munmap(bytes)
	mapped.Add(-int64(len(bytes)))
}

// collect gives the memory of forgotten buffers back before more of it is asked for. The collector does not see what is
// outside the heap: three models made one after the other would otherwise all be there at once.
func collect(size int) {
	const large = 32 << 20
	if size < large || mapped.Load() < large {
		return
	}
	runtime.GC()
	time.Sleep(10 * time.Millisecond) // cleanups run on a goroutine of their own
}
