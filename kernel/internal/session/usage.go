package session

import (
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// usage remembers the counters of the last usage_request: CPU percentages are of the time in between.
type usage struct {
	mu   sync.Mutex
	at   time.Time
	last cpuTimes
}

// cpuTimes are seconds since the process, or the machine, started.
type cpuTimes struct {
	process float64
	busy    float64 // of all cores; with total 0 where the machine does not tell
	total   float64
}

// usageRequest answers usage_request with what ipykernel answers. The first reply has none.
func (s *Session) usageRequest(*request) (any, error) {
	u := &s.usage
	u.mu.Lock()
	defer u.mu.Unlock()
	now, times := time.Now(), readCPU()
	reply := wire.UsageReply{PID: os.Getpid(), CPUCount: runtime.NumCPU(), KernelMemory: residentMemory(), HostMemory: hostMemory()}
	reply.Hostname, _ = os.Hostname() // empty where it is unknown
	if !u.at.IsZero() {
		if wall := now.Sub(u.at).Seconds(); wall > 0 {
			reply.KernelCPU = 100 * (times.process - u.last.process) / wall
		}
		if total := times.total - u.last.total; total > 0 {
			reply.HostCPUPercent = 100 * (times.busy - u.last.busy) / total
		}
	}
	u.at, u.last = now, times
	return reply, nil
}
