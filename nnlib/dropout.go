package nnlib

import (
	"fmt"
	"math/rand/v2"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// Dropout returns a layer that sets a share of its inputs to zero while a model learns, and changes nothing otherwise
// (Srivastava et al. 2014). rate is the share, from 0 to below 1.
func Dropout(rate float64) *DropoutLayer {
	d := &DropoutLayer{Rate: rate}
	d.check()
	return d
}

// DropoutLayer sets each input to zero with probability Rate, and divides the others by 1-Rate, so that sums stay as large
// as they are without it. Which ones depends on the seed alone.
type DropoutLayer struct {
	Rate float64 // from 0 to below 1
	Seed int64   // of the masks; that of the model where it is 0
	Name string  // in tables and files; dropout, dropout_1, ...

	mask func(mask []float32) // for tests: gives the masks in place of chance
	layerState
}

func (d *DropoutLayer) check() {
	if !(d.Rate >= 0 && d.Rate < 1) {
		panic(&Error{Op: "Dropout", Received: fmt.Sprintf("rate %g", d.Rate), Expected: "a number from 0 to below 1 is expected"})
	}
}

// OutputShape returns the input's shape.
func (d *DropoutLayer) OutputShape(input []int) []int { return input }

// Forward computes the layer by itself.
func (d *DropoutLayer) Forward(x *Tensor, training bool) *Tensor { return forwardAlone(d, x, training) }

// Backward takes a gradient back through the last Forward in training.
func (d *DropoutLayer) Backward(dy *Tensor) *Tensor { return backwardAlone(d, dy) }

func (d *DropoutLayer) className() string                     { return "Dropout" }
func (d *DropoutLayer) givenName() string                     { return d.Name }
func (d *DropoutLayer) inputShape() []int                     { return nil }
func (d *DropoutLayer) makeParams([]int, *rand.Rand) []*Param { return nil }
func (d *DropoutLayer) fresh() builtin {
	c := *d
	c.layerState = layerState{}
	return &c
}

// lower multiplies by a mask, which is an input that the planner fills: the same on every backend.
func (d *DropoutLayer) lower(l *lowering) {
	if !l.training || d.Rate == 0 && d.mask == nil {
		return
	}
	x := l.operand()
	mask := l.slot(l.name("mask"), backend.Input, true, product(l.shape))
	l.masks = append(l.masks, maskSlot{layer: d, slot: mask, size: product(l.shape)})
	y := l.temp("y", l.shape...)
	l.emit(backend.Op{Kind: backend.Multiply, In: []backend.Slot{x, mask}, Out: []backend.Slot{y}})
	l.out = y
	l.onUndo(func() {
		dy := l.gradient()
		l.dy = l.over(dy, "dx")
		l.emit(backend.Op{Kind: backend.Multiply, In: []backend.Slot{dy, mask}, Out: []backend.Slot{l.dy}})
	})
}

// draw fills a mask.
func (d *DropoutLayer) draw(mask []float32, rng *rand.Rand) {
	if d.mask != nil {
		d.mask(mask)
		return
	}
	kept := float32(1 / (1 - d.Rate))
	below := uint32(d.Rate * (1 << 32))
	for i := range mask {
		mask[i] = kept
		if rng.Uint32() < below {
			mask[i] = 0
		}
	}
}
