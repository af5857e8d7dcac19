package viz_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"math"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/gopherceptron/gopherceptron/nnlib"
	"github.com/gopherceptron/gopherceptron/nnlib/viz"
)

func history() *nnlib.History {
	h := &nnlib.History{}
	for e := range 200 {
		v := math.Exp(-float64(e) / 40)
		h.Loss, h.ValLoss = append(h.Loss, v), append(h.ValLoss, v+0.05)
		h.Accuracy, h.ValAccuracy = append(h.Accuracy, 1-v/2), append(h.ValAccuracy, 0.95-v/2)
	}
	return h
}

func confusion(n int) nnlib.Confusion {
	c := nnlib.Confusion{}
	for i := range n {
		row := make([]int, n)
		row[i] = 30 + i
		row[(i*3+1)%n]++
		c.Classes, c.Counts = append(c.Classes, fmt.Sprint(i)), append(c.Counts, row)
	}
	return c
}

func rings(x1, x2 float64) float64 { return math.Abs(math.Sin(4 * math.Hypot(x1, x2))) }

var figures = []struct {
	name string
	make func() viz.Figure
	says string // in the alternative text
}{
	{"boundary", func() viz.Figure { return viz.DecisionBoundary(nnlib.AND()) }, "fires when 0.5·x1 + 0.5·x2 > 0.7. The plane of x1 and x2 from -0.5 to 1.5, shaded where the output is 1, with 4 points, 0 of them on the wrong side"},
	{"boundary of a pointer", func() viz.Figure { and := nnlib.AND(); return viz.DecisionBoundary(&and) }, "fires when 0.5·x1 + 0.5·x2 > 0.7."},
	{"as many pictures as captions", func() viz.Figure { return viz.ImageGrid(nnlib.Digits(), viz.GridOptions{Captions: make([]string, 25)}) }, "25 pictures of 8 by 8 pixels"},
	{"boundary of wrong points", func() viz.Figure { return viz.DecisionBoundary(nnlib.OR(), viz.Points(nnlib.XOR().TruthTable())...) }, "4 points, 1 of them on the wrong side"},
	{"boundary of nothing", func() viz.Figure { return viz.DecisionBoundary(nnlib.FromBias(-1, 0, 0)) }, "0 of them on the wrong side"},
	{"network", func() viz.Figure { return viz.DecisionBoundary(nnlib.XOR()) }, "Where the network fires"},
	{"regions", func() viz.Figure { return viz.DecisionRegions(rings, viz.Point{X1: -3, X2: 2, Output: 1}) }, "from -3.5 to 2.5, shaded where the output is 1, with 1 point, "},
	{"history", func() viz.Figure { return viz.History(history()) }, "Loss went from 1 to 0.00691 in 200 epochs, on the validation data from 1.05 to 0.0569. Accuracy went"},
	{"history of one epoch", func() viz.Figure { return viz.History(&nnlib.History{Loss: []float64{0.5}}) }, "Loss went from 0.5 to 0.5 in 1 epoch."},
	{"history of NaN", func() viz.Figure { return viz.History(&nnlib.History{Loss: []float64{math.NaN(), math.Inf(1)}}) }, "NaN"},
	{"activations", func() viz.Figure { return viz.ActivationCurves() }, "Curves of Step, Sigmoid, Tanh, ReLU for x from -4 to 4"},
	{"derivatives", func() viz.Figure { return viz.DerivativeCurves(nnlib.Sigmoid) }, "Slopes of activation functions. Curves of Sigmoid"},
	{"confusion", func() viz.Figure { return viz.ConfusionMatrix(confusion(10)) }, "The most frequent mistake, once: 0 is taken for 1."},
	{"images", func() viz.Figure { return viz.ImageGrid(nnlib.Digits(), viz.GridOptions{Count: 100}) }, "100 pictures of 8 by 8 pixels, captioned 0, 1, 2"},
	{"colour images", func() viz.Figure {
		return viz.ImageGrid(&nnlib.Dataset{X: nnlib.NewTensor(2, 5, 3, 3), Y: nnlib.NewTensor(2)}, viz.GridOptions{Captions: []string{"<a>", "b & c"}})
	}, "2 pictures of 5 by 3 pixels, captioned <a>, b & c"},
	{"predicted images", func() viz.Figure {
		d := nnlib.Digits()
		p := nnlib.NewTensor(20, 10)
		for i, l := range d.Labels()[:20] {
			p.Set(1, i, (l+i/7)%10)
		}
		return viz.ImageGrid(d, viz.GridOptions{Predictions: p})
	}, "captioned 0, 1, 2, 3, 4, 5, 6, 8, not 7, "},
	{"clothes", func() viz.Figure { return viz.ImageGrid(named(12), viz.GridOptions{}) }, "captioned T-shirt/top, Trouser, "},
	{"predicted clothes", func() viz.Figure {
		return viz.ImageGrid(named(12), viz.GridOptions{Predictions: nnlib.NewTensor(12, 10)})
	}, "captioned T-shirt/top, T-shirt/top, not Trouser, "},
	{"confusion of clothes", func() viz.Figure {
		c := confusion(10)
		c.Classes = named(12).Classes
		return viz.ConfusionMatrix(c)
	}, "The most frequent mistake, once: T-shirt/top is taken for Trouser."},
	{"flowers", func() viz.Figure { return viz.ImageGrid(nnlib.Flowers(20, 1), viz.GridOptions{}) }, "20 pictures of 192 by 192 pixels, captioned "},
	{"hangul", func() viz.Figure {
		d := nnlib.Digits()
		return viz.ImageGrid(d, viz.GridOptions{Captions: []string{"영", "하나", "둘", "셋 (3)", "넷"}})
	}, "captioned 영, 하나, 둘"},
	{"hangul axes", func() viz.Figure {
		return viz.Histogram(nnlib.Digits().X, viz.HistogramOptions{Title: "가중치 히스토그램 (weights)", Label: "밝기 grey"})
	}, "가중치 히스토그램 (weights). 115008 numbers from 0 to 16"},
	{"weights", func() viz.Figure { return viz.WeightImages(weights(784, 20), viz.WeightOptions{}) }, "The weights of 20 units as pictures of 28 by 28 pixels, from -1 (blue)"},
	{"colour weights", func() viz.Figure {
		return viz.WeightImages(weights(192*192*3, 5), viz.WeightOptions{Shape: []int{192, 192, 3}})
	}, "The weights of 5 units as pictures of 192 by 192 pixels"},
	{"surface", func() viz.Figure { return viz.DecisionSurface(wave(1), nnlib.Circle(300, 0.1, 1)) }, "with 300 examples of 2 classes, "},
	{"surface of classes", func() viz.Figure { return viz.DecisionSurface(wave(3), nnlib.Blobs(90, 3, 0.15, 1)) }, "with 90 examples of 3 classes, "},
	{"surface of many", func() viz.Figure { return viz.DecisionSurface(wave(1), nnlib.Spiral(5000, 0.05, 1)) }, "with 5000 examples of 2 classes, "},
	{"activations and derivatives", func() viz.Figure { return viz.Activations() }, "Activation functions and their derivatives. Curves of Step"},
	{"histogram of one value", func() viz.Figure { return viz.Histogram(nnlib.NewTensor(3), viz.HistogramOptions{}) }, "3 numbers from 0 to 0, mean 0"},
	{"histogram of NaN", func() viz.Figure {
		return viz.Histogram(nnlib.TensorFrom([]float64{1, 2, math.NaN(), math.Inf(1)}, 4), viz.HistogramOptions{})
	}, "2 numbers from 1 to 2, mean 1.5, standard deviation 0.5, and 2 that are NaN or infinite"},
	{"parameters", func() viz.Figure { return viz.ParamHistograms(model().Params()) }, "dense/kernel: 25088 numbers from"},
	{"model", func() viz.Figure { return viz.ModelDiagram(model(), viz.NetworkOptions{}) }, "From left to right: flatten (784), dense (ReLU) (32), dense_1 (Softmax) (3)."},
	{"wrong model", func() viz.Figure {
		return viz.ModelDiagram(model(), viz.NetworkOptions{Wrong: 2, Message: "input has 784 features, weights expect 500"})
	}, "The connection to dense (ReLU) (32) is wrong: input has 784 features, weights expect 500."},
	{"mistake", func() (f viz.Figure) {
		defer func() { f = viz.MistakeDiagram(recover().(error)) }()
		nnlib.NewSequential(nnlib.Flatten(28, 28), nnlib.Dense(32, nnlib.ReLU)).Predict(nnlib.NewTensor(1, 8, 8))
		return
	}, "The connection to flatten (784) is wrong: input has shape (8, 8), layer expects (28, 28)."},
	{"mistake in the middle", func() (f viz.Figure) {
		defer func() { f = viz.MistakeDiagram(recover().(error)) }()
		nnlib.NewSequential(nnlib.Input(8, 8), nnlib.Dense(32, nnlib.ReLU), nnlib.Dense(3, nnlib.Softmax)).Params()
		return
	}, "The connection to dense (ReLU) (32) is wrong: input has shape (8, 8), one axis is expected"},
	{"wrong input", func() viz.Figure {
		return viz.ModelDiagram(model(), viz.NetworkOptions{Wrong: 1, Message: "input has shape (8,8), layer expects (28,28)"})
	}, "The connection to flatten (784) is wrong"},
	{"perceptron", func() viz.Figure { return viz.PerceptronDiagram(nnlib.AND()) }, "Perceptron diagram. fires when 0.5·x1 + 0.5·x2 > 0.7."},
	{"perceptron network", func() viz.Figure { return viz.PerceptronDiagram(nnlib.XOR()) }, "layer 2, perceptron 1: fires when"},
	{"probabilities", func() viz.Figure {
		return viz.Probabilities(nil, []float64{0.4, 0.3, 0.2, 0.1}, []float64{0.7, 0.1, 0.1, 0.1})
	}, "Probabilities. 0 leads with 0.40, by 0.10. 0 leads with 0.70, by 0.60."},
	{"probabilities of flowers", func() viz.Figure {
		return viz.Probabilities(nnlib.Flowers(1, 1).Classes, []float64{0, 0, 1, 0, 0})
	}, "roses leads with 1.00, by 1.00."},
	{"learning", func() viz.Figure {
		and := nnlib.AND().TruthTable().Dataset()
		return viz.LearningSteps(nnlib.Perceptron{Weights: []float64{0, 0}}.Learn(and, nnlib.LearnOptions{}), and)
	}, "How a perceptron learned. converged in epoch 6 after 10 corrections"},
	{"learning blobs", func() viz.Figure {
		blobs := nnlib.Blobs(200, 2, 0.2, 1)
		return viz.LearningSteps(nnlib.Perceptron{Weights: []float64{0, 0}}.Learn(blobs, nnlib.LearnOptions{LearningRate: 0.1}), blobs)
	}, "How a perceptron learned. converged in epoch "},
}

