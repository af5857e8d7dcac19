package nnlib

import (
	"fmt"
	"html"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// A History is what happened in each epoch of a call of Fit. Lists that were not asked for are empty. Package viz
// draws it.
type History struct {
	Loss        []float64            // mean over the examples, while the parameters changed
	Accuracy    []float64            // where the model was compiled with Accuracy
	ValLoss     []float64            // on FitOptions.Validation, after the epoch
	ValAccuracy []float64            // the same, where the model was compiled with Accuracy
	Metrics     map[string][]float64 // other metrics by name, those of Validation as val_name, and learning_rate where it changed
	Stopped     bool                 // the host asked Fit to stop; the epoch that was under way is not listed
	Duration    time.Duration        // of the whole call
}

// Values returns the numbers of a name, one an epoch: "loss", "accuracy", "val_loss", "val_accuracy" or the name of another
// metric; nil where there are none.
func (h *History) Values(name string) []float64 {
	switch name {
	case "loss":
		return h.Loss
	case "accuracy":
		return h.Accuracy
	case "val_loss":
		return h.ValLoss
	case "val_accuracy":
		return h.ValAccuracy
	}
	return h.Metrics[name]
}

// Names returns the names that Values knows of this history: losses and accuracies first.
func (h *History) Names() []string {
	var names []string
	for _, name := range append([]string{"loss", "accuracy", "val_loss", "val_accuracy"}, slices.Sorted(maps.Keys(h.Metrics))...) {
		if len(h.Values(name)) > 0 {
			names = append(names, name)
		}
	}
	return names
}

func (h *History) add(prefix string, metrics map[string]float64) {
	for name, v := range metrics {
		if h.Metrics == nil {
			h.Metrics = map[string][]float64{}
		}
		h.Metrics[prefix+name] = append(h.Metrics[prefix+name], v)
	}
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
		for _, name := range slices.Sorted(maps.Keys(h.Metrics)) {
			parts = append(parts, measured(name, last(h.Metrics[name]))...)
		}
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
	for _, name := range slices.Sorted(maps.Keys(h.Metrics)) {
		columns = append(columns, struct {
			name   string
			values []float64
		}{html.EscapeString(name), h.Metrics[name]})
	}
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
