package widget

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"runtime"
	"strings"
	"testing"

	"github.com/gopherceptron/gopherceptron/kernel/display"
)

// A slider tells its story: what is sent when it is shown, moved by a user, moved by Go, asked for its state, and closed.
func TestTranscript(t *testing.T) {
	h := install(t)
	s := FloatSlider("w", 0, 1, 0.5)
	var heard []float64
	s.OnChange(func(v float64) { heard = append(heard, v) })
	step := func(what, want string, do func()) {
		t.Helper()
		do()
		if got := h.take(); got != strings.TrimPrefix(want, "\n") {
			t.Errorf("%s:\n%swant%s", what, got, want)
		}
	}
	step("shown", `
open LayoutModel
open SliderStyleModel
open FloatSliderModel
open LayoutModel
open OutputModel
open LayoutModel
open VBoxModel
`, func() { s.Bundle() })
	step("shown again", "", func() { s.Bundle() })
	step("moved by a user", "\nmsg FloatSliderModel echo_update to the request value=0.75\n", func() {
		h.user(s, `{"method":"update","state":{"value":0.75},"buffer_paths":[]}`)
	})
	if s.Value != 0.5 || len(heard) != 0 {
		t.Errorf("before the callbacks run: Value = %v, heard %v; want 0.5 and nothing", s.Value, heard)
	}
	step("the callback", "", h.work) // the front end has the value
	if s.Value != 0.75 || fmt.Sprint(heard) != "[0.75]" {
		t.Errorf("Value = %v, heard %v; want 0.75 and [0.75]", s.Value, heard)
	}
	step("moved by Go", "\nmsg FloatSliderModel update value=0.25\n", func() { s.Value = 0.25; Sync() })
	step("nothing changed", "", Sync)
	step("out of range", "\nmsg FloatSliderModel echo_update to the request value=7\nmsg FloatSliderModel update value=1\n", func() {
		h.user(s, `{"method":"update","state":{"value":7}}`)
		h.work()
	})
	step("a style", "\nmsg SliderStyleModel update handle_color=red\n", func() { s.Style.HandleColor = "red"; s.Sync() })
	h.user(s, `{"method":"request_state"}`)
	if got := h.take(); !strings.HasPrefix(got, "msg FloatSliderModel update to the request _dom_classes=[] _model_module=") {
		t.Errorf("request_state: %s; want the whole state, to the request", got)
	}
	s.Close()
	if got := strings.Count(h.take(), "close "); got != 7 {
		t.Errorf("Close closed %d comms; want the 7 that were opened", got)
	}
	if n := len(live.all()); n != 0 {
		t.Errorf("%d models are left after Close; want none", n)
	}
}

// While the kernel is busy only the newest value counts, and clicks are all heard, in their order.
func TestCoalescing(t *testing.T) {
	h := install(t)
	s, b := IntSlider("n", 0, 100, 0), Button("go")
	var heard []string
	s.OnChange(func(v int) { heard = append(heard, fmt.Sprint(v)) })
	b.OnClick(func() { heard = append(heard, "click") })
	VBox(s, b).Bundle()
	for i := range 50 {
		h.user(s, fmt.Sprintf(`{"method":"update","state":{"value":%d}}`, i+1))
		if i%20 == 0 {
			h.user(b, `{"method":"custom","content":{"event":"click"}}`)
		}
	}
	h.work()
	if got, want := fmt.Sprint(heard), "[50 click click click]"; got != want {
		t.Errorf("callbacks = %s; want %s", got, want)
	}
}

// What a callback prints, shows, returns and panics with is below the control, and nothing is lost.
func TestOutputs(t *testing.T) {
	h := install(t)
	b := Button("go")
	n := 0
	b.OnClick(func() {
		n++
		display.Show(fmt.Sprint("click ", n))
		if n == 2 {
			panic("no more")
		}
	})
	b.Bundle()
	click := func() string {
		h.user(b, `{"method":"custom","content":{"event":"click"}}`)
		h.work()
		return b.out.text()
	}
	for i, want := range []string{"click 1", "click 2\npanic: no more", "click 3"} {
		if got := click(); got != want {
			t.Errorf("after click %d the output is %q; want %q", i+1, got, want)
		}
	}
}