// named returns n digits under the names of Fashion-MNIST, one of them in Korean.
func named(n int) *nnlib.Dataset {
	d := *nnlib.Digits()
	d.Classes = []string{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "샌들", "Shirt", "Sneaker", "Bag", "Ankle boot"}
	return d.Select([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}[:n]...)
}

// weights returns waves, a different one for each unit, from -1 to 1.
func weights(features, units int) *nnlib.Tensor {
	w := nnlib.NewTensor(features, units)
	for i := range w.Data {
		w.Data[i] = float32(math.Sin(float64(i/units) * 0.01 * float64(i%units+1)))
	}
	w.Data[0] = -1
	return w
}

// wave is a model of so many outputs.
type wave int

func (w wave) Predict(x *nnlib.Tensor) *nnlib.Tensor {
	out := nnlib.NewTensor(x.Rows(), int(w))
	for i := range x.Rows() {
		for j := range int(w) {
			sin, cos := math.Sincos(2 * math.Pi * float64(j) / float64(w))
			d := math.Hypot(x.At(i, 0)-0.6*cos, x.At(i, 1)-0.6*sin)
			if w == 1 {
				d = math.Hypot(x.At(i, 0), x.At(i, 1))
			}
			out.Set(1/(1+math.Exp(8*(d-0.55))), i, j)
		}
	}
	return out
}

