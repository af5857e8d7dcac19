package nnlib

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// A Layer is one stage of a model: Dense, Flatten or Input. NewSequential copies the layers it is given, so that one
// value may be used in several models, each with weights of its own. Layers are made by this package only: a type of
// your own cannot be one yet.
type Layer interface {
	// Name returns what kind of layer it is.
	Name() string
	// OutputShape returns the shape of one example after the layer, given the shape before it. It panics with an
	// *Error where the layer cannot take that shape.
	OutputShape(input []int) []int

	// inputShape returns the shape of one example that the layer was made for, or nil.
	inputShape() []int
	// params returns new parameters with their first values.
	params(input []int, rng *rand.Rand) []*Param
	// lower adds the layer's operations to a program.
	lower(l *lowering, params []*Param)
}

// Dense returns a layer of units neurons, each connected to every input, with weights drawn from Glorot's uniform
// distribution and zero biases.
func Dense(units int, activation Activation) DenseLayer {
	d := DenseLayer{Units: units, Activation: activation}
	d.check()
	return d
}

// check panics where the fields make no sense.
func (d DenseLayer) check() {
	if d.Units < 1 {
		panic(&Error{Op: "Dense", Received: count(d.Units, "unit"), Expected: "at least 1 is expected"})
	}
	if d.Units == 1 && d.Activation.kind == backend.Softmax {
		panic(&Error{Op: "Dense", Received: "Softmax of 1 unit, which is always 1", Expected: "a unit for each class is expected, or nnlib.Sigmoid"})
	}
}

// DenseLayer computes y = activation(x·W + b) with x (batch, features), W (features, Units) and b (Units).
type DenseLayer struct {
	Units      int        // neurons, at least 1; also the layer's outputs
	Activation Activation // of each neuron's sum, or of the row of them; Linear
	NoBias     bool       // leaves b out
}

// Name returns "Dense".
func (DenseLayer) Name() string { return "Dense" }

// OutputShape returns Units for an input of one axis.
func (d DenseLayer) OutputShape(input []int) []int {
	if len(input) != 1 {
		panic(&Error{Op: "Dense", Received: "input has shape " + dims(input), Expected: "one axis is expected: put nnlib.Flatten(" + commas(input) + ") before it"})
	}
	return []int{d.Units}
}

func (DenseLayer) inputShape() []int { return nil }

// params draws weights from ±√(6/(features+units)): Glorot and Bengio (2010), which keeps the spread of the numbers
// alike from layer to layer.
func (d DenseLayer) params(input []int, rng *rand.Rand) []*Param {
	n := input[0]
	w := NewTensor(n, d.Units)
	limit := math.Sqrt(6 / float64(n+d.Units))
	for i := range w.Data {
		w.Data[i] = float32(limit * (2*rng.Float64() - 1))
	}
	params := []*Param{{name: "weights", shape: w.Shape, kept: w.Data}}
	if !d.NoBias {
		params = append(params, &Param{name: "bias", shape: []int{d.Units}, kept: make([]float32, d.Units)})
	}
	return params
}

func (d DenseLayer) lower(l *lowering, params []*Param) { l.dense(d, params) }

// Flatten returns a layer that lays the numbers of each example out in one row. shape is that of one example, such as
// 192, 192, 3 for colour pictures; without it the layer takes what comes.
func Flatten(shape ...int) FlattenLayer {
	checkShape("Flatten", shape)
	return FlattenLayer{Shape: shape}
}

// FlattenLayer lays each example out in one row.
type FlattenLayer struct {
	Shape []int // of one example; empty for any
}

// Name returns "Flatten".
func (FlattenLayer) Name() string { return "Flatten" }

// OutputShape returns the product of the input's lengths.
func (f FlattenLayer) OutputShape(input []int) []int {
	if len(f.Shape) > 0 && !slices.Equal(f.Shape, input) {
		panic(&Error{Op: "Flatten", Received: "input has shape " + dims(input), Expected: "layer expects " + dims(f.Shape)})
	}
	return []int{product(input)}
}

func (f FlattenLayer) inputShape() []int               { return f.Shape }
func (FlattenLayer) params([]int, *rand.Rand) []*Param { return nil }
func (FlattenLayer) lower(l *lowering, _ []*Param)     {} // rows are flat already

// Input returns a layer that changes nothing and says what one example looks like, so that a model has its weights
// before it has seen data.
func Input(shape ...int) InputLayer {
	if len(shape) == 0 {
		panic(&Error{Op: "Input", Received: "no shape", Expected: "the lengths of one example's axes are expected"})
	}
	checkShape("Input", shape)
	return InputLayer{Shape: shape}
}

// InputLayer says what one example looks like.
type InputLayer struct {
	Shape []int // of one example
}

// Name returns "Input".
func (InputLayer) Name() string { return "Input" }

// OutputShape returns the input's shape, which must be the one that was declared.
func (i InputLayer) OutputShape(input []int) []int {
	if !slices.Equal(i.Shape, input) {
		panic(&Error{Op: "Input", Received: "input has shape " + dims(input), Expected: "layer expects " + dims(i.Shape)})
	}
	return input
}

func (i InputLayer) inputShape() []int               { return i.Shape }
func (InputLayer) params([]int, *rand.Rand) []*Param { return nil }
func (InputLayer) lower(l *lowering, _ []*Param)     {}

func checkShape(op string, shape []int) {
	for _, d := range shape {
		if d < 1 {
			panic(&Error{Op: op, Received: "shape " + dims(shape), Expected: "lengths of at least 1 are expected"})
		}
	}
}

func dims(shape []int) string { return "(" + commas(shape) + ")" }

func commas(shape []int) string {
	s := fmt.Sprint(shape)
	out := make([]byte, 0, len(s))
	for _, c := range []byte(s[1 : len(s)-1]) {
		if c == ' ' {
			out = append(out, ',')
		}
		out = append(out, c)
	}
	return string(out)
}

func product(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
