package wire

import (
	"encoding/json"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"
)

type panics struct{}

func (panics) MarshalJSON() ([]byte, error) { panic("no") }

func TestNewMessage(t *testing.T) {
	parent := &Message{Identities: [][]byte{{1}}, RawHeader: json.RawMessage(`{"msg_id":"p","future":1}`)}
	m, err := NewMessage("s1", "stream", parent, map[string]any{"text": "<b>\xff"})
	if err != nil {
		t.Fatal(err)
	}
	// Go 1.26 writes the replacement character as an escape, 1.27 as it is.
	if got, want := strings.ReplaceAll(string(m.Content), "\uFFFD", `\ufffd`), `{"text":"<b>\ufffd"}`; got != want {
		t.Errorf("Content = %s; want %s", got, want)
	}
	if got, want := string(m.Parent), `{"msg_id":"p","future":1}`; got != want {
		t.Errorf("Parent = %s; want the parent's header as it came", got)
	}
	if len(m.Identities) != 1 || m.Identities[0][0] != 1 {
		t.Errorf("Identities = %v; want the parent's", m.Identities)
	}
	h := m.Header
	if h.Session != "s1" || h.Type != "stream" || h.Username != "kernel" || h.Version != ProtocolVersion {
		t.Errorf("Header = %+v", h)
	}
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(h.ID) {
		t.Errorf("ID = %s; want a UUID", h.ID)
	}
	date, err := time.Parse("2006-01-02T15:04:05.000000Z", h.Date)
	if err != nil || time.Since(date).Abs() > time.Minute {
		t.Errorf("Date = %s (%v); want now in UTC with microseconds", h.Date, err)
	}
	// A message made here has no raw header: as a parent, its Header counts.
	reply, err := NewMessage("s1", "x", m, nil)
	if err != nil || !strings.Contains(string(reply.Parent), h.ID) {
		t.Errorf("Parent of a reply = %s, %v; want the header with id %s", reply.Parent, err, h.ID)
	}
}

func TestNewMessageRefusesContent(t *testing.T) {
	for _, c := range []struct {
		name    string
		content any
		want    string
	}{
		{"NaN", map[string]any{"x": math.NaN()}, "NaN"},
		{"infinity", map[string]any{"x": math.Inf(1)}, "Inf"},
		{"function", map[string]any{"x": func() {}}, "func()"},
		{"panic", map[string]any{"x": panics{}}, "panicked: no"},
		{"bad raw JSON", map[string]any{"x": json.RawMessage("{")}, "JSON"},
		{"no object", []int{1}, "want a JSON object"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := NewMessage("s", "comm_msg", nil, c.content)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "wire: content of comm_msg: ") {
				t.Errorf("NewMessage = %v, %v; want an error with %q", m, err, c.want)
			}
		})
	}
}
