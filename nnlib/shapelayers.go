package nnlib

import (
	"math/rand/v2"
	"slices"
)

// Flatten returns a layer that lays the numbers of each example out in one row. shape is that of one example, such as
// 192, 192, 3 for colour pictures; without it the layer takes what comes.
func Flatten(shape ...int) *FlattenLayer {
	checkShape("Flatten", shape)
	return &FlattenLayer{Shape: shape}
}

// FlattenLayer lays each example out in one row.
type FlattenLayer struct {
	Shape []int  // of one example; empty for any
	Name  string // in tables and files; flatten, flatten_1, ...

	layerState
}

// OutputShape returns the product of the input's lengths.
func (f *FlattenLayer) OutputShape(input []int) []int {
	if len(f.Shape) > 0 && !slices.Equal(f.Shape, input) {
		panic(&Error{Op: "Flatten", Received: "input has shape " + dims(input), Expected: "layer expects " + dims(f.Shape)})
	}
	return []int{product(input)}
}

// Forward computes the layer by itself.
func (f *FlattenLayer) Forward(x *Tensor, training bool) *Tensor { return forwardAlone(f, x, training) }

// Backward takes a gradient back through the last Forward in training.
func (f *FlattenLayer) Backward(dy *Tensor) *Tensor { return backwardAlone(f, dy) }

func (f *FlattenLayer) className() string                     { return "Flatten" }
func (f *FlattenLayer) givenName() string                     { return f.Name }
func (f *FlattenLayer) check()                                { checkShape("Flatten", f.Shape) }
func (f *FlattenLayer) inputShape() []int                     { return f.Shape }
func (f *FlattenLayer) makeParams([]int, *rand.Rand) []*Param { return nil }
func (f *FlattenLayer) fresh() builtin {
	return &FlattenLayer{Shape: slices.Clone(f.Shape), Name: f.Name}
}
func (f *FlattenLayer) lower(l *lowering) { l.shape = []int{product(l.shape)} } // rows are flat already

// Input returns a layer that changes nothing and says what one example looks like, so that a model has its weights
// before it has seen data.
func Input(shape ...int) *InputLayer {
	i := &InputLayer{Shape: shape}
	i.check()
	return i
}

// InputLayer says what one example looks like.
type InputLayer struct {
	Shape []int  // of one example
	Name  string // in files; input_layer, input_layer_1, ...

	layerState
}

// OutputShape returns the input's shape, which must be the one that was declared.
func (i *InputLayer) OutputShape(input []int) []int {
	if !slices.Equal(i.Shape, input) {
		panic(&Error{Op: "Input", Received: "input has shape " + dims(input), Expected: "layer expects " + dims(i.Shape)})
	}
	return input
}

// Forward returns a copy of x.
func (i *InputLayer) Forward(x *Tensor, training bool) *Tensor { return forwardAlone(i, x, training) }

// Backward returns a copy of dy.
func (i *InputLayer) Backward(dy *Tensor) *Tensor { return backwardAlone(i, dy) }

func (i *InputLayer) className() string { return "InputLayer" }
func (i *InputLayer) givenName() string { return i.Name }
func (i *InputLayer) check() {
	if len(i.Shape) == 0 {
		panic(&Error{Op: "Input", Received: "no shape", Expected: "the lengths of one example's axes are expected"})
	}
	checkShape("Input", i.Shape)
}
func (i *InputLayer) inputShape() []int                     { return i.Shape }
func (i *InputLayer) makeParams([]int, *rand.Rand) []*Param { return nil }
func (i *InputLayer) fresh() builtin                        { return &InputLayer{Shape: slices.Clone(i.Shape), Name: i.Name} }
func (i *InputLayer) lower(*lowering)                       {}

// Activate returns a layer that applies an activation, Keras' layer Activation.
func Activate(activation Activation) *ActivationLayer {
	return &ActivationLayer{Activation: activation}
}

// ActivationLayer applies an activation to every number, or Softmax to every row along the last axis.
type ActivationLayer struct {
	Activation Activation // Linear
	Name       string     // in tables and files; activation, activation_1, ...

	layerState
}

// OutputShape returns the input's shape.
func (a *ActivationLayer) OutputShape(input []int) []int {
	if a.Activation.softmax() && len(input) != 1 {
		panic(&Error{Op: "Activation", Received: "Softmax of an input of shape " + dims(input), Expected: "one axis is expected: put nnlib.Flatten() before it"})
	}
	return input
}

// Forward computes the layer by itself.
func (a *ActivationLayer) Forward(x *Tensor, training bool) *Tensor {
	return forwardAlone(a, x, training)
}

// Backward takes a gradient back through the last Forward in training.
func (a *ActivationLayer) Backward(dy *Tensor) *Tensor { return backwardAlone(a, dy) }

func (a *ActivationLayer) className() string                     { return "Activation" }
func (a *ActivationLayer) givenName() string                     { return a.Name }
func (a *ActivationLayer) check()                                {}
func (a *ActivationLayer) inputShape() []int                     { return nil }
func (a *ActivationLayer) makeParams([]int, *rand.Rand) []*Param { return nil }
func (a *ActivationLayer) fresh() builtin {
	return &ActivationLayer{Activation: a.Activation, Name: a.Name}
}
func (a *ActivationLayer) lower(l *lowering) {
	l.operand()
	l.pending = a.Activation
}
