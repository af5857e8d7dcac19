package viz

import (
	"fmt"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

// LearningSteps draws how the boundary of a perceptron of two inputs moved while it learned, from pale to dark, over the
// examples, and beside it the corrections in each epoch.
func LearningSteps(trace nnlib.LearningTrace, examples *nnlib.Dataset) Figure {
	const op = "LearningSteps"
	examples.Check(op)
	if n := len(trace.Learned.Weights); n != 2 || examples.RowLen() != 2 {
		panic(&nnlib.Error{Op: op, Received: fmt.Sprintf("perceptron has %s and examples have %s", count(n, "weight"), count(examples.RowLen(), "number")), Expected: "2 of both are expected"})
	}
	points := PointsOf(examples)
	low, high := span(points)
	p := newPlot("The boundary after each correction", name(examples, 0), name(examples, 1))
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = low, high, low, high
	legend := newLegend()
	const most = 24
	steps := trace.Steps
	stride := (len(steps) + most - 1) / most
	for i, s := range steps {
		last := i == len(steps)-1
		if !last && i%stride != 0 {
			continue
		}
		var xys plotter.XYs
		for _, e := range s.Learned.Boundary().Points(low, high) {
			xys = append(xys, plotter.XY{X: e[0], Y: e[1]})
		}
		if len(xys) != 2 {
			continue
		}
		l := line(xys, mix(ink, 0.12+0.4*float64(i+1)/float64(len(steps))), false)
		l.Width = 1
		if last {
			l.Color, l.Width = ink, 2
			legend.Add("learned", l)
		}
		p.Add(l)
	}
	labels := examples.Labels()
	for _, class := range []int{1, 0} {
		var xys plotter.XYs
		for i, q := range points {
			if labels[i] == class {
				xys = append(xys, plotter.XY{X: q.X1, Y: q.X2})
			}
		}
		if len(xys) > 0 {
			s := &cloud{plotter.Scatter{XYs: xys, GlyphStyle: glyph(float64(class), len(points))}}
			p.Add(s)
			legend.Add(fmt.Sprintf("point of %d", class), s)
		}
	}
	m := newPlot("Corrections", "epoch", "examples that were wrong")
	m.Add(grid())
	var xys plotter.XYs
	for i, n := range trace.Mistakes {
		xys = append(xys, plotter.XY{X: float64(i + 1), Y: float64(n)})
	}
	m.Add(line(xys, blue, false))
	if len(xys) < 40 {
		g := classGlyph(0, 2, 1)
		g.Radius = 2.5
		m.Add(&plotter.Scatter{XYs: xys, GlyphStyle: g})
	}
	m.Y.Min, m.X.Min = 0, 0
	m.Y.Max = max(m.Y.Max, 1)
	m.X.Max = max(m.X.Max, 2)
	m.X.Tick.Marker, m.Y.Tick.Marker = ticks{whole: true}, ticks{whole: true}
	return Figure{title: "How a perceptron learned", description: trace.String() + ".", width: 8.4 * vg.Inch, height: 3.4 * vg.Inch,
		draw: panels(panel{p, &legend, 78}, panel{plot: m})}
}

// PointsOf returns the examples of a data set of two numbers each as points, with their labels as outputs.
func PointsOf(d *nnlib.Dataset) []Point {
	d.Check("PointsOf")
	if d.RowLen() != 2 {
		panic(&nnlib.Error{Op: "PointsOf", Received: fmt.Sprintf("examples have %s", count(d.RowLen(), "number")), Expected: "2 are expected"})
	}
	x := d.Tensor()
	points := make([]Point, d.Len())
	for i, l := range d.Labels() {
		points[i] = Point{X1: x.At(i, 0), X2: x.At(i, 1), Output: float64(l)}
	}
	return points
}
