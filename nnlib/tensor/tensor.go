// Package tensor holds numbers in boxes of any dimension: a shape, and the values in row-major order.
package tensor

import (
	"fmt"
	"math"
)

// A Tensor is a box of numbers. Its values are stored as float32, which is what networks compute with; At, Set and
// the arithmetic take and give float64. The zero value has no dimension and no values. A Tensor may be read by many
// goroutines at once, and written by one.
type Tensor struct {
	Shape []int     // the length of each axis
	Data  []float32 // the values, the last axis fastest; len(Data) is the product of Shape
}

// New returns a tensor of zeros.
func New(shape ...int) *Tensor {
	return &Tensor{Shape: append([]int(nil), shape...), Data: make([]float32, size("New", shape))}
}

// From returns a tensor of the given shape with a copy of values, in row-major order.
func From(values []float64, shape ...int) *Tensor {
	t := New(shape...)
	if len(values) != len(t.Data) {
		panic(mistake("From", fmt.Sprintf("%d values", len(values)), fmt.Sprintf("shape %v holds %d", shape, len(t.Data))))
	}
	for i, v := range values {
		t.Data[i] = float32(v)
	}
	return t
}

// FromRows returns a tensor of shape (len(rows), len(rows[0])) with a copy of the rows, which must have equal lengths.
func FromRows(rows [][]float64) *Tensor {
	if len(rows) == 0 {
		return New(0, 0)
	}
	t := New(len(rows), len(rows[0]))
	for i, row := range rows {
		if len(row) != len(rows[0]) {
			panic(mistake("FromRows", fmt.Sprintf("row %d has %d values", i, len(row)), fmt.Sprintf("row 0 has %d", len(rows[0]))))
		}
		for j, v := range row {
			t.Data[i*len(row)+j] = float32(v)
		}
	}
	return t
}

// Len returns the number of values.
func (t *Tensor) Len() int { return len(t.Data) }

// Rows returns the length of the first axis, which is the number of examples of a batch; 0 where there is no axis.
func (t *Tensor) Rows() int {
	if len(t.Shape) == 0 {
		return 0
	}
	return t.Shape[0]
}

// RowLen returns how many values one row holds: the product of all axes but the first.
func (t *Tensor) RowLen() int {
	n := 1
	for _, d := range t.Shape[min(1, len(t.Shape)):] {
		n *= d
	}
	return n
}

// At returns one value. It takes one index an axis.
func (t *Tensor) At(index ...int) float64 { return float64(t.Data[t.offset("At", index)]) }

// Set changes one value. It takes the value first, then one index an axis.
func (t *Tensor) Set(value float64, index ...int) { t.Data[t.offset("Set", index)] = float32(value) }

// Row returns a copy of row i as numbers: the values of one example.
func (t *Tensor) Row(i int) []float64 {
	n := t.RowLen()
	t.checkRow("Row", i)
	row := make([]float64, n)
	for j, v := range t.Data[i*n : (i+1)*n] {
		row[j] = float64(v)
	}
	return row
}

// Select returns a copy of the rows with the given indices, in that order. An index may come more than once.
func (t *Tensor) Select(rows ...int) *Tensor {
	n := t.RowLen()
	out := New(append([]int{len(rows)}, t.Shape[min(1, len(t.Shape)):]...)...)
	for i, r := range rows {
		t.checkRow("Select", r)
		copy(out.Data[i*n:(i+1)*n], t.Data[r*n:(r+1)*n])
	}
	return out
}

// Reshape returns a tensor of another shape over the same values; one length may be -1, and is then worked out.
// The result shares Data with t.
func (t *Tensor) Reshape(shape ...int) *Tensor {
	shape = append([]int(nil), shape...)
	known, open := 1, -1
	for i, d := range shape {
		if d == -1 && open < 0 {
			open = i
		} else {
			known *= d
		}
	}
	if open >= 0 && known > 0 {
		shape[open] = len(t.Data) / known
	}
	out := &Tensor{Shape: shape, Data: t.Data}
	out.Check("Reshape")
	return out
}

// Check panics with an *Error unless Data has as many values as Shape says, which a tensor that was not made by this
// package may get wrong. op is what wants to use the tensor.
func (t *Tensor) Check(op string) {
	if n := size(op, t.Shape); n != len(t.Data) {
		panic(mistake(op, fmt.Sprintf("tensor has %d values", len(t.Data)), fmt.Sprintf("shape %v holds %d", t.Shape, n)))
	}
}

// Copy returns a tensor of its own with the same shape and values.
func (t *Tensor) Copy() *Tensor {
	return &Tensor{Shape: append([]int(nil), t.Shape...), Data: append([]float32(nil), t.Data...)}
}

// SameShape reports whether both tensors have the same axes.
func (t *Tensor) SameShape(u *Tensor) bool {
	if len(t.Shape) != len(u.Shape) {
		return false
	}
	for i, d := range t.Shape {
		if d != u.Shape[i] {
			return false
		}
	}
	return true
}

// ArgMax returns for each row the position of its greatest value, the first of several.
func (t *Tensor) ArgMax() []int {
	n := t.RowLen()
	out := make([]int, t.Rows())
	for i := range out {
		row := t.Data[i*n : (i+1)*n]
		for j, v := range row {
			if v > row[out[i]] {
				out[i] = j
			}
		}
	}
	return out
}

// size returns the product of a shape's lengths, which must not be negative.
func size(op string, shape []int) int {
	n := 1
	for _, d := range shape {
		if d < 0 {
			panic(mistake(op, fmt.Sprintf("shape %v", shape), "lengths must not be negative"))
		}
		if d > 0 && n > math.MaxInt/d {
			panic(mistake(op, fmt.Sprintf("shape %v", shape), "its product must fit in memory"))
		}
		n *= d
	}
	return n
}

func (t *Tensor) offset(op string, index []int) int {
	if len(index) != len(t.Shape) {
		panic(mistake(op, fmt.Sprintf("%d indices", len(index)), fmt.Sprintf("shape %v expects %d", t.Shape, len(t.Shape))))
	}
	o := 0
	for i, x := range index {
		if x < 0 || x >= t.Shape[i] {
			panic(mistake(op, fmt.Sprintf("index %d on axis %d", x, i), fmt.Sprintf("shape %v expects 0 to %d", t.Shape, t.Shape[i]-1)))
		}
		o = o*t.Shape[i] + x
	}
	return o
}

func (t *Tensor) checkRow(op string, i int) {
	if i < 0 || i >= t.Rows() {
		panic(mistake(op, fmt.Sprintf("row %d", i), fmt.Sprintf("shape %v expects 0 to %d", t.Shape, t.Rows()-1)))
	}
}
