package engine

import (
	"context"
	"io"
	"sync/atomic"

	"github.com/gopherceptron/gopherceptron/kernel/display"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/owner"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/stdio"
)

// A run is one execution of a cell: it owns the goroutines that the cell starts, and their output.
type run struct {
	ctx    context.Context
	out    Output
	number int
	inside bool // it is a callback that runs while a cell does
}

// running is the cell, or the callback, that runs now or ran last.
var running atomic.Pointer[run]

func setRunning(r *run) {
	running.Store(r)
	stdio.SetRunning(r)
}

// Yields reports whether the calling goroutine belongs to the cell that runs now, which may let callbacks run.
func Yields() bool {
	r, ok := owner.Current().(*run)
	return ok && !r.inside && running.Load() == r
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
