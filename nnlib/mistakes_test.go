package nnlib

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMistakes(t *testing.T) {
	labels := blobs(10, 784, 3, 1)
	images := &Dataset{X: NewTensor(4, 8, 8), Y: NewTensor(4)}
	model := func(layers ...Layer) *Sequential {
		m := NewSequential(layers...)
		m.Compile(SGD(), SparseCategoricalCrossentropy, Accuracy)
		return m
	}
	fit := func(m *Sequential, d *Dataset) func() { return func() { m.Fit(d, FitOptions{}) } }
	badLabel := &Dataset{X: NewTensor(2, 784), Y: TensorFrom([]float64{0, 3}, 2)}
	sparse, dense := model(Dense(3, Softmax)), model(Dense(3, Softmax))
	dense.Compile(SGD(), CategoricalCrossentropy)
	numbers := NewSequential(Dense(2, Linear))
	numbers.Compile(SGD(), MeanSquaredError)
	for _, c := range []struct {
		name string
		call func()
		want string
	}{
		{"features", func() { model(Input(500), Dense(3, Softmax)).Predict(NewTensor(1, 784)) }, "nnlib: Input: input has shape (784), layer expects (500)"},
		{"features of weights", func() {
			m := model(Dense(3, Softmax))
			m.Predict(NewTensor(1, 500))
			m.Predict(NewTensor(1, 784))
		}, "nnlib: Dense: input has 784 features, weights expect 500"},
		{"pictures into dense", fit(model(Dense(3, Softmax)), images), "nnlib: Dense: input has shape (8, 8), one axis is expected: put nnlib.Flatten(8, 8) before it"},
		{"flatten", fit(model(Flatten(28, 28), Dense(3, Softmax)), images), "nnlib: Flatten: input has shape (8, 8), layer expects (28, 28)"},
		{"other shape of equal size", func() {
			m := model(Flatten(), Dense(3, Softmax))
			m.Predict(NewTensor(1, 8, 8))
			m.Predict(NewTensor(1, 4, 16))
		}, "nnlib: Predict: examples have shape (4, 16), model was made for (8, 8)"},
		{"columns", fit(numbers, &Dataset{X: NewTensor(2, 784), Y: NewTensor(2, 3)}), "nnlib: Fit: targets have shape [2 3], model has 2 outputs: make the last layer one of 3 units"},
		{"half a label", fit(sparse, &Dataset{X: NewTensor(1, 784), Y: TensorFrom([]float64{0.5}, 1)}), "nnlib: Fit: label 0.5 of example 0, whole numbers from 0 to 2 are expected, as the model has 3 outputs"},
		{"NaN in X", fit(sparse, &Dataset{X: NewTensor(2, 784).Scale(math.NaN()), Y: NewTensor(2)}), "nnlib: Fit: X has NaN in example 0, numbers are expected: mend the example or leave it out"},
		{"infinity in Y", fit(numbers, &Dataset{X: NewTensor(2, 784), Y: FromRows([][]float64{{0, 0}, {0, math.Inf(-1)}})}), "nnlib: Fit: Y has -Inf in example 1, numbers are expected: mend the example or leave it out"},
		{"too few values", func() { sparse.Predict(&Tensor{Shape: []int{1, 784}, Data: make([]float32, 783)}) }, "nnlib: Predict: tensor has 783 values, shape [1 784] holds 784"},
		{"too few values to learn from", fit(sparse, &Dataset{X: NewTensor(2, 784), Y: &Tensor{Shape: []int{2}, Data: make([]float32, 1)}}), "nnlib: Fit: tensor has 1 values, shape [2] holds 2"},
		{"empty validation", func() { sparse.Fit(labels, FitOptions{Validation: &Dataset{}}) }, "nnlib: Fit, Validation: data set is empty, at least one example is expected"},
		{"validation targets", func() { sparse.Fit(labels, FitOptions{Validation: labels.OneHot()}) }, "nnlib: Fit, Validation: targets have shape [10 3], SparseCategoricalCrossentropy expects labels (n): use CategoricalCrossentropy for one-hot rows"},
		{"validation shape", func() { sparse.Fit(labels, FitOptions{Validation: blobs(5, 3, 3, 1)}) }, "nnlib: Fit, Validation: examples have shape (3), those to learn from have (784)"},
		{"empty", fit(sparse, &Dataset{}), "nnlib: Fit: data set is empty, at least one example is expected"},
		{"nil data", fit(sparse, nil), "nnlib: Fit: data set is empty, at least one example is expected"},
		{"empty input", func() { sparse.Predict(NewTensor(0, 784)) }, "nnlib: Predict: input is empty, at least one example is expected"},
		{"targets", fit(sparse, &Dataset{X: NewTensor(3, 784), Y: NewTensor(2)}), "nnlib: Fit: X has 3 examples, Y has 2 targets"},
		{"unknown label", fit(sparse, badLabel), "nnlib: Fit: label 3 of example 1, whole numbers from 0 to 2 are expected, as the model has 3 outputs"},
		{"labels for one-hot", fit(dense, labels), "nnlib: Fit: targets are labels, CategoricalCrossentropy expects one-hot rows: use SparseCategoricalCrossentropy, or the data set's OneHot()"},
		{"one-hot for labels", fit(sparse, labels.OneHot()), "nnlib: Fit: targets have shape [10 3], SparseCategoricalCrossentropy expects labels (n): use CategoricalCrossentropy for one-hot rows"},
		{"classes", fit(model(Dense(2, Softmax)), labels), "nnlib: Fit: data set has 3 classes, model has 2 outputs: make the last layer nnlib.Dense(3, nnlib.Softmax)"},
		{"numbers", fit(numbers, labels), "nnlib: Fit: targets have shape [10], model has 2 outputs: write labels as rows with the data set's OneHot()"},
		{"not compiled", func() { NewSequential(Dense(1, Linear)).Fit(labels, FitOptions{}) }, "nnlib: Fit: model has no loss, Compile is expected before"},
		{"not compiled to evaluate", func() { NewSequential(Dense(1, Linear)).Evaluate(labels) }, "nnlib: Evaluate: model has no loss, Compile is expected before"},
		{"not built", func() { NewSequential(Dense(1, Linear)).Params() }, "nnlib: Params: model has no weights yet, a first layer nnlib.Input(...), or Fit, is expected before"},
		{"options", func() { sparse.Fit(labels, FitOptions{Epochs: -1}) }, "nnlib: Fit: Epochs is -1 and BatchSize 32, numbers of at least 1 are expected, or 0 for the default"},
		{"one example", func() { model(Flatten(8, 8), Dense(3, Softmax)).Predict(NewTensor(8, 8)) }, "nnlib: Predict: input has the shape of one example, (8, 8), a row of them is expected: use Reshape(1, 8, 8)"},
		{"a row of numbers", func() { model(Input(1), Dense(3, Softmax)).Predict(NewTensor(5)) }, "nnlib: Predict: input has shape (5), examples of shape (1) are expected: use Reshape(-1, 1)"},
		{"softmax of one", func() { Dense(1, Softmax) }, "nnlib: Dense: Softmax of 1 unit, which is always 1, a unit for each class is expected, or nnlib.Sigmoid"},
		{"units of a literal", func() { NewSequential(&DenseLayer{}) }, "nnlib: Dense: 0 units, at least 1 is expected"},
		{"forgotten softmax", func() { model(Dense(3, ReLU), Flatten()) }, "nnlib: Compile: activation of the last layer is ReLU, SparseCategoricalCrossentropy expects probabilities: use nnlib.Softmax there"},
		{"forgotten activation", func() { NewSequential(Dense(3, Linear)).Compile(SGD(), CategoricalCrossentropy) }, "nnlib: Compile: activation of the last layer is Linear, CategoricalCrossentropy expects probabilities: use nnlib.Softmax there"},
		{"set nil", func() { model(Input(4), Dense(3, Softmax)).Params()[1].Set(nil) }, "nnlib: Set: value is nil, a tensor of shape [3] is expected"},
		{"no model to fit", func() { (*Sequential)(nil).Fit(labels, FitOptions{}) }, "nnlib: Fit: there is no model, one made by nnlib.NewSequential is expected"},
		{"no model to compile", func() { (&Sequential{}).Compile(SGD(), MeanSquaredError) }, "nnlib: Compile: there is no model, one made by nnlib.NewSequential is expected"},
		{"no model to evaluate", func() { (*Sequential)(nil).Evaluate(labels) }, "nnlib: Evaluate: there is no model, one made by nnlib.NewSequential is expected"},
		{"no model to predict", func() { (*Sequential)(nil).Predict(labels.X) }, "nnlib: Predict: there is no model, one made by nnlib.NewSequential is expected"},
		{"no model's parameters", func() { (*Sequential)(nil).Params() }, "nnlib: Params: there is no model, one made by nnlib.NewSequential is expected"},
		{"no model's summary", func() { (*Sequential)(nil).Summary() }, "nnlib: Summary: there is no model, one made by nnlib.NewSequential is expected"},
		{"no layers", func() { NewSequential() }, "nnlib: NewSequential: 0 layers, at least one that computes, such as nnlib.Dense, is expected"},
		{"nil layer", func() { NewSequential(Dense(1, ReLU), nil) }, "nnlib: NewSequential: layer 2 is nil, a layer is expected"},
		{"units", func() { Dense(0, ReLU) }, "nnlib: Dense: 0 units, at least 1 is expected"},
		{"shape", func() { Flatten(8, 0) }, "nnlib: Flatten: shape (8, 0), lengths of at least 1 are expected"},
		{"no optimizer", func() { sparse.Compile(nil, MeanSquaredError) }, "nnlib: Compile: optimizer is nil, one such as nnlib.Adam() is expected"},
		{"no loss", func() { sparse.Compile(SGD(), nil) }, "nnlib: Compile: loss is nil, one such as nnlib.MeanSquaredError is expected"},
		{"rate", func() { sparse.Compile(&SGDOptimizer{}, MeanSquaredError) }, "nnlib: SGD: learning rate 0 and momentum 0, a rate above 0 and a momentum from 0 to below 1 are expected"},
		{"adam", func() { sparse.Compile(&AdamOptimizer{LearningRate: 1}, MeanSquaredError) }, "nnlib: Adam: learning rate 1, beta1 0, beta2 0 and epsilon 0, a rate and an epsilon above 0 and betas from 0 to below 1 are expected"},
		{"metric", func() { sparse.Compile(SGD(), MeanSquaredError, Metric{}) }, "nnlib: Compile: a metric of no name, one such as nnlib.Accuracy is expected"},
		{"set", func() { model(Input(4), Dense(3, Softmax)).Params()[1].Set(NewTensor(2)) }, "nnlib: Set: value has shape [2], dense/bias has [3]"},
		{"perceptron", func() { AND().Output(1) }, "nnlib: Perceptron: input has 1 number, weights expect 2"},
		{"boundary", func() { FromBias(0, 1, 2, 3).Boundary() }, "nnlib: Boundary: perceptron has 3 weights, 2 are expected for a line"},
		{"truth table", func() { FromBias(0, make([]float64, 9)...).TruthTable() }, "nnlib: Perceptron: a truth table of 9 inputs, at most 8 are expected"},
		{"no perceptron", func() { PerceptronNetwork{}.Output(1) }, "nnlib: PerceptronNetwork: first layer is empty, at least one perceptron is expected"},
		{"two outputs", func() { PerceptronNetwork{Layers: [][]Perceptron{{AND(), OR()}}}.Output(1, 0) }, "nnlib: PerceptronNetwork: last layer has 2 perceptrons, 1 is expected"},
		{"softmax of a number", func() { Softmax.At(1) }, "nnlib: Softmax: At was given one number, a whole row is expected: use Softmax.Of with a tensor"},
		{"slope of softmax", func() { Softmax.Derivative(1) }, "nnlib: Softmax: Derivative was given one number, a whole row is expected: a layer's backward pass computes it"},
		{"confusion", func() { ConfusionMatrix(labels, NewTensor(9, 3)) }, "nnlib: ConfusionMatrix: predictions have shape [9 3], a row for each of 10 examples is expected"},
		{"confusion columns", func() { ConfusionMatrix(labels, NewTensor(10, 2)) }, "nnlib: ConfusionMatrix: label 2 of example 2, predictions have 2 columns"},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				err, _ := recover().(error)
				var mistake *Error
				if !errors.As(err, &mistake) || err.Error() != c.want {
					t.Errorf("panic = %v; want *Error %q", err, c.want)
				}
			}()
			c.call()
		})
	}
}

