package widget

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gopherceptron/gopherceptron/kernel/display"
)

// A fakeHost writes down what is sent, and runs callbacks when the test says so.
type fakeHost struct {
	mu      sync.Mutex
	sent    []sentMessage
	handle  map[string]func(parent, data []byte, buffers [][]byte)
	closed  map[string]func(parent, data []byte)
	targets map[string]func(parent []byte, id string, data, metadata []byte, buffers [][]byte)
	waiting []func()
	logged  []string
}

type sentMessage struct {
	kind, id string
	parent   string
	data     map[string]any
	metadata map[string]any
	buffers  [][]byte
}

// install connects the package to a host for a test.
func install(t *testing.T) *fakeHost {
	t.Helper()
	h := &fakeHost{handle: map[string]func([]byte, []byte, [][]byte){}, closed: map[string]func([]byte, []byte){}, targets: map[string]func([]byte, string, []byte, []byte, [][]byte){}}
	Install(h)
	t.Cleanup(func() {
		Install(nil)
		live.mu.Lock()
		clear(live.models)
		live.mu.Unlock()
	})
	return h
}

func (h *fakeHost) note(kind string, parent []byte, id string, data any, metadata map[string]any, buffers [][]byte) {
	raw, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	m := sentMessage{kind: kind, id: id, parent: string(parent), metadata: metadata, buffers: buffers}
	json.Unmarshal(raw, &m.data)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sent = append(h.sent, m)
}

func (h *fakeHost) Open(parent []byte, _, id string, data any, metadata map[string]any, buffers [][]byte) (string, error) {
	h.note("open", parent, id, data, metadata, buffers)
	return id, nil
}

func (h *fakeHost) Send(parent []byte, id string, data any, metadata map[string]any, buffers [][]byte) error {
	h.note("msg", parent, id, data, metadata, buffers)
	return nil
}

func (h *fakeHost) Close(parent []byte, id string, data any) error {
	h.note("close", parent, id, data, nil, nil)
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.handle, id)
	delete(h.closed, id)
	return nil
}

func (h *fakeHost) OnMessage(id string, f func(parent, data []byte, buffers [][]byte)) {
	h.handle[id] = f
}
func (h *fakeHost) OnClose(id string, f func(parent, data []byte)) { h.closed[id] = f }
func (h *fakeHost) Target(name string, f func(parent []byte, id string, data, metadata []byte, buffers [][]byte)) {
	h.targets[name] = f
}
func (h *fakeHost) Later(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waiting = append(h.waiting, f)
}
func (h *fakeHost) Log(s string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.logged = append(h.logged, s)
}
func (h *fakeHost) Bundle(v any) display.Bundle {
	if b, ok := v.(interface{ Bundle() display.Bundle }); ok {
		return b.Bundle()
	}
	return nowhere{}.Bundle(v)
}

func (h *fakeHost) Call(f func(), out Sink) (failure *Failure) {
	display.Install(func() display.Sink { return out })
	defer display.Install(func() display.Sink { return nil })
	defer func() {
		if r := recover(); r != nil {
			failure = &Failure{Name: "panic", Message: fmt.Sprint(r), Traceback: []string{fmt.Sprint("panic: ", r)}}
		}
	}()
	f()
	return nil
}

// user sends a message as a front end does.
func (h *fakeHost) user(w Widget, data string) {
	h.handle[w.base().m.id]([]byte(`"request"`), []byte(data), nil)
}

// work runs what waits for the goroutine of the cells.
func (h *fakeHost) work() {
	for len(h.waiting) > 0 {
		f := h.waiting[0]
		h.waiting = h.waiting[1:]
		f()
	}
}

// take returns what was sent since the last time, one line a message: the models by class.
func (h *fakeHost) take() string {
	h.mu.Lock()
	sent := h.sent
	h.sent = nil
	h.mu.Unlock()
	var b strings.Builder
	for _, m := range sent {
		live.mu.Lock()
		model := live.models[m.id]
		live.mu.Unlock()
		name := "?"
		if model != nil {
			name = model.names.model
		}
		fmt.Fprintf(&b, "%s %s", m.kind, name)
		if method, ok := m.data["method"].(string); ok {
			fmt.Fprintf(&b, " %s", method)
		}
		if m.parent != "" {
			b.WriteString(" to the request")
		}
		if state, ok := m.data["state"].(map[string]any); ok && m.kind == "msg" {
			for _, k := range slices.Sorted(maps.Keys(state)) {
				fmt.Fprintf(&b, " %s=%v", k, state[k])
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}
