package explore

import (
	"bytes"
	"errors"
	"image/png"
	"strings"
	"testing"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

func TestGate(t *testing.T) {
	g := Gate(nnlib.AND())
	if got, want := g.Perceptron().String(), nnlib.AND().String(); got != want {
		t.Errorf("Gate(AND()).Perceptron() = %s; want %s", got, want)
	}
	for _, want := range []string{"<svg", "0.50", "≤ 0.70", "&gt; 0.70"} {
		if !strings.Contains(g.Picture.Value, want) {
			t.Errorf("Gate(AND()) shows %s; want %q in it", g.Picture.Value, want)
		}
	}
	before := g.Picture.Value
	g.Theta.Value = 0.2
	g.draw()
	if g.Picture.Value == before || !strings.Contains(g.Picture.Value, "&gt; 0.20") {
		t.Errorf("Gate with θ at 0.2 shows %s; want another picture with 0.20", g.Picture.Value)
	}
}

func TestActivation(t *testing.T) {
	a := Activation()
	for _, name := range a.Choice.Options {
		a.Choice.Value = name
		for _, x := range []float64{-4, 0, 4} {
			a.X.Value = x
			a.draw()
			if v := a.Picture.Value; !strings.Contains(v, name) || strings.Count(v, "<circle") != 2 || strings.Contains(v, "NaN") {
				t.Errorf("Activation %s at %g shows %s; want its name and two markers", name, x, v)
			}
		}
	}
	if a.Choice.Value = "Sigmoid"; true {
		a.X.Value = 0
		a.draw()
		if want := "f(0.00) = 0.5000, f'(0.00) = 0.2500"; !strings.Contains(a.Picture.Value, want) {
			t.Errorf("Sigmoid at 0 shows %s; want %q", a.Picture.Value, want)
		}
	}
}

func TestSoftmax(t *testing.T) {
	s := Softmax(0, 0)
	if p := s.Probabilities(); p[0] != 0.5 || p[1] != 0.5 {
		t.Errorf("Softmax(0, 0).Probabilities() = %v; want halves", p)
	}
	s = Softmax()
	for _, want := range []string{"0.400 − 0.300 = <b>0.100</b>", "0.700 − 0.100 = <b>0.600</b>", "0.916", "0.357"} {
		if !strings.Contains(s.Picture.Value, want) {
			t.Errorf("Softmax() shows %s; want %q in it", s.Picture.Value, want)
		}
	}
}

func TestWeights(t *testing.T) {
	d := nnlib.Digits()
	m := nnlib.NewSequential(nnlib.Flatten(8, 8), nnlib.Dense(12, nnlib.ReLU), nnlib.Dense(10, nnlib.Softmax))
	m.Compile(nnlib.Adam(), nnlib.SparseCategoricalCrossentropy)
	m.Fit(d, nnlib.FitOptions{Quiet: true, Seed: 1})
	w := Weights(m, d)
	first := w.Activations()
	w.Example.Value = 3
	w.draw()
	second := w.Activations()
	if len(first) != 12 || len(second) != 12 || slicesEqual(first, second) {
		t.Errorf("Activations() = %v and %v; want 12 of each, and not the same", first, second)
	}
	// By hand: relu(x·W + b).
	p := m.Params()
	x, wt, b := d.Example(3), p[0].Value(), p[1].Value()
	net := b.At(0)
	for i, v := range x.Data {
		net += float64(v) * wt.At(i, 0)
	}
	if want := max(net, 0); abs(second[0]-want) > 1e-3 {
		t.Errorf("Activations()[0] of example 3 = %g; want %g", second[0], want)
	}
	if n := strings.Count(w.Picture.Value, "<svg"); n != 3 {
		t.Errorf("Weights shows %d pictures; want the example, the answers and the weights", n)
	}
}

func TestMistakes(t *testing.T) {
	d := nnlib.Digits()
	for _, c := range []struct {
		name string
		call func()
		want string
	}{
		{"gate of three", func() { Gate(nnlib.Perceptron{Weights: []float64{1, 1, 1}}) }, "3 inputs"},
		{"not trained", func() { Weights(nnlib.NewSequential(nnlib.Flatten(8, 8), nnlib.Dense(2, nnlib.ReLU)), d) }, "Fit has trained"},
		{"unknown data", func() { Playground(Setup{Data: "square"}) }, `"square"`},
		{"unknown activation", func() { Playground(Setup{Activation: "softmax"}) }, `"softmax"`},
		{"too many units", func() { Playground(Setup{Layers: []int{9}}) }, "9 units"},
		{"too many layers", func() { Playground(Setup{Layers: []int{1, 1, 1, 1}}) }, "4 Layers"},
		{"noise", func() { Playground(Setup{Noise: 2}) }, "Noise is 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				err, _ := recover().(error)
				var e *nnlib.Error
				if !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("it panics with %v; want *nnlib.Error with %q", err, c.want)
				}
			}()
			c.call()
		})
	}
}