// caught returns what f panics with, as text.
func caught(f func()) (text string) {
	defer func() {
		if err, ok := recover().(error); ok {
			text = err.Error()
		}
	}()
	f()
	return ""
}

// TestMistakesChangeNothing checks that a Fit that is refused leaves no weights behind for data of the wrong shape.
func TestMistakesChangeNothing(t *testing.T) {
	m := NewSequential(Dense(3, Softmax))
	m.Compile(SGD(), SparseCategoricalCrossentropy)
	wrong, right := blobs(10, 5, 4, 1), blobs(10, 6, 3, 1)
	if got := caught(func() { m.Fit(wrong, FitOptions{Seed: 3}) }); got == "" {
		t.Fatal("Fit of 4 classes on 3 outputs does not panic; want an error")
	}
	if m.built() || m.Seed != 0 {
		t.Errorf("after a refused Fit the model has input %v and seed %d; want none", m.input, m.Seed)
	}
	if h := m.Fit(right, FitOptions{Epochs: 2}); h.Epochs() != 2 {
		t.Errorf("Fit of 6 features after a refused one of 5 = %v; want 2 epochs", h)
	}
	before := m.Params()[0].Value()
	spoilt := &Dataset{X: right.X.Copy(), Y: right.Y, Classes: right.Classes}
	spoilt.X.Set(math.NaN(), 9, 0)
	caught(func() { m.Fit(spoilt, FitOptions{}) })
	if got := m.Params()[0].Value(); !cmp.Equal(got, before) {
		t.Error("Fit on a NaN changes the weights; want them as they were")
	}
}

