// Package pace lets the collector rest while the heap is small.
//
// Go's collector begins anew when the heap has doubled since the last time. A process whose cells keep 4 MB alive is so
// collected after each 4 MB that it allocates: a cell that maps and filters a slice of 100,000 numbers, every second time
// that it runs; and while the collector is at work, each pointer that the machine stores goes through the write barrier.
// Four times as much memory before the first collection costs a notebook nothing that anybody sees, and saves that cell
// a sixth of its time.
package pace

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// Floor is up to how many bytes the heap may grow before it is collected, however little of it is alive.
const Floor = 16 << 20

// usual is Go's own setting: collect when the heap has doubled.
const usual = 100

// most is the setting for a heap of which next to nothing is alive: at 100 % Go collects no heap below 4 MiB, at 400 % none
// below 16.
const most = Floor / (4 << 20) * usual

var once sync.Once

// Start keeps the collector away from heaps below Floor, from now on; larger ones are collected when they have doubled, as
// ever. It does nothing where the user has set GOGC, and stops when a cell calls debug.SetGCPercent: the cell's setting
// then holds.
func Start() {
	if os.Getenv("GOGC") != "" {
		return
	}
	once.Do(func() {
		if was := debug.SetGCPercent(most); was != usual {
			debug.SetGCPercent(was)
			return
		}
		p := &pacer{set: most}
		p.again()
	})
}

// A pacer is called after each collection.
type pacer struct{ set int } // what debug.SetGCPercent was last called with

// A mark is garbage: its finalizer runs after the next collection.
type mark struct{ p *pacer }

func (p *pacer) again() { runtime.SetFinalizer(&mark{p}, (*mark).collected) }

func (m *mark) collected() {
	if m.p.adjust() {
		m.p.again()
	}
}

// adjust sets the percentage for the next collection. It is false when somebody else has set it.
func (p *pacer) adjust() bool {
	to := percent(rooted())
	if near(to, p.set) {
		return true // a setting stops the world
	}
	if was := debug.SetGCPercent(to); was != p.set {
		debug.SetGCPercent(was)
		return false
	}
	p.set = to
	return true
}

// percent is the setting by which the heap grows to Floor when live bytes of it are alive.
func percent(live uint64) int {
	if live >= Floor/2 {
		return usual
	}
	return int(min(most, (Floor-live)*100/max(live, 1)))
}

// near is true of settings that differ too little to matter.
func near(a, b int) bool { return a*8 >= b*7 && b*8 >= a*7 }

// rooted is the number of bytes that the collector's percentage is of: what was alive at the last collection, with stacks
// and global variables.
func rooted() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"}}
	metrics.Read(s)
	var n uint64
	for _, x := range s {
		if x.Value.Kind() == metrics.KindUint64 {
			n += x.Value.Uint64()
		}
	}
	return n
}
