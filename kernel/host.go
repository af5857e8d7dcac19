package kernel

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/gopherceptron/gopherceptron/kernel/display"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine"
	"github.com/gopherceptron/gopherceptron/kernel/widget"
	"github.com/gopherceptron/gopherceptron/nnlib/host"
)

// installHost lets nnlib report to the cell that called it, and callbacks run while it works. runTasks runs those that wait.
func installHost(runTasks func(ctx context.Context)) {
	h := &yielding{tasks: runTasks}
	host.Install(func() host.Host {
		if out, ctx, ok := engine.Current(); ok {
			return cellHost{out, ctx, h}
		}
		return nil
	})
}

// yielding runs callbacks for a cell that lets them, one at a time also where the cell has several goroutines.
type yielding struct {
	mu    sync.Mutex
	tasks func(ctx context.Context)
}

// A cellHost is the host of code that a cell runs.
type cellHost struct {
	out engine.Output
	ctx context.Context
	*yielding
}

func (h cellHost) Context() context.Context { return h.ctx }
func (h cellHost) Update(id string, v any)  { h.out.Update(v, id) }

// Stop implements [host.Stopper] with a button below the progress, where the front end has a user.
func (h cellHost) Stop(id string) (stop func() bool, done func()) {
	if o, ok := h.out.(interface{ Interactive() bool }); !ok || !o.Interactive() {
		return func() bool { return false }, func() {}
	}
	var clicked atomic.Bool
	button := widget.Button("Stop")
	button.Icon, button.Tooltip = "stop", "end the training after this batch; the model keeps what it has learned"
	button.OnClick(func() {
		clicked.Store(true)
		button.Description, button.Disabled = "Stopping", true
	})
	h.out.Update(button, id+"-stop")
	return clicked.Load, func() {
		button.Close()
		h.out.Update(nothing{}, id+"-stop")
	}
}

// nothing takes the place of an output that has gone.
type nothing struct{}

// Bundle implements the display contract.
func (nothing) Bundle() display.Bundle {
	return display.Bundle{Data: map[string]any{"text/plain": "", "text/html": ""}}
}

// Yield runs what waits for the goroutine of the cells: the callbacks of widgets.
func (h cellHost) Yield() {
	if h.tasks == nil || !engine.Yields() || !h.mu.TryLock() {
		return
	}
	defer h.mu.Unlock()
	h.tasks(h.ctx)
}
