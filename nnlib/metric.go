package nnlib

import (
	"fmt"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// A Metric is something to watch while a model learns, that training does not use.
type Metric struct {
	name string
	kind backend.Kind // 0 for a function
	k    float32      // the operation's constant
	f    func(predictions, targets *Tensor) float64
}

// The metrics.
var (
	// Accuracy is the share of examples whose most probable class is the right one. With one output, it is the share of
	// those that are on the right side of one half.
	Accuracy = Metric{name: "accuracy", kind: backend.CountCorrect, k: 1}
	// Precision is, of all outputs above one half, the share that should be: how far a yes can be trusted. 0 where no
	// output is.
	Precision = Metric{name: "precision", kind: backend.CountPositive, k: 0.5}
	// Recall is, of all outputs that should be above one half, the share that is: how many are found. 0 where none should.
	Recall = Metric{name: "recall", kind: backend.CountPositive, k: 0.5}
)

// TopKAccuracy is the share of examples whose right class is among the k most probable ones.
func TopKAccuracy(k int) Metric {
	if k < 1 {
		panic(&Error{Op: "TopKAccuracy", Received: fmt.Sprintf("k is %d", k), Expected: "at least 1 is expected"})
	}
	return Metric{name: fmt.Sprintf("top_%d_accuracy", k), kind: backend.CountCorrect, k: float32(k)}
}

// MetricFunc is a metric of your own: the mean over the batches, weighted by their sizes, of a number for a batch's
// predictions (n, outputs) and its targets as rows of the data set's Y.
func MetricFunc(name string, f func(predictions, targets *Tensor) float64) Metric {
	if name == "" || f == nil {
		panic(&Error{Op: "MetricFunc", Received: "no name or no function", Expected: "both are expected"})
	}
	return Metric{name: name, f: f}
}

// String returns the metric's name, under which histories have it.
func (m Metric) String() string { return m.name }

// width returns how many totals the metric's operation has.
func (m Metric) width() int {
	if m.kind == backend.CountPositive {
		return 3
	}
	return 1
}

// result returns the metric of totals over n examples.
func (m Metric) result(totals [3]float64, n int) float64 {
	switch {
	case m.kind != backend.CountPositive:
		return totals[0] / float64(n)
	case totals[0] == 0:
		return 0
	case m.name == Recall.name:
		return totals[0] / (totals[0] + totals[2])
	}
	return totals[0] / (totals[0] + totals[1])
}
