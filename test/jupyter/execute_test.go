package jupyter

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// jupyter execute stores the widgets' state in the notebook, and nbconvert shows it on a page; the button to stop a training
// run is for users, and not stored.
func TestExecuteStoresWidgets(t *testing.T) {
	k := kernelUnderTest(t)
	if k.name != "gopherceptron" {
		t.Skipf("the widgets are gopherceptron's, not %s's", k.name)
	}
	folder := t.TempDir()
	file := filepath.Join(folder, "gate.ipynb")
	makeNotebook(t, file, k.name, "go", "explore.Gate(nnlib.AND())", `w := widget.FloatSlider("w", -2, 2, 0.5)
widget.Interact(func(w float64) any { return viz.DecisionBoundary(nnlib.Gate(w, 0.5, 0.7)) }, w)`, "w.Value = 1.5", `m := nnlib.NewSequential(nnlib.Dense(4, nnlib.Tanh), nnlib.Dense(1, nnlib.Sigmoid))
m.Compile(nnlib.Adam(), nnlib.BinaryCrossentropy)
m.Fit(nnlib.Circle(200, 0, 1), nnlib.FitOptions{Epochs: 2000});`)
	for _, args := range [][]string{{"execute", "--inplace", file}, {"nbconvert", "--to", "html", file}} {
		cmd := k.Command(t.Context(), "jupyter", args...)
		dieWithTests(cmd)
		cmd.Dir = folder
		cmd.Env = append(cmd.Env, k.vars...)
		out, err := cmd.CombinedOutput()
		cmd.Cancel()
		if err != nil {
			t.Fatalf("jupyter %q: %v\n%s", args, err, out)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var n struct {
		Metadata struct {
			Widgets map[string]struct {
				State map[string]struct {
					Name  string `json:"model_name"`
					State map[string]any
				}
			}
		}
		Cells []struct {
			Outputs []struct{ Data map[string]any }
		}
	}
	if err := json.Unmarshal(data, &n); err != nil {
		t.Fatal(err)
	}
	models, drawn := map[string]int{}, false
	for _, m := range n.Metadata.Widgets["application/vnd.jupyter.widget-state+json"].State {
		models[m.Name]++
		value, _ := m.State["value"].(string)
		drawn = drawn || m.Name == "HTMLModel" && strings.Contains(value, "<svg")
	}
	if models["FloatSliderModel"] != 4 || !drawn {
		t.Errorf("the notebook stores the models %v, with a drawing: %v; want 4 sliders and a drawing", models, drawn)
	}
	if models["ButtonModel"] != 0 || len(n.Cells[4].Outputs) > 2 { // a remark and the progress
		t.Errorf("the training run left %d buttons and %d outputs; want no button and the progress alone", models["ButtonModel"], len(n.Cells[4].Outputs))
	}
	page, err := os.ReadFile(filepath.Join(folder, "gate.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"application/vnd.jupyter.widget-state+json", "application/vnd.jupyter.widget-view+json", "FloatSliderModel", `aria-label=\"training\"`} {
		if !strings.Contains(string(page), want) && !strings.Contains(string(page), strings.ReplaceAll(want, `\`, "")) {
			t.Errorf("the page of nbconvert has no %s", want)
		}
	}
	seeStills(t, filepath.Join(folder, "gate.html"))
}

// seeStills opens a page of nbconvert in a browser without a network, in which the program that draws widgets does not load:
// the pictures of the widgets are there, as they were in the end. Where the widgets are drawn, the pictures are not.
func seeStills(t *testing.T, file string) {
	t.Helper()
	p := startBrowser(t, chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"))
	p.do("opening the page", chromedp.Navigate("file://"+file))
	const stills = `[...document.querySelectorAll('[class^=gopherceptron-still-]')]`
	type seen struct {
		Heights []float64 // of the pictures
		Texts   []string
		SVGs    []int
	}
	got := eval[seen](p, `(() => { const s = `+stills+`; return {Heights: s.map(e => e.getBoundingClientRect().height),
		Texts: s.map(e => e.innerText), SVGs: s.map(e => [...e.querySelectorAll('img')].filter(v => v.naturalWidth > 100 && v.getBoundingClientRect().width > 100).length)} })()`)
	p.plainShot("offline")
	if len(got.Heights) != 2 || min(got.Heights[0], got.Heights[1]) < 250 || !cmp.Equal(got.SVGs, []int{1, 1}) {
		t.Fatalf("without a network the page has the pictures %+v; want one of the gate and one below the slider", got)
	}
	for i, wants := range [][]string{{"w1", "θ", "0.7", "net", "run the cell in Jupyter"}, {"w", "1.5", "run the cell in Jupyter"}} {
		for _, want := range wants {
			if !strings.Contains(got.Texts[i], want) {
				t.Errorf("picture %d says %q; want %q in it", i+1, got.Texts[i], want)
			}
		}
	}
	if title := eval[string](p, stills+`[1].querySelector('img')?.alt ?? ''`); !strings.Contains(title, "1.5·x1") {
		t.Errorf("the picture below the slider is of %q; want that of the value which a later cell has set", title)
	}
	// What the program that draws widgets does, to their element.
	eval[chromedp.Void](p, `(() => { for (const s of `+stills+`) { const e = document.createElement('div');
		e.className = s.className.replace('still', 'live'); document.body.append(e) } })()`)
	if h := eval[[]float64](p, stills+`.map(e => e.closest('.jp-OutputArea-child').getBoundingClientRect().height)`); !cmp.Equal(h, []float64{0, 0}) {
		t.Errorf("beside the widgets their pictures are %v high; want them gone", h)
	}
}