func model() *nnlib.Sequential {
	m := nnlib.NewSequential(nnlib.Flatten(28, 28), nnlib.Dense(32, nnlib.ReLU), nnlib.Dense(3, nnlib.Softmax))
	m.Seed = 1
	return m
}

func TestFigures(t *testing.T) {
	for _, c := range figures {
		t.Run(c.name, func(t *testing.T) {
			f := c.make()
			if !strings.Contains(f.String(), c.says) {
				t.Errorf("String() = %q; want %q in it", f, c.says)
			}
			svg := f.SVG()
			if len(svg) > 100_000 {
				t.Errorf("SVG has %d bytes; want at most 100,000", len(svg))
			}
			t.Logf("%d bytes", len(svg))
			seen := elements(t, svg)
			if seen["svg"] != 1 || seen["title"] != 1 || seen["desc"] != 1 {
				t.Errorf("SVG has elements %v; want one svg, title and desc", seen)
			}
			svg = regexp.MustCompile(`base64,[^"]*`).ReplaceAllString(svg, "")
			if strings.Contains(svg, "NaN") != strings.Contains(c.name, "NaN") || strings.Contains(svg, "Inf") && !strings.Contains(c.name, "NaN") {
				t.Error("SVG has NaN or Inf; want numbers")
			}
			picture := f.AsPNG().PNG()
			most := 100_000
			if c.name == "flowers" { // 20 coloured pictures of 176 by 176 pixels do not compress well
				most = 700_000
			}
			img, err := png.Decode(bytes.NewReader(picture))
			if err != nil {
				t.Fatalf("PNG: %v", err)
			}
			if b := img.Bounds(); b.Dx() < 100 || b.Dy() < 100 || len(picture) > most {
				t.Errorf("PNG is %v with %d bytes; want at least 100 by 100 pixels and at most %d bytes", b, len(picture), most)
			}
		})
	}
}

