package kernel

import (
	"context"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine"
	"github.com/gopherceptron/gopherceptron/nnlib/host"
)

// installHost lets nnlib report to the cell that called it.
func installHost() {
	host.Install(func() host.Host {
		if out, ctx, ok := engine.Current(); ok {
			return cellHost{out, ctx}
		}
		return nil
	})
}

// A cellHost is the host of code that a cell runs.
type cellHost struct {
	out engine.Output
	ctx context.Context
}

func (h cellHost) Context() context.Context { return h.ctx }
func (h cellHost) Update(id string, v any)  { h.out.Update(v, id) }

// Yield does nothing yet: nothing of a cell waits for its goroutine.
func (h cellHost) Yield() {}
