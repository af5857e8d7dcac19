package data_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/gopherceptron/gopherceptron/nnlib"
	"github.com/gopherceptron/gopherceptron/nnlib/data"
)

var whole = flag.Bool("data.flowers", false, "train the course's network on 2,000 flowers (many minutes)")

// TestFlowersNeedHiddenLayers compares a softmax regression on the pixels with the network of the course, which must be
// at least 15 points better, within 1.2 GB. By default the pictures are few and small.
func TestFlowersNeedHiddenLayers(t *testing.T) {
	n, hold, at := 500, 100, 0.60
	hidden := []int{100, 20}
	if *whole {
		n, hold, at = 2500, 500, 0.85
		hidden = []int{500, 50}
	}
	d := data.Flowers(n, 1).Normalize(127.5, 255).OneHot()
	if !*whole {
		d = d.Shrink(8)
	}
	train, test := d.Split(1 - float64(hold)/float64(n))
	learn := func(name string, layers ...nnlib.Layer) float64 {
		m := nnlib.NewSequential(append([]nnlib.Layer{nnlib.Flatten(d.ExampleShape()...)}, layers...)...)
		defer m.Close()
		m.Compile(nnlib.Adam(), nnlib.CategoricalCrossentropy, nnlib.Accuracy)
		h := m.Fit(train, nnlib.FitOptions{Epochs: 10, BatchSize: 32, Validation: test, Seed: 1, Quiet: !*whole})
		best := 0.0
		for _, a := range h.ValAccuracy {
			best = max(best, a)
		}
		t.Logf("%s: best %.3f on %d held-out flowers within 10 epochs, %v, peak %.0f MB: %.3f", name, best, test.Len(), h.Duration, peak()/1e6, h.ValAccuracy)
		return best
	}
	linear := learn("softmax regression", nnlib.Dense(5, nnlib.Softmax))
	deep := learn("network", nnlib.Dense(hidden[0], nnlib.ReLU), nnlib.Dense(hidden[1], nnlib.ReLU), nnlib.Dense(5, nnlib.Softmax))
	if deep < at || deep < linear+0.15 {
		t.Errorf("accuracy of the network = %.3f, of a softmax regression %.3f; want at least %.2f, and 0.15 between them", deep, linear, at)
	}
	if p := peak(); *whole && p > 1.2e9 {
		t.Errorf("peak resident memory = %.0f MB; want 1200 at most", p/1e6)
	}
}

// peak returns the most bytes of memory that the process had, by Linux's count; 0 elsewhere.
func peak() float64 {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kb); n == 1 {
			return kb * 1024
		}
	}
	return 0
}