// elements counts the elements of a document, which must be well-formed.
func elements(t *testing.T, doc string) map[string]int {
	t.Helper()
	seen := map[string]int{}
	for d := xml.NewDecoder(strings.NewReader(doc)); ; {
		token, err := d.Token()
		if err == io.EOF {
			return seen
		}
		if err != nil {
			t.Fatalf("SVG is not well-formed: %v", err)
		}
		if e, ok := token.(xml.StartElement); ok {
			seen[e.Name.Local]++
		}
	}
}

// TestShading looks at the pixels of a boundary: the colours of both regions on their sides.
func TestShading(t *testing.T) {
	for _, c := range []struct {
		name string
		f    viz.Figure
	}{
		{"half plane", viz.DecisionBoundary(nnlib.AND())},
		{"strips", viz.DecisionRegions(func(x1, x2 float64) float64 { return nnlib.AND().Output(x1, x2) })},
	} {
		t.Run(c.name, func(t *testing.T) {
			img, err := png.Decode(bytes.NewReader(c.f.AsPNG().PNG()))
			if err != nil {
				t.Fatal(err)
			}
			// The plot's ground is found by its colours, row by row: 0 below the line, 1 above.
			warm, cool := 0, 0
			b := img.Bounds()
			top, bottom := 0, 0 // warm pixels in each half
			for y := b.Min.Y; y < b.Max.Y; y++ {
				for x := b.Min.X; x < b.Max.X*3/4; x++ {
					p := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
					switch red, blue := int(p.R), int(p.B); {
					case red > blue+8 && red > 230:
						warm++
						if y < b.Dy()/2 {
							top++
						} else {
							bottom++
						}
					case blue > red+8 && blue > 230:
						cool++
					}
				}
			}
			// x1 + x2 > 1.4 is a triangle with legs of 1.6 in a square of 2: 32 % of it.
			if share := float64(warm) / float64(warm+cool); math.Abs(share-0.32) > 0.02 {
				t.Errorf("share shaded as 1 = %.3f; want 0.32", share)
			}
			if top < bottom {
				t.Errorf("pixels shaded as 1: %d in the upper half, %d in the lower; want more above", top, bottom)
			}
		})
	}
}

