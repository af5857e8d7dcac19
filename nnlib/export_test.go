package nnlib

// SetMask makes a dropout layer use one mask, a row an example, in place of chance.
func SetMask(d *DropoutLayer, mask *Tensor) {
	d.mask = func(m []float32) { copy(m, mask.Data) }
}
