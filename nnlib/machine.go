package nnlib

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// A machine is a compiled program and what runs it: plans, which alternate between entries of the program and layers,
// losses and optimizers of the user's own. Those are called on the goroutine that calls the machine.
type machine struct {
	low    *lowering
	exec   backend.Exec
	layers []Layer
	names  []string
	shapes [][]int // after each layer
	rng    *rand.Rand
	masks  []float32
	inputs []float32 // room for a batch: Fit, Evaluate and Predict fill it and write it at once

	predict, evaluate, step, back plan
	onHost                        bool // the first stage of a plan wants the input on the host

	loss      Loss      // of the user's own, else nil
	optimizer Optimizer // the same
	targets   *Tensor   // of the batch, for a loss of the user's own
	lossValue float64   // what it said
	ownParams []*Param  // what an optimizer of the user's own changes

	value *Tensor // on the host: what the last stage gave
	last  *Tensor // what was written last into an input from there
	batch int
}

func (m *machine) compile() {
	exec, err := backend.Compile(m.low.program)
	if err != nil {
		panic(fmt.Errorf("nnlib: compiling the model: %w", err))
	}
	m.exec = exec
	for _, p := range []plan{m.predict, m.evaluate, m.step} {
		m.onHost = m.onHost || len(p) == 0 || p[0].do != runEntry
	}
	most := 0
	for _, s := range m.low.masks {
		most = max(most, s.size)
	}
	m.masks = make([]float32, most*m.low.program.MaxBatch)
}

// room returns room for n numbers of a batch, which is the same each time.
func (m *machine) room(n int) []float32 {
	if len(m.inputs) < n {
		m.inputs = make([]float32, n)
	}
	return m.inputs[:n]
}

// input writes a batch of n examples.
func (m *machine) input(x []float32, n int, shape []int) {
	m.batch = n
	m.must(m.exec.Write(m.low.x, x))
	if m.onHost {
		m.value = NewTensor(append([]int{n}, shape...)...)
		copy(m.value.Data, x)
	}
}

// drawMasks writes the masks of dropout for the batch.
func (m *machine) drawMasks() {
	for _, s := range m.low.masks {
		mask := m.masks[:m.batch*s.size]
		s.layer.draw(mask, m.rng)
		m.must(m.exec.Write(s.slot, mask))
	}
}

// run runs a plan. The error is that of an entry, which is the context's where that ends.
func (m *machine) run(ctx context.Context, p plan, training bool) error {
	for i := range p {
		s := &p[i]
		switch s.do {
		case runEntry:
			if err := m.exec.Run(ctx, s.entry); err != nil {
				return err
			}
		case readSlot:
			m.value = NewTensor(append([]int{m.batch}, s.shape...)...)
			m.must(m.exec.Read(s.slot, m.value.Data))
		case writeSlot:
			m.must(m.exec.Write(s.slot, m.value.Data))
			if s.slot == m.low.y {
				m.last = m.value
			}
		case callForward:
			m.value = m.forward(s.layer, m.value, training)
		case callBackward:
			m.value = m.backward(s.layer, m.value)
		case callLoss:
			m.lossValue = m.loss.Value(m.value, m.targets)
		case callLossGrad:
			m.lossValue = m.loss.Value(m.value, m.targets)
			d := m.loss.Gradient(m.value, m.targets)
			if d == nil || !slices.Equal(d.Shape, m.value.Shape) {
				panic(&Error{Op: typeName(m.loss), Received: "Gradient returned " + shapeOf(d), Expected: fmt.Sprintf("the predictions' shape %v is expected", m.value.Shape)})
			}
			m.value = d
		case writeGradient:
			m.must(m.exec.Write(s.slot, s.param.Gradient().Data))
		case readGradient:
			d := NewTensor(s.param.shape...)
			m.must(m.exec.Read(s.slot, d.Data))
			s.param.grad = d
		case callOptimizer:
			m.optimizer.Step(slices.Clone(m.ownParams))
		}
	}
	return nil
}

func shapeOf(t *Tensor) string {
	if t == nil {
		return "nil"
	}
	return fmt.Sprintf("shape %v", t.Shape)
}

func (m *machine) forward(i int, x *Tensor, training bool) *Tensor {
	y := m.layers[i].Forward(x, training)
	want := append([]int{x.Rows()}, m.shapes[i]...)
	if y == nil || !slices.Equal(y.Shape, want) {
		panic(&Error{Op: m.names[i], Received: "Forward returned " + shapeOf(y), Expected: fmt.Sprintf("shape %v is expected, as for the first examples", want)})
	}
	y.Check(m.names[i])
	return y
}

