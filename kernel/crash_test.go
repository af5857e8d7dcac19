package kernel

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// dying names the variable with which the test binary is a process that records its end and then ends.
const dying = "GOPHERCEPTRON_TEST_DYING"

// TestDie is that process.
func TestDie(t *testing.T) {
	how, file, ok := strings.Cut(os.Getenv(dying), " ")
	if !ok {
		t.Skip("it is for TestPreviousEnd")
	}
	endsWell, err := recordEnd(file)
	if err != nil {
		t.Fatal(err)
	}
	switch how {
	case "well":
		endsWell()
		os.Exit(0)
	case "map":
		m := map[int]int{}
		for i := range 8 {
			go func() {
				for {
					m[i]++
				}
			}()
		}
		select {}
	case "panic":
		go func() { panic("of a goroutine\nin two lines") }()
		select {}
	case "stack":
		var f func(n int) int
		f = func(n int) int { return f(n+1) + 1 }
		debug.SetMaxStack(1 << 20)
		f(0)
	case "unlock":
		new(sync.Mutex).Unlock()
	case "memory":
		n := 1 << 46
		_ = strings.Repeat("x", n)
	case "killed":
		self, _ := os.FindProcess(os.Getpid())
		self.Signal(syscall.SIGKILL)
		select {}
	}
}

// A kernel learns from the file how the one before it ended, once.
func TestPreviousEnd(t *testing.T) {
	for _, tt := range []struct{ how, want string }{
		{"well", ""},
		{"map", "because compiled code met two goroutines that used one map"},
		{"panic", "because a goroutine of compiled code panicked: of a goroutine. Variables"},
		{"stack", "because a call of compiled code went too deep: is"},
		{"unlock", "because a sync.Mutex was unlocked"},
		{"memory", "because the memory came to its end"},
		{"killed", "because its process was killed"},
	} {
		t.Run(tt.how, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "kernel-1.json")
			cmd := exec.Command(os.Args[0], "-test.run=^TestDie$")
			cmd.Env = append(os.Environ(), dying+"="+tt.how+" "+file)
			out, err := cmd.CombinedOutput()
			if (err == nil) != (tt.how == "well") {
				t.Fatalf("the process ended with %v: %.300s", err, out)
			}
			got := previousEnd(file)
			if !strings.Contains(got, tt.want) || tt.want == "" && got != "" {
				t.Errorf("previousEnd = %q; want %q in it", got, tt.want)
			}
			if strings.Count(got, "\n") > 1 {
				t.Errorf("previousEnd = %q; want one line", got)
			}
			if again := previousEnd(file); again != "" {
				t.Errorf("previousEnd, asked again = %q; want nothing", again)
			}
		})
	}
}

// Files of kernels that are gone are removed, others stay.
func TestPreviousEndTidies(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"kernel-gone.crash", "kernel-runs.crash", "kernel-runs.json", "other.crash"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := previousEnd(filepath.Join(dir, "kernel-new.json")); got != "" {
		t.Errorf("previousEnd = %q; want nothing for a new kernel", got)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	if got, want := strings.Join(left, " "), "kernel-runs.crash kernel-runs.json other.crash"; got != want {
		t.Errorf("files left: %s; want %s", got, want)
	}
}

func TestReason(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", "its process was killed"},
		{"known", "runtime stack:\nruntime.throw({0x4c85a7?, 0x2?})\n\t/x/panic.go:1229 +0x48\nruntime.newstack()\n\t/x/stack.go:1\n", "a call of compiled code went too deep"},
		{"unknown", "goroutine 1 [running]:\nruntime.throw({0x4c85a7?, 0x2?})\n\t/x/panic.go:1229 +0x48\na/b.(*T).f(0x1)\n\t/x/b.go:1\n", "of a fatal error in a/b.(*T).f"},
		{"another stack", "goroutine 1 [running]:\nmain.main()\n\t/x/m.go:1\n\ngoroutine 2 [running]:\nruntime.newstack()\n", "of a fatal error in main.main"},
		{"panic", "panic: a\n\tpanic: b\n", "a goroutine of compiled code panicked: a"},
		{"signal", "SIGQUIT: quit\nPC=0x1 m=0\n", "of a fatal error: SIGQUIT: quit"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := reason(tt.text); !strings.HasPrefix(got, tt.want) {
				t.Errorf("reason(%q) = %q; want %q at its beginning", tt.text, got, tt.want)
			}
		})
	}
}
