package nnlib

import (
	"fmt"
	"math"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
	"github.com/gopherceptron/gopherceptron/nnlib/data"
)

// A Loss says how wrong predictions are: the number that training makes small. The losses of this package run compiled
// inside a model; any type with these two methods can take their place.
type Loss interface {
	// Value returns the mean loss over the examples of predictions for their targets, which are rows of a data set's Y:
	// labels (n), or numbers (n, m).
	Value(predictions, targets *Tensor) float64
	// Gradient returns the gradient of Value with respect to the predictions, in their shape.
	Gradient(predictions, targets *Tensor) *Tensor
}

// LossFunc is a loss made of two functions.
type LossFunc struct {
	ValueFunc    func(predictions, targets *Tensor) float64 // see Loss.Value
	GradientFunc func(predictions, targets *Tensor) *Tensor // see Loss.Gradient
}

// Value calls ValueFunc.
func (l LossFunc) Value(predictions, targets *Tensor) float64 {
	return l.ValueFunc(predictions, targets)
}

// Gradient calls GradientFunc.
func (l LossFunc) Gradient(predictions, targets *Tensor) *Tensor {
	return l.GradientFunc(predictions, targets)
}

// builtinLoss is what the losses of this package have besides.
type builtinLoss interface {
	Loss
	fmt.Stringer
	// targets returns the targets as rows (n, outputs), or panics. op is what wants to use them.
	targets(op string, d *Dataset, outputs int) *Tensor
	// function returns the backend's function for predictions of an activation, and whether it takes the activation in.
	function(a Activation) (f backend.Func, joined bool)
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
	// BinaryCrossentropy is the mean of -t·log(y) - (1-t)·log(1-y), for targets of 0 and 1: (n, m), or (n) where there is
	// one output. The last layer gives a probability for each output: use Sigmoid.
	BinaryCrossentropy Loss = binaryCrossentropy{}
	// MeanSquaredError is the mean of (y-t)², for numbers (n, m), or (n) where there is one output.
	MeanSquaredError Loss = squares{}
)

type crossentropy struct{ sparse bool }

// String returns the loss's name.
func (c crossentropy) String() string {
	if c.sparse {
		return "SparseCategoricalCrossentropy"
	}
	return "CategoricalCrossentropy"
}

func (c crossentropy) function(a Activation) (backend.Func, bool) {
	if a.softmax() { // together they are exact also where a probability rounds to zero
		return backend.SoftmaxCrossEntropy, true
	}
	return backend.CrossEntropy, false
}

// follows refuses activations that do not give probabilities: their logarithms would be those of the held values.
func (c crossentropy) follows(a Activation) {
	if !a.softmax() && a.fn != backend.Sigmoid {
		panic(&Error{Op: "Compile", Received: "activation of the last layer is " + a.String(), Expected: c.String() + " expects probabilities: use nnlib.Softmax there"})
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

func (c crossentropy) Gradient(predictions, targets *Tensor) *Tensor {
	return lossGradient(c, backend.CrossEntropy, predictions, targets)
}

func (c crossentropy) targets(op string, d *Dataset, outputs int) *Tensor {
	labels := d.HasLabels()
	switch {
	case c.sparse && !labels:
		panic(&Error{Op: op, Received: fmt.Sprintf("targets have shape %v", d.Y.Shape), Expected: c.String() + " expects labels (n): use CategoricalCrossentropy for one-hot rows"})
	case !c.sparse && labels:
		panic(&Error{Op: op, Received: "targets are labels", Expected: c.String() + " expects one-hot rows: use SparseCategoricalCrossentropy, or the data set's OneHot()"})
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

type binaryCrossentropy struct{}

// String returns the loss's name.
func (binaryCrossentropy) String() string { return "BinaryCrossentropy" }

func (binaryCrossentropy) function(a Activation) (backend.Func, bool) {
	if a.fn == backend.Sigmoid {
		return backend.SigmoidCrossEntropy, true
	}
	return backend.BinaryCrossEntropy, false
}

func (b binaryCrossentropy) follows(a Activation) {
	if !a.softmax() && a.fn != backend.Sigmoid {
		panic(&Error{Op: "Compile", Received: "activation of the last layer is " + a.String(), Expected: b.String() + " expects probabilities: use nnlib.Sigmoid there"})
	}
}

// Value keeps probabilities within [1e-7, 1-1e-7], as Keras does.
func (b binaryCrossentropy) Value(predictions, targets *Tensor) float64 {
	const held = 1e-7
	y, t := pairUp(b, predictions, targets)
	total := 0.0
	for i, v := range y.Data {
		p, t := min(max(float64(v), held), 1-held), float64(t.Data[i])
		total -= t*math.Log(p) + (1-t)*math.Log(1-p)
	}
	return total / float64(len(y.Data))
}

func (b binaryCrossentropy) Gradient(predictions, targets *Tensor) *Tensor {
	return lossGradient(b, backend.BinaryCrossEntropy, predictions, targets)
}

func (b binaryCrossentropy) targets(op string, d *Dataset, outputs int) *Tensor {
	t := perOutput(op, d.Y, outputs)
	for i, v := range t.Data {
		if !(v >= 0 && v <= 1) {
			panic(&Error{Op: op, Received: fmt.Sprintf("target %g of example %d", v, i/outputs), Expected: b.String() + " expects numbers from 0 to 1"})
		}
	}
	return t
}

type squares struct{}

// String returns the loss's name.
func (squares) String() string { return "MeanSquaredError" }

func (squares) function(Activation) (backend.Func, bool) { return backend.SquaredError, false }

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

func (s squares) Gradient(predictions, targets *Tensor) *Tensor {
	return lossGradient(s, backend.SquaredError, predictions, targets)
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
func pairUp(l builtinLoss, predictions, targets *Tensor) (y, t *Tensor) {
	d := &Dataset{X: predictions, Y: targets}
	d.Check(l.String())
	return predictions, l.targets(l.String(), d, predictions.RowLen())
}

// lossGradient runs the backend's gradient by itself.
func lossGradient(l builtinLoss, f backend.Func, predictions, targets *Tensor) *Tensor {
	y, t := pairUp(l, predictions, targets)
	n, m := y.Rows(), y.RowLen()
	p := backend.Program{MaxBatch: n, Slots: []backend.SlotSpec{
		{Name: "y", Role: backend.Input, Shape: []int{m}, Batched: true},
		{Name: "t", Role: backend.Input, Shape: []int{m}, Batched: true},
		{Name: "dy", Role: backend.Output, Shape: []int{m}, Batched: true},
	}, Entries: []backend.Entry{{Name: "gradient", Ops: []backend.Op{{Kind: backend.LossGrad, Func: f, In: []backend.Slot{0, 1, backend.None}, Out: []backend.Slot{2}}}}}}
	low := &lowering{program: p}
	run := &machine{low: low, predict: plan{{do: runEntry}}}
	run.compile()
	defer run.exec.Close()
	d := NewTensor(y.Shape...)
	run.must(run.exec.Write(0, y.Data))
	run.must(run.exec.Write(1, t.Data))
	run.must(run.exec.Run(background, 0))
	run.must(run.exec.Read(2, d.Data))
	return d
}
