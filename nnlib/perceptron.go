package nnlib

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Perceptron is one neuron with an all-or-nothing output: it fires when the weighted sum of its inputs, the net
// value, exceeds its threshold. The zero value has no inputs and never fires.
type Perceptron struct {
	Weights   []float64 // one an input
	Threshold float64   // often written θ
}

// FromBias returns the perceptron that fires when the weighted sum plus bias exceeds zero: its threshold is -bias.
func FromBias(bias float64, weights ...float64) Perceptron {
	return Perceptron{Weights: append([]float64(nil), weights...), Threshold: -bias}
}

// Bias returns -θ: what is added to the weighted sum where the comparison is with zero.
func (p Perceptron) Bias() float64 { return 0 - p.Threshold } // not -p.Threshold, which makes -0 of 0

// Net returns the weighted sum w1·x1 + w2·x2 + ... It takes as many numbers as there are weights.
func (p Perceptron) Net(x ...float64) float64 {
	if len(x) != len(p.Weights) {
		panic(&Error{Op: "Perceptron", Received: fmt.Sprintf("input has %s", count(len(x), "number")), Expected: fmt.Sprintf("weights expect %d", len(p.Weights))})
	}
	net := 0.0
	for i, w := range p.Weights {
		net += w * x[i]
	}
	return net
}

// Output returns 1 where the net value exceeds the threshold, and 0 where it is equal or less. It is a float64, so that
// it can be the input of another perceptron.
func (p Perceptron) Output(x ...float64) float64 {
	if p.Net(x...) > p.Threshold {
		return 1
	}
	return 0
}

// TruthTable returns the outputs for all inputs of zeros and ones. A perceptron of more than 8 inputs is refused.
func (p Perceptron) TruthTable() TruthTable { return tabulate("Perceptron", len(p.Weights), p.Output) }

// Boundary returns the line that parts firing from not firing, for a perceptron of two inputs.
func (p Perceptron) Boundary() Boundary {
	if len(p.Weights) != 2 {
		panic(&Error{Op: "Boundary", Received: fmt.Sprintf("perceptron has %s", count(len(p.Weights), "weight")), Expected: "2 are expected for a line"})
	}
	return Boundary{W1: p.Weights[0], W2: p.Weights[1], Threshold: p.Threshold}
}

// Hyperplane returns what parts firing from not firing, for any number of inputs: a point, a line, a plane.
func (p Perceptron) Hyperplane() Hyperplane {
	return Hyperplane{Weights: append([]float64(nil), p.Weights...), Threshold: p.Threshold}
}

// String returns the rule: `fires when 0.5·x1 + 0.5·x2 > 0.7`.
func (p Perceptron) String() string {
	return "fires when " + weighted(p.Weights) + " > " + short(p.Threshold)
}

// A Boundary is the line W1·x1 + W2·x2 = Threshold.
type Boundary struct {
	W1, W2    float64 // weights of x1 and x2
	Threshold float64 // θ
}

// String returns the line's equation, also solved for x2 where that is possible.
func (b Boundary) String() string {
	line := weighted([]float64{b.W1, b.W2}) + " = " + short(b.Threshold)
	switch {
	case b.W1 == 0 && b.W2 == 0:
		return "no line: both weights are 0"
	case b.W2 == 0:
		return line + ", or x1 = " + short(b.Threshold/b.W1)
	case b.W1 == 0:
		return line + ", or x2 = " + short(b.Threshold/b.W2)
	}
	line += ", or x2 = "
	if b.Threshold == 0 {
		return line + sum(-b.W1/b.W2, "x1", true)
	}
	return line + short(b.Threshold/b.W2) + sum(-b.W1/b.W2, "x1", false)
}

// Points returns the two ends of the line within the square from low to high on both axes, each as x1, x2. There are
// none where the line passes outside.
func (b Boundary) Points(low, high float64) [][]float64 {
	var ends [][]float64
	add := func(x1, x2 float64) {
		const slack = 1e-9
		if x1 < low-slack || x1 > high+slack || x2 < low-slack || x2 > high+slack {
			return
		}
		for _, e := range ends { // a corner is met from two sides
			if abs(e[0]-x1) < slack && abs(e[1]-x2) < slack {
				return
			}
		}
		ends = append(ends, []float64{x1, x2})
	}
	for _, edge := range []float64{low, high} {
		if b.W2 != 0 {
			add(edge, (b.Threshold-b.W1*edge)/b.W2)
		}
		if b.W1 != 0 {
			add((b.Threshold-b.W2*edge)/b.W1, edge)
		}
	}
	if len(ends) < 2 {
		return nil
	}
	return ends[:2]
}

// A Hyperplane is the points where w1·x1 + w2·x2 + ... equals a threshold.
type Hyperplane struct {
	Weights   []float64 // one an axis; together they point to where the perceptron fires
	Threshold float64   // θ
}

// Distance returns how far a point is from the hyperplane: above zero on the side where the perceptron fires. It is NaN
// where all weights are 0, and there is no hyperplane.
func (h Hyperplane) Distance(x ...float64) float64 {
	norm := 0.0
	for _, w := range h.Weights {
		norm += w * w
	}
	if norm == 0 {
		return math.NaN()
	}
	return (Perceptron(h).Net(x...) - h.Threshold) / math.Sqrt(norm)
}

// String returns the equation.
func (h Hyperplane) String() string {
	for _, w := range h.Weights {
		if w != 0 {
			return weighted(h.Weights) + " = " + short(h.Threshold)
		}
	}
	return "no hyperplane: all weights are 0"
}

func abs(x float64) float64 { return max(x, -x) }

// weighted writes w1·x1 + w2·x2.
func weighted(weights []float64) string {
	if len(weights) == 0 {
		return "0"
	}
	var b strings.Builder
	for i, w := range weights {
		b.WriteString(sum(w, "x"+strconv.Itoa(i+1), i == 0))
	}
	return b.String()
}

// sum writes one term of a sum, with its sign before it unless it is a positive first one.
func sum(w float64, name string, first bool) string {
	sign := " + "
	switch {
	case w < 0 && first:
		sign = "-"
	case w < 0:
		sign = " - "
	case first:
		sign = ""
	}
	if abs(w) == 1 {
		return sign + name
	}
	return sign + short(abs(w)) + "·" + name
}

// short writes a number as people do: 1.4 for 1.3999999999999999.
func short(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
