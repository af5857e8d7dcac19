package notebook

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bytes returns the notebook as a file's content.
func (nb *Notebook) Bytes() []byte {
	root := maps.Clone(nb.extra)
	if root == nil {
		root = map[string]any{}
	}
	cells := make([]any, len(nb.Cells))
	for i, c := range nb.Cells {
		cells[i] = c.tree(nb.Minor)
	}
	root["cells"] = cells
	root["metadata"] = orEmpty(nb.Metadata)
	root["nbformat"] = 4
	root["nbformat_minor"] = nb.Minor
	var w writer
	w.value(root, 0)
	w.WriteByte('\n')
	return []byte(w.String())
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// tree returns a cell as JSON values.
func (c *Cell) tree(minor int) map[string]any {
	m := maps.Clone(c.extra)
	if m == nil {
		m = map[string]any{}
	}
	m["cell_type"] = c.Type
	m["metadata"] = orEmpty(c.Metadata)
	m["source"] = lines(c.Source)
	if minor >= idsSince {
		m["id"] = c.ID
	}
	if attachments, ok := m["attachments"].(map[string]any); ok {
		split := map[string]any{}
		for name, a := range attachments {
			split[name] = splitMIME(a)
		}
		m["attachments"] = split
	}
	if c.Type != Code {
		return m
	}
	m["execution_count"] = nil
	if c.ExecutionCount != 0 {
		m["execution_count"] = c.ExecutionCount
	}
	outputs := make([]any, len(c.Outputs))
	for i, o := range c.Outputs {
		out := maps.Clone(map[string]any(o))
		switch o["output_type"] {
		case "stream":
			if text, ok := o["text"].(string); ok {
				out["text"] = lines(text)
			}
		case "display_data", "execute_result":
			if o["data"] != nil {
				out["data"] = splitMIME(o["data"])
			}
		}
		outputs[i] = out
	}
	m["outputs"] = outputs
	return m
}

// splitMIME returns a bundle whose texts are lists of lines; those that are base64 stay one string, as in Jupyter.
func splitMIME(bundle any) any {
	m, ok := bundle.(map[string]any)
	if !ok {
		return bundle
	}
	split := map[string]any{}
	for mime, v := range m {
		if text, ok := v.(string); ok && (strings.HasPrefix(mime, "text/") || mime == "application/javascript" || mime == "image/svg+xml") {
			split[mime] = lines(text)
		} else {
			split[mime] = v
		}
	}
	return split
}

// lines splits a text where Python's str.splitlines does, which is what Jupyter uses; the ends stay.
func lines(text string) []any {
	list := []any{}
	start := 0
	for i, r := range text {
		if i < start {
			continue // the \n of \r\n
		}
		end := i + utf8.RuneLen(r)
		switch r {
		case '\r':
			if strings.HasPrefix(text[end:], "\n") {
				end++
			}
		case '\n', '\v', '\f', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029:
		default:
			continue
		}
		list = append(list, text[start:end])
		start = end
	}
	if start < len(text) {
		list = append(list, text[start:])
	}
	return list
}

// A writer writes JSON as Python's json.dumps(indent=1, sort_keys=True, ensure_ascii=False) does.
type writer struct{ strings.Builder }

func (w *writer) value(v any, depth int) {
	switch v := v.(type) {
	case nil:
		w.WriteString("null")
	case bool:
		w.WriteString(strconv.FormatBool(v))
	case int:
		w.WriteString(strconv.Itoa(v))
	case json.Number:
		w.WriteString(v.String())
	case string:
		w.text(v)
	case []any:
		w.list('[', ']', len(v), depth, func(i int) { w.value(v[i], depth+1) })
	case map[string]any:
		keys := slices.Sorted(maps.Keys(v))
		w.list('{', '}', len(v), depth, func(i int) {
			w.text(keys[i])
			w.WriteString(": ")
			w.value(v[keys[i]], depth+1)
		})
	case Output:
		w.value(map[string]any(v), depth)
	default:
		w.other(v, depth)
	}
}

// other writes a value of a type that only callers can have put into metadata.
func (w *writer) other(v any, depth int) {
	raw, err := json.Marshal(v)
	var tree any
	if err == nil {
		d := json.NewDecoder(strings.NewReader(string(raw)))
		d.UseNumber()
		err = d.Decode(&tree)
	}
	if err != nil {
		w.text(fmt.Sprintf("(not JSON: %v)", err))
		return
	}
	w.value(tree, depth)
}

func (w *writer) list(open, end byte, n, depth int, item func(int)) {
	w.WriteByte(open)
	for i := range n {
		if i > 0 {
			w.WriteByte(',')
		}
		w.newline(depth + 1)
		item(i)
	}
	if n > 0 {
		w.newline(depth)
	}
	w.WriteByte(end)
}

func (w *writer) newline(depth int) {
	w.WriteByte('\n')
	for range depth {
		w.WriteByte(' ')
	}
}

// text writes a string. Only what JSON demands is escaped; encoding/json escapes more.
func (w *writer) text(s string) {
	w.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			w.WriteByte('\\')
			w.WriteRune(r)
		case r == '\n':
			w.WriteString(`\n`)
		case r == '\r':
			w.WriteString(`\r`)
		case r == '\t':
			w.WriteString(`\t`)
		case r == '\b':
			w.WriteString(`\b`)
		case r == '\f':
			w.WriteString(`\f`)
		case r < ' ':
			fmt.Fprintf(w, `\u%04x`, r)
		default:
			w.WriteRune(r)
		}
	}
	w.WriteByte('"')
}
