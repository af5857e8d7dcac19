package data

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

func TestShrink(t *testing.T) {
	y := tensor.New(1)
	grey := []float64{0, 4, 9, 2, 6, 9, 9, 9, 9}
	for _, c := range []struct {
		name  string
		d     *Dataset
		k     int
		shape []int
		want  []float32
	}{
		{"grey, the rest is cut off", &Dataset{X: tensor.From(grey, 1, 3, 3), Y: y}, 2, []int{1, 1}, []float32{3}},
		{"by one", &Dataset{X: tensor.From(grey, 1, 3, 3), Y: y}, 1, []int{3, 3}, []float32{0, 4, 9, 2, 6, 9, 9, 9, 9}},
		{"colours", &Dataset{X: tensor.From([]float64{1, 10, 3, 20}, 1, 1, 2, 2), Y: y}, 1, []int{1, 2, 2}, []float32{1, 10, 3, 20}},
		{"two channels", &Dataset{X: tensor.From([]float64{1, 10, 3, 20, 5, 30, 7, 40}, 1, 2, 2, 2), Y: y}, 2, []int{1, 1, 2}, []float32{4, 25}},
		{"bytes round", &Dataset{Pictures: NewPictures([]byte{1, 1, 1, 3}, 2, 2), Y: y}, 2, []int{1, 1}, []float32{2}},
		{"bytes keep their scale", (&Dataset{Pictures: NewPictures([]byte{100, 200, 0, 100}, 2, 2), Y: y}).Normalize(0, 200), 2, []int{1, 1}, []float32{0.5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.d.Shrink(c.k)
			row := make([]float32, got.RowLen())
			got.Batch(row, []int{0})
			if diff := cmp.Diff(c.shape, got.ExampleShape()) + cmp.Diff(c.want, row); diff != "" {
				t.Errorf("Shrink(%d) differs (-want +got):\n%s", c.k, diff)
			}
		})
	}
}

// TestShrinkSelected shrinks pictures that are not all of their store.
func TestShrinkSelected(t *testing.T) {
	d := &Dataset{Pictures: NewPictures([]byte{1, 2, 3, 4}, 1, 1), Y: tensor.New(4)}
	got := d.Select(3, 1).Shrink(1)
	row := make([]float32, 1)
	for i, want := range []float32{4, 2} {
		if got.Batch(row, []int{i}); row[0] != want {
			t.Errorf("picture %d of Select(3, 1).Shrink(1) = %g; want %g", i, row[0], want)
		}
	}
}
