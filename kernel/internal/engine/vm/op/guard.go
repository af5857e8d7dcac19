package op

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

// Go ends the process when goroutines use a map at the same time and one of them writes. Here it is an error of the cell:
// as soon as more than one thread runs, each use of a map is announced in a table of stripes, where two uses of one map meet.
// A write waits for readers that it cannot tell apart, so a read and a write that meet may also just take turns.

// shared is 1 while more than one thread runs.
var shared atomic.Uint32

// SetShared says whether more than one thread runs.
func SetShared(on bool) {
	if on {
		shared.Store(1)
	} else {
		shared.Store(0)
	}
}

// A stripe has the map that is being written, and how many reads of maps of the stripe are under way.
type stripe struct {
	writing atomic.Uintptr
	readers atomic.Int32
	_       [48]byte
}

var stripes [256]stripe

func stripeOf(m P) *stripe { return &stripes[uintptr(m)>>5*0x9E3779B97F4A7C15>>56] }

// A ConcurrentMapError is the panic of a use of a map that meets another one.
type ConcurrentMapError string

func (e ConcurrentMapError) Error() string { return string(e) }

// RuntimeError makes it a run-time error like Go's own.
func (ConcurrentMapError) RuntimeError() {}

// ReadMap runs a use of a map that does not change it.
func ReadMap(m P, use func()) {
	if m == nil {
		use()
		return
	}
	s := stripeOf(m)
	s.readers.Add(1)
	defer s.readers.Add(-1)
	if s.writing.Load() == uintptr(m) {
		panic(ConcurrentMapError("concurrent map read and map write: goroutines that share a map must take turns, with a sync.Mutex"))
	}
	use()
}

// WriteMap runs a use of a map that changes it.
func WriteMap(m P, use func()) {
	if m == nil {
		use()
		return
	}
	s := stripeOf(m)
	for !s.writing.CompareAndSwap(0, uintptr(m)) {
		if s.writing.Load() == uintptr(m) {
			panic(ConcurrentMapError("concurrent map writes: goroutines that share a map must take turns, with a sync.Mutex"))
		}
		runtime.Gosched()
	}
	defer s.writing.Store(0)
	for s.readers.Load() != 0 {
		runtime.Gosched()
	}
	if writes.Add(1)%64 == 0 { // so that two goroutines meet although each could write all it has in one go
		runtime.Gosched()
	}
	use()
}

var writes atomic.Uint32

// Reading guards an instruction that reads the map at m.
func Reading(m uintptr, o Op) Op {
	return func(fp P) {
		if shared.Load() != 0 {
			ReadMap(*(*P)(unsafe.Add(fp, m)), func() { o(fp) })
			return
		}
		o(fp)
	}
}

// Writing guards an instruction that changes the map at m.
func Writing(m uintptr, o Op) Op {
	return func(fp P) {
		if shared.Load() != 0 {
			WriteMap(*(*P)(unsafe.Add(fp, m)), func() { o(fp) })
			return
		}
		o(fp)
	}
}
