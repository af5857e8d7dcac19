package kernel

import (
	"context"
	"errors"
	"log/slog"

	"github.com/gopherceptron/gopherceptron/kernel/display"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine"
	"github.com/gopherceptron/gopherceptron/kernel/internal/session"
	"github.com/gopherceptron/gopherceptron/kernel/widget"
)

// A widgetHost connects package widget to a session.
type widgetHost struct {
	*session.Comms
	session *session.Session
	engine  *engine.Engine
	bundle  func(v any) display.Bundle
	log     *slog.Logger
	ctx     context.Context // of the task that runs; nil while a cell does
}

// Later implements [widget.Host].
func (h *widgetHost) Later(f func()) {
	h.session.Later(func(ctx context.Context) {
		outer := h.ctx
		h.ctx = ctx
		defer func() { h.ctx = outer }()
		f()
	})
}

// Call implements [widget.Host].
func (h *widgetHost) Call(f func(), out widget.Sink) *widget.Failure {
	ctx := h.ctx
	if _, cell, ok := engine.Current(); ok {
		ctx = cell
	}
	if ctx == nil {
		ctx = context.Background()
	}
	err := h.engine.Invoke(ctx, f, callbackOutput{out})
	if err == nil {
		return nil
	}
	var e *engine.Error
	if errors.As(err, &e) {
		return &widget.Failure{Name: e.Name, Message: e.Message, Traceback: e.Traceback}
	}
	return &widget.Failure{Name: "error", Message: err.Error(), Traceback: []string{err.Error()}}
}

// Bundle implements [widget.Host].
func (h *widgetHost) Bundle(v any) display.Bundle { return h.bundle(v) }

// Log implements [widget.Host].
func (h *widgetHost) Log(message string) { h.log.Warn(message) }

// A callbackOutput is where a callback prints. It cannot ask the user.
type callbackOutput struct{ widget.Sink }

func (callbackOutput) Input(context.Context, string, bool) (string, error) {
	return "", errors.New("a callback of a widget cannot read from the user: use widget.Text")
}
