package backendtest

import (
	"fmt"
	"math/rand/v2"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// Variants are all operations that programs may hold: each kind, with each of its functions and with constants that
// matter. Slots are added by single.
var Variants = []backend.Op{
	{Kind: backend.Dense}, {Kind: backend.DenseGradInput}, {Kind: backend.DenseGradWeight}, {Kind: backend.DenseGradBias},
	{Kind: backend.Activation, Func: backend.Step}, {Kind: backend.ActivationGrad, Func: backend.Step},
	{Kind: backend.Activation, Func: backend.Sigmoid}, {Kind: backend.ActivationGrad, Func: backend.Sigmoid},
	{Kind: backend.Activation, Func: backend.Tanh}, {Kind: backend.ActivationGrad, Func: backend.Tanh},
	{Kind: backend.Activation, Func: backend.ReLU, Consts: []float32{0}}, {Kind: backend.ActivationGrad, Func: backend.ReLU, Consts: []float32{0}},
	{Kind: backend.Activation, Func: backend.ReLU, Consts: []float32{0.3}}, {Kind: backend.ActivationGrad, Func: backend.ReLU, Consts: []float32{0.3}},
	{Kind: backend.Activation, Func: backend.GELU}, {Kind: backend.ActivationGrad, Func: backend.GELU},
	{Kind: backend.Softmax}, {Kind: backend.SoftmaxGrad}, {Kind: backend.Multiply},
	{Kind: backend.BatchNorm, Consts: []float32{0.9, 1e-3}}, {Kind: backend.BatchNormGrad}, {Kind: backend.BatchNormInference, Consts: []float32{1e-3}},
	{Kind: backend.Loss, Func: backend.SoftmaxCrossEntropy}, {Kind: backend.LossGrad, Func: backend.SoftmaxCrossEntropy},
	{Kind: backend.Loss, Func: backend.SigmoidCrossEntropy}, {Kind: backend.LossGrad, Func: backend.SigmoidCrossEntropy},
	{Kind: backend.Loss, Func: backend.CrossEntropy}, {Kind: backend.LossGrad, Func: backend.CrossEntropy},
	{Kind: backend.Loss, Func: backend.BinaryCrossEntropy}, {Kind: backend.LossGrad, Func: backend.BinaryCrossEntropy},
	{Kind: backend.Loss, Func: backend.SquaredError}, {Kind: backend.LossGrad, Func: backend.SquaredError},
	{Kind: backend.CountCorrect, Consts: []float32{1}}, {Kind: backend.CountCorrect, Consts: []float32{3}},
	{Kind: backend.CountPositive, Consts: []float32{0.5}},
	{Kind: backend.Penalty, Consts: []float32{0.01, 0.02}}, {Kind: backend.PenaltyGrad, Consts: []float32{0.01, 0.02}},
	{Kind: backend.ClipValue, Consts: []float32{0.4}}, {Kind: backend.ClipNorm, Consts: []float32{0.7}}, {Kind: backend.ClipNorm, Consts: []float32{1e6}},
	{Kind: backend.SGD}, {Kind: backend.Momentum}, {Kind: backend.Adam}, {Kind: backend.RMSprop},
}

// name says which variant an operation is.
func name(op backend.Op) string {
	s := op.Kind.String()
	if op.Func != 0 {
		s += "-" + op.Func.String()
	}
	for _, k := range op.Consts {
		s += fmt.Sprintf("-%g", k)
	}
	return s
}

// A builder collects slots.
type builder struct{ slots []backend.SlotSpec }

func (b *builder) add(name string, role backend.Role, batched bool, shape ...int) backend.Slot {
	b.slots = append(b.slots, backend.SlotSpec{Name: name, Role: role, Shape: shape, Batched: batched})
	return backend.Slot(len(b.slots) - 1)
}

// single returns a program with one operation, on inputs and outputs of its own. bare leaves out what the operation
// can do without.
func single(op backend.Op, batch, n, m int, bare bool) backend.Program {
	var b builder
	in := func(name string, size int) backend.Slot { return b.add(name, backend.Input, true, size) }
	out := func(name string, size int) backend.Slot { return b.add(name, backend.Output, true, size) }
	whole := func(role backend.Role, name string, shape ...int) backend.Slot {
		return b.add(name, role, false, shape...)
	}
	unless := func(add func() backend.Slot) backend.Slot {
		if bare {
			return backend.None
		}
		return add()
	}
	total := func() backend.Slot { return whole(backend.Output, "total", 1) }
	vector := func(role backend.Role, name string) func() backend.Slot {
		return func() backend.Slot { return whole(role, name, n) }
	}
	weights := func() backend.Slot { return in("weights", 1) }
	const groups = 2 // of columns in a row that is normalised
	switch op.Kind {
	case backend.Dense:
		op.In = []backend.Slot{in("x", n), whole(backend.Param, "w", n, m), unless(func() backend.Slot { return whole(backend.Param, "bias", m) })}
		op.Out = []backend.Slot{out("y", m)}
	case backend.DenseGradInput:
		op.In = []backend.Slot{in("dy", m), whole(backend.Param, "w", n, m)}
		op.Out = []backend.Slot{out("dx", n)}
	case backend.DenseGradWeight:
		op.In = []backend.Slot{in("x", n), in("dy", m)}
		op.Out = []backend.Slot{whole(backend.Output, "dw", n, m)}
	case backend.DenseGradBias:
		op.In, op.Out = []backend.Slot{in("dy", m)}, []backend.Slot{whole(backend.Output, "db", m)}
	case backend.Activation, backend.Softmax:
		op.In, op.Out = []backend.Slot{in("x", n)}, []backend.Slot{out("y", n)}
	case backend.ActivationGrad, backend.SoftmaxGrad, backend.Multiply:
		op.In, op.Out = []backend.Slot{in("dy", n), in("y", n)}, []backend.Slot{out("dx", n)}
	case backend.BatchNorm:
		op.In = []backend.Slot{in("x", groups*n), unless(vector(backend.Param, "gamma")), unless(vector(backend.Param, "beta"))}
		op.Out = []backend.Slot{out("y", groups*n), whole(backend.Output, "mean", n), whole(backend.Output, "inverse", n), whole(backend.Param, "moving mean", n), whole(backend.Param, "squares", n)}
	case backend.BatchNormGrad:
		op.In = []backend.Slot{in("dy", groups*n), in("x", groups*n), unless(vector(backend.Param, "gamma")), whole(backend.Param, "mean", n), whole(backend.Param, "squares", n)}
		op.Out = []backend.Slot{out("dx", groups*n), unless(vector(backend.Output, "dgamma")), unless(vector(backend.Output, "dbeta"))}
	case backend.BatchNormInference:
		op.In = []backend.Slot{in("x", groups*n), unless(vector(backend.Param, "gamma")), unless(vector(backend.Param, "beta")), whole(backend.Param, "mean", n), whole(backend.Param, "squares", n)}
		op.Out = []backend.Slot{out("y", groups*n)}
	case backend.Loss:
		y := backend.None
		x := in("probabilities", n)
		if op.Func <= backend.SigmoidCrossEntropy {
			y = out("y", n)
		}
		op.In, op.Out = []backend.Slot{x, in("targets", n), unless(weights)}, []backend.Slot{y, total()}
	case backend.LossGrad:
		op.In, op.Out = []backend.Slot{in("probabilities", n), in("targets", n), unless(weights)}, []backend.Slot{out("dx", n)}
	case backend.CountCorrect:
		op.In, op.Out = []backend.Slot{in("probabilities", n), in("targets", n)}, []backend.Slot{total()}
	case backend.CountPositive:
		op.In, op.Out = []backend.Slot{in("probabilities", n), in("targets", n)}, []backend.Slot{whole(backend.Output, "totals", 3)}
	case backend.Penalty:
		op.In, op.Out = []backend.Slot{whole(backend.Param, "w", n, m)}, []backend.Slot{total()}
	case backend.PenaltyGrad:
		op.In, op.Out = []backend.Slot{whole(backend.Param, "w", n, m)}, []backend.Slot{whole(backend.Output, "dw", n, m)}
	case backend.ClipValue, backend.ClipNorm:
		op.In = []backend.Slot{whole(backend.Output, "gradient", n, m), whole(backend.Output, "gradient", m)}
		op.Out = op.In
	default: // updates
		g := whole(backend.Input, "gradient", n, m)
		op = b.update(op.Kind, g, whole(backend.Param, "w", n, m), backend.None, bare)
	}
	if !b.batched() { // the batch comes from an input
		b.add("x", backend.Input, true, 1)
	}
	return backend.Program{MaxBatch: batch, Slots: b.slots, Entries: []backend.Entry{{Name: "run", Ops: []backend.Op{op}}}}
}

func (b *builder) batched() bool {
	for _, s := range b.slots {
		if s.Batched {
			return true
		}
	}
	return false
}

// update returns an operation that changes w by g, with states of its own. rates is made where it is None.
func (b *builder) update(k backend.Kind, g, w, rates backend.Slot, bare bool) backend.Op {
	shape := b.slots[w].Shape
	state := func(name string) backend.Slot { return b.add(name, backend.Param, false, shape...) }
	n, out := 2, []backend.Slot{w}
	switch k {
	case backend.Momentum:
		n, out = 4, append(out, state("velocity"))
	case backend.Adam:
		n, out = 5, append(out, state("mean"), state("squares"))
	case backend.RMSprop:
		n, out = 5, append(out, state("squares"))
		if bare {
			out = append(out, backend.None, backend.None)
		} else {
			out = append(out, state("velocity"), state("small mean"))
		}
	}
	if rates == backend.None {
		rates = b.add(fmt.Sprintf("rates of %v", k), backend.Input, false, n)
	}
	return backend.Op{Kind: k, In: []backend.Slot{g, rates}, Out: out}
}

// rates are hyper-parameters for an update, small as those of real training, each of them at work.
func rates(k string) []float32 {
	return map[string][]float32{
		"rates of SGD":      {0.01, 0.001},
		"rates of Momentum": {0.01, 0.1, 1, 0.001},
		"rates of Adam":     {0.01, 0.1, 0.001, 1e-4, 0.001},
		"rates of RMSprop":  {0.001, 0.1, 0.5, 1e-3, 0.001},
	}[k]
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
	acts   []backend.Func // one a layer, 0 for none, rowSoftmax for Softmax
	norm   []bool         // one a layer: whether it is normalised
	drop   []bool         // one a layer: whether it is multiplied by a mask
	loss   backend.Func
	heavy  bool // weights for the examples
	hidden bool // gradients are temporary, as those of a training program
	update backend.Kind
	clip   backend.Kind // ClipValue, ClipNorm or 0
	l1, l2 float32

	program       backend.Program
	x, t, y       backend.Slot
	total         backend.Slot
	penalty       backend.Slot
	params, grads []backend.Slot
}

// rowSoftmax marks a layer that ends in a Softmax, which is a kind of its own.
const rowSoftmax backend.Func = -1

// generate returns a network of one to three layers with odd sizes.
func generate(seed uint64) *network {
	rng := rand.New(rand.NewPCG(seed, 77))
	layers := 1 + rng.IntN(3)
	n := &network{batch: 2 + rng.IntN(40), sizes: []int{1 + rng.IntN(70)}, heavy: rng.IntN(2) == 0}
	inner := []backend.Func{0, backend.ReLU, backend.Sigmoid, backend.Tanh, backend.GELU, rowSoftmax}
	for range layers {
		n.sizes = append(n.sizes, 2+rng.IntN(40))
		n.acts = append(n.acts, inner[rng.IntN(len(inner))])
		n.norm = append(n.norm, rng.IntN(3) == 0)
		n.drop = append(n.drop, rng.IntN(3) == 0)
	}
	// Ways to end: sums into a loss that knows their activation, probabilities into the others, anything into squares.
	last := layers - 1
	switch rng.IntN(5) {
	case 0:
		n.loss, n.acts[last] = backend.SoftmaxCrossEntropy, 0
	case 1:
		n.loss, n.acts[last] = backend.SigmoidCrossEntropy, 0
	case 2:
		n.loss, n.acts[last], n.drop[last] = backend.CrossEntropy, backend.Sigmoid, false
	case 3:
		n.loss, n.acts[last], n.drop[last] = backend.BinaryCrossEntropy, backend.Sigmoid, false
	default:
		n.loss = backend.SquaredError
	}
	n.update = []backend.Kind{backend.SGD, backend.Momentum, backend.Adam, backend.RMSprop}[rng.IntN(4)]
	n.clip = []backend.Kind{0, 0, backend.ClipValue, backend.ClipNorm}[rng.IntN(4)]
	if rng.IntN(3) == 0 {
		n.l1, n.l2 = 0.01, 0.02
	}
	n.build()
	return n
}

func (n *network) String() string {
	return fmt.Sprintf("batch %d, sizes %v, %v, normalised %v, dropped %v, %v, weighted %v, %v, clip %d, penalty %g %g",
		n.batch, n.sizes, n.acts, n.norm, n.drop, n.loss, n.heavy, n.update, int(n.clip), n.l1, n.l2)
}

// consts returns what an activation needs.
func consts(f backend.Func) []float32 {
	if f == backend.ReLU {
		return []float32{0.1}
	}
	return nil
}

// build writes the program: forward, loss, backward, updates.
func (n *network) build() {
	var b builder
	layers := len(n.acts)
	if n.norm == nil {
		n.norm, n.drop = make([]bool, layers), make([]bool, layers)
	}
	n.x = b.add("x", backend.Input, true, n.sizes[0])
	n.t = b.add("targets", backend.Input, true, n.sizes[layers])
	weights := backend.None
	if n.heavy {
		weights = b.add("weights", backend.Input, true, 1)
	}
	n.total = b.add("loss", backend.Output, false, 1)
	n.penalty = b.add("penalty", backend.Output, false, 1)
	correct := b.add("correct", backend.Output, false, 1)
	var predict, forward, backward, updates []backend.Op
	op := func(k backend.Kind, f backend.Func, consts []float32, in, out []backend.Slot) backend.Op {
		return backend.Op{Kind: k, Func: f, Consts: consts, In: in, Out: out}
	}
	type slots = []backend.Slot
	var undo []func()
	dy := b.add("dy", backend.Temp, true, n.sizes[layers])
	param := func(name string, shape ...int) (p, dp backend.Slot) {
		p = b.add(name, backend.Param, false, shape...)
		role := backend.Output
		if n.hidden {
			role = backend.Temp
		}
		dp = b.add("d"+name, role, false, shape...)
		n.params, n.grads = append(n.params, p), append(n.grads, dp)
		return p, dp
	}
	x := n.x
	for l, act := range n.acts {
		in, out := n.sizes[l], n.sizes[l+1]
		w, dw := param(fmt.Sprint("w", l), in, out)
		bias, dbias := param(fmt.Sprint("bias", l), out)
		from, sums := x, b.add(fmt.Sprint("sums", l), backend.Temp, true, out)
		if l == layers-1 {
			b.slots[sums].Role = backend.Output
		}
		dense := op(backend.Dense, 0, nil, slots{from, w, bias}, slots{sums})
		forward, predict = append(forward, dense), append(predict, dense)
		undo = append(undo, func() {
			backward = append(backward, op(backend.DenseGradWeight, 0, nil, slots{from, dy}, slots{dw}), op(backend.DenseGradBias, 0, nil, slots{dy}, slots{dbias}))
			if n.l1 != 0 {
				forward = append(forward, op(backend.Penalty, 0, []float32{n.l1, n.l2}, slots{w}, slots{n.penalty}))
				backward = append(backward, op(backend.PenaltyGrad, 0, []float32{n.l1, n.l2}, slots{w}, slots{dw}))
			}
			if l > 0 {
				dx := b.add(fmt.Sprint("dx", l), backend.Temp, true, in)
				backward = append(backward, op(backend.DenseGradInput, 0, nil, slots{dy, w}, slots{dx}))
				dy = dx
			}
		})
		y := sums
		if n.norm[l] {
			x := y
			y = b.add(fmt.Sprint("normal", l), backend.Temp, true, out)
			gamma, dgamma := param(fmt.Sprint("gamma", l), out)
			beta, dbeta := param(fmt.Sprint("beta", l), out)
			mean, inverse := b.add(fmt.Sprint("mean", l), backend.Temp, false, out), b.add(fmt.Sprint("inverse", l), backend.Temp, false, out)
			moving, variance := b.add("moving mean", backend.Param, false, out), b.add("squares", backend.Param, false, out)
			forward = append(forward, op(backend.BatchNorm, 0, []float32{0.9, 1e-3}, slots{x, gamma, beta}, slots{y, mean, inverse, moving, variance}))
			predict = append(predict, op(backend.BatchNormInference, 0, []float32{1e-3}, slots{x, gamma, beta, moving, variance}, slots{y}))
			undo = append(undo, func() {
				backward = append(backward, op(backend.BatchNormGrad, 0, nil, slots{dy, x, gamma, mean, inverse}, slots{dy, dgamma, dbeta}))
			})
		}
		if act != 0 {
			k, grad, f, x := backend.Activation, backend.ActivationGrad, act, y
			if act == rowSoftmax {
				k, grad, f = backend.Softmax, backend.SoftmaxGrad, 0
			}
			if act == backend.GELU {
				y = b.add(fmt.Sprint("gelu", l), backend.Temp, true, out)
			}
			seen := y
			if act == backend.GELU {
				seen = x
			}
			apply := op(k, f, consts(f), slots{x}, slots{y})
			forward, predict = append(forward, apply), append(predict, apply)
			undo = append(undo, func() { backward = append(backward, op(grad, f, consts(f), slots{dy, seen}, slots{dy})) })
		}
		if n.drop[l] {
			x, mask := y, b.add("mask", backend.Input, true, out)
			y = b.add(fmt.Sprint("dropped", l), backend.Temp, true, out)
			forward = append(forward, op(backend.Multiply, 0, nil, slots{x, mask}, slots{y}))
			predict = append(predict, op(backend.Multiply, 0, nil, slots{x, mask}, slots{y}))
			undo = append(undo, func() { backward = append(backward, op(backend.Multiply, 0, nil, slots{dy, mask}, slots{dy})) })
		}
		x = y
	}
	n.y = x
	b.slots[n.y].Role = backend.Output
	y := backend.None
	if n.loss <= backend.SigmoidCrossEntropy {
		y = n.y
	}
	forward = append(forward, op(backend.Loss, n.loss, nil, slots{n.y, n.t, weights}, slots{y, n.total}))
	backward = append(backward, op(backend.LossGrad, n.loss, nil, slots{n.y, n.t, weights}, slots{dy}))
	forward = append(forward, op(backend.CountCorrect, 0, []float32{1}, slots{n.y, n.t}, slots{correct}))
	for l := len(undo) - 1; l >= 0; l-- {
		undo[l]()
	}
	if n.clip != 0 {
		updates = append(updates, op(n.clip, 0, []float32{0.05}, n.grads, n.grads))
	}
	hyper := backend.None
	for i, p := range n.params {
		u := b.update(n.update, n.grads[i], p, hyper, false)
		hyper = u.In[1]
		updates = append(updates, u)
	}
	gradient := append(forward[:len(forward):len(forward)], backward...)
	n.program = backend.Program{MaxBatch: n.batch, Slots: b.slots, Entries: []backend.Entry{
		stepEntry:     {Name: "step", Ops: append(gradient[:len(gradient):len(gradient)], updates...)},
		gradientEntry: {Name: "gradient", Ops: gradient},
		predictEntry:  {Name: "predict", Ops: predict},
	}}
}
