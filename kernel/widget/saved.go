package widget

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
)

// Saved returns what a notebook stores of the widgets, for its metadata under "widgets", as front ends that open it without
// a kernel want it; nil where there are none.
func Saved() map[string]any {
	states := map[string]any{}
	for _, m := range live.all() {
		m.mu.Lock()
		if !m.closed {
			one := map[string]any{"model_name": m.names.model, "model_module": m.names.module, "model_module_version": strings.TrimPrefix(m.names.version, "^"), "state": maps.Clone(m.state)}
			var buffers []any
			for _, k := range slices.Sorted(maps.Keys(m.buffers)) {
				buffers = append(buffers, map[string]any{"data": base64.StdEncoding.EncodeToString(m.buffers[k]), "path": []string{k}, "encoding": "base64"})
			}
			if buffers != nil {
				one["buffers"] = buffers
			}
			states[m.id] = one
		}
		m.mu.Unlock()
	}
	if len(states) == 0 {
		return nil
	}
	return map[string]any{"application/vnd.jupyter.widget-state+json": map[string]any{"version_major": 2, "version_minor": 0, "state": states}}
}
