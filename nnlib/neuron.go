package nnlib

import (
	"fmt"
	"html"
	"slices"
	"strings"
)

// An Arithmetic is what one neuron computes for one input, term by term. It shows itself as text, as a table and as a
// formula.
type Arithmetic struct {
	Inputs, Weights []float64 // one a term
	Products        []float64 // of both
	Net             float64   // the sum of the products
	// Threshold is what the net value is compared with, for a perceptron; else Bias is added to it, and Activation
	// makes the output of the sum.
	Threshold  float64
	Bias       float64
	Activation string // "ReLU"; empty for a perceptron
	Output     float64
}

// Watch returns what the perceptron computes for one input, term by term.
func (p Perceptron) Watch(x ...float64) Arithmetic {
	a := arithmetic(p.Weights, x, p.Net(x...))
	a.Threshold, a.Output = p.Threshold, p.Output(x...)
	return a
}

// WatchUnit returns what one unit of a Dense layer computes for one input, term by term. weights (features, units) and
// bias (units) are the layer's parameters, as Params gives them; bias is nil where the layer has none. unit counts from 0.
func WatchUnit(weights, bias *Param, activation Activation, unit int, x ...float64) Arithmetic {
	w := weights.Value()
	if len(w.Shape) != 2 || w.Shape[0] != len(x) {
		panic(&Error{Op: "WatchUnit", Received: fmt.Sprintf("input has %s", count(len(x), "number")), Expected: fmt.Sprintf("weights of shape %v are expected to have as many rows", w.Shape)})
	}
	units := w.Shape[1]
	if unit < 0 || unit >= units {
		panic(&Error{Op: "WatchUnit", Received: fmt.Sprintf("unit %d", unit), Expected: fmt.Sprintf("0 to %d are expected", units-1)})
	}
	b := NewTensor(units)
	if bias != nil {
		if b = bias.Value(); b.Len() != units {
			panic(&Error{Op: "WatchUnit", Received: fmt.Sprintf("bias has shape %v", b.Shape), Expected: fmt.Sprintf("one number for each of %s is expected", count(units, "unit"))})
		}
	}
	column := make([]float64, len(x))
	sums := NewTensor(1, units) // of all units: Softmax needs them
	for j := range units {
		net := b.At(j)
		for i, v := range x {
			net += w.At(i, j) * v
		}
		sums.Set(net, 0, j)
	}
	net := 0.0
	for i, v := range x {
		column[i] = w.At(i, unit)
		net += column[i] * v
	}
	a := arithmetic(column, x, net)
	a.Bias, a.Activation, a.Output = b.At(unit), activation.String(), activation.Of(sums).At(0, unit)
	return a
}

func arithmetic(weights, x []float64, net float64) Arithmetic {
	a := Arithmetic{Inputs: slices.Clone(x), Weights: slices.Clone(weights), Net: net}
	for i, w := range weights {
		a.Products = append(a.Products, w*x[i])
	}
	return a
}

// shown returns the terms that are worth showing, and how many others there are with what they sum to: all of a few,
// else the eight that weigh most.
func (a Arithmetic) shown() (terms []int, others int, rest float64) {
	for i := range a.Products {
		terms = append(terms, i)
	}
	const few, most = 12, 8
	if len(terms) <= few {
		return terms, 0, 0
	}
	slices.SortStableFunc(terms, func(i, j int) int {
		switch p, q := abs(a.Products[i]), abs(a.Products[j]); {
		case p > q:
			return -1
		case p < q:
			return 1
		}
		return 0
	})
	for _, i := range terms[most:] {
		rest += a.Products[i]
	}
	terms = terms[:most]
	slices.Sort(terms)
	return terms, len(a.Products) - most, rest
}

// verdict says how the output comes from the net value.
func (a Arithmetic) verdict() string {
	if a.Activation != "" {
		return fmt.Sprintf("%s(%s) = %s", a.Activation, short(a.Net+a.Bias), short(a.Output))
	}
	if a.Output == 1 {
		return fmt.Sprintf("%s > %s: it fires, the output is 1", short(a.Net), short(a.Threshold))
	}
	return fmt.Sprintf("%s ≤ %s: it does not fire, the output is 0", short(a.Net), short(a.Threshold))
}

