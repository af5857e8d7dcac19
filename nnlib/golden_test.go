package nnlib_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

// A golden is what Keras made of one network; golden/dense.py wrote it.
type golden struct {
	Name        string
	Units       []int
	Activations []string
	Loss        string
	Batch       int
	Optimizer   string
	Config      struct {
		LearningRate *float64 `json:"learning_rate"`
		Momentum     *float64
		Beta1        *float64 `json:"beta_1"`
		Beta2        *float64 `json:"beta_2"`
		Epsilon      *float64
	}
	Losses     []float64
	Accuracies []float64
	Evaluated  []float64 // loss, accuracy
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
	noise, squares := numbers(2, examples, classes), nnlib.NewTensor(examples, classes)
	for i := range examples {
		for j := range classes {
			noise.Set(noise.At(i, j)+x.At(i, j), i, j)
			squares.Set(x.At(i, j)*x.At(i, j+1), i, j)
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
	case "mean_squared_error":
		d.Y = squares
	}
	return d
}

func (g golden) model(t *testing.T) *nnlib.Sequential {
	activations := map[string]nnlib.Activation{"linear": nnlib.Linear, "relu": nnlib.ReLU, "sigmoid": nnlib.Sigmoid, "tanh": nnlib.Tanh, "softmax": nnlib.Softmax}
	losses := map[string]nnlib.Loss{"categorical_crossentropy": nnlib.CategoricalCrossentropy, "sparse_categorical_crossentropy": nnlib.SparseCategoricalCrossentropy, "mean_squared_error": nnlib.MeanSquaredError}
	layers := []nnlib.Layer{nnlib.Input(features)}
	for i, units := range g.Units {
		a, ok := activations[g.Activations[i]]
		if !ok {
			t.Fatalf("activation %q is not known to this test", g.Activations[i])
		}
		layers = append(layers, nnlib.Dense(units, a))
	}
	m := nnlib.NewSequential(layers...)
	for i, p := range m.Params() {
		if i%2 == 0 {
			p.Set(numbers(uint32(10+i/2), p.Shape()...).Scale(2))
		} else {
			p.Set(numbers(uint32(20+i/2), p.Shape()...))
		}
	}
	set := func(field *float64, value *float64) {
		if value != nil {
			*field = *value
		}
	}
	var o nnlib.Optimizer
	switch c := g.Config; g.Optimizer {
	case "SGD":
		sgd := nnlib.SGD()
		set(&sgd.LearningRate, c.LearningRate)
		set(&sgd.Momentum, c.Momentum)
		o = sgd
	case "Adam":
		adam := nnlib.Adam()
		set(&adam.LearningRate, c.LearningRate)
		set(&adam.Beta1, c.Beta1)
		set(&adam.Beta2, c.Beta2)
		set(&adam.Epsilon, c.Epsilon)
		o = adam
	}
	m.Compile(o, losses[g.Loss], nnlib.Accuracy)
	return m
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
			h := m.Fit(d, nnlib.FitOptions{Epochs: len(g.Losses), BatchSize: g.Batch, NoShuffle: true, Quiet: true})
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
			for i, got := range m.Predict(d.X).Row(0) {
				near("prediction", i, got, g.Predicted[i], 1e-4) // of numbers about 1
			}
			t.Logf("loss %.4f to %.4f, greatest difference %.2g of what is allowed", g.Losses[0], g.Losses[len(g.Losses)-1], worst)
		})
	}
}
