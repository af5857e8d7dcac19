package nnlib

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// BatchNormalization returns a layer that gives each feature mean 0 and variance 1 over the batch, then scales and moves
// it by what it learns (Ioffe and Szegedy 2015), with Keras' defaults: momentum 0.99, epsilon 0.001.
func BatchNormalization() *BatchNormalizationLayer {
	return &BatchNormalizationLayer{Momentum: 0.99, Epsilon: 0.001}
}

// BatchNormalizationLayer computes y = gamma·(x - mean)/√(variance + Epsilon) + beta for each feature along the last axis.
// While a model learns, mean and variance are those of the batch, and running ones follow them:
// moving = Momentum·moving + (1-Momentum)·batch. Otherwise the running ones are used.
type BatchNormalizationLayer struct {
	Momentum float64 // how much of the running mean is kept from batch to batch, 0 to 1
	Epsilon  float64 // added to the variance, above 0
	NoScale  bool    // leaves gamma out
	NoCenter bool    // leaves beta out
	Name     string  // in tables and files; batch_normalization, batch_normalization_1, ...

	layerState
}

func (n *BatchNormalizationLayer) check() {
	if !(n.Momentum >= 0 && n.Momentum <= 1) || !(n.Epsilon > 0) {
		panic(&Error{Op: "BatchNormalization", Received: fmt.Sprintf("momentum %g and epsilon %g", n.Momentum, n.Epsilon), Expected: "a momentum from 0 to 1 and an epsilon above 0 are expected: begin with nnlib.BatchNormalization()"})
	}
}

// OutputShape returns the input's shape.
func (n *BatchNormalizationLayer) OutputShape(input []int) []int {
	if features := input[len(input)-1]; n.input != nil && n.input[len(n.input)-1] != features {
		panic(&Error{Op: "BatchNormalization", Received: "input has " + count(features, "feature"), Expected: "parameters expect " + strconv.Itoa(n.input[len(n.input)-1])})
	}
	return input
}

// Forward computes the layer by itself. In training it changes the running means.
func (n *BatchNormalizationLayer) Forward(x *Tensor, training bool) *Tensor {
	return forwardAlone(n, x, training)
}

// Backward takes a gradient back through the last Forward in training.
func (n *BatchNormalizationLayer) Backward(dy *Tensor) *Tensor { return backwardAlone(n, dy) }

func (n *BatchNormalizationLayer) className() string { return "BatchNormalization" }
func (n *BatchNormalizationLayer) givenName() string { return n.Name }
func (n *BatchNormalizationLayer) inputShape() []int { return nil }
func (n *BatchNormalizationLayer) fresh() builtin {
	c := *n
	c.layerState = layerState{}
	return &c
}

// makeParams returns gamma, beta, moving mean and moving variance, in Keras' order, without those that are left out.
func (n *BatchNormalizationLayer) makeParams(input []int, _ *rand.Rand) []*Param {
	features := input[len(input)-1]
	var params []*Param
	add := func(name string, value float32, fixed bool) {
		p := newParam(name, features)
		for i := range p.kept.Numbers {
			p.kept.Numbers[i] = value
		}
		p.fixed = fixed
		params = append(params, p)
	}
	if !n.NoScale {
		add("gamma", 1, false)
	}
	if !n.NoCenter {
		add("beta", 0, false)
	}
	add("moving_mean", 0, true)
	add("moving_variance", 1, true)
	return params
}

func (n *BatchNormalizationLayer) lower(l *lowering) {
	x, before := l.operand(), l.learned
	rest := n.params
	next := func() (*Param, backend.Slot) {
		p := rest[0]
		rest = rest[1:]
		return p, l.param(p)
	}
	var gamma, beta *Param
	g, b := backend.None, backend.None
	if !n.NoScale {
		gamma, g = next()
	}
	if !n.NoCenter {
		beta, b = next()
	}
	_, movingMean := next()
	_, movingVariance := next()
	if !l.training {
		y := l.over(x, "y")
		l.emit(backend.Op{Kind: backend.BatchNormInference, Consts: []float32{float32(n.Epsilon)}, In: []backend.Slot{x, g, b, movingMean, movingVariance}, Out: []backend.Slot{y}})
		l.out = y
		return
	}
	features := n.input[len(n.input)-1]
	mean, inverse := l.slot(l.name("mean"), backend.Temp, false, features), l.slot(l.name("inverse"), backend.Temp, false, features)
	y := l.temp("y", l.shape...)
	l.emit(backend.Op{Kind: backend.BatchNorm, Consts: []float32{float32(n.Momentum), float32(n.Epsilon)},
		In: []backend.Slot{x, g, b}, Out: []backend.Slot{y, mean, inverse, movingMean, movingVariance}})
	l.out = y
	l.onUndo(func() {
		dy, dgamma, dbeta := l.gradient(), backend.None, backend.None
		if gamma != nil {
			dgamma = l.gradOf(gamma)
		}
		if beta != nil {
			dbeta = l.gradOf(beta)
		}
		l.dy = l.over(dy, "dx")
		l.emit(backend.Op{Kind: backend.BatchNormGrad, In: []backend.Slot{dy, x, g, mean, inverse}, Out: []backend.Slot{l.dy, dgamma, dbeta}})
		l.done = before == 0
	})
}
