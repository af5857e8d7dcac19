package data

import (
	"fmt"
	"math/rand/v2"
	"sync"

	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

// An Augmentation changes pictures a little, each time in another way, so that a network sees more of them than there
// are. Use it on training data only.
type Augmentation struct {
	FlipHorizontal bool    // mirrors every other picture, left for right
	FlipVertical   bool    // turns every other one upside down
	Shift          int     // moves by up to so many pixels in both directions
	Fill           float64 // what comes in at the edges: 0, which is the background of digits
	Seed           int64   // the same seed gives the same changes in the same order of batches

	state *augmentState
}

// augmentState is what parts of a data set share.
type augmentState struct {
	sync.Mutex
	rng *rand.Rand
	row []float32
}

// Augment returns the data set with its pictures changed by a whenever Batch gives them. Examples are
// (height, width) or (height, width, channels).
func (d *Dataset) Augment(a Augmentation) *Dataset {
	d.Check("Augment")
	shape := d.ExampleShape()
	if len(shape) != 2 && len(shape) != 3 {
		panic(&tensor.Error{Op: "Augment", Received: "examples have shape " + shapeText(shape), Expected: "(height, width) or (height, width, channels) is expected"})
	}
	if a.Shift < 0 || a.Shift >= min(shape[0], shape[1]) {
		panic(&tensor.Error{Op: "Augment", Received: fmt.Sprintf("Shift %d", a.Shift), Expected: fmt.Sprintf("0 to %d pixels are expected", min(shape[0], shape[1])-1)})
	}
	a.state = &augmentState{rng: random(a.Seed), row: make([]float32, d.RowLen())}
	out := *d
	out.Augmentation = &a
	return &out
}

// change draws one change and makes it. An Augmentation that was not made by Augment changes nothing.
func (a *Augmentation) change(row []float32, shape []int) {
	s := a.state
	if s == nil || len(s.row) != len(row) {
		return
	}
	s.Lock()
	defer s.Unlock()
	h, w := shape[0], shape[1]
	c := len(row) / (h * w)
	flipX := a.FlipHorizontal && s.rng.IntN(2) == 1
	flipY := a.FlipVertical && s.rng.IntN(2) == 1
	dx, dy := 0, 0
	if a.Shift > 0 {
		dx, dy = s.rng.IntN(2*a.Shift+1)-a.Shift, s.rng.IntN(2*a.Shift+1)-a.Shift
	}
	copy(s.row, row)
	fill := float32(a.Fill)
	for y := range h {
		fromY := y - dy
		if flipY {
			fromY = h - 1 - fromY
		}
		for x := range w {
			fromX := x - dx
			if flipX {
				fromX = w - 1 - fromX
			}
			out := row[(y*w+x)*c : (y*w+x+1)*c]
			if fromX < 0 || fromX >= w || fromY < 0 || fromY >= h {
				for k := range out {
					out[k] = fill
				}
				continue
			}
			copy(out, s.row[(fromY*w+fromX)*c:])
		}
	}
}
