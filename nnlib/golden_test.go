package nnlib_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

// A golden is what Keras made of one network; golden/dense.py wrote it.
type golden struct {
	Name   string
	Layers []struct {
		Dense      int
		Activation string
		Penalty    []float64
		Mask       float64
		Normalize  *struct{ Momentum, Epsilon *float64 }
	}
	Loss      string
	Batch     int
	Weights   string
	Optimizer string
	Config    struct {
		LearningRate any `json:"learning_rate"` // a number, or a schedule: the name, then its arguments
		Momentum     *float64
		Nesterov     bool
		Rho          *float64
		Centered     bool
		Beta1        *float64 `json:"beta_1"`
		Beta2        *float64 `json:"beta_2"`
		Epsilon      *float64
		WeightDecay  *float64 `json:"weight_decay"`
		ClipValue    float64  `json:"clipvalue"`
		ClipNorm     float64  `json:"clipnorm"`
		ClipAll      float64  `json:"global_clipnorm"`
	}
	Losses     []float64
	Accuracies []float64
	Evaluated  []float64 // loss, accuracy; with one-hot targets also precision, recall, top 2 accuracy
	Predicted  []float64 // of the first example
}

const examples, features, classes = 30, 7, 4

// numbers are the script's: from -0.5 to 0.5, the same on both sides.
func numbers(seed uint32, shape ...int) *nnlib.Tensor {
	t := nnlib.NewTensor(shape...)
	for i := range t.Data {
		seed = seed*1664525 + 1013904223
		t.Data[i] = float32(seed>>8)/(1<<24) - 0.5
	}
	return t
}

func (g golden) data() *nnlib.Dataset {
	x := numbers(1, examples, features).Scale(4)
	noise, squares, greater := numbers(2, examples, classes), nnlib.NewTensor(examples, classes), nnlib.NewTensor(examples, classes)
	for i := range examples {
		for j := range classes {
			noise.Set(noise.At(i, j)+x.At(i, j), i, j)
			squares.Set(x.At(i, j)*x.At(i, j+1), i, j)
			if x.At(i, j) > x.At(i, j+1) {
				greater.Set(1, i, j)
			}
		}
	}
	labels := nnlib.NewTensor(examples)
	for i, l := range noise.ArgMax() {
		labels.Set(float64(l), i)
	}
	d := &nnlib.Dataset{X: x, Y: labels}
	switch g.Loss {
	case "categorical_crossentropy":
		return d.OneHot()
	case "binary_crossentropy":
		d.Y = greater
	case "mean_squared_error":
		d.Y = squares
	}
	return d
}

