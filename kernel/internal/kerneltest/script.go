package kerneltest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// A script is one run of a file.
type script struct {
	t        *testing.T
	client   *client
	archive  *txtar.Archive
	out      bytes.Buffer
	requests []*request      // sent, in order
	pending  []*request      // sent with &, not waited for
	answered map[string]bool // input_requests, by id

	// what the next message gets
	metadata string
	buffers  [][]byte
	execute  map[string]any
}

func (s *script) run(text string) {
	s.t.Helper()
	lines := strings.Split(text, "\n")
	if !strings.HasPrefix(strings.TrimSpace(text), "subscribe") {
		lines = append([]string{"subscribe"}, lines...)
	}
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := s.line(line); err != nil {
			s.t.Fatalf("kerneltest: script line %d: %s: %v\ntranscript until here:\n%s%s", i, line, err, s.out.String(), s.rest())
		}
	}
	if err := s.wait(""); err != nil {
		s.t.Fatalf("kerneltest: end of script: %v\n%s%s", err, s.out.String(), s.rest())
	}
}

// line does one command.
func (s *script) line(line string) error {
	line, background := strings.CutSuffix(line, " &")
	name := strconv.Itoa(len(s.requests) + 1)
	if n, command, ok := strings.Cut(line, " = "); ok && !strings.ContainsAny(n, " {") {
		name, line = n, command
	}
	verb, arg, _ := strings.Cut(line, " ")
	switch verb {
	case "execute":
		return s.send(name, newRequest("execute_request", s.executeContent(arg)), background)
	case "send":
		return s.sendAny(name, arg, background)
	case "interrupt":
		return s.send(name, newRequest("interrupt_request", "{}"), background)
	case "wait":
		return s.wait(arg)
	case "until":
		return s.until(arg)
	case "input":
		return s.input(arg)
	case "subscribe":
		return s.subscribe(arg)
	case "metadata":
		s.metadata = arg
	case "buffer":
		s.buffers = append(s.buffers, []byte(arg))
	case "unstoppable", "silent", "unstored", "interactive":
		s.option(verb)
	case "sleep":
		d, err := time.ParseDuration(arg)
		if err != nil {
			return err
		}
		time.Sleep(d)
		s.late()
	default:
		return fmt.Errorf("the command %q is unknown", verb)
	}
	return nil
}

func (s *script) option(verb string) {
	if s.execute == nil {
		s.execute = map[string]any{}
	}
	switch verb {
	case "unstoppable":
		s.execute["stop_on_error"] = false
	case "silent":
		s.execute["silent"] = true
	case "unstored":
		s.execute["store_history"] = false
	case "interactive":
		s.execute["allow_stdin"] = true
	}
}

func (s *script) executeContent(code string) string {
	if file, ok := strings.CutPrefix(code, "@"); ok {
		code = string(section(s.archive, file))
	} else {
		code = strings.ReplaceAll(code, `\n`, "\n")
	}
	content := map[string]any{"code": code}
	for k, v := range s.execute {
		content[k] = v
	}
	s.execute = nil
	raw, err := json.Marshal(content)
	if err != nil {
		panic(err) // unreachable: strings and booleans
	}
	return string(raw)
}

func (s *script) sendAny(name, arg string, background bool) error {
	typ, content, _ := strings.Cut(arg, " ")
	channel, forced := map[string]wire.Channel{"shell": wire.Shell, "control": wire.Control, "stdin": wire.Stdin}[typ]
	if forced {
		typ, content, _ = strings.Cut(content, " ")
	}
	r := newRequest(typ, content)
	if forced {
		r.channel = channel
	}
	return s.send(name, r, background || typ == "input_reply")
}

func (s *script) send(name string, r *request, background bool) error {
	r.name = name
	r.Buffers, s.buffers = s.buffers, nil
	if s.metadata != "" {
		r.Metadata, s.metadata = json.RawMessage(s.metadata), ""
	}
	s.requests = append(s.requests, r)
	s.client.send(r)
	if r.Header.Type == "input_reply" {
		return nil // nothing answers it
	}
	if background {
		s.pending = append(s.pending, r)
		return nil
	}
	return s.finish(r)
}

// wait finishes the message of a name, or all that were sent with &.
func (s *script) wait(name string) error {
	var left []*request
	found := name == ""
	for _, r := range s.pending {
		if name != "" && r.name != name {
			left = append(left, r)
			continue
		}
		found = true
		if err := s.finish(r); err != nil {
			return err
		}
	}
	s.pending = left
	if !found {
		return fmt.Errorf("no message %q waits", name)
	}
	return nil
}

