package nnlib

import (
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ownDense is a student's dense layer.
type ownDense struct {
	units int
	w, b  *Param
	x     *Tensor
	calls map[string]int
	where func()
}

func (d *ownDense) note(call string) {
	if d.calls == nil {
		d.calls = map[string]int{}
	}
	d.calls[call]++
	if d.where != nil {
		d.where()
	}
}

func (d *ownDense) Forward(x *Tensor, training bool) *Tensor {
	d.note("forward")
	if d.w == nil {
		w := NewTensor(x.RowLen(), d.units)
		for i := range w.Data {
			w.Data[i] = float32(math.Sin(float64(i)))
		}
		d.w, d.b = NewParam("w", w), NewParam("b", NewTensor(d.units))
	}
	d.x = x
	y, b := x.MatMul(d.w.Value()), d.b.Value()
	for i := range y.Data {
		y.Data[i] += b.Data[i%d.units]
	}
	return y
}

func (d *ownDense) Backward(dy *Tensor) *Tensor {
	d.note("backward")
	d.w.SetGradient(d.x.Transpose().MatMul(dy))
	db := NewTensor(d.units)
	for i, v := range dy.Data {
		db.Data[i%d.units] += v
	}
	d.b.SetGradient(db)
	return dy.MatMul(d.w.Value().Transpose())
}

func (d *ownDense) Params() []*Param { return []*Param{d.w, d.b} }

func ownTanh() LayerFunc {
	var y *Tensor
	return LayerFunc{Name: "OwnTanh",
		ForwardFunc:  func(x *Tensor, _ bool) *Tensor { y = x.Apply(math.Tanh); return y },
		BackwardFunc: func(dy *Tensor) *Tensor { return dy.Mul(y.Apply(func(v float64) float64 { return 1 - v*v })) },
	}
}

type ownSquares struct{}

func (ownSquares) Value(y, t *Tensor) float64 {
	d := y.Sub(t)
	return d.Mul(d).Mean()
}

func (ownSquares) Gradient(y, t *Tensor) *Tensor { return y.Sub(t).Scale(2 / float64(y.Len())) }

type ownDescent struct{ rate float64 }

func (o *ownDescent) Step(params []*Param) {
	for _, p := range params {
		p.Set(p.Value().Sub(p.Gradient().Scale(o.rate)))
	}
}

// TestOwnParts trains models in which some parts are a student's, beside the same ones compiled.
func TestOwnParts(t *testing.T) {
	labels := blobs(50, 6, 3, 1)
	d := labels.OneHot()
	sgd := func() Optimizer { return &SGDOptimizer{LearningRate: 0.1} }
	mine := func() Optimizer { return &ownDescent{0.1} }
	adam := func() Optimizer { return Adam() }
	dense := func(units int) Layer { return Dense(units, Linear) }
	own := func(units int) Layer { return &ownDense{units: units} }
	tanh := func() Layer { return Activate(Tanh) }
	for _, c := range []struct {
		name       string
		compiled   []Layer
		own        []Layer
		loss, mine Loss
		o, p       func() Optimizer
		travel     int // slots that are read or written at borders in a step
	}{
		{"layer in the middle", []Layer{Input(6), dense(5), tanh(), dense(3)}, []Layer{Input(6), dense(5), ownTanh(), dense(3)}, MeanSquaredError, MeanSquaredError, sgd, sgd, 4},
		{"layer first", []Layer{Input(6), tanh(), dense(3)}, []Layer{Input(6), ownTanh(), dense(3)}, MeanSquaredError, MeanSquaredError, sgd, sgd, 2},
		{"layer last", []Layer{Input(6), dense(3), tanh()}, []Layer{Input(6), dense(3), ownTanh()}, MeanSquaredError, MeanSquaredError, adam, adam, 4},
		{"parameters of one's own", []Layer{Input(6), dense(5), Dense(4, GELU), dense(3)}, []Layer{Input(6), dense(5), own(4), Activate(GELU), dense(3)}, MeanSquaredError, MeanSquaredError, adam, adam, 4},
		{"neighbours", []Layer{Input(6), dense(5), Dense(4, Tanh), dense(3)}, []Layer{Input(6), dense(5), own(4), ownTanh(), dense(3)}, MeanSquaredError, MeanSquaredError, sgd, sgd, 4},
		{"before softmax", []Layer{Input(6), dense(5), dense(3), Activate(Softmax)}, []Layer{Input(6), dense(5), own(3), Activate(Softmax)}, CategoricalCrossentropy, CategoricalCrossentropy, adam, adam, 4},
		{"between dropout and normalisation", []Layer{Input(6), Dropout(0.25), dense(4), BatchNormalization(), dense(3)}, []Layer{Input(6), Dropout(0.25), own(4), BatchNormalization(), dense(3)}, MeanSquaredError, MeanSquaredError, sgd, sgd, 3},
		{"loss", []Layer{Input(6), Dense(5, Tanh), dense(3)}, []Layer{Input(6), Dense(5, Tanh), dense(3)}, MeanSquaredError, ownSquares{}, sgd, sgd, 2},
		{"optimizer", []Layer{Input(6), Dense(5, Tanh), dense(3)}, []Layer{Input(6), Dense(5, Tanh), dense(3)}, MeanSquaredError, MeanSquaredError, sgd, mine, 0},
		{"everything", []Layer{Input(6), Dense(5, Tanh), dense(3)}, []Layer{Input(6), own(5), ownTanh(), own(3)}, MeanSquaredError, ownSquares{}, sgd, mine, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			make := func(layers []Layer, o Optimizer, loss Loss) *Sequential {
				m := NewSequential(layers...)
				m.Seed = 3
				m.Compile(o, loss, Accuracy)
				k := 0
				for _, p := range m.Params() {
					if !p.Trainable() {
						continue
					}
					w := NewTensor(p.Shape()...)
					for j := range w.Data {
						w.Data[j] = float32(0.5 * math.Sin(float64(7*k+j)))
					}
					k++
					p.Set(w)
				}
				return m
			}
			a, b := make(c.compiled, c.o(), c.loss), make(c.own, c.p(), c.mine)
			options := FitOptions{Epochs: 5, BatchSize: 16, Validation: d, Seed: 2, Quiet: true}
			ha, hb := a.Fit(d, options), b.Fit(d, options)
			for e := range ha.Loss {
				if got, want := hb.Loss[e], ha.Loss[e]; math.Abs(got-want) > 1e-5*want {
					t.Errorf("loss of epoch %d with own parts = %g; want %g as compiled", e+1, got, want)
				}
				if got, want := hb.ValLoss[e], ha.ValLoss[e]; math.Abs(got-want) > 1e-5*want {
					t.Errorf("validation loss of epoch %d with own parts = %g; want %g as compiled", e+1, got, want)
				}
			}
			if !cmp.Equal(ha.Accuracy, hb.Accuracy) {
				t.Errorf("accuracies with own parts = %v; want %v as compiled", hb.Accuracy, ha.Accuracy)
			}
			travel := 0
			for _, s := range b.run.step {
				if s.do == readSlot || s.do == writeSlot {
					travel++
				}
			}
			if travel != c.travel {
				t.Errorf("%d slots travel in a step; want %d: %+v", travel, c.travel, b.run.step)
			}
			if len(a.run.step) != 1 || len(a.run.predict) != 2 || len(a.run.evaluate) != 1 {
				t.Errorf("a compiled model's plans have %d, %d and %d stages; want a run each, and Predict's read", len(a.run.step), len(a.run.predict), len(a.run.evaluate))
			}
		})
	}
}

