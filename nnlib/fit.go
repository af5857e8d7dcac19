package nnlib

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/gopherceptron/gopherceptron/nnlib/host"
)

// FitOptions say how Fit goes about it. Zero values mean the defaults.
type FitOptions struct {
	Epochs     int      // how often every example is seen; 1
	BatchSize  int      // examples between two changes of the parameters; 32
	Validation *Dataset // evaluated after each epoch; none
	Seed       int64    // fixes the order of the examples, and the first weights where the model has none yet; the model's own
	NoShuffle  bool     // keeps the examples in their order
	Quiet      bool     // reports no progress
}

// Fit trains the model and returns what happened in each epoch. It works on the goroutine that calls it, and lets the
// host run what waits for that goroutine after each batch. A cell that calls it with go must wait for it: the context
// ends with the cell. When the host's context ends, Fit returns what it has with
// Stopped set, and the model can be used and trained on. The numbers depend on the seed, not on how many processors
// there are. It panics with an *Error, and leaves the model as it was, where the data does not fit; and where the loss
// stops being a number, which leaves weights that are of no use.
func (m *Sequential) Fit(train *Dataset, options FitOptions) *History {
	m.idle("Fit")
	o := options.withDefaults()
	m.compiled("Fit")
	train.Check("Fit")
	outputs := m.accepts("Fit", train.X)
	targets := m.learnable("Fit", train, outputs)
	var check *Tensor
	if v := o.Validation; v != nil {
		const op = "Fit, Validation"
		v.Check(op)
		if was, want := v.X.Shape[1:], train.X.Shape[1:]; !slices.Equal(was, want) {
			panic(&Error{Op: op, Received: "examples have shape " + dims(was), Expected: "those to learn from have " + dims(want)})
		}
		check = m.learnable(op, v, outputs)
	}
	// Nothing has changed so far.
	if !m.built() {
		if m.Seed == 0 {
			m.Seed = o.Seed
		}
		m.build(train.X.Shape[1:])
	}
	o.BatchSize = min(o.BatchSize, train.Len()) // memory is taken for whole batches
	m.ready(max(o.BatchSize, evaluateBatch))
	m.fitting = true
	defer func() { m.fitting = false }()

	f := newFitting(m, train.X, targets, o)
	for epoch := range o.Epochs {
		score, err := f.epoch(epoch)
		if err == nil && check != nil {
			var validation Score
			if validation, err = m.evaluate(f.ctx, f.host, o.Validation.X, check); err == nil {
				f.history.ValLoss = append(f.history.ValLoss, validation.Loss)
				f.progress.ValLoss, f.progress.ValAccuracy = validation.Loss, validation.Accuracy
				if m.accuracy {
					f.history.ValAccuracy = append(f.history.ValAccuracy, validation.Accuracy)
				}
			}
		}
		if err != nil {
			f.stop(err)
			break
		}
		f.history.Loss = append(f.history.Loss, score.Loss)
		if m.accuracy {
			f.history.Accuracy = append(f.history.Accuracy, score.Accuracy)
		}
		if epoch < o.Epochs-1 { // the last one is reported below
			f.report(false)
		}
	}
	f.history.Duration = time.Since(f.start)
	f.report(true)
	return f.history
}

func (o FitOptions) withDefaults() FitOptions {
	if o.Epochs == 0 {
		o.Epochs = 1
	}
	if o.BatchSize == 0 {
		o.BatchSize = 32
	}
	if o.Epochs < 0 || o.BatchSize < 0 {
		panic(&Error{Op: "Fit", Received: fmt.Sprintf("Epochs is %d and BatchSize %d", o.Epochs, o.BatchSize), Expected: "numbers of at least 1 are expected, or 0 for the default"})
	}
	return o
}

// learnable returns the targets as rows, or panics where they do not fit the loss or a number is none.
func (m *Sequential) learnable(op string, d *Dataset, outputs int) *Tensor {
	t := m.loss.targets(op, d, outputs)
	finite(op, "X", d.X)
	finite(op, "Y", d.Y)
	return t
}

// finite panics where a tensor has a value that is no number: one is enough to make all weights NaN.
func finite(op, name string, t *Tensor) {
	for i, v := range t.Data {
		if v-v != 0 { // NaN or an infinity
			panic(&Error{Op: op, Received: fmt.Sprintf("%s has %g in example %d", name, v, i/t.RowLen()), Expected: "numbers are expected: mend the example or leave it out"})
		}
	}
}

// compiled panics unless the model knows how it learns.
func (m *Sequential) compiled(op string) {
	m.made(op)
	if m.optimizer == nil {
		panic(&Error{Op: op, Received: "model has no loss", Expected: "Compile is expected before"})
	}
}

// fitting is one call of Fit.
type fitting struct {
	m        *Sequential
	ctx      context.Context
	host     host.Host
	x, t     *Tensor
	options  FitOptions
	rng      *rand.Rand // orders the examples
	order    []int
	xs, ts   []float32 // one batch
	rates    []float32
	totals   totals
	id       string
	start    time.Time
	reported time.Time
	progress Progress
	history  *History
}

