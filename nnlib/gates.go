package nnlib

import (
	"fmt"
	"strings"
)

// Gate returns a perceptron of two inputs: w1 and w2 are its weights, theta its threshold.
func Gate(w1, w2, theta float64) Perceptron {
	return Perceptron{Weights: []float64{w1, w2}, Threshold: theta}
}

// AND returns a perceptron of two inputs that fires when both are 1: weights 0.5 and 0.5, threshold 0.7.
func AND() Perceptron { return Perceptron{Weights: []float64{0.5, 0.5}, Threshold: 0.7} }

// NAND returns a perceptron of two inputs that fires unless both are 1. It is AND with all signs turned, which makes
// NAND only because no net value of AND's (0, 0.5, 0.5, 1) equals the threshold 0.7: at equality neither fires.
func NAND() Perceptron { return Perceptron{Weights: []float64{-0.5, -0.5}, Threshold: -0.7} }

// OR returns a perceptron of two inputs that fires when at least one is 1: weights 0.5 and 0.5, threshold 0.2.
func OR() Perceptron { return Perceptron{Weights: []float64{0.5, 0.5}, Threshold: 0.2} }

// XOR returns the network that fires when exactly one of two inputs is 1: OR and NAND, then AND of both. No single
// perceptron can do this.
func XOR() PerceptronNetwork {
	return PerceptronNetwork{Layers: [][]Perceptron{{OR(), NAND()}, {AND()}}}
}

// A PerceptronNetwork is layers of perceptrons: all outputs of a layer are the inputs of each perceptron of the next.
// The last layer has one perceptron, whose output is the network's.
type PerceptronNetwork struct {
	Layers [][]Perceptron // from the inputs to the output
}

// Output returns what the last perceptron makes of the inputs.
func (n PerceptronNetwork) Output(x ...float64) float64 {
	n.inputs()
	for _, layer := range n.Layers {
		outputs := make([]float64, len(layer))
		for i, p := range layer {
			outputs[i] = p.Output(x...)
		}
		x = outputs
	}
	return x[0]
}

// TruthTable returns the outputs for all inputs of zeros and ones. A network of more than 8 inputs is refused.
func (n PerceptronNetwork) TruthTable() TruthTable {
	return tabulate("PerceptronNetwork", n.inputs(), n.Output)
}

// String returns the perceptrons' rules, a line each; a2 is the output of the second perceptron of the layer before.
func (n PerceptronNetwork) String() string {
	var b strings.Builder
	for l, layer := range n.Layers {
		for i, p := range layer {
			rule := p.String()
			if l > 0 {
				rule = strings.ReplaceAll(rule, "x", "a")
			}
			fmt.Fprintf(&b, "layer %d, perceptron %d: %s\n", l+1, i+1, rule)
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// inputs returns how many inputs the network takes. It panics where the network has no perceptron or not one at the end.
func (n PerceptronNetwork) inputs() int {
	if len(n.Layers) == 0 || len(n.Layers[0]) == 0 {
		panic(&Error{Op: "PerceptronNetwork", Received: "first layer is empty", Expected: "at least one perceptron is expected"})
	}
	if last := n.Layers[len(n.Layers)-1]; len(last) != 1 {
		panic(&Error{Op: "PerceptronNetwork", Received: fmt.Sprintf("last layer has %s", count(len(last), "perceptron")), Expected: "1 is expected"})
	}
	return len(n.Layers[0][0].Weights)
}
