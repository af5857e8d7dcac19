package nnlib

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gopherceptron/gopherceptron/nnlib/internal/offheap"
)

// A Callback is called while a model learns, on the goroutine that called Fit: once with each Event. Any type with this
// method can be one.
type Callback interface {
	// Call looks at the training, and may change the model's parameters, the optimizer's rates, or Stop it.
	Call(t *Training)
}

// CallbackFunc is a callback made of a function.
type CallbackFunc func(t *Training)

// Call calls the function.
func (f CallbackFunc) Call(t *Training) { f(t) }

// An Event says when callbacks are called.
type Event int

// The events of a call of Fit.
const (
	TrainBegin Event = iota // before the first batch
	BatchEnd                // after each batch
	EpochEnd                // after each epoch and its validation
	TrainEnd                // after the last epoch, also where training was stopped
)

// String returns the event's name.
func (e Event) String() string {
	return [...]string{"train begin", "batch end", "epoch end", "train end"}[e]
}

// A Training is what callbacks see of a call of Fit.
type Training struct {
	Model   *Sequential
	Event   Event
	Epoch   int      // the one under way, or just ended, counted from 1; 0 before the first
	Epochs  int      // how many there will be
	Batch   int      // batches of this epoch that are done
	Batches int      // batches of an epoch
	History *History // the epochs so far

	f    *fitting
	stop bool
}

// Stop ends the training after this event; History.Stopped stays false.
func (t *Training) Stop() { t.stop = true }

// Loss returns the mean loss over the epoch so far; NaN before its first batch.
func (t *Training) Loss() float64 { return t.f.totals.loss / float64(t.f.totals.examples) }

// Value returns the last number of a name that History.Values knows, and whether there is one.
func (t *Training) Value(name string) (value float64, ok bool) {
	values := t.History.Values(name)
	if len(values) == 0 {
		return math.NaN(), false
	}
	return values[len(values)-1], true
}

// LearningRate returns the learning rate of the next step; NaN for an optimizer of your own.
func (t *Training) LearningRate() float64 {
	if o, ok := t.Model.optimizer.(builtinOptimizer); ok {
		return o.common().at(t.Model.steps + 1)
	}
	return math.NaN()
}

func (f *fitting) callbacks(e Event) {
	if len(f.options.Callbacks) == 0 {
		return
	}
	t := f.training
	t.Event, t.Epoch, t.Batch = e, f.progress.Epoch, f.progress.Batch
	for _, c := range f.options.Callbacks {
		c.Call(t)
	}
}

// watcher follows one number of a history, as several callbacks do.
type watcher struct {
	best  float64
	since int // epochs without a better one
	seen  bool
}

// look takes the number of an epoch and reports whether it is the best so far. Names with "accuracy", "precision" or
// "recall" should rise, others fall.
func (w *watcher) look(op string, t *Training, monitor string, delta float64) bool {
	v, ok := t.Value(monitor)
	if !ok {
		panic(&Error{Op: op, Received: fmt.Sprintf("Monitor is %q", monitor), Expected: fmt.Sprintf("one of %s is expected, and Validation for those that begin with val_", strings.Join(t.History.Names(), ", "))})
	}
	better := v < w.best-delta
	for _, rising := range []string{"accuracy", "precision", "recall"} {
		if strings.Contains(monitor, rising) {
			better = v > w.best+delta
		}
	}
	if !w.seen || better {
		w.best, w.since, w.seen = v, 0, true
		return true
	}
	w.since++
	return false
}

// monitored returns Keras' default where nothing is named: the loss on the validation data.
func monitored(name string) string {
	if name == "" {
		return "val_loss"
	}
	return name
}

// EarlyStopping stops the training when a number has not become better for some epochs.
type EarlyStopping struct {
	Monitor            string  // such as "val_accuracy"; "val_loss"
	Patience           int     // epochs without a better number before it stops; 0 stops at the first
	MinDelta           float64 // how much better counts; 0
	RestoreBestWeights bool    // gives the model the weights of the best epoch in the end

	// StoppedEpoch is the epoch after which it stopped, 0 where it did not. Fit sets it.
	StoppedEpoch int

	watcher watcher
	weights []*offheap.Buffer // those of the best epoch, by parameter
	kept    bool              // whether there was one
}

// Call looks at the epoch that ended.
func (e *EarlyStopping) Call(t *Training) {
	switch t.Event {
	case TrainBegin:
		e.watcher, e.weights, e.StoppedEpoch = watcher{}, nil, 0
		if e.RestoreBestWeights {
			for _, p := range t.Model.Params() {
				e.weights = append(e.weights, offheap.New(product(p.shape)))
			}
		}
	case EpochEnd:
		if e.watcher.look("EarlyStopping", t, monitored(e.Monitor), abs(e.MinDelta)) {
			e.kept = e.RestoreBestWeights
			for i, b := range e.weights {
				t.Model.Params()[i].read(0, b.Numbers)
			}
		} else if e.watcher.since >= e.Patience {
			e.StoppedEpoch = t.Epoch
			t.Stop()
		}
	case TrainEnd:
		for i, b := range e.weights {
			if e.kept {
				t.Model.Params()[i].write(0, b.Numbers)
			}
			b.Free()
		}
		e.weights, e.kept = nil, false
	}
}

