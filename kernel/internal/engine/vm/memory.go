package vm

import (
	"bytes"
	"fmt"
	"os"
	"runtime/metrics"
	"strconv"
	"sync/atomic"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
)

// MemoryLimit is how many bytes the process may use, 0 for no limit: the container's limit or the machine's memory. A cell
// that takes the process beyond 90 % of it is stopped.
var MemoryLimit atomic.Uint64

func init() { MemoryLimit.Store(systemLimit()) }

// A MemoryError ends a cell that uses too much memory.
type MemoryError struct{ Used, Limit uint64 }

func (e *MemoryError) Error() string {
	return fmt.Sprintf("out of memory: the kernel would use %.1f GB of the %.1f GB that there are; set large variables to nil, or restart the kernel",
		float64(e.Used)/1e9, float64(e.Limit)/1e9)
}

// systemLimit returns the smaller of the container's limit and the machine's memory, 0 if neither can be read.
func systemLimit() (limit uint64) {
	for _, file := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if b, err := os.ReadFile(file); err == nil {
			if n, err := strconv.ParseUint(string(bytes.TrimSpace(b)), 10, 64); err == nil && (limit == 0 || n < limit) {
				limit = n
			}
		}
	}
	if b, err := os.ReadFile("/proc/meminfo"); err == nil {
		var kb uint64
		if _, err := fmt.Sscanf(string(b), "MemTotal: %d kB", &kb); err == nil && (limit == 0 || kb*1024 < limit) {
			limit = kb * 1024
		}
	}
	return limit
}

// overMemory returns an error if the process uses too much memory, or would with more bytes.
func overMemory(more uint64) error {
	limit := MemoryLimit.Load()
	if limit == 0 {
		return nil
	}
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(s)
	used := more
	for _, x := range s {
		if x.Value.Kind() == metrics.KindUint64 {
			used += x.Value.Uint64()
		}
	}
	if used > limit/10*9 {
		return &MemoryError{used, limit}
	}
	return nil
}

func init() {
	machine.Host.Allow = func(n uint64) {
		if err := overMemory(n); err != nil {
			panic(err)
		}
	}
}
