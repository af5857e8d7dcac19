package nnlib_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

// turned is a perceptron with all signs turned.
func turned(p nnlib.Perceptron) nnlib.Perceptron {
	return nnlib.Perceptron{Weights: []float64{-p.Weights[0], -p.Weights[1]}, Threshold: -p.Threshold}
}

func TestGates(t *testing.T) {
	gate := func(w1, w2, threshold float64) nnlib.Perceptron {
		return nnlib.Perceptron{Weights: []float64{w1, w2}, Threshold: threshold}
	}
	and, nand, or := []float64{0, 0, 0, 1}, []float64{1, 1, 1, 0}, []float64{0, 1, 1, 1}
	for _, c := range []struct {
		name string
		got  nnlib.TruthTable
		want []float64 // for (0,0) (0,1) (1,0) (1,1)
	}{
		{"AND", nnlib.AND().TruthTable(), and},
		{"AND 0.5 0.5 0.7", gate(0.5, 0.5, 0.7).TruthTable(), and},
		{"AND 0.5 0.5 0.8", gate(0.5, 0.5, 0.8).TruthTable(), and},
		{"AND 1 1 1", gate(1, 1, 1).TruthTable(), and},
		{"NAND", nnlib.NAND().TruthTable(), nand},
		{"NAND -0.5 -0.5 -0.7", gate(-0.5, -0.5, -0.7).TruthTable(), nand},
		{"NAND of 0.5 0.5 0.7 turned", turned(gate(0.5, 0.5, 0.7)).TruthTable(), nand},
		{"NAND of 0.5 0.5 0.8 turned", turned(gate(0.5, 0.5, 0.8)).TruthTable(), nand},
		// Net values of 1 equal the threshold: neither AND nor its turned form fires there.
		{"not NAND: 1 1 1 turned", turned(gate(1, 1, 1)).TruthTable(), []float64{1, 0, 0, 0}},
		{"OR", nnlib.OR().TruthTable(), or},
		{"XOR", nnlib.XOR().TruthTable(), []float64{0, 1, 1, 0}},
		{"by bias", nnlib.FromBias(-0.7, 0.5, 0.5).TruthTable(), and},
		{"by function", nnlib.TruthTableOf(math.Max), or},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := nnlib.TruthTable{Inputs: [][]float64{{0, 0}, {0, 1}, {1, 0}, {1, 1}}, Outputs: c.want}
			if diff := cmp.Diff(want, c.got); diff != "" {
				t.Errorf("truth table differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPerceptron(t *testing.T) {
	p := nnlib.Perceptron{Weights: []float64{2, -1, 0.5}, Threshold: 0}
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"net", p.Net(1, 2, 3), 1.5},
		{"fires above", p.Output(1, 2, 3), 1.0},
		{"equal does not fire", p.Output(1, 2, 0), 0.0},
		{"bias", nnlib.AND().Bias(), -0.7},
		{"bias of zero has no sign", math.Signbit(p.Bias()), false},
		{"three inputs", p.TruthTable().Outputs, []float64{0, 1, 0, 0, 1, 1, 1, 1}},
		{"string", p.String(), "fires when 2·x1 - x2 + 0.5·x3 > 0"},
		{"negative first", nnlib.NAND().String(), "fires when -0.5·x1 - 0.5·x2 > -0.7"},
		{"nothing", nnlib.Perceptron{}.Output(), 0.0},
		{"network", nnlib.XOR().String(), "layer 1, perceptron 1: fires when 0.5·x1 + 0.5·x2 > 0.2\nlayer 1, perceptron 2: fires when -0.5·x1 - 0.5·x2 > -0.7\nlayer 2, perceptron 1: fires when 0.5·a1 + 0.5·a2 > 0.7"},
		{"table", nnlib.AND().TruthTable().String(), "x1 x2 | y\n 0  0 | 0\n 0  1 | 0\n 1  0 | 0\n 1  1 | 1"},
		{"table marks firing rows", strings.Count(nnlib.OR().TruthTable().HTML(), "<strong>1</strong>"), 3},
		{"check right", nnlib.AND().TruthTable().Check(nnlib.AND().TruthTable()), "right: all 4 rows"},
		{"check wrong", nnlib.OR().TruthTable().Check(nnlib.AND().TruthTable()), "not yet: for (0, 1) the output is 1, 0 is wanted; for (1, 0) the output is 1, 0 is wanted"},
		{"check rows", nnlib.TruthTable{}.Check(nnlib.AND().TruthTable()), "not yet: there are 0 rows, 4 are wanted"},
		{"check inputs", nnlib.FromBias(0, 1).TruthTable().Check(nnlib.AND().TruthTable()), "not yet: there is a table of 1 input, 2 are wanted"},
		{"check no inputs", nnlib.Perceptron{}.TruthTable().Check(nnlib.AND().TruthTable()), "not yet: there is a table of 0 inputs, 2 are wanted"},
		{"equal", nnlib.OR().TruthTable().Equal(nnlib.AND().TruthTable()), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.got); diff != "" {
				t.Errorf("differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBoundary(t *testing.T) {
	for _, c := range []struct {
		name string
		b    nnlib.Boundary
		text string
		ends [][]float64 // within [-1, 2]
	}{
		{"and", nnlib.AND().Boundary(), "0.5·x1 + 0.5·x2 = 0.7, or x2 = 1.4 - x1", [][]float64{{-0.6, 2}, {2, -0.6}}},
		{"level", nnlib.Boundary{W2: 2, Threshold: 1}, "0·x1 + 2·x2 = 1, or x2 = 0.5", [][]float64{{-1, 0.5}, {2, 0.5}}},
		{"upright", nnlib.Boundary{W1: 1, Threshold: 0.5}, "x1 + 0·x2 = 0.5, or x1 = 0.5", [][]float64{{0.5, -1}, {0.5, 2}}},
		{"through corners", nnlib.Boundary{W1: 1, W2: -1}, "x1 - x2 = 0, or x2 = x1", [][]float64{{-1, -1}, {2, 2}}},
		{"outside", nnlib.Boundary{W1: 1, W2: 1, Threshold: 9}, "x1 + x2 = 9, or x2 = 9 - x1", nil},
		{"none", nnlib.Boundary{Threshold: 1}, "no line: both weights are 0", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.b.String(); got != c.text {
				t.Errorf("String() = %q; want %q", got, c.text)
			}
			got := c.b.Points(-1, 2)
			if len(got) != len(c.ends) {
				t.Fatalf("Points(-1, 2) = %v; want %v", got, c.ends)
			}
			for _, w := range c.ends {
				if math.Hypot(got[0][0]-w[0], got[0][1]-w[1]) > 1e-9 && math.Hypot(got[1][0]-w[0], got[1][1]-w[1]) > 1e-9 {
					t.Errorf("Points(-1, 2) = %v; want %v", got, c.ends)
				}
			}
		})
	}
}
