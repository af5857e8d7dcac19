package nnlib

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
	"github.com/gopherceptron/gopherceptron/nnlib/host"
)

// silent is a host that tests look through.
type silent struct {
	ctx     context.Context
	yield   func()
	updates []Progress
	ids     []string
}

func (s *silent) Context() context.Context { return s.ctx }
func (s *silent) Update(id string, v any) {
	s.ids, s.updates = append(s.ids, id), append(s.updates, v.(Progress))
}
func (s *silent) Yield() {
	if s.yield != nil {
		s.yield()
	}
}

var quiet = &silent{ctx: context.Background()}

func TestMain(m *testing.M) {
	host.Install(func() host.Host { return quiet })
	os.Exit(m.Run())
}

// watch installs a host for one test.
func watch(t *testing.T, s *silent) *silent {
	if s.ctx == nil {
		s.ctx = context.Background()
	}
	previous := host.Install(func() host.Host { return s })
	t.Cleanup(func() { host.Install(previous) })
	return s
}

// blobs returns n points around k centres, labelled.
func blobs(n, features, k int, seed uint64) *Dataset {
	rng := rand.New(rand.NewPCG(seed, 9))
	d := &Dataset{X: NewTensor(n, features), Y: NewTensor(n), Classes: make([]string, k)}
	for i := range n {
		c := i % k
		d.Y.Set(float64(c), i)
		for j := range features {
			d.X.Set(rng.NormFloat64()+3*math.Sin(float64(1+c*features+j)), i, j)
		}
	}
	return d
}

func classifier(features, classes int) *Sequential {
	m := NewSequential(Input(features), Dense(16, ReLU), Dense(classes, Softmax))
	m.Seed = 7
	m.Compile(Adam(), SparseCategoricalCrossentropy, Accuracy)
	return m
}

func TestDigitsAccuracy(t *testing.T) {
	// Epochs, batch and rate were chosen on a validation part of the training examples (mean 97.3 % there).
	sum := 0.0
	for seed := int64(1); seed <= 5; seed++ {
		train, test := Digits().Normalize(0, 16).StratifiedSplit(0.8, seed)
		m := NewSequential(Flatten(8, 8), Dense(32, ReLU), Dense(10, Softmax))
		adam := Adam()
		adam.LearningRate = 0.005
		m.Compile(adam, SparseCategoricalCrossentropy, Accuracy)
		h := m.Fit(train, FitOptions{Epochs: 30, Seed: seed})
		score := m.Evaluate(test)
		t.Logf("seed %d: %v in %v", seed, score, h.Duration.Round(time.Millisecond))
		sum += score.Accuracy
		predictions := m.Predict(test.X)
		if got := ConfusionMatrix(test, predictions).Accuracy(); math.Abs(got-score.Accuracy) > 1e-12 {
			t.Errorf("ConfusionMatrix.Accuracy() = %g; want %g as Evaluate says", got, score.Accuracy)
		}
		if got, want := len(Mistakes(test, predictions)), int(math.Round((1-score.Accuracy)*float64(test.Len()))); got != want {
			t.Errorf("len(Mistakes) = %d; want %d", got, want)
		}
	}
	if mean := sum / 5; mean < 0.965 {
		t.Errorf("mean accuracy over 5 seeds = %.4f; want at least 0.965", mean)
	} else {
		t.Logf("mean accuracy %.4f", mean)
	}
}