func TestDivergence(t *testing.T) {
	w := watch(t, &silent{ctx: context.Background()})
	wild := SGD()
	wild.LearningRate = 1e12
	m := NewSequential(Dense(4, ReLU), Dense(3, Linear))
	m.Compile(wild, MeanSquaredError)
	got := caught(func() { m.Fit(blobs(60, 5, 3, 1).OneHot(), FitOptions{Epochs: 9, BatchSize: 20, Seed: 1}) })
	const want = "nnlib: Fit: loss is +Inf in epoch 1, batch 2, a number is expected: make the model anew, with a smaller learning rate than that of SGD: learning rate 1e+12, momentum 0, or with inputs of about the size of one"
	if got != want {
		t.Errorf("Fit at rate 1e12 panics with %q; want %q", got, want)
	}
	if p := w.updates[len(w.updates)-1]; !p.Done || !p.Stopped {
		t.Errorf("last progress = %+v; want Done and Stopped", p)
	}
	for _, rate := range []float64{math.NaN(), math.Inf(1), -1} {
		sgd := SGD()
		m := classifier(6, 3)
		m.Compile(sgd, SparseCategoricalCrossentropy)
		before := m.Params()[0].Value()
		sgd.LearningRate = rate
		got := caught(func() { m.Fit(blobs(10, 6, 3, 1), FitOptions{}) })
		if want := "nnlib: Fit: " + sgd.String() + ", numbers of at least 0 are expected"; got != want {
			t.Errorf("Fit at rate %g panics with %q; want %q", rate, got, want)
		}
		if !cmp.Equal(before, m.Params()[0].Value()) {
			t.Errorf("Fit at rate %g changes the weights; want them as they were", rate)
		}
	}
}

// TestHugeBatch checks that memory is taken for the examples that there are: a billion rows once ended the kernel.
func TestHugeBatch(t *testing.T) {
	d := blobs(100, 6, 3, 1)
	whole, huge := classifier(6, 3), classifier(6, 3)
	whole.Fit(d, FitOptions{Epochs: 2, BatchSize: 100})
	huge.Fit(d, FitOptions{Epochs: 2, BatchSize: math.MaxInt})
	if got := huge.run.low.program.MaxBatch; got != 100 {
		t.Errorf("MaxBatch = %d; want 100, the number of examples", got)
	}
	if !cmp.Equal(whole.Predict(d.X), huge.Predict(d.X)) {
		t.Error("Fit with more examples a batch than there are differs from one batch of all; want the same")
	}
}