// ModelCheckpoint writes the model's weights to a file after epochs. A file that cannot be written ends the training
// with the error.
type ModelCheckpoint struct {
	Path         string // of the safetensors file; {epoch} in it becomes the epoch's number
	Monitor      string // what SaveBestOnly goes by; "val_loss"
	SaveBestOnly bool   // writes only where Monitor is better than ever

	watcher watcher
}

// Call writes the weights where the epoch that ended deserves it.
func (c *ModelCheckpoint) Call(t *Training) {
	switch {
	case t.Event == TrainBegin:
		c.watcher = watcher{}
		if c.Path == "" {
			panic(&Error{Op: "ModelCheckpoint", Received: "Path is empty", Expected: "the name of a file is expected"})
		}
	case t.Event == EpochEnd && (!c.SaveBestOnly || c.watcher.look("ModelCheckpoint", t, monitored(c.Monitor), 0)):
		if err := t.Model.SaveWeights(strings.ReplaceAll(c.Path, "{epoch}", strconv.Itoa(t.Epoch))); err != nil {
			panic(fmt.Errorf("nnlib: ModelCheckpoint: %w", err))
		}
	}
}

// ReduceLROnPlateau makes the learning rate smaller when a number has not become better for some epochs. It works on
// the optimizer's LearningRate, and has no effect where a Schedule gives the rate.
type ReduceLROnPlateau struct {
	Monitor  string  // such as "val_accuracy"; "val_loss"
	Factor   float64 // what the rate is multiplied by; 0.1
	Patience int     // epochs without a better number before it does; 10
	MinDelta float64 // how much better counts; 1e-4
	Cooldown int     // epochs to wait afterwards; 0
	MinLR    float64 // the rate does not fall below; 0

	watcher watcher
	wait    int
}

// Call looks at the epoch that ended. The history has each epoch's rate as learning_rate.
func (r *ReduceLROnPlateau) Call(t *Training) {
	o, ok := t.Model.optimizer.(builtinOptimizer)
	switch {
	case t.Event == TrainBegin:
		r.watcher, r.wait = watcher{}, 0
		if !ok {
			panic(&Error{Op: "ReduceLROnPlateau", Received: "an optimizer of your own", Expected: "one of this package is expected"})
		}
		if r.Factor < 0 || r.Factor >= 1 {
			panic(&Error{Op: "ReduceLROnPlateau", Received: fmt.Sprintf("Factor is %g", r.Factor), Expected: "a number above 0 and below 1 is expected, or 0 for the default"})
		}
		return
	case t.Event != EpochEnd:
		return
	}
	rate := o.common().rate
	t.History.add("", map[string]float64{"learning_rate": *rate})
	factor, patience, delta := r.Factor, r.Patience, r.MinDelta
	if factor == 0 {
		factor = 0.1
	}
	if patience == 0 {
		patience = 10
	}
	if delta == 0 {
		delta = 1e-4
	}
	better := r.watcher.look("ReduceLROnPlateau", t, monitored(r.Monitor), delta)
	if r.wait > 0 {
		r.wait--
		r.watcher.since = 0
	}
	if !better && r.wait == 0 && r.watcher.since >= patience && *rate > r.MinLR {
		*rate = max(*rate*factor, r.MinLR)
		r.wait, r.watcher.since = r.Cooldown, 0
	}
}

// CSVLogger writes a line an epoch to a file: the epoch, counted from 0 as Keras does, and the numbers of the history. A
// file that cannot be written ends the training with the error.
type CSVLogger struct {
	Path   string // of the file, which is written anew
	Append bool   // keeps what the file has; the columns should be the same

	file  *os.File
	names []string
}

// Call writes the line of the epoch that ended.
func (c *CSVLogger) Call(t *Training) {
	fail := func(err error) {
		if err != nil {
			c.close()
			panic(fmt.Errorf("nnlib: CSVLogger: %w", err))
		}
	}
	switch t.Event {
	case TrainBegin:
		if c.Path == "" {
			panic(&Error{Op: "CSVLogger", Received: "Path is empty", Expected: "the name of a file is expected"})
		}
		c.close()
		c.names = nil
		flags := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
		if c.Append {
			flags = os.O_CREATE | os.O_WRONLY | os.O_APPEND
		}
		var err error
		c.file, err = os.OpenFile(filepath.Clean(c.Path), flags, 0o644)
		fail(err)
	case EpochEnd:
		w := csv.NewWriter(c.file)
		if c.names == nil {
			c.names = t.History.Names()
			if info, err := c.file.Stat(); err == nil && info.Size() == 0 {
				w.Write(append([]string{"epoch"}, c.names...))
			}
		}
		row := []string{strconv.Itoa(t.Epoch - 1)}
		for _, name := range c.names {
			v, _ := t.Value(name)
			row = append(row, strconv.FormatFloat(v, 'g', -1, 64))
		}
		w.Write(row)
		w.Flush()
		fail(w.Error())
	case TrainEnd:
		c.close()
	}
}

func (c *CSVLogger) close() {
	if c.file != nil {
		c.file.Close()
		c.file = nil
	}
}