func TestPlaygroundLearns(t *testing.T) {
	for _, s := range []Setup{{}, {Data: "xor", Activation: "relu", Layers: []int{8}}, {Data: "blobs", Layers: []int{}}, {Data: "spiral", Layers: []int{8, 8, 8}, L2: 0.0001}} {
		t.Run(s.String(), func(t *testing.T) {
			p := Playground(s)
			before := p.Picture.Value
			img, err := png.Decode(bytes.NewReader(before))
			if err != nil || img.Bounds().Dx() != (len(p.Setup().Layers)+1)*columns+large+10 {
				t.Fatalf("the picture is no PNG of the width of its layers: %v", err)
			}
			for range 30 {
				p.learn()
			}
			if bytes.Equal(p.Picture.Value, before) {
				t.Error("the picture is the same after 30 epochs")
			}
			if first, last := p.loss[0], p.loss[29]; !(last < first*0.95) {
				t.Errorf("loss went from %g to %g; want it to fall", first, last)
			}
		})
	}
}

// What is drawn of the output is what the model says.
func TestMapsAreTheModels(t *testing.T) {
	p := Playground(Setup{Layers: []int{5, 3}, Activation: "gelu"})
	p.learn()
	maps := copyOf(p.model).maps()
	in := nnlib.NewTensor(grid*grid, 2)
	for i := range grid * grid {
		in.Data[2*i], in.Data[2*i+1] = maps[0][0][i], maps[0][1][i]
	}
	want := p.model.Predict(in)
	for i, got := range maps[3][0] {
		if abs(float64(got-want.Data[i])) > 1e-4 {
			t.Fatalf("map of the output at point %d = %g; want %g", i, got, want.Data[i])
		}
	}
}

// A setup that is written as Go and played again gives the same network.
func TestSetupIsTheState(t *testing.T) {
	p := Playground(Setup{Data: "moons", Noise: 0.1})
	p.Layers[0].Value, p.Layers[1].Value, p.Layers[2].Value = 3, 0, 2
	p.L2.Value, p.Activation.Value = "0.01", "relu"
	p.changed()
	if got, want := p.Setup().String(), `explore.Setup{Data: "moons", Examples: 200, Noise: 0.1, Layers: []int{3, 2}, Activation: "relu", LearningRate: 0.03, L2: 0.01, BatchSize: 10, Seed: 1}`; got != want {
		t.Errorf("Setup() = %s; want %s", got, want)
	}
	p.learn()
	q := Playground(p.Setup())
	q.learn()
	if !bytes.Equal(p.Picture.Value, q.Picture.Value) {
		t.Error("a playground of another's setup draws another picture after one epoch")
	}
	p.reset()
	if p.epoch != 0 || len(p.loss) != 0 {
		t.Errorf("reset leaves epoch %d; want 0", p.epoch)
	}
}

func slicesEqual(a, b []float64) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func abs(v float64) float64 { return max(v, -v) }

// BenchmarkPlayground is one frame: an epoch and its picture. Below 50 ms it makes 20 frames a second.
func BenchmarkPlayground(b *testing.B) {
	for _, c := range []struct {
		name  string
		setup Setup
	}{{"4,2", Setup{}}, {"8,8,8", Setup{Layers: []int{8, 8, 8}, Data: "spiral"}}} {
		b.Run(c.name, func(b *testing.B) {
			p := Playground(c.setup)
			for b.Loop() {
				p.learn()
			}
			b.ReportMetric(float64(len(p.Picture.Value))/1000, "kB")
		})
	}
}

func BenchmarkGate(b *testing.B) {
	g := Gate(nnlib.AND())
	for b.Loop() {
		g.W1.Value += 0.001
		g.draw()
	}
	b.ReportMetric(float64(len(g.Picture.Value))/1000, "kB")
}
