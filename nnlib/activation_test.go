package nnlib_test

import (
	"math"
	"testing"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

func TestActivationAt(t *testing.T) {
	for _, c := range []struct {
		a       nnlib.Activation
		x, want float64
	}{
		{nnlib.Linear, -3, -3}, {nnlib.Activation{}, 2, 2},
		{nnlib.Step, -1, 0}, {nnlib.Step, 0, 0}, {nnlib.Step, 1e-9, 1},
		{nnlib.Sigmoid, 0, 0.5}, {nnlib.Sigmoid, 1000, 1}, {nnlib.Sigmoid, -1000, 0}, {nnlib.Sigmoid, 1, 0.7310585786300049},
		{nnlib.Tanh, 0, 0}, {nnlib.Tanh, 1000, 1}, {nnlib.Tanh, -1000, -1},
		{nnlib.ReLU, -2, 0}, {nnlib.ReLU, 3.5, 3.5}, {nnlib.ReLU, 1000, 1000},
	} {
		if got := c.a.At(c.x); math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%v.At(%g) = %g; want %g", c.a, c.x, got, c.want)
		}
		if got := c.a.Of(nnlib.TensorFrom([]float64{c.x}, 1)).At(0); got != float64(float32(c.want)) {
			t.Errorf("%v.Of([%g]) = %g; want %g", c.a, c.x, got, c.want)
		}
		if d := c.a.Derivative(c.x); math.IsNaN(d) || math.IsInf(d, 0) {
			t.Errorf("%v.Derivative(%g) = %g; want a number", c.a, c.x, d)
		}
	}
}

func TestActivationDerivative(t *testing.T) {
	const h = 1e-6 // differences are then good to about 1e-10
	for _, a := range []nnlib.Activation{nnlib.Linear, nnlib.Step, nnlib.Sigmoid, nnlib.Tanh, nnlib.ReLU} {
		for _, x := range []float64{-3, -0.7, 0.2, 1.5} {
			want := (a.At(x+h) - a.At(x-h)) / (2 * h)
			if got := a.Derivative(x); math.Abs(got-want) > 1e-8 {
				t.Errorf("%v.Derivative(%g) = %g; want %g by differences", a, x, got, want)
			}
		}
	}
}

func TestSoftmax(t *testing.T) {
	inf := math.Inf(1)
	for _, row := range [][]float64{{1, 2, 3}, {1000, 1000, -1000}, {-1000, -1000, -1000}, {-1e30, 0, 1e30}, {5, 5, 5}, {inf, 0, inf}, {-inf, -inf, -inf}, {0, -inf, 1}} {
		y := nnlib.Softmax.Of(nnlib.FromRows([][]float64{{0, 0, 0}, row}))
		sum := 0.0
		for j, p := range y.Row(1) {
			sum += p
			if !(p >= 0 && p <= 1) {
				t.Errorf("Softmax.Of(%v)[%d] = %g; want 0 to 1", row, j, p)
			}
		}
		if math.Abs(sum-1) > 1e-6 {
			t.Errorf("Softmax.Of(%v) sums to %g; want 1 within 1e-6", row, sum)
		}
		if got := y.At(0, 1); got != float64(float32(1.0/3)) {
			t.Errorf("Softmax.Of of the row before = %g; want 1/3: rows are separate", got)
		}
	}
	if got := nnlib.Softmax.Of(nnlib.TensorFrom([]float64{1, 2, 3}, 3)).Row(2)[0]; math.Abs(got-0.66524096) > 1e-7 {
		t.Errorf("Softmax.Of([1 2 3])[2] = %g; want 0.66524096", got)
	}
}
