package nnlib

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
	"github.com/gopherceptron/gopherceptron/nnlib/host"
)

// evaluateBatch is how many examples Evaluate and Predict take at once, at least.
const evaluateBatch = 32

// A Score is how well a model does on a data set.
type Score struct {
	Loss     float64            // mean over the examples, with what regularizers add
	Accuracy float64            // share of examples that are right; NaN where the model was compiled without Accuracy
	Metrics  map[string]float64 // the other metrics by name, nil where there are none
	Examples int                // how many there were
}

// String returns `loss 0.1234, accuracy 96.94 % of 360 examples`.
func (s Score) String() string {
	text := fmt.Sprintf("loss %.4f", s.Loss)
	if !math.IsNaN(s.Accuracy) {
		text += fmt.Sprintf(", accuracy %.2f %%", 100*s.Accuracy)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Metrics)) {
		text += fmt.Sprintf(", %s %.4f", name, s.Metrics[name])
	}
	return text + " of " + count(s.Examples, "example")
}

// Evaluate returns the model's loss and metrics on a data set, without learning from it. It may be called while Fit
// runs, from what the host lets run between batches. Where the host's context ends it panics with the context's error.
func (m *Sequential) Evaluate(dataset *Dataset) Score {
	m.compiled("Evaluate")
	dataset.Check("Evaluate")
	m.take("Evaluate", dataset.ExampleShape(), dataset.Len())
	targets := m.targets("Evaluate", dataset, m.outputs())
	m.ready(evaluateBatch, m.weighted)
	score, err := m.evaluate(host.Current().Context(), nil, dataset, targets)
	if err != nil {
		panic(fmt.Errorf("nnlib: Evaluate: %w", err))
	}
	return score
}

// targets returns a data set's targets as rows for the program, or panics. For a loss of the user's own they are what
// metrics need: labels become rows where the model has several outputs.
func (m *Sequential) targets(op string, d *Dataset, outputs int) *Tensor {
	if l, ok := m.loss.(builtinLoss); ok {
		return l.targets(op, d, outputs)
	}
	counts := slices.ContainsFunc(m.metrics, func(x Metric) bool { return x.f == nil })
	switch {
	case d.HasLabels() && outputs > 1 && counts:
		return crossentropy{sparse: true}.targets(op, d, outputs)
	case d.Y.RowLen() == outputs:
		return d.Y
	case counts:
		return perOutput(op, d.Y, outputs)
	}
	return NewTensor(d.Len(), outputs) // nothing reads them
}

// batches feeds a data set to the model in its order, as many examples at once as the program takes.
type batches struct {
	d       *Dataset
	indices []int
	next    int
}

func (m *Sequential) batches(d *Dataset) *batches {
	n := min(m.run.low.program.MaxBatch, d.Len())
	return &batches{d: d, indices: make([]int, n)}
}

// take gives the next examples to the machine and returns how many there are, 0 after the last.
func (b *batches) take(r *machine, shape []int) (first, n int) {
	first, n = b.next, min(len(b.indices), b.d.Len()-b.next)
	if n == 0 {
		return first, 0
	}
	for i := range n {
		b.indices[i] = first + i
	}
	x := r.room(n * b.d.RowLen())
	b.d.Batch(x, b.indices[:n])
	r.input(x, n, shape)
	b.next += n
	return first, n
}

// evaluate counts up the loss over a data set, in batches as large as the program takes. It yields to h after each,
// unless h is nil: what runs while a host is yielded to must not yield again, or sliders would call one another without
// end.
func (m *Sequential) evaluate(ctx context.Context, h host.Host, d *Dataset, t *Tensor) (Score, error) {
	var sum totals
	high := t.RowLen()
	for b := m.batches(d); ; {
		first, n := b.take(m.run, m.input)
		if n == 0 {
			return sum.score(m.metrics), nil
		}
		m.must(m.run.exec.Write(m.run.low.t, t.Data[first*high:(first+n)*high]))
		if err := m.measure(ctx, m.run.evaluate, false, &sum, d, b.indices[:n]); err != nil {
			return Score{}, err
		}
		if h != nil {
			h.Yield()
		}
	}
}

// Predict returns the model's outputs for each example of x: a row of probabilities, where the last layer is a
// softmax. It may be called while Fit runs, from what the host lets run between batches. Where the host's context ends
// it panics with the context's error.
func (m *Sequential) Predict(x *Tensor) *Tensor {
	const op = "Predict"
	m.made(op)
	if x == nil || x.Rows() == 0 || x.RowLen() == 0 {
		panic(&Error{Op: op, Received: "input is empty", Expected: "at least one example is expected"})
	}
	x.Check(op)
	m.take(op, x.Shape[1:], x.Rows())
	return m.predict(op, &Dataset{X: x})
}

