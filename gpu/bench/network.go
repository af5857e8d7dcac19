package main

import (
	"math/rand/v2"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// The workloads, by the letters of the table.
var sizes = map[string][]int{
	"H": {110592, 500, 50, 5}, // 192x192 RGB pictures
	"M": {784, 128, 10},
}

// A network is a stack of Dense layers: ReLU, at the end softmax with cross-entropy, and Adam.
type network struct {
	program       backend.Program
	x, t, rates   backend.Slot
	params        []backend.Slot
	y             backend.Slot
	step, predict int // entries
}

func dense(batch int, sizes []int) *network {
	n := &network{}
	var p backend.Program
	p.MaxBatch = batch
	add := func(name string, role backend.Role, batched bool, shape ...int) backend.Slot {
		p.Slots = append(p.Slots, backend.SlotSpec{Name: name, Role: role, Shape: shape, Batched: batched})
		return backend.Slot(len(p.Slots) - 1)
	}
	last := len(sizes) - 1
	n.x, n.t = add("x", backend.Input, true, sizes[0]), add("t", backend.Input, true, sizes[last])
	n.rates = add("rates", backend.Input, false, 5)
	total := add("loss", backend.Output, false, 1)
	type slots = []backend.Slot
	var forward, backward, updates []backend.Op
	x, ys, ws := n.x, slots{n.x}, slots{backend.None}
	for l := 1; l <= last; l++ {
		w, b, y := add("w", backend.Param, false, sizes[l-1], sizes[l]), add("b", backend.Param, false, sizes[l]), add("y", backend.Temp, true, sizes[l])
		n.params = append(n.params, w, b)
		forward = append(forward, backend.Op{Kind: backend.Dense, In: slots{x, w, b}, Out: slots{y}})
		if l < last {
			forward = append(forward, backend.Op{Kind: backend.Activation, Func: backend.ReLU, Consts: []float32{0}, In: slots{y}, Out: slots{y}})
		}
		x, ys, ws = y, append(ys, y), append(ws, w)
	}
	n.y = x
	p.Slots[x].Role = backend.Output
	predict := append(forward[:len(forward):len(forward)], backend.Op{Kind: backend.Softmax, In: slots{x}, Out: slots{x}})
	dy := add("dy", backend.Temp, true, sizes[last])
	forward = append(forward, backend.Op{Kind: backend.Loss, Func: backend.SoftmaxCrossEntropy, In: slots{x, n.t, backend.None}, Out: slots{x, total}})
	backward = append(backward, backend.Op{Kind: backend.LossGrad, Func: backend.SoftmaxCrossEntropy, In: slots{x, n.t, backend.None}, Out: slots{dy}})
	for l := last; l >= 1; l-- {
		dw, db := add("dw", backend.Temp, false, sizes[l-1], sizes[l]), add("db", backend.Temp, false, sizes[l])
		backward = append(backward,
			backend.Op{Kind: backend.DenseGradWeight, In: slots{ys[l-1], dy}, Out: slots{dw}},
			backend.Op{Kind: backend.DenseGradBias, In: slots{dy}, Out: slots{db}})
		for i, g := range (slots{dw, db}) {
			param := n.params[2*(l-1)+i]
			shape := p.Slots[param].Shape
			m, v := add("m", backend.Param, false, shape...), add("v", backend.Param, false, shape...)
			updates = append(updates, backend.Op{Kind: backend.Adam, In: slots{g, n.rates}, Out: slots{param, m, v}})
		}
		if l > 1 {
			dx := add("dx", backend.Temp, true, sizes[l-1])
			backward = append(backward,
				backend.Op{Kind: backend.DenseGradInput, In: slots{dy, ws[l]}, Out: slots{dx}},
				backend.Op{Kind: backend.ActivationGrad, Func: backend.ReLU, Consts: []float32{0}, In: slots{dx, ys[l-1]}, Out: slots{dx}})
			dy = dx
		}
	}
	p.Entries = []backend.Entry{{Name: "step", Ops: append(append(forward, backward...), updates...)}, {Name: "predict", Ops: predict}}
	n.step, n.predict = 0, 1
	n.program = p
	return n
}

// product returns a program of one matrix product: forward (batch, k)·(k, n), or the gradient of its weights.
func product(batch, k, n int, grad bool) (p backend.Program, x, second, result backend.Slot) {
	p.MaxBatch = batch
	p.Slots = []backend.SlotSpec{
		{Name: "x", Role: backend.Input, Shape: []int{k}, Batched: true},
		{Name: "w", Role: backend.Param, Shape: []int{k, n}},
		{Name: "y", Role: backend.Output, Shape: []int{n}, Batched: true},
	}
	op := backend.Op{Kind: backend.Dense, In: []backend.Slot{0, 1, backend.None}, Out: []backend.Slot{2}}
	if grad {
		p.Slots[1].Role, p.Slots[2].Role = backend.Output, backend.Input
		op = backend.Op{Kind: backend.DenseGradWeight, In: []backend.Slot{0, 2}, Out: []backend.Slot{1}}
	}
	p.Entries = []backend.Entry{{Name: "product", Ops: []backend.Op{op}}}
	if grad {
		return p, 0, 2, 1
	}
	return p, 0, 1, 2
}

// random returns n numbers between low and high.
func random(rng *rand.Rand, n int, low, high float32) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = low + (high-low)*rng.Float32()
	}
	return x
}
