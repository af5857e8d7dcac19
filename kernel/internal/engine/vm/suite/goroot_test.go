package suite

import (
	"bufio"
	"errors"
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/suite/process"
)

// gorootMinimum is how many of the distribution's programs have to pass.
const gorootMinimum = 122

// knownDifferent names the programs of the distribution of which the machine makes something else, and says why.
var knownDifferent = map[string]string{
	"closure.go":                     "counts allocations: a call of the machine may make a frame",
	"devirtualization_nil_panics.go": "asks runtime.Caller for the line of a fault, which is the machine's",
	"divmod.go":                      "at times: exhaustive, 30 s are not enough",
	"finprofiled.go":                 "at times: looks for allocations in the memory profile, whose stacks are the machine's",
	"heapsampling.go":                "looks for allocations in the memory profile, whose stacks are the machine's",
	"inline_literal.go":              "asks runtime.FuncForPC for a line, which is the machine's",
	"nilptr.go":                      "wants a variable of 256 MB to lie below 4 GB",
	"recover.go":                     "recovers in a method value of reflect that a defer statement calls",
	"stackobj.go":                    "wants a local variable to be collected after its last use; a frame keeps it until the call ends",
	"stackobj3.go":                   "wants a local variable to be collected after its last use; a frame keeps it until the call ends",
}

// TestGoroot runs the run-tests of the Go distribution: what the machine prints and how it ends must be what the
// compiled program prints and how it ends, and also what the distribution says where it says something.
func TestGoroot(t *testing.T) {
	dir := filepath.Join(goroot(t), "test")
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		if os.Getenv("CI") == "true" && !testing.Short() { // a toolchain that the go command fetched has none
			t.Fatalf("this Go came without its tests: %s is missing", dir)
		}
		t.Skipf("this Go came without its tests: %s is missing", dir)
	}
	files, toolchain := gorootFiles(t, dir)
	if len(files) == 0 {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s has no run-tests", dir)
		}
		t.Skipf("%s has no run-tests", dir)
	}
	t.Logf("%d programs; %d others use the go command and so test the compiler and the linker: %s",
		len(files), len(toolchain), strings.Join(toolchain, " "))
	if testing.Short() {
		files = sample(files, 25)
	}
	verdicts := judgeAll(t, files, func(t *testing.T, file string) error { return judgeGoroot(t, dir, file) })
	settle(t, verdicts, knownDifferent, gorootMinimum)
}

func judgeGoroot(t *testing.T, dir, file string) error {
	theirs, ours := native(t, dir, file), gorun(t, dir, file)
	theirs.Merge, ours.Merge = true, true
	want, got := run(t, theirs), run(t, ours)
	if golden, err := os.ReadFile(strings.TrimSuffix(file, ".go") + ".out"); err == nil && string(golden) != want.Stdout {
		t.Fatalf("compiled, it does not print what its .out file says: %s", difference(want.Stdout, string(golden)))
	}
	return compare(got, want)
}

// compare says how two results differ, or gives nil.
func compare(got, want process.Result) error {
	if got.TimedOut || got.Exit != want.Exit {
		return fmt.Errorf("%v after %q; want %v after %q", got, excerpt(strings.SplitAfter(got.Stdout+got.Stderr, "\n")),
			want, excerpt(strings.SplitAfter(want.Stdout+want.Stderr, "\n")))
	}
	if got.Stdout != want.Stdout {
		return fmt.Errorf("it prints something else %s", difference(got.Stdout, want.Stdout))
	}
	return nil
}

// gorootFiles finds the programs whose first line is "// run", that this system runs and that import nothing but the
// standard library. Those which import os/exec are toolchain's: they compile and link with the go command.
func gorootFiles(t *testing.T, dir string) (files, toolchain []string) {
	all, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range all {
		if firstLine(t, file) != "// run" {
			continue
		}
		if ok, err := build.Default.MatchFile(dir, filepath.Base(file)); err != nil || !ok {
			continue
		}
		switch imports := importsOf(t, file); {
		case slices.Contains(imports, "os/exec"):
			toolchain = append(toolchain, filepath.Base(file))
		case !slices.ContainsFunc(imports, func(p string) bool { return !standard(p) }):
			files = append(files, file)
		}
	}
	return files, toolchain
}

func firstLine(t *testing.T, file string) string {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Scan()
	return lines.Text()
}

func goroot(t *testing.T) string { return goOutput(t, "env", "GOROOT") }
