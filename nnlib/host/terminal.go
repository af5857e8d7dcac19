package host

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
)

// A Terminal is the host of a plain program: it prints what is shown to Out, and never asks work to stop.
// It is safe for many goroutines.
type Terminal struct {
	Out     io.Writer // where lines go
	Rewrite bool      // Out is a screen: rewrite one line; otherwise print milestones and last updates only, a line each

	mu   sync.Mutex
	open string // the id whose line is being rewritten, "" for none
}

var stderr = &Terminal{Out: os.Stderr, Rewrite: isScreen(os.Stderr)}

// Context returns a context that never ends.
func (t *Terminal) Context() context.Context { return context.Background() }

// Yield does nothing: nothing waits for a program's goroutine.
func (t *Terminal) Yield() {}

// Update prints v.
func (t *Terminal) Update(id string, v any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	final := says(v, func(v interface{ Final() bool }) bool { return v.Final() })
	if !t.Rewrite {
		if final || says(v, func(v interface{ Milestone() bool }) bool { return v.Milestone() }) {
			fmt.Fprintln(t.Out, v)
		}
		return
	}
	if t.open != "" && t.open != id {
		fmt.Fprintln(t.Out)
	}
	// Back to the first column, the text, then erase what an older and longer text left behind.
	fmt.Fprintf(t.Out, "\r%v\x1b[K", v)
	t.open = id
	if final {
		fmt.Fprintln(t.Out)
		t.open = ""
	}
}

func says[T any](v any, ask func(T) bool) bool {
	t, ok := v.(T)
	return ok && ask(t)
}

func isScreen(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
