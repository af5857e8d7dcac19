package nnlib

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// A Sequential is a model whose layers follow one another. Compile says how it learns, Fit teaches it, Predict uses
// it. Weights are made when the size of the input is known: from an Input or Flatten layer, or else from the first
// data. One goroutine may use a model at a time.
type Sequential struct {
	// Seed decides the first weights, the order of the examples and the masks of Dropout; change it before the model has
	// weights. Zero takes the next number after nnlib.Seed.
	Seed int64

	layers []Layer
	names  []string   // dense, dense_1, flatten
	params [][]*Param // by layer
	input  []int      // the shape of one example, nil before the model is built
	tried  []int      // the shape that shapes are for, before the model is built
	shapes [][]int    // after each layer
	order  *rand.Rand // shuffles
	chance *rand.Rand // drops out

	optimizer Optimizer // nil before Compile
	update    update    // the optimizer's operation, as it was when Compile was called
	loss      Loss
	metrics   []Metric

	run      *machine // nil before it is needed
	weighted bool     // whether run has weights for the examples
	steps    int      // training steps that the optimizer's states have seen
	fitting  bool
	closed   bool
	blank    bool // the first weights need not be drawn: they are about to be read
}

// NewSequential returns a model of the given layers. Those of this package are copied without their weights, so that
// one value may be used in several models; Layers returns the model's. Layers of your own are taken as they are.
func NewSequential(layers ...Layer) *Sequential {
	m := &Sequential{}
	seen := map[string]int{}
	taken := map[string]bool{}
	works := false
	for i, l := range layers {
		if l == nil {
			panic(&Error{Op: "NewSequential", Received: fmt.Sprintf("layer %d is nil", i+1), Expected: "a layer is expected"})
		}
		name := ""
		if b, ok := l.(builtin); ok {
			b.check()
			name = b.givenName()
			l = b.fresh()
		}
		switch l.(type) {
		case *FlattenLayer, *InputLayer:
		default:
			works = true
		}
		if name == "" {
			base := snake(className(l))
			if name = base; seen[base] > 0 {
				name = fmt.Sprintf("%s_%d", base, seen[base])
			}
			seen[base]++
		}
		if taken[name] {
			panic(&Error{Op: "NewSequential", Received: fmt.Sprintf("two layers have the name %q", name), Expected: "names that differ are expected"})
		}
		taken[name] = true
		m.layers, m.names = append(m.layers, l), append(m.names, name)
	}
	if !works {
		panic(&Error{Op: "NewSequential", Received: count(len(layers), "layer"), Expected: "at least one that computes, such as nnlib.Dense, is expected"})
	}
	return m
}

// Layers returns the model's layers. Those of this package may be looked at and called, not changed.
func (m *Sequential) Layers() []Layer {
	m.made("Layers")
	return slices.Clone(m.layers)
}

// Compile says how the model learns: the optimizer, the loss that it makes small, and metrics to watch. Weights stay;
// what an earlier optimizer remembered is forgotten.
func (m *Sequential) Compile(optimizer Optimizer, loss Loss, metrics ...Metric) {
	m.idle("Compile")
	if optimizer == nil {
		panic(&Error{Op: "Compile", Received: "optimizer is nil", Expected: "one such as nnlib.Adam() is expected"})
	}
	if loss == nil {
		panic(&Error{Op: "Compile", Received: "loss is nil", Expected: "one such as nnlib.MeanSquaredError is expected"})
	}
	var u update
	if o, ok := optimizer.(builtinOptimizer); ok {
		u = o.update()
	}
	if l, ok := loss.(builtinLoss); ok {
		if a, known := m.lastActivation(); known {
			l.follows(a)
		}
	}
	for i, metric := range metrics {
		if metric.name == "" {
			panic(&Error{Op: "Compile", Received: "a metric of no name", Expected: "one such as nnlib.Accuracy is expected"})
		}
		for _, other := range metrics[:i] {
			if other.name == metric.name {
				panic(&Error{Op: "Compile", Received: fmt.Sprintf("metric %q twice", metric.name), Expected: "once is expected"})
			}
		}
	}
	m.release()
	m.optimizer, m.update, m.loss, m.metrics, m.steps = optimizer, u, loss, slices.Clone(metrics), 0
}

