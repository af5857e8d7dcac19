package viz

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

// A Predictor is a trained model, such as a *nnlib.Sequential.
type Predictor interface {
	Predict(x *nnlib.Tensor) *nnlib.Tensor // (n, 2) to (n, 1) or (n, classes)
}

// DecisionSurface draws what a model with two inputs says of every point of the plane, with the examples on top. A model
// with one output says how sure it is of class 1: blue for 0, orange for 1, white where it does not know. One with several
// says a class, the paler the less sure it is. The model is asked once, for 6,561 points.
func DecisionSurface(model Predictor, d *nnlib.Dataset) Figure {
	const op = "DecisionSurface"
	d.Check(op)
	if d.RowLen() != 2 {
		panic(&nnlib.Error{Op: op, Received: fmt.Sprintf("examples have %s", count(d.RowLen(), "number")), Expected: "2 are expected: x1 and x2"})
	}
	x := d.Tensor()
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range x.Data {
		low, high = min(low, float64(v)), max(high, float64(v))
	}
	edge := max(high-low, 1e-3) * 0.08
	low, high = low-edge, high+edge
	const side = 81
	grid := nnlib.NewTensor(side*side, 2)
	at := func(i int) float32 { return float32(low + (high-low)*(float64(i)+0.5)/side) }
	for row := range side {
		for column := range side {
			grid.Data[2*(row*side+column)], grid.Data[2*(row*side+column)+1] = at(column), at(side-1-row)
		}
	}
	said := model.Predict(grid)
	outputs := said.RowLen()
	if said.Rows() != side*side || outputs < 1 {
		panic(&nnlib.Error{Op: op, Received: fmt.Sprintf("model answers with shape %v", said.Shape), Expected: fmt.Sprintf("(%d, outputs) is expected", side*side)})
	}
	img := image.NewPaletted(image.Rect(0, 0, side, side), nil)
	places := map[color.RGBA]int{} // in the palette: there are 16 shades of each of 5 colours at most
	for i := range img.Pix {
		c := opinion(said.Data[i*outputs : (i+1)*outputs])
		place, ok := places[c]
		if !ok {
			place = len(img.Palette)
			places[c] = place
			img.Palette = append(img.Palette, c)
		}
		img.Pix[i] = uint8(place)
	}

	p := newPlot("What the model says", name(d, 0), name(d, 1))
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = low, high, low, high
	p.Add(&surface{img, low, high})
	legend := newLegend()
	labels := d.Labels()
	guess := labelsOf(model.Predict(x))
	wrong := 0
	for i, g := range guess {
		if g != labels[i] {
			wrong++
		}
	}
	classes := max(len(d.Classes), outputs, 2)
	var names []string
	for class := range classes {
		var xys plotter.XYs
		for i, l := range labels {
			if l == class {
				xys = append(xys, plotter.XY{X: float64(x.Data[2*i]), Y: float64(x.Data[2*i+1])})
			}
		}
		if len(xys) == 0 {
			continue
		}
		s := &cloud{plotter.Scatter{XYs: xys, GlyphStyle: classGlyph(class, classes, d.Len())}}
		p.Add(s)
		label := fmt.Sprint(class)
		if class < len(d.Classes) {
			label = d.Classes[class]
		}
		legend.Add(label, s)
		names = append(names, label)
	}
	return Figure{title: "Decision surface",
		description: fmt.Sprintf("The plane of %s and %s from %.3g to %.3g, coloured by what the model says, with %s of %d classes, %d of them on the wrong side.", name(d, 0), name(d, 1), low, high, count(d.Len(), "example"), classes, wrong),
		width:       3.9*vg.Inch + legendWidth(names...), height: 3.9 * vg.Inch, draw: panels(panel{p, &legend, legendWidth(names...)})}
}

// name returns what input i is called.
func name(d *nnlib.Dataset, i int) string {
	if i < len(d.Features) {
		return d.Features[i]
	}
	return fmt.Sprintf("x%d", i+1)
}

// labelsOf returns the class of each prediction.
func labelsOf(t *nnlib.Tensor) []int {
	if t.RowLen() > 1 {
		return t.ArgMax()
	}
	labels := make([]int, t.Rows())
	for i, v := range t.Data {
		if v > 0.5 {
			labels[i] = 1
		}
	}
	return labels
}

// opinion returns the colour of what a model says of one point, in few shades.
func opinion(said []float32) color.RGBA {
	shades := func(v float64) float64 { return math.Round(16*min(max(v, 0), 1)) / 16 }
	if len(said) == 1 {
		v := float64(said[0])
		if v != v {
			return faint
		}
		if v > 0.5 {
			return mix(orange, 0.55*shades(2*v-1))
		}
		return mix(blue, 0.55*shades(1-2*v))
	}
	best := 0
	for i, v := range said {
		if v > said[best] {
			best = i
		}
	}
	sure := (float64(said[best]) - 1/float64(len(said))) / (1 - 1/float64(len(said)))
	return mix(classColour(best, len(said)), 0.12+0.43*shades(sure))
}

// classColour returns the colour of a class: blue for 0 and orange for 1.
func classColour(class, _ int) color.RGBA { return series[class%len(series)] }

// classGlyph returns what marks examples of a class: another form for each, so that colours need not be told apart.
func classGlyph(class, classes, points int) draw.GlyphStyle {
	radius := vg.Length(4)
	if points > 40 {
		radius = 2.4
	}
	forms := []draw.GlyphDrawer{dot{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.PlusGlyph{}, draw.CrossGlyph{}}
	return draw.GlyphStyle{Color: classColour(class, classes), Radius: radius, Shape: forms[class%len(forms)]}
}

// dot is a filled circle with a thin white rim.
type dot struct{}

// DrawGlyph draws the dot.
func (dot) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	var p vg.Path
	p.Move(vg.Point{X: at.X + style.Radius, Y: at.Y})
	p.Arc(at, style.Radius, 0, 2*math.Pi)
	p.Close()
	c.SetColor(style.Color)
	c.Fill(p)
}

// A surface is an image that covers the square from low to high.
type surface struct {
	img       image.Image
	low, high float64
}

// Plot draws the image.
func (s *surface) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	c.DrawImage(vg.Rectangle{Min: vg.Point{X: x(s.low), Y: y(s.low)}, Max: vg.Point{X: x(s.high), Y: y(s.high)}}, s.img)
}

// A cloud is a scatter of any number of points: above a few hundred they are drawn as one image, which keeps the file
// below 100 kB and is as fast for a million.
type cloud struct{ plotter.Scatter }

// Plot draws the points.
func (s *cloud) Plot(c draw.Canvas, p *plot.Plot) {
	const many = 600
	if len(s.XYs) <= many {
		s.Scatter.Plot(c, p)
		return
	}
	x, y := p.Transforms(&c)
	const perPoint = 2 // pixels
	size := c.Size()
	r, g, b, _ := s.Color.RGBA()
	img := image.NewPaletted(image.Rect(0, 0, int(size.X*perPoint), int(size.Y*perPoint)), color.Palette{color.RGBA{}, color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}})
	for _, q := range s.XYs {
		px, py := int((x(q.X)-c.Min.X)*perPoint), int((c.Max.Y-y(q.Y))*perPoint)
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				if at := (image.Point{X: px + dx, Y: py + dy}); at.In(img.Rect) {
					img.SetColorIndex(at.X, at.Y, 1)
				}
			}
		}
	}
	c.DrawImage(c.Rectangle, img)
}
