package tensor_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

func TestMistakes(t *testing.T) {
	m := tensor.New(2, 3)
	for _, c := range []struct {
		name string
		call func()
		want string
	}{
		{"negative length", func() { tensor.New(2, -1) }, "nnlib: New: shape [2 -1], lengths must not be negative"},
		{"overflow", func() { tensor.New(1<<40, 1<<40) }, "nnlib: New: shape [1099511627776 1099511627776], its product must fit in memory"},
		{"values", func() { tensor.From([]float64{1}, 2, 2) }, "nnlib: From: 1 values, shape [2 2] holds 4"},
		{"ragged rows", func() { tensor.FromRows([][]float64{{1, 2}, {3}}) }, "nnlib: FromRows: row 1 has 1 values, row 0 has 2"},
		{"index count", func() { m.At(1) }, "nnlib: At: 1 indices, shape [2 3] expects 2"},
		{"index range", func() { m.Set(1, 0, 3) }, "nnlib: Set: index 3 on axis 1, shape [2 3] expects 0 to 2"},
		{"negative index", func() { m.At(-1, 0) }, "nnlib: At: index -1 on axis 0, shape [2 3] expects 0 to 1"},
		{"row", func() { m.Row(2) }, "nnlib: Row: row 2, shape [2 3] expects 0 to 1"},
		{"select", func() { m.Select(0, 7) }, "nnlib: Select: row 7, shape [2 3] expects 0 to 1"},
		{"reshape", func() { m.Reshape(4, -1) }, "nnlib: Reshape: tensor has 6 values, shape [4 1] holds 4"},
		{"add", func() { m.Add(tensor.New(3, 2)) }, "nnlib: Add: right side has shape [3 2], left side has [2 3]"},
		{"matmul", func() { m.MatMul(tensor.New(2, 3)) }, "nnlib: MatMul: left matrix has 3 columns, right matrix expects 2"},
		{"max of nothing", func() { tensor.New(0).Max() }, "nnlib: Max: tensor is empty, at least one value is expected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				err, _ := recover().(error)
				var mistake *tensor.Error
				if !errors.As(err, &mistake) || err.Error() != c.want {
					t.Errorf("panic = %v; want *tensor.Error %q", err, c.want)
				}
			}()
			c.call()
		})
	}
}

func TestArithmetic(t *testing.T) {
	a := tensor.FromRows([][]float64{{1, 2, 3}, {4, 5, 6}})
	b := tensor.FromRows([][]float64{{0, 1, 0}, {-1, 0, 2}})
	for _, c := range []struct {
		name string
		got  *tensor.Tensor
		want [][]float64
	}{
		{"add", a.Add(b), [][]float64{{1, 3, 3}, {3, 5, 8}}},
		{"sub", a.Sub(b), [][]float64{{1, 1, 3}, {5, 5, 4}}},
		{"mul", a.Mul(b), [][]float64{{0, 2, 0}, {-4, 0, 12}}},
		{"scale", a.Scale(0.5), [][]float64{{0.5, 1, 1.5}, {2, 2.5, 3}}},
		{"apply", a.Apply(func(x float64) float64 { return x * x }), [][]float64{{1, 4, 9}, {16, 25, 36}}},
		{"transpose", a.Transpose(), [][]float64{{1, 4}, {2, 5}, {3, 6}}},
		{"matmul", a.MatMul(b.Transpose()), [][]float64{{2, 5}, {5, 8}}},
		{"select", a.Select(1, 0, 1), [][]float64{{4, 5, 6}, {1, 2, 3}, {4, 5, 6}}},
		{"reshape", a.Reshape(-1, 2), [][]float64{{1, 2}, {3, 4}, {5, 6}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(tensor.FromRows(c.want), c.got); diff != "" {
				t.Errorf("%s differs (-want +got):\n%s", c.name, diff)
			}
		})
	}
	if got := []float64{a.Sum(), a.Mean(), a.Min(), a.Max()}; !cmp.Equal(got, []float64{21, 3.5, 1, 6}) {
		t.Errorf("sum, mean, min, max = %v; want [21 3.5 1 6]", got)
	}
	if got := tensor.FromRows([][]float64{{1, 3, 2}, {5, 5, 0}, {-3, -2, -1}}).ArgMax(); !cmp.Equal(got, []int{1, 0, 2}) {
		t.Errorf("ArgMax() = %v; want [1 0 2]", got)
	}
}

func TestCopyIsItsOwn(t *testing.T) {
	a := tensor.FromRows([][]float64{{1, 2}})
	b := a.Copy()
	b.Set(9, 0, 0)
	a.Row(0)[1] = 9
	if got := a.Row(0); !cmp.Equal(got, []float64{1, 2}) {
		t.Errorf("after writing to a copy, Row(0) = %v; want [1 2]", got)
	}
}

func TestString(t *testing.T) {
	wide := tensor.New(20, 12)
	for i := range wide.Data {
		wide.Data[i] = float32(i)
	}
	for _, c := range []struct {
		name string
		t    *tensor.Tensor
		want string
	}{
		{"zero", &tensor.Tensor{}, "Tensor []"},
		{"empty", tensor.New(0, 3), "Tensor [0 3]"},
		{"row", tensor.From([]float64{1, -2.5}, 2), "Tensor [2]\n[   1 -2.5]"},
		{"matrix", tensor.FromRows([][]float64{{1, 2}, {30, 1.0 / 3}}), "Tensor [2 2]\n[[     1      2]\n [    30 0.3333]]"},
		{"cut", wide, "Tensor [20 12]\n[[  0   1   2 ...   9  10  11]\n [ 12  13  14 ...  21  22  23]\n [ 24  25  26 ...  33  34  35]\n ...\n" +
			" [204 205 206 ... 213 214 215]\n [216 217 218 ... 225 226 227]\n [228 229 230 ... 237 238 239]]"},
		{"cube", tensor.New(2, 1, 2), "Tensor [2 1 2]\n[[[0 0]]\n\n [[0 0]]]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.t.String()); diff != "" {
				t.Errorf("String() differs (-want +got):\n%s", diff)
			}
		})
	}
}
