package notebook

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// A cellOutputs turns the messages of a cell into its outputs, as front ends do.
type cellOutputs struct {
	cell     *Cell
	clear    bool                // before the next output
	displays map[string][]Output // of the whole notebook, by display_id
}

// add takes a message on IOPub; types that make no output are ignored.
func (c *cellOutputs) add(m *wire.Message) error {
	content, err := tree(m.Content)
	if err != nil {
		return fmt.Errorf("%s: %w", m.Header.Type, err)
	}
	switch m.Header.Type {
	case "stream":
		c.stream(content)
	case "display_data":
		o := c.put(Output{"output_type": "display_data"}, content, "data", "metadata")
		c.remember(o, content)
	case "execute_result":
		o := c.put(Output{"output_type": "execute_result"}, content, "data", "metadata", "execution_count")
		c.remember(o, content)
	case "error":
		c.put(Output{"output_type": "error"}, content, "ename", "evalue", "traceback")
	case "update_display_data":
		for _, o := range c.displays[displayID(content)] {
			o["data"], o["metadata"] = content["data"], content["metadata"]
		}
	case "clear_output":
		c.clear = true
		if content["wait"] != true {
			c.emptied()
		}
	}
	return nil
}

// emptied removes the outputs if they are to be cleared.
func (c *cellOutputs) emptied() {
	if c.clear {
		c.cell.Outputs, c.clear = nil, false
	}
}

// put appends an output with the given fields of a content.
func (c *cellOutputs) put(o Output, content map[string]any, fields ...string) Output {
	c.emptied()
	for _, f := range fields {
		o[f] = content[f]
	}
	c.cell.Outputs = append(c.cell.Outputs, o)
	return o
}

// stream appends text to the last output if that is the same stream.
func (c *cellOutputs) stream(content map[string]any) {
	c.emptied()
	text, _ := content["text"].(string)
	if n := len(c.cell.Outputs); n > 0 {
		if last := c.cell.Outputs[n-1]; last["output_type"] == "stream" && last["name"] == content["name"] {
			last["text"] = last["text"].(string) + text
			return
		}
	}
	c.cell.Outputs = append(c.cell.Outputs, Output{"output_type": "stream", "name": content["name"], "text": text})
}

// remember notes an output that may be updated.
func (c *cellOutputs) remember(o Output, content map[string]any) {
	if id := displayID(content); id != "" {
		c.displays[id] = append(c.displays[id], o)
	}
}

func displayID(content map[string]any) string {
	transient, _ := content["transient"].(map[string]any)
	id, _ := transient["display_id"].(string)
	return id
}

// tree decodes a content with its numbers as they are.
func tree(raw json.RawMessage) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var content map[string]any
	if err := d.Decode(&content); err != nil {
		return nil, err
	}
	return content, nil
}
