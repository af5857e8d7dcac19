package nnlib

import (
	"fmt"
	"math"
	"slices"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// An Optimizer says how gradients change parameters. The optimizers of this package run compiled inside a model; any
// type with this method can take their place.
//
// The rates of this package's optimizers may be changed at any time, also while a model trains: the next batch uses
// them. Several models may share one; what an optimizer remembers of gradients is each model's own.
type Optimizer interface {
	// Step changes the parameters by their gradients: p.Set(p.Value().Sub(p.Gradient().Scale(rate))) for each p. It is
	// called once a batch, always with the same parameters.
	Step(params []*Param)
}

// OptimizerFunc is an optimizer made of a function.
type OptimizerFunc func(params []*Param)

// Step calls the function.
func (f OptimizerFunc) Step(params []*Param) { f(params) }

// builtinOptimizer is what the optimizers of this package have besides.
type builtinOptimizer interface {
	Optimizer
	fmt.Stringer
	// update returns the operation that changes a parameter. It panics where a field makes no sense.
	update() update
	// hyper writes the numbers of training step t, counted from 1, but for the last, which is common's.
	hyper(out []float32, t int)
	common() common
}

// An update is the operation that changes a parameter by its gradient.
type update struct {
	kind   backend.Kind
	states int // how many a parameter has
	none   int // how many results are left out after them
	hypers int // how many numbers the operation reads
}

// common is what all optimizers have.
type common struct {
	name                         string
	rate                         *float64
	schedule                     Schedule
	decay                        float64
	clipValue, clipNorm, clipAll float64
}

// check panics where a field makes no sense.
func (c common) check() {
	if !(*c.rate > 0) && c.schedule == nil || c.decay < 0 || c.clipValue < 0 || c.clipNorm < 0 || c.clipAll < 0 {
		panic(&Error{Op: c.name, Received: fmt.Sprintf("learning rate %g, weight decay %g, clipping at %g, %g and %g", *c.rate, c.decay, c.clipValue, c.clipNorm, c.clipAll),
			Expected: "a rate above 0 and others of at least 0 are expected"})
	}
	clips := 0
	for _, v := range []float64{c.clipValue, c.clipNorm, c.clipAll} {
		if v > 0 {
			clips++
		}
	}
	if clips > 1 {
		panic(&Error{Op: c.name, Received: "more than one of ClipValue, ClipNorm and GlobalClipNorm", Expected: "one is expected"})
	}
}

// at returns the learning rate of step t, counted from 1.
func (c common) at(t int) float64 {
	if c.schedule != nil {
		return c.schedule.Rate(t - 1)
	}
	return *c.rate
}

// hypers writes all numbers of a step, and panics where they are none: fields may have changed since Compile.
func hypers(o builtinOptimizer, out []float32, t int) {
	o.hyper(out, t)
	c := o.common()
	out[len(out)-1] = float32(c.decay * c.at(t))
	for _, r := range out {
		if !(r >= 0) || math.IsInf(float64(r), 1) {
			panic(&Error{Op: "Fit", Received: fmt.Sprint(o), Expected: "numbers of at least 0 are expected"})
		}
	}
}

// clips returns the operations that hold gradients back.
func (c common) clips(grads []backend.Slot) []backend.Op {
	var ops []backend.Op
	switch {
	case c.clipValue > 0:
		ops = append(ops, backend.Op{Kind: backend.ClipValue, Consts: []float32{float32(c.clipValue)}, In: grads, Out: grads})
	case c.clipNorm > 0:
		for i := range grads {
			one := grads[i : i+1]
			ops = append(ops, backend.Op{Kind: backend.ClipNorm, Consts: []float32{float32(c.clipNorm)}, In: one, Out: one})
		}
	case c.clipAll > 0:
		ops = append(ops, backend.Op{Kind: backend.ClipNorm, Consts: []float32{float32(c.clipAll)}, In: grads, Out: grads})
	}
	if len(grads) == 0 {
		return nil
	}
	return ops
}

// describe writes a name and what differs from nothing.
func (c common) describe(pairs ...any) string {
	rate := fmt.Sprintf("%s: learning rate %g", c.name, *c.rate)
	if c.schedule != nil {
		rate = fmt.Sprintf("%s: learning rate by %v", c.name, c.schedule)
	}
	pairs = append(pairs, "weight decay", c.decay, "clip value", c.clipValue, "clip norm", c.clipNorm, "global clip norm", c.clipAll)
	for i := 0; i < len(pairs); i += 2 {
		if v := pairs[i+1].(float64); v != 0 || i == 0 && c.name == "SGD" {
			rate += fmt.Sprintf(", %s %g", pairs[i], v)
		}
	}
	return rate
}

// updates adds the operations that change every parameter by its gradient, and slots for what the optimizer remembers.
func (l *lowering) updates(o builtinOptimizer, u update, params []*Param) {
	l.rates = l.slot("rates", backend.Input, false, u.hypers)
	var grads []backend.Slot
	for _, p := range params {
		grads = append(grads, l.gradOf(p))
	}
	l.emit(o.common().clips(grads)...)
	for i, p := range params {
		out := []backend.Slot{l.values[p]}
		for j := range u.states {
			s := l.slot(fmt.Sprintf("%s, state %d", l.program.Slots[out[0]].Name, j), backend.Param, false, p.shape...)
			out = append(out, s)
			l.states = append(l.states, s)
		}
		for range u.none {
			out = append(out, backend.None)
		}
		l.emit(backend.Op{Kind: u.kind, In: []backend.Slot{grads[i], l.rates}, Out: out})
	}
}

// alone is an optimizer of this package that is used by itself: a program of updates.
type alone struct {
	params []*Param
	m      *machine
	steps  int
	hyper  []float32
}

// stepAlone changes parameters outside a model.
func stepAlone(a **alone, o builtinOptimizer, params []*Param) {
	params = slices.DeleteFunc(slices.Clone(params), func(p *Param) bool { return p.fixed })
	if len(params) == 0 {
		return
	}
	if *a == nil || !slices.Equal((*a).params, params) {
		l := newLowering(1, []int{1})
		l.keepGrads = true
		l.begin(true, []int{1})
		for _, p := range params {
			l.param(p)
		}
		l.updates(o, o.update(), params)
		m := &machine{low: l, step: l.finish("update")}
		m.compile()
		*a = &alone{params: params, m: m, hyper: make([]float32, o.update().hypers)}
	}
	m := (*a).m
	(*a).steps++
	hypers(o, (*a).hyper, (*a).steps)
	m.must(m.exec.Write(m.low.rates, (*a).hyper))
	for _, p := range params {
		m.must(m.exec.Write(m.low.values[p], p.Value().Data))
		m.must(m.exec.Write(m.low.gradOf(p), p.Gradient().Data))
	}
	m.must(m.run(background, m.step, true))
	for _, p := range params {
		t := NewTensor(p.shape...)
		m.must(m.exec.Read(m.low.values[p], t.Data))
		p.write(0, t.Data)
	}
}
