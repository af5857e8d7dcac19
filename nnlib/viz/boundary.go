package viz

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

// A Point is an example with two inputs, and the output that belongs to it: 0 or 1.
type Point struct {
	X1, X2 float64 // the inputs
	Output float64 // above 0.5 counts as 1
}

// A Classifier is a perceptron or a network of perceptrons, with two inputs.
type Classifier interface {
	Output(x ...float64) float64  // 0 or 1
	TruthTable() nnlib.TruthTable // its rows are drawn where no points are given
	String() string               // its rule
}

// Points returns the rows of a truth table of two inputs as points.
func Points(t nnlib.TruthTable) []Point {
	var points []Point
	for i, x := range t.Inputs {
		if len(x) != 2 {
			panic(&nnlib.Error{Op: "Points", Received: fmt.Sprintf("truth table has %d inputs", len(x)), Expected: "2 are expected"})
		}
		points = append(points, Point{x[0], x[1], t.Outputs[i]})
	}
	return points
}

// DecisionBoundary draws where a perceptron or network of two inputs fires, with points on top: those of its own truth
// table where none are given. Give wanted outputs to see which points are on the wrong side.
func DecisionBoundary(c Classifier, points ...Point) Figure {
	if len(points) == 0 {
		points = Points(c.TruthTable())
	}
	title := "Where the network fires"
	if p, ok := c.(*nnlib.Perceptron); ok && p != nil {
		c = *p
	}
	p, single := c.(nnlib.Perceptron)
	if single {
		title = p.String()
	}
	low, high := span(points)
	fire := func(x1, x2 float64) float64 { return c.Output(x1, x2) }
	regions := trace(fire, low, high)
	var edge plotter.XYs
	if single {
		b := p.Boundary()
		regions = halfPlane(b, low, high)
		for _, e := range b.Points(low, high) {
			edge = append(edge, plotter.XY{X: e[0], Y: e[1]})
		}
	}
	return boundary(title, low, high, regions, edge, fire, points)
}

// DecisionRegions draws where a function of two inputs exceeds one half, with points on top.
func DecisionRegions(f func(x1, x2 float64) float64, points ...Point) Figure {
	low, high := span(points)
	return boundary("Where the output exceeds 0.5", low, high, trace(f, low, high), nil, f, points)
}

// span returns the ends of both axes: half a unit around the unit square, or a tenth around points that lie wider.
func span(points []Point) (low, high float64) {
	low, high = -0.5, 1.5
	for _, p := range points {
		low, high = min(low, p.X1, p.X2), max(high, p.X1, p.X2)
	}
	if low < -0.5 || high > 1.5 {
		low, high = low-(high-low)/10, high+(high-low)/10
	}
	return low, high
}

func boundary(title string, low, high float64, regions []plotter.XYs, edge plotter.XYs, f func(x1, x2 float64) float64, points []Point) Figure {
	p := newPlot(title, "x1", "x2")
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = low, high, low, high
	square := func(c color.Color, rings ...plotter.XYs) *plotter.Polygon {
		return &plotter.Polygon{XYs: rings, Color: c}
	}
	zero, one := mix(blue, 0.16), mix(orange, 0.22)
	p.Add(square(zero, plotter.XYs{{X: low, Y: low}, {X: high, Y: low}, {X: high, Y: high}, {X: low, Y: high}}))
	if len(regions) > 0 {
		p.Add(square(one, regions...))
	}
	legend := newLegend()
	if len(edge) == 2 {
		l := line(edge, ink, false)
		p.Add(l)
		legend.Add("boundary", l)
	}
	legend.Add("region of 1", square(one))
	legend.Add("region of 0", square(zero))
	wrong := 0
	for _, class := range []float64{1, 0} {
		var xys plotter.XYs
		for _, q := range points {
			if (q.Output > 0.5) == (class == 1) {
				xys = append(xys, plotter.XY{X: q.X1, Y: q.X2})
				if (f(q.X1, q.X2) > 0.5) != (class == 1) {
					wrong++
				}
			}
		}
		if len(xys) == 0 {
			continue
		}
		s := &plotter.Scatter{XYs: xys, GlyphStyle: glyph(class, len(points))}
		p.Add(s)
		legend.Add(fmt.Sprintf("point of %g", class), s)
	}
	return Figure{title: "Decision boundary: " + title,
		description: fmt.Sprintf("The plane of x1 and x2 from %.3g to %.3g, shaded where the output is 1, with %s, %d of them on the wrong side.", low, high, count(len(points), "point"), wrong),
		width:       5 * vg.Inch, height: 3.75 * vg.Inch, draw: panels(panel{p, &legend, 78})}
}

