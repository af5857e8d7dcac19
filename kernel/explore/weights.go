package explore

import (
	"fmt"
	"math"

	"github.com/gopherceptron/gopherceptron/kernel/widget"
	"github.com/gopherceptron/gopherceptron/nnlib"
	"github.com/gopherceptron/gopherceptron/nnlib/viz"
)

// A WeightExplorer shows what the units of a layer look at, and how each answers to an example.
type WeightExplorer struct {
	*widget.BoxWidget
	Example *widget.IntSliderWidget
	Picture *widget.HTMLWidget

	before   []nnlib.Layer
	layer    *nnlib.DenseLayer
	examples *nnlib.Dataset
	weights  string
}

// shownUnits is how many units of a layer are shown.
const shownUnits = 20

// Weights returns the weights of the first Dense layer of a trained model as pictures, and how strongly each unit answers to
// the example that a slider chooses. The pictures are those of the moment: call it again after more training.
// It panics with an *nnlib.Error where the model has no Dense layer or has not seen such examples.
func Weights(model *nnlib.Sequential, examples *nnlib.Dataset) *WeightExplorer {
	const op = "explore.Weights"
	examples.Check(op)
	w := &WeightExplorer{examples: examples, Picture: widget.HTML("")}
	for _, l := range model.Layers() {
		if d, ok := l.(*nnlib.DenseLayer); ok {
			w.layer = d
			break
		}
		w.before = append(w.before, l)
	}
	if w.layer == nil || len(w.layer.Params()) == 0 {
		panic(&nnlib.Error{Op: op, Received: "a model without a trained Dense layer", Expected: "one that Fit has trained is expected"})
	}
	if examples.Len() == 0 {
		panic(&nnlib.Error{Op: op, Received: "no example", Expected: "at least one is expected"})
	}
	w.weights = viz.WeightImages(w.layer.Params()[0].Value(), viz.WeightOptions{Shape: pictureShape(examples), Count: shownUnits}).SVG()
	w.Example = widget.IntSlider("example", 0, examples.Len()-1, 0)
	w.Example.OnChange(func(int) { w.draw() })
	w.BoxWidget = widget.VBox(w.Example, w.Picture)
	w.draw()
	return w
}

// pictureShape returns the shape of pictures, nil where examples are no pictures.
func pictureShape(d *nnlib.Dataset) []int {
	if s := d.ExampleShape(); len(s) > 1 {
		return s
	}
	return nil
}

// Activations returns what the units answer to the chosen example.
func (w *WeightExplorer) Activations() []float64 {
	x := w.examples.Select(w.Example.Value).Tensor()
	for _, l := range w.before {
		x = l.Forward(x, false)
	}
	y := w.layer.Forward(x, false)
	out := make([]float64, y.RowLen())
	for i := range out {
		out[i] = y.At(0, i)
	}
	return out
}

func (w *WeightExplorer) draw() {
	all := w.Activations()
	shown := all[:min(len(all), shownUnits)]
	most := 0.0
	for _, v := range all {
		most = max(most, math.Abs(v))
	}
	c := chart{title: "what each unit answers", across: "unit", alt: fmt.Sprintf("activations of %d units to example %d", len(shown), w.Example.Value),
		width: 420, height: 200, left: 0, right: float64(max(len(shown)-1, 1)), bottom: 0, top: 1.1 * max(most, 1e-6)}
	for i, v := range shown {
		c.bottom = min(c.bottom, v)
		c.curves = append(c.curves, curve{colour: blue, xs: []float64{float64(i), float64(i)}, ys: []float64{0, v}})
		c.marks = append(c.marks, mark{float64(i), v, blue})
	}
	parts := []string{c.svg()}
	if shape := pictureShape(w.examples); shape != nil {
		parts = append([]string{viz.ImageGrid(w.examples.Select(w.Example.Value), viz.GridOptions{Count: 1}).SVG()}, parts...)
	}
	note := "The weights of each unit as a picture: orange speaks for the unit, blue against it."
	if len(all) > len(shown) {
		note += fmt.Sprintf(" The first %d of %d units are shown.", len(shown), len(all))
	}
	w.Picture.Value = side(parts...) + w.weights + `<div style="line-height:1.4">` + note + `</div>`
}
