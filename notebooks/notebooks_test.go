// Package notebooks holds the course; its test runs every notebook and checks how they are stored.
package notebooks

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// limit is how long a notebook of the course may take on one machine of two cores.
const limit = time.Minute

// A notebook is what these tests look at.
type notebook struct {
	Cells []struct {
		ID             string `json:"id"`
		Type           string `json:"cell_type"`
		Source         []string
		Metadata       map[string]any
		Outputs        []output
		ExecutionCount *int `json:"execution_count"`
	}
	Metadata map[string]any
	Format   int `json:"nbformat"`
	Minor    int `json:"nbformat_minor"`
}

type output struct {
	Type string `json:"output_type"`
	Name string
	Text []string
	Data map[string]any
}

func read(t *testing.T, path string) notebook {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var n notebook
	if err := json.Unmarshal(data, &n); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return n
}

func all(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("*.ipynb")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no notebooks: %v", err)
	}
	return paths
}

// TestStored checks that notebooks are stored without outputs, with readable ids and short cells.
func TestStored(t *testing.T) {
	id := regexp.MustCompile(`^[a-z0-9-]{2,64}$`)
	for _, path := range all(t) {
		n := read(t, path)
		if n.Format != 4 || n.Minor < 5 {
			t.Errorf("%s: format %d.%d; want 4.5", path, n.Format, n.Minor)
		}
		if spec, _ := n.Metadata["kernelspec"].(map[string]any); spec["name"] != "gopherceptron" {
			t.Errorf("%s: kernelspec %v; want gopherceptron", path, spec)
		}
		seen := map[string]bool{}
		for i, c := range n.Cells {
			if !id.MatchString(c.ID) || seen[c.ID] {
				t.Errorf("%s: cell %d has id %q; want one of its own, readable", path, i, c.ID)
			}
			seen[c.ID] = true
			if len(c.Outputs) > 0 || c.ExecutionCount != nil {
				t.Errorf("%s: cell %s is stored with outputs or a count", path, c.ID)
			}
			if c.Type == "code" && len(c.Source) > 15 {
				t.Errorf("%s: cell %s has %d lines; want 15 at most", path, c.ID, len(c.Source))
			}
		}
	}
}

// gopherceptron builds the command, once a test run.
func gopherceptron(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "gopherceptron")
	if out, err := exec.Command("go", "build", "-o", bin, "..").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return bin
}

// TestRun runs every notebook from top to bottom.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the notebooks are not run")
	}
	bin := gopherceptron(t)
	for _, path := range all(t) {
		t.Run(path, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), path)
			start := time.Now()
			if text, err := exec.Command(bin, "run", "-timeout", limit.String(), "-o", out, path).CombinedOutput(); err != nil {
				t.Fatalf("run %s: %v\n%s", path, err, text)
			}
			t.Logf("%.1f s", time.Since(start).Seconds())
			if check := checks[path]; check != nil {
				check(t, read(t, out))
			}
		})
	}
}

