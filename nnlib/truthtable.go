package nnlib

import (
	"fmt"
	"strings"
)

// A TruthTable lists a function's output for inputs of zeros and ones, in counting order. It shows itself as a table.
type TruthTable struct {
	Inputs  [][]float64 // a row for each combination of zeros and ones
	Outputs []float64   // the function's output for each row
}

// TruthTableOf tabulates a function of two inputs.
func TruthTableOf(f func(x1, x2 float64) float64) TruthTable {
	return tabulate("TruthTableOf", 2, func(x ...float64) float64 { return f(x[0], x[1]) })
}

// tabulate calls f for all inputs of n zeros and ones.
func tabulate(op string, n int, f func(x ...float64) float64) TruthTable {
	const most = 8
	if n > most {
		panic(&Error{Op: op, Received: fmt.Sprintf("a truth table of %s", count(n, "input")), Expected: fmt.Sprintf("at most %d are expected", most)})
	}
	var t TruthTable
	for row := range 1 << n {
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(row >> (n - 1 - i) & 1)
		}
		t.Inputs, t.Outputs = append(t.Inputs, x), append(t.Outputs, f(x...))
	}
	return t
}

// check panics unless the table has rows of equal lengths, each with an output.
func (t TruthTable) check(op string) {
	if len(t.Inputs) == 0 || len(t.Inputs) != len(t.Outputs) {
		panic(&Error{Op: op, Received: fmt.Sprintf("table has %s and %s", count(len(t.Inputs), "row"), count(len(t.Outputs), "output")), Expected: "at least one row is expected, and an output for each"})
	}
	for i, x := range t.Inputs {
		if len(x) != len(t.Inputs[0]) {
			panic(&Error{Op: op, Received: fmt.Sprintf("row %d has %s", i+1, count(len(x), "input")), Expected: fmt.Sprintf("row 1 has %d", len(t.Inputs[0]))})
		}
	}
}

// Equal reports whether both tables have the same rows.
func (t TruthTable) Equal(u TruthTable) bool { return len(t.complaints(u)) == 0 }

// Check compares the table with the wanted one and says how it stands: "right: all 4 rows", or which rows differ.
func (t TruthTable) Check(want TruthTable) string {
	wrong := t.complaints(want)
	if len(wrong) == 0 {
		return fmt.Sprintf("right: all %d rows", len(t.Outputs))
	}
	return "not yet: " + strings.Join(wrong, "; ")
}

func (t TruthTable) complaints(want TruthTable) []string {
	if len(want.Inputs) > 0 && len(t.Inputs) > 0 && len(t.Inputs[0]) != len(want.Inputs[0]) {
		return []string{fmt.Sprintf("there is a table of %s, %d are wanted", count(len(t.Inputs[0]), "input"), len(want.Inputs[0]))}
	}
	if len(t.Outputs) != len(want.Outputs) || len(t.Inputs) != len(t.Outputs) || len(want.Inputs) != len(want.Outputs) {
		return []string{fmt.Sprintf("there are %d rows, %d are wanted", len(t.Outputs), len(want.Outputs))}
	}
	var wrong []string
	for i, x := range want.Inputs {
		if got := tuple(t.Inputs[i]); got != tuple(x) {
			wrong = append(wrong, fmt.Sprintf("row %d is for %s, %s is wanted", i+1, got, tuple(x)))
		} else if t.Outputs[i] != want.Outputs[i] {
			wrong = append(wrong, fmt.Sprintf("for %s the output is %s, %s is wanted", got, short(t.Outputs[i]), short(want.Outputs[i])))
		}
	}
	return wrong
}

func tuple(x []float64) string {
	parts := make([]string, len(x))
	for i, v := range x {
		parts[i] = short(v)
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// String returns the table as text.
func (t TruthTable) String() string {
	var b strings.Builder
	if len(t.Inputs) > 0 {
		for i := range t.Inputs[0] {
			fmt.Fprintf(&b, "x%d ", i+1)
		}
		b.WriteString("| y")
	}
	for i, x := range t.Inputs {
		b.WriteByte('\n')
		for _, v := range x {
			fmt.Fprintf(&b, "%2s ", short(v))
		}
		b.WriteString("| " + short(t.Outputs[i]))
	}
	return b.String()
}

// HTML returns the table for a notebook, with the rows that fire marked.
func (t TruthTable) HTML() string {
	var b strings.Builder
	b.WriteString("<table><thead><tr>")
	if len(t.Inputs) > 0 {
		for i := range t.Inputs[0] {
			fmt.Fprintf(&b, "<th>x<sub>%d</sub></th>", i+1)
		}
		b.WriteString("<th>y</th>")
	}
	b.WriteString("</tr></thead><tbody>")
	for i, x := range t.Inputs {
		b.WriteString("<tr>")
		for _, v := range x {
			b.WriteString("<td>" + short(v) + "</td>")
		}
		cell := short(t.Outputs[i])
		if t.Outputs[i] == 1 {
			cell = "<strong>" + cell + "</strong>"
		}
		b.WriteString("<td>" + cell + "</td></tr>")
	}
	b.WriteString("</tbody></table>")
	return b.String()
}