// TestGradient trains one step of plain descent at rate 1, so that the step is the gradient, and compares it with
// differences of the loss.
func TestGradient(t *testing.T) {
	noBias := Dense(5, Tanh)
	noBias.NoBias = true
	labels := blobs(12, 6, 4, 1)
	numbers := &Dataset{X: labels.X, Y: labels.X.Select(5, 4, 3, 2, 1, 0, 11, 10, 9, 8, 7, 6).Scale(0.3)}
	for _, c := range []struct {
		name   string
		layers []Layer
		loss   Loss
		data   *Dataset
	}{
		{"softmax", []Layer{Dense(4, Softmax)}, SparseCategoricalCrossentropy, labels},
		{"one-hot", []Layer{Dense(7, Sigmoid), Dense(4, Softmax)}, CategoricalCrossentropy, labels.OneHot()},
		{"deep", []Layer{Flatten(), Dense(9, Tanh), noBias, Dense(8, Sigmoid), Dense(4, Softmax)}, SparseCategoricalCrossentropy, labels},
		{"softmax inside", []Layer{Dense(5, Softmax), Dense(4, Softmax)}, SparseCategoricalCrossentropy, labels},
		{"softmax into squares", []Layer{Dense(5, Linear), Dense(4, Softmax)}, MeanSquaredError, labels.OneHot()},
		{"sigmoid into cross-entropy", []Layer{Dense(5, Tanh), Dense(4, Sigmoid)}, CategoricalCrossentropy, labels.OneHot()},
		{"regression", []Layer{Dense(5, Tanh), Dense(6, Linear)}, MeanSquaredError, numbers},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := NewSequential(c.layers...)
			m.Seed = 3
			m.Compile(&SGDOptimizer{LearningRate: 1}, c.loss)
			m.Predict(c.data.X) // makes the weights
			params := m.Params()
			var before []*Tensor
			for _, p := range params {
				before = append(before, p.Value())
			}
			m.Fit(c.data, FitOptions{BatchSize: c.data.Len()})
			var gradient []*Tensor
			for i, p := range params {
				gradient = append(gradient, before[i].Sub(p.Value()))
			}
			for i, p := range params {
				p.Set(before[i])
			}
			for i, p := range params {
				for j := 0; j < before[i].Len(); j += 1 + before[i].Len()/7 {
					// Losses are float32 sums: h large enough that their noise, 1e-6/h, stays under the tolerance.
					const h, tolerance = 1e-2, 1e-3
					at := func(d float32) float64 {
						w := before[i].Copy()
						w.Data[j] += d
						p.Set(w)
						defer p.Set(before[i])
						return m.Evaluate(c.data).Loss
					}
					want := (at(h) - at(-h)) / (2 * h)
					if got := float64(gradient[i].Data[j]); math.Abs(got-want) > tolerance*max(1, math.Abs(want)) {
						t.Errorf("d loss / d %s[%d] = %g; want %g by differences", p.Name(), j, got, want)
					}
				}
			}
			got, want := m.Evaluate(c.data).Loss, c.loss.Value(m.Predict(c.data.X), c.data.Y)
			if math.Abs(got-want) > 1e-5 {
				t.Errorf("Evaluate().Loss = %g; want %g as the loss says of Predict", got, want)
			}
		})
	}
}

func TestOptimizers(t *testing.T) {
	// One weight, x = 1, target 0: the loss is w², its gradient 2w.
	d := &Dataset{X: FromRows([][]float64{{1}}), Y: TensorFrom([]float64{0}, 1)}
	for _, c := range []struct {
		name string
		o    Optimizer
		want []float64 // w after each step, by hand
	}{
		{"SGD", &SGDOptimizer{LearningRate: 0.1}, []float64{0.8, 0.64}},
		{"momentum", &SGDOptimizer{LearningRate: 0.1, Momentum: 0.5}, []float64{0.8, 0.54}},
		// Adam: step 1 moves by the rate; step 2 with m = 0.18+0.2·..., written out below.
		{"Adam", &AdamOptimizer{LearningRate: 0.1, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7}, []float64{0.9, adamSecond()}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := Dense(1, Linear)
			l.NoBias = true
			m := NewSequential(Input(1), l)
			m.Compile(c.o, MeanSquaredError)
			w := m.Params()[0]
			w.Set(FromRows([][]float64{{1}}))
			for i, want := range c.want {
				m.Fit(d, FitOptions{})
				if got := w.Value().At(0, 0); math.Abs(got-want) > 1e-6 {
					t.Errorf("w after step %d = %g; want %g", i+1, got, want)
				}
			}
		})
	}
}

