package nnlib_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gopherceptron/gopherceptron/nnlib"
	"github.com/gopherceptron/gopherceptron/nnlib/data"
)

// table returns the truth table of n inputs whose outputs are the bits of code.
func table(n, code int) nnlib.TruthTable {
	t := nnlib.Perceptron{Weights: make([]float64, n)}.TruthTable()
	for i := range t.Outputs {
		t.Outputs[i] = float64(code >> i & 1)
	}
	return t
}

// TestSeparable checks the proof for every table of up to three inputs, and how many of them are threshold functions:
// 4, 14, 104, 1882 (S. Muroga, "Threshold Logic and its Applications", 1971; OEIS A000609).
func TestSeparable(t *testing.T) {
	for n, want := range map[int]int{1: 4, 2: 14, 3: 104, 4: 1882} {
		if n == 4 && testing.Short() {
			continue
		}
		t.Run(fmt.Sprint(n, " inputs"), func(t *testing.T) {
			found := 0
			for code := range 1 << (1 << n) {
				tab := table(n, code)
				s := tab.Separable()
				if s.Separable {
					found++
					if got := s.Perceptron.TruthTable(); !got.Equal(tab) {
						t.Fatalf("table %b: %v computes %v; want %v", code, s.Perceptron, got.Outputs, tab.Outputs)
					}
					continue
				}
				left, right := mean(t, tab, s.Ones, 1), mean(t, tab, s.Zeros, 0)
				for i := range left {
					if math.Abs(left[i]-right[i]) > 1e-9 {
						t.Fatalf("table %b: means are %v and %v; want the same point", code, left, right)
					}
				}
			}
			if found != want {
				t.Errorf("%d tables of %d inputs are separable; want %d", found, n, want)
			}
		})
	}
}

// mean returns the weighted mean of the rows, which must have the given output.
func mean(t *testing.T, tab nnlib.TruthTable, weights []float64, output float64) []float64 {
	t.Helper()
	m, sum := make([]float64, len(tab.Inputs[0])), 0.0
	for j, w := range weights {
		if w < 0 || w > 0 && tab.Outputs[j] != output {
			t.Fatalf("row %d with output %g has weight %g", j, tab.Outputs[j], w)
		}
		sum += w
		for i, v := range tab.Inputs[j] {
			m[i] += w * v
		}
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Fatalf("weights sum to %g; want 1", sum)
	}
	return m
}

func TestSeparationString(t *testing.T) {
	for name, c := range map[string]struct{ got, want string }{
		"XOR": {nnlib.XOR().TruthTable().Separable().String(), "no perceptron computes this: 0.5·(0, 1) + 0.5·(1, 0) = 0.5·(0, 0) + 0.5·(1, 1), but the left side must exceed the threshold and the right side must not"},
		"AND": {nnlib.AND().TruthTable().Separable().String(), "one perceptron is enough: it fires when "},
	} {
		if !strings.HasPrefix(c.got, c.want) {
			t.Errorf("%s: %q; want %q", name, c.got, c.want)
		}
	}
}

func TestLearn(t *testing.T) {
	zero := nnlib.Perceptron{Weights: []float64{0, 0}}
	for name, gate := range map[string]nnlib.Perceptron{"AND": nnlib.AND(), "OR": nnlib.OR(), "NAND": nnlib.NAND()} {
		trace := zero.Learn(gate.TruthTable().Dataset(), nnlib.LearnOptions{})
		if !trace.Converged || !trace.Learned.TruthTable().Equal(gate.TruthTable()) || trace.Mistakes[len(trace.Mistakes)-1] != 0 {
			t.Errorf("%s: %v; want the gate", name, trace)
		}
		total := 0
		for _, n := range trace.Mistakes {
			total += n
		}
		if total != len(trace.Steps) {
			t.Errorf("%s: %d corrections; want the %d mistakes", name, len(trace.Steps), total)
		}
	}
	if zero.Weights[0] != 0 || zero.Threshold != 0 {
		t.Errorf("the perceptron that learned is now %v; want it as it was", zero)
	}
	// By hand: only (1, 1) is wrong at first, then (0, 0) and so on.
	trace := zero.Learn(nnlib.AND().TruthTable().Dataset(), nnlib.LearnOptions{Epochs: 1, LearningRate: 0.5})
	want := []nnlib.LearningStep{{Epoch: 1, Input: []float64{1, 1}, Target: 1, Learned: nnlib.Perceptron{Weights: []float64{0.5, 0.5}, Threshold: -0.5}}}
	if diff := cmp.Diff(want, trace.Steps); diff != "" {
		t.Errorf("first steps of AND differ (-want +got):\n%s", diff)
	}
	trace = zero.Learn(nnlib.XOR().TruthTable().Dataset(), nnlib.LearnOptions{Epochs: 50})
	if got, want := trace.String(), "not converged after 50 epochs: "; trace.Converged || !strings.HasPrefix(got, want) || len(trace.Mistakes) != 50 {
		t.Errorf("XOR: %q; want %q", got, want)
	}
	if h := trace.HTML(); strings.Count(h, "<tr>") != 32 || !strings.Contains(h, "more</p>") {
		t.Errorf("HTML has %d rows; want a head, the start, 30 corrections, and how many more", strings.Count(h, "<tr>"))
	}
	blobs := data.Blobs(200, 2, 0.1, 1)
	if trace := zero.Learn(blobs, nnlib.LearnOptions{}); !trace.Converged {
		t.Errorf("blobs: %v; want convergence", trace)
	}
}

