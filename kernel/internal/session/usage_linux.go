package session

import (
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// readCPU reads the counters; zero where /proc is not there.
func readCPU() (t cpuTimes) {
	var ru syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &ru) == nil {
		t.process = seconds(ru.Utime) + seconds(ru.Stime)
	}
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return t
	}
	// The first line is "cpu user nice system idle iowait irq softirq steal guest guest_nice" in ticks; the guests'
	// time is in user already.
	line, _, _ := strings.Cut(string(stat), "\n")
	for i, field := range strings.Fields(line) {
		n, err := strconv.ParseFloat(field, 64)
		if err != nil || i > 8 {
			continue
		}
		t.total += n
		if i != 4 && i != 5 {
			t.busy += n
		}
	}
	return t
}

func seconds(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }

// residentMemory returns the bytes of the process that are in memory.
func residentMemory() uint64 {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(statm))
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseUint(fields[1], 10, 64) // 0 if the kernel writes something else
	return pages * uint64(os.Getpagesize())
}

// hostMemory reads /proc/meminfo; nil where it is not there.
func hostMemory() *wire.VirtualMemory {
	info, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return nil
	}
	m := &wire.VirtualMemory{}
	for line := range strings.Lines(string(info)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		kb, _ := strconv.ParseUint(fields[1], 10, 64)
		switch fields[0] {
		case "MemTotal:":
			m.Total = kb << 10
		case "MemFree:":
			m.Free = kb << 10
		case "MemAvailable:":
			m.Available = kb << 10
		}
	}
	m.Used = m.Total - min(m.Available, m.Total)
	if m.Total > 0 {
		m.Percent = 100 * float64(m.Used) / float64(m.Total)
	}
	return m
}
