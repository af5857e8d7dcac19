package kernel

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A notebook with widgets that runs without a browser says in text what they are, and is written with their state and, beside
// each, its picture as it is in the end.
func TestRunWritesStills(t *testing.T) {
	path := nb(t, `import (
	"github.com/gopherceptron/gopherceptron/kernel/display"
	"github.com/gopherceptron/gopherceptron/kernel/widget"
)
n := widget.IntSlider("n", 1, 9, 3)
display.Show("before")
widget.Interact(func(n int) string { return fmt.Sprint("n is ", n) }, n)`, "n.Value = 7", "gone := widget.Button(\"go\")\ngone", "gone.Close()")
	out := filepath.Join(t.TempDir(), "out.ipynb")
	stdout, stderr, err := run(t, t.Context(), path, runOptions{output: out})
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	for _, want := range []string{"\nVBox(IntSlider(\"n\", 3), \"n is 3\")\n", "\nButton(\"go\")\n"} {
		if !strings.Contains(stdout, want) || strings.Contains(stdout, "\n\n") {
			t.Errorf("printed %q; want %q, and no line that is empty", stdout, want)
		}
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var n struct {
		Metadata struct {
			Widgets map[string]struct{ State map[string]any }
		}
		Cells []struct {
			Outputs []struct {
				Data map[string]json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(data, &n); err != nil {
		t.Fatal(err)
	}
	const view = "application/vnd.jupyter.widget-view+json"
	outputs := n.Cells[0].Outputs
	outputs = outputs[len(outputs)-2:]
	var model struct {
		ID string `json:"model_id"`
	}
	json.Unmarshal(outputs[0].Data[view], &model)
	if n.Metadata.Widgets["application/vnd.jupyter.widget-state+json"].State[model.ID] == nil || outputs[0].Data["text/html"] != nil {
		t.Errorf("the widget is stored as %s; want its view alone, of a model that is stored", outputs[0].Data)
	}
	if html := string(outputs[1].Data["text/html"]); outputs[1].Data[view] != nil || !strings.Contains(html, "gopherceptron-still-") || !strings.Contains(html, "n is 7") {
		t.Errorf("beside it is %s; want its picture, with what the second cell has changed", outputs[1].Data)
	}
	closed := n.Cells[2].Outputs
	if html := string(closed[len(closed)-1].Data["text/html"]); strings.Contains(html, "button") {
		t.Errorf("of a button that has been closed the notebook has %s; want nothing", html)
	}
}

// On a terminal training shows lines of text: how far it is, and how well it does.
func TestRunShowsTraining(t *testing.T) {
	path := nb(t, `import "github.com/gopherceptron/gopherceptron/nnlib"
model := nnlib.NewSequential(nnlib.Dense(4, nnlib.Tanh), nnlib.Dense(1, nnlib.Sigmoid))
model.Compile(nnlib.Adam(), nnlib.BinaryCrossentropy, nnlib.Accuracy)
model.Fit(nnlib.Circle(200, 0, 1), nnlib.FitOptions{Epochs: 5});`)
	stdout, stderr, err := run(t, t.Context(), path, runOptions{})
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	for _, want := range []string{"[====================] epoch 5/5", "loss 0.", "accuracy 0.", "examples/s"} {
		if !strings.Contains(stdout, want) || strings.Contains(stdout, "<div") {
			t.Errorf("printed %q; want %q in it, and no HTML", stdout, want)
		}
	}
}
