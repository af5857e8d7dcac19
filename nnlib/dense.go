package nnlib

import (
	"math/rand/v2"
	"strconv"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// Dense returns a layer of units neurons, each connected to every input, with Keras' defaults: weights by
// GlorotUniform and zero biases.
func Dense(units int, activation Activation) *DenseLayer {
	d := &DenseLayer{Units: units, Activation: activation}
	d.check()
	return d
}

// DenseLayer computes y = activation(x·W + b) with x (batch, features), W (features, Units) and b (Units).
type DenseLayer struct {
	Units             int         // neurons, at least 1; also the layer's outputs
	Activation        Activation  // of each neuron's sum, or of the row of them; Linear
	NoBias            bool        // leaves b out
	KernelInitializer Initializer // of W; GlorotUniform
	BiasInitializer   Initializer // of b; Zeros
	KernelRegularizer Regularizer // what W adds to the loss; nothing
	BiasRegularizer   Regularizer // what b adds to the loss; nothing
	Name              string      // in tables and files; dense, dense_1, ...

	layerState
}

func (d *DenseLayer) check() {
	if d.Units < 1 {
		panic(&Error{Op: "Dense", Received: count(d.Units, "unit"), Expected: "at least 1 is expected"})
	}
	if d.Units == 1 && d.Activation.softmax() {
		panic(&Error{Op: "Dense", Received: "Softmax of 1 unit, which is always 1", Expected: "a unit for each class is expected, or nnlib.Sigmoid"})
	}
	d.KernelRegularizer.check("Dense")
	d.BiasRegularizer.check("Dense")
}

// OutputShape returns Units for an input of one axis.
func (d *DenseLayer) OutputShape(input []int) []int {
	if len(input) != 1 {
		panic(&Error{Op: "Dense", Received: "input has shape " + dims(input), Expected: "one axis is expected: put nnlib.Flatten(" + commas(input) + ") before it"})
	}
	if d.input != nil && d.input[0] != input[0] {
		panic(&Error{Op: "Dense", Received: "input has " + count(input[0], "feature"), Expected: "weights expect " + strconv.Itoa(d.input[0])})
	}
	return []int{d.Units}
}

// Forward computes the layer by itself, on the reference backend.
func (d *DenseLayer) Forward(x *Tensor, training bool) *Tensor { return forwardAlone(d, x, training) }

// Backward takes a gradient back through the last Forward in training.
func (d *DenseLayer) Backward(dy *Tensor) *Tensor { return backwardAlone(d, dy) }

func (d *DenseLayer) className() string { return "Dense" }
func (d *DenseLayer) givenName() string { return d.Name }
func (d *DenseLayer) inputShape() []int { return nil }
func (d *DenseLayer) fresh() builtin {
	c := *d
	c.layerState = layerState{}
	return &c
}

func (d *DenseLayer) makeParams(input []int, rng *rand.Rand) []*Param {
	n := input[0]
	w := newParam("kernel", n, d.Units)
	d.KernelInitializer.or(GlorotUniform).fill(w.kept.Numbers, n, d.Units, rng)
	w.reg = d.KernelRegularizer
	params := []*Param{w}
	if !d.NoBias {
		b := newParam("bias", d.Units)
		d.BiasInitializer.or(Zeros).fill(b.kept.Numbers, n, d.Units, rng)
		b.reg = d.BiasRegularizer
		params = append(params, b)
	}
	return params
}

func (d *DenseLayer) lower(l *lowering) {
	x, before := l.operand(), l.learned
	w, bias := l.param(d.params[0]), backend.None
	if !d.NoBias {
		bias = l.param(d.params[1])
	}
	y := l.temp("y", d.Units)
	l.emit(backend.Op{Kind: backend.Dense, In: []backend.Slot{x, w, bias}, Out: []backend.Slot{y}})
	l.out, l.shape, l.pending = y, []int{d.Units}, d.Activation
	l.onUndo(func() {
		dy := l.gradient()
		l.emit(backend.Op{Kind: backend.DenseGradWeight, In: []backend.Slot{x, dy}, Out: []backend.Slot{l.gradOf(d.params[0])}})
		if !d.NoBias {
			l.emit(backend.Op{Kind: backend.DenseGradBias, In: []backend.Slot{dy}, Out: []backend.Slot{l.gradOf(d.params[1])}})
		}
		if before == 0 {
			l.done = true // nothing before this layer learns
			return
		}
		l.dy = l.temp("dx", d.input[0])
		l.emit(backend.Op{Kind: backend.DenseGradInput, In: []backend.Slot{dy, w}, Out: []backend.Slot{l.dy}})
	})
}
