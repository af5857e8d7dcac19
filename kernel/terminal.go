package kernel

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/notebook"
	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// A terminal prints a run of a notebook: a line for each cell, and what the cells print and show, as text.
type terminal struct {
	out   io.Writer
	quiet bool

	mu    sync.Mutex
	live  string // the text of the output that is being replaced in place, without its end of line
	shown time.Time
}

// liveEvery is how often an output that is replaced in place is printed where lines cannot be rewritten.
const liveEvery = 2 * time.Second

func (t *terminal) progress(p notebook.Progress) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.quiet {
		return
	}
	t.endLive()
	if !p.Done {
		first, _, more := strings.Cut(strings.TrimSpace(p.Cell.Source), "\n")
		if more {
			first += " …"
		}
		fmt.Fprintf(t.out, "%s\n", plain(t.out, fmt.Sprintf("\x1b[2m[%d/%d] %s\x1b[0m", p.N, p.Of, first)))
		return
	}
	if p.Elapsed > time.Second {
		fmt.Fprintf(t.out, "%s\n", plain(t.out, fmt.Sprintf("\x1b[2m      %.1f s\x1b[0m", p.Elapsed.Seconds())))
	}
}

func (t *terminal) finish() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.endLive()
}

// endLive leaves the line that was rewritten in place, with its last text.
func (t *terminal) endLive() {
	if t.live == "" {
		return
	}
	if !isTerminal(t.out) {
		fmt.Fprintln(t.out, t.live)
	} else {
		fmt.Fprintln(t.out)
	}
	t.live = ""
}

// watch returns a client that prints what the kernel publishes on its way to the notebook.
func (t *terminal) watch(c notebook.Client) notebook.Client { return watched{c, t} }

type watched struct {
	notebook.Client
	t *terminal
}

func (w watched) RecvIOPub(ctx context.Context) (*wire.Message, error) {
	m, err := w.Client.RecvIOPub(ctx)
	if err == nil {
		w.t.print(m)
	}
	return m, err
}

// print prints one message of IOPub.
func (t *terminal) print(m *wire.Message) {
	var c struct {
		Name, Text string
		Data       map[string]any
		Transient  struct {
			ID string `json:"display_id"`
		}
	}
	if t.quiet || json.Unmarshal(m.Content, &c) != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	text, _ := c.Data["text/plain"].(string)
	switch m.Header.Type {
	case "stream":
		t.endLive()
		fmt.Fprint(t.out, plain(t.out, c.Text))
	case "execute_result":
		t.endLive()
		fmt.Fprintln(t.out, text)
	case "display_data", "update_display_data":
		if text == "" { // a picture that takes another one's place, or none any more
			return
		}
		if c.Transient.ID == "" {
			t.endLive()
			fmt.Fprintln(t.out, text)
			return
		}
		t.replace(text)
	}
}

// replace shows a new text of the output that is replaced in place, if it is a line.
func (t *terminal) replace(text string) {
	if strings.Contains(text, "\n") {
		t.endLive()
		fmt.Fprintln(t.out, text)
		return
	}
	t.live = text
	if isTerminal(t.out) {
		fmt.Fprintf(t.out, "\r\x1b[K%s", text)
		return
	}
	if time.Since(t.shown) > liveEvery {
		t.shown = time.Now()
		fmt.Fprintln(t.out, text)
		t.live = ""
	}
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// plain takes the colours out of a text for anything but a terminal.
func plain(w io.Writer, s string) string {
	if isTerminal(w) {
		return s
	}
	return colours.ReplaceAllString(s, "")
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0
}
