package nnlib

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
)

// A ProgressPoint is how well a model did at one moment of its training. What is not known is NaN.
type ProgressPoint struct {
	Epochs               float64 // trained so far: 1.5 is the middle of the second
	Loss, Accuracy       float64 // over the epoch so far
	ValLoss, ValAccuracy float64 // at the end of an epoch with validation data
}

// point returns the progress as a point of its curve.
func (p *Progress) point() ProgressPoint {
	nan := math.NaN()
	at := ProgressPoint{Epochs: float64(max(p.Epoch-1, 0)), Loss: p.Loss, Accuracy: p.Accuracy, ValLoss: nan, ValAccuracy: nan}
	if p.Batches > 0 {
		at.Epochs += float64(p.Batch) / float64(p.Batches)
	}
	if p.Batch == p.Batches {
		at.ValLoss, at.ValAccuracy = p.ValLoss, p.ValAccuracy
	}
	return at
}

// curvePoints is how many points a curve has at most: as many as can be told apart.
const curvePoints = 240

// A curve is the course of a training run so far. When it gets too long it loses every other point, and takes new ones
// half as often.
type curve struct {
	points []ProgressPoint
	gap    float64 // epochs between two points
}

func (c *curve) add(p ProgressPoint) {
	if n := len(c.points); n > 0 && p.Epochs-c.points[n-1].Epochs <= c.gap {
		return
	}
	if len(c.points) == curvePoints {
		half := make([]ProgressPoint, 0, curvePoints) // the old ones may still be read
		for i := 1; i < len(c.points); i += 2 {
			half = append(half, c.points[i])
		}
		c.points, c.gap = half, (half[len(half)-1].Epochs-half[0].Epochs)/float64(len(half))*0.99
	}
	c.points = append(c.points, p)
}

// curves draws the course as SVG: the losses, and beside them the accuracies where there are any. It is written by hand
// as it is drawn several times a second: a full one takes about 0.2 ms and 10 kB.
func (p Progress) curves() string {
	if len(p.Course) < 2 {
		return ""
	}
	pick := func(f func(ProgressPoint) float64) (xs, ys []float64) {
		for _, q := range p.Course {
			if v := f(q); v-v == 0 {
				xs, ys = append(xs, q.Epochs), append(ys, v)
			}
		}
		return xs, ys
	}
	chart := func(title string, train, validation func(ProgressPoint) float64, top float64) string {
		xs, ys := pick(train)
		vxs, vys := pick(validation)
		if len(xs)+len(vxs) == 0 {
			return ""
		}
		if top == 0 {
			for _, v := range append(ys[:len(ys):len(ys)], vys...) {
				top = max(top, v)
			}
		}
		return chart(title, p.Course[len(p.Course)-1].Epochs, top, [][2][]float64{{xs, ys}, {vxs, vys}})
	}
	loss := chart("loss", func(q ProgressPoint) float64 { return q.Loss }, func(q ProgressPoint) float64 { return q.ValLoss }, 0)
	accuracy := chart("accuracy", func(q ProgressPoint) float64 { return q.Accuracy }, func(q ProgressPoint) float64 { return q.ValAccuracy }, 1)
	return `<div style="display:flex;flex-wrap:wrap;gap:12px;margin-top:6px">` + loss + accuracy + `</div>`
}

// chart draws a line for the training data and a dashed one for the validation data, over epochs from 0 to right and values
// from 0 to top.
func chart(title string, right, top float64, lines [][2][]float64) string {
	const width, height, left, bottom, above = 300.0, 130.0, 44.0, 112.0, 18.0
	if !(top > 0) {
		top = 1
	}
	colours, names := []string{"#0072b2", "#d55e00"}, []string{"training", "validation"}
	var b strings.Builder
	var place []byte
	fmt.Fprintf(&b, `<svg width="%g" height="%g" viewBox="0 0 %g %g" role="img" aria-label="%s" style="font:11px sans-serif;max-width:100%%" fill="currentColor">`, width, height, width, height, html.EscapeString(title))
	fmt.Fprintf(&b, `<path d="M%g,%gV%gH%g" fill="none" stroke="currentColor" stroke-opacity="0.5"/>`, left, above, bottom, width-4)
	fmt.Fprintf(&b, `<text x="%g" y="11" font-weight="bold">%s</text>`, left, html.EscapeString(title))
	fmt.Fprintf(&b, `<text x="%g" y="%g" text-anchor="end">%.3g</text><text x="%g" y="%g" text-anchor="end">0</text>`, left-4, above+8, top, left-4, bottom)
	fmt.Fprintf(&b, `<text x="%g" y="%g" text-anchor="end">%s</text><text x="%g" y="%g">epochs</text>`, width-4, height-5, epochs(right), left, height-5)
	key := width - 4
	for i := len(lines) - 1; i >= 0; i-- {
		xs, ys := lines[i][0], lines[i][1]
		if len(xs) == 0 {
			continue
		}
		dash := ""
		if i > 0 {
			dash = ` stroke-dasharray="5 3"`
		}
		fmt.Fprintf(&b, `<polyline fill="none" stroke="%s" stroke-width="1.5"%s points="`, colours[i], dash)
		for j, x := range xs {
			place = strconv.AppendFloat(place[:0], left+(width-4-left)*x/right, 'f', 1, 64)
			place = strconv.AppendFloat(append(place, ','), bottom-(bottom-above)*min(ys[j]/top, 1), 'f', 1, 64)
			b.Write(append(place, ' '))
		}
		b.WriteString(`"/>`)
		if len(xs) == 1 { // a line of one point is not seen
			fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="2.5" fill="%s"/>`, left+(width-4-left)*xs[0]/right, bottom-(bottom-above)*min(ys[0]/top, 1), colours[i])
		}
		fmt.Fprintf(&b, `<text x="%g" y="11" text-anchor="end" fill="%s">%s</text>`, key, colours[i], names[i])
		key -= 62
	}
	b.WriteString(`</svg>`)
	return b.String()
}

// epochs writes a number of epochs: parts of them while there are few.
func epochs(v float64) string {
	if v < 10 {
		return fmt.Sprintf("%.2g", v)
	}
	return thousands(v)
}
