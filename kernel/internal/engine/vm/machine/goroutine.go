package machine

import "sync/atomic"

// The thread of a goroutine is found by the address of the runtime's own record of it: a table with a few places to look
// at for each address. It matters where compiled code calls a function of the machine.

// goroutine returns the address of the runtime's record of the calling goroutine.
func goroutine() uintptr

const (
	tableSize = 1 << 14
	probes    = 16
)

var table [tableSize]atomic.Pointer[Thread]

func place(g uintptr) uintptr { return (g >> 5) * 0x9E3779B97F4A7C15 >> (64 - 14) }

// register makes t the thread of the calling goroutine. If there is no room it stays unknown: then calls from compiled
// code run on a thread of their own.
func register(t *Thread) {
	t.g = goroutine()
	at := place(t.g)
	for i := range uintptr(probes) {
		if table[(at+i)%tableSize].CompareAndSwap(nil, t) {
			return
		}
	}
}

func unregister(t *Thread) {
	at := place(t.g)
	for i := range uintptr(probes) {
		if table[(at+i)%tableSize].CompareAndSwap(t, nil) {
			return
		}
	}
}

// current returns the thread of the calling goroutine, or nil.
func current() *Thread {
	g := goroutine()
	at := place(g)
	if t := table[at].Load(); t != nil && t.g == g {
		return t
	}
	for i := uintptr(1); i < probes; i++ {
		if t := table[(at+i)%tableSize].Load(); t != nil && t.g == g {
			return t
		}
	}
	return nil
}
