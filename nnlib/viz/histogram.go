package viz

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

// HistogramOptions say what a histogram shows. Zero values mean the defaults.
type HistogramOptions struct {
	Title string // "How often each value occurs"
	Label string // of the values' axis; "value"
	Bins  int    // how many intervals; 40
}

// Histogram draws how often the numbers of a tensor, such as weights or activations, lie in each of many intervals.
// NaN and infinities are left out and counted in the title.
func Histogram(values *nnlib.Tensor, options HistogramOptions) Figure {
	title := options.Title
	if title == "" {
		title = "How often each value occurs"
	}
	label := options.Label
	if label == "" {
		label = "value"
	}
	h := bins("Histogram", values, orDefault(options.Bins, 40))
	return Figure{title: title, description: h.describe() + ".", width: 5 * vg.Inch, height: 3 * vg.Inch, draw: panels(h.panel(title, label, "count"))}
}

// ParamHistograms draws a histogram for each parameter of a model, such as nnlib's Params returns, at most the first 8.
func ParamHistograms(params []*nnlib.Param) Figure {
	const most = 8
	if len(params) == 0 {
		panic(&nnlib.Error{Op: "ParamHistograms", Received: "no parameters", Expected: "at least one is expected: those of model.Params()"})
	}
	params = params[:min(most, len(params))]
	f := Figure{title: "Parameters"}
	var rows [][]panel
	const columns = 2
	for i, p := range params {
		h := bins("ParamHistograms", p.Value(), 40)
		f.description += fmt.Sprintf("%s: %s. ", p.Name(), h.describe())
		if i%columns == 0 {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], h.panel(p.Name(), "value", "count"))
	}
	f.width, f.height = vg.Length(min(columns, len(params)))*3.6*vg.Inch, vg.Length(len(rows))*2.2*vg.Inch
	f.draw = table(rows)
	return f
}

// A histogram is how many numbers there are in each interval.
type histogram struct {
	low, width       float64
	counts           []int
	n, odd           int // numbers, and what is none
	mean, deviation  float64
	smallest, larges float64
}

func bins(op string, values *nnlib.Tensor, n int) histogram {
	if values == nil || values.Len() == 0 {
		panic(&nnlib.Error{Op: op, Received: "tensor is empty", Expected: "at least one value is expected"})
	}
	h := histogram{counts: make([]int, n), smallest: math.Inf(1), larges: math.Inf(-1)}
	sum, squares := 0.0, 0.0
	for _, v32 := range values.Data {
		v := float64(v32)
		if v-v != 0 {
			h.odd++
			continue
		}
		h.n++
		h.smallest, h.larges = min(h.smallest, v), max(h.larges, v)
		sum += v
		squares += v * v
	}
	if h.n == 0 {
		h.smallest, h.larges = 0, 1
	}
	h.mean = sum / float64(max(h.n, 1))
	h.deviation = math.Sqrt(max(0, squares/float64(max(h.n, 1))-h.mean*h.mean))
	h.low = h.smallest
	if h.width = (h.larges - h.smallest) / float64(n); h.width < 1e-12 { // all are the same
		h.width = max(math.Abs(h.smallest), 1) / float64(n)
		h.low = h.smallest - h.width*float64(n)/2
	}
	for _, v32 := range values.Data {
		if v := float64(v32); v-v == 0 {
			h.counts[min(max(int((v-h.low)/h.width), 0), n-1)]++
		}
	}
	return h
}

// describe says in words what can be seen.
func (h histogram) describe() string {
	s := fmt.Sprintf("%s from %.3g to %.3g, mean %.3g, standard deviation %.3g", count(h.n, "number"), h.smallest, h.larges, h.mean, h.deviation)
	if h.odd > 0 {
		s += fmt.Sprintf(", and %d that are NaN or infinite", h.odd)
	}
	return s
}

func (h histogram) panel(title, x, y string) panel {
	if h.odd > 0 {
		title += fmt.Sprintf(" (%d NaN or infinite)", h.odd)
	}
	p := newPlot(title, x, y)
	p.Title.TextStyle.Font = sans(12)
	p.Add(grid())
	// One outline serves all bars.
	outline := plotter.XYs{{X: h.low, Y: 0}}
	for i, n := range h.counts {
		left := h.low + h.width*float64(i)
		outline = append(outline, plotter.XY{X: left, Y: float64(n)}, plotter.XY{X: left + h.width, Y: float64(n)})
	}
	outline = append(outline, plotter.XY{X: h.low + h.width*float64(len(h.counts)), Y: 0})
	p.Add(&plotter.Polygon{XYs: []plotter.XYs{outline}, Color: mix(blue, 0.45)}, line(outline, blue, false))
	p.Y.Min, p.Y.Max = 0, max(1, float64(slices.Max(h.counts))*1.05)
	p.X.Min, p.X.Max = h.low-h.width, h.low+h.width*float64(len(h.counts)+1)
	return panel{plot: p}
}