// lastActivation returns what the last layer that changes numbers ends in, if it is one of this package.
func (m *Sequential) lastActivation() (a Activation, known bool) {
	for _, l := range slices.Backward(m.layers) {
		switch l := l.(type) {
		case *DenseLayer:
			return l.Activation, true
		case *ActivationLayer:
			return l.Activation, true
		case *BatchNormalizationLayer:
			return Linear, true
		case *FlattenLayer, *InputLayer, *DropoutLayer:
		default:
			return Linear, false
		}
	}
	return Linear, false
}

// accuracy reports whether the model watches Accuracy.
func (m *Sequential) accuracy() bool {
	return slices.ContainsFunc(m.metrics, func(x Metric) bool { return x.name == Accuracy.name })
}

// Params returns the model's parameters, from the first layer to the last.
func (m *Sequential) Params() []*Param {
	m.made("Params")
	if !m.built() {
		shape := m.declared()
		if shape == nil {
			panic(&Error{Op: "Params", Received: "model has no weights yet", Expected: "a first layer nnlib.Input(...), or Fit, is expected before"})
		}
		m.build(shape)
	}
	return slices.Concat(m.params...)
}

// Close gives the model's memory back at once; otherwise that happens some time after nothing refers to the model any
// more. The model and its parameters cannot be used afterwards.
func (m *Sequential) Close() {
	m.idle("Close")
	if m.run != nil {
		m.run.exec.Close()
	}
	for _, p := range slices.Concat(m.params...) {
		if p.kept != nil {
			p.kept.Free()
		}
	}
	m.run, m.layers, m.params = nil, nil, nil
	m.closed = true
}

// built reports whether the model has weights.
func (m *Sequential) built() bool { return m.input != nil }

// declared returns the input's shape as the layers say it, or nil. Layers in front of the one that knows must not
// change the shape, which holds for the first layer only.
func (m *Sequential) declared() []int {
	if b, ok := m.layers[0].(builtin); ok && len(b.inputShape()) > 0 {
		return b.inputShape()
	}
	return nil
}

// build makes the weights for examples of the given shape.
func (m *Sequential) build(shape []int) {
	shapes := m.through(shape)
	if m.Seed == 0 {
		m.Seed = nextSeed()
	}
	rng := newRand(m.Seed, 1)
	if m.blank {
		rng = nil
	}
	m.order, m.chance = newRand(m.Seed, 2), newRand(m.Seed, 3)
	m.params = make([][]*Param, len(m.layers))
	in := shape
	for i, l := range m.layers {
		if b, ok := l.(builtin); ok {
			build(b, in, rng)
		}
		m.params[i] = l.Params()
		for j, p := range m.params[i] {
			if p == nil {
				panic(&Error{Op: m.names[i], Received: fmt.Sprintf("parameter %d is nil", j), Expected: "nnlib.NewParam makes one"})
			}
			p.detach()
			p.layer = m.names[i]
		}
		in = shapes[i]
	}
	m.input, m.tried, m.shapes = slices.Clone(shape), slices.Clone(shape), shapes
}

// through returns the shape after each layer. Layers of the user's own say it by what they make of zeros.
func (m *Sequential) through(shape []int) [][]int {
	if m.shapes != nil && slices.Equal(shape, m.tried) {
		return m.shapes
	}
	var shapes [][]int
	in := shape
	for i, l := range m.layers {
		shape = m.after(i, l, shape, shapes)
		shapes = append(shapes, shape)
	}
	if !m.built() {
		m.tried, m.shapes = slices.Clone(in), shapes
	}
	return shapes
}

// after returns the shape after layer i. A mistake carries the network as far as it is known.
func (m *Sequential) after(i int, l Layer, shape []int, known [][]int) []int {
	if b, ok := l.(builtin); ok {
		defer func() {
			mistake := recover()
			if e, ok := mistake.(*Error); ok {
				e.Network = m.network(i, shape, known)
			}
			if mistake != nil {
				panic(mistake)
			}
		}()
		return b.OutputShape(shape)
	}
	const rows = 2
	y := l.Forward(NewTensor(append([]int{rows}, shape...)...), false)
	if y == nil || y.Rows() != rows || y.RowLen() == 0 || len(y.Shape) < 2 {
		panic(&Error{Op: m.names[i], Received: fmt.Sprintf("Forward of shape %v returned %s", append([]int{rows}, shape...), shapeOf(y)), Expected: "as many rows are expected, with at least one number each"})
	}
	y.Check(m.names[i])
	return slices.Clone(y.Shape[1:])
}