func TestInteract(t *testing.T) {
	h := install(t)
	x, on, gate := FloatSlider("x", 0, 1, 0.5), Checkbox("on", true), Dropdown("gate", "AND", "OR")
	w := Interact(func(x float64, on bool, gate string) (string, error) {
		if !on {
			return "off", errors.New("switched off")
		}
		return fmt.Sprint(gate, " ", x), nil
	}, x, on, gate)
	if got, want := w.Output.text(), "AND 0.5"; got != want {
		t.Errorf("at first: %q; want %q", got, want)
	}
	w.Bundle()
	h.user(gate, `{"method":"update","state":{"index":1}}`)
	h.user(x, `{"method":"update","state":{"value":0.25}}`)
	h.work()
	if got, want := w.Output.text(), "OR 0.25"; got != want {
		t.Errorf("after two changes: %q; want %q", got, want)
	}
	h.user(on, `{"method":"update","state":{"value":false}}`)
	h.work()
	if got, want := w.Output.text(), "off\nerror: switched off"; got != want {
		t.Errorf("with an error: %q; want %q", got, want)
	}
}

// What a cell changes is drawn as well, once; a function that changes its own control is not called for ever.
func TestInteractFollowsTheCell(t *testing.T) {
	h := install(t)
	x, calls := IntSlider("x", 0, 9, 1), 0
	w := Interact(func(v int) string { calls++; return fmt.Sprint("x = ", v) }, x)
	w.Bundle()
	x.Value = 70 // more than it can be
	Sync()
	if got, want := w.Output.text(), "x = 9"; got != want || calls != 2 {
		t.Errorf("after a change by a cell: %q in %d calls; want %q in 2", got, calls, want)
	}
	Sync()
	h.user(x, `{"method":"update","state":{"value":3}}`)
	h.work()
	if got, want := w.Output.text(), "x = 3"; got != want || calls != 3 {
		t.Errorf("after a change by a user: %q in %d calls; want %q in 3", got, calls, want)
	}
	restless := 0
	y := IntSlider("y", 0, 100, 1)
	r := Interact(func(int) { restless++; y.Value++ }, y)
	r.Bundle()
	Sync()
	if restless > 3 {
		t.Errorf("a function that moves its own control was called %d times; want once for each end of a cell", restless)
	}
}

func TestInteractMistakes(t *testing.T) {
	s := FloatSlider("x", 0, 1, 0.5)
	for _, tt := range []struct {
		name     string
		f        any
		controls []Widget
		want     string
	}{
		{"no function", 3, []Widget{s}, "widget: Interact: received 3 as the function; expected a function, with a parameter for each control"},
		{"too few controls", func(a, b float64) any { return nil }, []Widget{s}, "widget: Interact: received func(float64, float64) any and 1 control; expected a parameter for each control, in their order"},
		{"another type", func(a string) any { return nil }, []Widget{s}, `widget: Interact: received FloatSlider("x", 0.5) for parameter 1, which is string; expected a parameter of type float64 for it`},
		{"no value", func(a string) any { return nil }, []Widget{Label("a")}, "widget: Interact: received Label as control 1, which holds no value; expected a slider, a text field, a checkbox, a choice, Play or ColorPicker"},
		{"nil", func(a string) any { return nil }, []Widget{nil}, "widget: Interact: received control 1 that is nil; expected a control"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			defer func() {
				if err, ok := recover().(*Error); !ok || err.Error() != tt.want {
					t.Errorf("Interact panicked with %v; want %s", err, tt.want)
				}
			}()
			Interact(tt.f, tt.controls...)
		})
	}
}