// adamSecond returns w after the second step of Adam at rate 0.1 on w², from w = 1: gradients 2 and 1.8.
func adamSecond() float64 {
	m := 0.9*(0.1*2) + 0.1*1.8
	v := 0.999*(0.001*4) + 0.001*1.8*1.8
	return 0.9 - 0.1*(m/(1-0.9*0.9))/(math.Sqrt(v/(1-0.999*0.999))+1e-7)
}

func TestSameBits(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	// Large enough for gonum to cut products up and work on several pieces at once.
	train := blobs(700, 130, 10, 2)
	var want []*Tensor
	var first *History
	for _, procs := range []int{1, 2, 4} {
		runtime.GOMAXPROCS(procs)
		m := NewSequential(Dense(200, ReLU), Dense(70, Tanh), Dense(10, Softmax))
		m.Compile(Adam(), SparseCategoricalCrossentropy, Accuracy)
		h := m.Fit(train, FitOptions{Epochs: 2, BatchSize: 128, Seed: 5, Validation: train})
		h.Duration = 0
		var got []*Tensor
		for _, p := range m.Params() {
			got = append(got, p.Value())
		}
		if want == nil {
			want, first = got, h
		}
		if !cmp.Equal(got, want) || !cmp.Equal(h, first) {
			t.Errorf("with GOMAXPROCS=%d parameters or history differ from GOMAXPROCS=1; want the same bits", procs)
		}
	}
}

func TestSeeds(t *testing.T) {
	weights := func(m *Sequential) *Tensor { return m.Params()[0].Value() }
	model := func(seed int64) *Sequential {
		m := NewSequential(Input(3), Dense(4, ReLU))
		m.Seed = seed
		return m
	}
	Seed(11)
	a, b := weights(model(0)), weights(model(0))
	Seed(11)
	if again := weights(model(0)); !cmp.Equal(a, again) {
		t.Errorf("weights after Seed(11) = %v; want %v again", again, a)
	}
	if cmp.Equal(a, b) {
		t.Error("two models after one Seed have equal weights; want different ones")
	}
	if !cmp.Equal(weights(model(5)), weights(model(5))) || cmp.Equal(weights(model(5)), weights(model(6))) {
		t.Error("models of seed 5, 5 and 6: want equal weights for equal seeds only")
	}
	limit := math.Sqrt(6.0 / (3 + 4))
	if lo, hi := a.Min(), a.Max(); lo < -limit || hi > limit || hi-lo < limit/2 {
		t.Errorf("weights run from %g to %g; want a spread within ±%g", lo, hi, limit)
	}
}

// TestFitSeed checks that the seed of Fit fixes the order of the examples, also where the model has weights already.
func TestFitSeed(t *testing.T) {
	d := blobs(100, 6, 3, 1)
	fit := func(seed int64) *Tensor {
		m := classifier(6, 3)
		m.Params()
		m.Fit(d, FitOptions{Seed: seed})
		return m.Predict(d.X)
	}
	if !cmp.Equal(fit(1), fit(1)) || cmp.Equal(fit(1), fit(2)) || cmp.Equal(fit(1), fit(0)) {
		t.Error("Fit with seeds 1, 1, 2 and none from equal weights: want equal results for equal seeds only")
	}
}

func TestConfusionMatrix(t *testing.T) {
	d := &Dataset{X: NewTensor(4, 1), Y: TensorFrom([]float64{0, 0, 1, 2}, 4), Classes: []string{"a", "b", "c"}}
	p := FromRows([][]float64{{0.1, 0.2, 0.7}, {0.8, 0.1, 0.1}, {0.3, 0.4, 0.3}, {0.1, 0.6, 0.3}})
	want := Confusion{Classes: []string{"a", "b", "c"}, Counts: [][]int{{1, 0, 1}, {0, 1, 0}, {0, 1, 0}}}
	if diff := cmp.Diff(want, ConfusionMatrix(d, p)); diff != "" {
		t.Errorf("ConfusionMatrix differs, rows are true classes (-want +got):\n%s", diff)
	}
	if got := Mistakes(d, p); !slices.Equal(got, []int{0, 3}) {
		t.Errorf("Mistakes = %v; want [0 3]", got)
	}
}

func TestFitStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	batches := 0
	var asked time.Time
	w := watch(t, &silent{ctx: ctx})
	w.yield = func() {
		if batches++; batches == 25 { // in the middle of the third epoch of 10 batches
			asked = time.Now()
			cancel()
		}
	}
	d := blobs(320, 6, 3, 1)
	m := classifier(6, 3)
	h := m.Fit(d, FitOptions{Epochs: 1000, Validation: nil})
	if late := time.Since(asked); late > 100*time.Millisecond {
		t.Errorf("Fit returned %v after its context ended; want 100ms at most", late)
	}
	if !h.Stopped || h.Epochs() != 2 {
		t.Errorf("Fit = %v (Stopped %v, %d epochs); want it stopped after 2 epochs", h, h.Stopped, h.Epochs())
	}
	if p := w.updates[len(w.updates)-1]; !p.Done || !p.Stopped {
		t.Errorf("last progress = %+v; want Done and Stopped", p)
	}
	w.ctx, w.yield = context.Background(), nil
	if y := m.Predict(d.X); math.IsNaN(y.Sum()) {
		t.Error("Predict after a stopped Fit has NaN; want numbers")
	}
	before := m.Evaluate(d).Loss
	if h := m.Fit(d, FitOptions{Epochs: 20}); h.Stopped || !(h.Loss[19] < before) {
		t.Errorf("Fit after a stopped Fit = %v; want a loss below %g", h, before)
	}
}

func TestYield(t *testing.T) {
	d := blobs(200, 6, 3, 4)
	alone := classifier(6, 3)
	want := alone.Fit(d, FitOptions{Epochs: 3, Validation: d})
	m := classifier(6, 3)
	calls := 0
	var nested any
	watch(t, &silent{yield: func() {
		if calls++; calls == 3 {
			func() {
				defer func() { nested = recover() }()
				m.Fit(d, FitOptions{})
			}()
		}
		m.Predict(d.X)
		m.Evaluate(d.Select(0, 1, 2))
	}})
	got := m.Fit(d, FitOptions{Epochs: 3, Validation: d})
	got.Duration, want.Duration = 0, 0
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("history with Predict and Evaluate between batches differs (-without +with):\n%s", diff)
	}
	if want := 3 * (7 + 7); calls != want { // batches to learn from and to validate
		t.Errorf("Yield was called %d times; want once a batch, %d", calls, want)
	}
	if err, ok := nested.(*Error); !ok || err.Error() != "nnlib: Fit: model is being trained, Fit must return before" {
		t.Errorf("Fit within Fit panics with %v; want *Error that says so", nested)
	}
}

func TestProgress(t *testing.T) {
	w := watch(t, &silent{})
	w.yield = func() { time.Sleep(5 * time.Millisecond) }
	d := blobs(320, 6, 3, 1)
	m := classifier(6, 3)
	start := time.Now()
	m.Fit(d, FitOptions{Epochs: 12, Validation: d})
	if most := int(time.Since(start)/betweenReports) + 1; len(w.updates) > most || len(w.updates) < 2 {
		t.Errorf("Fit of %v showed %d updates; want 2 to %d", time.Since(start), len(w.updates), most)
	}
	first := len(w.updates)
	m.Fit(d, FitOptions{})
	m.Fit(d, FitOptions{Quiet: true})
	if got := len(w.updates) - first; got != 1 {
		t.Errorf("a quick Fit and a quiet one showed %d updates; want 1", got)
	}
	if slices.Contains(w.ids[1:first], w.ids[first]) || len(slices.Compact(slices.Clone(w.ids[:first]))) != 1 {
		t.Errorf("ids = %v; want one for each call of Fit", w.ids)
	}
	final := w.updates[first-1]
	if !final.Final() || final.Share() != 1 || final.Examples != 12*320 {
		t.Errorf("last progress = %+v; want all of 3840 examples", final)
	}
	p := Progress{Epoch: 2, Epochs: 4, Batch: 5, Batches: 10, Examples: 3000, Loss: 0.5, Accuracy: 0.75, ValLoss: math.NaN(), ValAccuracy: math.NaN(), Elapsed: 1500 * time.Millisecond}
	if got, want := p.String(), "[=======.............] epoch 2/4  batch 5/10  loss 0.5000  accuracy 0.7500  2,000 examples/s  2.5s left"; got != want {
		t.Errorf("String() = %q; want %q", got, want)
	}
	if got := p.HTML(); !strings.Contains(got, `aria-valuenow="38"`) || !strings.Contains(got, "width:37.5%") {
		t.Errorf("HTML() = %s; want a bar of 37.5 %%", got)
	}
}