// accepts panics unless the model can take n examples of a shape, and returns how many numbers it gives for one. It
// changes nothing, so that data of a wrong shape does not make the weights.
func (m *Sequential) accepts(op string, shape []int, n int) (outputs int) {
	want := m.input
	if want == nil {
		want = m.declared()
	}
	if whole := append([]int{n}, shape...); slices.Equal(whole, want) && !slices.Equal(shape, want) {
		panic(&Error{Op: op, Received: "input has the shape of one example, " + dims(whole), Expected: "a row of them is expected: use Reshape(1, " + commas(whole) + ")"})
	}
	if len(shape) == 0 && len(want) > 0 {
		panic(&Error{Op: op, Received: "input has shape " + dims([]int{n}), Expected: "examples of shape " + dims(want) + " are expected: use Reshape(-1, " + commas(want) + ")"})
	}
	shapes := m.through(shape) // a layer that knows better complains
	if m.built() && !slices.Equal(shape, m.input) {
		panic(&Error{Op: op, Received: "examples have shape " + dims(shape), Expected: "model was made for " + dims(m.input), Network: m.network(0, shape, nil)})
	}
	return product(shapes[len(shapes)-1])
}

// take checks that the model can take n examples of a shape, and builds it where it is not built.
func (m *Sequential) take(op string, shape []int, n int) {
	m.accepts(op, shape, n)
	if !m.built() {
		m.build(shape)
	}
}

// outputs returns how many numbers the model gives for one example.
func (m *Sequential) outputs() int { return product(m.shapes[len(m.shapes)-1]) }

// made panics where there is no model, as after var model *nnlib.Sequential.
func (m *Sequential) made(op string) {
	if m != nil && m.closed {
		panic(&Error{Op: op, Received: "model is closed", Expected: "a new one is expected"})
	}
	if m == nil || len(m.layers) == 0 {
		panic(&Error{Op: op, Received: "there is no model", Expected: "one made by nnlib.NewSequential is expected"})
	}
}

// idle panics where the model is in the middle of Fit, which the callback of a slider can see.
func (m *Sequential) idle(op string) {
	m.made(op)
	if m.fitting {
		panic(&Error{Op: op, Received: "model is being trained", Expected: "Fit must return before"})
	}
}

// ready compiles the program for batches of up to n examples, where there is none, a smaller one or one without
// weights for the examples, and keeps parameters and what the optimizer remembers.
func (m *Sequential) ready(n int, weighted bool) {
	if r := m.run; r != nil && r.low.program.MaxBatch >= n && (m.weighted || !weighted) && m.owned() {
		return
	}
	old := m.run
	if old != nil {
		n = max(n, old.low.program.MaxBatch)
	}
	m.weighted = weighted
	r := m.lower(n)
	r.compile()
	for _, p := range r.low.params {
		p.attach(r, r.low.values[p])
	}
	m.run = r
	if old == nil {
		return
	}
	for i, s := range old.low.states {
		m.must(moveSlot(old.exec, s, r.exec, r.low.states[i], old.low.program.Slots[s].Size()))
	}
	old.exec.Close()
}

// owned reports whether all parameters are where the model computes: a newer model may have taken those of a layer of
// the user's own.
func (m *Sequential) owned() bool {
	for _, p := range m.run.low.params {
		if !p.in(m.run) {
			return false
		}
	}
	return true
}

// lower turns the model into a machine that is not compiled yet.
func (m *Sequential) lower(n int) *machine {
	l := newLowering(n, m.input)
	r := &machine{low: l, layers: m.layers, names: m.names, shapes: m.shapes, rng: m.chance}
	pass := func(training bool) {
		l.begin(training, m.input)
		for i, layer := range m.layers {
			l.layer(i, m.names[i], layer, m.shapes[i])
		}
		l.at = "model"
	}
	for _, p := range slices.Concat(m.params...) { // in the model's order
		l.param(p)
	}
	pass(false)
	l.onHost()
	r.predict = l.finish("predict")
	if m.optimizer == nil {
		return r
	}
	l.t = l.slot("targets", backend.Input, true, m.outputs())
	l.loss = l.slot("loss", backend.Output, false, 1)
	l.penalty = l.slot("penalty", backend.Output, false, 1)
	l.weights = backend.None
	if m.weighted {
		l.weights = l.slot("weights", backend.Input, true, 1)
	}
	if _, ok := m.loss.(builtinLoss); !ok {
		r.loss = m.loss
	}
	own, isOwn := m.optimizer, true
	if _, ok := own.(builtinOptimizer); ok {
		isOwn = false
	}
	l.keepGrads = isOwn
	pass(false)
	m.head(l, backend.None)
	r.evaluate = l.finish("evaluate")
	pass(true)
	m.head(l, l.weights)
	l.backward()
	m.learn(l, r, isOwn)
	r.step = l.finish("step")
	return r
}

