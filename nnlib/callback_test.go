package nnlib

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// scripted is an optimizer that makes the loss of one weight w (the loss is w²) follow a list, one value an epoch.
type scripted struct {
	losses []float64
	step   int
}

func (s *scripted) Step(params []*Param) {
	s.step++
	w := math.Sqrt(s.losses[min(s.step, len(s.losses)-1)])
	params[0].Set(FromRows([][]float64{{w}}))
}

// follow fits a model whose validation losses are the given ones.
func follow(losses []float64, callbacks ...Callback) (*Sequential, *History) {
	l := Dense(1, Linear)
	l.NoBias = true
	m := NewSequential(Input(1), l)
	m.Compile(&scripted{losses: losses, step: -1}, MeanSquaredError)
	d := &Dataset{X: FromRows([][]float64{{1}}), Y: TensorFrom([]float64{0}, 1)}
	return m, m.Fit(d, FitOptions{Epochs: len(losses), Validation: d, Quiet: true, Callbacks: callbacks})
}

func TestEarlyStopping(t *testing.T) {
	losses := []float64{9, 4, 1, 4, 4, 9, 9}
	for _, c := range []struct {
		name    string
		stop    EarlyStopping
		epochs  int
		stopped int
		weight  float64
	}{
		{"patience", EarlyStopping{Patience: 2}, 5, 5, 2},
		{"best weights", EarlyStopping{Patience: 2, RestoreBestWeights: true}, 5, 5, 1},
		{"no patience", EarlyStopping{}, 4, 4, 2},
		{"min delta", EarlyStopping{Patience: 1, MinDelta: 5.5}, 2, 2, 2},
		{"much patience", EarlyStopping{Patience: 9, RestoreBestWeights: true}, 7, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, h := follow(losses, &c.stop)
			if h.Epochs() != c.epochs || c.stop.StoppedEpoch != c.stopped || h.Stopped {
				t.Errorf("%d epochs, StoppedEpoch %d, Stopped %v; want %d, %d, false", h.Epochs(), c.stop.StoppedEpoch, h.Stopped, c.epochs, c.stopped)
			}
			if got := m.Params()[0].Value().At(0, 0); math.Abs(got-c.weight) > 1e-6 {
				t.Errorf("weight afterwards = %g; want %g", got, c.weight)
			}
		})
	}
}

func TestReduceLROnPlateau(t *testing.T) {
	d := blobs(40, 6, 3, 1)
	m := classifier(6, 3)
	sgd := &SGDOptimizer{LearningRate: 1e-9} // nothing becomes better by 1e-4
	m.Compile(sgd, SparseCategoricalCrossentropy)
	h := m.Fit(d, FitOptions{Epochs: 7, Quiet: true, Callbacks: []Callback{&ReduceLROnPlateau{Monitor: "loss", Factor: 0.5, Patience: 2, MinLR: 2e-10}}})
	want := []float64{1e-9, 1e-9, 1e-9, 5e-10, 5e-10, 2.5e-10, 2.5e-10}
	for i, got := range h.Values("learning_rate") {
		if math.Abs(got-want[i]) > 1e-12 {
			t.Errorf("learning rates = %v; want %v", h.Values("learning_rate"), want)
			break
		}
	}
	if len(h.Values("learning_rate")) != 7 || sgd.LearningRate != 2e-10 {
		t.Errorf("%d rates, the last step's %g; want 7, 2e-10", len(h.Values("learning_rate")), sgd.LearningRate)
	}
}

