package widget

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGolden compares each widget's state with what ipywidgets sends for the same one (testdata/states.py).
func TestGolden(t *testing.T) {
	install(t)
	raw, err := os.ReadFile("testdata/ipywidgets.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]map[string]any
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	slider := FloatSlider("w1", -2, 2, 0.5)
	slider.Step = 0.02
	share := FloatRangeSlider("r", 0, 1, 0.25, 0.75)
	share.Step = 0.01
	image := imageOf(t, "12345")
	play, n := Play(0, 50), IntSlider("", 0, 100, 0)
	widgets := map[string]Widget{
		"FloatSlider": slider, "IntSlider": IntSlider("n", 1, 9, 3), "FloatLogSlider": FloatLogSlider("rate", -4, 0, 0.01),
		"FloatRangeSlider": share, "IntRangeSlider": IntRangeSlider("r", 0, 9, 2, 5), "FloatText": FloatText("x", 1.5), "IntText": IntText("x", 2),
		"Text": Text("name", "a"), "Checkbox": Checkbox("on", true), "ColorPicker": ColorPicker("colour", "#1f77b4"),
		"Dropdown": Dropdown("gate", "AND", "OR"), "RadioButtons": RadioButtons("gate", "AND", "OR"), "ToggleButtons": ToggleButtons("gate", "AND", "OR"),
		"Select": Select("gate", "AND", "OR"), "Button": Button("go"), "Play": Play(0, 50), "Progress": Progress("at", 10),
		"Label": Label("text"), "HTML": HTML("<b>text</b>"), "HTMLMath": HTMLMath("$x$"), "Image": image, "Output": Output(),
		"HBox": HBox(Label("a")), "VBox": VBox(Label("a"), Label("b")), "GridBox": GridBox(2, Label("a")),
		"Tab": Tab(Page{"one", Label("a")}), "Accordion": Accordion(Page{"one", Label("a")}),
		"Link": Link(play, n), "DirectionalLink": DirectionalLink(play, n),
	}
	got := map[string]map[string]any{}
	for name, w := range widgets {
		m := open(w)
		got[name] = plain(m)
		if len(m.parts) > 1 && want[name+"Style"] != nil {
			got[name+"Style"] = plain(m.parts[1])
		}
	}
	wide := Label("")
	wide.Layout.Width = "400px"
	got["Layout"] = plain(open(wide).parts[0])
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if diff := cmp.Diff(want[name], got[name]); diff != "" {
			t.Errorf("%s (-ipywidgets +ours):\n%s", name, diff)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d states; want %d", len(got), len(want))
	}
}

// imageOf returns a picture of some bytes.
func imageOf(t *testing.T, data string) *ImageWidget {
	t.Helper()
	w := finish(&ImageWidget{Format: "png", Value: []byte(data)})
	return w
}

// plain returns a model's state with the classes of the models that it refers to in place of their ids.
func plain(m *model) map[string]any {
	raw, _ := json.Marshal(m.state)
	var state map[string]any
	json.Unmarshal(raw, &state)
	for k, b := range m.buffers {
		state[k] = map[string]any{"bytes": float64(len(b))}
	}
	var named func(v any) any
	named = func(v any) any {
		switch v := v.(type) {
		case string:
			if id, ok := strings.CutPrefix(v, "IPY_MODEL_"); ok {
				return "IPY_MODEL_" + strings.TrimSuffix(live.models[id].names.model, "Model")
			}
		case []any:
			for i := range v {
				v[i] = named(v[i])
			}
		}
		return v
	}
	for k, v := range state {
		state[k] = named(v)
	}
	return state
}