func (g golden) model(t *testing.T) *nnlib.Sequential {
	byName := func(name string) nnlib.Activation {
		a, err := nnlib.ActivationByName(name)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	layers := []nnlib.Layer{nnlib.Input(features)}
	units := features
	for i, l := range g.Layers {
		switch {
		case l.Dense > 0:
			d := nnlib.Dense(l.Dense, byName(l.Activation))
			if l.Penalty != nil {
				d.KernelRegularizer = nnlib.Regularizer{L1: l.Penalty[0], L2: l.Penalty[1]}
			}
			layers, units = append(layers, d), l.Dense
		case l.Normalize != nil:
			n := nnlib.BatchNormalization()
			set(&n.Momentum, l.Normalize.Momentum)
			set(&n.Epsilon, l.Normalize.Epsilon)
			layers = append(layers, n)
		case l.Mask > 0:
			d := nnlib.Dropout(l.Mask)
			kept := 1 / (1 - l.Mask)
			nnlib.SetMask(d, numbers(uint32(50+i), examples, units).Apply(func(x float64) float64 {
				if x+0.5 < l.Mask {
					return 0
				}
				return kept
			}))
			layers = append(layers, d)
		default:
			layers = append(layers, nnlib.Activate(byName(l.Activation)))
		}
	}
	m := nnlib.NewSequential(layers...)
	m.Params() // makes them
	for i, l := range m.Layers()[1:] {
		for _, p := range l.Params() {
			switch name := p.Name(); {
			case strings.HasSuffix(name, "/kernel"):
				p.Set(numbers(uint32(10+i), p.Shape()...).Scale(2))
			case strings.HasSuffix(name, "/bias"):
				p.Set(numbers(uint32(20+i), p.Shape()...))
			case strings.HasSuffix(name, "/gamma"):
				p.Set(numbers(uint32(30+i), p.Shape()...).Apply(func(x float64) float64 { return 1 + x }))
			case strings.HasSuffix(name, "/beta"):
				p.Set(numbers(uint32(40+i), p.Shape()...))
			}
		}
	}
	loss, err := nnlib.LossByName(g.Loss)
	if err != nil {
		t.Fatal(err)
	}
	metrics := []nnlib.Metric{nnlib.Accuracy}
	if g.Loss == "categorical_crossentropy" {
		metrics = append(metrics, nnlib.Precision, nnlib.Recall, nnlib.TopKAccuracy(2))
	}
	m.Compile(g.optimizer(t), loss, metrics...)
	return m
}

func set(field *float64, value *float64) {
	if value != nil {
		*field = *value
	}
}

func (g golden) optimizer(t *testing.T) nnlib.Optimizer {
	c := g.Config
	var rate *float64
	var schedule nnlib.Schedule
	switch r := c.LearningRate.(type) {
	case float64:
		rate = &r
	case []any:
		schedule = g.schedule(t, r)
	}
	switch g.Optimizer {
	case "SGD":
		o := nnlib.SGD()
		o.Schedule, o.Nesterov, o.ClipValue, o.ClipNorm, o.GlobalClipNorm = schedule, c.Nesterov, c.ClipValue, c.ClipNorm, c.ClipAll
		set(&o.LearningRate, rate)
		set(&o.Momentum, c.Momentum)
		set(&o.WeightDecay, c.WeightDecay)
		return o
	case "Adam", "AdamW":
		o := nnlib.Adam()
		if g.Optimizer == "AdamW" {
			o = nnlib.AdamW()
		}
		o.Schedule = schedule
		set(&o.LearningRate, rate)
		set(&o.Beta1, c.Beta1)
		set(&o.Beta2, c.Beta2)
		set(&o.Epsilon, c.Epsilon)
		set(&o.WeightDecay, c.WeightDecay)
		return o
	case "RMSprop":
		o := nnlib.RMSprop()
		o.Schedule, o.Centered = schedule, c.Centered
		set(&o.LearningRate, rate)
		set(&o.Rho, c.Rho)
		set(&o.Momentum, c.Momentum)
		set(&o.Epsilon, c.Epsilon)
		return o
	}
	t.Fatalf("optimizer %q is not known to this test", g.Optimizer)
	return nil
}

// schedule reads a schedule as the script wrote it: the name, then Keras' arguments.
func (g golden) schedule(t *testing.T, parts []any) nnlib.Schedule {
	number := func(i int) float64 { return parts[i].(float64) }
	switch parts[0] {
	case "ExponentialDecay":
		s := nnlib.ExponentialDecay(number(1), int(number(2)), number(3))
		s.Staircase = len(parts) > 4 && parts[4].(bool)
		return s
	case "CosineDecay":
		s := nnlib.CosineDecay(number(1), int(number(2)))
		s.Alpha = number(3)
		if len(parts) > 4 { // then a name, the target and the steps of the warm-up
			s.WarmupTarget, s.WarmupSteps = number(5), int(number(6))
		}
		return s
	case "PiecewiseConstantDecay":
		var boundaries []int
		var values []float64
		for _, v := range parts[1].([]any) {
			boundaries = append(boundaries, int(v.(float64)))
		}
		for _, v := range parts[2].([]any) {
			values = append(values, v.(float64))
		}
		return nnlib.PiecewiseConstantDecay(boundaries, values)
	}
	t.Fatalf("schedule %v is not known to this test", parts[0])
	return nil
}

// options says how the script trains.
func (g golden) options() nnlib.FitOptions {
	o := nnlib.FitOptions{Epochs: len(g.Losses), BatchSize: g.Batch, NoShuffle: true, Quiet: true}
	switch g.Weights {
	case "samples":
		for _, v := range numbers(3, examples).Data {
			o.SampleWeights = append(o.SampleWeights, 1.5+float64(v))
		}
	case "classes":
		o.ClassWeights = map[int]float64{0: 2, 1: 0.5}
	}
	return o
}

// TestKeras holds the numbers of Keras: losses, accuracies and optimizers, over 50 epochs.
func TestKeras(t *testing.T) {
	text, err := os.ReadFile("golden/dense.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []golden }
	if err := json.Unmarshal(text, &file); err != nil || len(file.Cases) == 0 {
		t.Fatalf("golden/dense.json: %d cases, %v", len(file.Cases), err)
	}
	for _, g := range file.Cases {
		t.Run(g.Name, func(t *testing.T) {
			d, m := g.data(), g.model(t)
			h := m.Fit(d, g.options())
			worst := 0.0
			near := func(what string, i int, got, want, allowed float64) {
				t.Helper()
				off := math.Abs(got - want)
				if worst = max(worst, off/allowed); !(off <= allowed) {
					t.Errorf("%s %d = %.8g; want %.8g as Keras has it", what, i+1, got, want)
				}
			}
			// Both sides work in float32 and sum in different orders. 1e-4 of the loss is what the course promises.
			promised := func(want float64) float64 { return max(1e-6, 1e-4*want) }
			for i, want := range g.Losses {
				near("loss of epoch", i, h.Loss[i], want, promised(want))
				near("accuracy of epoch", i, h.Accuracy[i], g.Accuracies[i], 1e-6)
			}
			score := m.Evaluate(d)
			near("evaluated loss", 0, score.Loss, g.Evaluated[0], promised(g.Evaluated[0]))
			near("evaluated accuracy", 0, score.Accuracy, g.Evaluated[1], 1e-6)
			for i, name := range []string{"precision", "recall", "top_2_accuracy"}[:len(g.Evaluated)-2] {
				near("evaluated "+name, 0, score.Metrics[name], g.Evaluated[2+i], 1e-6)
			}
			for i, got := range m.Predict(d.X).Row(0) {
				near("prediction", i, got, g.Predicted[i], 1e-4) // of numbers about 1
			}
			t.Logf("loss %.4f to %.4f, greatest difference %.2g of what is allowed", g.Losses[0], g.Losses[len(g.Losses)-1], worst)
		})
	}
}