// checks are what a notebook must have shown.
var checks = map[string]func(*testing.T, notebook){
	"03_logic_gates.ipynb": func(t *testing.T, n notebook) {
		if got := count(n, "image/svg+xml"); got < 8 {
			t.Errorf("%d pictures; want four boundaries, two diagrams and two that learn", got)
		}
		if got := count(n, "text/html"); got < 3 {
			t.Errorf("%d tables; want the truth tables of three gates at least", got)
		}
	},
	"04_activations.ipynb": func(t *testing.T, n notebook) {
		if got := count(n, "image/svg+xml"); got < 5 {
			t.Errorf("%d pictures; want the curves, two neurons and two networks", got)
		}
		m := regexp.MustCompile(`with Linear: ([0-9.]+) % right\n(?s:.*)with ReLU: ([0-9.]+) % right`).FindStringSubmatch(text(n))
		if m == nil {
			t.Fatal("what the two networks learned is not printed")
		}
		linear, _ := strconv.ParseFloat(m[1], 64)
		relu, _ := strconv.ParseFloat(m[2], 64)
		if linear > 80 || relu < 95 {
			t.Errorf("XOR without an activation is %v %% right and with ReLU %v %%; want 80 at most and 95 at least", linear, relu)
		}
	},
	"05_softmax_and_loss.ipynb": func(t *testing.T, n notebook) {
		if got := count(n, "image/svg+xml"); got < 5 {
			t.Errorf("%d pictures; want three of probabilities, the curve of the loss and a surface", got)
		}
		for _, want := range []string{"naive:  [NaN NaN NaN]", "loss before 1.5744, after 0.7685", "one-hot 1.5744, label 1.5744, ours 1.5744"} {
			if !strings.Contains(text(n), want) {
				t.Errorf("%q is not printed", want)
			}
		}
	},
	"06_train_dense.ipynb": func(t *testing.T, n notebook) {
		m := regexp.MustCompile(`without hidden layers: ([0-9.]+) %\n(?s:.*)with two hidden layers: ([0-9.]+) %\n(?s:.*)the same answers: true`).FindStringSubmatch(text(n))
		if m == nil {
			t.Fatal("what the two networks learned, and that the saved one is the same, is not printed")
		}
		plain, _ := strconv.ParseFloat(m[1], 64)
		deep, _ := strconv.ParseFloat(m[2], 64)
		if deep < 85 || deep < plain+15 {
			t.Errorf("%v %% of the flowers are right, without hidden layers %v %%; want 85 %% at least, and 15 between them", deep, plain)
		}
		if got := count(n, "image/svg+xml"); got < 8 {
			t.Errorf("%d pictures; want flowers, diagram, curves, answers, probabilities, confusion matrix, weights and the mistake", got)
		}
	},
	"07_digits.ipynb": func(t *testing.T, n notebook) {
		m := regexp.MustCompile(`mean held-out accuracy over 5 seeds: ([0-9.]+) %`).FindStringSubmatch(text(n))
		if m == nil {
			t.Fatal("the mean over 5 seeds is not printed")
		}
		if mean, _ := strconv.ParseFloat(m[1], 64); mean < 96.5 {
			t.Errorf("mean held-out accuracy = %v %%; want 96.5 %% at least", mean)
		}
		if got := count(n, "image/svg+xml"); got < 4 {
			t.Errorf("%d pictures; want digits, curves, confusion matrix and mistakes", got)
		}
	},
	"08_playground.ipynb": func(t *testing.T, n notebook) {
		pictures := 0 // without a front end a widget shows itself as a picture
		for _, c := range n.Cells {
			for _, o := range c.Outputs {
				if html, ok := o.Data["text/html"].([]any); ok && strings.Contains(fmt.Sprint(html...), "A picture of the widget") {
					pictures++
				}
			}
		}
		saved, _ := n.Metadata["widgets"].(map[string]any)
		whole, _ := saved["application/vnd.jupyter.widget-state+json"].(map[string]any)
		state, _ := whole["state"].(map[string]any)
		models := map[string]int{}
		for _, m := range state {
			one := m.(map[string]any)
			models[one["model_name"].(string)]++
			if one["model_name"] == "ImageModel" && one["buffers"] == nil {
				t.Error("the playground's picture is not stored")
			}
		}
		if models["FloatSliderModel"] < 8 || models["ImageModel"] != 1 {
			t.Errorf("the notebook stores the models %v; want its sliders and the playground's picture", models)
		}
		if pictures != 5 {
			t.Errorf("%d widgets; want the gate, the noise, the activation, softmax and the playground", pictures)
		}
	},
}

func count(n notebook, mime string) (k int) {
	for _, c := range n.Cells {
		for _, o := range c.Outputs {
			if o.Data[mime] != nil {
				k++
			}
		}
	}
	return k
}

func text(n notebook) string {
	var b strings.Builder
	for _, c := range n.Cells {
		for _, o := range c.Outputs {
			b.WriteString(strings.Join(o.Text, ""))
		}
	}
	return b.String()
}