func (m *machine) backward(i int, dy *Tensor) *Tensor {
	for _, p := range m.layers[i].Params() {
		p.grad = nil
	}
	before := m.low.program.Slots[m.low.x].Shape
	if i > 0 {
		before = m.shapes[i-1]
	}
	dx := m.layers[i].Backward(dy)
	want := append([]int{dy.Rows()}, before...)
	if dx == nil || !slices.Equal(dx.Shape, want) {
		panic(&Error{Op: m.names[i], Received: "Backward returned " + shapeOf(dx), Expected: fmt.Sprintf("shape %v is expected, that of the layer's input", want)})
	}
	dx.Check(m.names[i])
	return dx
}

// must panics with what a backend reports between runs: a device that is gone.
func (m *machine) must(err error) {
	if err != nil {
		panic(fmt.Errorf("nnlib: %w", err))
	}
}

// forwardAlone runs one layer of this package by itself, on parameters of its own or those it has in a model.
func forwardAlone(l builtin, x *Tensor, training bool) *Tensor {
	op := l.className()
	if x == nil || x.Rows() == 0 || x.RowLen() == 0 {
		panic(&Error{Op: op, Received: "input is empty", Expected: "at least one example is expected"})
	}
	x.Check(op)
	l.check()
	s, shape := l.state(), x.Shape[1:]
	l.OutputShape(shape)
	if s.input == nil || s.params == nil && !slices.Equal(s.input, shape) {
		build(l, shape, newRand(nextSeed(), 1))
	}
	if s.alone == nil || s.alone.low.program.MaxBatch < x.Rows() || !slices.Equal(s.alone.low.program.Slots[s.alone.low.x].Shape, shape) {
		compileAlone(l, x.Rows(), shape)
	}
	m := s.alone
	m.input(x.Data, x.Rows(), shape)
	for _, p := range m.low.params {
		m.must(m.exec.Write(m.low.values[p], p.Value().Data))
	}
	p := m.predict
	if s.batch = 0; training {
		p, s.batch = m.step, x.Rows()
		m.drawMasks()
	}
	m.must(m.run(context.Background(), p, training))
	for _, p := range m.low.params {
		if t := NewTensor(p.shape...); p.fixed && training {
			m.must(m.exec.Read(m.low.values[p], t.Data))
			p.write(0, t.Data)
		}
	}
	y := m.value.Copy()
	y.Shape = append([]int{x.Rows()}, l.OutputShape(shape)...)
	return y
}

func backwardAlone(l builtin, dy *Tensor) *Tensor {
	op, s := l.className(), l.state()
	if s.alone == nil || s.batch == 0 {
		panic(&Error{Op: op, Received: "Backward was called", Expected: "Forward in training is expected before"})
	}
	m := s.alone
	shape := m.low.program.Slots[m.low.x].Shape
	if want := append([]int{s.batch}, l.OutputShape(shape)...); dy == nil || !slices.Equal(dy.Shape, want) {
		panic(&Error{Op: op, Received: "gradient has " + shapeOf(dy), Expected: fmt.Sprintf("the output's shape %v is expected", want)})
	}
	dy.Check(op)
	m.value = dy.Copy()
	m.must(m.run(context.Background(), m.back, true))
	dx := m.value.Copy()
	dx.Shape = append([]int{s.batch}, shape...)
	return dx
}

// compileAlone makes the machine of one layer: forward in inference and in training, and backward.
func compileAlone(l builtin, n int, shape []int) {
	s := l.state()
	seed := int64(1)
	if d, ok := l.(*DropoutLayer); ok && d.Seed != 0 {
		seed = d.Seed
	}
	if s.alone != nil {
		s.alone.exec.Close()
	}
	low := newLowering(n, shape)
	m := &machine{low: low, layers: []Layer{l}, names: []string{l.className()}, shapes: [][]int{l.OutputShape(shape)}, rng: newRand(seed, 3)}
	low.keepGrads = true
	name, out := snake(l.className()), l.OutputShape(shape)
	low.begin(false, shape)
	low.layer(0, name, l, out)
	low.onHost()
	m.predict = low.finish("forward")
	low.begin(true, shape)
	low.learned = 1 // the gradient of the input is wanted
	low.layer(0, name, l, out)
	low.onHost()
	m.step = low.finish("forward in training")
	low.stages, low.dy = nil, backend.None
	low.shape = out
	low.backward()
	low.shape = shape
	low.gradientOnHost()
	low.close()
	for _, p := range low.params {
		if !p.fixed {
			low.stages = append(low.stages, stage{do: readGradient, slot: low.gradOf(p), param: p})
		}
	}
	m.back = low.finish("backward")
	m.compile()
	s.alone = m
}
