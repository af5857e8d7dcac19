package kernel

import (
	"os"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/sys/cpu"
)

// cpuName returns the processor's name as the system knows it.
func cpuName() string {
	switch runtime.GOOS {
	case "linux":
		data, _ := os.ReadFile("/proc/cpuinfo")
		for line := range strings.Lines(string(data)) {
			if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
				return strings.TrimSpace(value)
			}
		}
	case "darwin":
		if out, err := exec.Command("sysctl", "-n", "machdep.cpu.brand_string").Output(); err == nil {
			return strings.TrimSpace(string(out))
		}
	case "windows":
		if s := os.Getenv("PROCESSOR_IDENTIFIER"); s != "" {
			return s
		}
	}
	return runtime.GOARCH + ", name unknown"
}

// cpuFeatures names the instruction sets that matter for matrix products.
func cpuFeatures() string {
	features := []struct {
		name string
		has  bool
	}{
		{"SSE4.1", cpu.X86.HasSSE41},
		{"AVX", cpu.X86.HasAVX},
		{"AVX2", cpu.X86.HasAVX2},
		{"FMA", cpu.X86.HasFMA},
		{"AVX-512F", cpu.X86.HasAVX512F},
		{"AVX-512VNNI", cpu.X86.HasAVX512VNNI},
		{"AVX-512BF16", cpu.X86.HasAVX512BF16},
		{"AMX", cpu.X86.HasAMXTile},
		{"NEON", cpu.ARM64.HasASIMD || runtime.GOARCH == "arm64"},
		{"SVE", cpu.ARM64.HasSVE},
	}
	var has []string
	for _, f := range features {
		if f.has {
			has = append(has, f.name)
		}
	}
	if len(has) == 0 {
		return "none known"
	}
	return strings.Join(has, " ")
}
