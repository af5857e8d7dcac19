package pace

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"
)

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{
		{0, 400}, {1 << 20, 400}, {4 << 20, 300}, {6 << 20, 166}, {Floor/2 - 1, 100}, {Floor / 2, 100}, {Floor, 100}, {1 << 40, 100},
	} {
		if got := percent(c.live); got != c.want {
			t.Errorf("percent(%d) = %d; want %d", c.live, got, c.want)
		}
	}
}

// The settings are the whole process's, so each case is a process of its own.
func TestStart(t *testing.T) {
	switch os.Getenv("PACE_TEST") {
	case "small":
		Start()
		runtime.GC()
		await(t, func() bool { return goal() >= Floor/8*7 && goal() < 2*Floor })
		keep := make([][]byte, 100)
		for i := range keep {
			keep[i] = make([]byte, 1<<20)
		}
		runtime.GC()
		await(t, func() bool { return goal() >= 190<<20 && goal() < 260<<20 })
		runtime.KeepAlive(keep)
		keep = nil
		runtime.GC()
		await(t, func() bool { return goal() >= Floor/8*7 && goal() < 2*Floor })
		return
	case "cell":
		Start()
		debug.SetGCPercent(50)
		for range 5 {
			runtime.GC()
			time.Sleep(20 * time.Millisecond)
		}
		if got := debug.SetGCPercent(50); got != 50 {
			t.Errorf("after a cell's SetGCPercent(50) it is %d", got)
		}
		return
	case "environment":
		Start()
		runtime.GC()
		if got := debug.SetGCPercent(50); got != 77 {
			t.Errorf("with GOGC=77 the percentage is %d", got)
		}
		return
	}
	for _, name := range []string{"small", "cell", "environment"} {
		t.Run(name, func(t *testing.T) {
			c := exec.Command(os.Args[0], "-test.run", "^TestStart$", "-test.v")
			c.Env = append(environment(), "PACE_TEST="+name)
			if name == "environment" {
				c.Env = append(c.Env, "GOGC=77")
			}
			if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS") {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

func environment() (out []string) {
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "GOGC=") {
			out = append(out, e)
		}
	}
	return out
}

func await(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the collector's goal stays %d bytes", goal())
		}
	}
}

func goal() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/goal:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