// TestConfusionPlaces looks where the only mistake is drawn: class 0 taken for 1 is above and to the right.
func TestConfusionPlaces(t *testing.T) {
	c := nnlib.Confusion{Classes: []string{"0", "1"}, Counts: [][]int{{5, 3}, {0, 5}}}
	img, err := png.Decode(bytes.NewReader(viz.ConfusionMatrix(c).AsPNG().PNG()))
	if err != nil {
		t.Fatal(err)
	}
	b := img.Bounds()
	n, x, y := 0, 0, 0
	for j := b.Min.Y; j < b.Max.Y; j++ {
		for i := b.Min.X; i < b.Max.X; i++ {
			if p := color.RGBAModel.Convert(img.At(i, j)).(color.RGBA); int(p.R) > int(p.B)+60 {
				n, x, y = n+1, x+i, y+j
			}
		}
	}
	if n == 0 || x/n < b.Dx()/2 || y/n > b.Dy()/2 {
		t.Errorf("%d orange pixels about (%d, %d) of %v; want them above and to the right", n, x/max(n, 1), y/max(n, 1), b.Max)
	}
}

func TestWrongSide(t *testing.T) {
	upright := nnlib.Perceptron{Weights: []float64{1, 0}, Threshold: 0.5}
	points := []viz.Point{{X1: 1, X2: 0, Output: 1}, {X1: 0, X2: 1, Output: 0}, {X1: 0, X2: 0, Output: 1}}
	if got, want := viz.DecisionBoundary(upright, points...).String(), "3 points, 1 of them on the wrong side"; !strings.Contains(got, want) {
		t.Errorf("DecisionBoundary = %q; want %q in it", got, want)
	}
}

// TestHistoryDraws checks that each list of numbers has its own line.
func TestHistoryDraws(t *testing.T) {
	svg := viz.History(history()).SVG()
	for name, change := range map[string]func(h *nnlib.History){
		"Loss":        func(h *nnlib.History) { h.Loss[100] += 0.3 },
		"ValLoss":     func(h *nnlib.History) { h.ValLoss[100] += 0.3 },
		"Accuracy":    func(h *nnlib.History) { h.Accuracy[100] -= 0.3 },
		"ValAccuracy": func(h *nnlib.History) { h.ValAccuracy[100] -= 0.3 },
	} {
		h := history()
		if change(h); viz.History(h).SVG() == svg {
			t.Errorf("History with another %s looks the same; want another line", name)
		}
	}
}

// TestImageGridPixels looks at one picture: ink is dark, and rows are rows.
func TestImageGridPixels(t *testing.T) {
	d := &nnlib.Dataset{X: nnlib.TensorFrom([]float64{0, 1, 0, 0.5}, 1, 2, 2), Y: nnlib.NewTensor(1)}
	img, err := png.Decode(bytes.NewReader(viz.ImageGrid(d, viz.GridOptions{}).AsPNG().PNG()))
	if err != nil {
		t.Fatal(err)
	}
	// Of 2x2 pixels of 22 points at two pixels a point, from 8 points left; the captions are below.
	grey := func(row, column int) int {
		c := color.GrayModel.Convert(img.At(16+44*column+22, img.Bounds().Min.Y+16+44*row+6)).(color.Gray)
		return int(c.Y)
	}
	for _, c := range []struct{ row, column, want int }{{0, 0, 255}, {0, 1, 0}, {1, 0, 255}, {1, 1, 128}} {
		if got := grey(c.row, c.column); got < c.want-12 || got > c.want+12 { // PNG keeps 4 bits of a colour
			t.Errorf("pixel (%d, %d) has grey %d; want %d", c.row, c.column, got, c.want)
		}
	}
}

