package session

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

const (
	// From the first byte to the message. The page shall have it within 50 ms, the way there included.
	flushDelay = 25 * time.Millisecond
	flushSize  = 64 << 10
	// A cell's stream text beyond pageLimit goes to a file: browsers slow down long before memory ends. It is 2 MB, less
	// half a message, so that the last message has room for whole lines and the file does not begin within one.
	pageLimit = 2<<20 - flushSize/2
	// What a message that only a change of the stream made counts on top of its text: about its size beside the text. A
	// cell that writes to stdout and stderr in turn would send 44,000 messages before it had printed 2 MB.
	switchCost = 512
)

// outputs is what a session knows of all its outputs.
type outputs struct {
	mu      sync.Mutex
	shown   map[string]string // display ids, with the cell that showed each first
	waiting map[*output]bool  // those with text to be flushed
}

// flush sends the text that waits for its timer.
func (o *outputs) flush() {
	o.mu.Lock()
	waiting := make([]*output, 0, len(o.waiting))
	for out := range o.waiting {
		waiting = append(waiting, out)
	}
	o.mu.Unlock()
	for _, out := range waiting {
		out.mu.Lock()
		out.flush(true)
		out.mu.Unlock()
	}
}

// markShown notes a display id that a cell shows, and tells whether it was on the page already.
func (o *outputs) markShown(id, cell string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, known := o.shown[id]
	if !known {
		o.shown[id] = cell
	}
	return known
}

// forget drops the display ids of a cell that runs again: the front end has removed what they named.
func (o *outputs) forget(cell string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	maps.DeleteFunc(o.shown, func(_, by string) bool { return by == cell })
}

// cellKey tells whether two requests run the same cell: front ends name it in the metadata, without that its code does.
func cellKey(c *cellRequest) string {
	var m struct {
		CellID string `json:"cellId"`
	}
	if json.Unmarshal(c.Metadata, &m) == nil && m.CellID != "" {
		return "id " + m.CellID
	}
	return "code " + c.content.Code
}

// An output is the Output of one cell. Stream text waits in buf for more, everything else sends what waits first.
type output struct {
	s          *Session
	request    *request
	allowStdin bool
	number     int    // of the cell, for the name of a file
	cell       string // see cellKey

	mu      sync.Mutex // held while publishing, so that all keeps its order
	name    string     // of the stream whose text is in buf
	buf     []byte
	partial map[string][]byte // by stream, the beginning of a rune whose rest has not come yet
	timer   *time.Timer
	sent    int // bytes of text on the page, and switchCost
	spill   *spill
	ended   bool // the cell is
}

