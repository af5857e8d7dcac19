package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
)

// machine says on what the benchmark runs, and with which settings of Go's that every contender inherits.
func machine() string {
	s := fmt.Sprintf("%s, %d cores, %s/%s", cpu(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	for _, name := range []string{"GOGC", "GOMEMLIMIT", "GOMAXPROCS", "GODEBUG", "GOAMD64", "GOFLAGS"} {
		if v := os.Getenv(name); v != "" {
			s += fmt.Sprintf(", %s=%s", name, v)
		}
	}
	return s
}

// cpu returns the processor's model as the system names it.
func cpu() string {
	switch runtime.GOOS {
	case "linux":
		info, _ := os.ReadFile("/proc/cpuinfo") // without it the model is unknown
		for line := range strings.Lines(string(info)) {
			if key, model, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
				return strings.TrimSpace(model)
			}
		}
	case "darwin":
		if out, err := exec.Command("sysctl", "-n", "machdep.cpu.brand_string").Output(); err == nil {
			return strings.TrimSpace(string(out))
		}
	case "windows":
		if id := os.Getenv("PROCESSOR_IDENTIFIER"); id != "" {
			return id
		}
	}
	return "unknown processor"
}

// yaegiVersion returns the version of the module in this binary.
func yaegiVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "github.com/traefik/yaegi" {
				return m.Version
			}
		}
	}
	return "of unknown version"
}
