package kernel

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine"
	"github.com/gopherceptron/gopherceptron/kernel/widget"
	"github.com/gopherceptron/gopherceptron/nnlib/host"
)

// installHost lets nnlib report to the cell that called it, and callbacks run while it works. runTasks runs those that wait.
func installHost(runTasks func(ctx context.Context)) {
	h := &yielding{tasks: runTasks}
	host.Install(func() host.Host {
		if out, ctx, ok := engine.Current(); ok {
			return &cellHost{out: out, ctx: ctx, yielding: h}
		}
		return nil
	})
}

// yielding runs callbacks for a cell that lets them, one at a time also where the cell has several goroutines.
type yielding struct {
	mu    sync.Mutex
	tasks func(ctx context.Context)
}

// A cellHost is the host of one piece of work that a cell does.
type cellHost struct {
	out  engine.Output
	ctx  context.Context
	live map[string]*liveWork // that can be stopped, by the id of its progress
	last map[string]any       // progress that was shown, by id
	*yielding
}

// liveWork is the progress of work with the button that stops it, in the place of the progress alone.
type liveWork struct {
	text *widget.HTMLWidget
	box  *widget.BoxWidget
}

// Context implements [host.Host].
func (h *cellHost) Context() context.Context { return h.ctx }

// Update implements [host.Host].
func (h *cellHost) Update(id string, v any) {
	if h.last == nil {
		h.last = map[string]any{}
	}
	h.last[id] = v
	x, ok := v.(interface{ HTML() string })
	if live := h.live[id]; live != nil && ok {
		live.text.Value = x.HTML()
		live.text.Sync()
		return
	}
	h.out.Update(v, id)
}

// Stop implements [host.Stopper] with a button below the progress, where the front end has a user. Both are one output, in
// which the last progress remains alone: an output of its own could be emptied, but not taken away.
func (h *cellHost) Stop(id string) (stop func() bool, done func()) {
	shown, ok := h.last[id].(interface{ HTML() string })
	if o, is := h.out.(interface{ Interactive() bool }); !ok || !is || !o.Interactive() {
		return func() bool { return false }, func() {}
	}
	var clicked atomic.Bool
	button := widget.Button("Stop")
	button.Icon, button.Tooltip = "stop", "end the training after this batch; the model keeps what it has learned"
	button.OnClick(func() {
		clicked.Store(true)
		button.Description, button.Disabled = "Stopping", true
	})
	text := widget.HTML(shown.HTML())
	live := &liveWork{text, widget.VBox(text, button)}
	if h.live == nil {
		h.live = map[string]*liveWork{}
	}
	h.live[id] = live
	h.out.Update(live.box, id)
	return clicked.Load, func() {
		delete(h.live, id)
		h.out.Update(h.last[id], id)
		live.box.Close()
	}
}

// Yield runs what waits for the goroutine of the cells: the callbacks of widgets.
func (h *cellHost) Yield() {
	if h.tasks == nil || !engine.Yields() || !h.mu.TryLock() {
		return
	}
	defer h.mu.Unlock()
	h.tasks(h.ctx)
}
