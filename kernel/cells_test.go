package kernel

import (
	"log/slog"
	"os"
	"testing"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/stdio"
	"github.com/gopherceptron/gopherceptron/kernel/internal/kerneltest"
	"github.com/gopherceptron/gopherceptron/kernel/internal/session"
)

// useSource lets cells of a test import this module's packages.
func useSource(t testing.TB) {
	t.Helper()
	old := assets
	assets = os.DirFS("..")
	t.Cleanup(func() { assets = old })
	release, err := stdio.Capture()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
}

// TestCells runs scripts through the session and the real engine.
func TestCells(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	kerneltest.Run(t, "testdata/cells", func(t *testing.T, conn session.Conn) kerneltest.Runner {
		useSource(t)
		s, err := newSession(conn, "", "", slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}
