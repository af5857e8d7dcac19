package nnlib_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

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

// A layer of one's own: x², between two compiled ones. GradientCheck compares its Backward with finite differences.
func ExampleLayerFunc() {
	var input *nnlib.Tensor
	square := nnlib.LayerFunc{
		Name:         "Square",
		ForwardFunc:  func(x *nnlib.Tensor, training bool) *nnlib.Tensor { input = x; return x.Mul(x) },
		BackwardFunc: func(dy *nnlib.Tensor) *nnlib.Tensor { return dy.Mul(input).Scale(2) },
	}
	x := nnlib.FromRows([][]float64{{1, -2}, {0.5, 3}})
	fmt.Println(nnlib.GradientCheck(square, x))

	forgot := square
	forgot.BackwardFunc = func(dy *nnlib.Tensor) *nnlib.Tensor { return dy.Mul(input) }
	fmt.Println(nnlib.GradientCheck(forgot, x).OK())

	model := nnlib.NewSequential(nnlib.Input(2), nnlib.Dense(8, nnlib.Linear), square, nnlib.Dense(1, nnlib.Linear))
	fmt.Println(model)
	// Output:
	// gradient of Square is right: 4 numbers compared with finite differences
	// false
	// Layer (type)     Output Shape       Param #
	// dense (Dense)    (None, 8)               24
	// square (Square)  (None, 8)                0
	// dense_1 (Dense)  (None, 1)                9
	// Total params: 33 (132.00 B)
	// Trainable params: 33 (132.00 B)
	// Non-trainable params: 0 (0.00 B)
}

// A loss of one's own: the mean of absolute differences.
func ExampleLossFunc() {
	absolute := nnlib.LossFunc{
		ValueFunc: func(y, t *nnlib.Tensor) float64 { return y.Sub(t).Apply(math.Abs).Mean() },
		GradientFunc: func(y, t *nnlib.Tensor) *nnlib.Tensor {
			return y.Sub(t).Apply(func(d float64) float64 { return math.Copysign(1, d) }).Scale(1 / float64(y.Len()))
		},
	}
	y, t := nnlib.FromRows([][]float64{{1, 2}, {3, 4}}), nnlib.FromRows([][]float64{{0, 4}, {3.5, 4.5}})
	fmt.Println(absolute.Value(y, t), nnlib.GradientCheckLoss(absolute, y, t).OK())
	// Output: 1 true
}

// An optimizer of one's own: plain descent.
func ExampleOptimizerFunc() {
	descent := nnlib.OptimizerFunc(func(params []*nnlib.Param) {
		for _, p := range params {
			p.Set(p.Value().Sub(p.Gradient().Scale(0.1)))
		}
	})
	line := &nnlib.Dataset{X: nnlib.FromRows([][]float64{{0}, {1}, {2}, {3}}), Y: nnlib.FromRows([][]float64{{1}, {3}, {5}, {7}})}
	model := nnlib.NewSequential(nnlib.Dense(1, nnlib.Linear))
	model.Compile(descent, nnlib.MeanSquaredError)
	model.Fit(line, nnlib.FitOptions{Epochs: 200, Quiet: true})
	weights, bias := model.Params()[0].Value(), model.Params()[1].Value()
	fmt.Printf("y = %.2f·x + %.2f\n", weights.At(0, 0), bias.At(0))
	// Output: y = 2.00·x + 1.00
}

// Layers can be called by themselves, and have Keras' settings as fields.
func ExampleDense() {
	hidden := nnlib.Dense(3, nnlib.LeakyReLU)
	hidden.KernelInitializer = nnlib.Ones
	hidden.BiasInitializer = nnlib.Constant(-3)
	hidden.KernelRegularizer = nnlib.L2(0.01)
	fmt.Println(hidden.Forward(nnlib.FromRows([][]float64{{1, 1}, {2, 2}}), false))
	// Output:
	// Tensor [2 3]
	// [[-0.2 -0.2 -0.2]
	//  [   1    1    1]]
}

func ExampleDropout() {
	drop := nnlib.Dropout(0.5)
	drop.Seed = 3
	ones := nnlib.FromRows([][]float64{{1, 1, 1, 1, 1, 1}})
	fmt.Println("predicting:", drop.Forward(ones, false).Row(0))
	fmt.Println("training: the sum stays near 6:", drop.Forward(nnlib.NewTensor(1, 6000).Apply(func(float64) float64 { return 1 }), true).Sum() > 5700)
	// Output:
	// predicting: [1 1 1 1 1 1]
	// training: the sum stays near 6: true
}

