package nnlib

import (
	"context"
	"fmt"
	"math"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
	"github.com/gopherceptron/gopherceptron/nnlib/host"
)

// evaluateBatch is how many examples Evaluate and Predict take at once, at least.
const evaluateBatch = 32

// A Score is how well a model does on a data set.
type Score struct {
	Loss     float64 // mean over the examples
	Accuracy float64 // share of examples that are right; NaN where the model was compiled without Accuracy
	Examples int     // how many there were
}

// String returns `loss 0.1234, accuracy 96.94 % of 360 examples`.
func (s Score) String() string {
	text := fmt.Sprintf("loss %.4f", s.Loss)
	if !math.IsNaN(s.Accuracy) {
		text += fmt.Sprintf(", accuracy %.2f %%", 100*s.Accuracy)
	}
	return text + " of " + count(s.Examples, "example")
}

// Evaluate returns the model's loss and accuracy on a data set, without learning from it. It may be called while Fit
// runs, from what the host lets run between batches. Where the host's context ends it panics with the context's error.
func (m *Sequential) Evaluate(dataset *Dataset) Score {
	m.compiled("Evaluate")
	dataset.Check("Evaluate")
	m.take("Evaluate", dataset.X)
	targets := m.loss.targets("Evaluate", dataset, m.outputs())
	m.ready(evaluateBatch)
	score, err := m.evaluate(host.Current().Context(), nil, dataset.X, targets)
	if err != nil {
		panic(fmt.Errorf("nnlib: Evaluate: %w", err))
	}
	return score
}

// evaluate counts up the loss over x, in batches as large as the program takes. It yields to h after each, unless h is
// nil: what runs while a host is yielded to must not yield again, or sliders would call one another without end.
func (m *Sequential) evaluate(ctx context.Context, h host.Host, x, t *Tensor) (Score, error) {
	var sum totals
	n, wide, high := m.low.program.MaxBatch, x.RowLen(), t.RowLen()
	for i := 0; i < x.Rows(); i += n {
		end := min(i+n, x.Rows())
		m.must(m.exec.Write(m.low.x, x.Data[i*wide:end*wide]))
		m.must(m.exec.Write(m.low.t, t.Data[i*high:end*high]))
		if err := m.run(ctx, evaluateEntry, &sum, end-i); err != nil {
			return Score{}, err
		}
		if h != nil {
			h.Yield()
		}
	}
	return sum.score(m.accuracy), nil
}

// Predict returns the model's outputs for each example of x: a row of probabilities, where the last layer is a
// softmax. It may be called while Fit runs, from what the host lets run between batches. Where the host's context ends
// it panics with the context's error.
func (m *Sequential) Predict(x *Tensor) *Tensor {
	m.made("Predict")
	m.take("Predict", x)
	m.ready(evaluateBatch)
	ctx := host.Current().Context()
	n, wide, high := m.low.program.MaxBatch, x.RowLen(), m.outputs()
	y := NewTensor(x.Rows(), high)
	for i := 0; i < x.Rows(); i += n {
		end := min(i+n, x.Rows())
		m.must(m.exec.Write(m.low.x, x.Data[i*wide:end*wide]))
		if err := m.exec.Run(ctx, predictEntry); err != nil {
			panic(fmt.Errorf("nnlib: Predict: %w", err))
		}
		m.must(m.exec.Read(m.low.y, y.Data[i*high:end*high]))
	}
	return y
}

// totals counts up what a program reports, in float64: float32 would stop counting correct examples at 16 million.
type totals struct {
	loss, correct float64
	examples      int
	buffer        [1]float32
}

func (t *totals) clear() { *t = totals{} }

// run runs an entry on the batch of n examples that was written, and adds its totals. They are read and cleared each
// time, so that an Evaluate between two batches of Fit does not mix in.
func (m *Sequential) run(ctx context.Context, entry int, sum *totals, n int) error {
	sum.buffer[0] = 0
	m.must(m.exec.Write(m.low.loss, sum.buffer[:]))
	m.must(m.exec.Write(m.low.correct, sum.buffer[:]))
	if err := m.exec.Run(ctx, entry); err != nil {
		return err
	}
	sum.loss += m.total(m.low.loss, sum)
	sum.correct += m.total(m.low.correct, sum)
	sum.examples += n
	return nil
}

func (m *Sequential) total(s backend.Slot, sum *totals) float64 {
	m.must(m.exec.Read(s, sum.buffer[:]))
	return float64(sum.buffer[0])
}

func (t *totals) score(accuracy bool) Score {
	s := Score{Loss: t.loss / float64(t.examples), Accuracy: math.NaN(), Examples: t.examples}
	if accuracy {
		s.Accuracy = t.correct / float64(t.examples)
	}
	return s
}
