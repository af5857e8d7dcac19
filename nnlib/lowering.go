package nnlib

import (
	"slices"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// The entries of a model's program. A model that is not compiled has the first one only.
const (
	predictEntry = iota
	evaluateEntry
	stepEntry
)

// A lowering turns a model into a program: every layer adds its forward operations, and a function that adds the
// backward ones.
type lowering struct {
	program backend.Program
	x, t, y backend.Slot
	loss    backend.Slot   // total over examples
	correct backend.Slot   // how many examples were right
	rates   backend.Slot   // of the optimizer
	params  []backend.Slot // in the model's order
	states  []backend.Slot // of the optimizer

	out     backend.Slot // what the layers so far give
	pending Activation   // of out, not yet applied: the last one of the model may be joined with the loss
	forward []backend.Op
	back    []backend.Op
	undo    []func()       // a layer's backward operations, called from the last layer to the first
	dy      backend.Slot   // the gradient at the place that undo has reached
	grads   []backend.Slot // by parameter
}

// lowerModel returns the program of a built model for batches of up to n examples.
func lowerModel(m *Sequential, n int) *lowering {
	l := &lowering{program: backend.Program{MaxBatch: n}}
	l.x = l.slot("x", backend.Input, true, m.input...)
	l.out = l.x
	for i, layer := range m.layers {
		layer.lower(l, m.params[i])
	}
	l.y = l.out
	l.program.Slots[l.y].Role = backend.Output
	l.entry("predict", l.forward, l.pending.ops(l.y))
	if m.optimizer != nil {
		l.learning(m)
	}
	return l
}

// learning adds the entries that need targets.
func (l *lowering) learning(m *Sequential) {
	l.t = l.slot("targets", backend.Input, true, m.outputs())
	l.loss = l.slot("loss", backend.Output, false, 1)
	l.correct = l.slot("correct", backend.Output, false, 1)
	l.dy = l.slot("dy", backend.Temp, true, m.outputs())
	yt := []backend.Slot{l.y, l.t}
	value, gradient := m.loss.kinds()
	var head []backend.Op
	if l.pending.kind == backend.Softmax && value == backend.CrossEntropy {
		// Together they are exact also where a probability rounds to zero.
		head = []backend.Op{{Kind: backend.SoftmaxCrossEntropy, In: yt, Out: []backend.Slot{l.y, l.loss}}}
		l.back = []backend.Op{{Kind: backend.SoftmaxCrossEntropyGrad, In: yt, Out: []backend.Slot{l.dy}}}
	} else {
		head = append(l.pending.ops(l.y), backend.Op{Kind: value, In: yt, Out: []backend.Slot{l.loss}})
		l.back = append([]backend.Op{{Kind: gradient, In: yt, Out: []backend.Slot{l.dy}}}, l.pending.gradOps(l.dy, l.y)...)
	}
	if m.accuracy {
		head = append(head, backend.Op{Kind: backend.CountCorrect, In: yt, Out: []backend.Slot{l.correct}})
	}
	l.grads = make([]backend.Slot, len(l.params))
	for _, undo := range slices.Backward(l.undo) {
		undo()
	}
	l.entry("evaluate", l.forward, head)
	l.entry("step", l.forward, head, l.back, l.updates(m.update))
}

// updates returns the operations that change every parameter by its gradient.
func (l *lowering) updates(u update) []backend.Op {
	l.rates = l.slot("rates", backend.Input, false, u.rates)
	var ops []backend.Op
	for i, p := range l.params {
		out := []backend.Slot{p}
		for range u.states {
			spec := l.program.Slots[p]
			out = append(out, l.slot(spec.Name+"/state", backend.Param, false, spec.Shape...))
		}
		l.states = append(l.states, out[1:]...)
		ops = append(ops, backend.Op{Kind: u.kind, In: []backend.Slot{l.grads[i], l.rates}, Out: out})
	}
	return ops
}

// dense adds a dense layer: y = x·w + b, with the activation pending.
func (l *lowering) dense(d DenseLayer, params []*Param) {
	x, before := l.out, l.pending
	l.forward = append(l.forward, before.ops(x)...)
	name, features, first := params[0].name, l.program.Slots[x].Size(), len(l.params)
	w, bias := l.param(params[0]), backend.None
	if !d.NoBias {
		bias = l.param(params[1])
	}
	y := l.slot(name+"/y", backend.Temp, true, d.Units)
	l.forward = append(l.forward, backend.Op{Kind: backend.Dense, In: []backend.Slot{x, w, bias}, Out: []backend.Slot{y}})
	l.out, l.pending = y, d.Activation
	l.undo = append(l.undo, func() {
		dy := l.dy
		dw := l.slot("d"+name, backend.Temp, false, features, d.Units)
		l.grads[first] = dw
		l.back = append(l.back, backend.Op{Kind: backend.DenseGradWeight, In: []backend.Slot{x, dy}, Out: []backend.Slot{dw}})
		if !d.NoBias {
			db := l.slot("d"+params[1].name, backend.Temp, false, d.Units)
			l.grads[first+1] = db
			l.back = append(l.back, backend.Op{Kind: backend.DenseGradBias, In: []backend.Slot{dy}, Out: []backend.Slot{db}})
		}
		if first == 0 {
			return // nothing before this layer learns
		}
		l.dy = l.slot("d"+name+"/x", backend.Temp, true, features)
		l.back = append(l.back, backend.Op{Kind: backend.DenseGradInput, In: []backend.Slot{dy, w}, Out: []backend.Slot{l.dy}})
		l.back = append(l.back, before.gradOps(l.dy, x)...)
	})
}

// ops returns the operation that applies the activation in place; none for Linear.
func (a Activation) ops(y backend.Slot) []backend.Op {
	if a.kind == 0 {
		return nil
	}
	return []backend.Op{{Kind: a.kind, In: []backend.Slot{y}, Out: []backend.Slot{y}}}
}

// gradOps returns the operation that takes dy back through the activation in place. Gradients are computed from the
// activation's result y.
func (a Activation) gradOps(dy, y backend.Slot) []backend.Op {
	if a.kind == 0 {
		return nil
	}
	return []backend.Op{{Kind: a.kind + 1, In: []backend.Slot{dy, y}, Out: []backend.Slot{dy}}}
}

func (l *lowering) entry(name string, parts ...[]backend.Op) {
	l.program.Entries = append(l.program.Entries, backend.Entry{Name: name, Ops: slices.Concat(parts...)})
}

func (l *lowering) slot(name string, role backend.Role, batched bool, shape ...int) backend.Slot {
	l.program.Slots = append(l.program.Slots, backend.SlotSpec{Name: name, Role: role, Shape: shape, Batched: batched})
	return backend.Slot(len(l.program.Slots) - 1)
}

func (l *lowering) param(p *Param) backend.Slot {
	s := l.slot(p.name, backend.Param, false, p.shape...)
	l.params = append(l.params, s)
	return s
}