var fits atomic.Int64

func newFitting(m *Sequential, x, t *Tensor, o FitOptions) *fitting {
	h := host.Current()
	n := min(o.BatchSize, x.Rows())
	f := &fitting{m: m, ctx: h.Context(), host: h, x: x, t: t, options: o, rng: m.order,
		xs: make([]float32, n*x.RowLen()), ts: make([]float32, n*t.RowLen()), rates: make([]float32, m.update.rates),
		id: "nnlib-fit-" + strconv.FormatInt(fits.Add(1), 10), start: time.Now(), history: &History{}}
	if o.Seed != 0 {
		f.rng = newRand(o.Seed, 2)
	}
	for i := range x.Rows() {
		f.order = append(f.order, i)
	}
	nan := math.NaN()
	f.progress = Progress{Epochs: o.Epochs, Batches: (x.Rows() + n - 1) / n, Loss: nan, Accuracy: nan, ValLoss: nan, ValAccuracy: nan}
	f.reported = f.start
	return f
}

// epoch trains on every example once. The error is the context's.
func (f *fitting) epoch(epoch int) (Score, error) {
	if !f.options.NoShuffle {
		f.rng.Shuffle(len(f.order), func(i, j int) { f.order[i], f.order[j] = f.order[j], f.order[i] })
	}
	f.progress.Epoch, f.progress.Batch = epoch+1, 0
	f.totals.clear()
	for start := 0; start < len(f.order); start += f.options.BatchSize {
		batch := f.order[start:min(start+f.options.BatchSize, len(f.order))]
		if err := f.step(batch); err != nil {
			return Score{}, err
		}
		f.host.Yield()
		f.progress.Batch++
		f.progress.Examples += len(batch)
		if f.progress.Batch < f.progress.Batches && time.Since(f.reported) >= betweenBatches {
			f.report(false)
		}
	}
	score := f.totals.score(f.m.accuracy)
	f.progress.Loss, f.progress.Accuracy = score.Loss, score.Accuracy
	return score, nil
}

// step trains on one batch. It does not allocate where the backend does not.
func (f *fitting) step(batch []int) error {
	m, low := f.m, f.m.low
	xs, ts := gather(f.xs, f.x, batch), gather(f.ts, f.t, batch)
	f.setRates()
	m.must(m.exec.Write(low.x, xs))
	m.must(m.exec.Write(low.t, ts))
	m.must(m.exec.Write(low.rates, f.rates))
	if err := m.run(f.ctx, stepEntry, &f.totals, len(batch)); err != nil {
		return err
	}
	m.steps++
	if loss := f.totals.loss; loss-loss != 0 {
		f.diverged(loss)
	}
	return nil
}

// setRates asks the optimizer for the rates of the next step. Its fields may have changed since Compile.
func (f *fitting) setRates() {
	o := f.m.optimizer
	o.rates(f.rates, f.m.steps+1)
	for _, r := range f.rates {
		if !(r >= 0) || math.IsInf(float64(r), 1) {
			panic(&Error{Op: "Fit", Received: fmt.Sprint(o), Expected: "numbers of at least 0 are expected"})
		}
	}
}

// diverged panics with where the loss stopped being a number. The data is finite, so the steps were too large.
func (f *fitting) diverged(loss float64) {
	f.progress.Stopped = true
	f.report(true)
	panic(&Error{Op: "Fit", Received: fmt.Sprintf("loss is %g in epoch %d, batch %d", loss, f.progress.Epoch, f.progress.Batch+1),
		Expected: fmt.Sprintf("a number is expected: make the model anew, with a smaller learning rate than that of %v, or with inputs of about the size of one", f.m.optimizer)})
}

// gather copies the rows of t that a batch names into buffer, and returns that part of it.
func gather(buffer []float32, t *Tensor, batch []int) []float32 {
	n := t.RowLen()
	for i, r := range batch {
		copy(buffer[i*n:(i+1)*n], t.Data[r*n:(r+1)*n])
	}
	return buffer[:len(batch)*n]
}

// stop notes that the context ended.
func (f *fitting) stop(err error) {
	if f.ctx.Err() == nil {
		panic(fmt.Errorf("nnlib: Fit: %w", err)) // the backend failed
	}
	f.history.Stopped, f.progress.Stopped = true, true
}

// A screen that changes more often than this cannot be read, and notebooks keep every change for a while.
const (
	betweenBatches = 250 * time.Millisecond
	betweenEpochs  = 100 * time.Millisecond
)

// report shows the progress, the last one in any case and others where the one before is old enough.
func (f *fitting) report(last bool) {
	if f.options.Quiet || !last && time.Since(f.reported) < betweenEpochs {
		return
	}
	f.reported = time.Now()
	p := &f.progress
	if score := f.totals.score(f.m.accuracy); score.Examples > 0 {
		p.Loss, p.Accuracy = score.Loss, score.Accuracy
	}
	p.Elapsed, p.Done = time.Since(f.start), last
	f.host.Update(f.id, *p)
}
