package nnlib

import (
	"fmt"
	"slices"
	"strings"
)

// named finds a thing by the name that files use for it.
func named[T any](what, name string, known map[string]T) (T, error) {
	if v, ok := known[name]; ok {
		return v, nil
	}
	var none T
	var names []string
	for n := range known {
		names = append(names, n)
	}
	slices.Sort(names)
	return none, fmt.Errorf("nnlib: %s %q is not known: %s are", what, name, strings.Join(names, ", "))
}

var activations = map[string]Activation{
	"linear": Linear, "step": Step, "sigmoid": Sigmoid, "tanh": Tanh, "relu": ReLU, "leaky_relu": LeakyReLU, "gelu": GELU, "softmax": Softmax,
}

// ActivationByName returns an activation by Keras' name, such as "relu" or "leaky_relu".
func ActivationByName(name string) (Activation, error) { return named("activation", name, activations) }

// LossByName returns a loss by Keras' name, such as "mean_squared_error".
func LossByName(name string) (Loss, error) {
	return named("loss", name, map[string]Loss{
		"categorical_crossentropy": CategoricalCrossentropy, "sparse_categorical_crossentropy": SparseCategoricalCrossentropy,
		"binary_crossentropy": BinaryCrossentropy, "mean_squared_error": MeanSquaredError, "mse": MeanSquaredError,
	})
}

// OptimizerByName returns an optimizer with Keras' defaults by its name: "sgd", "adam", "adamw" or "rmsprop".
func OptimizerByName(name string) (Optimizer, error) {
	return named("optimizer", name, map[string]Optimizer{"sgd": SGD(), "adam": Adam(), "adamw": AdamW(), "rmsprop": RMSprop()})
}

// MetricByName returns a metric by Keras' name: "accuracy", "precision", "recall" or "top_5_accuracy" for any number.
func MetricByName(name string) (Metric, error) {
	var k int
	if n, err := fmt.Sscanf(name, "top_%d_accuracy", &k); n == 1 && err == nil && k > 0 && name == fmt.Sprintf("top_%d_accuracy", k) {
		return TopKAccuracy(k), nil
	}
	return named("metric", name, map[string]Metric{"accuracy": Accuracy, "precision": Precision, "recall": Recall, "top_5_accuracy": TopKAccuracy(5)})
}

// InitializerByName returns an initializer by Keras' name, such as "he_normal".
func InitializerByName(name string) (Initializer, error) {
	known := map[string]Initializer{"random_normal": RandomNormal(0.05), "random_uniform": RandomUniform(-0.05, 0.05)}
	for _, i := range []Initializer{GlorotUniform, GlorotNormal, HeUniform, HeNormal, LecunNormal, Zeros, Ones} {
		known[snake(i.name)] = i
	}
	return named("initializer", name, known)
}
