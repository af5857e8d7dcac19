// Package data holds examples to learn from: data sets, and how they are split, shuffled, batched and encoded.
package data

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

// A Dataset is examples and what is known of each. The examples are in X or, where there are many pictures, in Pictures.
// Functions that change a data set return a new one; those that keep values may share them with the old one.
type Dataset struct {
	X *tensor.Tensor // the examples: one along the first axis, such as (1797, 8, 8) for pictures; nil where Pictures has them
	// Y is the targets: labels as (n), where label 3 means Classes[3]; one-hot rows as (n, classes); or any numbers
	// to predict as (n, m).
	Y        *tensor.Tensor
	Classes  []string // the names of the classes, nil where there are none
	Features []string // what the numbers of an example are called, such as the columns of a CSV file; nil where they have no names
	// Pictures is examples that are kept as bytes, nil where X has them. Batch and Tensor give them as numbers.
	Pictures *Pictures
	// Augmentation changes each example a little whenever Batch gives it, nil for not at all; see Augment.
	Augmentation *Augmentation
}

// Len returns the number of examples.
func (d *Dataset) Len() int {
	switch {
	case d == nil:
		return 0
	case d.X != nil:
		return d.X.Rows()
	}
	return d.Pictures.Len()
}

// ExampleShape returns the shape of one example, such as (8, 8); nil where there is none.
func (d *Dataset) ExampleShape() []int {
	if d.Len() == 0 {
		return nil
	}
	return slices.Clone(d.exampleShape())
}

// exampleShape is ExampleShape without a copy, where there are examples.
func (d *Dataset) exampleShape() []int {
	if d.X != nil {
		return d.X.Shape[1:]
	}
	return d.Pictures.shape
}

// RowLen returns how many numbers one example has.
func (d *Dataset) RowLen() int {
	if d.Len() == 0 {
		return 0
	}
	n := 1
	for _, l := range d.exampleShape() {
		n *= l
	}
	return n
}

// HasLabels reports whether Y holds one label an example, rather than rows.
func (d *Dataset) HasLabels() bool { return d.Y != nil && len(d.Y.Shape) == 1 }

// Check panics with a *tensor.Error unless there is at least one example, each has a target, and labels name classes.
// op is what wants to use the data.
func (d *Dataset) Check(op string) {
	switch {
	case d.RowLen() == 0:
		panic(&tensor.Error{Op: op, Received: "data set is empty", Expected: "at least one example is expected"})
	case d.Y == nil || d.Y.Rows() != d.Len() || d.Y.RowLen() == 0:
		n := 0
		if d.Y != nil {
			n = d.Y.Rows()
		}
		panic(&tensor.Error{Op: op, Received: fmt.Sprintf("X has %d examples", d.Len()), Expected: fmt.Sprintf("Y has %d targets", n)})
	}
	if d.X != nil {
		d.X.Check(op)
	}
	d.Y.Check(op)
	if d.HasLabels() && d.Classes != nil {
		checkLabels(op, d.Y, len(d.Classes))
	}
}

// Labels returns the class of each example: Y itself, or the place of each row's greatest number. It panics with a
// *tensor.Error where Y has one number an example and one of them is no label, such as 2.5 or -1.
func (d *Dataset) Labels() []int {
	d.Check("Labels")
	if !d.HasLabels() {
		return d.Y.ArgMax()
	}
	checkLabels("Labels", d.Y, math.MaxInt32)
	labels := make([]int, d.Len())
	for i, v := range d.Y.Data {
		labels[i] = int(v)
	}
	return labels
}

// OneHot returns the data set with labels written as rows of zeros with a one: label 2 of 4 becomes 0 0 1 0.
// X is shared. The number of classes is that of Classes, or the greatest label plus one.
func (d *Dataset) OneHot() *Dataset {
	d.Check("OneHot")
	if !d.HasLabels() {
		panic(&tensor.Error{Op: "OneHot", Received: fmt.Sprintf("targets have shape %v", d.Y.Shape), Expected: "labels (n) are expected"})
	}
	classes := len(d.Classes)
	if classes == 0 {
		classes = slices.Max(d.Labels()) + 1
	}
	out := *d
	out.Y = OneHot(d.Y, classes)
	return &out
}

// OneHot returns labels (n) as rows (n, classes) of zeros with a one.
func OneHot(labels *tensor.Tensor, classes int) *tensor.Tensor {
	checkLabels("OneHot", labels, classes)
	rows := tensor.New(labels.Len(), classes)
	for i, v := range labels.Data {
		rows.Data[i*classes+int(v)] = 1
	}
	return rows
}

