package nnlib

import (
	"fmt"
	"html"
	"strings"
)

// A Summary is a model's layers as a table, with their output shapes and how many numbers each learns.
type Summary struct {
	Rows  []SummaryRow // from the first layer to the last
	Total int          // parameters of all layers; -1 where the size of the input is not known yet
}

// A SummaryRow is one layer of a Summary.
type SummaryRow struct {
	Name   string // such as "dense_1 (ReLU)"
	Output string // the shape of one example
	Params int    // -1 where the size of the input is not known yet
}

// Summary returns the model's layers as a table. Sizes that depend on data not seen yet show as "?".
func (m *Sequential) Summary() Summary {
	m.made("Summary")
	shape := m.input
	if shape == nil {
		shape = m.declared()
	}
	var s Summary
	for i, l := range m.layers {
		row := SummaryRow{Name: m.names[i], Output: "?", Params: -1}
		d, dense := l.(DenseLayer)
		if dense {
			row.Name += " (" + d.Activation.String() + ")"
			row.Output = dims([]int{d.Units})
		}
		if shape != nil {
			before := product(shape)
			shape = l.OutputShape(shape)
			row.Output, row.Params = dims(shape), 0
			if dense {
				row.Params = before * d.Units
				if !d.NoBias {
					row.Params += d.Units
				}
			}
			s.Total += row.Params
		} else {
			s.Total = -1
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// String returns the model's summary as text.
func (m *Sequential) String() string { return m.Summary().String() }

func number(n int) string {
	if n < 0 {
		return "?"
	}
	return thousands(float64(n))
}

// String returns the table as text.
func (s Summary) String() string {
	var b strings.Builder
	line := func(name, output, params string) {
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-24s %-16s %12s", name, output, params), " ") + "\n")
	}
	line("layer", "output", "parameters")
	for _, r := range s.Rows {
		line(r.Name, r.Output, number(r.Params))
	}
	line("total", "", number(s.Total))
	return strings.TrimSuffix(b.String(), "\n")
}

// HTML returns the table for a notebook.
func (s Summary) HTML() string {
	var b strings.Builder
	b.WriteString("<table><thead><tr><th>layer</th><th>output</th><th>parameters</th></tr></thead><tbody>")
	for _, r := range s.Rows {
		fmt.Fprintf(&b, "<tr><td>%s</td><td>%s</td><td>%s</td></tr>", html.EscapeString(r.Name), r.Output, number(r.Params))
	}
	fmt.Fprintf(&b, "<tr><th>total</th><td></td><th>%s</th></tr></tbody></table>", number(s.Total))
	return b.String()
}
