package session_test

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/gopherceptron/gopherceptron/kernel/internal/session"
	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// TestQuiet asks what front ends ask of every kernel: the log, which Jupyter prints to the user's terminal, stays empty.
func TestQuiet(t *testing.T) {
	var log bytes.Buffer
	k := start(t, func(o *session.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	for _, typ := range []string{"kernel_info_request", "comm_info_request", "debug_request", "create_subshell_request",
		"list_subshell_request", "usage_request", "interrupt_request", "future_request", "comm_open"} {
		k.untilIdle(k.send(wire.Shell, typ, struct{}{}))
	}
	k.untilIdle(k.execute("error E no"))
	k.untilIdle(k.execute("lines 200000"))
	k.send(wire.Control, "shutdown_request", wire.ShutdownRequest{})
	<-k.ended
	k.ended <- nil
	if log.Len() > 0 {
		t.Errorf("the log has %q; want nothing", log.String())
	}
}