// goroutine returns the number of the goroutine that calls it.
func goroutine() string {
	buffer := make([]byte, 64)
	return strings.Fields(string(buffer[:runtime.Stack(buffer, false)]))[1]
}

// TestOwnGoroutine checks that a student's code is called on the goroutine that called the library, so that its panics
// are the cell's.
func TestOwnGoroutine(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	me := goroutine()
	at := func(what string) {
		if got := goroutine(); got != me {
			t.Errorf("%s runs on goroutine %s; want the caller's, %s", what, got, me)
		}
	}
	layer := &ownDense{units: 40, where: func() { at("a layer") }}
	m := NewSequential(Input(600), Dense(300, ReLU), layer, Dense(3, Linear))
	m.Compile(OptimizerFunc(func(params []*Param) { at("an optimizer"); (&ownDescent{1e-5}).Step(params) }),
		LossFunc{ValueFunc: func(y, t *Tensor) float64 { at("a loss"); return ownSquares{}.Value(y, t) }, GradientFunc: ownSquares{}.Gradient},
		MetricFunc("sum", func(y, _ *Tensor) float64 { at("a metric"); return y.Sum() }))
	d := blobs(64, 600, 3, 1).OneHot()
	h := m.Fit(d, FitOptions{Epochs: 2, Validation: d, Quiet: true, Callbacks: []Callback{CallbackFunc(func(*Training) { at("a callback") })}})
	if layer.calls["backward"] != 4 {
		t.Errorf("Backward was called %d times; want 4, once a batch", layer.calls["backward"])
	}
	if len(h.Values("sum")) != 2 || len(h.Values("val_sum")) != 2 {
		t.Errorf("metrics of one's own = %v; want two epochs", h.Metrics)
	}
	layer.where = func() { panic("mine") }
	func() {
		defer func() {
			if got := recover(); got != "mine" {
				t.Errorf("a panic in a layer arrives as %v; want it as it was", got)
			}
		}()
		m.Fit(d, FitOptions{Quiet: true})
	}()
	layer.where = nil
	if h := m.Fit(d, FitOptions{Quiet: true}); h.Epochs() != 1 {
		t.Errorf("Fit after a panic = %v; want an epoch", h)
	}
}

