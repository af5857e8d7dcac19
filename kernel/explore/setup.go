package explore

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

// A Setup is the whole state of a playground before it has learned: what it learns, with which network and how. Zero values
// mean the defaults. As text it is Go, to be copied into a cell.
type Setup struct {
	Data         string  // "circle", "xor", "spiral", "moons" or "blobs"; "circle"
	Examples     int     // to learn from, and as many to test with, 20 to 1000; 200
	Noise        float64 // from 0 to 0.5; 0
	Layers       []int   // units of each hidden layer: at most three layers of at most 8; nil for {4, 2}, and {} for none
	Activation   string  // of the hidden layers, by Keras' name; "tanh"
	LearningRate float64 // of Adam; 0.03
	L2           float64 // what the weights add to the loss; 0
	BatchSize    int     // 10
	Seed         int64   // of the data and the first weights; 1
}

// Limits of a setup.
const (
	mostLayers = 3
	mostUnits  = 8
)

var (
	datasets    = []string{"circle", "xor", "spiral", "moons", "blobs"}
	activations = []string{"tanh", "relu", "leaky_relu", "sigmoid", "gelu", "linear"}
)

func (s Setup) withDefaults() Setup {
	or := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	or(&s.Examples, 200)
	or(&s.BatchSize, 10)
	if s.Data == "" {
		s.Data = "circle"
	}
	if s.Layers == nil {
		s.Layers = []int{4, 2}
	}
	if s.Activation == "" {
		s.Activation = "tanh"
	}
	if s.LearningRate == 0 {
		s.LearningRate = 0.03
	}
	if s.Seed == 0 {
		s.Seed = 1
	}
	return s
}

// check panics where a setup cannot be played.
func (s Setup) check() {
	const op = "explore.Playground"
	wrong := func(received, expected string) {
		panic(&nnlib.Error{Op: op, Received: received, Expected: expected})
	}
	if !slices.Contains(datasets, s.Data) {
		wrong(fmt.Sprintf("Data is %q", s.Data), "one of "+strings.Join(datasets, ", ")+" is expected")
	}
	if !slices.Contains(activations, s.Activation) {
		wrong(fmt.Sprintf("Activation is %q", s.Activation), "one of "+strings.Join(activations, ", ")+" is expected")
	}
	if s.Examples < 20 || s.Examples > 1000 {
		wrong(fmt.Sprintf("Examples is %d", s.Examples), "20 to 1000 are expected")
	}
	if !(s.Noise >= 0 && s.Noise <= 0.5) {
		wrong(fmt.Sprintf("Noise is %g", s.Noise), "0 to 0.5 is expected")
	}
	if len(s.Layers) > mostLayers {
		wrong(fmt.Sprintf("%d Layers", len(s.Layers)), fmt.Sprintf("at most %d are expected", mostLayers))
	}
	for _, u := range s.Layers {
		if u < 1 || u > mostUnits {
			wrong(fmt.Sprintf("a layer of %d units", u), fmt.Sprintf("1 to %d are expected", mostUnits))
		}
	}
	if !(s.LearningRate > 0) || !(s.L2 >= 0) || s.BatchSize < 1 {
		wrong(fmt.Sprintf("LearningRate %g, L2 %g and BatchSize %d", s.LearningRate, s.L2, s.BatchSize), "a rate above 0, an L2 of at least 0 and a batch of at least 1 are expected")
	}
}

// String returns the setup as Go.
func (s Setup) String() string {
	return fmt.Sprintf("explore.Setup{Data: %q, Examples: %d, Noise: %g, Layers: []int{%s}, Activation: %q, LearningRate: %g, L2: %g, BatchSize: %d, Seed: %d}",
		s.Data, s.Examples, s.Noise, strings.Trim(strings.ReplaceAll(fmt.Sprint(s.Layers), " ", ", "), "[]"), s.Activation, s.LearningRate, s.L2, s.BatchSize, s.Seed)
}

// data returns the examples to learn from and those to test with.
func (s Setup) data() (train, test *nnlib.Dataset) {
	draw := map[string]func(n int, noise float64, seed int64) *nnlib.Dataset{
		"circle": nnlib.Circle, "xor": nnlib.XORPoints, "spiral": nnlib.Spiral, "moons": nnlib.Moons,
		"blobs": func(n int, noise float64, seed int64) *nnlib.Dataset { return nnlib.Blobs(n, 2, noise, seed) },
	}[s.Data]
	return draw(s.Examples, s.Noise, s.Seed), draw(s.Examples, s.Noise, s.Seed+1_000_000)
}

// model returns the network, ready to learn, and its optimizer.
func (s Setup) model() (*nnlib.Sequential, *nnlib.AdamOptimizer) {
	f, err := nnlib.ActivationByName(s.Activation)
	if err != nil {
		panic(err) // check has seen the name
	}
	var layers []nnlib.Layer
	for _, units := range append(append([]int(nil), s.Layers...), 1) {
		d := nnlib.Dense(units, f)
		d.KernelRegularizer = nnlib.L2(s.L2)
		layers = append(layers, d)
	}
	layers[len(layers)-1].(*nnlib.DenseLayer).Activation = nnlib.Sigmoid
	m := nnlib.NewSequential(layers...)
	m.Seed = s.Seed
	adam := nnlib.Adam()
	adam.LearningRate = s.LearningRate
	m.Compile(adam, nnlib.BinaryCrossentropy, nnlib.Accuracy)
	return m, adam
}
