package nnlib

import (
	"context"
	"fmt"
	"math"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// background is for runs that nothing interrupts.
var background = context.Background()

// SGD returns stochastic gradient descent with Keras' defaults: learning rate 0.01, no momentum.
func SGD() *SGDOptimizer { return &SGDOptimizer{LearningRate: 0.01} }

// SGDOptimizer moves parameters against the gradient: v = Momentum·v - LearningRate·g; w += v, or with Nesterov
// w += Momentum·v - LearningRate·g.
type SGDOptimizer struct {
	LearningRate   float64  // above 0
	Momentum       float64  // 0 to below 1; whether there is any is fixed by Compile
	Nesterov       bool     // looks ahead by the momentum
	Schedule       Schedule // gives the learning rate in place of LearningRate; nil
	WeightDecay    float64  // each step also takes LearningRate·WeightDecay of each parameter away; 0
	ClipValue      float64  // holds each number of a gradient within ±ClipValue; 0 for not
	ClipNorm       float64  // shortens each parameter's gradient to this length; 0 for not
	GlobalClipNorm float64  // shortens all gradients together to this length; 0 for not

	alone *alone
}

// String returns the name and the fields.
func (s *SGDOptimizer) String() string {
	text := s.common().describe("momentum", s.Momentum)
	if s.Nesterov {
		text += ", Nesterov"
	}
	return text
}

// Step changes parameters that are no model's; a model does it compiled.
func (s *SGDOptimizer) Step(params []*Param) { stepAlone(&s.alone, s, params) }

func (s *SGDOptimizer) common() common {
	return common{"SGD", &s.LearningRate, s.Schedule, s.WeightDecay, s.ClipValue, s.ClipNorm, s.GlobalClipNorm}
}

func (s *SGDOptimizer) update() update {
	if !(s.LearningRate > 0) && s.Schedule == nil || !(s.Momentum >= 0 && s.Momentum < 1) {
		panic(&Error{Op: "SGD", Received: fmt.Sprintf("learning rate %g and momentum %g", s.LearningRate, s.Momentum), Expected: "a rate above 0 and a momentum from 0 to below 1 are expected"})
	}
	s.common().check()
	if s.Momentum == 0 {
		return update{kind: backend.SGD, hypers: 2}
	}
	return update{kind: backend.Momentum, states: 1, hypers: 4}
}

func (s *SGDOptimizer) hyper(out []float32, t int) {
	out[0] = float32(s.common().at(t))
	if len(out) > 2 {
		out[1], out[2] = float32(s.Momentum), 0
		if s.Nesterov {
			out[2] = 1
		}
	}
}

// Adam returns the optimizer of Kingma and Ba (2015) with Keras' defaults: learning rate 0.001, beta1 0.9, beta2
// 0.999, epsilon 1e-7.
func Adam() *AdamOptimizer {
	return &AdamOptimizer{LearningRate: 0.001, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7}
}

// AdamW returns Adam with weight decay (Loshchilov and Hutter 2019) and Keras' defaults: those of Adam, weight decay
// 0.004.
func AdamW() *AdamOptimizer {
	a := Adam()
	a.WeightDecay = 0.004
	return a
}

// AdamOptimizer gives each parameter a step of its own: the running mean of its gradients, divided by the root of the
// running mean of their squares.
type AdamOptimizer struct {
	LearningRate   float64  // above 0
	Beta1          float64  // how much of the mean is kept from step to step
	Beta2          float64  // how much of the mean of squares is kept
	Epsilon        float64  // added to the root, so that nothing is divided by zero
	Schedule       Schedule // gives the learning rate in place of LearningRate; nil
	WeightDecay    float64  // each step also takes LearningRate·WeightDecay of each parameter away; 0
	ClipValue      float64  // holds each number of a gradient within ±ClipValue; 0 for not
	ClipNorm       float64  // shortens each parameter's gradient to this length; 0 for not
	GlobalClipNorm float64  // shortens all gradients together to this length; 0 for not

	alone *alone
}

// String returns the name and the fields.
func (a *AdamOptimizer) String() string {
	return a.common().describe("beta1", a.Beta1, "beta2", a.Beta2, "epsilon", a.Epsilon)
}

// Step changes parameters that are no model's; a model does it compiled.
func (a *AdamOptimizer) Step(params []*Param) { stepAlone(&a.alone, a, params) }

func (a *AdamOptimizer) common() common {
	return common{"Adam", &a.LearningRate, a.Schedule, a.WeightDecay, a.ClipValue, a.ClipNorm, a.GlobalClipNorm}
}

func (a *AdamOptimizer) update() update {
	if !(a.LearningRate > 0) && a.Schedule == nil || !(a.Beta1 >= 0 && a.Beta1 < 1) || !(a.Beta2 >= 0 && a.Beta2 < 1) || !(a.Epsilon > 0) {
		panic(&Error{Op: "Adam", Received: fmt.Sprintf("learning rate %g, beta1 %g, beta2 %g and epsilon %g", a.LearningRate, a.Beta1, a.Beta2, a.Epsilon), Expected: "a rate and an epsilon above 0 and betas from 0 to below 1 are expected"})
	}
	a.common().check()
	return update{kind: backend.Adam, states: 2, hypers: 5}
}

// hyper folds the correction for states that began as zeros into the learning rate, as in section 2 of the paper.
func (a *AdamOptimizer) hyper(out []float32, t int) {
	out[0] = float32(a.common().at(t) * math.Sqrt(1-math.Pow(a.Beta2, float64(t))) / (1 - math.Pow(a.Beta1, float64(t))))
	out[1], out[2], out[3] = float32(1-a.Beta1), float32(1-a.Beta2), float32(a.Epsilon)
}

// RMSprop returns the optimizer of Tieleman and Hinton (2012) with Keras' defaults: learning rate 0.001, rho 0.9, no
// momentum, epsilon 1e-7.
func RMSprop() *RMSpropOptimizer {
	return &RMSpropOptimizer{LearningRate: 0.001, Rho: 0.9, Epsilon: 1e-7}
}

// RMSpropOptimizer divides each gradient by the root of the running mean of its squares.
type RMSpropOptimizer struct {
	LearningRate   float64  // above 0
	Rho            float64  // how much of the mean of squares is kept from step to step
	Momentum       float64  // 0 to below 1; whether there is any is fixed by Compile
	Epsilon        float64  // added under the root, so that nothing is divided by zero
	Centered       bool     // divides by the deviation, for which the running mean of gradients is kept too
	Schedule       Schedule // gives the learning rate in place of LearningRate; nil
	WeightDecay    float64  // each step also takes LearningRate·WeightDecay of each parameter away; 0
	ClipValue      float64  // holds each number of a gradient within ±ClipValue; 0 for not
	ClipNorm       float64  // shortens each parameter's gradient to this length; 0 for not
	GlobalClipNorm float64  // shortens all gradients together to this length; 0 for not

	alone *alone
}

// String returns the name and the fields.
func (r *RMSpropOptimizer) String() string {
	return r.common().describe("rho", r.Rho, "momentum", r.Momentum, "epsilon", r.Epsilon)
}

// Step changes parameters that are no model's; a model does it compiled.
func (r *RMSpropOptimizer) Step(params []*Param) { stepAlone(&r.alone, r, params) }

func (r *RMSpropOptimizer) common() common {
	return common{"RMSprop", &r.LearningRate, r.Schedule, r.WeightDecay, r.ClipValue, r.ClipNorm, r.GlobalClipNorm}
}

func (r *RMSpropOptimizer) update() update {
	if !(r.LearningRate > 0) && r.Schedule == nil || !(r.Rho >= 0 && r.Rho < 1) || !(r.Momentum >= 0 && r.Momentum < 1) || !(r.Epsilon > 0) {
		panic(&Error{Op: "RMSprop", Received: fmt.Sprintf("learning rate %g, rho %g, momentum %g and epsilon %g", r.LearningRate, r.Rho, r.Momentum, r.Epsilon), Expected: "a rate and an epsilon above 0, rho and momentum from 0 to below 1 are expected"})
	}
	r.common().check()
	switch {
	case r.Centered:
		return update{kind: backend.RMSprop, states: 3, hypers: 5}
	case r.Momentum > 0:
		return update{kind: backend.RMSprop, states: 2, none: 1, hypers: 5}
	}
	return update{kind: backend.RMSprop, states: 1, none: 2, hypers: 5}
}

func (r *RMSpropOptimizer) hyper(out []float32, t int) {
	out[0] = float32(r.common().at(t))
	out[1], out[2], out[3] = float32(1-r.Rho), float32(r.Momentum), float32(r.Epsilon)
}
