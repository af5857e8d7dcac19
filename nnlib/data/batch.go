package data

import "slices"

// ExampleShape returns the shape of one example, such as (8, 8); nil where there is none.
func (d *Dataset) ExampleShape() []int {
	if d.Len() == 0 {
		return nil
	}
	return slices.Clone(d.X.Shape[1:])
}

// RowLen returns how many numbers one example has.
func (d *Dataset) RowLen() int {
	if d.Len() == 0 {
		return 0
	}
	return d.X.RowLen()
}

// Batch writes the examples with the given indices to dst, one after the other: what a model is trained on. dst has
// len(indices)·RowLen numbers. Batch does not allocate.
func (d *Dataset) Batch(dst []float32, indices []int) {
	n := d.RowLen()
	for i, from := range indices {
		copy(dst[i*n:(i+1)*n], d.X.Data[from*n:(from+1)*n])
	}
}