func TestHyperplane(t *testing.T) {
	h := nnlib.Perceptron{Weights: []float64{1, 2, 2}, Threshold: 3}.Hyperplane()
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"string", h.String(), "x1 + 2·x2 + 2·x3 = 3"},
		{"none", nnlib.Hyperplane{Weights: []float64{0, 0}}.String(), "no hyperplane: all weights are 0"},
		{"distance", h.Distance(1, 1, 0), 0.0},
		{"distance on the firing side", h.Distance(3, 3, 0), 2.0},
		{"distance on the other side", h.Distance(0, 0, 0), -1.0},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v; want %v", c.name, c.got, c.want)
		}
	}
}

func TestWatch(t *testing.T) {
	m := nnlib.NewSequential(nnlib.Input(2), nnlib.Dense(2, nnlib.Softmax))
	weights, bias := m.Params()[0], m.Params()[1]
	weights.Set(nnlib.FromRows([][]float64{{1, -1}, {0.5, 2}}))
	bias.Set(nnlib.TensorFrom([]float64{0.25, 0}, 2))
	many := nnlib.Perceptron{Weights: make([]float64, 20), Threshold: 0.5}
	x := make([]float64, 20)
	for i := range x {
		many.Weights[i], x[i] = float64(i)/10, 1
	}
	unit := nnlib.WatchUnit(weights, bias, nnlib.ReLU, 1, 3, 1)
	predicted := m.Predict(nnlib.FromRows([][]float64{{3, 1}})).At(0, 1)
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"fires", nnlib.AND().Watch(1, 1).String(), "w1·x1 = 0.5 · 1 = 0.5\nw2·x2 = 0.5 · 1 = 0.5\nnet value = 1\n1 > 0.7: it fires, the output is 1"},
		{"does not fire", nnlib.AND().Watch(0, 1).String(), "w1·x1 = 0.5 · 0 = 0\nw2·x2 = 0.5 · 1 = 0.5\nnet value = 0.5\n0.5 ≤ 0.7: it does not fire, the output is 0"},
		{"unit", unit.String(), "w1·x1 = -1 · 3 = -3\nw2·x2 = 2 · 1 = 2\nnet value = -1\nnet value + bias = -1 + 0 = -1\nReLU(-1) = 0"},
		{"softmax looks at all units", math.Abs(nnlib.WatchUnit(weights, bias, nnlib.Softmax, 1, 3, 1).Output-predicted) < 1e-7, true},
		{"no bias", nnlib.WatchUnit(weights, nil, nnlib.Linear, 0, 3, 1).Output, 3.5},
		{"the terms that weigh most", strings.Contains(many.Watch(x...).String(), "w12·x12"), false},
		{"others", strings.Contains(many.Watch(x...).String(), "w13·x13 = 1.2 · 1 = 1.2\n") && strings.Contains(many.Watch(x...).String(), "12 smaller terms: 6.6\nnet value = 19\n"), true},
		{"formula", nnlib.NAND().Watch(1, 0).Latex(), `$$-0.5 \cdot 1 + (-0.5) \cdot 0 = -0.5 > -0.7 \;\Rightarrow\; y = 1$$`},
		{"formula of a unit", unit.Latex(), `$$-1 \cdot 3 + 2 \cdot 1 + 0 = -1, \quad \mathrm{ReLU}(-1) = 0$$`},
		{"table", strings.Count(unit.HTML(), "<tr>"), 5},
		{"table escapes", strings.Contains(nnlib.AND().Watch(1, 1).HTML(), "1 &gt; 0.7"), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.got); diff != "" {
				t.Errorf("differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPerceptronMistakes(t *testing.T) {
	m := nnlib.NewSequential(nnlib.Input(2), nnlib.Dense(2, nnlib.ReLU))
	w, b := m.Params()[0], m.Params()[1]
	p := nnlib.Perceptron{Weights: []float64{0, 0}}
	for want, call := range map[string]func(){
		"nnlib: Learn: examples have 3 numbers, weights expect 2":                                          func() { p.Learn(table(3, 1).Dataset(), nnlib.LearnOptions{}) },
		"nnlib: Learn: LearningRate -1 and Epochs 100, numbers above 0 are expected, or 0 for the default": func() { p.Learn(table(2, 1).Dataset(), nnlib.LearnOptions{LearningRate: -1}) },
		"nnlib: Learn: label 2 of example ":                                                                func() { p.Learn(data.Blobs(9, 3, 0, 1), nnlib.LearnOptions{}) },
		"nnlib: Separable: table has 0 rows and 0 outputs, at least one row is expected":                   func() { nnlib.TruthTable{}.Separable() },
		"nnlib: Dataset: row 2 has 1 input, row 1 has 2":                                                   func() { nnlib.TruthTable{Inputs: [][]float64{{1, 2}, {1}}, Outputs: []float64{1, 1}}.Dataset() },
		"nnlib: WatchUnit: input has 1 number, weights of shape [2 2] are expected to have as many rows":   func() { nnlib.WatchUnit(w, b, nnlib.ReLU, 0, 1) },
		"nnlib: WatchUnit: unit 2, 0 to 1 are expected":                                                    func() { nnlib.WatchUnit(w, b, nnlib.ReLU, 2, 1, 1) },
		"nnlib: WatchUnit: bias has shape [2 2], one number for each of 2 units is expected":               func() { nnlib.WatchUnit(w, w, nnlib.ReLU, 0, 1, 1) },
		"nnlib: Perceptron: input has 1 number, weights expect 2":                                          func() { p.Hyperplane(); p.Watch(1) },
	} {
		func() {
			defer func() {
				if err, ok := recover().(*nnlib.Error); !ok || !strings.HasPrefix(err.Error(), want) {
					t.Errorf("panic = %v; want %q", err, want)
				}
			}()
			call()
		}()
	}
}