// Messages that make no sense leave the widget as it was, and are said below it or in the log.
func TestMalformed(t *testing.T) {
	h := install(t)
	s := IntSlider("n", 0, 10, 3)
	s.Bundle()
	h.take()
	for _, data := range []string{`[1]`, `{`, ``, `null`, `{"method":"nope"}`, `{"method":"update"}`, `{"method":"update","state":{"value":"x"}}`,
		`{"method":"update","state":{"value":1.5}}`, `{"method":"update","state":{"value":null}}`, `{"method":"update","state":{"unknown":1}}`,
		`{"method":"custom"}`, `{"method":"custom","content":{"event":"fly"}}`, `{"method":"update","state":3}`} {
		h.user(s, data)
		h.work()
	}
	if s.Value != 3 {
		t.Errorf("Value = %d; want 3, as before", s.Value)
	}
	if len(h.logged) < 9 {
		t.Errorf("the log has %q; want a line for each message that makes no sense", h.logged)
	}
	if got := s.out.text(); !strings.Contains(got, "value is 1.5; a whole number is expected") && !strings.Contains(got, "fly") {
		t.Errorf("below the slider: %q; want what was wrong", got)
	}
}

// A page that is loaded again asks for all states.
func TestPageLoadedAgain(t *testing.T) {
	h := install(t)
	s := FloatSlider("w", 0, 1, 0.5)
	s.Bundle()
	h.user(s, `{"method":"update","state":{"value":0.75}}`) // the cell that runs has not seen it
	h.sent = nil
	h.targets[controlTarget](nil, "control", []byte("{}"), nil, nil)
	h.handle["control"]([]byte(`"request"`), []byte(`{"method":"request_states"}`), nil)
	if len(h.sent) != 1 || h.sent[0].data["method"] != "update_states" || h.sent[0].data["buffer_paths"] == nil {
		t.Fatalf("answer = %+v; want one update_states with buffer_paths", h.sent)
	}
	state := h.sent[0].data["states"].(map[string]any)[s.m.id].(map[string]any)
	if state["model_name"] != "FloatSliderModel" || state["state"].(map[string]any)["value"] != 0.75 {
		t.Errorf("state = %v; want a FloatSliderModel at 0.75", state)
	}
}

// A widget that is closed while its callbacks wait is left alone.
func TestCloseBeforeCallback(t *testing.T) {
	h := install(t)
	s := IntSlider("n", 0, 10, 3)
	s.OnChange(func(int) { t.Error("the callback of a closed slider ran") })
	s.Bundle()
	h.user(s, `{"method":"update","state":{"value":5}}`)
	s.Close()
	h.work()
	c := IntSlider("n", 0, 10, 3)
	c.OnChange(func(int) { c.Close() }) // in the middle
	c.Bundle()
	h.user(c, `{"method":"update","state":{"value":5}}`)
	h.work()
}

// Without a host a widget shows its picture, with a line that says why, and Interact what its function returns.
func TestStatic(t *testing.T) {
	w := Interact(func(x float64) any { return display.HTML(fmt.Sprintf("<p>x = %v</p>", x)) }, FloatSlider("x <1>", 0, 1, 0.5))
	got := w.HTML()
	for _, want := range []string{`x &lt;1&gt;`, `type="range"`, `value="0.5"`, "<p>x = 0.5</p>", "no connection for widgets (comm)"} {
		if !strings.Contains(got, want) {
			t.Errorf("HTML() = %s; want %q in it", got, want)
		}
	}
	if b := w.Bundle(); b.Data["application/vnd.jupyter.widget-view+json"] != nil || b.Data["text/html"] == nil {
		t.Errorf("Bundle() = %v; want HTML and no widget", b.Data)
	}
}