// String returns a line for each term, the sum, and the output.
func (a Arithmetic) String() string {
	var b strings.Builder
	terms, others, rest := a.shown()
	for _, i := range terms {
		fmt.Fprintf(&b, "w%d·x%d = %s · %s = %s\n", i+1, i+1, short(a.Weights[i]), short(a.Inputs[i]), short(a.Products[i]))
	}
	if others > 0 {
		fmt.Fprintf(&b, "%s: %s\n", count(others, "smaller term"), short(rest))
	}
	fmt.Fprintf(&b, "net value = %s\n", short(a.Net))
	if a.Activation != "" {
		sign := "+"
		if a.Bias < 0 {
			sign = "-"
		}
		fmt.Fprintf(&b, "net value + bias = %s %s %s = %s\n", short(a.Net), sign, short(abs(a.Bias)), short(a.Net+a.Bias))
	}
	return b.String() + a.verdict()
}

// HTML returns a table of the terms with the sum and the output below. A bar shows what each term adds (blue) or takes
// away (orange).
func (a Arithmetic) HTML() string {
	var b strings.Builder
	terms, others, rest := a.shown()
	widest := abs(rest)
	for _, i := range terms {
		widest = max(widest, abs(a.Products[i]))
	}
	bar := func(v float64) string {
		if widest == 0 || v == 0 {
			return "<td></td>"
		}
		colour := "#0072b2"
		if v < 0 {
			colour = "#d55e00"
		}
		return fmt.Sprintf(`<td style="text-align:left"><span style="display:inline-block;height:0.7em;width:%.0fpx;background:%s"></span></td>`, 1+79*abs(v)/widest, colour)
	}
	b.WriteString("<table><thead><tr><th>term</th><th>weight</th><th>input</th><th>product</th><th></th></tr></thead><tbody>")
	for _, i := range terms {
		fmt.Fprintf(&b, "<tr><td>w<sub>%d</sub>·x<sub>%d</sub></td><td>%s</td><td>%s</td><td>%s</td>%s</tr>", i+1, i+1, short(a.Weights[i]), short(a.Inputs[i]), short(a.Products[i]), bar(a.Products[i]))
	}
	if others > 0 {
		fmt.Fprintf(&b, "<tr><td>%s</td><td></td><td></td><td>%s</td>%s</tr>", count(others, "smaller term"), short(rest), bar(rest))
	}
	fmt.Fprintf(&b, "<tr><th>net value</th><td></td><td></td><th>%s</th><td></td></tr>", short(a.Net))
	if a.Activation != "" {
		fmt.Fprintf(&b, "<tr><td>bias</td><td></td><td></td><td>%s</td><td></td></tr>", short(a.Bias))
	}
	fmt.Fprintf(&b, "</tbody></table><p>%s</p>", html.EscapeString(a.verdict()))
	return b.String()
}

// Latex returns the sum as a formula.
func (a Arithmetic) Latex() string {
	var b strings.Builder
	terms, others, rest := a.shown()
	number := func(v float64, first bool) string {
		if v < 0 && !first {
			return "(" + short(v) + ")"
		}
		return short(v)
	}
	b.WriteString("$$")
	for k, i := range terms {
		if k > 0 {
			b.WriteString(" + ")
		}
		b.WriteString(number(a.Weights[i], k == 0) + ` \cdot ` + number(a.Inputs[i], false))
	}
	if others > 0 {
		b.WriteString(` + \dots + ` + number(rest, false))
	}
	if len(terms) == 0 {
		b.WriteString("0")
	}
	switch {
	case a.Activation != "":
		fmt.Fprintf(&b, ` + %s = %s, \quad \mathrm{%s}(%s) = %s`, number(a.Bias, false), short(a.Net+a.Bias), a.Activation, short(a.Net+a.Bias), short(a.Output))
	case a.Output == 1:
		fmt.Fprintf(&b, ` = %s > %s \;\Rightarrow\; y = 1`, short(a.Net), short(a.Threshold))
	default:
		fmt.Fprintf(&b, ` = %s \le %s \;\Rightarrow\; y = 0`, short(a.Net), short(a.Threshold))
	}
	b.WriteString("$$")
	return b.String()
}
