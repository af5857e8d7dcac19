package nnlib

import (
	"errors"
	"testing"
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
		{"validation shape", func() { sparse.Fit(labels, FitOptions{Validation: blobs(5, 3, 3, 1)}) }, "nnlib: Dense: input has 3 features, weights expect 784"},
		{"empty", fit(sparse, &Dataset{}), "nnlib: Fit: data set is empty, at least one example is expected"},
		{"nil data", fit(sparse, nil), "nnlib: Fit: data set is empty, at least one example is expected"},
		{"empty input", func() { sparse.Predict(NewTensor(0, 784)) }, "nnlib: Predict: input is empty, at least one example is expected"},
		{"targets", fit(sparse, &Dataset{X: NewTensor(3, 784), Y: NewTensor(2)}), "nnlib: Fit: X has 3 examples, Y has 2 targets"},
		{"unknown label", fit(sparse, badLabel), "nnlib: OneHot: label 3 of example 1, whole numbers from 0 to 2 are expected"},
		{"labels for one-hot", fit(dense, labels), "nnlib: CategoricalCrossentropy: targets are labels, one-hot rows are expected: use SparseCategoricalCrossentropy, or the data set's OneHot()"},
		{"one-hot for labels", fit(sparse, labels.OneHot()), "nnlib: SparseCategoricalCrossentropy: targets have shape [10 3], labels (n) are expected: use CategoricalCrossentropy for one-hot rows"},
		{"classes", fit(model(Dense(2, Softmax)), labels), "nnlib: Fit: data set has 3 classes, model has 2 outputs"},
		{"numbers", fit(numbers, labels), "nnlib: Fit: targets have shape [10], model has 2 outputs"},
		{"not compiled", func() { NewSequential(Dense(1, Linear)).Fit(labels, FitOptions{}) }, "nnlib: Fit: model has no loss, Compile is expected before"},
		{"not compiled to evaluate", func() { NewSequential(Dense(1, Linear)).Evaluate(labels) }, "nnlib: Evaluate: model has no loss, Compile is expected before"},
		{"not built", func() { NewSequential(Dense(1, Linear)).Params() }, "nnlib: Params: model has no weights yet, a first layer nnlib.Input(...), or Fit, is expected before"},
		{"options", func() { sparse.Fit(labels, FitOptions{Epochs: -1}) }, "nnlib: Fit: -1 epochs of batches of 32, numbers of at least 1 are expected"},
		{"no layers", func() { NewSequential() }, "nnlib: NewSequential: 0 layers, at least one Dense layer is expected"},
		{"nil layer", func() { NewSequential(Dense(1, ReLU), nil) }, "nnlib: NewSequential: layer 2 is nil, a layer is expected"},
		{"units", func() { Dense(0, ReLU) }, "nnlib: Dense: 0 units, at least 1 is expected"},
		{"shape", func() { Flatten(8, 0) }, "nnlib: Flatten: shape (8, 0), lengths of at least 1 are expected"},
		{"no optimizer", func() { sparse.Compile(nil, MeanSquaredError) }, "nnlib: Compile: optimizer is nil, one such as nnlib.Adam() is expected"},
		{"no loss", func() { sparse.Compile(SGD(), nil) }, "nnlib: Compile: loss is nil, one such as nnlib.MeanSquaredError is expected"},
		{"rate", func() { sparse.Compile(&SGDOptimizer{}, MeanSquaredError) }, "nnlib: SGD: learning rate 0 and momentum 0, a rate above 0 and a momentum from 0 to below 1 are expected"},
		{"adam", func() { sparse.Compile(&AdamOptimizer{LearningRate: 1}, MeanSquaredError) }, "nnlib: Adam: learning rate 1, beta1 0, beta2 0 and epsilon 0, a rate and an epsilon above 0 and betas from 0 to below 1 are expected"},
		{"metric", func() { sparse.Compile(SGD(), MeanSquaredError, Metric{}) }, `nnlib: Compile: metric "", Accuracy is expected`},
		{"set", func() { sparse.Params()[1].Set(NewTensor(2)) }, "nnlib: Set: value has shape [2], dense_1/bias has [3]"},
		{"perceptron", func() { AND().Output(1) }, "nnlib: Perceptron: input has 1 number, weights expect 2"},
		{"boundary", func() { FromBias(0, 1, 2, 3).Boundary() }, "nnlib: Boundary: perceptron has 3 weights, 2 are expected for a line"},
		{"truth table", func() { FromBias(0, make([]float64, 9)...).TruthTable() }, "nnlib: Perceptron: a truth table of 9 inputs, 1 to 8 are expected"},
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
