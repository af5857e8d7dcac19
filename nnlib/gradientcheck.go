package nnlib

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// What GradientCheck goes by. Differences are central, of sums in float64; a gradient is right where it is within
// 1e-2 of the difference relatively, or 1e-4 absolutely: outputs are float32, whose rounding a step of 1e-2 turns into
// some 1e-5.
const (
	checkStep     = 1e-2
	checkRelative = 1e-2
	checkAbsolute = 1e-4
	checkMost     = 256 // numbers of one tensor that are checked, spread evenly
)

// A GradientReport says how gradients compare with finite differences.
type GradientReport struct {
	Checked int                  // numbers that were compared
	Skipped int                  // numbers next to a kink, where there is no slope to compare with
	Wrong   []GradientDifference // those that are off, the worst first
	what    string
}

// A GradientDifference is one number of a gradient that is off.
type GradientDifference struct {
	Name  string  // "dx" for the input, else "d" and the parameter's name
	Index []int   // its place
	Got   float64 // what Backward, or Gradient, says
	Want  float64 // the finite difference
}

// String returns `dkernel[2 0] = 0.5; want 0.25`.
func (d GradientDifference) String() string {
	return fmt.Sprintf("%s%v = %.6g; want %.6g", d.Name, d.Index, d.Got, d.Want)
}

// OK reports whether numbers were compared and none was off.
func (r *GradientReport) OK() bool { return r.Checked > 0 && len(r.Wrong) == 0 }

// String says in one line how the check went, with the number that is off the most.
func (r *GradientReport) String() string {
	skipped := ""
	if r.Skipped > 0 {
		skipped = fmt.Sprintf(", %d next to a kink skipped", r.Skipped)
	}
	switch {
	case r.Checked == 0:
		return fmt.Sprintf("gradient of %s: nothing was compared%s", r.what, skipped)
	case len(r.Wrong) == 0:
		return fmt.Sprintf("gradient of %s is right: %s compared with finite differences%s", r.what, count(r.Checked, "number"), skipped)
	}
	return fmt.Sprintf("gradient of %s is wrong: %v by finite differences (%d of %s are off%s)", r.what, r.Wrong[0], len(r.Wrong), count(r.Checked, "number"), skipped)
}

// HTML returns the line with a table of up to ten numbers that are off.
func (r *GradientReport) HTML() string {
	var b strings.Builder
	b.WriteString("<p>" + html.EscapeString(r.String()) + "</p>")
	if len(r.Wrong) == 0 {
		return b.String()
	}
	b.WriteString("<table><thead><tr><th>number</th><th>gradient</th><th>finite difference</th></tr></thead><tbody>")
	for _, d := range r.Wrong[:min(10, len(r.Wrong))] {
		fmt.Fprintf(&b, "<tr><td>%s</td><td>%.6g</td><td>%.6g</td></tr>", html.EscapeString(fmt.Sprintf("%s%v", d.Name, d.Index)), d.Got, d.Want)
	}
	b.WriteString("</tbody></table>")
	return b.String()
}

// GradientCheck compares the Backward of any layer with finite differences of its Forward in training, at x: the
// gradient with respect to x and to each parameter, of a sum of the outputs with fixed weights. Where a tensor has more
// than 256 numbers, that many are checked. Parameters are as before afterwards.
func GradientCheck(layer Layer, x *Tensor) *GradientReport {
	if layer == nil || x == nil {
		panic(&Error{Op: "GradientCheck", Received: "layer or x is nil", Expected: "both are expected"})
	}
	r := &GradientReport{what: className(layer)}
	forward := func(x *Tensor) *Tensor {
		if b, ok := layer.(builtin); ok && b.state().alone != nil {
			b.state().alone.rng = newRand(1, 3) // the same masks each time
		}
		y := layer.Forward(x.Copy(), true)
		if y == nil || y.Rows() != x.Rows() {
			panic(&Error{Op: r.what, Received: fmt.Sprintf("Forward of shape %v returned %s", x.Shape, shapeOf(y)), Expected: "as many rows are expected"})
		}
		return y
	}
	forward(x) // makes the parameters
	var fixed []*Param
	var values []*Tensor
	for _, p := range layer.Params() {
		if p.fixed {
			fixed, values = append(fixed, p), append(values, p.Value())
		}
	}
	defer func() {
		for i, p := range fixed {
			p.Set(values[i])
		}
	}()
	y := forward(x)
	if again := forward(x); !slices.Equal(y.Data, again.Data) {
		panic(&Error{Op: r.what, Received: "Forward gives different outputs for the same input", Expected: "equal ones are expected for a check: fix what is random"})
	}
	weights := make([]float64, len(y.Data))
	rng := newRand(1, 4)
	dy := NewTensor(y.Shape...)
	for i := range weights {
		dy.Data[i] = float32(0.5 + rng.Float64()) // not around zero: sums should not vanish
		if rng.IntN(2) == 0 {
			dy.Data[i] = -dy.Data[i]
		}
		weights[i] = float64(dy.Data[i])
	}
	dx := layer.Backward(dy.Copy())
	if dx == nil || !dx.SameShape(x) {
		panic(&Error{Op: r.what, Received: "Backward returned " + shapeOf(dx), Expected: fmt.Sprintf("the input's shape %v is expected", x.Shape)})
	}
	sum := func(x *Tensor) float64 {
		total := 0.0
		for i, v := range forward(x).Data {
			total += weights[i] * float64(v)
		}
		return total
	}
	params := slices.DeleteFunc(slices.Clone(layer.Params()), func(p *Param) bool { return p.fixed })
	var grads []*Tensor
	for _, p := range params {
		grads = append(grads, p.Gradient())
	}
	r.compare("dx", x, dx, sum)
	for i, p := range params {
		value := p.Value()
		r.compare("d"+p.name, value, grads[i], func(w *Tensor) float64 {
			p.Set(w)
			return sum(x)
		})
		p.Set(value)
	}
	r.sort()
	return r
}

