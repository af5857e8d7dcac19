package nnlib

import (
	"fmt"
	"html"
	"strings"
)

// LearnOptions say how a perceptron learns. Zero values mean the defaults.
type LearnOptions struct {
	LearningRate float64 // the size of a correction; 1
	Epochs       int     // at most so many passes over the examples; 100
}

// A LearningStep is one correction by the perceptron learning rule.
type LearningStep struct {
	Epoch   int        // counted from 1
	Input   []float64  // of the example that was wrong
	Target  float64    // the output that is wanted: 0 or 1
	Output  float64    // the output that there was
	Learned Perceptron // after the correction
}

// A LearningTrace is how a perceptron learned.
type LearningTrace struct {
	Start, Learned Perceptron     // before and after
	Steps          []LearningStep // the corrections
	Mistakes       []int          // in each epoch; 0 in the last one where it converged
	Converged      bool           // every example was right for one epoch
	Examples       int            // in an epoch
}

// Learn teaches the perceptron by the rule of F. Rosenblatt (1958): for every example that is wrong, weights move by
// LearningRate·(target - output)·x and the threshold by as much the other way. It ends when all examples are right, which
// it reaches if any perceptron can (A. Novikoff, 1962), or after Epochs. The data set has labels 0 and 1, and as many
// numbers an example as there are weights. p itself stays as it is.
func (p Perceptron) Learn(examples *Dataset, options LearnOptions) LearningTrace {
	o := options
	if o.LearningRate == 0 {
		o.LearningRate = 1
	}
	if o.Epochs == 0 {
		o.Epochs = 100
	}
	if !(o.LearningRate > 0) || o.Epochs < 0 {
		panic(&Error{Op: "Learn", Received: fmt.Sprintf("LearningRate %g and Epochs %d", o.LearningRate, o.Epochs), Expected: "numbers above 0 are expected, or 0 for the default"})
	}
	labels := examples.Labels()
	if n := examples.RowLen(); n != len(p.Weights) {
		panic(&Error{Op: "Learn", Received: fmt.Sprintf("examples have %s", count(n, "number")), Expected: fmt.Sprintf("weights expect %d", len(p.Weights))})
	}
	x := examples.Tensor()
	for i, l := range labels {
		if l > 1 {
			panic(&Error{Op: "Learn", Received: fmt.Sprintf("label %d of example %d", l, i), Expected: "0 or 1 is expected"})
		}
	}
	copied := func(p Perceptron) Perceptron {
		return Perceptron{Weights: append([]float64(nil), p.Weights...), Threshold: p.Threshold}
	}
	trace := LearningTrace{Start: copied(p), Examples: len(labels)}
	p = copied(p)
	for epoch := 1; epoch <= o.Epochs && !trace.Converged; epoch++ {
		mistakes := 0
		for i, l := range labels {
			input := x.Row(i)
			output := p.Output(input...)
			change := o.LearningRate * (float64(l) - output)
			if change == 0 {
				continue
			}
			mistakes++
			for j, v := range input {
				p.Weights[j] += change * v
			}
			p.Threshold -= change
			trace.Steps = append(trace.Steps, LearningStep{Epoch: epoch, Input: input, Target: float64(l), Output: output, Learned: copied(p)})
		}
		trace.Mistakes = append(trace.Mistakes, mistakes)
		trace.Converged = mistakes == 0
	}
	trace.Learned = p
	return trace
}

// Dataset returns the rows as examples with labels 0 and 1, so that something can learn them.
func (t TruthTable) Dataset() *Dataset {
	t.check("Dataset")
	d := &Dataset{X: FromRows(t.Inputs), Y: NewTensor(len(t.Outputs)), Classes: []string{"0", "1"}}
	for i, y := range t.Outputs {
		if y > 0.5 {
			d.Y.Data[i] = 1
		}
	}
	return d
}

// String returns one line: whether it converged, and what was learned.
func (t LearningTrace) String() string {
	if !t.Converged {
		last := 0
		if n := len(t.Mistakes); n > 0 {
			last = t.Mistakes[n-1]
		}
		return fmt.Sprintf("not converged after %s: %s in the last one for %s; perhaps no perceptron separates them", count(len(t.Mistakes), "epoch"), count(last, "correction"), count(t.Examples, "example"))
	}
	return fmt.Sprintf("converged in epoch %d after %s: %s", len(t.Mistakes), count(len(t.Steps), "correction"), t.Learned)
}

// HTML returns the same line with a table of the corrections, at most the first 30.
func (t LearningTrace) HTML() string {
	const most = 30
	var b strings.Builder
	b.WriteString("<p>" + html.EscapeString(t.String()) + "</p>")
	if len(t.Steps) == 0 {
		return b.String()
	}
	b.WriteString("<table><thead><tr><th>epoch</th><th>input</th><th>target</th><th>output</th><th>weights</th><th>threshold</th></tr></thead><tbody>")
	fmt.Fprintf(&b, "<tr><td></td><td></td><td></td><td></td><td>%s</td><td>%s</td></tr>", tuple(t.Start.Weights), short(t.Start.Threshold))
	for _, s := range t.Steps[:min(most, len(t.Steps))] {
		fmt.Fprintf(&b, "<tr><td>%d</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>", s.Epoch, tuple(s.Input), short(s.Target), short(s.Output), tuple(s.Learned.Weights), short(s.Learned.Threshold))
	}
	b.WriteString("</tbody></table>")
	if n := len(t.Steps) - most; n > 0 {
		fmt.Fprintf(&b, "<p>and %s more</p>", count(n, "correction"))
	}
	return b.String()
}
