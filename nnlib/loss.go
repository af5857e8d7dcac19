package nnlib

import (
	"fmt"
	"math"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
	"github.com/gopherceptron/gopherceptron/nnlib/data"
)

// A Loss says how wrong predictions are: the number that training makes small. Losses are those of this package: a
// type of your own cannot be one yet.
type Loss interface {
	// Name returns what the loss is called.
	Name() string
	// Value returns the mean loss over the examples of predictions (n, m) for their targets.
	Value(predictions, targets *Tensor) float64

	// targets returns the targets as rows (n, outputs), or panics. op is what wants to use them.
	targets(op string, d *Dataset, outputs int) *Tensor
	// kinds returns the operations for the loss, and for its gradient.
	kinds() (value, gradient backend.Kind)
	// follows panics where the loss makes no sense of what a last layer gives.
	follows(a Activation)
}

// The losses.
var (
	// CategoricalCrossentropy is -Σ t·log(y) for one-hot targets (n, classes). The last layer gives probabilities.
	CategoricalCrossentropy Loss = crossentropy{}
	// SparseCategoricalCrossentropy is -log of the probability that was given to the right class, for labels (n). The last
	// layer gives probabilities.
	SparseCategoricalCrossentropy Loss = crossentropy{sparse: true}
	// MeanSquaredError is the mean of (y-t)², for numbers (n, m), or (n) where there is one output.
	MeanSquaredError Loss = squares{}
)

type crossentropy struct{ sparse bool }

func (c crossentropy) Name() string {
	if c.sparse {
		return "SparseCategoricalCrossentropy"
	}
	return "CategoricalCrossentropy"
}

func (c crossentropy) String() string { return c.Name() }

func (c crossentropy) kinds() (value, gradient backend.Kind) {
	return backend.CrossEntropy, backend.CrossEntropyGrad
}

// follows refuses activations that do not give probabilities: their logarithms would be those of the held values.
func (c crossentropy) follows(a Activation) {
	if a.kind != backend.Softmax && a.kind != backend.Sigmoid {
		panic(&Error{Op: "Compile", Received: "activation of the last layer is " + a.String(), Expected: c.Name() + " expects probabilities: use nnlib.Softmax there"})
	}
}

// Value divides each row by its sum and keeps probabilities within [1e-7, 1-1e-7], as Keras does.
// (Evaluate and Fit join the loss with a Softmax before it, and are exact beyond.)
func (c crossentropy) Value(predictions, targets *Tensor) float64 {
	const held = 1e-7
	y, t := pairUp(c, predictions, targets)
	total, m := 0.0, y.RowLen()
	for i := range y.Rows() {
		sum := 0.0
		for _, v := range y.Data[i*m : (i+1)*m] {
			sum += float64(v)
		}
		for j, v := range t.Data[i*m : (i+1)*m] {
			if v != 0 {
				p := float64(y.Data[i*m+j]) / sum
				total -= float64(v) * math.Log(min(max(p, held), 1-held))
			}
		}
	}
	return total / float64(y.Rows())
}

func (c crossentropy) targets(op string, d *Dataset, outputs int) *Tensor {
	labels := d.HasLabels()
	switch {
	case c.sparse && !labels:
		panic(&Error{Op: op, Received: fmt.Sprintf("targets have shape %v", d.Y.Shape), Expected: c.Name() + " expects labels (n): use CategoricalCrossentropy for one-hot rows"})
	case !c.sparse && labels:
		panic(&Error{Op: op, Received: "targets are labels", Expected: c.Name() + " expects one-hot rows: use SparseCategoricalCrossentropy, or the data set's OneHot()"})
	case labels:
		if n := len(d.Classes); n > outputs {
			panic(&Error{Op: op, Received: fmt.Sprintf("data set has %d classes", n), Expected: fmt.Sprintf("model has %s: make the last layer nnlib.Dense(%d, nnlib.Softmax)", count(outputs, "output"), n)})
		}
		for i, v := range d.Y.Data {
			if v != float32(int(v)) || v < 0 || int(v) >= outputs {
				panic(&Error{Op: op, Received: fmt.Sprintf("label %g of example %d", v, i), Expected: fmt.Sprintf("whole numbers from 0 to %d are expected, as the model has %s", outputs-1, count(outputs, "output"))})
			}
		}
		return data.OneHot(d.Y, outputs)
	}
	return perOutput(op, d.Y, outputs)
}

type squares struct{}

func (squares) Name() string { return "MeanSquaredError" }

func (squares) String() string { return "MeanSquaredError" }

func (squares) kinds() (value, gradient backend.Kind) {
	return backend.SquaredError, backend.SquaredErrorGrad
}

func (squares) follows(Activation) {}

func (s squares) Value(predictions, targets *Tensor) float64 {
	y, t := pairUp(s, predictions, targets)
	total := 0.0
	for i, v := range y.Data {
		d := float64(v) - float64(t.Data[i])
		total += d * d
	}
	return total / float64(len(y.Data))
}

func (squares) targets(op string, d *Dataset, outputs int) *Tensor {
	return perOutput(op, d.Y, outputs)
}

// perOutput checks that targets have one number an output.
func perOutput(op string, y *Tensor, outputs int) *Tensor {
	if n := y.RowLen(); n != outputs {
		hint := fmt.Sprintf("make the last layer one of %s", count(n, "unit"))
		if len(y.Shape) == 1 {
			hint = "write labels as rows with the data set's OneHot()"
		}
		panic(&Error{Op: op, Received: fmt.Sprintf("targets have shape %v", y.Shape), Expected: fmt.Sprintf("model has %s: %s", count(outputs, "output"), hint)})
	}
	return y
}

// pairUp returns predictions and targets as rows of equal shape, or panics.
func pairUp(l Loss, predictions, targets *Tensor) (y, t *Tensor) {
	d := &Dataset{X: predictions, Y: targets}
	d.Check(l.Name())
	return predictions, l.targets(l.Name(), d, predictions.RowLen())
}

// A Metric is something to watch while a model learns, that training does not use.
type Metric struct{ name string }

// Accuracy is the share of examples whose most probable class is the right one. With one output, it is the share of
// those that are on the right side of one half.
var Accuracy = Metric{"accuracy"}

// String returns the metric's name.
func (m Metric) String() string { return m.name }
