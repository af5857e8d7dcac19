package kerneltest

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"

	"github.com/gopherceptron/gopherceptron/kernel/internal/transport"
	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// received is a message with the name of its channel.
type received struct {
	channel string
	*wire.Message
	shown bool // in the transcript
}

// parent returns the id of the message's parent, "" without.
func (r *received) parent() string {
	var h wire.Header
	if json.Unmarshal(r.Parent, &h) != nil {
		return ""
	}
	return h.ID
}

// has reports whether the content, decoded, says field = value.
func (r *received) has(field, value string) bool {
	var content map[string]any
	return json.Unmarshal(r.Content, &content) == nil && content[field] == value
}

// A client keeps all that comes from the kernel.
type client struct {
	wire    *transport.MemoryClient
	readers sync.WaitGroup

	mu      sync.Mutex
	got     []*received
	changed chan struct{} // closed, and replaced, when something came
}

func newClient(ctx context.Context, w *transport.MemoryClient) *client {
	c := &client{wire: w, changed: make(chan struct{})}
	recv := map[string]func() (*wire.Message, error){
		"iopub": func() (*wire.Message, error) { return w.RecvIOPub(ctx) },
	}
	for _, ch := range []wire.Channel{wire.Shell, wire.Control, wire.Stdin} {
		recv[ch.String()] = func() (*wire.Message, error) { return w.Recv(ctx, ch) }
	}
	for name, next := range recv {
		c.readers.Go(func() {
			for {
				m, err := next()
				if err != nil {
					return
				}
				c.mu.Lock()
				c.got = append(c.got, &received{channel: name, Message: m})
				close(c.changed)
				c.changed = make(chan struct{})
				c.mu.Unlock()
			}
		})
	}
	return c
}

// find waits until a message satisfies want and returns it.
func (c *client) find(ctx context.Context, want func(*received) bool) (*received, error) {
	for {
		c.mu.Lock()
		for _, r := range c.got {
			if want(r) {
				c.mu.Unlock()
				return r, nil
			}
		}
		changed := c.changed
		c.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, errors.New("it did not come")
		}
	}
}

// take returns the messages that are not shown and satisfy want, and marks them as shown.
func (c *client) take(want func(*received) bool) (list []*received) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.got {
		if !r.shown && want(r) {
			r.shown = true
			list = append(list, r)
		}
	}
	return list
}

// A request is a message that a script sends.
type request struct {
	*wire.Message
	name    string
	channel wire.Channel
}

// newRequest returns a message of a type, on the channel that clients use for it.
func newRequest(typ, content string) *request {
	m, err := wire.NewMessage("client", typ, nil, nil)
	if err != nil {
		panic(err) // unreachable: there is no content to encode
	}
	m.Content = json.RawMessage(content)
	r := &request{Message: m, channel: wire.Shell}
	switch {
	case typ == "input_reply":
		r.channel = wire.Stdin
	case typ == "interrupt_request", typ == "shutdown_request", typ == "usage_request", typ == "debug_request",
		strings.HasSuffix(typ, "_subshell_request"):
		r.channel = wire.Control
	}
	return r
}

func (c *client) send(r *request) {
	// A kernel that has ended is seen by who waits for the reply.
	_ = c.wire.Send(r.channel, r.Message)
}
