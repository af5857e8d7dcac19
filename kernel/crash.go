package kernel

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// Some ends of the process cannot be prevented (kernel/internal/engine/vm/README.md lists them). The runtime writes what it
// says of them into a file beside the connection file; the kernel that Jupyter then starts with the same connection file
// reads it and tells the user.

// crashSuffix ends the name of the file, which begins as that of the connection file does.
const crashSuffix = ".crash"

func crashFile(connection string) string {
	return strings.TrimSuffix(connection, ".json") + crashSuffix
}

// recordEnd lets the runtime write why it ends the process. The function that it returns says that the process ends as it
// should: then nothing is kept.
func recordEnd(connection string) (endsWell func(), err error) {
	name := crashFile(connection)
	f, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return func() {}, fmt.Errorf("keeping what the runtime says when it ends the kernel: %w", err)
	}
	defer f.Close() // the runtime has a copy
	if err := debug.SetCrashOutput(f, debug.CrashOptions{}); err != nil {
		os.Remove(name)
		return func() {}, fmt.Errorf("keeping what the runtime says when it ends the kernel: %w", err)
	}
	return func() { os.Remove(name) }, nil
}

// previousEnd returns a sentence about how the last kernel with this connection file ended, or "" if it ended as it should or
// there was none. It is told once. What kernels left behind whose connection files are gone is removed.
func previousEnd(connection string) string {
	name := crashFile(connection)
	text, err := os.ReadFile(name)
	os.Remove(name)
	others, _ := filepath.Glob(filepath.Join(filepath.Dir(connection), "kernel-*"+crashSuffix))
	for _, other := range others {
		if _, err := os.Stat(strings.TrimSuffix(other, crashSuffix) + ".json"); os.IsNotExist(err) {
			os.Remove(other)
		}
	}
	if err != nil {
		return ""
	}
	return "The kernel was restarted because " + reason(string(text)) + ". Variables and functions are gone: run their cells again.\n"
}

// reason says why a process ended of which the runtime wrote a text. Its "fatal error" is not in the text (the runtime writes
// it too early for that), but the functions that it was in are.
func reason(text string) string {
	if strings.TrimSpace(text) == "" {
		return "its process was killed: by a restart while it did not answer, or by the system, for want of memory perhaps"
	}
	if _, value, ok := strings.Cut("\n"+text, "\npanic: "); ok {
		value, _, _ = strings.Cut(value, "\n")
		return "a goroutine of compiled code panicked: " + value
	}
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	functions := calls(text)
	for _, f := range functions {
		for _, c := range causes {
			if strings.HasPrefix(f, c.function) {
				return c.why
			}
		}
	}
	for _, f := range functions {
		if f != "runtime.throw" && f != "runtime.fatal" {
			return "of a fatal error in " + f
		}
	}
	return "of a fatal error: " + first
}

// causes are what some functions of the runtime end the process for.
var causes = []struct{ function, why string }{
	{"internal/runtime/maps.fatal", "compiled code met two goroutines that used one map at the same time: they must take turns, with a sync.Mutex, also where one only prints the map"},
	{"runtime.newstack", "a call of compiled code went too deep: is there a recursion without an end, such as a String method that prints its receiver?"},
	{"runtime.sysMapOS", "the memory came to its end: smaller batches, or large variables set to nil, may help"},
	{"runtime.(*mheap)", "the memory came to its end: smaller batches, or large variables set to nil, may help"},
	{"runtime.(*mcache).allocLarge", "the memory came to its end: smaller batches, or large variables set to nil, may help"},
	{"internal/sync.fatal", "a sync.Mutex was unlocked that was not locked"},
	{"sync.fatal", "a sync.RWMutex was unlocked that was not locked"},
	{"runtime.sigpanic", "compiled code used memory that is not its own"},
}

// calls returns the functions of the first stack in a text of the runtime, innermost first.
func calls(text string) (names []string) {
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if line == "" && len(names) > 0 {
			break
		}
		if i := strings.LastIndexByte(line, '('); i > 0 && !strings.HasPrefix(line, "\t") && !strings.HasPrefix(line, "created by ") {
			names = append(names, line[:i])
		}
	}
	return names
}