func TestMistakes(t *testing.T) {
	three := nnlib.FromBias(0, 1, 2, 3)
	for _, c := range []struct {
		name string
		call func()
		want string
	}{
		{"three inputs", func() { viz.DecisionBoundary(three) }, "nnlib: Points: truth table has 3 inputs, 2 are expected"},
		{"no epoch", func() { viz.History(&nnlib.History{}) }, "nnlib: History: history has no epoch, at least one is expected"},
		{"nil history", func() { viz.History(nil) }, "nnlib: History: history has no epoch, at least one is expected"},
		{"softmax", func() { viz.ActivationCurves(nnlib.Softmax) }, "nnlib: Softmax: At was given one number, a whole row is expected: use Softmax.Of with a tensor"},
		{"flat images", func() {
			viz.ImageGrid(&nnlib.Dataset{X: nnlib.NewTensor(2, 64), Y: nnlib.NewTensor(2)}, viz.GridOptions{})
		}, "nnlib: ImageGrid: examples have shape [64], (height, width) or (height, width, 3) is expected"},
		{"captions", func() { viz.ImageGrid(nnlib.Digits(), viz.GridOptions{Count: 20, Captions: []string{"a"}}) }, "nnlib: ImageGrid: 1 captions, 20 pictures are shown"},
		{"predictions", func() {
			viz.ImageGrid(nnlib.Digits(), viz.GridOptions{Count: 3, Predictions: nnlib.NewTensor(2, 10)})
		}, "nnlib: ImageGrid: predictions have shape [2 10], a row for each of 3 pictures is expected"},
		{"weights of no picture", func() { viz.WeightImages(nnlib.NewTensor(10, 2), viz.WeightOptions{}) }, "nnlib: WeightImages: weights have 10 features, shape [3 3] holds 9: say the Shape of an example"},
		{"bias as weights", func() { viz.WeightImages(nnlib.NewTensor(10), viz.WeightOptions{}) }, "nnlib: WeightImages: weights have shape [10], (features, units) is expected: those of a Dense layer"},
		{"surface of pictures", func() { viz.DecisionSurface(wave(1), nnlib.Digits()) }, "nnlib: DecisionSurface: examples have 64 numbers, 2 are expected: x1 and x2"},
		{"empty histogram", func() { viz.Histogram(nnlib.NewTensor(0), viz.HistogramOptions{}) }, "nnlib: Histogram: tensor is empty, at least one value is expected"},
		{"no parameters", func() { viz.ParamHistograms(nil) }, "nnlib: ParamHistograms: no parameters, at least one is expected: those of model.Params()"},
		{"no stages", func() { viz.NetworkDiagram(nil, viz.NetworkOptions{}) }, "nnlib: NetworkDiagram: no stages, at least one is expected"},
		{"wrong stage", func() { viz.ModelDiagram(model(), viz.NetworkOptions{Wrong: 4}) }, "nnlib: NetworkDiagram: Wrong is stage 4, 1 to 3 are expected, or 0 for none"},
		{"diagram of nothing", func() { viz.PerceptronDiagram(nnlib.Perceptron{}) }, "nnlib: PerceptronDiagram: no perceptron with inputs, at least one is expected"},
		{"learning with three inputs", func() {
			d := nnlib.FromBias(0, 0, 0, 0).TruthTable().Dataset()
			viz.LearningSteps(nnlib.FromBias(0, 0, 0, 0).Learn(d, nnlib.LearnOptions{}), d)
		}, "nnlib: LearningSteps: perceptron has 3 weights and examples have 3 numbers, 2 of both are expected"},
		{"points of pictures", func() { viz.PointsOf(nnlib.Digits()) }, "nnlib: PointsOf: examples have 64 numbers, 2 are expected"},
		{"no probabilities", func() { viz.Probabilities(nil) }, "nnlib: Probabilities: 0 vectors, 1 to 8 are expected"},
		{"sum of probabilities", func() { viz.Probabilities(nil, []float64{0.5, 0.6}) }, "nnlib: Probabilities: vector 1 has 2 numbers that sum to 1.1, at least 2 that sum to 1 are expected: nnlib.Softmax makes such"},
		{"negative probability", func() { viz.Probabilities(nil, []float64{1.5, -0.5}) }, "nnlib: Probabilities: vector 1 has the number -0.5, numbers of at least 0 are expected"},
		{"names of probabilities", func() { viz.Probabilities([]string{"a"}, []float64{0.5, 0.5}) }, "nnlib: Probabilities: vector 1 has 2 numbers, one for each of 1 classes is expected"},
		{"no classes", func() { viz.ConfusionMatrix(nnlib.Confusion{}) }, "nnlib: ConfusionMatrix: 0 rows for 0 classes, a row for each class is expected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				err, _ := recover().(error)
				var mistake *nnlib.Error
				if !errors.As(err, &mistake) || err.Error() != c.want {
					t.Errorf("panic = %v; want *nnlib.Error %q", err, c.want)
				}
			}()
			c.call()
		})
	}
}

