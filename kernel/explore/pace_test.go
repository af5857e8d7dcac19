package explore

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/display"
	"github.com/gopherceptron/gopherceptron/kernel/widget"
)

// A quietHost is a front end that hears everything and says what the test says.
type quietHost struct {
	mu       sync.Mutex
	waiting  []func()
	handle   map[string]func(parent, data []byte, buffers [][]byte)
	models   map[string]string // id by class; the last one
	pictures map[string]int    // messages with binary parts, by id
}

func installQuiet(t *testing.T) *quietHost {
	t.Helper()
	h := &quietHost{handle: map[string]func([]byte, []byte, [][]byte){}, models: map[string]string{}, pictures: map[string]int{}}
	widget.Install(h)
	t.Cleanup(func() { widget.Install(nil) })
	return h
}

func (h *quietHost) Open(_ []byte, _, id string, data any, _ map[string]any, _ [][]byte) (string, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return "", err
	}
	var d struct {
		State struct {
			Name string `json:"_model_name"`
		} `json:"state"`
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		return "", err
	}
	h.models[d.State.Name] = id
	return id, nil
}

func (h *quietHost) Send(_ []byte, id string, _ any, _ map[string]any, buffers [][]byte) error {
	h.pictures[id] += len(buffers)
	return nil
}

func (h *quietHost) OnMessage(id string, f func(parent, data []byte, buffers [][]byte)) {
	h.handle[id] = f
}

func (h *quietHost) Close([]byte, string, any) error                               { return nil }
func (h *quietHost) OnClose(string, func(parent, data []byte))                     {}
func (h *quietHost) Target(string, func([]byte, string, []byte, []byte, [][]byte)) {}
func (h *quietHost) Log(string)                                                    {}
func (h *quietHost) Bundle(any) display.Bundle                                     { return display.Bundle{} }
func (h *quietHost) Call(f func(), _ widget.Sink) *widget.Failure                  { f(); return nil }
func (h *quietHost) Later(f func())                                                { h.mu.Lock(); h.waiting = append(h.waiting, f); h.mu.Unlock() }
func (h *quietHost) user(id, state string) {
	h.handle[id](nil, []byte(`{"method":"update","state":`+state+`}`), nil)
}

// work runs what waits until nothing has come for a while.
func (h *quietHost) work(quiet time.Duration) {
	for last := time.Now(); time.Since(last) < quiet; time.Sleep(time.Millisecond) {
		h.mu.Lock()
		waiting := h.waiting
		h.waiting = nil
		h.mu.Unlock()
		for _, f := range waiting {
			f()
			last = time.Now()
		}
	}
}

// A page that says nothing gets no more pictures than it had room for; one that pauses gets no more at all.
func TestPlaygroundWaitsForThePage(t *testing.T) {
	h := installQuiet(t)
	p := Playground(Setup{Examples: 20})
	p.Bundle()
	play, picture := h.models["PlayModel"], h.models["ImageModel"]
	start := time.Now()
	for i := range 3 {
		h.user(play, fmt.Sprintf(`{"playing":true,"value":%d}`, i+1))
		h.work(5 * pace)
		if got, want := h.pictures[picture], (i+1)*perBeat; got != want || p.epoch != want {
			t.Errorf("after %d beats: %d pictures of %d epochs; want %d", i+1, got, p.epoch, want)
		}
	}
	if d, want := time.Since(start), 3*(perBeat-1)*pace; d < want {
		t.Errorf("%d pictures in %v; want at least %v from one to the next", 3*perBeat, d, pace)
	}
	h.user(play, `{"playing":true,"value":4}`)
	h.mu.Lock()
	first := h.waiting
	h.waiting = nil
	h.mu.Unlock()
	for _, f := range first {
		f()
	}
	h.user(play, `{"playing":false}`)
	h.work(5 * pace)
	if got, want := p.epoch, 3*perBeat+1; got != want && got != want+1 { // one more may have been on its way
		t.Errorf("after a pause: epoch %d; want %d", got, want)
	}
}

// Close frees the network, also that of a playground which learns; what is shown again begins anew.
func TestPlaygroundIsFreed(t *testing.T) {
	h := installQuiet(t)
	p := Playground(Setup{Examples: 20})
	p.Bundle()
	h.user(h.models["PlayModel"], `{"playing":true,"value":1}`)
	h.mu.Lock()
	first := h.waiting
	h.waiting = nil
	h.mu.Unlock()
	for _, f := range first {
		f()
	}
	if p.epoch != 1 {
		t.Fatalf("epoch %d after a beat; want 1", p.epoch)
	}
	widget.VBox(p).Close()
	h.work(5 * pace)
	if p.Model() != nil || p.epoch != 1 {
		t.Errorf("after Close: model %v at epoch %d; want none, and no more learning", p.Model(), p.epoch)
	}
	p.learn()
	if p.Model() == nil || p.epoch != 1 {
		t.Errorf("a step after Close: model %v at epoch %d; want a new one at 1", p.Model(), p.epoch)
	}
}
