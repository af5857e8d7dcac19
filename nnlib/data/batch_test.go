package data

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

// pictures returns three pictures of 2x3 whose pixels are 0 to 17.
func pictures() *Dataset {
	pixels := make([]byte, 18)
	for i := range pixels {
		pixels[i] = byte(i)
	}
	return &Dataset{Pictures: NewPictures(pixels, 2, 3), Y: tensor.From([]float64{0, 1, 0}, 3), Classes: []string{"a", "b"}}
}

func TestPictures(t *testing.T) {
	d := pictures()
	batch := func(d *Dataset, indices ...int) []float32 {
		dst := make([]float32, len(indices)*d.RowLen())
		d.Batch(dst, indices)
		return dst
	}
	first, rest := d.Split(0.34)
	mirror := d.Augment(Augmentation{FlipHorizontal: true, Seed: 1})
	flips := map[float32]bool{}
	for range 20 {
		flips[batch(mirror, 0)[0]] = true
	}
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"string", d.String(), "3 examples of shape [2 3], 2 classes: a b"},
		{"batch", batch(d, 2, 0), []float32{12, 13, 14, 15, 16, 17, 0, 1, 2, 3, 4, 5}},
		{"batch of numbers", batch(small(), 3, 0), []float32{6, 4, 0, 10}},
		{"normalize", batch(d.Normalize(-2, 2), 0), []float32{0.5, 0.75, 1, 1.25, 1.5, 1.75}},
		{"normalize twice", batch(d.Normalize(0, 2).Normalize(0, 0.5), 0), []float32{0, 1, 2, 3, 4, 5}},
		{"select", batch(d.Select(2, 1), 1), []float32{6, 7, 8, 9, 10, 11}},
		{"split", []int{first.Len(), rest.Len(), int(batch(rest, 1)[0])}, []int{1, 2, 12}},
		{"tensor", rest.Tensor(), tensor.From([]float64{6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}, 2, 2, 3)},
		{"example", d.Example(1), tensor.From([]float64{6, 7, 8, 9, 10, 11}, 2, 3)},
		{"one-hot keeps pictures", batch(d.OneHot(), 0), batch(d, 0)},
		{"flips both ways", flips, map[float32]bool{0: true, 2: true}},
		{"no allocation", testing.AllocsPerRun(10, func() { mirror.Batch(make([]float32, 6), []int{1}) }), 0.0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.got); diff != "" {
				t.Errorf("differs (-want +got):\n%s", diff)
			}
		})
	}
}

// TestShift compares a shifted picture with the one that is made by hand.
func TestShift(t *testing.T) {
	d := (&Dataset{X: tensor.From([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 3, 3), Y: tensor.New(1)}).Augment(Augmentation{Shift: 1, Seed: 3})
	seen := map[[9]float32]bool{}
	for range 200 {
		var got [9]float32
		d.Batch(got[:], []int{0})
		seen[got] = true
	}
	if len(seen) != 9 {
		t.Errorf("200 shifts by up to 1 gave %d pictures; want 9", len(seen))
	}
	for _, want := range [][9]float32{{1, 2, 3, 4, 5, 6, 7, 8, 9}, {0, 0, 0, 0, 1, 2, 0, 4, 5}, {0, 4, 5, 0, 7, 8, 0, 0, 0}, {5, 6, 0, 8, 9, 0, 0, 0, 0}} {
		if !seen[want] {
			t.Errorf("200 shifts by up to 1 never gave %v", want)
		}
	}
}
