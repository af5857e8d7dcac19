package kernel

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gopherceptron/gopherceptron/kernel/internal/transport"
	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// A frontEnd talks to a kernel in memory, as a page does.
type frontEnd struct {
	t       *testing.T
	client  *transport.MemoryClient
	session string
	log     *lockedText
}

// lockedText is what a kernel logs.
type lockedText struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// openFrontEnd starts a kernel, which ends with the test.
func openFrontEnd(t *testing.T) *frontEnd {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	useSource(t)
	conn, client := transport.Pipe()
	log := &lockedText{}
	s, err := newSession(conn, "", "", slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Run(context.Background()) }()
	t.Cleanup(func() { conn.Close(); <-ended })
	if err := client.Subscribe(""); err != nil {
		t.Fatal(err)
	}
	return &frontEnd{t, client, wire.NewID(), log}
}

// send sends a message on the shell channel and returns its id.
func (f *frontEnd) send(typ string, content any) string {
	f.t.Helper()
	raw, err := wire.EncodeContent(content)
	if err != nil {
		f.t.Fatal(err)
	}
	m, err := wire.NewMessage(f.session, typ, nil, raw)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := f.client.Send(wire.Shell, m); err != nil {
		f.t.Fatal(err)
	}
	return m.Header.ID
}

// A heard message is what a test looks at.
type heard struct {
	typ, parent string
	content     struct {
		State string         `json:"execution_state"`
		Comm  string         `json:"comm_id"`
		Data  map[string]any `json:"data"`
		Value string         `json:"evalue"`
	}
}

// method and state of a message over a comm.
func (h heard) method() string { s, _ := h.content.Data["method"].(string); return s }
func (h heard) state() map[string]any {
	s, _ := h.content.Data["state"].(map[string]any)
	return s
}

// until receives what the kernel publishes until one is as wanted, which comes last.
func (f *frontEnd) until(what string, limit time.Duration, wanted func(heard) bool) (all []heard) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), limit)
	defer cancel()
	for {
		m, err := f.client.RecvIOPub(ctx)
		if err != nil {
			f.t.Fatalf("after %v still not: %s; %d messages came, the last of them %+v", limit, what, len(all), all[max(0, len(all)-10):])
		}
		h := heard{typ: m.Header.Type}
		var parent wire.Header
		if json.Unmarshal(m.Parent, &parent) == nil {
			h.parent = parent.ID
		}
		if err := json.Unmarshal(m.Content, &h.content); err != nil {
			f.t.Fatalf("%s: %v", m.Content, err)
		}
		all = append(all, h)
		if wanted(h) {
			return all
		}
	}
}

// run runs a cell to its end.
func (f *frontEnd) run(code string) []heard {
	f.t.Helper()
	q := wire.NewExecuteRequest(code)
	q.AllowStdin = true
	id := f.send("execute_request", q)
	all := f.until("the end of the cell", 2*time.Minute, func(h heard) bool { return h.parent == id && h.content.State == "idle" })
	for _, h := range all {
		if h.typ == "error" {
			f.t.Fatalf("the cell failed: %+v", h)
		}
	}
	return all
}

// models returns the ids of the models that were opened, by class.
func models(all []heard) map[string][]string {
	out := map[string][]string{}
	for _, h := range all {
		if h.typ == "comm_open" {
			name, _ := h.state()["_model_name"].(string)
			out[name] = append(out[name], h.content.Comm)
		}
	}
	return out
}

// move sends a state to a model.
func (f *frontEnd) move(model, state string) string {
	f.t.Helper()
	return f.send("comm_msg", json.RawMessage(fmt.Sprintf(`{"comm_id":%q,"data":{"method":"update","state":%s,"buffer_paths":[]}}`, model, state)))
}

