package engine

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/check"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/owner"
)

var initTesting = sync.OnceFunc(testing.Init)

// runTests runs the Test and Benchmark functions that a cell declared, with go test's words. A test that fails fails
// the cell.
func (e *Engine) runTests(r *run, c *check.Cell) error {
	initTesting()
	failed := 0
	for _, name := range c.Tests {
		f := e.exec.Func(r.ctx, c.Pkg.Scope().Lookup(name))
		if !f.IsValid() {
			return fmt.Errorf("%s cannot be called", name)
		}
		switch f := f.Interface().(type) {
		case func(*testing.T):
			ok := false
			owner.Run(r, func() {
				ok = testing.RunTests(func(_, _ string) (bool, error) { return true, nil }, []testing.InternalTest{{Name: name, F: f}})
			})
			if !ok {
				failed++
				continue
			}
			fmt.Fprintf(r.stdout(), "--- PASS: %s\n", name)
		case func(*testing.B):
			var res testing.BenchmarkResult
			owner.Run(r, func() { res = testing.Benchmark(f) })
			fmt.Fprintf(r.stdout(), "%s\t%s\t%s\n", name, res, res.MemString())
		default:
			return fmt.Errorf("%s has type %T; want func(*testing.T) or func(*testing.B)", name, f)
		}
	}
	if failed > 0 {
		names := strings.Join(c.Tests, ", ")
		return &Error{Name: "FAIL", Message: fmt.Sprintf("%d of %d failed: %s", failed, len(c.Tests), names), Traceback: []string{red("FAIL")}}
	}
	return nil
}
