package nnlib

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/internal/pyenv"
)

// python runs one of golden's scripts in the environment with Keras and returns what it prints.
func python(t *testing.T, e *pyenv.Env, script string, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	cmd := e.Command(ctx, e.Python(), append([]string{filepath.Join("golden", script)}, args...)...)
	cmd.Env = append(cmd.Env, "KERAS_BACKEND=jax", "JAX_PLATFORMS=cpu", "KERAS_HOME="+t.TempDir(), "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.Output()
	if err != nil {
		var failed *exec.ExitError
		var said []byte
		if errors.As(err, &failed) {
			said = failed.Stderr
		}
		t.Fatalf("%s %v: %v\n%s%s", script, args, err, said, out)
	}
	return out
}

// TestKerasReads checks that Keras makes the same model of a saved file and predicts the same, and that what Keras
// writes of it is read back.
func TestKerasReads(t *testing.T) {
	e := pyenv.KerasForTest(t)
	m, d := trained(t)
	dir := t.TempDir()
	model, input := filepath.Join(dir, "model.safetensors"), filepath.Join(dir, "input.json")
	if err := m.Save(model); err != nil {
		t.Fatal(err)
	}
	x := d.X.Select(0, 1, 2, 3, 4)
	var rows [][][]float32
	for i := range x.Rows() {
		rows = append(rows, [][]float32{x.Data[i*8 : i*8+4], x.Data[i*8+4 : i*8+8]})
	}
	text, err := json.Marshal(rows)
	if err == nil {
		err = os.WriteFile(input, text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Predictions  [][]float64
		Architecture string
	}
	if out := python(t, e, "keras_reads.py", model, input); json.Unmarshal(out, &got) != nil {
		t.Fatalf("keras_reads.py printed %s", out)
	}
	want := m.Predict(x)
	for i, row := range got.Predictions {
		for j, v := range row {
			if math.Abs(v-want.At(i, j)) > 1e-5 {
				t.Errorf("Keras predicts %g for class %d of example %d; want %g", v, j, i, want.At(i, j))
			}
		}
	}
	if len(got.Predictions) != x.Rows() {
		t.Errorf("Keras predicts %d rows; want %d", len(got.Predictions), x.Rows())
	}
	again, err := ModelFromArchitecture(got.Architecture)
	if err != nil {
		t.Fatalf("reading what Keras writes: %v", err)
	}
	if err := again.LoadWeights(model); err != nil {
		t.Fatal(err)
	}
	if a, b := again.Predict(x), want; a.Sub(b).Max() != 0 || a.Sub(b).Min() != 0 {
		t.Errorf("predictions of the model as Keras writes it = %v; want %v", a, b)
	}
}

var wholeGolden = flag.Bool("nnlib.golden", false, "make all of the golden data again with Keras (minutes)")

// TestGoldenIsKeras makes some of the golden data again and compares it with the file.
func TestGoldenIsKeras(t *testing.T) {
	e := pyenv.KerasForTest(t)
	made := filepath.Join(t.TempDir(), "dense.json")
	args := []string{made, "dropped by a mask"}
	if *wholeGolden {
		args = args[:1]
	}
	python(t, e, "dense.py", args...)
	read := func(path string) map[string][]float64 {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Cases []struct {
				Name   string
				Losses []float64
			}
		}
		if err := json.Unmarshal(text, &file); err != nil {
			t.Fatal(err)
		}
		out := map[string][]float64{}
		for _, c := range file.Cases {
			out[c.Name] = c.Losses
		}
		return out
	}
	kept, now := read("golden/dense.json"), read(made)
	if want := map[bool]int{false: 1, true: len(kept)}[*wholeGolden]; len(now) != want {
		t.Fatalf("dense.py made %d cases; want %d", len(now), want)
	}
	for name, losses := range now {
		for i, got := range losses {
			if want := kept[name][i]; math.Abs(got-want) > 1e-4*want { // another processor may round otherwise
				t.Errorf("%s: loss %d = %g; golden/dense.json has %g", name, i+1, got, want)
				break
			}
		}
	}
}
