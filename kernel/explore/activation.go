package explore

import (
	"fmt"
	"math"

	"github.com/gopherceptron/gopherceptron/kernel/widget"
	"github.com/gopherceptron/gopherceptron/nnlib"
)

// An ActivationExplorer is an activation with its slope, at a place that a slider moves.
type ActivationExplorer struct {
	*widget.BoxWidget
	Choice  *widget.DropdownWidget
	X       *widget.FloatSliderWidget
	Picture *widget.HTMLWidget

	choices []nnlib.Activation
}

// Activation returns a choice of activations, all those of package nnlib that work on one number where none are given, with
// the curve of the chosen one, its derivative, and a marker that a slider moves.
func Activation(activations ...nnlib.Activation) *ActivationExplorer {
	if len(activations) == 0 {
		activations = []nnlib.Activation{nnlib.Sigmoid, nnlib.Step, nnlib.Tanh, nnlib.ReLU, nnlib.LeakyReLU, nnlib.GELU, nnlib.Linear}
	}
	a := &ActivationExplorer{choices: activations, Picture: widget.HTML("")}
	var names []string
	for _, f := range activations {
		names = append(names, f.String())
	}
	a.Choice = widget.Dropdown("activation", names...)
	a.X = widget.FloatSlider("x", -4, 4, 1)
	a.Choice.OnChange(func(string) { a.draw() })
	a.X.OnChange(func(float64) { a.draw() })
	a.BoxWidget = widget.VBox(a.Choice, a.X, a.Picture)
	a.draw()
	return a
}

func (a *ActivationExplorer) draw() {
	f := a.choices[max(a.Choice.Index(), 0)]
	x := a.X.Value
	const n, reach = 160, 4.0
	value, slope := curve{name: "f(x)", colour: blue}, curve{name: "f'(x)", colour: orange, dashed: true}
	low, high := 0.0, 1.0
	for i := range n + 1 {
		at := reach * (2*float64(i)/n - 1)
		v, d := f.At(at), f.Derivative(at)
		value.xs, value.ys = append(value.xs, at), append(value.ys, v)
		slope.xs, slope.ys = append(slope.xs, at), append(slope.ys, d)
		low, high = min(low, v, d), max(high, v, d)
	}
	low, high = max(math.Floor(2*low)/2, -2), min(math.Ceil(2*high)/2, 2)
	c := chart{title: f.String(), across: "x", alt: fmt.Sprintf("%s from −4 to 4 with its derivative; at %.2f it is %.3f and its slope %.3f", f, x, f.At(x), f.Derivative(x)),
		width: 480, height: 280, left: -reach, right: reach, bottom: low, top: high, curves: []curve{value, slope},
		marks: []mark{{x, f.At(x), blue}, {x, f.Derivative(x), orange}}}
	note := ""
	if d := f.Derivative(x); math.Abs(d) < 0.01 {
		note = "<br>The slope is next to zero: a unit here learns nothing."
	}
	a.Picture.Value = c.svg() + fmt.Sprintf(`<div style="font-variant-numeric:tabular-nums;line-height:1.4">f(%.2f) = %.4f, f'(%.2f) = %.4f%s</div>`, x, f.At(x), x, f.Derivative(x), note)
}