func TestOwnMistakes(t *testing.T) {
	d := blobs(20, 6, 3, 1)
	pass := func(x *Tensor, _ bool) *Tensor { return x }
	fit := func(l Layer) func() {
		return func() {
			m := NewSequential(Dense(4, ReLU), l, Dense(3, Softmax))
			m.Compile(SGD(), SparseCategoricalCrossentropy)
			m.Fit(d, FitOptions{Quiet: true})
		}
	}
	calls := 0
	for _, c := range []struct {
		name string
		call func()
		want string
	}{
		{"no backward", fit(LayerFunc{ForwardFunc: pass}), "nnlib: LayerFunc: BackwardFunc is nil, a function is expected, for a model that learns"},
		{"no forward", fit(LayerFunc{}), "nnlib: LayerFunc: ForwardFunc is nil, a function is expected"},
		{"forward of nothing", fit(LayerFunc{Name: "Nothing", ForwardFunc: func(*Tensor, bool) *Tensor { return nil }}), "nnlib: nothing: Forward of shape [2 4] returned nil, as many rows are expected, with at least one number each"},
		{"rows lost", fit(LayerFunc{Name: "Lost", ForwardFunc: func(x *Tensor, _ bool) *Tensor { return x.Select(0) }}), "nnlib: lost: Forward of shape [2 4] returned shape [1 4], as many rows are expected, with at least one number each"},
		{"another shape later", fit(LayerFunc{Name: "Moody", ForwardFunc: func(x *Tensor, _ bool) *Tensor {
			if calls++; calls > 1 {
				return x.Reshape(-1, 2, 2)
			}
			return x
		}}), "nnlib: moody: Forward returned shape [20 2 2], shape [20 4] is expected, as for the first examples"},
		{"gradient of another shape", fit(LayerFunc{Name: "Short", ForwardFunc: pass, BackwardFunc: func(dy *Tensor) *Tensor { return dy.Select(0) }}), "nnlib: short: Backward returned shape [1 4], shape [20 4] is expected, that of the layer's input"},
		{"weights with a loss of one's own", func() {
			m := NewSequential(Dense(3, Linear))
			m.Compile(SGD(), ownSquares{})
			m.Fit(d.OneHot(), FitOptions{ClassWeights: map[int]float64{0: 2}})
		}, "nnlib: Fit: weights for the examples with a loss of your own, a loss of this package is expected: yours can weigh by its targets"},
		{"gradient of a loss", func() {
			m := NewSequential(Dense(3, Linear))
			m.Compile(SGD(), LossFunc{ValueFunc: ownSquares{}.Value, GradientFunc: func(y, t *Tensor) *Tensor { return nil }})
			m.Fit(d.OneHot(), FitOptions{Quiet: true})
		}, "nnlib: LossFunc: Gradient returned nil, the predictions' shape [20 3] is expected"},
		{"set gradient", func() { NewParam("w", NewTensor(2)).SetGradient(NewTensor(3)) }, "nnlib: SetGradient: value has shape [3], w has [2]"},
		{"backward first", func() { Dense(3, ReLU).Backward(NewTensor(1, 3)) }, "nnlib: Dense: Backward was called, Forward in training is expected before"},
		{"same names", func() {
			a := Dense(3, ReLU)
			a.Name = "x"
			NewSequential(a, a)
		}, `nnlib: NewSequential: two layers have the name "x", names that differ are expected`},
		{"dropout", func() { Dropout(1) }, "nnlib: Dropout: rate 1, a number from 0 to below 1 is expected"},
		{"normalisation of a literal", func() { NewSequential(&BatchNormalizationLayer{}) }, "nnlib: BatchNormalization: momentum 0 and epsilon 0, a momentum from 0 to 1 and an epsilon above 0 are expected: begin with nnlib.BatchNormalization()"},
		{"clipping twice", func() {
			NewSequential(Dense(3, ReLU)).Compile(&SGDOptimizer{LearningRate: 1, ClipNorm: 1, ClipValue: 1}, MeanSquaredError)
		}, "nnlib: SGD: more than one of ClipValue, ClipNorm and GlobalClipNorm, one is expected"},
		{"sample weights", func() { classifier(6, 3).Fit(d, FitOptions{SampleWeights: []float64{1}}) }, "nnlib: Fit: 1 SampleWeights, one for each of 20 examples is expected"},
		{"class weights", func() { classifier(6, 3).Fit(d, FitOptions{ClassWeights: map[int]float64{1: -1}}) }, "nnlib: Fit: ClassWeights[1] is -1, a number of at least 0 is expected"},
		{"monitor", func() { classifier(6, 3).Fit(d, FitOptions{Quiet: true, Callbacks: []Callback{&EarlyStopping{}}}) }, `nnlib: EarlyStopping: Monitor is "val_loss", one of loss, accuracy is expected, and Validation for those that begin with val_`},
		{"binary of linear", func() { NewSequential(Dense(1, Linear)).Compile(SGD(), BinaryCrossentropy) }, "nnlib: Compile: activation of the last layer is Linear, BinaryCrossentropy expects probabilities: use nnlib.Sigmoid there"},
		{"binary targets", func() {
			m := NewSequential(Dense(1, Sigmoid))
			m.Compile(SGD(), BinaryCrossentropy)
			m.Fit(d, FitOptions{})
		}, "nnlib: Fit: target 2 of example 2, BinaryCrossentropy expects numbers from 0 to 1"},
		{"closed", func() { m := classifier(6, 3); m.Predict(d.X); m.Close(); m.Predict(d.X) }, "nnlib: Predict: model is closed, a new one is expected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := caught(c.call); got != c.want {
				t.Errorf("panic = %q; want %q", got, c.want)
			}
		})
	}
}
