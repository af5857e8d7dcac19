package widget

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSaved(t *testing.T) {
	install(t)
	if got := Saved(); got != nil {
		t.Errorf("Saved() without widgets = %v; want nil", got)
	}
	s := FloatSlider("w", 0, 1, 0.5)
	s.Bundle()
	p, err := Image(pixel{})
	if err != nil {
		t.Fatal(err)
	}
	p.Bundle()
	raw, err := json.Marshal(Saved())
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]struct {
		Major int `json:"version_major"`
		State map[string]struct {
			Name, Module string
			Version      string         `json:"model_module_version"`
			Model        string         `json:"model_name"`
			State        map[string]any `json:"state"`
			Buffers      []map[string]any
		}
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	all := got["application/vnd.jupyter.widget-state+json"]
	slider, image := all.State[s.m.id], all.State[p.m.id]
	if all.Major != 2 || slider.Model != "FloatSliderModel" || slider.Version != "2.0.0" || slider.State["value"] != 0.5 {
		t.Errorf("Saved() has the slider %+v; want a FloatSliderModel 2.0.0 at 0.5", slider)
	}
	if _, ok := all.State[s.m.parts[0].id]; !ok {
		t.Error("Saved() does not have the slider's layout")
	}
	want := []map[string]any{{"data": "AQI=", "path": []any{"value"}, "encoding": "base64"}}
	if diff := cmp.Diff(want, image.Buffers); diff != "" {
		t.Errorf("buffers of the image (-want +got):\n%s", diff)
	}
	s.Close()
	p.Close()
	if got := Saved(); len(got) != 0 && len(live.all()) == 0 {
		t.Errorf("Saved() after Close = %v; want nil", got)
	}
}

type pixel struct{}

func (pixel) PNG() []byte { return []byte{1, 2} }