// A slider's story on the wire: busy, its echo and idle, all as answers to the page's message, which do not wait for the callback;
// what that changes comes after the echo, and the slider's own value is not sent back.
func TestWidgetTranscript(t *testing.T) {
	f := openFrontEnd(t)
	all := f.run(`import "github.com/gopherceptron/gopherceptron/kernel/widget"
s, l := widget.FloatSlider("w", 0, 1, 0.5), widget.Label("")
s.OnChange(func(v float64) { l.Value = fmt.Sprint("w is ", v) })
widget.VBox(s, l)`)
	ids := models(all)
	slider, label := ids["FloatSliderModel"][0], ids["LabelModel"][0]
	tell := func(story []heard, id string) (got []string) {
		for _, h := range story {
			line := h.typ
			switch h.content.Comm {
			case slider:
				line += fmt.Sprintf(" slider %s %v", h.method(), h.state()["value"])
			case label:
				line += fmt.Sprintf(" label %s %v", h.method(), h.state()["value"])
			default:
				line += " " + h.content.State
			}
			if h.parent == id {
				line += " (answer)"
			}
			got = append(got, line)
		}
		return got
	}
	for _, c := range []struct {
		name, value string
		want        []string
	}{
		{"a move", "0.75", []string{"comm_msg label update w is 0.75"}},
		{"a change in the last digits", "0.7500000000000001", nil},
		{"out of range", "7", []string{"comm_msg label update w is 1", "comm_msg slider update 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			id := f.move(slider, `{"value":`+c.value+`}`)
			updates, idle := 0, false
			got := tell(f.until("the label follows", 10*time.Second, func(h heard) bool {
				if h.method() == "update" {
					updates++
				}
				idle = idle || h.parent == id && h.content.State == "idle"
				return idle && updates == len(c.want)
			}), id)
			want := append([]string{"status busy (answer)", "comm_msg slider echo_update " + c.value + " (answer)"}, append(c.want, "status idle (answer)")...)
			slices.Sort(got[min(2, len(got)):]) // the kernel's answer and what a callback has changed come in any order
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("a move to %s (-want +got):\n%s", c.value, diff)
			}
		})
	}
	if log := f.log.String(); !strings.Contains(log, "out of range") {
		t.Errorf("the log has %q; want that a value was out of range", log)
	}
}

// While a cell runs a page that is loaded again gets all states at once, and a slider its echo.
func TestPageLoadedAgainWhileACellRuns(t *testing.T) {
	f := openFrontEnd(t)
	ids := models(f.run(`import "github.com/gopherceptron/gopherceptron/kernel/widget"
s := widget.IntSlider("n", 0, 9, 3)
s`))
	cell := f.send("execute_request", wire.NewExecuteRequest("for range 15 { time.Sleep(100 * time.Millisecond) }"))
	f.until("the cell runs", 10*time.Second, func(h heard) bool { return h.parent == cell && h.content.State == "busy" })
	f.move(ids["IntSliderModel"][0], `{"value":7}`)
	start := time.Now()
	f.send("comm_open", json.RawMessage(`{"comm_id":"control","target_name":"jupyter.widget.control","data":{}}`))
	f.send("comm_msg", json.RawMessage(`{"comm_id":"control","data":{"method":"request_states"}}`))
	all := f.until("the states", 10*time.Second, func(h heard) bool { return h.method() == "update_states" })
	took := time.Since(start)
	states, _ := all[len(all)-1].content.Data["states"].(map[string]any)
	one, _ := states[ids["IntSliderModel"][0]].(map[string]any)
	state, _ := one["state"].(map[string]any)
	if took > time.Second || len(states) < 7 || state["value"] != 7.0 {
		t.Errorf("%d states came after %v, with the slider at %v; want all, at once, and 7", len(states), took, state["value"])
	}
	for _, h := range all {
		if h.parent == cell && h.content.State == "idle" {
			t.Error("the cell ended before the states came; want them while it runs")
		}
	}
	f.until("the end of the cell", 30*time.Second, func(h heard) bool { return h.parent == cell && h.content.State == "idle" })
}

