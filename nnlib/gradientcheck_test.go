package nnlib

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func normalTensor(rng *rand.Rand, shape ...int) *Tensor {
	t := NewTensor(shape...)
	for i := range t.Data {
		t.Data[i] = float32(rng.NormFloat64())
	}
	return t
}

// TestGradientChecks checks every layer, with every activation, and every loss at random odd shapes.
func TestGradientChecks(t *testing.T) {
	odd := func(rng *rand.Rand, most int) int { return 1 + 2*rng.IntN(most/2) }
	all := []Activation{Linear, Sigmoid, Tanh, ReLU, LeakyReLU, LeakyReLUWith(0.01), GELU, Softmax}
	for seed := range uint64(3) {
		rng := rand.New(rand.NewPCG(seed, 21))
		check := func(name string, r *GradientReport) {
			t.Run(fmt.Sprintf("%s/%d", name, seed), func(t *testing.T) {
				if !r.OK() || r.Skipped > r.Checked/4 {
					t.Errorf("GradientCheck = %v; want all right, few skipped", r)
				}
			})
		}
		for _, a := range all {
			units := 2 + odd(rng, 9)
			check("dense "+a.String(), GradientCheck(Dense(units, a), normalTensor(rng, 2+odd(rng, 7), odd(rng, 13))))
			check("activation "+a.String(), GradientCheck(Activate(a), normalTensor(rng, odd(rng, 9), 1+odd(rng, 11))))
		}
		noBias := Dense(3, Tanh)
		noBias.NoBias = true
		check("no bias", GradientCheck(noBias, normalTensor(rng, 5, 7)))
		check("flatten", GradientCheck(Flatten(), normalTensor(rng, 3, odd(rng, 5), odd(rng, 5), 3)))
		check("input", GradientCheck(Input(3, 5), normalTensor(rng, 3, 3, 5)))
		check("dropout", GradientCheck(Dropout(0.3), normalTensor(rng, odd(rng, 9), 7)))
		check("batch normalization", GradientCheck(BatchNormalization(), normalTensor(rng, 4+odd(rng, 9), odd(rng, 9))))
		check("batch normalization of pictures", GradientCheck(BatchNormalization(), normalTensor(rng, 3, 3, 5, 3)))
		bare := BatchNormalization()
		bare.NoScale, bare.NoCenter = true, true
		check("bare batch normalization", GradientCheck(bare, normalTensor(rng, 9, 3)))

		n, m := odd(rng, 9), 2+odd(rng, 7)
		y, labels := NewTensor(n, m), NewTensor(n)
		for i := range y.Data {
			y.Data[i] = 0.1 + 0.8*rng.Float32()
		}
		for i := range labels.Data {
			labels.Data[i] = float32(rng.IntN(m))
		}
		hot := (&Dataset{X: y, Y: labels, Classes: make([]string, m)}).OneHot().Y
		check("categorical", GradientCheckLoss(CategoricalCrossentropy, y, hot))
		check("sparse", GradientCheckLoss(SparseCategoricalCrossentropy, y, labels))
		check("binary", GradientCheckLoss(BinaryCrossentropy, y, hot))
		check("squares", GradientCheckLoss(MeanSquaredError, y, normalTensor(rng, n, m)))
	}
}

// TestGradientCheckFinds checks that a wrong gradient is found and named, and that only kinks are skipped.
func TestGradientCheckFinds(t *testing.T) {
	x := FromRows([][]float64{{1, -2, 3}, {0.5, 0, -1}})
	var seen *Tensor
	square := func(wrong func(dx *Tensor)) LayerFunc {
		return LayerFunc{Name: "Square", ForwardFunc: func(x *Tensor, _ bool) *Tensor { seen = x; return x.Mul(x) }, BackwardFunc: func(dy *Tensor) *Tensor {
			dx := dy.Mul(seen).Scale(2)
			wrong(dx)
			return dx
		}}
	}
	if r := GradientCheck(square(func(*Tensor) {}), x); !r.OK() || r.Checked != 6 {
		t.Errorf("GradientCheck of a right layer = %v; want 6 right numbers", r)
	}
	r := GradientCheck(square(func(dx *Tensor) { dx.Data[4] += 0.01; dx.Data[2] *= 1.5 }), x)
	if r.OK() || len(r.Wrong) != 2 || !cmp.Equal(r.Wrong[0].Index, []int{0, 2}) || !cmp.Equal(r.Wrong[1].Index, []int{1, 1}) {
		t.Errorf("GradientCheck of a wrong layer = %v; want dx[0 2] and dx[1 1]", r.Wrong)
	}
	if text := r.String(); !strings.Contains(text, "gradient of Square is wrong: dx[0 2]") || !strings.Contains(text, "2 of 6 numbers are off") {
		t.Errorf("String() = %q; want the number that is off the most", text)
	}
	if r := GradientCheck(Activate(ReLU), x); r.Skipped != 1 || !r.OK() {
		t.Errorf("GradientCheck of ReLU at a zero = %v; want it skipped and the others right", r)
	}
	w := NewParam("w", FromRows([][]float64{{2}}))
	scale := LayerFunc{Name: "Scale", ParamList: []*Param{w}, ForwardFunc: func(x *Tensor, _ bool) *Tensor { seen = x; return x.Scale(w.Value().At(0, 0)) },
		BackwardFunc: func(dy *Tensor) *Tensor {
			w.SetGradient(FromRows([][]float64{{dy.Sum()}})) // wrong: without x
			return dy.Scale(w.Value().At(0, 0))
		}}
	if r := GradientCheck(scale, x); len(r.Wrong) != 1 || r.Wrong[0].Name != "dw" {
		t.Errorf("GradientCheck of a wrong parameter = %v; want dw", r)
	}
	if got := w.Value().At(0, 0); got != 2 {
		t.Errorf("after GradientCheck the parameter is %g; want 2 as before", got)
	}
	wrong := LossFunc{ValueFunc: MeanSquaredError.Value, GradientFunc: func(y, t *Tensor) *Tensor { return y.Sub(t) }}
	if r := GradientCheckLoss(wrong, x, x.Scale(0.5)); r.OK() || r.Wrong[0].Name != "dy" {
		t.Errorf("GradientCheckLoss of a wrong loss = %v; want it found", r)
	}
	n := 0.0
	random := LayerFunc{Name: "Random", ForwardFunc: func(x *Tensor, _ bool) *Tensor { n++; return x.Scale(n) }, BackwardFunc: func(dy *Tensor) *Tensor { return dy }}
	if got := caught(func() { GradientCheck(random, x) }); !strings.Contains(got, "different outputs for the same input") {
		t.Errorf("GradientCheck of a random layer panics with %q; want it to say so", got)
	}
}
