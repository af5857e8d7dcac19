package kerneltest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"runtime"
	"strings"
)

// longest is how much of a string a transcript shows.
const longest = 300

var (
	uuid      = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	spillFile = regexp.MustCompile(`\S*[/\\]cell-(\d+)-\d+\.txt`)
	figures   = map[string]bool{"hostname": true, "pid": true, "kernel_cpu": true, "kernel_memory": true,
		"host_cpu_percent": true, "cpu_count": true, "host_virtual_memory": true}
)

// format writes a message in one line: channel, type, parent, content, and metadata and buffers if there are any.
func (s *script) format(m *received) string {
	line := fmt.Sprintf("%s %s %s %s", m.channel, m.Header.Type, s.name(m.parent()), normal(m.Content, m.Header.Type))
	if meta := normal(m.Metadata, ""); len(m.Metadata) > 0 && meta != "{}" {
		line += " metadata " + meta
	}
	for _, b := range m.Buffers {
		line += fmt.Sprintf(" buffer %q", b)
	}
	return line
}

// normal writes JSON with sorted keys, and without what differs from run to run.
func normal(raw json.RawMessage, typ string) string {
	if len(raw) == 0 {
		return "{}"
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return fmt.Sprintf("INVALID JSON: %v: %q", err, raw)
	}
	v = mask(v)
	if content, ok := v.(map[string]any); ok && typ == "usage_reply" {
		for k := range content {
			if figures[k] {
				content[k] = "<" + k + ">"
			}
		}
		delete(content, "host_cpu_percent") // not in the first reply, and only where the machine tells it
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Sprintf("INVALID JSON: %v", err)
	}
	return strings.TrimSpace(b.String())
}

func mask(v any) any {
	switch v := v.(type) {
	case string:
		if len(v) > 10*longest {
			return fmt.Sprintf("%s... (%d bytes)", v[:longest/3], len(v))
		}
		v = uuid.ReplaceAllString(v, "<id>")
		v = spillFile.ReplaceAllString(v, "<outputs>/cell-$1.txt")
		if v == strings.TrimPrefix(runtime.Version(), "go") {
			return "<go version>"
		}
		if len(v) > longest {
			return fmt.Sprintf("%s... (%d bytes)", v[:longest/3], len(v))
		}
		return v
	case []any:
		for i := range v {
			v[i] = mask(v[i])
		}
		return v
	case map[string]any:
		for k := range v {
			v[k] = mask(v[k])
			// Of the stack of a panic only the first lines are the same everywhere.
			if lines, ok := v[k].([]any); ok && k == "traceback" && len(lines) > 5 {
				v[k] = append(lines[:2:2], "...")
			}
		}
		return v
	}
	return v
}