// Normalize returns the data set with its examples moved and scaled so that low becomes 0 and high becomes 1. Y is
// shared. Pictures stay bytes: they are scaled when Batch gives them.
func (d *Dataset) Normalize(low, high float64) *Dataset {
	d.Check("Normalize")
	if high == low {
		panic(&tensor.Error{Op: "Normalize", Received: fmt.Sprintf("low and high are both %g", low), Expected: "two different numbers are expected"})
	}
	out := *d
	if d.X != nil {
		out.X = d.X.Apply(func(x float64) float64 { return (x - low) / (high - low) })
	} else {
		out.Pictures = d.Pictures.normalize(low, high)
	}
	return &out
}

// MeanAndDeviation returns the mean of all numbers of the examples and their standard deviation. A set to learn from is
// standardised, to mean 0 and deviation 1, by Normalize(mean, mean+deviation); what is held out is normalised with the
// same two numbers, as it may have no say in them.
func (d *Dataset) MeanAndDeviation() (mean, deviation float64) {
	d.Check("MeanAndDeviation")
	row := make([]float32, d.RowLen())
	n, squares := 0.0, 0.0 // Welford's sums: those of squares would lose the digits of a small deviation
	for i := range d.Len() {
		if d.X != nil {
			copy(row, d.X.Data[i*len(row):])
		} else {
			d.Pictures.Row(row, i)
		}
		for _, x := range row {
			n++
			delta := float64(x) - mean
			mean += delta / n
			squares += delta * (float64(x) - mean)
		}
	}
	return mean, math.Sqrt(squares / n)
}

// Select returns the examples with the given indices, in that order, as copies; Pictures share their bytes.
func (d *Dataset) Select(indices ...int) *Dataset {
	d.Check("Select")
	out := *d
	out.Y = d.Y.Select(indices...) // which also checks the indices
	if d.X != nil {
		out.X = d.X.Select(indices...)
	} else {
		out.Pictures = d.Pictures.pick(indices)
	}
	return &out
}

// String returns a line that says how many examples there are, of what shape, and in which classes.
func (d *Dataset) String() string {
	if d.Len() == 0 {
		return "empty data set"
	}
	s := fmt.Sprintf("%d examples of shape %v", d.Len(), d.ExampleShape())
	if len(d.Classes) > 0 {
		s += fmt.Sprintf(", %d classes: %s", len(d.Classes), strings.Join(d.Classes, " "))
	}
	if p := d.Pictures; d.X == nil && len(p.Skipped) > 0 {
		s += fmt.Sprintf("; %d files skipped, %s", len(p.Skipped), strings.Join(p.Skipped[:min(3, len(p.Skipped))], ", "))
		if len(p.Skipped) > 3 {
			s += ", ..."
		}
	}
	return s
}

// HTML returns the same line with a table of how many examples each class has.
func (d *Dataset) HTML() string {
	var b strings.Builder
	b.WriteString("<p>" + html.EscapeString(d.String()) + "</p>")
	if len(d.Classes) == 0 || d.Len() == 0 || d.Y == nil {
		return b.String()
	}
	counts := make([]int, len(d.Classes))
	for _, l := range d.Labels() {
		counts[l]++
	}
	b.WriteString("<table><tr><th>class</th>")
	for _, c := range d.Classes {
		b.WriteString("<th>" + html.EscapeString(c) + "</th>")
	}
	b.WriteString("</tr><tr><th>examples</th>")
	for _, n := range counts {
		b.WriteString("<td>" + strconv.Itoa(n) + "</td>")
	}
	b.WriteString("</tr></table>")
	return b.String()
}

func shapeText(shape []int) string {
	return "(" + strings.Join(strings.Fields(strings.Trim(fmt.Sprint(shape), "[]")), ", ") + ")"
}

func bytesText(n int) string { return strconv.Itoa(n) + " bytes" }

func checkLabels(op string, labels *tensor.Tensor, classes int) {
	if len(labels.Shape) != 1 {
		panic(&tensor.Error{Op: op, Received: fmt.Sprintf("labels have shape %v", labels.Shape), Expected: "one axis is expected"})
	}
	for i, v := range labels.Data {
		if v != float32(int(v)) || v < 0 || int(v) >= classes {
			expected := "whole numbers from 0 are expected"
			if classes < math.MaxInt32 {
				expected = fmt.Sprintf("whole numbers from 0 to %d are expected", classes-1)
			}
			panic(&tensor.Error{Op: op, Received: fmt.Sprintf("label %g of example %d", v, i), Expected: expected})
		}
	}
}
