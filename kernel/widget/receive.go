package widget

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
)

// incoming is the data of a message from a front end.
type incoming struct {
	Method  string                     `json:"method"`
	State   map[string]json.RawMessage `json:"state"`
	Content json.RawMessage            `json:"content"`
}

// receive takes a message from a front end, on the goroutine that reads messages.
func (m *model) receive(parent, data []byte, _ [][]byte) {
	var in incoming
	if err := json.Unmarshal(data, &in); err != nil {
		m.host.Log(fmt.Sprintf("widget: a message to %s is no JSON object with a method: %v", m.names.model, err))
		return
	}
	switch in.Method {
	case "update", "":
		m.update(parent, in.State)
	case "request_state":
		m.mu.Lock()
		data, bufs := message("update", m.state, m.buffers)
		err := m.host.Send(parent, m.id, data, nil, bufs)
		m.mu.Unlock()
		if err != nil {
			m.host.Log("widget: " + err.Error())
		}
	case "custom":
		m.mu.Lock()
		if !m.closed {
			m.events = append(m.events, in.Content)
		}
		m.mu.Unlock()
		m.queue()
	default:
		m.host.Log(fmt.Sprintf("widget: a message to %s has the method %q; update, request_state or custom is expected", m.names.model, in.Method))
	}
}

// update takes a state from a front end, tells all front ends of it, and has the callbacks called. While they wait, a newer
// value replaces an older one.
func (m *model) update(parent []byte, state map[string]json.RawMessage) {
	var wrong []string
	echo, decoded := map[string]json.RawMessage{}, map[string]reflect.Value{}
	t := reflect.TypeOf(m.value).Elem()
	for key, raw := range state {
		var err error
		var v reflect.Value
		known := false
		if x, ok := m.widget.(interface {
			decodeExtra(key string, raw json.RawMessage) (v reflect.Value, known bool, err error)
		}); ok {
			v, known, err = x.decodeExtra(key, raw)
		}
		if !known {
			_, v, known, err = decodeField(t, key, raw)
		}
		switch {
		case err != nil:
			wrong = append(wrong, err.Error())
		case known:
			decoded[key], echo[key] = v, raw
		}
	}
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return
	}
	maps.Copy(m.state, echo)
	if m.pending == nil {
		m.pending = map[string]reflect.Value{}
	}
	maps.Copy(m.pending, decoded)
	data, _ := message("echo_update", echo, nil)
	err := m.host.Send(parent, m.id, data, nil, nil)
	m.mu.Unlock()
	if err != nil {
		m.host.Log("widget: " + err.Error())
	}
	for _, w := range wrong {
		m.complain(w)
	}
	if len(decoded) > 0 {
		m.queue()
	}
}

// complain says what was wrong with a message, below the widget if there is a place.
func (m *model) complain(what string) {
	text := fmt.Sprintf("widget: a message to %s: %s; it is left as it was", m.names.model, what)
	m.host.Log(text)
	m.mu.Lock()
	out := m.out
	m.mu.Unlock()
	if out != nil {
		m.host.Later(func() { out.failed(&Failure{Name: "widget", Message: text, Traceback: []string{text}}) })
	}
}

// queue has what waits done on the goroutine of the cells.
func (m *model) queue() {
	m.mu.Lock()
	again := m.queued || m.closed
	m.queued = true
	m.mu.Unlock()
	if !again {
		m.host.Later(m.run)
	}
}

// run moves what a front end changed into the fields and calls the callbacks.
func (m *model) run() {
	m.mu.Lock()
	pending, events := m.pending, m.events
	m.pending, m.events, m.queued = nil, nil, false
	closed := m.closed
	m.mu.Unlock()
	if closed {
		return
	}
	if m.apply(pending) && m.widget != nil {
		m.widget.base().call(m.widget.base().changed)
	}
	for _, e := range events {
		var click struct {
			Event string `json:"event"`
		}
		if err := json.Unmarshal(e, &click); err != nil || click.Event != "click" {
			m.complain(fmt.Sprintf("the event %s is unknown; a click is expected", e))
			continue
		}
		m.widget.base().call(m.widget.base().clicked)
	}
	Sync()
}

// apply sets fields, and tells whether the value of the widget is another one.
func (m *model) apply(pending map[string]reflect.Value) (changed bool) {
	v := reflect.ValueOf(m.value).Elem()
	for key, x := range pending {
		if w, ok := m.widget.(interface {
			applyExtra(key string, v reflect.Value) (known, changed bool, err error)
		}); ok {
			if known, c, err := w.applyExtra(key, x); known {
				if err != nil {
					m.complain(err.Error())
				}
				changed = changed || c
				continue
			}
		}
		for _, f := range fieldsOf(v.Type()) {
			if f.key == key {
				old := v.FieldByIndex(f.index)
				changed = changed || !reflect.DeepEqual(old.Interface(), x.Interface())
				old.Set(x)
			}
		}
	}
	c, ok := m.widget.(interface{ check() })
	if !ok {
		return changed
	}
	value := v.FieldByName("Value")
	if !value.IsValid() {
		c.check()
		return changed
	}
	sent := value.Interface()
	c.check()
	if raw, err := json.Marshal(sent); err == nil {
		if now, err := json.Marshal(value.Interface()); err == nil && !alike(raw, now) {
			m.host.Log(fmt.Sprintf("widget: a message to %s: value is %s, which is out of range; it is %s now", m.names.model, raw, now))
		}
	}
	return changed
}