// glyph returns a filled square for 1 and a ring for 0, smaller where there are many.
func glyph(class float64, points int) draw.GlyphStyle {
	radius := vg.Length(5)
	if points > 40 {
		radius = 2.5
	}
	if class == 1 {
		return draw.GlyphStyle{Color: orange, Radius: radius, Shape: draw.BoxGlyph{}}
	}
	return draw.GlyphStyle{Color: blue, Radius: radius, Shape: ring{}}
}

// ring is a circle with white inside, that is seen on any ground.
type ring struct{}

// DrawGlyph draws the ring.
func (ring) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	var p vg.Path
	p.Move(vg.Point{X: at.X + style.Radius, Y: at.Y})
	p.Arc(at, style.Radius, 0, 2*math.Pi)
	p.Close()
	c.SetColor(color.White)
	c.Fill(p)
	c.SetLineStyle(draw.LineStyle{Color: style.Color, Width: max(1, style.Radius*0.4)})
	c.Stroke(p)
}

// halfPlane returns the part of the square from low to high where the perceptron of a boundary fires.
func halfPlane(b nnlib.Boundary, low, high float64) []plotter.XYs {
	corners := plotter.XYs{{X: low, Y: low}, {X: high, Y: low}, {X: high, Y: high}, {X: low, Y: high}}
	above := func(p plotter.XY) float64 { return b.W1*p.X + b.W2*p.Y - b.Threshold }
	var region plotter.XYs
	for i, p := range corners {
		q := corners[(i+1)%len(corners)]
		hp, hq := above(p), above(q)
		if hp > 0 {
			region = append(region, p)
		}
		if (hp > 0) != (hq > 0) { // the boundary crosses this side
			s := hp / (hp - hq)
			region = append(region, plotter.XY{X: p.X + s*(q.X-p.X), Y: p.Y + s*(q.Y-p.Y)})
		}
	}
	if len(region) < 3 {
		return nil
	}
	return []plotter.XYs{region}
}

// trace returns the regions of the square where f exceeds one half, as strips: on each of 101 levels the places where
// f crosses one half are found, and levels of equally many are joined by trapezoids. Where the number changes between
// two levels, the place of the change is found first.
func trace(f func(x1, x2 float64) float64, low, high float64) []plotter.XYs {
	const rows = 100
	var strips []plotter.XYs
	join := func(y0 float64, bottom []float64, y1 float64, top []float64) {
		for j := 0; j+1 < len(bottom); j += 2 {
			strips = append(strips, plotter.XYs{{X: bottom[j], Y: y0}, {X: bottom[j+1], Y: y0}, {X: top[j+1], Y: y1}, {X: top[j], Y: y1}})
		}
	}
	y0 := low
	below := crossings(f, y0, low, high)
	for i := range rows {
		y1 := low + (high-low)*float64(i+1)/rows
		above := crossings(f, y1, low, high)
		if len(below) == len(above) {
			join(y0, below, y1, above)
		} else {
			a, b, last, first := y0, y1, below, above
			for range 6 { // to 1/64 of a row, below a pixel
				mid := (a + b) / 2
				if ends := crossings(f, mid, low, high); len(ends) == len(below) {
					a, last = mid, ends
				} else {
					b, first = mid, ends
				}
			}
			join(y0, below, a, last)
			if len(first) == len(above) {
				join(b, first, y1, above)
			} else {
				join(b, above, y1, above)
			}
		}
		y0, below = y1, above
	}
	return strips
}

// crossings returns the ends of the intervals of x1 on which f exceeds one half, in pairs.
func crossings(f func(x1, x2 float64) float64, x2, low, high float64) []float64 {
	const columns = 100
	var ends []float64
	inside := false
	for i := range columns + 1 {
		x := low + (high-low)*float64(i)/columns
		now := f(x, x2) > 0.5
		if now == inside {
			continue
		}
		inside = now
		if i == 0 {
			ends = append(ends, low)
			continue
		}
		a, b := low+(high-low)*float64(i-1)/columns, x
		for range 8 { // to 1/256 of a column, far below a pixel
			if mid := (a + b) / 2; (f(mid, x2) > 0.5) == now {
				b = mid
			} else {
				a = mid
			}
		}
		ends = append(ends, (a+b)/2)
	}
	if inside {
		ends = append(ends, high)
	}
	return ends
}
