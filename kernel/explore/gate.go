package explore

import (
	"fmt"
	"strings"

	"github.com/gopherceptron/gopherceptron/kernel/widget"
	"github.com/gopherceptron/gopherceptron/nnlib"
	"github.com/gopherceptron/gopherceptron/nnlib/viz"
)

// A GateExplorer is a perceptron of two inputs whose weights and threshold are sliders.
type GateExplorer struct {
	*widget.BoxWidget
	W1, W2, Theta *widget.FloatSliderWidget
	Picture       *widget.HTMLWidget // the truth table with its net values, and the boundary
}

// Gate returns sliders for the weights and the threshold of a perceptron of two inputs, with its truth table, its net values
// and its boundary. It panics with an *nnlib.Error where there are not two inputs.
func Gate(p nnlib.Perceptron) *GateExplorer {
	if len(p.Weights) != 2 {
		panic(&nnlib.Error{Op: "explore.Gate", Received: fmt.Sprintf("a perceptron of %d inputs", len(p.Weights)), Expected: "2 are expected"})
	}
	g := &GateExplorer{Picture: widget.HTML("")}
	slider := func(name string, value float64) *widget.FloatSliderWidget {
		s := widget.FloatSlider(name, min(-2, value), max(2, value), value)
		s.Step = 0.05
		s.OnChange(func(float64) { g.draw() })
		return s
	}
	g.W1, g.W2, g.Theta = slider("w1", p.Weights[0]), slider("w2", p.Weights[1]), slider("θ", p.Threshold)
	g.BoxWidget = widget.VBox(g.W1, g.W2, g.Theta, g.Picture)
	g.draw()
	return g
}

// Perceptron returns the perceptron that the sliders make.
func (g *GateExplorer) Perceptron() nnlib.Perceptron {
	return nnlib.Gate(g.W1.Value, g.W2.Value, g.Theta.Value)
}

func (g *GateExplorer) draw() {
	p := g.Perceptron()
	g.Picture.Value = side(gateTable(p), viz.DecisionBoundary(p).SVG())
}

// gateTable returns the truth table with the net value of each row.
func gateTable(p nnlib.Perceptron) string {
	const cell = `style="padding:2px 10px;text-align:right;font-variant-numeric:tabular-nums"`
	var b strings.Builder
	fmt.Fprintf(&b, `<table><tr><th %[1]s>x1</th><th %[1]s>x2</th><th %[1]s>net</th><th %[1]s></th><th %[1]s>output</th></tr>`, cell)
	t := p.TruthTable()
	for i, x := range t.Inputs {
		net, sign, weight := p.Net(x...), "≤", ""
		if t.Outputs[i] == 1 {
			sign, weight = "&gt;", "font-weight:bold;color:"+orange
		}
		fmt.Fprintf(&b, `<tr><td %[1]s>%[2]g</td><td %[1]s>%[3]g</td><td %[1]s>%.2[4]f</td><td %[1]s>%[5]s %.2[6]f</td><td %[1]s><span style="%[7]s">%[8]g</span></td></tr>`, cell, x[0], x[1], net, sign, p.Threshold, weight, t.Outputs[i])
	}
	b.WriteString(`</table>`)
	return b.String()
}