// TestLeaks makes and closes many widgets.
func TestLeaks(t *testing.T) {
	n := 10000
	if testing.Short() {
		n = 500
	}
	h := install(t)
	alive := func() int64 {
		h.sent, h.logged = nil, nil
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	make1 := func() {
		s := FloatSlider("w", 0, 1, 0.5)
		s.OnChange(func(float64) {})
		s.Bundle()
		h.sent = nil
		s.Close()
	}
	make1()
	before := alive()
	for range n {
		make1()
	}
	if grown := alive() - before; grown > int64(n)*20 {
		t.Errorf("%d widgets made and closed left %d bytes; want less than 20 each", n, grown)
	}
	if got := len(live.all()); got != 0 {
		t.Errorf("%d models are left; want none", got)
	}
	if len(h.handle) != 0 {
		t.Errorf("%d comms have handlers; want none", len(h.handle))
	}
}

// A value that differs in its last digits alone is not sent back: the slider would jump to where it was.
func TestTidiedValueIsNotSentBack(t *testing.T) {
	h := install(t)
	w := FloatSlider("w", 0, 1, 0.5)
	r := FloatRangeSlider("r", 0, 1, 0.2, 0.4)
	w.Bundle()
	r.Bundle()
	h.take()
	h.user(w, `{"method":"update","state":{"value":0.5800000000000001}}`)
	h.user(r, `{"method":"update","state":{"value":[0.30000000000000004,0.7]}}`)
	h.work()
	if got := h.take(); strings.Contains(got, " update ") {
		t.Errorf("after a move the kernel sends\n%s; want echoes alone", got)
	}
	if w.Value != 0.58 {
		t.Errorf("Value = %v; want 0.58", w.Value)
	}
	w.Value = 0.6
	w.Sync()
	if got, want := h.take(), "msg FloatSliderModel update value=0.6\n"; got != want {
		t.Errorf("a value of the program's is sent as %q; want %q", got, want)
	}
}

// A drawing and pixels are shown within the page, with their place, so that one that follows a slider does not blink.
func TestPicturesDoNotBlink(t *testing.T) {
	install(t)
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 20))); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		v    any
		want string
	}{
		{"drawing", drawing{}, "<svg/>"},
		{"pixels", pixelsOf(b.Bytes()), `<img decoding="sync" width="30" height="20" alt="" style="max-width:100%;height:auto" src="data:image/png;base64,`},
		{"no picture", pixelsOf("abc"), `<img decoding="sync" alt="" style="max-width:100%;height:auto" src="data:image/png;base64,YWJj">`},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := Interact(func(int) any { return c.v }, IntSlider("n", 0, 9, 1))
			x := w.Output.outputs[0]
			if html, _ := x.Data["text/html"].(string); !strings.HasPrefix(html, c.want) || x.Data["image/png"] != nil || x.Data["image/svg+xml"] != nil {
				t.Errorf("output = %v; want text/html that begins with %s alone", x.Data, c.want)
			}
		})
	}
}

type drawing struct{}

func (drawing) SVG() string { return "<svg/>" }

type pixelsOf []byte

func (p pixelsOf) PNG() []byte    { return p }
func (p pixelsOf) String() string { return "" }

// A link has no view: in a box it is not among what front ends draw, and alone it is its text.
func TestLinkIsNotDrawn(t *testing.T) {
	install(t)
	play, n := Play(0, 50), IntSlider("n", 0, 50, 0)
	l := Link(play, n)
	box := HBox(play, n, l)
	box.Bundle()
	var children []string
	if err := json.Unmarshal(box.m.state["children"], &children); err != nil || len(children) != 2 {
		t.Errorf("children = %s, %v; want Play and the slider", box.m.state["children"], err)
	}
	if b := l.Bundle(); len(b.Data) != 1 || b.Data["text/plain"] != `Link(Play(0), IntSlider("n", 0))` {
		t.Errorf("Bundle of a link = %v; want its text alone", b.Data)
	}
	box.Close()
	if n := len(live.all()); n != 0 {
		t.Errorf("%d models are left after the box is closed; want none, also not the link", n)
	}
}