// PredictDataset returns the model's outputs for each example of a data set, as Predict does, without the need to have
// all its pictures as numbers at once.
func (m *Sequential) PredictDataset(dataset *Dataset) *Tensor {
	const op = "PredictDataset"
	m.made(op)
	if dataset.Len() == 0 || dataset.RowLen() == 0 {
		panic(&Error{Op: op, Received: "data set is empty", Expected: "at least one example is expected"})
	}
	m.take(op, dataset.ExampleShape(), dataset.Len())
	return m.predict(op, dataset)
}

func (m *Sequential) predict(op string, d *Dataset) *Tensor {
	m.ready(evaluateBatch, m.weighted)
	ctx, r, high := host.Current().Context(), m.run, m.outputs()
	y := NewTensor(append([]int{d.Len()}, m.shapes[len(m.shapes)-1]...)...)
	for b := m.batches(d); ; {
		first, n := b.take(r, m.input)
		if n == 0 {
			return y
		}
		if err := r.run(ctx, r.predict, false); err != nil {
			panic(fmt.Errorf("nnlib: %s: %w", op, err))
		}
		copy(y.Data[first*high:], r.value.Data)
	}
}

// totals counts up what a program reports, in float64: float32 would stop counting correct examples at 16 million.
type totals struct {
	loss     float64
	metrics  [][3]float64
	examples int
	buffer   [3]float32
}

func (t *totals) clear() {
	clear(t.metrics)
	t.loss, t.examples = 0, 0
}

// measure runs a plan on the batch that was written, the examples of d with the given indices, and adds its totals. They
// are read and cleared each time, so that an Evaluate between two batches of Fit does not mix in.
func (m *Sequential) measure(ctx context.Context, p plan, training bool, sum *totals, d *Dataset, indices []int) error {
	r, n := m.run, len(indices)
	if len(sum.metrics) < len(m.metrics) {
		sum.metrics = make([][3]float64, len(m.metrics))
	}
	sum.buffer = [3]float32{}
	m.must(r.exec.Write(r.low.loss, sum.buffer[:1]))
	m.must(r.exec.Write(r.low.penalty, sum.buffer[:1]))
	for i, metric := range m.metrics {
		if metric.f == nil {
			m.must(r.exec.Write(r.low.metric(i), sum.buffer[:metric.width()]))
		}
	}
	var raw *Tensor // targets as the data set has them
	if r.loss != nil || m.ownMetrics() {
		raw = d.Y.Select(indices...)
		r.targets = raw
	}
	if err := r.run(ctx, p, training); err != nil {
		return err
	}
	if r.loss != nil {
		sum.loss += r.lossValue * float64(n)
	} else {
		sum.loss += m.total(r.low.loss, sum)
	}
	sum.loss += m.total(r.low.penalty, sum) * float64(n)
	for i, metric := range m.metrics {
		if metric.f != nil {
			sum.metrics[i][0] += metric.f(m.outputsOf(n), raw) * float64(n)
			continue
		}
		w := metric.width()
		m.must(r.exec.Read(r.low.metric(i), sum.buffer[:w]))
		for j, v := range sum.buffer[:w] {
			sum.metrics[i][j] += float64(v)
		}
	}
	sum.examples += n
	return nil
}

func (m *Sequential) ownMetrics() bool {
	for i := range m.metrics {
		if m.metrics[i].f != nil {
			return true
		}
	}
	return false
}

// outputsOf returns the predictions of the batch that was run.
func (m *Sequential) outputsOf(n int) *Tensor {
	y := NewTensor(append([]int{n}, m.shapes[len(m.shapes)-1]...)...)
	if m.run.low.program.Slots[m.run.low.y].Role == backend.Input { // a layer of the user's own gave it
		copy(y.Data, m.run.last.Data)
		return y
	}
	m.must(m.run.exec.Read(m.run.low.y, y.Data))
	return y
}

func (m *Sequential) total(s backend.Slot, sum *totals) float64 {
	m.must(m.run.exec.Read(s, sum.buffer[:1]))
	return float64(sum.buffer[0])
}

func (t *totals) score(metrics []Metric) Score {
	s := Score{Loss: t.loss / float64(t.examples), Accuracy: math.NaN(), Examples: t.examples}
	for i, metric := range metrics {
		if len(t.metrics) == 0 {
			break
		}
		v := metric.result(t.metrics[i], t.examples)
		if metric.name == Accuracy.name && metric.f == nil {
			s.Accuracy = v
			continue
		}
		if s.Metrics == nil {
			s.Metrics = map[string]float64{}
		}
		s.Metrics[metric.name] = v
	}
	return s
}
