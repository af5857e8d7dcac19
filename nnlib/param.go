package nnlib

import (
	"fmt"
	"slices"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
	"github.com/gopherceptron/gopherceptron/nnlib/internal/offheap"
)

// A Param is numbers that a model learns, such as a layer's weights. They live where the model computes: Value and Set
// copy them out and in.
type Param struct {
	name   string
	layer  string // the name of the layer that has it, "" outside a model
	shape  []int
	fixed  bool            // not learned from gradients: a running mean
	reg    Regularizer     // what it adds to the loss
	kept   *offheap.Buffer // the values while there is no exec
	exec   backend.Exec
	slot   backend.Slot
	grad   *Tensor // nil for none
	source *machine
}

// NewParam returns a parameter with a copy of value, for a layer of your own.
func NewParam(name string, value *Tensor) *Param {
	if value == nil {
		panic(&Error{Op: "NewParam", Received: "value is nil", Expected: "a tensor is expected"})
	}
	value.Check("NewParam")
	p := newParam(name, value.Shape...)
	copy(p.kept.Numbers, value.Data)
	return p
}

func newParam(name string, shape ...int) *Param {
	return &Param{name: name, shape: slices.Clone(shape), kept: offheap.New(product(shape))}
}

// Name returns what the parameter is: "dense_1/kernel".
func (p *Param) Name() string {
	if p.layer == "" {
		return p.name
	}
	return p.layer + "/" + p.name
}

// Shape returns a copy of the parameter's shape.
func (p *Param) Shape() []int { return slices.Clone(p.shape) }

// Trainable reports whether gradients change the parameter: not the running means of BatchNormalization.
func (p *Param) Trainable() bool { return !p.fixed }

// Value returns a copy of the parameter.
func (p *Param) Value() *Tensor {
	t := NewTensor(p.shape...)
	p.read(0, t.Data)
	return t
}

// Set changes the parameter to a copy of t, which must have its shape.
func (p *Param) Set(t *Tensor) {
	p.fits("Set", t)
	p.write(0, t.Data)
}

func (p *Param) fits(op string, t *Tensor) {
	if t == nil {
		panic(&Error{Op: op, Received: "value is nil", Expected: fmt.Sprintf("a tensor of shape %v is expected", p.shape)})
	}
	t.Check(op)
	if !slices.Equal(t.Shape, p.shape) {
		panic(&Error{Op: op, Received: fmt.Sprintf("value has shape %v", t.Shape), Expected: fmt.Sprintf("%s has %v", p.Name(), p.shape)})
	}
}

// Gradient returns the gradient of the loss that was set last: by the Backward of a layer that is used by itself, or for
// an Optimizer of your own. Where there was none it is zeros. A compiled training step does not keep gradients.
func (p *Param) Gradient() *Tensor {
	if p.grad == nil {
		return NewTensor(p.shape...)
	}
	return p.grad.Copy()
}

// SetGradient notes the gradient of the loss with respect to the parameter: the Backward of a layer of your own calls it.
func (p *Param) SetGradient(t *Tensor) {
	p.fits("SetGradient", t)
	p.grad = t.Copy()
}

// String returns the name and the values.
func (p *Param) String() string { return p.Name() + ": " + p.Value().String() }

// pieceLen is how many numbers are moved at once: a copy of a piece does not matter, a copy of all does. It is whole pages.
const pieceLen = 1 << 20

// pieces calls use for n numbers, a piece at a time.
func pieces(n int, use func(first, last int) error) error {
	for first := 0; first < n; first += pieceLen {
		if err := use(first, min(first+pieceLen, n)); err != nil {
			return err
		}
	}
	return nil
}

// attach moves the values into an exec, piece by piece: they are never there twice.
func (p *Param) attach(m *machine, slot backend.Slot) {
	n := product(p.shape)
	var err error
	if p.exec != nil {
		err = moveSlot(p.exec, p.slot, m.exec, slot, n)
	} else {
		err = pieces(n, func(first, last int) error {
			defer p.kept.Discard(first, last)
			return m.exec.WritePart(slot, first, p.kept.Numbers[first:last])
		})
		p.kept.Free()
	}
	if err != nil {
		panic(fmt.Errorf("nnlib: writing %s: %w", p.Name(), err))
	}
	p.kept, p.exec, p.slot, p.source = nil, m.exec, slot, m
}

// moveSlot copies the n numbers of a parameter from one exec to another.
func moveSlot(from backend.Exec, old backend.Slot, to backend.Exec, slot backend.Slot, n int) error {
	room := make([]float32, min(n, pieceLen))
	return pieces(n, func(first, last int) error {
		piece := room[:last-first]
		if err := from.ReadPart(old, first, piece); err != nil {
			return err
		}
		return to.WritePart(slot, first, piece)
	})
}

// read copies numbers out, from number first on.
func (p *Param) read(first int, numbers []float32) {
	if p.exec == nil {
		copy(numbers, p.kept.Numbers[first:])
		return
	}
	if err := p.exec.ReadPart(p.slot, first, numbers); err != nil {
		panic(fmt.Errorf("nnlib: reading %s: %w", p.Name(), err))
	}
}

// write copies numbers in, from number first on.
func (p *Param) write(first int, numbers []float32) {
	if p.exec == nil {
		copy(p.kept.Numbers[first:], numbers)
		return
	}
	if err := p.exec.WritePart(p.slot, first, numbers); err != nil {
		panic(fmt.Errorf("nnlib: writing %s: %w", p.Name(), err))
	}
}

// detach takes the values out of the exec they are in.
func (p *Param) detach() {
	if p.exec == nil {
		return
	}
	kept := offheap.New(product(p.shape))
	p.read(0, kept.Numbers)
	p.kept, p.exec, p.source = kept, nil, nil
}

// in reports whether the values are in the exec of m. A layer of your own may have been given to a newer model.
func (p *Param) in(m *machine) bool { return p.source == m }
