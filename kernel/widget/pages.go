package widget

import (
	"encoding/json"
	"strings"
)

// control answers a page that has been loaded again: it opens a comm, asks for all states and closes it.
type control struct{ host Host }

func (c control) opened(_ []byte, id string, _, _ []byte, _ [][]byte) {
	c.host.OnMessage(id, func(parent, data []byte, _ [][]byte) {
		var in incoming
		if err := json.Unmarshal(data, &in); err != nil || in.Method != "request_states" {
			c.host.Log("widget: a message to " + controlTarget + " asks for nothing that is known; request_states is expected")
			return
		}
		states := map[string]any{}
		paths, buffers := [][]string{}, [][]byte(nil)
		for _, m := range live.all() {
			m.mu.Lock()
			if !m.closed {
				copied := map[string]json.RawMessage{}
				for k, v := range m.state {
					copied[k] = v
				}
				states[m.id] = map[string]any{"model_name": m.names.model, "model_module": m.names.module, "model_module_version": strings.TrimPrefix(m.names.version, "^"), "state": copied}
				for k, b := range m.buffers {
					paths, buffers = append(paths, []string{m.id, "state", k}), append(buffers, b)
				}
			}
			m.mu.Unlock()
		}
		data2 := map[string]any{"method": "update_states", "states": states, "buffer_paths": paths}
		if err := c.host.Send(parent, id, data2, nil, buffers); err != nil {
			c.host.Log("widget: " + err.Error())
		}
	})
}