func TestCheckpointAndCSV(t *testing.T) {
	dir := t.TempDir()
	best, each, log := filepath.Join(dir, "best"), filepath.Join(dir, "epoch-{epoch}"), filepath.Join(dir, "log.csv")
	_, h := follow([]float64{9, 4, 1, 4}, &ModelCheckpoint{Path: best, SaveBestOnly: true}, &ModelCheckpoint{Path: each}, &CSVLogger{Path: log})
	l := Dense(1, Linear)
	l.NoBias = true
	for file, want := range map[string]float64{"best": 1, "epoch-1": 3, "epoch-4": 2} {
		m := NewSequential(Input(1), l)
		if err := m.LoadWeights(filepath.Join(dir, file)); err != nil {
			t.Fatal(err)
		}
		if got := m.Params()[0].Value().At(0, 0); math.Abs(got-want) > 1e-6 {
			t.Errorf("weight in %s = %g; want %g", file, got, want)
		}
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 5 || lines[0] != "epoch,loss,val_loss" || lines[2] != fmt.Sprintf("1,%v,%v", h.Loss[1], h.ValLoss[1]) {
		t.Errorf("log =\n%s\nwant a header and 4 epochs from 0", text)
	}
	follow([]float64{9, 4}, &CSVLogger{Path: log, Append: true})
	if text, _ := os.ReadFile(log); strings.Count(string(text), "\n") != 7 || strings.Count(string(text), "epoch") != 1 {
		t.Errorf("log after appending =\n%s\nwant two lines more", text)
	}
	for _, c := range []Callback{&ModelCheckpoint{Path: filepath.Join(dir, "no", "such")}, &CSVLogger{Path: filepath.Join(dir, "no", "such")}} {
		func() {
			defer func() {
				if err, _ := recover().(error); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%T without its folder panics with %v; want fs.ErrNotExist", c, err)
				}
			}()
			follow([]float64{1, 1}, c)
		}()
	}
}

func TestCallbackEvents(t *testing.T) {
	var events []string
	d := blobs(40, 6, 3, 1)
	m := classifier(6, 3)
	h := m.Fit(d, FitOptions{Epochs: 5, BatchSize: 20, Quiet: true, Callbacks: []Callback{CallbackFunc(func(c *Training) {
		events = append(events, fmt.Sprintf("%v %d/%d", c.Event, c.Epoch, c.Batch))
		if c.Event == BatchEnd && !(c.Loss() > 0) {
			t.Errorf("Loss() after a batch = %g; want a number above 0", c.Loss())
		}
		if v, ok := c.Value("accuracy"); c.Event == EpochEnd && (!ok || v != h0(c)) {
			t.Errorf("Value(accuracy) = %g, %v; want that of the epoch", v, ok)
		}
		if c.LearningRate() != 0.001 {
			t.Errorf("LearningRate() = %g; want 0.001", c.LearningRate())
		}
		if c.Event == BatchEnd && c.Epoch == 2 {
			c.Stop()
		}
	})}})
	want := []string{"train begin 0/0", "batch end 1/1", "batch end 1/2", "epoch end 1/2", "batch end 2/1", "epoch end 2/1", "train end 2/1"}
	if !slices.Equal(events, want) || h.Epochs() != 2 {
		t.Errorf("events = %v, %d epochs; want %v, 2", events, h.Epochs(), want)
	}
}

func h0(c *Training) float64 { return c.History.Accuracy[len(c.History.Accuracy)-1] }

func TestMetrics(t *testing.T) {
	y := FromRows([][]float64{{0.7, 0.2, 0.1}, {0.1, 0.6, 0.3}, {0.3, 0.3, 0.4}, {0.2, 0.5, 0.3}})
	identity := LayerFunc{Name: "Identity", ForwardFunc: func(x *Tensor, _ bool) *Tensor { return x }, BackwardFunc: func(dy *Tensor) *Tensor { return dy }}
	m := NewSequential(Input(3), identity)
	m.Compile(SGD(), MeanSquaredError, Accuracy, TopKAccuracy(2), Precision, Recall, MetricFunc("rows", func(p, t *Tensor) float64 { return float64(p.Rows()) }))
	// Right classes 0, 1, 0, 2. Above one half: the three sevens, sixes and fives no: 0.7 and 0.6 are right.
	d := &Dataset{X: y, Y: FromRows([][]float64{{1, 0, 0}, {0, 1, 0}, {1, 0, 0}, {0, 0, 1}})}
	s := m.Evaluate(d)
	want := map[string]float64{"top_2_accuracy": 1, "precision": 1, "recall": 0.5, "rows": 4}
	if s.Accuracy != 0.5 || !cmp.Equal(s.Metrics, want) {
		t.Errorf("Evaluate = accuracy %g, %v; want 0.5, %v", s.Accuracy, s.Metrics, want)
	}
	if got := s.String(); !strings.Contains(got, ", accuracy 50.00 %, precision 1.0000, recall 0.5000, rows 4.0000, top_2_accuracy 1.0000 of 4 examples") {
		t.Errorf("String() = %q; want all metrics", got)
	}
	c := Confusion{Classes: []string{"a", "b"}, Counts: [][]int{{3, 1}, {2, 4}}}
	if p, r, f := c.Precision(0), c.Recall(0), c.F1(0); p != 0.6 || r != 0.75 || math.Abs(f-2*0.6*0.75/1.35) > 1e-12 {
		t.Errorf("Precision, Recall, F1 of class 0 = %g, %g, %g; want 0.6, 0.75, 0.667", p, r, f)
	}
}

