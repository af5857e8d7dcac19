package viz

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

// History draws the losses of each epoch, and beside them the accuracies where there are any.
func History(h *nnlib.History) Figure {
	if h == nil || h.Epochs() == 0 {
		panic(&nnlib.Error{Op: "History", Received: "history has no epoch", Expected: "at least one is expected"})
	}
	f := Figure{title: "Learning curves", width: 4.6 * vg.Inch, height: 2.9 * vg.Inch}
	all := []panel{curves("Loss", h.Loss, h.ValLoss)}
	f.description = "Loss " + course(h.Loss, h.ValLoss) + "."
	if len(h.Accuracy) > 0 {
		all = append(all, curves("Accuracy", h.Accuracy, h.ValAccuracy))
		f.description += " Accuracy " + course(h.Accuracy, h.ValAccuracy) + "."
		f.width = 8.4 * vg.Inch
	}
	// One legend serves both.
	for i := range all[:len(all)-1] {
		all[i].legend = nil
	}
	f.draw = panels(all...)
	return f
}

// course says in words how values went.
func course(train, validation []float64) string {
	words := fmt.Sprintf("went from %.3g to %.3g in %s", train[0], train[len(train)-1], count(len(train), "epoch"))
	if n := len(validation); n > 0 {
		words += fmt.Sprintf(", on the validation data from %.3g to %.3g", validation[0], validation[n-1])
	}
	return words
}

func curves(title string, train, validation []float64) panel {
	p := newPlot(title, "epoch", "")
	p.Add(grid())
	legend := newLegend()
	add := func(name string, values []float64, i int, dashed bool) {
		var xys plotter.XYs
		for e, v := range values {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				xys = append(xys, plotter.XY{X: float64(e + 1), Y: v})
			}
		}
		if len(xys) == 0 {
			return
		}
		l := line(xys, series[i], dashed)
		p.Add(l)
		legend.Add(name, l)
		if len(xys) < 3 { // a line of one epoch has no length
			p.Add(&plotter.Scatter{XYs: xys, GlyphStyle: draw.GlyphStyle{Color: series[i], Radius: 3, Shape: draw.CircleGlyph{}}})
		}
	}
	add("training", train, 0, false)
	add("validation", validation, 1, true)
	if p.X.Max < p.X.Min { // nothing but NaN
		p.X.Min, p.X.Max, p.Y.Max = 0, float64(len(train)), 1
	}
	p.Y.Min = 0 // a loss is small when it is near zero, not when it is near the smallest one
	if title == "Accuracy" {
		p.Y.Max = 1
	}
	p.X.Tick.Marker = ticks{whole: true}
	return panel{p, &legend, 72}
}

// ActivationCurves draws activations from -4 to 4: Step, Sigmoid, Tanh and ReLU where none are given. Softmax, which
// needs a whole row, cannot be drawn.
func ActivationCurves(activations ...nnlib.Activation) Figure {
	if len(activations) == 0 {
		activations = []nnlib.Activation{nnlib.Step, nnlib.Sigmoid, nnlib.Tanh, nnlib.ReLU}
	}
	return functions("Activation functions", "f(x)", activations, nnlib.Activation.At)
}

// DerivativeCurves draws the slopes of activations from -4 to 4.
func DerivativeCurves(activations ...nnlib.Activation) Figure {
	if len(activations) == 0 {
		activations = []nnlib.Activation{nnlib.Step, nnlib.Sigmoid, nnlib.Tanh, nnlib.ReLU}
	}
	return functions("Slopes of activation functions", "f'(x)", activations, nnlib.Activation.Derivative)
}

// Activations draws activations and, beside them, their derivatives: Step, Sigmoid, Tanh and ReLU where none are given.
func Activations(activations ...nnlib.Activation) Figure {
	f, df := ActivationCurves(activations...), DerivativeCurves(activations...)
	f.title = "Activation functions and their derivatives"
	f.panels = append(f.panels, df.panels...)
	f.panels[0].legend = nil // one serves both
	f.panels[1].plot.Title.Text = "Derivatives"
	f.width, f.draw = 8.6*vg.Inch, panels(f.panels...)
	return f
}

func functions(title, y string, activations []nnlib.Activation, at func(nnlib.Activation, float64) float64) Figure {
	const n, reach = 320, 4.0
	p := newPlot(title, "x", y)
	p.Add(grid())
	legend := newLegend()
	names := ""
	low, high := 0.0, 0.0
	for i, a := range activations {
		xys := make(plotter.XYs, n+1)
		for j := range xys {
			x := reach * (2*float64(j)/n - 1)
			xys[j] = plotter.XY{X: x, Y: at(a, x)}
			low, high = min(low, xys[j].Y), max(high, xys[j].Y)
		}
		l := line(thin(xys), series[i%len(series)], i >= len(series))
		p.Add(l)
		legend.Add(a.String(), l)
		if i > 0 {
			names += ", "
		}
		names += a.String()
	}
	// What grows without end would flatten the others.
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -reach, reach, max(low, -2.2)-0.15, min(high, 2.2)+0.15
	only := []panel{{p, &legend, legendWidth(strings.Split(names, ", ")...)}}
	return Figure{title: title, description: fmt.Sprintf("Curves of %s for x from %g to %g.", names, -reach, reach),
		width: 5.6 * vg.Inch, height: 3.3 * vg.Inch, draw: panels(only...), panels: only}
}

// thin leaves out points on straight stretches.
func thin(xys plotter.XYs) plotter.XYs {
	out := xys[:1:1]
	for i := 1; i+1 < len(xys); i++ {
		if math.Abs((xys[i+1].Y-xys[i].Y)-(xys[i].Y-xys[i-1].Y)) > 1e-9 {
			out = append(out, xys[i])
		}
	}
	return append(out, xys[len(xys)-1])
}