func ExampleBatchNormalization() {
	normal := nnlib.BatchNormalization()
	y := normal.Forward(nnlib.FromRows([][]float64{{1, 100}, {3, 300}, {5, 500}}), true)
	fmt.Printf("column 1: %.3f %.3f %.3f\n", y.At(0, 0), y.At(1, 0), y.At(2, 0))
	fmt.Printf("column 2: %.3f %.3f %.3f\n", y.At(0, 1), y.At(1, 1), y.At(2, 1))
	// Output:
	// column 1: -1.225 0.000 1.225
	// column 2: -1.225 0.000 1.225
}

// Rates fall by a schedule; gradients are held back; parameters decay.
func ExampleAdamW() {
	adamw := nnlib.AdamW()
	adamw.Schedule = nnlib.CosineDecay(0.01, 1000)
	adamw.GlobalClipNorm = 1
	fmt.Println(adamw)
	fmt.Println(adamw.Schedule.Rate(0), adamw.Schedule.Rate(500), adamw.Schedule.Rate(1000))
	// Output:
	// Adam: learning rate by cosine decay from 0.01 within 1000 steps, beta1 0.9, beta2 0.999, epsilon 1e-07, weight decay 0.004, global clip norm 1
	// 0.01 0.005 0
}

// Callbacks look at the training after each batch and epoch.
func ExampleFitOptions() {
	train, test := nnlib.Digits().Normalize(0, 16).StratifiedSplit(0.8, 1)
	model := nnlib.NewSequential(nnlib.Flatten(8, 8), nnlib.Dense(32, nnlib.ReLU), nnlib.Dense(10, nnlib.Softmax))
	model.Compile(nnlib.RMSprop(), nnlib.SparseCategoricalCrossentropy, nnlib.Accuracy, nnlib.TopKAccuracy(3))
	enough := nnlib.CallbackFunc(func(t *nnlib.Training) {
		if accuracy, ok := t.Value("val_accuracy"); ok && accuracy > 0.9 {
			t.Stop()
		}
	})
	history := model.Fit(train, nnlib.FitOptions{
		Epochs: 100, Validation: test, Seed: 1, Quiet: true,
		Callbacks:    []nnlib.Callback{enough, &nnlib.EarlyStopping{Patience: 5, RestoreBestWeights: true}},
		ClassWeights: map[int]float64{8: 2},
	})
	fmt.Println("stopped early:", history.Epochs() < 100)
	fmt.Println(history.Names())
	// Output:
	// stopped early: true
	// [loss accuracy val_loss val_accuracy top_3_accuracy val_top_3_accuracy]
}

func ExampleLoad() {
	dir, err := os.MkdirTemp("", "nnlib")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.safetensors")

	model := nnlib.NewSequential(nnlib.Input(2), nnlib.Dense(3, nnlib.GELU), nnlib.Dense(1, nnlib.Sigmoid))
	if err := model.Save(path); err != nil {
		panic(err)
	}
	again, err := nnlib.Load(path)
	if err != nil {
		panic(err)
	}
	x := nnlib.FromRows([][]float64{{1, 2}})
	fmt.Println("the same prediction:", model.Predict(x).At(0, 0) == again.Predict(x).At(0, 0))

	_, err = nnlib.Load(filepath.Join(dir, "missing"))
	fmt.Println("missing:", errors.Is(err, fs.ErrNotExist))
	// Output:
	// the same prediction: true
	// missing: true
}

func ExampleConfusionMatrix() {
	d := &nnlib.Dataset{X: nnlib.NewTensor(4, 1), Y: nnlib.TensorFrom([]float64{0, 0, 1, 1}, 4), Classes: []string{"cat", "dog"}}
	c := nnlib.ConfusionMatrix(d, nnlib.FromRows([][]float64{{0.9, 0.1}, {0.4, 0.6}, {0.2, 0.8}, {0.3, 0.7}}))
	fmt.Println(c)
	fmt.Printf("accuracy %.2f, of the dogs named %.2f are dogs, of the dogs %.2f are named\n", c.Accuracy(), c.Precision(1), c.Recall(1))
	// Output:
	//        cat  dog
	//   cat    1    1
	//   dog    0    2
	// accuracy 0.75, of the dogs named 0.67 are dogs, of the dogs 1.00 are named
}