// Messages that make no sense, and a comm that is closed by the page in the middle of a callback, leave a kernel that works.
func TestWidgetMessagesThatMakeNoSense(t *testing.T) {
	f := openFrontEnd(t)
	ids := models(f.run(`import "github.com/gopherceptron/gopherceptron/kernel/widget"
b, d := widget.Button("go"), widget.Dropdown("gate", "AND", "OR")
calls := 0
b.OnClick(func() { calls++; fmt.Println("begun"); time.Sleep(300 * time.Millisecond); fmt.Println("done") })
widget.VBox(b, d)`))
	button, choice := ids["ButtonModel"][0], ids["DropdownModel"][0]
	for _, c := range []struct{ typ, content string }{
		{"comm_msg", `{"comm_id":"` + choice + `","data":{"method":"update","state":{"index":99}}}`},
		{"comm_msg", `{"comm_id":"` + choice + `","data":{"method":"update","state":{"index":"AND"}}}`},
		{"comm_msg", `{"comm_id":"` + choice + `","data":{"method":"update","state":7}}`},
		{"comm_msg", `{"comm_id":"` + choice + `","data":{"method":"explode"}}`},
		{"comm_msg", `{"comm_id":"` + choice + `","data":[]}`},
		{"comm_msg", `{"comm_id":"` + choice + `"}`},
		{"comm_msg", `{"comm_id":"nobody","data":{"method":"update","state":{}}}`},
		{"comm_open", `{"comm_id":"x","target_name":"jupyter.widget","data":{"state":{"_model_name":"UnknownModel"}}}`},
		{"comm_open", `{"comm_id":"y","target_name":"nowhere","data":{}}`},
		{"comm_open", `{"comm_id":"z","target_name":"jupyter.widget.control","data":{}}`},
		{"comm_msg", `{"comm_id":"z","data":{"method":"request_nothing"}}`},
		{"comm_close", `{"comm_id":7}`},
	} {
		id := f.send(c.typ, json.RawMessage(c.content))
		f.until("idle after "+c.content, 10*time.Second, func(h heard) bool { return h.parent == id && h.content.State == "idle" })
	}
	f.send("comm_msg", json.RawMessage(`{"comm_id":"`+button+`","data":{"method":"custom","content":{"event":"click"}}}`))
	f.until("the callback has begun", 10*time.Second, func(h heard) bool { return strings.Contains(fmt.Sprint(h.state()["outputs"]), "begun") })
	for _, id := range []string{button, ids["VBoxModel"][0], ids["OutputModel"][0]} {
		f.send("comm_close", json.RawMessage(`{"comm_id":"`+id+`"}`))
	}
	all := f.run(`fmt.Println(calls, d.Value)
b`) // shown again, as a new model
	if got := models(all)["ButtonModel"]; len(got) != 1 || got[0] == button {
		t.Errorf("the button that the page had closed is shown again as %q; want a new model", got)
	}
	if text := fmt.Sprint(all); !strings.Contains(text, "stream") {
		t.Errorf("the cell after all that printed %s; want its text", text)
	}
	log := f.log.String()
	for _, want := range []string{"index is 99", `index is \"AND\"`, "explode", "jupyter.widget.control asks for nothing"} {
		if !strings.Contains(log, strings.ReplaceAll(want, `\"`, `\\\"`)) && !strings.Contains(log, want) {
			t.Errorf("the log has no %q:\n%s", want, log)
		}
	}
}

// manyWidgets is few by default, as the race detector makes each take 40 ms; .ci/full makes 10,000.
var manyWidgets = flag.Int("kernel.widgets", 500, "how many widgets TestWidgetsLeaveNothing makes")

// Thousands of widgets that a cell has shown and closed leave nothing in the kernel.
func TestWidgetsLeaveNothing(t *testing.T) {
	n := *manyWidgets
	f := openFrontEnd(t)
	before := f.comms()
	f.run(`import "runtime"
import "github.com/gopherceptron/gopherceptron/kernel/widget"
func heap() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
func many(n int) {
	for range n {
		w := widget.FloatSlider("w", 0, 1, 0.5)
		w.OnChange(func(float64) {})
		w.Bundle()
		w.Close()
	}
}`)
	f.run("many(100)")
	f.run("first := heap()")
	f.run(fmt.Sprintf("many(%d)", n)) // its messages have been read when it ends
	all := f.run("heap() - first")
	var left int
	for _, h := range all {
		if h.typ == "execute_result" {
			fmt.Sscan(fmt.Sprint(h.content.Data["text/plain"]), &left)
		}
	}
	t.Logf("%d widgets leave %d bytes", n, left)
	if left > 100*n { // a closed widget that is kept takes some kilobytes
		t.Errorf("%d widgets leave %d bytes; want nothing that grows with them", n, left)
	}
	if got := f.comms(); got != before {
		t.Errorf("%d comms are open after %d widgets were closed; want %d as before", got, n, before)
	}
}

// comms returns how many comms the kernel has open.
func (f *frontEnd) comms() int {
	f.t.Helper()
	id := f.send("comm_info_request", json.RawMessage("{}"))
	f.until("idle", 10*time.Second, func(h heard) bool { return h.parent == id && h.content.State == "idle" })
	ctx, cancel := context.WithTimeout(f.t.Context(), 10*time.Second)
	defer cancel()
	for {
		m, err := f.client.Recv(ctx, wire.Shell)
		if err != nil {
			f.t.Fatal(err)
		}
		var reply wire.CommInfoReply
		if m.Header.Type == "comm_info_reply" {
			if err := json.Unmarshal(m.Content, &reply); err != nil {
				f.t.Fatal(err)
			}
			return len(reply.Comms)
		}
	}
}
