package nnlib

import (
	"fmt"
	"html"
	"strings"
)

// A Summary is a model's layers as Keras' table, with their output shapes and how many numbers each has.
type Summary struct {
	Rows         []SummaryRow // from the first layer to the last
	Total        int          // numbers of all layers; -1 where the size of the input is not known yet
	NonTrainable int          // those that gradients do not change
}

// A SummaryRow is one layer of a Summary.
type SummaryRow struct {
	Name   string // such as "dense_1 (Dense)"
	Output string // the shape of a batch, "(None, 500)"; "?" where it is not known yet
	Params int    // -1 where the size of the input is not known yet
}

// Summary returns the model's layers as a table. Sizes that depend on data not seen yet show as "?". As in Keras' table,
// an Input layer has no row.
func (m *Sequential) Summary() Summary {
	m.made("Summary")
	shape := m.input
	if shape == nil {
		shape = m.declared()
	}
	known := shape != nil
	var s Summary
	var shapes [][]int
	if known {
		shapes = m.through(shape)
	} else {
		s.Total = -1
	}
	for i, l := range m.layers {
		row := SummaryRow{Name: m.names[i] + " (" + className(l) + ")", Output: "?", Params: -1}
		if d, ok := l.(*DenseLayer); ok {
			row.Output = fmt.Sprintf("(None, %d)", d.Units)
		}
		if known {
			before := shape
			shape = shapes[i]
			row.Output = "(None, " + commas(shape) + ")"
			var fixed int
			row.Params, fixed = m.size(i, l, before)
			s.Total += row.Params
			s.NonTrainable += fixed
		}
		if _, ok := l.(*InputLayer); !ok {
			s.Rows = append(s.Rows, row)
		}
	}
	return s
}

// size returns how many numbers a layer has, and how many of them are fixed, without making them.
func (m *Sequential) size(i int, l Layer, input []int) (all, fixed int) {
	switch l := l.(type) {
	case *DenseLayer:
		if all = input[0] * l.Units; !l.NoBias {
			all += l.Units
		}
		return all, 0
	case *BatchNormalizationLayer:
		n := input[len(input)-1]
		if all, fixed = 2*n, 2*n; !l.NoScale {
			all += n
		}
		if !l.NoCenter {
			all += n
		}
		return all, fixed
	}
	for _, p := range l.Params() {
		all += product(p.shape)
	}
	return all, 0
}

// String returns the model's summary as text.
func (m *Sequential) String() string { return m.Summary().String() }

func number(n int) string {
	if n < 0 {
		return "?"
	}
	return thousands(float64(n))
}

// totals returns the lines under the table.
func (s Summary) totals() [][2]string {
	if s.Total < 0 {
		return [][2]string{{"Total params", "?"}}
	}
	size := func(n int) string { return number(n) + " (" + memory(4*n) + ")" }
	return [][2]string{{"Total params", size(s.Total)}, {"Trainable params", size(s.Total - s.NonTrainable)}, {"Non-trainable params", size(s.NonTrainable)}}
}

// memory writes an amount of memory as Keras does.
func memory(n int) string {
	v, units := float64(n), []string{"B", "KB", "MB", "GB"}
	for v >= 1024 && len(units) > 1 {
		v, units = v/1024, units[1:]
	}
	return fmt.Sprintf("%.2f %s", v, units[0])
}

// String returns the table as text.
func (s Summary) String() string {
	var b strings.Builder
	name, output := len("Layer (type)"), len("Output Shape")
	for _, r := range s.Rows {
		name, output = max(name, len(r.Name)), max(output, len(r.Output))
	}
	line := func(a, o, params string) { fmt.Fprintf(&b, "%-*s  %-*s  %12s\n", name, a, output, o, params) }
	line("Layer (type)", "Output Shape", "Param #")
	for _, r := range s.Rows {
		line(r.Name, r.Output, number(r.Params))
	}
	for _, t := range s.totals() {
		b.WriteString(t[0] + ": " + t[1] + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// HTML returns the table for a notebook.
func (s Summary) HTML() string {
	var b strings.Builder
	b.WriteString("<table><thead><tr><th>Layer (type)</th><th>Output Shape</th><th>Param #</th></tr></thead><tbody>")
	for _, r := range s.Rows {
		fmt.Fprintf(&b, "<tr><td>%s</td><td>%s</td><td>%s</td></tr>", html.EscapeString(r.Name), r.Output, number(r.Params))
	}
	b.WriteString("</tbody></table><p>")
	for i, t := range s.totals() {
		if i > 0 {
			b.WriteString("<br>")
		}
		b.WriteString(t[0] + ": " + t[1])
	}
	b.WriteString("</p>")
	return b.String()
}
