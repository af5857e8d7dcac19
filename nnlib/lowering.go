package nnlib

import (
	"fmt"
	"slices"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// A lowering turns layers into a program, and into plans that say in which order its entries and the layers of the user's
// own are run. It goes over the layers once for each plan; slots are found by name, so that all plans share them.
//
// Where a layer of the user's own stands, the value is on the host: in machine.value, and in no slot until a compiled
// layer asks for one (operand, gradient). Only such values travel.
type lowering struct {
	program backend.Program
	named   map[string]backend.Slot
	entries int // how many entries there are, for names

	x, t, y, weights backend.Slot
	loss, penalty    backend.Slot
	rates            backend.Slot
	metrics          []backend.Slot // by metric, 0 for those of the user's own
	values           map[*Param]backend.Slot
	params           []*Param       // those with slots, in order
	states           []backend.Slot // of the optimizer
	masks            []maskSlot

	// of the pass that is under way
	training  bool
	keepGrads bool   // gradients are read after the run
	at        string // the layer, for names
	ops       []backend.Op
	stages    plan
	out       backend.Slot // what the layers so far give, None where it is on the host
	shape     []int        // of one example of it
	pending   Activation   // of out, not yet applied: the last one of the model may be joined with the loss
	undo      []func()     // the layers' backward operations, called from the last layer to the first
	learned   int          // parameters and layers of the user's own so far
	dy        backend.Slot // the gradient at the place that undo has reached, None where it is on the host
	done      bool         // nothing before that place learns
}

type maskSlot struct {
	layer *DropoutLayer
	slot  backend.Slot
	size  int // of one example
}

// A plan is what is done in order.
type plan []stage

type stage struct {
	do    action
	entry int          // runEntry
	slot  backend.Slot // readSlot, writeSlot, writeGradient, readGradient
	shape []int        // of one example: readSlot
	layer int          // callForward, callBackward
	param *Param       // writeGradient, readGradient
}

type action int

const (
	runEntry      action = iota
	readSlot             // the backend's value becomes the host's
	writeSlot            // the other way round
	callForward          // a layer of the user's own
	callBackward         // the same; the value is a gradient then
	callLoss             // a loss of the user's own, of the value
	callLossGrad         // the same, and the value becomes the gradient
	writeGradient        // what a layer of the user's own has set
	readGradient         // what an optimizer of the user's own needs
	callOptimizer
)

func newLowering(maxBatch int, input []int) *lowering {
	l := &lowering{program: backend.Program{MaxBatch: maxBatch}, named: map[string]backend.Slot{}, values: map[*Param]backend.Slot{}}
	l.x = l.slot("x", backend.Input, true, input...)
	return l
}

// begin starts a pass over the layers.
func (l *lowering) begin(training bool, input []int) {
	l.training, l.at = training, "model"
	l.ops, l.stages, l.undo, l.learned, l.done = nil, nil, nil, 0, false
	l.out, l.shape, l.pending = l.x, input, Linear
}

// layer adds one layer; out is the shape it gives.
func (l *lowering) layer(i int, name string, layer Layer, out []int) {
	l.at = name
	if b, ok := layer.(builtin); ok {
		b.lower(l)
		l.shape = out
		return
	}
	before := l.learned
	l.onHost()
	l.stages = append(l.stages, stage{do: callForward, layer: i})
	l.out, l.shape = backend.None, out
	l.learned++
	l.onUndo(func() {
		l.gradientOnHost()
		l.stages = append(l.stages, stage{do: callBackward, layer: i})
		l.dy, l.done = backend.None, before == 0
	})
}

// backward undoes the layers from the last to the first.
func (l *lowering) backward() {
	for _, undo := range slices.Backward(l.undo) {
		if l.done {
			return
		}
		undo()
	}
}

func (l *lowering) onUndo(f func()) {
	if !l.training {
		return
	}
	at, shape := l.at, l.shape
	l.undo = append(l.undo, func() {
		l.at, l.shape = at, shape
		f()
	})
}

func (l *lowering) emit(ops ...backend.Op) { l.ops = append(l.ops, ops...) }

// close makes an entry of the operations so far, and runs it.
func (l *lowering) close() {
	if len(l.ops) == 0 {
		return
	}
	l.program.Entries = append(l.program.Entries, backend.Entry{Name: l.at, Ops: l.ops})
	l.stages = append(l.stages, stage{do: runEntry, entry: len(l.program.Entries) - 1})
	l.ops = nil
}

// finish closes a pass and names its entries.
func (l *lowering) finish(name string) plan {
	l.close()
	for ; l.entries < len(l.program.Entries); l.entries++ {
		e := &l.program.Entries[l.entries]
		if e.Name = name; len(l.stages) > 1 {
			e.Name = fmt.Sprintf("%s, part %d", name, l.entries)
		}
	}
	return l.stages
}

// operand returns the slot of the value so far, with its activation applied.
func (l *lowering) operand() backend.Slot {
	l.flush()
	return l.raw()
}

// raw is operand without the activation.
func (l *lowering) raw() backend.Slot {
	if l.out == backend.None {
		l.out = l.slot(l.name("in"), backend.Input, true, l.shape...)
		l.stages = append(l.stages, stage{do: writeSlot, slot: l.out})
	}
	return l.out
}

// onHost brings the value so far to the host. What stands in an input came from there.
func (l *lowering) onHost() {
	l.flush()
	l.toHost(l.out, l.shape)
}

func (l *lowering) toHost(s backend.Slot, shape []int) {
	if s == backend.None || l.program.Slots[s].Role == backend.Input {
		return
	}
	l.program.Slots[s].Role = backend.Output
	l.close()
	l.stages = append(l.stages, stage{do: readSlot, slot: s, shape: shape})
}

// gradient returns the slot of the gradient at the place that undo has reached.
func (l *lowering) gradient() backend.Slot {
	if l.dy == backend.None {
		l.dy = l.slot(l.name("dy in"), backend.Input, true, l.shape...)
		l.stages = append(l.stages, stage{do: writeSlot, slot: l.dy})
	}
	return l.dy
}

func (l *lowering) gradientOnHost() { l.toHost(l.dy, l.shape) }

// flush applies the activation that is pending.
func (l *lowering) flush() {
	a := l.pending
	l.pending = Linear
	if a.linear() {
		return
	}
	x := l.raw()
	y := l.over(x, "activation")
	if a.fn == backend.GELU && l.training { // its gradient needs x
		y = l.temp("activation", l.shape...)
	}
	op := backend.Op{Kind: backend.Activation, Func: a.fn, In: []backend.Slot{x}, Out: []backend.Slot{y}}
	if a.fn == backend.ReLU {
		op.Consts = []float32{float32(a.slope)}
	}
	back := backend.Op{Kind: backend.ActivationGrad, Func: a.fn, Consts: op.Consts}
	if a.softmax() {
		op.Kind, back.Kind = backend.Softmax, backend.SoftmaxGrad
	}
	l.emit(op)
	l.out = y
	seen := y
	if a.fn == backend.GELU {
		seen = x
	}
	l.onUndo(func() {
		dy := l.gradient()
		l.dy = l.over(dy, "dactivation")
		back.In, back.Out = []backend.Slot{dy, seen}, []backend.Slot{l.dy}
		l.emit(back)
	})
}

// over returns a slot for a result that may stand in the place of s: s itself, unless it is an input.
func (l *lowering) over(s backend.Slot, suffix string) backend.Slot {
	if l.program.Slots[s].Role != backend.Input {
		return s
	}
	return l.temp(suffix, l.program.Slots[s].Shape...)
}

func (l *lowering) name(suffix string) string { return l.at + "/" + suffix }

func (l *lowering) temp(suffix string, shape ...int) backend.Slot {
	return l.slot(l.name(suffix), backend.Temp, true, shape...)
}

// slot returns the slot of a name, a new one where there is none.
func (l *lowering) slot(name string, role backend.Role, batched bool, shape ...int) backend.Slot {
	if s, ok := l.named[name]; ok {
		return s
	}
	l.program.Slots = append(l.program.Slots, backend.SlotSpec{Name: name, Role: role, Shape: slices.Clone(shape), Batched: batched})
	s := backend.Slot(len(l.program.Slots) - 1)
	l.named[name] = s
	return s
}

func (l *lowering) param(p *Param) backend.Slot {
	if !p.fixed {
		l.learned++
	}
	if s, ok := l.values[p]; ok {
		return s
	}
	s := l.slot(fmt.Sprintf("%s #%d", p.Name(), len(l.params)), backend.Param, false, p.shape...)
	l.values[p] = s
	l.params = append(l.params, p)
	return s
}

// gradOf returns the slot of a parameter's gradient.
func (l *lowering) gradOf(p *Param) backend.Slot {
	role := backend.Temp
	if l.keepGrads {
		role = backend.Output
	}
	return l.slot("gradient of "+l.program.Slots[l.values[p]].Name, role, false, p.shape...)
}

// metric returns the slot of a metric's totals.
func (l *lowering) metric(i int) backend.Slot { return l.metrics[i] }
