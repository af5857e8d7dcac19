package widget

import (
	"strings"
	"testing"
)

// A still is hidden by the class of its widget, says nothing twice, and follows the widget until that is closed.
func TestStill(t *testing.T) {
	install(t)
	s := FloatSlider("w", 0, 1, 0.5)
	still := NewStill(s)
	live := still.Live().Bundle()
	if live.Data[viewType] == nil || live.Data["text/html"] != nil || live.Data["text/plain"] != `FloatSlider("w", 0.5)` {
		t.Errorf("Live() = %v; want the widget and its text alone", live.Data)
	}
	root := framed(s).base()
	if len(root.Classes) != 1 || !strings.HasPrefix(root.Classes[0], "gopherceptron-live-") {
		t.Fatalf("classes of the widget = %q; want one of its still", root.Classes)
	}
	b := still.Bundle()
	for _, want := range []string{":root:has(." + root.Classes[0] + ")", `type="range"`, `value="0.5"`, "run the cell in Jupyter"} {
		if html, _ := b.Data["text/html"].(string); !strings.Contains(html, want) {
			t.Errorf("still = %s; want %q in it", html, want)
		}
	}
	if b.Data["text/plain"] != "" {
		t.Errorf("text of the still = %q; want none", b.Data["text/plain"])
	}
	s.Value = 0.75
	if !strings.Contains(still.HTML(), `value="0.75"`) {
		t.Errorf("still = %s; want the value that the slider has now", still.HTML())
	}
	if again := NewStill(s); len(root.Classes) != 1 || again.HTML() != still.HTML() {
		t.Error("another still of the widget is not the same")
	}
	drawing := NewStill(HTML(`<p>a</p><svg width="9" role="img" aria-label="one &lt; two"><text>x</text></svg>`)).HTML()
	if want := `<p>a</p><img alt="one &lt; two" style="max-width:100%;margin:0;align-self:flex-start" src="data:image/svg+xml;base64,PHN2ZyB4bWxucz0`; !strings.Contains(drawing, want) {
		t.Errorf("still of a drawing = %s; want %s in it", drawing, want)
	}
	s.Close()
	if got := still.HTML(); got != "" {
		t.Errorf("still after Close = %s; want nothing", got)
	}
}
