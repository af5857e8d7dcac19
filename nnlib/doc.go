// Package nnlib is a neural-network library for notebooks, from the perceptron up.
//
// A perceptron, and the gates that are made of it:
//
//	and := nnlib.Perceptron{Weights: []float64{0.5, 0.5}, Threshold: 0.7}
//	and.Output(1, 1)   // 1: the net value 0.5·1 + 0.5·1 exceeds 0.7
//	and.TruthTable()   // shows itself as a table
//	nnlib.XOR()        // OR and NAND, then AND of both
//
// A network that learns:
//
//	train, test := nnlib.Digits().Normalize(0, 16).StratifiedSplit(0.8, 1)
//	model := nnlib.NewSequential(
//		nnlib.Flatten(8, 8),
//		nnlib.Dense(32, nnlib.ReLU),
//		nnlib.Dense(10, nnlib.Softmax),
//	)
//	model.Compile(nnlib.Adam(), nnlib.SparseCategoricalCrossentropy, nnlib.Accuracy)
//	history := model.Fit(train, nnlib.FitOptions{Epochs: 40, BatchSize: 32, Validation: test})
//	model.Evaluate(test)
//	model.Predict(test.X)
//	model.Save("digits.safetensors") // nnlib.Load makes it again
//
// Layers are Dense, Activate, Dropout, BatchNormalization, Flatten and Input; losses CategoricalCrossentropy,
// SparseCategoricalCrossentropy, BinaryCrossentropy and MeanSquaredError; optimizers SGD, Adam, AdamW and RMSprop, with
// schedules, weight decay and clipping. Fit takes callbacks such as [EarlyStopping], and weights for classes and examples.
//
// A part of your own is a small interface, [Layer], [Loss] or [Optimizer], or made of functions:
//
//	var input *nnlib.Tensor
//	square := nnlib.LayerFunc{
//		ForwardFunc:  func(x *nnlib.Tensor, training bool) *nnlib.Tensor { input = x; return x.Mul(x) },
//		BackwardFunc: func(dy *nnlib.Tensor) *nnlib.Tensor { return dy.Mul(input).Scale(2) },
//	}
//	nnlib.GradientCheck(square, x) // compares with finite differences, and says which element is off
//	model := nnlib.NewSequential(nnlib.Dense(8, nnlib.Linear), square, nnlib.Dense(1, nnlib.Linear))
//
// Numbers that you type or read are float64. Constructors have Keras' defaults and return values whose fields can be
// changed; in structs of options, zero means the default. A mistake in the program, such as shapes that do not fit,
// panics with an *[Error] that says what was received and what is expected. The same seed gives the same numbers.
//
// Package viz draws what this package computes.
package nnlib
