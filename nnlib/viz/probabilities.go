package viz

import (
	"fmt"
	"image/color"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

// Probabilities draws probability vectors beside each other, a bar for each class: the greatest in orange, with its margin,
// which is how far it is above the second, in the title. classes are the names below the bars, numbers from 0 where it is
// nil. The numbers of a vector are at least 0 and sum to 1 within 1e-3.
func Probabilities(classes []string, vectors ...[]float64) Figure {
	const op, most = "Probabilities", 8
	if len(vectors) == 0 || len(vectors) > most {
		panic(&nnlib.Error{Op: op, Received: count(len(vectors), "vector"), Expected: fmt.Sprintf("1 to %d are expected", most)})
	}
	f := Figure{title: "Probabilities", height: 2.6 * vg.Inch}
	var all []panel
	for i, v := range vectors {
		names := checkProbabilities(op, i, v, classes)
		best, margin := lead(v)
		f.description += fmt.Sprintf("%s leads with %.2f, by %.2f. ", names[best], v[best], margin)
		all = append(all, probabilityPanel(names, v, best, margin))
		bar := 0.42 * vg.Inch
		for _, name := range names {
			w, _, _ := handler.Box(name, sans(10))
			bar = max(bar, w+6)
		}
		f.width += max(2.2*vg.Inch, bar*vg.Length(len(v))+0.8*vg.Inch)
	}
	f.description, f.draw = strings.TrimSpace(f.description), panels(all...)
	return f
}

// checkProbabilities panics where v is no probability vector, and returns what its classes are called.
func checkProbabilities(op string, i int, v []float64, classes []string) []string {
	sum := 0.0
	for _, p := range v {
		if !(p >= 0) {
			panic(&nnlib.Error{Op: op, Received: fmt.Sprintf("vector %d has the number %g", i+1, p), Expected: "numbers of at least 0 are expected"})
		}
		sum += p
	}
	if len(v) < 2 || !(sum > 0.999 && sum < 1.001) {
		panic(&nnlib.Error{Op: op, Received: fmt.Sprintf("vector %d has %s that sum to %g", i+1, count(len(v), "number"), sum), Expected: "at least 2 that sum to 1 are expected: nnlib.Softmax makes such"})
	}
	if classes == nil {
		for k := range v {
			classes = append(classes, strconv.Itoa(k))
		}
	}
	if len(classes) != len(v) {
		panic(&nnlib.Error{Op: op, Received: fmt.Sprintf("vector %d has %d numbers", i+1, len(v)), Expected: fmt.Sprintf("one for each of %d classes is expected", len(classes))})
	}
	return classes
}

// lead returns where the greatest number is, and how far it is above the second.
func lead(v []float64) (best int, margin float64) {
	best = slices.Index(v, slices.Max(v))
	others := slices.Delete(slices.Clone(v), best, best+1)
	return best, v[best] - slices.Max(others)
}

func probabilityPanel(names []string, v []float64, best int, margin float64) panel {
	p := newPlot(fmt.Sprintf("%s leads by %.2f", names[best], margin), "", "probability")
	p.Title.TextStyle.Font = sans(12)
	g := grid()
	g.Vertical.Color = nil
	p.Add(g)
	values := make(plotter.XYs, len(v))
	labels := make([]string, len(v))
	places := make([]plot.Tick, len(v))
	for k, y := range v {
		x := float64(k)
		fill := color.Color(mix(blue, 0.6))
		if k == best {
			fill = orange
		}
		bar := plotter.XYs{{X: x - 0.35}, {X: x - 0.35, Y: y}, {X: x + 0.35, Y: y}, {X: x + 0.35}}
		p.Add(&plotter.Polygon{XYs: []plotter.XYs{bar}, Color: fill})
		values[k], labels[k] = plotter.XY{X: x, Y: y}, fmt.Sprintf("%.2f", y)
		places[k] = plot.Tick{Value: x, Label: names[k]}
	}
	l, err := plotter.NewLabels(plotter.XYLabels{XYs: values, Labels: labels})
	if err != nil { // of lengths that differ
		panic(fmt.Errorf("viz: Probabilities: %w", err))
	}
	for k := range l.TextStyle {
		l.TextStyle[k].Handler, l.TextStyle[k].Font, l.TextStyle[k].Color, l.TextStyle[k].XAlign = handler, sans(9), ink, -0.5
	}
	l.Offset.Y = 2
	p.Add(l)
	p.X.Tick.Marker = plot.ConstantTicks(places)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -0.6, float64(len(v))-0.4, 0, 1.08
	return panel{plot: p}
}
