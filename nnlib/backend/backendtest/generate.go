package backendtest

import (
	"fmt"
	"math/rand/v2"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// Kinds are all operations that programs may hold.
var Kinds = []backend.Kind{
	backend.Dense, backend.DenseGradInput, backend.DenseGradWeight, backend.DenseGradBias,
	backend.Step, backend.StepGrad, backend.Sigmoid, backend.SigmoidGrad, backend.Tanh, backend.TanhGrad,
	backend.ReLU, backend.ReLUGrad, backend.Softmax, backend.SoftmaxGrad,
	backend.SoftmaxCrossEntropy, backend.SoftmaxCrossEntropyGrad, backend.CrossEntropy, backend.CrossEntropyGrad,
	backend.SquaredError, backend.SquaredErrorGrad, backend.CountCorrect,
	backend.SGD, backend.Momentum, backend.Adam,
}

// A builder collects slots.
type builder struct{ slots []backend.SlotSpec }

func (b *builder) add(name string, role backend.Role, batched bool, shape ...int) backend.Slot {
	b.slots = append(b.slots, backend.SlotSpec{Name: name, Role: role, Shape: shape, Batched: batched})
	return backend.Slot(len(b.slots) - 1)
}

// single returns a program with one operation, on inputs and outputs of its own.
func single(k backend.Kind, batch, n, m int) backend.Program {
	var b builder
	in := func(name string, size int) backend.Slot { return b.add(name, backend.Input, true, size) }
	out := func(name string, size int) backend.Slot { return b.add(name, backend.Output, true, size) }
	total := func() backend.Slot { return b.add("total", backend.Output, false, 1) }
	op := backend.Op{Kind: k}
	switch k {
	case backend.Dense:
		op.In = []backend.Slot{in("x", n), b.add("w", backend.Param, false, n, m), b.add("bias", backend.Param, false, m)}
		op.Out = []backend.Slot{out("y", m)}
	case backend.DenseGradInput:
		op.In = []backend.Slot{in("dy", m), b.add("w", backend.Param, false, n, m)}
		op.Out = []backend.Slot{out("dx", n)}
	case backend.DenseGradWeight:
		op.In = []backend.Slot{in("x", n), in("dy", m)}
		op.Out = []backend.Slot{b.add("dw", backend.Output, false, n, m)}
	case backend.DenseGradBias:
		op.In, op.Out = []backend.Slot{in("dy", m)}, []backend.Slot{b.add("db", backend.Output, false, m)}
	case backend.Step, backend.Sigmoid, backend.Tanh, backend.ReLU, backend.Softmax:
		op.In, op.Out = []backend.Slot{in("x", n)}, []backend.Slot{out("y", n)}
	case backend.SoftmaxCrossEntropy:
		op.In, op.Out = []backend.Slot{in("x", n), in("targets", n)}, []backend.Slot{out("y", n), total()}
	case backend.CrossEntropy, backend.SquaredError, backend.CountCorrect:
		op.In, op.Out = []backend.Slot{in("probabilities", n), in("targets", n)}, []backend.Slot{total()}
	case backend.SoftmaxCrossEntropyGrad, backend.CrossEntropyGrad, backend.SquaredErrorGrad:
		op.In, op.Out = []backend.Slot{in("probabilities", n), in("targets", n)}, []backend.Slot{out("dx", n)}
	case backend.SGD, backend.Momentum, backend.Adam:
		g := b.add("gradient", backend.Input, false, n, m)
		op = b.update(k, g, b.add("w", backend.Param, false, n, m), backend.None)
	default: // gradients of activations
		op.In, op.Out = []backend.Slot{in("dy", n), in("y", n)}, []backend.Slot{out("dx", n)}
	}
	return backend.Program{MaxBatch: batch, Slots: b.slots, Entries: []backend.Entry{{Name: "run", Ops: []backend.Op{op}}}}
}

// update returns an operation that changes w by g, with states of its own. rates is made where it is None.
func (b *builder) update(k backend.Kind, g, w, rates backend.Slot) backend.Op {
	shape := b.slots[w].Shape
	state := func(name string) backend.Slot { return b.add(name, backend.Param, false, shape...) }
	n, out := 1, []backend.Slot{w}
	switch k {
	case backend.Momentum:
		n, out = 2, append(out, state("velocity"))
	case backend.Adam:
		n, out = 4, append(out, state("mean"), state("squares"))
	}
	if rates == backend.None {
		rates = b.add("rates", backend.Input, false, n)
	}
	return backend.Op{Kind: k, In: []backend.Slot{g, rates}, Out: out}
}

// The entries of a generated network.
const (
	stepEntry = iota
	gradientEntry
	predictEntry
)

// A network is a generated program with the slots that tests look at.
type network struct {
	batch  int
	sizes  []int
	acts   []backend.Kind // one a layer, 0 for none
	square bool           // squared error, else cross-entropy
	update backend.Kind

	program       backend.Program
	x, t, y       backend.Slot
	total         backend.Slot
	params, grads []backend.Slot
}

// generate returns a network of one to three layers with odd sizes.
func generate(seed uint64) *network {
	rng := rand.New(rand.NewPCG(seed, 77))
	layers := 1 + rng.IntN(3)
	n := &network{batch: 1 + rng.IntN(40), sizes: []int{1 + rng.IntN(70)}}
	inner := []backend.Kind{0, backend.ReLU, backend.Sigmoid, backend.Tanh, backend.Softmax}
	for range layers {
		n.sizes = append(n.sizes, 2+rng.IntN(40))
		n.acts = append(n.acts, inner[rng.IntN(len(inner))])
	}
	// Three ways to end: logits into softmax with cross-entropy, probabilities into cross-entropy, anything into squares.
	switch rng.IntN(3) {
	case 0:
		n.acts[layers-1] = backend.Softmax
	case 1:
		n.acts[layers-1] = backend.Sigmoid
	default:
		n.square = true
	}
	n.update = []backend.Kind{backend.SGD, backend.Momentum, backend.Adam}[rng.IntN(3)]
	n.build()
	return n
}

func (n *network) String() string {
	loss := "cross-entropy"
	if n.square {
		loss = "squares"
	}
	return fmt.Sprintf("batch %d, sizes %v, %v, %s, %v", n.batch, n.sizes, n.acts, loss, n.update)
}

// build writes the program: forward, loss, backward, updates.
func (n *network) build() {
	var b builder
	layers := len(n.acts)
	n.x = b.add("x", backend.Input, true, n.sizes[0])
	n.t = b.add("targets", backend.Input, true, n.sizes[layers])
	n.total = b.add("loss", backend.Output, false, 1)
	correct := b.add("correct", backend.Output, false, 1)
	fused := !n.square && n.acts[layers-1] == backend.Softmax
	var forward, backward, updates []backend.Op
	op := func(k backend.Kind, in, out []backend.Slot) backend.Op { return backend.Op{Kind: k, In: in, Out: out} }
	outs := []backend.Slot{n.x}
	for l, act := range n.acts {
		role := backend.Temp
		if l == layers-1 {
			role = backend.Output
		}
		w := b.add(fmt.Sprint("w", l), backend.Param, false, n.sizes[l], n.sizes[l+1])
		bias := b.add(fmt.Sprint("bias", l), backend.Param, false, n.sizes[l+1])
		n.params = append(n.params, w, bias)
		y := b.add(fmt.Sprint("y", l), role, true, n.sizes[l+1])
		forward = append(forward, op(backend.Dense, []backend.Slot{outs[l], w, bias}, []backend.Slot{y}))
		if act != 0 && !(fused && l == layers-1) {
			forward = append(forward, op(act, []backend.Slot{y}, []backend.Slot{y}))
		}
		outs = append(outs, y)
	}
	n.y = outs[layers]
	predict := forward[:len(forward):len(forward)]
	yt := []backend.Slot{n.y, n.t}
	dy := b.add("dy", backend.Temp, true, n.sizes[layers])
	switch {
	case fused:
		predict = append(predict, op(backend.Softmax, []backend.Slot{n.y}, []backend.Slot{n.y}))
		forward = append(forward, op(backend.SoftmaxCrossEntropy, yt, []backend.Slot{n.y, n.total}))
		backward = append(backward, op(backend.SoftmaxCrossEntropyGrad, yt, []backend.Slot{dy}))
	case n.square:
		forward = append(forward, op(backend.SquaredError, yt, []backend.Slot{n.total}))
		backward = append(backward, op(backend.SquaredErrorGrad, yt, []backend.Slot{dy}))
	default:
		forward = append(forward, op(backend.CrossEntropy, yt, []backend.Slot{n.total}))
		backward = append(backward, op(backend.CrossEntropyGrad, yt, []backend.Slot{dy}))
	}
	forward = append(forward, op(backend.CountCorrect, yt, []backend.Slot{correct}))
	n.grads = make([]backend.Slot, 2*layers)
	rates := backend.None
	for l := layers - 1; l >= 0; l-- {
		if act := n.acts[l]; act != 0 && !(fused && l == layers-1) {
			backward = append(backward, op(act+1, []backend.Slot{dy, outs[l+1]}, []backend.Slot{dy}))
		}
		dw := b.add(fmt.Sprint("dw", l), backend.Output, false, n.sizes[l], n.sizes[l+1])
		db := b.add(fmt.Sprint("db", l), backend.Output, false, n.sizes[l+1])
		n.grads[2*l], n.grads[2*l+1] = dw, db
		backward = append(backward, op(backend.DenseGradWeight, []backend.Slot{outs[l], dy}, []backend.Slot{dw}), op(backend.DenseGradBias, []backend.Slot{dy}, []backend.Slot{db}))
		if l > 0 {
			dx := b.add(fmt.Sprint("dx", l), backend.Temp, true, n.sizes[l])
			backward = append(backward, op(backend.DenseGradInput, []backend.Slot{dy, n.params[2*l]}, []backend.Slot{dx}))
			dy = dx
		}
		for i := 2 * l; i < 2*l+2; i++ {
			u := b.update(n.update, n.grads[i], n.params[i], rates)
			rates = u.In[1]
			updates = append(updates, u)
		}
	}
	gradient := append(forward[:len(forward):len(forward)], backward...)
	n.program = backend.Program{MaxBatch: n.batch, Slots: b.slots, Entries: []backend.Entry{
		stepEntry:     {Name: "step", Ops: append(gradient[:len(gradient):len(gradient)], updates...)},
		gradientEntry: {Name: "gradient", Ops: gradient},
		predictEntry:  {Name: "predict", Ops: predict},
	}}
}
