package data_test

import (
	"flag"
	"testing"

	"github.com/gopherceptron/gopherceptron/nnlib"
	"github.com/gopherceptron/gopherceptron/nnlib/data"
)

var whole = flag.Bool("data.flowers", false, "train the course's network on 2,000 flowers (many minutes)")

// TestFlowersNeedHiddenLayers compares a softmax regression on the pixels with the network of the course, which must be
// at least 15 points better. By default the pictures are few and small.
func TestFlowersNeedHiddenLayers(t *testing.T) {
	n, hold, epochs, at := 500, 100, 10, 0.60
	hidden := []int{100, 20}
	shrink := 8
	if *whole {
		n, hold, epochs, at = 2500, 500, 10, 0.85
		hidden = []int{500, 50}
		shrink = 1
	}
	d := data.Flowers(n, 1).Normalize(127.5, 255)
	d = &data.Dataset{X: smaller(d, shrink), Y: d.Y, Classes: d.Classes}
	train, test := d.Select(upTo(0, n-hold)...), d.Select(upTo(n-hold, n)...)
	learn := func(name string, layers ...nnlib.Layer) float64 {
		m := nnlib.NewSequential(append([]nnlib.Layer{nnlib.Flatten(d.ExampleShape()...)}, layers...)...)
		m.Seed = 1
		m.Compile(nnlib.Adam(), nnlib.CategoricalCrossentropy, nnlib.Accuracy)
		h := m.Fit(train.OneHot(), nnlib.FitOptions{Epochs: epochs, BatchSize: 32, Validation: test.OneHot(), Quiet: true})
		best := 0.0
		for _, a := range h.ValAccuracy {
			best = max(best, a)
		}
		t.Logf("%s: best %.3f on %d held-out flowers within %d epochs, %v: %.3f", name, best, hold, epochs, h.Duration, h.ValAccuracy)
		return best
	}
	linear := learn("softmax regression", nnlib.Dense(5, nnlib.Softmax))
	deep := learn("network", nnlib.Dense(hidden[0], nnlib.ReLU), nnlib.Dense(hidden[1], nnlib.ReLU), nnlib.Dense(5, nnlib.Softmax))
	if deep < at || deep < linear+0.15 {
		t.Errorf("accuracy of the network = %.3f, of a softmax regression %.3f; want at least %.2f, and 0.15 between them", deep, linear, at)
	}
}

func upTo(from, to int) []int {
	var all []int
	for i := from; i < to; i++ {
		all = append(all, i)
	}
	return all
}

// smaller returns the pictures with every k by k pixels replaced by their mean.
func smaller(d *data.Dataset, k int) *nnlib.Tensor {
	side := data.FlowerSide / k
	out := nnlib.NewTensor(d.Len(), side, side, 3)
	row := make([]float32, d.RowLen())
	for i := range d.Len() {
		d.Batch(row, []int{i})
		for y := range side * k {
			for x := range side * k {
				for c := range 3 {
					out.Data[((i*side+y/k)*side+x/k)*3+c] += row[(y*data.FlowerSide+x)*3+c] / float32(k*k)
				}
			}
		}
	}
	return out
}
