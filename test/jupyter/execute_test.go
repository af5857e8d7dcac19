package jupyter

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
	makeNotebook(t, file, k.name, "go", "explore.Gate(nnlib.AND())", `m := nnlib.NewSequential(nnlib.Dense(4, nnlib.Tanh), nnlib.Dense(1, nnlib.Sigmoid))
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
	if models["FloatSliderModel"] != 3 || !drawn {
		t.Errorf("the notebook stores the models %v, with a drawing: %v; want 3 sliders and a drawing", models, drawn)
	}
	if models["ButtonModel"] != 0 || len(n.Cells[2].Outputs) > 2 { // a remark and the progress
		t.Errorf("the training run left %d buttons and %d outputs; want no button and the progress alone", models["ButtonModel"], len(n.Cells[2].Outputs))
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
}
