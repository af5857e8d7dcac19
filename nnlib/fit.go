package nnlib

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gopherceptron/gopherceptron/nnlib/host"
)

// FitOptions say how Fit goes about it. Zero values mean the defaults.
type FitOptions struct {
	Epochs        int             // how often every example is seen; 1
	BatchSize     int             // examples between two changes of the parameters; 32
	Validation    *Dataset        // evaluated after each epoch; none
	Callbacks     []Callback      // called while the model learns, in order; none
	ClassWeights  map[int]float64 // how much each class counts in the loss, 1 for those that are not named; nil
	SampleWeights []float64       // how much each example counts in the loss, in the order of the data set; nil
	Seed          int64           // fixes the order of the examples, and the first weights where the model has none yet; the model's own
	NoShuffle     bool            // keeps the examples in their order
	Quiet         bool            // reports no progress
}

// Fit trains the model and returns what happened in each epoch. It works on the goroutine that calls it, and lets the
// host run what waits for that goroutine after each batch. A cell that calls it with go must wait for it: the context
// ends with the cell. When the host's context ends, or its user stops the training, Fit returns what it has with
// Stopped set, and the model can be used and trained on. The numbers depend on the seed, not on how many processors
// there are. It panics with an *Error, and leaves the model as it was, where the data does not fit; and where the loss
// stops being a number, which leaves weights that are of no use.
func (m *Sequential) Fit(train *Dataset, options FitOptions) *History {
	m.idle("Fit")
	o := options.withDefaults()
	m.compiled("Fit")
	train.Check("Fit")
	outputs := m.accepts("Fit", train.ExampleShape(), train.Len())
	targets := m.learnable("Fit", train, outputs)
	weights := m.weigh(train, o)
	var check *Tensor
	if v := o.Validation; v != nil {
		const op = "Fit, Validation"
		v.Check(op)
		if was, want := v.ExampleShape(), train.ExampleShape(); !slices.Equal(was, want) {
			panic(&Error{Op: op, Received: "examples have shape " + dims(was), Expected: "those to learn from have " + dims(want)})
		}
		check = m.learnable(op, v, outputs)
	}
	// Nothing has changed so far.
	if !m.built() {
		if m.Seed == 0 {
			m.Seed = o.Seed
		}
		m.build(train.ExampleShape())
	}
	o.BatchSize = min(o.BatchSize, train.Len()) // memory is taken for whole batches
	m.ready(max(o.BatchSize, evaluateBatch), weights != nil)
	m.fitting = true
	defer func() { m.fitting = false }()

	f := newFitting(m, train, targets, weights, o)
	defer func() {
		if f.release != nil {
			f.release()
		}
	}()
	f.callbacks(TrainBegin)
	for epoch := 0; epoch < o.Epochs && !f.training.stop; epoch++ {
		score, err := f.epoch(epoch)
		var validation *Score
		if err == nil && check != nil {
			var v Score
			if v, err = m.evaluate(f.ctx, f.host, o.Validation, check); err == nil {
				validation = &v
			}
		}
		if err != nil {
			f.stop(err)
			break
		}
		f.note(score, validation)
		f.callbacks(EpochEnd)
		if epoch < o.Epochs-1 && !f.training.stop { // the last one is reported below
			f.report(false)
		}
	}
	f.history.Duration = time.Since(f.start)
	f.callbacks(TrainEnd)
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
	for i, c := range o.Callbacks {
		if c == nil {
			panic(&Error{Op: "Fit", Received: fmt.Sprintf("callback %d is nil", i), Expected: "a callback is expected"})
		}
	}
	return o
}