// stepper prepares a model to learn from 784 inputs in 10 classes, and returns what trains it on one batch of 32.
func stepper(tb testing.TB, layers ...Layer) func() {
	d := blobs(320, 784, 10, 1)
	m := NewSequential(layers...)
	adam := Adam()
	adam.LearningRate = 1e-6 // a larger rate would fit the one batch until moments are denormal numbers, which are slow
	m.Compile(adam, SparseCategoricalCrossentropy, Accuracy)
	m.take("Fit", d.ExampleShape(), d.Len())
	m.ready(32, true)
	f := newFitting(m, d, m.targets("Fit", d, 10), slices.Repeat([]float32{1}, d.Len()), FitOptions{}.withDefaults())
	return func() {
		if err := f.step(f.order[:32]); err != nil {
			tb.Fatal(err)
		}
	}
}

func TestStepsDoNotAllocate(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	penal := Dense(64, GELU)
	penal.KernelRegularizer = L2(0.01)
	for _, c := range []struct {
		name   string
		layers []Layer
	}{
		{"784-128-10", []Layer{Dense(128, ReLU), Dense(10, Softmax)}},
		{"all layers", []Layer{Flatten(), penal, BatchNormalization(), Activate(Tanh), Dropout(0.5), Dense(10, Softmax)}},
	} {
		if got := testing.AllocsPerRun(50, stepper(t, c.layers...)); got != 0 {
			t.Errorf("%s: a training step allocates %g times; want 0", c.name, got)
		}
	}
}

func BenchmarkStep(b *testing.B) {
	step := stepper(b, Dense(128, ReLU), Dense(10, Softmax))
	step()
	b.ReportAllocs()
	for b.Loop() {
		step()
	}
}

// TestGrowing checks that a program for larger batches takes over parameters and what the optimizer remembers.
func TestGrowing(t *testing.T) {
	d := blobs(200, 6, 3, 4)
	fit := func(m *Sequential) *Tensor {
		m.Fit(d, FitOptions{Epochs: 2, BatchSize: 16})
		m.Fit(d, FitOptions{Epochs: 2, BatchSize: 100})
		return m.Predict(d.X)
	}
	small, large := classifier(6, 3), classifier(6, 3)
	large.Params()
	large.ready(100, false)
	if !cmp.Equal(fit(small), fit(large)) {
		t.Error("predictions differ where the program was compiled for larger batches in between; want the same bits")
	}
}

func TestCompileAgain(t *testing.T) {
	d := blobs(60, 6, 3, 4)
	m := classifier(6, 3)
	m.Fit(d, FitOptions{Epochs: 2})
	want := m.Predict(d.X)
	m.Compile(SGD(), SparseCategoricalCrossentropy)
	if got := m.Predict(d.X); !cmp.Equal(got, want) {
		t.Error("Predict after Compile differs; want the weights to stay")
	}
	if h := m.Fit(d, FitOptions{}); len(h.Accuracy) != 0 || len(h.Loss) != 1 {
		t.Errorf("history without Accuracy = %+v; want losses only", h)
	}
}

