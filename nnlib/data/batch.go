package data

import (
	"fmt"

	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

// Batch writes the examples with the given indices to dst, one after the other: what a model is trained on. dst has
// len(indices)·RowLen numbers. Where the data set has an Augmentation, each example is changed on its way. Batch does
// not allocate.
func (d *Dataset) Batch(dst []float32, indices []int) {
	n := d.RowLen()
	if len(dst) != n*len(indices) {
		panic(&tensor.Error{Op: "Batch", Received: fmt.Sprintf("room for %d numbers", len(dst)), Expected: fmt.Sprintf("%d examples of %d are expected", len(indices), n)})
	}
	for i, from := range indices {
		if from < 0 || from >= d.Len() {
			panic(&tensor.Error{Op: "Batch", Received: fmt.Sprintf("example %d", from), Expected: fmt.Sprintf("0 to %d are expected", d.Len()-1)})
		}
		row := dst[i*n : (i+1)*n]
		if d.X != nil {
			copy(row, d.X.Data[from*n:(from+1)*n])
		} else {
			d.Pictures.Row(row, from)
		}
		if d.Augmentation != nil {
			d.Augmentation.change(row, d.exampleShape())
		}
	}
}

// Tensor returns the examples as numbers: X, or for Pictures a new tensor of (n, height, width) or
// (n, height, width, 3), which takes four times the memory.
func (d *Dataset) Tensor() *tensor.Tensor {
	if d.X != nil {
		return d.X
	}
	t := tensor.New(append([]int{d.Len()}, d.ExampleShape()...)...)
	n := d.RowLen()
	for i := range d.Len() {
		d.Pictures.Row(t.Data[i*n:(i+1)*n], i)
	}
	return t
}

// Example returns a copy of example i, as a tensor of ExampleShape.
func (d *Dataset) Example(i int) *tensor.Tensor {
	if i < 0 || i >= d.Len() {
		panic(&tensor.Error{Op: "Example", Received: fmt.Sprintf("example %d", i), Expected: fmt.Sprintf("0 to %d are expected", d.Len()-1)})
	}
	t := tensor.New(d.ExampleShape()...)
	if d.X != nil {
		copy(t.Data, d.X.Data[i*len(t.Data):])
	} else {
		d.Pictures.Row(t.Data, i)
	}
	return t
}
