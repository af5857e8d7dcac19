package session_test

import (
	"os"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

func TestUsage(t *testing.T) {
	k := start(t, nil)
	var got wire.UsageReply
	for range 2 { // percentages are of the time since the last request
		for begin := time.Now(); time.Since(begin) < 50*time.Millisecond; { // work
		}
		k.send(wire.Control, "usage_request", struct{}{})
		got = decode[wire.UsageReply](t, k.recv(wire.Control))
	}
	if got.PID != os.Getpid() || got.CPUCount < 1 || got.Hostname == "" {
		t.Errorf("usage = %+v; want this process and host", got)
	}
	if got.KernelMemory < 1<<20 || got.HostMemory == nil || got.HostMemory.Total < got.KernelMemory {
		t.Errorf("memory = %d of %+v; want at least a megabyte", got.KernelMemory, got.HostMemory)
	}
	if got.KernelCPU < 5 || got.HostCPUPercent < 0 || got.HostCPUPercent > 100 {
		t.Errorf("cpu = %v %%, host %v %%; want some of the work", got.KernelCPU, got.HostCPUPercent)
	}
}
