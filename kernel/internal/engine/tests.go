package engine

import (
	"flag"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/check"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/exec"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/stdio"
)

// initTesting readies the package testing in a program that is no test: it registers its flags and makes it fill in its
// list of processor counts. With an empty list RunTests runs nothing and says that all passed. The list is filled in by
// Main only, which then would end the process, so the first thing that it asks of us is answered by a panic.
var initTesting = sync.OnceFunc(func() {
	testing.Init()
	if !flag.Parsed() {
		flag.CommandLine.Parse(nil)
	}
	if testing.Testing() && flag.Lookup("test.timeout").Value.String() != "0s" {
		return // go test has called Main
	}
	pattern := flag.Lookup("test.run").Value
	old := pattern.String()
	pattern.Set("^$")
	defer pattern.Set(old)
	defer func() { recover() }()
	testing.Main(func(_, _ string) (bool, error) { panic("the list is filled in") }, nil, nil, nil)
})

// A testResult is what became of one Test or Benchmark function.
type testResult struct {
	name            string
	failed, skipped bool
	fault           *exec.Fault // that ended it
}

// runTests runs the Test and Benchmark functions that a cell declared, with go test's words. A test that fails fails
// the cell.
func (e *Engine) runTests(r *run, c *check.Cell) error {
	initTesting()
	var failed []string
	var traceback []string
	for _, name := range c.Tests {
		f := e.exec.Func(r.ctx, c.Pkg.Scope().Lookup(name))
		if !f.IsValid() {
			return fmt.Errorf("%s cannot be called", name)
		}
		res := &testResult{name: name}
		var err error
		switch f := f.Interface().(type) {
		case func(*testing.T):
			err = e.runTest(r, res, f)
		case func(*testing.B):
			err = e.runBenchmark(r, res, f)
		default:
			return fmt.Errorf("%s has type %T; want func(*testing.T) or func(*testing.B)", name, f)
		}
		if err != nil {
			return err
		}
		if res.failed {
			failed = append(failed, name)
		}
		if res.fault != nil {
			traceback = append(traceback, e.fault(res.fault).Traceback...)
		}
	}
	if len(failed) > 0 {
		msg := fmt.Sprintf("%d of %d failed: %s", len(failed), len(c.Tests), strings.Join(failed, ", "))
		return &Error{Name: "FAIL", Message: msg, Traceback: append(traceback, red("FAIL: ")+msg)}
	}
	return nil
}

// runTest runs one test. The package testing says what failed; that a test passed or was skipped is said here.
func (e *Engine) runTest(r *run, res *testResult, f func(*testing.T)) error {
	ok := false
	sub := &run{ctx: r.ctx, out: withoutPlaces{r.out}, number: r.number}
	stdio.SetRunning(sub)
	defer stdio.SetRunning(r)
	err := e.call(sub, func() {
		ok = testing.RunTests(func(_, _ string) (bool, error) { return true, nil }, []testing.InternalTest{{Name: res.name, F: func(t *testing.T) {
			defer func() { res.skipped = t.Skipped() }()
			defer e.recoverInto(res, t)
			f(t)
		}}})
	})
	if err != nil {
		return err // the test may still run: what it leaves is not to be read
	}
	res.failed = !ok
	switch {
	case res.failed:
	case res.skipped:
		fmt.Fprintf(r.stdout(), "--- SKIP: %s\n", res.name)
	default:
		fmt.Fprintf(r.stdout(), "--- PASS: %s\n", res.name)
	}
	return nil
}

// runBenchmark runs one benchmark and prints its line.
func (e *Engine) runBenchmark(r *run, res *testResult, f func(*testing.B)) error {
	var line testing.BenchmarkResult
	err := e.call(r, func() {
		line = testing.Benchmark(func(b *testing.B) {
			defer func() { res.failed, res.skipped = res.failed || b.Failed(), b.Skipped() }()
			defer e.recoverInto(res, b)
			f(b)
		})
	})
	if err != nil {
		return err
	}
	switch {
	case res.failed:
		fmt.Fprintf(r.stdout(), "--- FAIL: %s\n", res.name)
	case res.skipped:
		fmt.Fprintf(r.stdout(), "--- SKIP: %s\n", res.name)
	default:
		fmt.Fprintf(r.stdout(), "%s\t%s\t%s\n", res.name, line, line.MemString())
	}
	return nil
}

// recoverInto turns a panic of a test into its failure; on the goroutine of a test it would end the process.
func (e *Engine) recoverInto(res *testResult, t testing.TB) {
	if p := recover(); p != nil {
		res.fault = e.exec.Recovered(p)
		t.Fail()
	}
}

// withoutPlaces drops the places in compiled code that the package testing puts before what an interpreted test says.
type withoutPlaces struct{ Output }

var testPlace = regexp.MustCompile(`(?m)^( {4,})[\w.]+\.go:\d+: `)

func (o withoutPlaces) Stream(name string, text []byte) {
	o.Output.Stream(name, testPlace.ReplaceAll(text, []byte("$1")))
}
