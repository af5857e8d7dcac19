package widget

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"image"
	_ "image/jpeg" // sizes
	_ "image/png"
	"strings"
	"sync"
	"time"
)

// OutputWidget shows what callbacks print and show: Run fills it.
type OutputWidget struct {
	Base
	mu      sync.Mutex
	outputs []output
	ids     map[string]int // display ids, by place in outputs
	wait    bool           // clear when the next output comes
	raw     json.RawMessage
	timer   *time.Timer
}

// An output is one in the format of notebooks.
type output struct {
	Type      string         `json:"output_type"`
	Name      string         `json:"name,omitempty"`
	Text      string         `json:"text,omitempty"`
	Data      map[string]any `json:"data,omitempty"`
	Metadata  map[string]any `json:"metadata,omitzero"`
	EName     string         `json:"ename,omitempty"`
	EValue    string         `json:"evalue,omitempty"`
	Traceback []string       `json:"traceback,omitempty"`
}

// outputDelay is how long text of a callback that goes on is kept before it is sent.
const outputDelay = 100 * time.Millisecond

// Output returns an empty output.
func Output() *OutputWidget { return finish(&OutputWidget{}) }

func (*OutputWidget) kind() kind { return kind{"Output", "Output"} }

// Run calls f; what it prints and shows, and what it panics with, replaces what the output shows.
func (o *OutputWidget) Run(f func()) {
	o.run(f)
}

func (o *OutputWidget) run(f func()) {
	h := host()
	if h == nil {
		o.mu.Lock()
		o.reset()
		o.mu.Unlock()
		f()
		return
	}
	o.mu.Lock()
	o.wait = true // without a flicker: what was there stays until there is something new
	o.mu.Unlock()
	failure := h.Call(f, (*sink)(o))
	o.mu.Lock()
	if o.wait {
		o.reset()
	}
	o.mu.Unlock()
	if failure != nil {
		o.failed(failure)
	}
	o.send()
}

func (o *OutputWidget) failed(f *Failure) {
	o.add(output{Type: "error", EName: f.Name, EValue: f.Message, Traceback: f.Traceback})
	o.send()
}

// reset forgets all outputs. The caller holds mu.
func (o *OutputWidget) reset() {
	o.outputs, o.ids, o.wait, o.raw = nil, nil, false, nil
}

func (o *OutputWidget) add(x output) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.wait {
		o.reset()
	}
	o.raw = nil
	if n := len(o.outputs); x.Type == "stream" && n > 0 && o.outputs[n-1].Type == "stream" && o.outputs[n-1].Name == x.Name {
		o.outputs[n-1].Text += x.Text
	} else {
		o.outputs = append(o.outputs, x)
	}
	o.arm()
}

// arm has the output sent soon. The caller holds mu.
func (o *OutputWidget) arm() {
	if o.timer == nil {
		o.timer = time.AfterFunc(outputDelay, o.send)
	}
}

// send sends the outputs if front ends do not have them.
func (o *OutputWidget) send() {
	o.mu.Lock()
	if o.timer != nil {
		o.timer.Stop()
		o.timer = nil
	}
	o.mu.Unlock()
	m := o.m
	if m == nil {
		return
	}
	raw := o.encoded()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed || string(m.state["outputs"]) == string(raw) {
		return
	}
	m.state["outputs"] = raw
	data, _ := message("update", map[string]json.RawMessage{"outputs": raw}, nil)
	if err := m.host.Send(nil, m.id, data, nil, nil); err != nil {
		m.host.Log("widget: " + err.Error())
	}
}

func (o *OutputWidget) encoded() json.RawMessage {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.raw == nil {
		raw, err := json.Marshal(o.outputs)
		if err != nil || o.outputs == nil {
			raw = json.RawMessage("[]")
		}
		o.raw = raw
	}
	return o.raw
}

func (o *OutputWidget) extra(state map[string]any) {
	state["outputs"], state["msg_id"] = o.encoded(), ""
}

// sink is what a callback prints and shows into.
type sink OutputWidget

func (s *sink) Stream(name string, text []byte) {
	(*OutputWidget)(s).add(output{Type: "stream", Name: name, Text: string(text)})
}

func (s *sink) Show(v any, id string) {
	o := (*OutputWidget)(s)
	o.add(shownOutput(v))
	if id != "" {
		o.mu.Lock()
		if o.ids == nil {
			o.ids = map[string]int{}
		}
		o.ids[id] = len(o.outputs) - 1
		o.mu.Unlock()
	}
}

func (s *sink) Update(v any, id string) {
	o := (*OutputWidget)(s)
	o.mu.Lock()
	at, known := o.ids[id]
	if known && at < len(o.outputs) {
		o.outputs[at], o.raw = shownOutput(v), nil
		o.arm()
	}
	o.mu.Unlock()
	if !known {
		s.Show(v, id)
	}
}

func (s *sink) Clear(wait bool) {
	o := (*OutputWidget)(s)
	o.mu.Lock()
	defer o.mu.Unlock()
	if wait {
		o.wait = true
		return
	}
	o.reset()
	o.arm()
}

// shownOutput returns a value as an output.
func shownOutput(v any) output {
	h := host()
	if h == nil {
		h = nowhere{}
	}
	b := h.Bundle(v)
	data := map[string]any{}
	for mime, x := range b.Data {
		if raw, ok := x.([]byte); ok {
			x = base64.StdEncoding.EncodeToString(raw)
		}
		data[mime] = x
	}
	// Within the page a drawing is there at once. As image/svg+xml it would be an <img>, which shows nothing until it is
	// decoded: a picture that follows a slider would blink.
	if svg, ok := data["image/svg+xml"].(string); ok && data["text/html"] == nil {
		data["text/html"] = svg
		delete(data, "image/svg+xml")
	}
	for _, mime := range []string{"image/png", "image/jpeg"} {
		if raw, ok := b.Data[mime].([]byte); ok && data["text/html"] == nil {
			text, _ := data["text/plain"].(string)
			data["text/html"] = pixels(raw, mime, text, b.Metadata[mime])
			delete(data, mime)
		}
	}
	metadata := b.Metadata
	if metadata == nil {
		metadata = map[string]any{}
	}
	return output{Type: "display_data", Data: data, Metadata: metadata}
}

// pixels returns a picture within the page that has its place from the beginning and is decoded before it is painted, so that
// it does not blink either. metadata may have its width and height on the page.
func pixels(raw []byte, mime, alt string, metadata any) string {
	size := map[string]any{}
	if c, _, err := image.DecodeConfig(bytes.NewReader(raw)); err == nil {
		size["width"], size["height"] = c.Width, c.Height
	}
	if m, ok := metadata.(map[string]any); ok && m["width"] != nil && m["height"] != nil {
		size = m
	}
	place := ""
	if size["width"] != nil {
		place = fmt.Sprintf(` width="%v" height="%v"`, size["width"], size["height"])
	}
	return fmt.Sprintf(`<img decoding="sync"%s alt="%s" style="max-width:100%%;height:auto" src="data:%s;base64,%s">`, place, html.EscapeString(alt), mime, base64.StdEncoding.EncodeToString(raw))
}

// text is what is shown, as text.
func (o *OutputWidget) text() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var b strings.Builder
	for _, x := range o.outputs {
		switch {
		case x.Type == "stream":
			b.WriteString(x.Text)
		case x.Type == "error":
			b.WriteString(x.EName + ": " + x.EValue + "\n")
		default:
			text, _ := x.Data["text/plain"].(string)
			b.WriteString(text + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}
