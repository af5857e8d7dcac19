package nnlib

import (
	"fmt"
	"slices"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// A Param is numbers that a model learns, such as a layer's weights. They live where the model computes: Value and Set
// copy them out and in.
type Param struct {
	name  string
	shape []int
	kept  []float32 // the values while there is no exec
	exec  backend.Exec
	slot  backend.Slot
}

// Name returns what the parameter is: "dense_1/weights".
func (p *Param) Name() string { return p.name }

// Shape returns a copy of the parameter's shape.
func (p *Param) Shape() []int { return slices.Clone(p.shape) }

// Value returns a copy of the parameter.
func (p *Param) Value() *Tensor {
	t := NewTensor(p.shape...)
	if p.exec == nil {
		copy(t.Data, p.kept)
		return t
	}
	if err := p.exec.Read(p.slot, t.Data); err != nil {
		panic(fmt.Errorf("nnlib: reading %s: %w", p.name, err))
	}
	return t
}

// Set changes the parameter to a copy of t, which must have its shape.
func (p *Param) Set(t *Tensor) {
	if t == nil {
		panic(&Error{Op: "Set", Received: "value is nil", Expected: fmt.Sprintf("a tensor of shape %v is expected", p.shape)})
	}
	t.Check("Set")
	if !slices.Equal(t.Shape, p.shape) {
		panic(&Error{Op: "Set", Received: fmt.Sprintf("value has shape %v", t.Shape), Expected: fmt.Sprintf("%s has %v", p.name, p.shape)})
	}
	if p.exec == nil {
		copy(p.kept, t.Data)
		return
	}
	if err := p.exec.Write(p.slot, t.Data); err != nil {
		panic(fmt.Errorf("nnlib: writing %s: %w", p.name, err))
	}
}

// String returns the name and the values.
func (p *Param) String() string { return p.name + ": " + p.Value().String() }
