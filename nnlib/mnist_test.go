package nnlib

import (
	"flag"
	"testing"

	"github.com/gopherceptron/gopherceptron/nnlib/data"
)

var mnistSeeds = flag.Int("nnlib.mnist", 0, "train MNIST and Fashion-MNIST with this many seeds (a minute each)")

// TestMNISTAccuracy trains for 10 epochs with Adam at its default rate, batch 128.
func TestMNISTAccuracy(t *testing.T) {
	if *mnistSeeds == 0 {
		t.Skip("takes minutes: run with -nnlib.mnist 3")
	}
	for _, c := range []struct {
		name  string
		load  func() (train, test *Dataset, err error)
		units int
		want  float64
	}{{"MNIST", data.MNIST, 128, 0.976}, {"Fashion-MNIST", data.FashionMNIST, 256, 0.88}} {
		t.Run(c.name, func(t *testing.T) {
			train, test, err := c.load()
			if err != nil {
				t.Skip("the data set is not to be had: ", err)
			}
			train, test = train.Normalize(0, 255), test.Normalize(0, 255)
			sum := 0.0
			for seed := range *mnistSeeds {
				m := NewSequential(Flatten(28, 28), Dense(c.units, ReLU), Dense(10, Softmax))
				m.Compile(Adam(), SparseCategoricalCrossentropy, Accuracy)
				h := m.Fit(train, FitOptions{Epochs: 10, BatchSize: 128, Seed: int64(1 + seed)})
				score := m.Evaluate(test)
				t.Logf("seed %d: %v, %v", 1+seed, score, h.Duration)
				sum += score.Accuracy
			}
			if mean := sum / float64(*mnistSeeds); mean < c.want {
				t.Errorf("mean accuracy over %d seeds = %.4f; want at least %g", *mnistSeeds, mean, c.want)
			}
		})
	}
}
