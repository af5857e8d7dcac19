package nnlib_test

import (
	"fmt"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

func ExamplePerceptron() {
	and := nnlib.Perceptron{Weights: []float64{0.5, 0.5}, Threshold: 0.7}
	fmt.Println(and)
	fmt.Println("net value of (1, 1):", and.Net(1, 1))
	fmt.Println("output:", and.Output(1, 1))
	fmt.Println("boundary:", and.Boundary())
	fmt.Println(and.TruthTable())
	// Output:
	// fires when 0.5·x1 + 0.5·x2 > 0.7
	// net value of (1, 1): 1
	// output: 1
	// boundary: 0.5·x1 + 0.5·x2 = 0.7, or x2 = 1.4 - x1
	// x1 x2 | y
	//  0  0 | 0
	//  0  1 | 0
	//  1  0 | 0
	//  1  1 | 1
}

// No single perceptron computes XOR; two layers do. Outputs are float64, so that they can be inputs.
func ExampleXOR() {
	or, nand, and := nnlib.OR(), nnlib.NAND(), nnlib.AND()
	xor := func(x1, x2 float64) float64 {
		return and.Output(or.Output(x1, x2), nand.Output(x1, x2))
	}
	fmt.Println(nnlib.TruthTableOf(xor).Check(nnlib.XOR().TruthTable()))
	// Output: right: all 4 rows
}

func ExampleActivation() {
	fmt.Println(nnlib.ReLU.At(-2), nnlib.ReLU.At(3), nnlib.Sigmoid.Derivative(0))
	fmt.Println(nnlib.Softmax.Of(nnlib.FromRows([][]float64{{1, 2, 3}, {1000, 1000, 1000}})))
	// Output:
	// 0 3 0.25
	// Tensor [2 3]
	// [[0.09003  0.2447  0.6652]
	//  [ 0.3333  0.3333  0.3333]]
}

func ExampleSequential() {
	model := nnlib.NewSequential(
		nnlib.Flatten(192, 192, 3),
		nnlib.Dense(500, nnlib.ReLU),
		nnlib.Dense(50, nnlib.ReLU),
		nnlib.Dense(5, nnlib.Softmax),
	)
	fmt.Println(model.Summary())
	// Output:
	// Layer (type)       Output Shape         Param #
	// flatten (Flatten)  (None, 110592)             0
	// dense (Dense)      (None, 500)       55,296,500
	// dense_1 (Dense)    (None, 50)            25,050
	// dense_2 (Dense)    (None, 5)                255
	// Total params: 55,321,805 (211.04 MB)
	// Trainable params: 55,321,805 (211.04 MB)
	// Non-trainable params: 0 (0.00 B)
}

func ExampleSequential_Fit() {
	train, test := nnlib.Digits().Normalize(0, 16).StratifiedSplit(0.8, 1)
	model := nnlib.NewSequential(
		nnlib.Flatten(8, 8),
		nnlib.Dense(32, nnlib.ReLU),
		nnlib.Dense(10, nnlib.Softmax),
	)
	model.Compile(nnlib.Adam(), nnlib.SparseCategoricalCrossentropy, nnlib.Accuracy)
	history := model.Fit(train, nnlib.FitOptions{Epochs: 20, Seed: 1, Quiet: true})
	fmt.Println(history.Epochs(), "epochs, stopped:", history.Stopped)
	fmt.Println("above 90 %:", model.Evaluate(test).Accuracy > 0.9)
	// Output:
	// 20 epochs, stopped: false
	// above 90 %: true
}

func ExampleParam() {
	model := nnlib.NewSequential(nnlib.Input(2), nnlib.Dense(1, nnlib.Step))
	weights, bias := model.Params()[0], model.Params()[1]
	weights.Set(nnlib.FromRows([][]float64{{0.5}, {0.5}}))
	bias.Set(nnlib.TensorFrom([]float64{-0.7}, 1))
	fmt.Println(model.Predict(nnlib.FromRows([][]float64{{0, 0}, {0, 1}, {1, 0}, {1, 1}})))
	// Output:
	// Tensor [4 1]
	// [[0]
	//  [0]
	//  [0]
	//  [1]]
}

// The learning rule finds AND by itself, and the proof shows that it cannot find XOR.
func ExamplePerceptron_Learn() {
	p := nnlib.Perceptron{Weights: []float64{0, 0}}
	trace := p.Learn(nnlib.AND().TruthTable().Dataset(), nnlib.LearnOptions{})
	fmt.Println(trace)
	fmt.Println("corrections in each epoch:", trace.Mistakes)
	fmt.Println(nnlib.XOR().TruthTable().Separable())
	// Output:
	// converged in epoch 6 after 10 corrections: fires when 2·x1 + x2 > 2
	// corrections in each epoch: [1 3 3 2 1 0]
	// no perceptron computes this: 0.5·(0, 1) + 0.5·(1, 0) = 0.5·(0, 0) + 0.5·(1, 1), but the left side must exceed the threshold and the right side must not
}

func ExamplePerceptron_Watch() {
	fmt.Println(nnlib.AND().Watch(1, 0))
	// Output:
	// w1·x1 = 0.5 · 1 = 0.5
	// w2·x2 = 0.5 · 0 = 0
	// net value = 0.5
	// 0.5 ≤ 0.7: it does not fire, the output is 0
}