// head adds loss and metrics, and in training the gradient of the loss.
func (m *Sequential) head(l *lowering, weights backend.Slot) {
	l.shape = []int{m.outputs()}
	shape := m.shapes[len(m.shapes)-1]
	dy := l.slot("dy", backend.Temp, true, m.outputs())
	loss, compiled := m.loss.(builtinLoss)
	if compiled {
		f, joined := loss.function(l.pending)
		x, y := backend.None, backend.None
		if joined {
			l.pending = Linear
			x = l.raw()
			y = l.over(x, "y")
			l.out = y
		} else {
			x = l.operand()
		}
		l.emit(backend.Op{Kind: backend.Loss, Func: f, In: []backend.Slot{x, l.t, weights}, Out: []backend.Slot{y, l.loss}})
		m.count(l)
		if l.training {
			l.dy = dy
			l.emit(backend.Op{Kind: backend.LossGrad, Func: f, In: []backend.Slot{l.out, l.t, weights}, Out: []backend.Slot{dy}})
		}
	} else {
		l.operand()
		m.count(l)
		l.toHost(l.out, shape)
		do := callLoss
		if l.training {
			do = callLossGrad
		}
		l.close()
		l.stages = append(l.stages, stage{do: do})
		l.dy, l.shape = backend.None, shape
	}
	if compiled && slices.ContainsFunc(m.metrics, func(x Metric) bool { return x.f != nil }) && l.program.Slots[l.out].Role == backend.Temp {
		l.program.Slots[l.out].Role = backend.Output // metrics of the user's own read it
	}
	for _, p := range l.params {
		if !p.reg.none() {
			l.emit(backend.Op{Kind: backend.Penalty, Consts: []float32{float32(p.reg.L1), float32(p.reg.L2)}, In: []backend.Slot{l.values[p]}, Out: []backend.Slot{l.penalty}})
		}
	}
	l.y = l.out
}

// count adds the metrics' operations.
func (m *Sequential) count(l *lowering) {
	l.metrics = make([]backend.Slot, len(m.metrics))
	for i, metric := range m.metrics {
		if metric.f == nil {
			s := l.slot(fmt.Sprintf("metric %d", i), backend.Output, false, metric.width())
			l.metrics[i] = s
			l.emit(backend.Op{Kind: metric.kind, Consts: []float32{metric.k}, In: []backend.Slot{l.out, l.t}, Out: []backend.Slot{s}})
		}
	}
}

// learn adds what changes the parameters.
func (m *Sequential) learn(l *lowering, r *machine, own bool) {
	l.at = "update"
	var params []*Param
	for i, layer := range m.layers {
		_, compiled := layer.(builtin)
		for _, p := range m.params[i] {
			if p.fixed {
				continue
			}
			params = append(params, p)
			if s := l.gradOf(p); !compiled {
				l.program.Slots[s].Role = backend.Output // written from outside
				l.close()
				l.stages = append(l.stages, stage{do: writeGradient, slot: s, param: p})
			}
		}
	}
	for _, p := range params {
		if !p.reg.none() {
			l.emit(backend.Op{Kind: backend.PenaltyGrad, Consts: []float32{float32(p.reg.L1), float32(p.reg.L2)}, In: []backend.Slot{l.values[p]}, Out: []backend.Slot{l.gradOf(p)}})
		}
	}
	if !own {
		l.updates(m.optimizer.(builtinOptimizer), m.update, params)
		return
	}
	l.close()
	for _, p := range params {
		l.stages = append(l.stages, stage{do: readGradient, slot: l.gradOf(p), param: p})
	}
	l.stages = append(l.stages, stage{do: callOptimizer})
	r.optimizer, r.ownParams = m.optimizer, params
}

// release takes the parameters out of the exec and closes it.
func (m *Sequential) release() {
	if m.run == nil {
		return
	}
	for _, p := range m.run.low.params {
		if p.in(m.run) {
			p.detach()
		}
	}
	m.run.exec.Close()
	m.run = nil
}

// must panics with what a backend reports between runs: a device that is gone.
func (m *Sequential) must(err error) {
	if err != nil {
		panic(fmt.Errorf("nnlib: %w", err))
	}
}
