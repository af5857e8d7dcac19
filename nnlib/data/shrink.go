package data

import (
	"fmt"

	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

// Shrink returns the pictures with every k by k pixels replaced by their mean, for a first look that takes a kth of a kth
// of the time: 192x192x3 and 8 make 24x24x3. What is left at the right and at the bottom is cut off. Examples are (height,
// width) or (height, width, channels); those that are bytes stay bytes. Y is shared, and with a k of 1 all is.
func (d *Dataset) Shrink(k int) *Dataset {
	const op = "Shrink"
	d.Check(op)
	shape := d.ExampleShape()
	if len(shape) < 2 || len(shape) > 3 {
		panic(&tensor.Error{Op: op, Received: "examples have shape " + shapeText(shape), Expected: "(height, width) or (height, width, channels) is expected"})
	}
	if least := min(shape[0], shape[1]); k < 1 || k > least {
		panic(&tensor.Error{Op: op, Received: fmt.Sprintf("%d by %d pixels to join", k, k), Expected: fmt.Sprintf("1 to %d are expected", least)})
	}
	if k == 1 {
		out := *d
		return &out
	}
	channels := 1
	if len(shape) == 3 {
		channels = shape[2]
	}
	small := append([]int{shape[0] / k, shape[1] / k}, shape[2:]...)
	size := small[0] * small[1] * channels
	out := *d
	if d.X != nil {
		out.X = tensor.New(append([]int{d.Len()}, small...)...)
		for i := range d.Len() {
			from := d.X.Data[i*d.X.RowLen():]
			means(small[0], small[1], shape[1], channels, k,
				func(j int) float64 { return float64(from[j]) },
				func(j int, mean float64) { out.X.Data[i*size+j] = float32(mean) })
		}
		return &out
	}
	p := *d.Pictures
	p.store, p.shape, p.size, p.rows = newStore(d.Len()*size), small, size, upTo(d.Len())
	from, to := make([]byte, d.Pictures.size), make([]byte, size)
	for i, row := range d.Pictures.rows {
		d.Pictures.store.each(row*len(from), len(from), func(at int, bytes []byte) { copy(from[at:], bytes) })
		means(small[0], small[1], shape[1], channels, k,
			func(j int) float64 { return float64(from[j]) },
			func(j int, mean float64) { to[j] = byte(mean + 0.5) })
		if err := p.store.write(to, i*size); err != nil {
			panic(err)
		}
	}
	out.Pictures = &p
	return &out
}

// means gives the mean of each k by k pixels of a picture that is wide pixels wide to set, by its place in the small one.
func means(height, width, wide, channels, k int, at func(int) float64, set func(int, float64)) {
	for y := range height {
		for x := range width {
			for c := range channels {
				sum := 0.0
				for dy := range k {
					for dx := range k {
						sum += at(((y*k+dy)*wide+x*k+dx)*channels + c)
					}
				}
				set((y*width+x)*channels+c, sum/float64(k*k))
			}
		}
	}
}
