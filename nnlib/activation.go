package nnlib

import (
	"fmt"
	"math"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// An Activation is what a layer does to its weighted sums. The zero value is Linear.
type Activation struct {
	name string
	kind backend.Kind // 0 for Linear; the gradient's kind is the next one
	f    func(x float64) float64
	df   func(x float64) float64
}

// The activations.
var (
	// Linear leaves numbers as they are.
	Linear = Activation{}
	// Step is 1 above zero, else 0, as in the perceptron. Its slope is 0, so nothing can be learned through it.
	Step = Activation{"Step", backend.Step, step, func(float64) float64 { return 0 }}
	// Sigmoid is 1/(1+e^-x): a smooth step.
	Sigmoid = Activation{"Sigmoid", backend.Sigmoid, sigmoid, func(x float64) float64 { return sigmoid(x) * sigmoid(-x) }}
	// Tanh is the sigmoid stretched to run from -1 to 1.
	Tanh = Activation{"Tanh", backend.Tanh, math.Tanh, func(x float64) float64 { return 1 - math.Tanh(x)*math.Tanh(x) }}
	// ReLU is max(x, 0).
	ReLU = Activation{"ReLU", backend.ReLU, func(x float64) float64 { return max(x, 0) }, step}
	// Softmax turns each row into probabilities: e^x, divided by the row's sum.
	Softmax = Activation{"Softmax", backend.Softmax, nil, nil}
)

func step(x float64) float64 {
	if x > 0 {
		return 1
	}
	return 0
}

// sigmoid takes the form that does not overflow on x's side of zero.
func sigmoid(x float64) float64 {
	if e := math.Exp(-abs(x)); x < 0 {
		return e / (1 + e)
	} else {
		return 1 / (1 + e)
	}
}

// String returns the activation's name.
func (a Activation) String() string {
	if a.kind == 0 {
		return "Linear"
	}
	return a.name
}

// At returns the activation of one number. Softmax needs a whole row: use Of.
func (a Activation) At(x float64) float64 {
	switch {
	case a.kind == 0:
		return x
	case a.f == nil:
		panic(&Error{Op: a.name, Received: "At was given one number", Expected: "a whole row is expected: use " + a.name + ".Of with a tensor"})
	}
	return a.f(x)
}

// Derivative returns the slope at x; at a corner, that of the left side. Softmax has a slope for each pair of inputs
// and outputs, and none by itself.
func (a Activation) Derivative(x float64) float64 {
	switch {
	case a.kind == 0:
		return 1
	case a.df == nil:
		panic(&Error{Op: a.name, Received: "Derivative was given one number", Expected: "a whole row is expected: a layer's backward pass computes it"})
	}
	return a.df(x)
}

// Of returns the activation of every number of t; for Softmax, of every row along the last axis.
func (a Activation) Of(t *Tensor) *Tensor {
	if a.f != nil || a.kind == 0 {
		return t.Apply(a.At)
	}
	if len(t.Shape) == 0 || t.Shape[len(t.Shape)-1] == 0 {
		panic(&Error{Op: a.name, Received: fmt.Sprintf("tensor has shape %v", t.Shape), Expected: "rows of at least one number are expected"})
	}
	out := t.Copy()
	for n, rest := t.Shape[len(t.Shape)-1], out.Data; len(rest) > 0; rest = rest[n:] {
		softmax(rest[:n])
	}
	return out
}

// softmax replaces a row by e^(x-M) / Σ e^(x-M), M the maximum. Equal infinities count as equal, so that numbers
// never give NaN.
func softmax(row []float32) {
	top := math.Inf(-1)
	for _, v := range row {
		top = max(top, float64(v))
	}
	power := func(v float32) float64 {
		if float64(v) == top {
			return 1
		}
		return math.Exp(float64(v) - top)
	}
	sum := 0.0
	for _, v := range row {
		sum += power(v)
	}
	for i, v := range row {
		row[i] = float32(power(v) / sum)
	}
}