// GradientCheckLoss compares the Gradient of any loss with finite differences of its Value.
func GradientCheckLoss(loss Loss, predictions, targets *Tensor) *GradientReport {
	if loss == nil || predictions == nil || targets == nil {
		panic(&Error{Op: "GradientCheckLoss", Received: "loss, predictions or targets are nil", Expected: "all are expected"})
	}
	r := &GradientReport{what: typeName(loss)}
	if b, ok := loss.(builtinLoss); ok {
		r.what = b.String()
	}
	d := loss.Gradient(predictions, targets)
	if d == nil || !d.SameShape(predictions) {
		panic(&Error{Op: r.what, Received: "Gradient returned " + shapeOf(d), Expected: fmt.Sprintf("the predictions' shape %v is expected", predictions.Shape)})
	}
	r.compare("dy", predictions, d, func(y *Tensor) float64 { return loss.Value(y, targets) })
	r.sort()
	return r
}

// compare checks the gradient got of f at x.
func (r *GradientReport) compare(name string, x, got *Tensor, f func(x *Tensor) float64) {
	stride := (x.Len() + checkMost - 1) / checkMost
	at := x.Copy()
	// value returns f where number i is moved by h, and by how much it moved: float32 holds not every number.
	value := func(i int, h float64) (float64, float64) {
		old := at.Data[i]
		at.Data[i] = float32(float64(old) + h)
		moved := float64(at.Data[i]) - float64(old)
		v := f(at)
		at.Data[i] = old
		return v, moved
	}
	middle := f(at)
	for i := 0; i < x.Len(); i += max(1, stride) {
		slope := func(h float64) (central, gap float64) {
			right, a := value(i, h)
			left, b := value(i, -h)
			return (right - left) / (a - b), math.Abs((right-middle)/a - (left-middle)/b)
		}
		want, gap := slope(checkStep)
		closer, closerGap := slope(checkStep / 4)
		tolerance := checkRelative*math.Abs(want) + checkAbsolute
		// The slopes to both sides come together with the step, unless there is a kink.
		if math.Abs(want-closer) > tolerance || closerGap > 0.6*gap+tolerance {
			r.Skipped++
			continue
		}
		r.Checked++
		if d := float64(got.Data[i]); !(math.Abs(d-want) <= tolerance) {
			r.Wrong = append(r.Wrong, GradientDifference{Name: name, Index: place(x.Shape, i), Got: d, Want: want})
		}
	}
}

func (r *GradientReport) sort() {
	off := func(d GradientDifference) float64 {
		if e := math.Abs(d.Got - d.Want); !math.IsNaN(e) {
			return e
		}
		return math.Inf(1)
	}
	slices.SortStableFunc(r.Wrong, func(a, b GradientDifference) int {
		switch x, y := off(a), off(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
}

// place returns the indices of number i of a tensor.
func place(shape []int, i int) []int {
	out := make([]int, len(shape))
	for axis := len(shape) - 1; axis >= 0; axis-- {
		out[axis] = i % shape[axis]
		i /= shape[axis]
	}
	return out
}
