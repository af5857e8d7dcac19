//go:build !linux

package session

import (
	"runtime"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// readCPU knows nothing here: usage_reply then has no CPU figures.
func readCPU() cpuTimes { return cpuTimes{} }

// residentMemory returns what the Go runtime got from the system.
func residentMemory() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys - m.HeapReleased
}

func hostMemory() *wire.VirtualMemory { return nil }
