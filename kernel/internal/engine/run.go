package engine

import (
	"context"
	"io"

	"github.com/gopherceptron/gopherceptron/kernel/display"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/owner"
)

// A run is one execution of a cell: it owns the goroutines that the cell starts, and their output.
type run struct {
	ctx    context.Context
	out    Output
	number int
}

func (r *run) Context() context.Context        { return r.ctx }
func (r *run) Stream(name string, text []byte) { r.out.Stream(name, text) }

func (r *run) Input(ctx context.Context, prompt string, password bool) (string, error) {
	return r.out.Input(ctx, prompt, password)
}

func (r *run) stdout() io.Writer { return writer{r, "stdout"} }
func (r *run) stderr() io.Writer { return writer{r, "stderr"} }

type writer struct {
	r    *run
	name string
}

func (w writer) Write(p []byte) (int, error) {
	w.r.out.Stream(w.name, p)
	return len(p), nil
}

// currentSink is where the values go that the calling goroutine shows.
func currentSink() display.Sink {
	if r, ok := owner.Current().(*run); ok {
		return r.out
	}
	return nil
}

// Current returns the output and the context of the cell that the calling goroutine belongs to.
func Current() (out Output, ctx context.Context, ok bool) {
	r, ok := owner.Current().(*run)
	if !ok {
		return nil, nil, false
	}
	return r.out, r.ctx, true
}