// finish waits for a request's idle and reply and shows all that belongs to it.
func (s *script) finish(r *request) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := s.client.find(ctx, func(m *received) bool {
		return m.channel == "iopub" && m.parent() == r.Header.ID && m.Header.Type == "status" && m.has("execution_state", "idle")
	}); err != nil {
		return fmt.Errorf("the idle status of %s: %w", r.name, err)
	}
	base, isRequest := strings.CutSuffix(r.Header.Type, "_request")
	if isRequest {
		if _, err := s.client.find(ctx, func(m *received) bool {
			return m.channel == r.channel.String() && m.parent() == r.Header.ID && m.Header.Type == base+"_reply"
		}); err != nil {
			return fmt.Errorf("%s_reply to %s: %w", base, r.name, err)
		}
	}
	fmt.Fprintf(&s.out, "> %s %s %s\n", r.channel, r.Header.Type, r.name)
	busy := 0 // a cell's status is repeated after that of other requests, which depends on time
	s.list(slices.DeleteFunc(s.client.take(func(m *received) bool { return m.parent() == r.Header.ID }), func(m *received) bool {
		if m.Header.Type == "status" && m.has("execution_state", wire.StateBusy) {
			busy++
		}
		return busy > 1 && m.Header.Type == "status" && m.has("execution_state", wire.StateBusy)
	}))
	return nil
}

// late shows what came for messages that are finished already.
func (s *script) late() {
	for _, r := range s.requests {
		pending := false
		for _, p := range s.pending {
			pending = pending || p == r
		}
		if pending {
			continue
		}
		list := s.client.take(func(m *received) bool { return m.parent() == r.Header.ID })
		if len(list) > 0 {
			fmt.Fprintf(&s.out, "late\n")
			s.list(list)
		}
	}
}

func (s *script) until(arg string) error {
	typ, text, _ := strings.Cut(arg, " ")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := s.client.find(ctx, func(m *received) bool {
		return m.channel == "iopub" && m.Header.Type == typ && strings.Contains(string(m.Content), text) && !m.shown
	})
	return err
}

func (s *script) input(text string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	q, err := s.client.find(ctx, func(m *received) bool {
		return m.channel == "stdin" && m.Header.Type == "input_request" && !s.answered[m.Header.ID]
	})
	if err != nil {
		return fmt.Errorf("input_request: %w", err)
	}
	s.answered[q.Header.ID] = true
	content, err := json.Marshal(wire.InputReply{Value: text})
	if err != nil {
		return err
	}
	r := newRequest("input_reply", string(content))
	if r.Parent, err = json.Marshal(q.Header); err != nil {
		return err
	}
	return s.send("input", r, true)
}

func (s *script) subscribe(topic string) error {
	if err := s.client.wire.Subscribe(topic); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	first := len(s.requests) == 0 && topic == ""
	_, err := s.client.find(ctx, func(m *received) bool {
		if first { // what a kernel says first
			return m.Header.Type == "status" && m.has("execution_state", wire.StateStarting)
		}
		return m.Header.Type == "iopub_welcome" && !m.shown
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(&s.out, "> subscribe %q\n", topic)
	s.show(func(m *received) bool { return m.parent() == "" })
	return nil
}

func (s *script) show(want func(*received) bool) { s.list(s.client.take(want)) }

// list writes messages: IOPub's first, each channel in its order.
func (s *script) list(messages []*received) {
	for _, channel := range []string{"stdin", "iopub", "shell", "control"} {
		var of []*received
		for _, m := range messages {
			if m.channel == channel {
				of = append(of, m)
			}
		}
		for len(of) > 0 {
			m, n := join(of)
			fmt.Fprintln(&s.out, s.format(m))
			of = of[n:]
		}
	}
}

// join returns the first message, and how many it is made of: stream messages that follow each other become one, as
// where a kernel cuts a stream depends on time.
func join(messages []*received) (*received, int) {
	first := messages[0]
	var text strings.Builder
	var name string
	n := 0
	for _, m := range messages {
		var c wire.Stream
		if m.Header.Type != "stream" || m.parent() != first.parent() || json.Unmarshal(m.Content, &c) != nil || n > 0 && c.Name != name {
			break
		}
		name = c.Name
		text.WriteString(c.Text)
		n++
	}
	if n < 2 {
		return first, 1
	}
	content, err := json.Marshal(wire.Stream{Name: name, Text: text.String()})
	if err != nil {
		return first, 1
	}
	m := *first.Message
	m.Content = content
	return &received{channel: first.channel, Message: &m}, n
}

func (s *script) name(id string) string {
	if id == "" {
		return "-"
	}
	for _, r := range s.requests {
		if r.Header.ID == id {
			return r.name
		}
	}
	return "?"
}

// rest lists what the transcript does not have, for a failure.
func (s *script) rest() string {
	var b strings.Builder
	for _, m := range s.client.take(func(*received) bool { return true }) {
		fmt.Fprintln(&b, "not yet shown:", s.format(m))
	}
	return b.String()
}
