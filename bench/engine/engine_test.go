package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gopherceptron/gopherceptron/bench/engine/workload"
)

// TestMain lets this test binary be the contenders that the benchmark's is, and bad ones.
func TestMain(m *testing.M) {
	switch name := os.Getenv(serveEnv); name {
	case "":
		os.Exit(m.Run())
	case native, yaegi:
		os.Exit(serve(name))
	default:
		os.Exit(serveBadly(name))
	}
}

// needPython skips a test where CPython is missing, or fails it if CI=true.
func needPython(t *testing.T) {
	t.Helper()
	_, _, reason, err := findCPython(t.Context())
	switch {
	case err != nil:
		t.Fatal(err)
	case reason != "" && os.Getenv("CI") == "true":
		t.Fatalf("no CPython: %s", reason)
	case reason != "":
		t.Skipf("no CPython: %s", reason)
	}
}

// compiled builds the program that is given to the machine with Go itself and returns it as a command: it ignores the files
// in its arguments, so that it can take the machine's place.
func compiled(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	c, err := vmContender(vm, nil, dir)
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(dir, "compiled")
	if out, err := exec.CommandContext(t.Context(), "go", append([]string{"build", "-o", bin}, c.command...)...).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return []string{bin}
}

func TestTable(t *testing.T) {
	needPython(t)
	bin := compiled(t)
	r, err := measure(t.Context(), options{rounds: 1, only: regexp.MustCompile("^(Fib|MapString|Callback)$"), vm: bin, beside: bin})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Failures) > 0 {
		t.Errorf("failures %q; want none", r.Failures)
	}
	var b bytes.Buffer
	if err := r.write(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`cores, \w+/\w+.*\ngo1\.\d+.*, yaegi v0\.\d+\.\d+, CPython 3\.\d+\.\d+; rounds: 1\n`,
		`\nms +native +VM +beside +yaegi +CPython +VM/native +beside/native +beside/VM +yaegi/VM +CPython/VM\n`,
		`\n\* fib\(25\)( +[\d.]+){10}\n`,
		`\n  map\[string\]int, 1e5( +[\d.]+){10}\n`,
		`\ngeometric mean, 2 programs in all( +[\d.]+){5}\n`,
		`\na closure called by compiled code, ns a call: native [\d.]+, VM [\d.]+, beside [\d.]+, yaegi [\d.]+, CPython [\d.]+\n`,
		`\n  not measured  no program slower than CPython\n`,
		`\n  pass          closures called by compiled code under 40 ns each: [\d.]+ ns\n`,
	} {
		if !regexp.MustCompile(want).MatchString(b.String()) {
			t.Errorf("the report does not match %q:\n%s", want, b.String())
		}
	}

	b.Reset()
	if err := r.writeJSON(&b); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Contenders   []string
		Rows         []row
		Requirements []requirement
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatalf("the JSON cannot be read: %v\n%s", err, b.String())
	}
	if want := []string{native, vm, beside, yaegi, cpython}; !slices.Equal(got.Contenders, want) {
		t.Errorf("contenders %q; want %q", got.Contenders, want)
	}
	if len(got.Rows) != 3 || len(got.Rows[0].Seconds[cpython]) != 1 || len(got.Requirements) != 7 {
		t.Errorf("the JSON has %d rows, %v, %d requirements; want 3 with one round each, and 7", len(got.Rows), got.Rows, len(got.Requirements))
	}
}

// All programs come to the same checksum on all contenders, on the machine too if there is one.
func TestChecksums(t *testing.T) {
	if testing.Short() {
		t.Skip("runs every program on every contender, which takes several seconds: not with -short")
	}
	needPython(t)
	r, err := measure(t.Context(), options{})
	if err != nil {
		t.Fatal(err)
	}
	if why, ok := r.Missing[vm]; ok {
		t.Logf("without the VM: %s", why)
	}
	if len(r.Rows) != len(workload.All) || len(r.Failures) > 0 {
		t.Errorf("%d programs with failures %q; want %d without", len(r.Rows), r.Failures, len(workload.All))
	}
}

func TestMeasureErrors(t *testing.T) {
	tests := []struct {
		name string
		o    options
		want string
	}{
		{"no program", options{only: regexp.MustCompile("^NoSuch$"), vm: []string{"true"}}, "no program's name matches"},
	}
	for _, tt := range tests {
		if _, err := measure(t.Context(), tt.o); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("measure(%s) = %v; want %q", tt.name, err, tt.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := measure(ctx, options{vm: []string{"true"}}); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("measure(cancelled) = %v; want %q", err, "canceled")
	}
}
