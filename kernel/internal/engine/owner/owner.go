// Package owner tells which cell a goroutine belongs to: the one that started it, not the one that runs now.
//
// The cell travels in the goroutine's profiler labels, which every go statement hands on, in compiled code as well
// (runtime/pprof). The labels are only compared by address, so what the standard library keeps in them does not matter.
// A goroutine that sets labels of its own belongs to nobody until it puts the old ones back, as pprof.Do does.
package owner

import (
	"context"
	"runtime"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"
	"unsafe"
)

// getLabels returns the labels of the running goroutine. The runtime promises to keep the name for those who use it
// this way (go.dev/issue/67401).
//
//go:linkname getLabels runtime/pprof.runtime_getProfLabel
func getLabels() unsafe.Pointer

var (
	owners sync.Map // address of labels -> owner
	count  atomic.Int64
)

// Run calls f on the calling goroutine, which, like all that f starts, belongs to owner meanwhile.
func Run(owner any, f func()) {
	ctx := pprof.WithLabels(context.Background(), pprof.Labels("cell", strconv.FormatInt(count.Add(1), 10)))
	old := getLabels()
	defer restore(old)
	pprof.SetGoroutineLabels(ctx)
	labels := getLabels()
	owners.Store(uintptr(labels), owner)
	// The entry goes when no goroutine has the labels any more: then, and not earlier, their address may be used again.
	runtime.AddCleanup((*byte)(labels), func(addr uintptr) { owners.Delete(addr) }, uintptr(labels))
	f()
	runtime.KeepAlive(ctx)
}

//go:linkname setLabels runtime/pprof.runtime_setProfLabel
func setLabels(unsafe.Pointer)

func restore(labels unsafe.Pointer) { setLabels(labels) }

// Current returns the owner of the calling goroutine, or nil.
func Current() any {
	labels := getLabels()
	if labels == nil {
		return nil
	}
	o, _ := owners.Load(uintptr(labels))
	return o
}
