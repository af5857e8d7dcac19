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
	// Seed decides the first weights and the order of the examples; change it before the model has weights. Zero takes
	// the next number after nnlib.Seed.
	Seed int64

	layers []Layer
	names  []string   // dense_1, dense_2, flatten_1
	params [][]*Param // by layer
	input  []int      // the shape of one example, nil before the model is built
	shapes [][]int    // after each layer
	order  *rand.Rand // shuffles

	optimizer Optimizer // nil before Compile
	update    update    // the optimizer's operation, as it was when Compile was called
	loss      Loss
	accuracy  bool

	low     *lowering // the program and its slots
	exec    backend.Exec
	steps   int // training steps that the optimizer's states have seen
	fitting bool
}

// NewSequential returns a model of the given layers.
func NewSequential(layers ...Layer) *Sequential {
	m := &Sequential{layers: slices.Clone(layers)}
	seen := map[string]int{}
	trains := false
	for i, l := range m.layers {
		if l == nil {
			panic(&Error{Op: "NewSequential", Received: fmt.Sprintf("layer %d is nil", i+1), Expected: "a layer is expected"})
		}
		seen[l.Name()]++
		m.names = append(m.names, fmt.Sprintf("%s_%d", lower(l.Name()), seen[l.Name()]))
		if d, ok := l.(DenseLayer); ok {
			d.check()
			trains = true
		}
	}
	if !trains {
		panic(&Error{Op: "NewSequential", Received: count(len(layers), "layer"), Expected: "at least one Dense layer is expected"})
	}
	return m
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
	u := optimizer.update()
	for _, l := range slices.Backward(m.layers) {
		if d, ok := l.(DenseLayer); ok { // what comes after it changes no number
			loss.follows(d.Activation)
			break
		}
	}
	for _, metric := range metrics {
		if metric != Accuracy {
			panic(&Error{Op: "Compile", Received: fmt.Sprintf("metric %q", metric.name), Expected: "Accuracy is expected"})
		}
	}
	m.release()
	m.optimizer, m.update, m.loss, m.accuracy, m.steps = optimizer, u, loss, len(metrics) > 0, 0
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

// built reports whether the model has weights.
func (m *Sequential) built() bool { return m.input != nil }

// declared returns the input's shape as the layers say it, or nil. Layers in front of the one that knows must not
// change the shape, which holds for the first layer only.
func (m *Sequential) declared() []int {
	if shape := m.layers[0].inputShape(); len(shape) > 0 {
		return shape
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
	m.order = newRand(m.Seed, 2)
	m.params = make([][]*Param, len(m.layers))
	in := shape
	for i, l := range m.layers {
		m.params[i] = l.params(in, rng)
		for _, p := range m.params[i] {
			p.name = m.names[i] + "/" + p.name
		}
		in = shapes[i]
	}
	m.input, m.shapes = slices.Clone(shape), shapes
}

// through returns the shape after each layer.
func (m *Sequential) through(shape []int) [][]int {
	var shapes [][]int
	for _, l := range m.layers {
		shape = l.OutputShape(shape)
		shapes = append(shapes, shape)
	}
	return shapes
}

// accepts panics unless the model can take x, and returns how many numbers it gives for one example. It changes
// nothing, so that data of a wrong shape does not make the weights.
func (m *Sequential) accepts(op string, x *Tensor) (outputs int) {
	if x == nil || x.Rows() == 0 || x.RowLen() == 0 {
		panic(&Error{Op: op, Received: "input is empty", Expected: "at least one example is expected"})
	}
	x.Check(op)
	shape := x.Shape[1:]
	want := m.input
	if want == nil {
		want = m.declared()
	}
	if slices.Equal(x.Shape, want) && !slices.Equal(shape, want) {
		panic(&Error{Op: op, Received: "input has the shape of one example, " + dims(x.Shape), Expected: "a row of them is expected: use Reshape(1, " + commas(x.Shape) + ")"})
	}
	if len(shape) == 0 && len(want) > 0 {
		panic(&Error{Op: op, Received: "input has shape " + dims(x.Shape), Expected: "examples of shape " + dims(want) + " are expected: use Reshape(-1, " + commas(want) + ")"})
	}
	shapes := m.through(shape) // a layer that knows better complains
	if m.built() && !slices.Equal(shape, m.input) {
		before := shape
		for i, l := range m.layers {
			if d, ok := l.(DenseLayer); ok && before[0] != m.params[i][0].shape[0] {
				panic(&Error{Op: d.Name(), Received: "input has " + count(before[0], "feature"), Expected: fmt.Sprintf("weights expect %d", m.params[i][0].shape[0])})
			}
			before = shapes[i]
		}
		panic(&Error{Op: op, Received: "examples have shape " + dims(shape), Expected: "model was made for " + dims(m.input)})
	}
	return product(shapes[len(shapes)-1])
}

// take checks that the model can take x, and builds it where it is not built.
func (m *Sequential) take(op string, x *Tensor) {
	m.accepts(op, x)
	if !m.built() {
		m.build(x.Shape[1:])
	}
}

// outputs returns how many numbers the model gives for one example.
func (m *Sequential) outputs() int { return product(m.shapes[len(m.shapes)-1]) }

// made panics where there is no model, as after var model *nnlib.Sequential.
func (m *Sequential) made(op string) {
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

// ready compiles the program for batches of up to n examples, where there is none or a smaller one, and keeps
// parameters and what the optimizer remembers.
func (m *Sequential) ready(n int) {
	if m.exec != nil && m.low.program.MaxBatch >= n {
		return
	}
	old := m.states()
	m.release()
	low := lowerModel(m, n)
	exec, err := backend.Compile(low.program)
	if err != nil {
		panic(fmt.Errorf("nnlib: compiling the model: %w", err))
	}
	for i, p := range slices.Concat(m.params...) {
		p.exec, p.slot = exec, low.params[i]
		p.Set(&Tensor{Shape: p.shape, Data: p.kept})
		p.kept = nil
	}
	m.low, m.exec = low, exec
	for i, numbers := range old {
		m.must(exec.Write(low.states[i], numbers))
	}
}

// states returns what the optimizer remembers, in the order of the program's slots.
func (m *Sequential) states() [][]float32 {
	if m.exec == nil {
		return nil
	}
	var all [][]float32
	for _, s := range m.low.states {
		numbers := make([]float32, m.low.program.Slots[s].Size())
		m.must(m.exec.Read(s, numbers))
		all = append(all, numbers)
	}
	return all
}

// release takes the parameters out of the exec and closes it.
func (m *Sequential) release() {
	if m.exec == nil {
		return
	}
	for _, p := range slices.Concat(m.params...) {
		p.kept = p.Value().Data
		p.exec = nil
	}
	m.exec.Close()
	m.exec, m.low = nil, nil
}

// must panics with what a backend reports between runs: a device that is gone.
func (m *Sequential) must(err error) {
	if err != nil {
		panic(fmt.Errorf("nnlib: %w", err))
	}
}

// lower writes a layer's name as parameters' names begin.
func lower(name string) string {
	b := []byte(name)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