// TestSurfacePixels looks at the middle and at a corner of a surface: orange and blue, as the model says.
func TestSurfacePixels(t *testing.T) {
	corners := &nnlib.Dataset{X: nnlib.FromRows([][]float64{{-1, -1}, {-1, 1}, {1, -1}, {1, 1}}), Y: nnlib.NewTensor(4), Classes: []string{"0", "1"}}
	img, err := png.Decode(bytes.NewReader(viz.DecisionSurface(wave(1), corners).AsPNG().PNG()))
	if err != nil {
		t.Fatal(err)
	}
	b := img.Bounds()
	warm, cool := 0, 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			switch p := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA); {
			case int(p.R) > int(p.B)+30:
				warm++
			case int(p.B) > int(p.R)+30:
				cool++
			}
		}
	}
	// A disc of radius 0.55 in a square of 2.32: 18 %, less the white rim between the colours.
	if share := float64(warm) / float64(warm+cool); share < 0.1 || share > 0.19 {
		t.Errorf("share of orange = %.2f (%d of %d pixels); want 0.1 to 0.18", share, warm, warm+cool)
	}
}

// TestWrongEdge looks for red where a connection is wrong, and only there.
func TestWrongEdge(t *testing.T) {
	reds := func(f viz.Figure) int { return strings.Count(f.SVG(), "#C81414") }
	if n := reds(viz.ModelDiagram(model(), viz.NetworkOptions{})); n != 0 {
		t.Errorf("diagram has %d red things; want none", n)
	}
	if n := reds(viz.ModelDiagram(model(), viz.NetworkOptions{Wrong: 3, Message: "no"})); n < 4 {
		t.Errorf("diagram with a wrong edge has %d red things; want the edge, the neurons, the name and the message", n)
	}
}

// TestMistakeShows checks that a shape that does not fit draws the network by itself, and other mistakes nothing.
func TestMistakeShows(t *testing.T) {
	mistake := func(f func()) (e *nnlib.Error) {
		defer func() { e = recover().(*nnlib.Error) }()
		f()
		return nil
	}
	m := nnlib.NewSequential(nnlib.Flatten(28, 28), nnlib.Dense(10, nnlib.Softmax))
	e := mistake(func() { m.Predict(nnlib.NewTensor(1, 8, 8)) })
	if got, want := e.SVG(), viz.MistakeDiagram(e).SVG(); got != want || !strings.Contains(got, "#C81414") {
		t.Errorf("SVG() of %q = %.200q; want the network with its wrong edge in red", e, got)
	}
	if got := mistake(func() { nnlib.Dense(0, nnlib.ReLU) }).SVG(); got != "" {
		t.Errorf("SVG() of a mistake without a network = %.200q; want none", got)
	}
}

// TestTogether draws from many goroutines, as cells may.
func TestTogether(t *testing.T) {
	f := viz.DecisionBoundary(nnlib.AND())
	want := f.SVG()
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if got := f.SVG(); got != want {
				t.Error("SVG() from many goroutines differs; want the same")
			}
			viz.ActivationCurves().AsPNG().PNG()
		})
	}
	wait.Wait()
}

func BenchmarkSVG(b *testing.B) {
	for _, c := range figures {
		b.Run(strings.ReplaceAll(c.name, " ", "-"), func(b *testing.B) {
			n := 0
			for b.Loop() {
				n = len(c.make().SVG())
			}
			b.ReportMetric(float64(n)/1000, "kB")
		})
	}
}

func BenchmarkPNG(b *testing.B) {
	for _, c := range figures {
		b.Run(strings.ReplaceAll(c.name, " ", "-"), func(b *testing.B) {
			n := 0
			for b.Loop() {
				n = len(c.make().AsPNG().PNG())
			}
			b.ReportMetric(float64(n)/1000, "kB")
		})
	}
}