// TestLearningRateLive checks that a rate changed while a model trains, as by a slider, holds from the next batch on.
func TestLearningRateLive(t *testing.T) {
	d := blobs(64, 6, 3, 4)
	m := classifier(6, 3)
	adam := Adam()
	m.Compile(adam, SparseCategoricalCrossentropy)
	var after *Tensor
	watch(t, &silent{yield: func() {
		if after == nil {
			after = m.Params()[0].Value()
			adam.LearningRate = 0
		}
	}})
	m.Fit(d, FitOptions{Epochs: 5})
	if got := m.Params()[0].Value(); !cmp.Equal(got, after) {
		t.Error("weights change at learning rate 0; want those of the first batch")
	}
}

func TestStrings(t *testing.T) {
	for _, c := range []struct {
		v    any
		want string
	}{
		{Adam(), "Adam: learning rate 0.001, beta1 0.9, beta2 0.999, epsilon 1e-07"},
		{SGD(), "SGD: learning rate 0.01, momentum 0"},
		{MeanSquaredError, "MeanSquaredError"},
		{SparseCategoricalCrossentropy, "SparseCategoricalCrossentropy"},
		{CategoricalCrossentropy, "CategoricalCrossentropy"},
		{Accuracy, "accuracy"},
		{Linear, "Linear"},
		{Softmax, "Softmax"},
		{Score{Loss: 0.12345, Accuracy: 0.969444, Examples: 360}, "loss 0.1235, accuracy 96.94 % of 360 examples"},
		{Score{Loss: 1, Accuracy: math.NaN(), Examples: 1}, "loss 1.0000 of 1 example"},
		{&History{Loss: []float64{2, 1}, ValLoss: []float64{3, 2}, Duration: 1500 * time.Millisecond}, "2 epochs in 1.5s: loss 1.0000, validation loss 2.0000"},
		{&History{Stopped: true, Duration: time.Minute}, "0 epochs in 1m0s, then stopped"},
		{NewSequential(Flatten(), Dense(3, ReLU)), "Layer (type)       Output Shape       Param #\nflatten (Flatten)  ?                        ?\ndense (Dense)      (None, 3)                ?\nTotal params: ?"},
		{Confusion{Classes: []string{"a", "b"}, Counts: [][]int{{3, 1}, {0, 2}}}, "         a    b\n    a    3    1\n    b    0    2"},
	} {
		if got := fmt.Sprint(c.v); got != c.want {
			t.Errorf("String() of %T = %q; want %q", c.v, got, c.want)
		}
	}
}

func TestHTML(t *testing.T) {
	h := &History{}
	for e := range 100 {
		h.Loss = append(h.Loss, float64(e))
	}
	for _, c := range []struct {
		name, got string
		want      []string
		rows      int
	}{
		{"history", h.HTML(), []string{"100 epochs", "<td>1</td><td>0.0000</td>", "<td>100</td><td>99.0000</td>"}, 11},
		{"history of nothing", (&History{}).HTML(), []string{"<p>0 epochs"}, 0},
		{"summary", classifier(6, 3).Summary().HTML(), []string{"<td>dense (Dense)</td><td>(None, 16)</td><td>112</td>", "Total params: 163 (652.00 B)"}, 3},
		{"confusion", Confusion{Classes: []string{"<a>", "b"}, Counts: [][]int{{3, 1}, {0, 2}}}.HTML(), []string{"<th>&lt;a&gt;</th><td><strong>3</strong></td><td>1</td>"}, 3},
	} {
		for _, w := range c.want {
			if !strings.Contains(c.got, w) {
				t.Errorf("%s: HTML() = %s; want %s in it", c.name, c.got, w)
			}
		}
		if got := strings.Count(c.got, "<tr>"); got != c.rows {
			t.Errorf("%s: HTML() has %d rows; want %d", c.name, got, c.rows)
		}
	}
}

type broken struct{}

func (broken) Name() string                                  { return "broken" }
func (broken) Compile(backend.Program) (backend.Exec, error) { return nil, backend.ErrUnsupported }

func TestUnsupportedFallsBack(t *testing.T) {
	backend.Register(broken{})
	if y := classifier(6, 3).Predict(NewTensor(2, 6)); y.Rows() != 2 {
		t.Errorf("Predict with a backend that supports nothing = %v; want 2 rows by the reference", y)
	}
}
