package nnlib

import (
	"fmt"
	"math"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// An Optimizer says how gradients change parameters. Its fields may be changed at any time, also while a model trains:
// the next batch uses them. Several models may share one; what an optimizer remembers of gradients is each model's own.
// Optimizers are those of this package: a type of your own cannot be one yet.
type Optimizer interface {
	// Name returns what the optimizer is called.
	Name() string

	// update returns the operation that changes a parameter. It panics where a field makes no sense.
	update() update
	// rates writes the rates of training step t, counted from 1.
	rates(out []float32, t int)
}

// An update is the operation that changes a parameter by its gradient.
type update struct {
	kind   backend.Kind
	states int // how many a parameter has
	rates  int // how many numbers the operation reads
}

// SGD returns stochastic gradient descent with Keras' defaults: learning rate 0.01, no momentum.
func SGD() *SGDOptimizer { return &SGDOptimizer{LearningRate: 0.01} }

// SGDOptimizer moves parameters against the gradient: v = Momentum·v - LearningRate·g; w += v.
type SGDOptimizer struct {
	LearningRate float64 // above 0
	Momentum     float64 // 0 to below 1; whether there is any is fixed by Compile
}

// Name returns "SGD".
func (*SGDOptimizer) Name() string { return "SGD" }

// String returns the name and the fields.
func (s *SGDOptimizer) String() string {
	return fmt.Sprintf("SGD: learning rate %g, momentum %g", s.LearningRate, s.Momentum)
}

func (s *SGDOptimizer) update() update {
	if !(s.LearningRate > 0) || s.Momentum < 0 || s.Momentum >= 1 {
		panic(&Error{Op: "SGD", Received: fmt.Sprintf("learning rate %g and momentum %g", s.LearningRate, s.Momentum), Expected: "a rate above 0 and a momentum from 0 to below 1 are expected"})
	}
	if s.Momentum == 0 {
		return update{kind: backend.SGD, rates: 1}
	}
	return update{kind: backend.Momentum, states: 1, rates: 2}
}

func (s *SGDOptimizer) rates(out []float32, _ int) {
	out[0] = float32(s.LearningRate)
	if len(out) > 1 {
		out[1] = float32(s.Momentum)
	}
}

// Adam returns the optimizer of Kingma and Ba (2015) with Keras' defaults: learning rate 0.001, beta1 0.9, beta2
// 0.999, epsilon 1e-7.
func Adam() *AdamOptimizer {
	return &AdamOptimizer{LearningRate: 0.001, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7}
}

// AdamOptimizer gives each parameter a step of its own: the running mean of its gradients, divided by the root of the
// running mean of their squares.
type AdamOptimizer struct {
	LearningRate float64 // above 0
	Beta1        float64 // how much of the mean is kept from step to step
	Beta2        float64 // how much of the mean of squares is kept
	Epsilon      float64 // added to the root, so that nothing is divided by zero
}

// Name returns "Adam".
func (*AdamOptimizer) Name() string { return "Adam" }

// String returns the name and the fields.
func (a *AdamOptimizer) String() string {
	return fmt.Sprintf("Adam: learning rate %g, beta1 %g, beta2 %g, epsilon %g", a.LearningRate, a.Beta1, a.Beta2, a.Epsilon)
}

func (a *AdamOptimizer) update() update {
	if !(a.LearningRate > 0) || a.Beta1 < 0 || a.Beta1 >= 1 || a.Beta2 < 0 || a.Beta2 >= 1 || !(a.Epsilon > 0) {
		panic(&Error{Op: "Adam", Received: fmt.Sprintf("learning rate %g, beta1 %g, beta2 %g and epsilon %g", a.LearningRate, a.Beta1, a.Beta2, a.Epsilon), Expected: "a rate and an epsilon above 0 and betas from 0 to below 1 are expected"})
	}
	return update{kind: backend.Adam, states: 2, rates: 4}
}

// rates folds the correction for states that began as zeros into the learning rate, as in section 2 of the paper.
func (a *AdamOptimizer) rates(out []float32, t int) {
	out[0] = float32(a.LearningRate * math.Sqrt(1-math.Pow(a.Beta2, float64(t))) / (1 - math.Pow(a.Beta1, float64(t))))
	out[1], out[2], out[3] = float32(1-a.Beta1), float32(1-a.Beta2), float32(a.Epsilon)
}