// learnable returns the targets as rows, or panics where they do not fit the loss or a number is none.
func (m *Sequential) learnable(op string, d *Dataset, outputs int) *Tensor {
	t := m.targets(op, d, outputs)
	if d.X != nil { // pictures are bytes, which are numbers
		finite(op, "X", d.X)
	}
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

// weigh returns how much each example counts, nil where all count the same.
func (m *Sequential) weigh(d *Dataset, o FitOptions) []float32 {
	if o.ClassWeights == nil && o.SampleWeights == nil {
		return nil
	}
	if _, ok := m.loss.(builtinLoss); !ok {
		panic(&Error{Op: "Fit", Received: "weights for the examples with a loss of your own", Expected: "a loss of this package is expected: yours can weigh by its targets"})
	}
	weights := make([]float32, d.Len())
	for i := range weights {
		weights[i] = 1
	}
	if o.SampleWeights != nil {
		if len(o.SampleWeights) != d.Len() {
			panic(&Error{Op: "Fit", Received: fmt.Sprintf("%d SampleWeights", len(o.SampleWeights)), Expected: fmt.Sprintf("one for each of %d examples is expected", d.Len())})
		}
		for i, w := range o.SampleWeights {
			weights[i] = weightOf("SampleWeights", i, w)
		}
	}
	if o.ClassWeights != nil {
		for i, l := range d.Labels() {
			if w, ok := o.ClassWeights[l]; ok {
				weights[i] *= weightOf("ClassWeights", l, w)
			}
		}
	}
	return weights
}

func weightOf(field string, i int, w float64) float32 {
	if !(w >= 0) || math.IsInf(w, 1) {
		panic(&Error{Op: "Fit", Received: fmt.Sprintf("%s[%d] is %g", field, i, w), Expected: "a number of at least 0 is expected"})
	}
	return float32(w)
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
	data     *Dataset
	t        *Tensor
	weights  []float32
	options  FitOptions
	rng      *rand.Rand // orders the examples
	order    []int
	ts, ws   []float32 // one batch
	rates    []float32
	totals   totals
	id       string
	start    time.Time
	reported time.Time
	progress Progress
	curve    curve
	history  *History
	training *Training
	stopped  func() bool // the user asked for it
	release  func()      // ends the offer to stop; nil while there is none
}

var fits atomic.Int64

func newFitting(m *Sequential, d *Dataset, t *Tensor, weights []float32, o FitOptions) *fitting {
	h := host.Current()
	n := min(o.BatchSize, d.Len())
	f := &fitting{m: m, ctx: h.Context(), host: h, data: d, t: t, weights: weights, options: o, rng: m.order,
		ts: make([]float32, n*t.RowLen()), ws: make([]float32, n),
		id: "nnlib-fit-" + strconv.FormatInt(fits.Add(1), 10), start: time.Now(), history: &History{}, stopped: func() bool { return false }}
	if b, ok := m.optimizer.(builtinOptimizer); ok {
		f.rates = make([]float32, m.run.low.program.Slots[m.run.low.rates].Size())
		hypers(b, f.rates, m.steps+1) // complains before anything changes
	}
	if o.Seed != 0 {
		f.rng = newRand(o.Seed, 2)
		m.run.rng = newRand(o.Seed, 3)
	}
	for i := range d.Len() {
		f.order = append(f.order, i)
	}
	nan := math.NaN()
	f.progress = Progress{Epochs: o.Epochs, Batches: (d.Len() + n - 1) / n, Loss: nan, Accuracy: nan, ValLoss: nan, ValAccuracy: nan}
	f.reported = f.start
	f.training = &Training{Model: m, Epochs: o.Epochs, Batches: f.progress.Batches, History: f.history, f: f}
	return f
}

// epoch trains on every example once. The error is the context's.
func (f *fitting) epoch(epoch int) (Score, error) {
	if !f.options.NoShuffle {
		f.rng.Shuffle(len(f.order), func(i, j int) { f.order[i], f.order[j] = f.order[j], f.order[i] })
	}
	f.progress.Epoch, f.progress.Batch = epoch+1, 0
	f.totals.clear()
	for start := 0; start < len(f.order) && !f.training.stop; start += f.options.BatchSize {
		batch := f.order[start:min(start+f.options.BatchSize, len(f.order))]
		if err := f.step(batch); err != nil {
			return Score{}, err
		}
		f.host.Yield()
		if f.stopped() {
			return Score{}, errStopped
		}
		f.progress.Batch++
		f.progress.Examples += len(batch)
		f.callbacks(BatchEnd)
		if f.progress.Batch < f.progress.Batches && time.Since(f.reported) >= betweenReports {
			f.report(false)
		}
	}
	score := f.totals.score(f.m.metrics)
	f.progress.Loss, f.progress.Accuracy, f.progress.Metrics = score.Loss, score.Accuracy, score.Metrics
	return score, nil
}

// note adds an epoch to the history.
func (f *fitting) note(score Score, validation *Score) {
	h, m := f.history, f.m
	h.Loss = append(h.Loss, score.Loss)
	if m.accuracy() {
		h.Accuracy = append(h.Accuracy, score.Accuracy)
	}
	h.add("", score.Metrics)
	defer func() { f.curve.add(f.progress.point()) }()
	if validation == nil {
		return
	}
	h.ValLoss = append(h.ValLoss, validation.Loss)
	f.progress.ValLoss, f.progress.ValAccuracy = validation.Loss, validation.Accuracy
	if m.accuracy() {
		h.ValAccuracy = append(h.ValAccuracy, validation.Accuracy)
	}
	h.add("val_", validation.Metrics)
}

// step trains on one batch. It does not allocate where the backend does not.
func (f *fitting) step(batch []int) error {
	m, low := f.m, f.m.run.low
	n, wide, high := len(batch), f.data.RowLen(), f.t.RowLen()
	xs, ts := m.run.room(n*wide), f.ts[:n*high]
	f.data.Batch(xs, batch)
	for i, r := range batch {
		copy(ts[i*high:(i+1)*high], f.t.Data[r*high:(r+1)*high])
	}
	m.run.input(xs, n, m.input)
	m.must(m.run.exec.Write(low.t, ts))
	if m.weighted {
		for i, r := range batch {
			if f.ws[i] = 1; f.weights != nil {
				f.ws[i] = f.weights[r]
			}
		}
		m.must(m.run.exec.Write(low.weights, f.ws[:n]))
	}
	if b, ok := m.optimizer.(builtinOptimizer); ok {
		hypers(b, f.rates, m.steps+1)
		m.must(m.run.exec.Write(low.rates, f.rates))
	}
	m.run.drawMasks()
	if err := m.measure(f.ctx, m.run.step, true, &f.totals, f.data, batch); err != nil {
		return err
	}
	m.steps++
	if loss := f.totals.loss; loss-loss != 0 {
		f.diverged(loss, xs)
	}
	return nil
}

// diverged panics with where the loss stopped being a number, and with what is likely to have caused it. The data is
// finite, so the steps were too large.
func (f *fitting) diverged(loss float64, xs []float32) {
	f.progress.Stopped = true
	f.report(true)
	largest := 0.0
	for _, v := range xs {
		largest = max(largest, abs(float64(v)))
	}
	cause := fmt.Sprintf("with a smaller learning rate than that of %v", f.m.optimizer)
	if _, ok := f.m.optimizer.(builtinOptimizer); !ok {
		cause = "with smaller steps of your optimizer"
	}
	if _, ok := f.m.loss.(builtinLoss); !ok {
		cause += ", or with a loss that is a number everywhere"
	}
	cause += ", or with inputs of about the size of one"
	if largest > 20 {
		cause = fmt.Sprintf("with inputs of about the size of one (they reach %.4g here: use Normalize), or %s", largest, strings.TrimSuffix(cause, ", or with inputs of about the size of one"))
	}
	panic(&Error{Op: "Fit", Received: fmt.Sprintf("loss is %g in epoch %d, batch %d", loss, f.progress.Epoch, f.progress.Batch+1),
		Expected: "a number is expected: make the model anew, " + cause})
}

var errStopped = errors.New("the user stopped the training")

// stop notes that the context ended, or that the user stopped the training.
func (f *fitting) stop(err error) {
	if f.ctx.Err() == nil && err != errStopped {
		panic(fmt.Errorf("nnlib: Fit: %w", err)) // the backend failed
	}
	f.history.Stopped, f.progress.Stopped = true, true
}

// A screen that changes more often than this cannot be read, and notebooks keep every change for a while.
const betweenReports = 250 * time.Millisecond

// report shows the progress, the last one in any case and others where the one before is old enough.
func (f *fitting) report(last bool) {
	if f.options.Quiet || !last && time.Since(f.reported) < betweenReports {
		return
	}
	f.reported = time.Now()
	p := &f.progress
	if score := f.totals.score(f.m.metrics); score.Examples > 0 {
		p.Loss, p.Accuracy, p.Metrics = score.Loss, score.Accuracy, score.Metrics
	}
	if !last {
		f.curve.add(p.point())
	}
	p.Elapsed, p.Done, p.Course = time.Since(f.start), last, f.curve.points[:len(f.curve.points):len(f.curve.points)]
	f.host.Update(f.id, *p)
	if s, ok := f.host.(host.Stopper); ok && f.release == nil && !last { // what takes longer than a moment can be stopped
		f.stopped, f.release = s.Stop(f.id)
	}
}
