package viz

import (
	"image/color"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Colours that people with any kind of colour vision tell apart, by M. Okabe and K. Ito (2008).
var (
	blue   = color.RGBA{0, 114, 178, 255}
	orange = color.RGBA{213, 94, 0, 255}
	green  = color.RGBA{0, 158, 115, 255}
	purple = color.RGBA{170, 80, 140, 255}
	sky    = color.RGBA{60, 150, 210, 255}
	ink    = color.RGBA{40, 40, 40, 255}
	faint  = color.RGBA{215, 215, 215, 255}

	series = []color.RGBA{blue, orange, green, purple, sky}
)

// mix returns a colour that is share of c on white.
func mix(c color.RGBA, share float64) color.RGBA {
	blend := func(v uint8) uint8 { return uint8(255 - share*(255-float64(v)) + 0.5) }
	return color.RGBA{blend(c.R), blend(c.G), blend(c.B), 255}
}

// newPlot returns an empty plot in the style of the course.
func newPlot(title, x, y string) *plot.Plot {
	p := plot.New()
	p.TextHandler = handler
	p.Title.TextStyle.Handler = handler
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.TextStyle.Font = sans(13)
	p.Title.Padding = 6
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle.Handler, axis.Tick.Label.Handler = handler, handler
		axis.Label.TextStyle.Font = sans(11)
		axis.Label.TextStyle.Color = ink
		axis.Label.Padding = 4
		axis.Tick.Label.Font = sans(10)
		axis.Tick.Label.Color = ink
		axis.Tick.Length = 3
		axis.LineStyle.Color, axis.Tick.LineStyle.Color = ink, ink
		axis.Padding = 0
		axis.Tick.Marker = ticks{}
	}
	p.Title.TextStyle.Color = ink
	p.Legend = newLegend()
	return p
}

func newLegend() plot.Legend {
	l := plot.NewLegend()
	l.TextStyle.Handler = handler
	l.TextStyle.Font = sans(10)
	l.TextStyle.Color = ink
	l.ThumbnailWidth = 16
	l.Padding = 4
	l.Top, l.Left, l.YPosition = true, true, draw.PosCenter
	return l
}

// legendWidth returns how much room a legend with these names needs.
func legendWidth(names ...string) vg.Length {
	widest := vg.Length(0)
	for _, s := range names {
		w, _, _ := handler.Box(s, sans(10))
		widest = max(widest, w)
	}
	return min(max(widest+30, 50), 180)
}

func sans(size vg.Length) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
}

// grid returns thin lines at the ticks.
func grid() *plotter.Grid {
	g := plotter.NewGrid()
	g.Horizontal.Color, g.Vertical.Color = faint, faint
	g.Horizontal.Width, g.Vertical.Width = 0.6, 0.6
	return g
}

// line returns a line through points, solid or dashed.
func line(points plotter.XYs, c color.Color, dashed bool) *plotter.Line {
	l := &plotter.Line{XYs: points, LineStyle: draw.LineStyle{Color: c, Width: 1.8}}
	if dashed {
		l.Dashes = []vg.Length{5, 3}
	}
	return l
}

// A panel is a plot with its legend to its right, so that the legend hides nothing.
type panel struct {
	plot   *plot.Plot
	legend *plot.Legend // nil for none
	side   vg.Length    // the legend's width
}

// panels returns a function that draws panels beside each other.
func panels(all ...panel) func(c draw.Canvas) {
	return func(c draw.Canvas) {
		c.SetColor(color.White)
		c.Fill(c.Rectangle.Path())
		width := (c.Max.X - c.Min.X) / vg.Length(len(all))
		for i, p := range all {
			const margin = 6
			left := c.Min.X + width*vg.Length(i)
			box := draw.Crop(c, left-c.Min.X+margin, left+width-c.Max.X-margin, margin, -margin)
			if p.legend != nil {
				p.legend.Draw(draw.Crop(box, box.Max.X-box.Min.X-p.side, 0, 30, -24))
				box = draw.Crop(box, 0, -p.side-6, 0, 0)
			}
			p.plot.Draw(box)
		}
	}
}

// table returns a function that draws rows of panels.
func table(rows [][]panel) func(c draw.Canvas) {
	columns := 0
	for _, r := range rows {
		columns = max(columns, len(r))
	}
	return func(c draw.Canvas) {
		c.SetColor(color.White)
		c.Fill(c.Rectangle.Path())
		w, h := (c.Max.X-c.Min.X)/vg.Length(columns), (c.Max.Y-c.Min.Y)/vg.Length(len(rows))
		for i, r := range rows {
			for j, p := range r {
				p.plot.Draw(draw.Crop(c, w*vg.Length(j)+6, w*vg.Length(j+1)-(c.Max.X-c.Min.X)-6, h*vg.Length(len(rows)-1-i)+6, -h*vg.Length(i)-6))
			}
		}
	}
}

// count writes a number of things: 1 point, 2 points.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
