package data

import (
	"slices"

	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

// Pictures are images that are kept as bytes, which takes a quarter of the memory that numbers take. They never change:
// data sets share them, and a part of a data set is a list of places. Any number of goroutines may read them.
type Pictures struct {
	Skipped []string // files that could not be read, with the reason: "roses/12.jpg: the picture is damaged: ..."

	store *store
	shape []int // of one picture: (height, width) or (height, width, 3)
	size  int   // its product
	rows  []int // where each picture is in the store, in pictures
	// Byte b stands for offset + scale·b.
	offset, scale float32
}

// NewPictures returns n images of the given shape, (height, width) for grey or (height, width, 3) for colours, whose
// numbers go from 0 to 255. pixels holds them one after the other; it is copied.
func NewPictures(pixels []byte, shape ...int) *Pictures {
	size := 1
	for _, l := range shape {
		if l < 1 {
			panic(&tensor.Error{Op: "NewPictures", Received: "shape " + shapeText(shape), Expected: "lengths of at least 1 are expected"})
		}
		size *= l
	}
	if len(pixels)%size != 0 {
		panic(&tensor.Error{Op: "NewPictures", Received: bytesText(len(pixels)), Expected: "whole pictures of " + bytesText(size) + " are expected"})
	}
	s := newStore(len(pixels))
	if err := s.write(pixels, 0); err != nil {
		panic(err)
	}
	return newPictures(s, len(pixels)/size, shape...)
}

// newPictures returns the first n images of a store.
func newPictures(s *store, n int, shape ...int) *Pictures {
	p := &Pictures{store: s, shape: slices.Clone(shape), size: 1, rows: upTo(n), scale: 1}
	for _, l := range shape {
		p.size *= l
	}
	return p
}

// Len returns the number of pictures.
func (p *Pictures) Len() int {
	if p == nil {
		return 0
	}
	return len(p.rows)
}

// Shape returns the shape of one picture: (height, width) or (height, width, 3).
func (p *Pictures) Shape() []int { return slices.Clone(p.shape) }

// Row writes picture i as numbers to dst, which has the product of Shape as its length.
func (p *Pictures) Row(dst []float32, i int) {
	p.store.each(p.rows[i]*p.size, p.size, func(at int, bytes []byte) {
		to := dst[at : at+len(bytes)]
		for j, b := range bytes {
			to[j] = p.offset + p.scale*float32(b)
		}
	})
}

// pick returns the pictures with the given indices.
func (p *Pictures) pick(indices []int) *Pictures {
	out := *p
	out.rows = make([]int, len(indices))
	for i, from := range indices {
		out.rows[i] = p.rows[from]
	}
	return &out
}

// normalize returns the pictures scaled so that low becomes 0 and high becomes 1.
func (p *Pictures) normalize(low, high float64) *Pictures {
	out := *p
	out.offset = float32((float64(p.offset) - low) / (high - low))
	out.scale = float32(float64(p.scale) / (high - low))
	return &out
}
