package nnlib

import (
	"fmt"
	"html"
	"math"
	"strings"
	"time"
)

// A History is what happened in each epoch of a call of Fit. Lists that were not asked for are empty. Package viz
// draws it.
type History struct {
	Loss        []float64     // mean over the examples, while the parameters changed
	Accuracy    []float64     // where the model was compiled with Accuracy
	ValLoss     []float64     // on FitOptions.Validation, after the epoch
	ValAccuracy []float64     // the same, where the model was compiled with Accuracy
	Stopped     bool          // the host asked Fit to stop; the epoch that was under way is not listed
	Duration    time.Duration // of the whole call
}

// Epochs returns how many epochs were finished.
func (h *History) Epochs() int { return len(h.Loss) }

// String returns one line with the numbers of the last epoch.
func (h *History) String() string {
	text := fmt.Sprintf("%s in %s", count(h.Epochs(), "epoch"), duration(h.Duration))
	if h.Stopped {
		text += ", then stopped"
	}
	if parts := measured("loss", last(h.Loss), "accuracy", last(h.Accuracy), "validation loss", last(h.ValLoss), "validation accuracy", last(h.ValAccuracy)); len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text
}

// HTML returns the same line, and a table of up to ten epochs that are spread over the training.
func (h *History) HTML() string {
	var b strings.Builder
	b.WriteString("<p>" + html.EscapeString(h.String()) + "</p>")
	columns := []struct {
		name   string
		values []float64
	}{{"loss", h.Loss}, {"accuracy", h.Accuracy}, {"validation loss", h.ValLoss}, {"validation accuracy", h.ValAccuracy}}
	if h.Epochs() == 0 {
		return b.String()
	}
	b.WriteString("<table><thead><tr><th>epoch</th>")
	for _, c := range columns {
		if len(c.values) == h.Epochs() {
			b.WriteString("<th>" + c.name + "</th>")
		}
	}
	b.WriteString("</tr></thead><tbody>")
	for _, e := range spread(h.Epochs(), 10) {
		fmt.Fprintf(&b, "<tr><td>%d</td>", e+1)
		for _, c := range columns {
			if len(c.values) == h.Epochs() {
				fmt.Fprintf(&b, "<td>%.4f</td>", c.values[e])
			}
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
	return b.String()
}

// spread returns up to most of the numbers below n, evenly spaced, the first and the last among them.
func spread(n, most int) []int {
	var out []int
	k := min(n, most)
	for i := range k {
		out = append(out, i*(n-1)/max(k-1, 1))
	}
	return out
}

func last(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	return values[len(values)-1]
}
