package nnlib

import (
	"fmt"
	"math"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// An Activation is what a layer does to its weighted sums. The zero value is Linear.
type Activation struct {
	name  string
	fn    backend.Func // 0 for Linear and Softmax
	slope float64      // of LeakyReLU, below zero
	f     func(x float64) float64
	df    func(x float64) float64
}

// The activations.
var (
	// Linear leaves numbers as they are.
	Linear = Activation{}
	// Step is 1 above zero, else 0, as in the perceptron. Its slope is 0, so nothing can be learned through it.
	Step = Activation{"Step", backend.Step, 0, step, func(float64) float64 { return 0 }}
	// Sigmoid is 1/(1+e^-x): a smooth step.
	Sigmoid = Activation{"Sigmoid", backend.Sigmoid, 0, sigmoid, func(x float64) float64 { return sigmoid(x) * sigmoid(-x) }}
	// Tanh is the sigmoid stretched to run from -1 to 1.
	Tanh = Activation{"Tanh", backend.Tanh, 0, math.Tanh, func(x float64) float64 { return 1 - math.Tanh(x)*math.Tanh(x) }}
	// ReLU is max(x, 0).
	ReLU = Activation{"ReLU", backend.ReLU, 0, func(x float64) float64 { return max(x, 0) }, step}
	// LeakyReLU is x above zero and 0.2·x below, Keras' slope; see LeakyReLUWith for others.
	LeakyReLU = LeakyReLUWith(0.2)
	// GELU is x·Φ(x), with Φ(x) the share of a normal distribution below x (Hendrycks and Gimpel 2016): a smooth ReLU.
	GELU = Activation{"GELU", backend.GELU, 0, func(x float64) float64 { return x * normal(x) }, func(x float64) float64 {
		return normal(x) + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi)
	}}
	// Softmax turns each row into probabilities: e^x, divided by the row's sum.
	Softmax = Activation{name: "Softmax"}
)

// LeakyReLUWith returns the activation that is x above zero and slope·x below; slope is at least 0.
func LeakyReLUWith(slope float64) Activation {
	if !(slope >= 0) || math.IsInf(slope, 1) {
		panic(&Error{Op: "LeakyReLUWith", Received: fmt.Sprintf("slope %g", slope), Expected: "a number of at least 0 is expected"})
	}
	return Activation{"LeakyReLU", backend.ReLU, slope, func(x float64) float64 {
		if x > 0 {
			return x
		}
		return slope * x
	}, func(x float64) float64 {
		if x > 0 {
			return 1
		}
		return slope
	}}
}

func (a Activation) linear() bool  { return a.name == "" }
func (a Activation) softmax() bool { return a.fn == 0 && a.name != "" }

// normal is Φ, by the form that keeps its digits far below zero.
func normal(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

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
	if a.linear() {
		return "Linear"
	}
	return a.name
}

// At returns the activation of one number. Softmax needs a whole row: use Of.
func (a Activation) At(x float64) float64 {
	switch {
	case a.linear():
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
	case a.linear():
		return 1
	case a.df == nil:
		panic(&Error{Op: a.name, Received: "Derivative was given one number", Expected: "a whole row is expected: a layer's backward pass computes it"})
	}
	return a.df(x)
}

// Of returns the activation of every number of t; for Softmax, of every row along the last axis.
func (a Activation) Of(t *Tensor) *Tensor {
	if a.f != nil || a.linear() {
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