func TestInitializers(t *testing.T) {
	const in, out = 400, 200
	for _, c := range []struct {
		i         Initializer
		deviation float64
		limit     float64
	}{
		{GlorotUniform, math.Sqrt(2.0 / (in + out)), math.Sqrt(6.0 / (in + out))},
		{GlorotNormal, math.Sqrt(2.0 / (in + out)), 2.28 * math.Sqrt(2.0/(in+out))},
		{HeUniform, math.Sqrt(2.0 / in), math.Sqrt(6.0 / in)},
		{HeNormal, math.Sqrt(2.0 / in), 2.28 * math.Sqrt(2.0/in)},
		{LecunNormal, math.Sqrt(1.0 / in), 2.28 * math.Sqrt(1.0/in)},
		{RandomNormal(0.3), 0.3, 2},
		{RandomUniform(-0.2, 0.2), 0.4 / math.Sqrt(12), 0.2},
		{Zeros, 0, 0},
	} {
		d := Dense(out, Linear)
		d.KernelInitializer = c.i
		m := NewSequential(Input(in), d)
		m.Seed = 3
		w := m.Params()[0].Value()
		mean, squares := w.Mean(), 0.0
		for _, v := range w.Data {
			squares += float64(v) * float64(v)
		}
		if got := math.Sqrt(squares / in / out); math.Abs(mean) > 0.01*c.deviation || math.Abs(got-c.deviation) > 0.01*c.deviation || w.Max() > c.limit || w.Min() < -c.limit {
			t.Errorf("%v draws deviation %g around %g within [%g, %g]; want %g around 0 within ±%g", c.i, got, mean, w.Min(), w.Max(), c.deviation, c.limit)
		}
	}
	d := Dense(2, Linear)
	d.KernelInitializer, d.BiasInitializer = Ones, Constant(0.5)
	p := NewSequential(Input(2), d).Params()
	if p[0].Value().Sum() != 4 || p[1].Value().Sum() != 1 {
		t.Errorf("Ones and Constant(0.5) = %v, %v; want ones and halves", p[0].Value(), p[1].Value())
	}
}

func TestSchedules(t *testing.T) {
	stairs := ExponentialDecay(0.1, 10, 0.5)
	stairs.Staircase = true
	warm := CosineDecay(0, 10)
	warm.WarmupSteps, warm.WarmupTarget = 5, 1
	for _, c := range []struct {
		name string
		s    Schedule
		want map[int]float64
	}{
		{"exponential", ExponentialDecay(0.1, 10, 0.5), map[int]float64{0: 0.1, 10: 0.05, 5: 0.1 * math.Sqrt(0.5)}},
		{"staircase", stairs, map[int]float64{9: 0.1, 10: 0.05, 29: 0.025}},
		{"cosine", CosineDecay(2, 10), map[int]float64{0: 2, 5: 1, 10: 0, 99: 0}},
		{"warm-up", warm, map[int]float64{0: 0, 1: 0.2, 5: 1, 10: 0.5, 15: 0}},
		{"steps", PiecewiseConstantDecay([]int{2, 4}, []float64{3, 2, 1}), map[int]float64{0: 3, 2: 3, 3: 2, 4: 2, 5: 1}},
		{"function", ScheduleFunc(func(step int) float64 { return float64(step) }), map[int]float64{7: 7}},
	} {
		for step, want := range c.want {
			if got := c.s.Rate(step); math.Abs(got-want) > 1e-12 {
				t.Errorf("%s: Rate(%d) = %g; want %g", c.name, step, got, want)
			}
		}
	}
}