// Stream implements [Output].
func (o *output) Stream(name string, text []byte) {
	if name != "stderr" {
		name = "stdout"
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if name != o.name {
		if len(o.buf) > 0 {
			o.sent += switchCost
		}
		o.flush(false)
		o.name = name
	}
	if o.spill != nil && len(o.buf) == 0 && len(o.partial) == 0 && len(text) >= flushSize {
		o.spill.write(text) // no need to copy what the page will not show
		return
	}
	for len(text) > 0 {
		if len(o.buf) == 0 {
			o.arm()
		}
		n := min(len(text), flushSize-len(o.buf))
		o.buf = append(o.buf, text[:n]...)
		text = text[n:]
		if len(o.buf) >= flushSize {
			o.flush(false)
		}
	}
}

// arm starts the time after which the text is sent.
func (o *output) arm() {
	if o.timer == nil {
		o.timer = time.AfterFunc(flushDelay, func() {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.flush(false)
		})
	} else {
		o.timer.Reset(flushDelay)
	}
	o.s.outputs.mu.Lock()
	o.s.outputs.waiting[o] = true
	o.s.outputs.mu.Unlock()
}

// flush sends the text in buf; final also sends the bytes of a rune that is not complete. The caller holds mu.
func (o *output) flush(final bool) {
	if final {
		for name, b := range o.partial {
			if name != o.name && len(b) > 0 {
				delete(o.partial, name)
				o.emit(name, b)
			}
		}
	}
	if len(o.buf) > 0 {
		o.timer.Stop()
		o.s.outputs.mu.Lock()
		delete(o.s.outputs.waiting, o)
		o.s.outputs.mu.Unlock()
	}
	text := o.buf
	if p := o.partial[o.name]; len(p) > 0 {
		text = append(p[:len(p):len(p)], text...)
		delete(o.partial, o.name)
	}
	if !final {
		whole := wholeRunes(text)
		if whole < len(text) {
			if o.partial == nil {
				o.partial = map[string][]byte{}
			}
			o.partial[o.name] = bytes.Clone(text[whole:])
			text = text[:whole]
		}
	}
	if len(text) > 0 {
		o.emit(o.name, text)
	}
	o.buf = o.buf[:0]
	if final && o.ended {
		o.buf = nil // 64 KB a cell, while goroutines may keep the output for ever
	}
}

// emit sends text to the page, or what is too much for it to a file.
func (o *output) emit(name string, text []byte) {
	if room := max(0, pageLimit-o.sent); o.spill == nil && len(text) > room {
		cut := wholeRunes(text[:room])
		if i := bytes.LastIndexByte(text[:cut], '\n'); i >= 0 {
			cut = i + 1 // the file begins with a whole line
		}
		o.post(name, text[:cut])
		text = text[cut:]
		o.spill = newSpill(o.s.outputDir(), o.number)
		if o.ended {
			o.post("stderr", []byte(o.spill.notice(false)))
		}
	}
	if o.spill != nil {
		o.spill.write(text)
		return
	}
	o.post(name, text)
}

// post publishes text. JSON replaces bytes that are no UTF-8 with U+FFFD.
func (o *output) post(name string, text []byte) {
	if len(text) == 0 {
		return
	}
	o.sent += len(text)
	o.s.mustPublish("stream", o.request.Message, wire.Stream{Name: name, Text: string(text)})
}

// wholeRunes returns the length of b without the beginning of a rune at its end.
func wholeRunes(b []byte) int {
	for i := len(b) - 1; i >= 0 && i >= len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return i
			}
			break
		}
	}
	return len(b)
}

// send publishes a message after the text that came before it.
func (o *output) send(typ string, content any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flush(false)
	o.s.mustPublish(typ, o.request.Message, content)
}

// finish sends all text at the end of the cell and says where the rest of too much is.
// Goroutines of the cell may still print afterwards.
func (o *output) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
	o.flush(true)
	if o.spill != nil {
		o.spill.close()
		o.s.mustPublish("stream", o.request.Message, wire.Stream{Name: "stderr", Text: o.spill.notice(true)})
	}
}

// Interactive tells whether the front end has a user, as those that run notebooks by themselves have not: it lets the cell
// ask for input.
func (o *output) Interactive() bool { return o.allowStdin }

// Show implements [Output].
func (o *output) Show(v any, id string) {
	data, metadata := o.s.bundle(v, "") // may run methods of v that print: not under the lock
	if id != "" {
		o.s.outputs.markShown(id, o.cell)
	}
	o.send("display_data", wire.DisplayData{Data: data, Metadata: metadata, Transient: wire.Transient{DisplayID: id}})
}

// Update implements [Output].
func (o *output) Update(v any, id string) {
	if id == "" || !o.s.outputs.markShown(id, o.cell) {
		o.Show(v, id)
		return
	}
	data, metadata := o.s.bundle(v, "")
	o.send("update_display_data", wire.DisplayData{Data: data, Metadata: metadata, Transient: wire.Transient{DisplayID: id}})
}

// Clear implements [Output].
func (o *output) Clear(wait bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flush(false)
	// The page is empty now and has room again: an animation that prints and clears may run for hours.
	o.sent = 0
	o.s.outputs.forget(o.cell)
	if o.spill != nil {
		o.spill.close()
		o.spill = nil
	}
	o.s.mustPublish("clear_output", o.request.Message, wire.ClearOutput{Wait: wait})
}

// Input implements [Output].
func (o *output) Input(ctx context.Context, prompt string, password bool) (string, error) {
	if !o.allowStdin {
		return "", &Error{Name: "StdinNotAllowed", Message: "the cell asks for input, but this front end does not allow it (allow_stdin is false)"}
	}
	o.mu.Lock()
	o.flush(false)
	o.mu.Unlock()
	return o.s.ask(ctx, o.request, strings.ToValidUTF8(prompt, "\uFFFD"), password)
}