// TestDropout checks that about the right share is dropped, that sums stay, that predictions have none of it, and that
// the seed alone decides.
func TestDropout(t *testing.T) {
	x := NewTensor(100, 200).Apply(func(float64) float64 { return 1 })
	d := Dropout(0.3)
	y := d.Forward(x, true)
	zeros := 0
	for _, v := range y.Data {
		if v == 0 {
			zeros++
		} else if v != float32(1/0.7) {
			t.Fatalf("Forward keeps %g; want 1/0.7", v)
		}
	}
	if share := float64(zeros) / 20000; math.Abs(share-0.3) > 0.01 || math.Abs(y.Mean()-1) > 0.02 {
		t.Errorf("share of zeros = %g, mean %g; want 0.3 and 1", share, y.Mean())
	}
	if !cmp.Equal(d.Forward(x, false), x) {
		t.Error("Forward outside training changes x; want it as it is")
	}
	train := blobs(60, 6, 3, 1)
	fit := func(seed int64) *Tensor {
		m := NewSequential(Input(6), Dense(20, ReLU), Dropout(0.5), Dense(3, Softmax))
		m.Seed = seed
		m.Compile(SGD(), SparseCategoricalCrossentropy)
		m.Fit(train, FitOptions{Epochs: 2, NoShuffle: true, Quiet: true})
		return m.Predict(train.X)
	}
	if !cmp.Equal(fit(1), fit(1)) || cmp.Equal(fit(1), fit(2)) {
		t.Error("Fit with dropout and seeds 1, 1, 2: want equal results for equal seeds only")
	}
}

// TestOptimizersAlone checks that an optimizer's Step does outside a model what it does inside.
func TestOptimizersAlone(t *testing.T) {
	d := blobs(32, 6, 3, 1).OneHot()
	for _, make := range []func() Optimizer{
		func() Optimizer { return &SGDOptimizer{LearningRate: 0.1, Momentum: 0.9, Nesterov: true} },
		func() Optimizer { return AdamW() },
		func() Optimizer { o := RMSprop(); o.GlobalClipNorm = 0.1; return o },
	} {
		inside, outside := classifier(6, 3), classifier(6, 3)
		inside.Compile(make(), MeanSquaredError)
		outside.Compile(OptimizerFunc(make().Step), MeanSquaredError)
		for _, m := range []*Sequential{inside, outside} {
			m.Fit(d, FitOptions{Epochs: 3, BatchSize: 16, Seed: 1, Quiet: true})
		}
		if a, b := inside.Predict(d.X), outside.Predict(d.X); a.Sub(b).Max() > 1e-6 || a.Sub(b).Min() < -1e-6 {
			t.Errorf("%v: predictions differ by up to %g where Step is called outside; want the same", make(), a.Sub(b).Max())
		}
	}
}

func TestByName(t *testing.T) {
	for _, c := range []struct {
		name string
		find func(string) (any, error)
		ok   []string
	}{
		{"activation", func(n string) (any, error) { return ActivationByName(n) }, []string{"relu", "leaky_relu", "gelu", "softmax", "linear", "step", "sigmoid", "tanh"}},
		{"loss", func(n string) (any, error) { return LossByName(n) }, []string{"categorical_crossentropy", "sparse_categorical_crossentropy", "binary_crossentropy", "mean_squared_error", "mse"}},
		{"optimizer", func(n string) (any, error) { return OptimizerByName(n) }, []string{"sgd", "adam", "adamw", "rmsprop"}},
		{"metric", func(n string) (any, error) { return MetricByName(n) }, []string{"accuracy", "precision", "recall", "top_3_accuracy"}},
		{"initializer", func(n string) (any, error) { return InitializerByName(n) }, []string{"glorot_uniform", "he_normal", "zeros", "random_normal"}},
	} {
		for _, n := range c.ok {
			if v, err := c.find(n); err != nil || v == nil {
				t.Errorf("%s %q = %v, %v; want it", c.name, n, v, err)
			}
		}
		if _, err := c.find("nonsense"); err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf(`nnlib: %s "nonsense" is not known: `, c.name)) {
			t.Errorf("%s \"nonsense\" = %v; want an error that lists those that are known", c.name, err)
		}
	}
}
