package viz

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

// GridOptions say how ImageGrid lays pictures out. Zero values mean the defaults.
type GridOptions struct {
	Count    int      // how many pictures of the data set, from the first; as many as Captions, or 20
	Columns  int      // how many beside each other; 10
	Captions []string // under each picture; the names of the classes
}

// ImageGrid draws the first pictures of a data set, whose X is (n, height, width) for grey or (n, height, width, 3) for
// colours. The smallest number is shown white and the greatest black, as ink on paper; colours as they are.
func ImageGrid(d *nnlib.Dataset, options GridOptions) Figure {
	d.Check("ImageGrid")
	shape := d.X.Shape
	if len(shape) != 3 && (len(shape) != 4 || shape[3] != 1 && shape[3] != 3) {
		panic(&nnlib.Error{Op: "ImageGrid", Received: fmt.Sprintf("examples have shape %v", shape[1:]), Expected: "(height, width) or (height, width, 3) is expected"})
	}
	n := min(orDefault(options.Count, orDefault(len(options.Captions), 20)), d.Len())
	columns := min(orDefault(options.Columns, 10), n)
	captions := options.Captions
	if captions == nil {
		captions = make([]string, n)
		for i, l := range d.Select(upTo(n)...).Labels() {
			captions[i] = fmt.Sprint(l)
			if l < len(d.Classes) {
				captions[i] = d.Classes[l]
			}
		}
	}
	if len(captions) < n {
		panic(&nnlib.Error{Op: "ImageGrid", Received: fmt.Sprintf("%d captions", len(captions)), Expected: fmt.Sprintf("%d pictures are shown", n)})
	}
	return layOut(d, n, columns, captions)
}

// layOut draws all pictures into one mosaic that covers the figure and is transparent where the captions are: one small
// image is far smaller and faster than a plot for each. Gaps are whole pixels of the pictures, so that all are square.
func layOut(d *nnlib.Dataset, n, columns int, captions []string) Figure {
	const side, margin = 44, 8 // in points: of a picture, and around all
	h, w := d.X.Shape[1], d.X.Shape[2]
	pixel := side / vg.Length(w)
	pixels := func(points vg.Length) int { return int(math.Ceil(float64(points / pixel))) }
	stepX, stepY := w+pixels(8), h+pixels(17)
	rows := (n + columns - 1) / columns
	img := image.NewNRGBA(image.Rect(0, 0, columns*stepX-pixels(8), rows*stepY))
	look := shades(d)
	for i := range n {
		left, top := i%columns*stepX, i/columns*stepY
		for y := range h {
			for x := range w {
				img.SetNRGBA(left+x, top+y, look(i, y, x))
			}
		}
	}
	wide, high := vg.Length(img.Rect.Dx())*pixel, vg.Length(img.Rect.Dy())*pixel
	f := Figure{title: "Pictures", width: wide + 2*margin, height: high + margin + 2,
		description: fmt.Sprintf("%d pictures of %d by %d pixels, captioned %s.", n, h, w, strings.Join(captions[:n], ", "))}
	f.mosaic = &mosaic{img, vg.Rectangle{Min: vg.Point{X: margin, Y: 2}, Max: vg.Point{X: margin + wide, Y: 2 + high}}}
	f.draw = func(c draw.Canvas) {
		c.SetColor(color.White)
		c.Fill(c.Rectangle.Path())
		style := text.Style{Color: ink, Font: sans(10), XAlign: draw.XCenter, YAlign: draw.YTop, Handler: plot.DefaultTextHandler}
		for i := range n {
			left, bottom := vg.Length(i%columns*stepX)*pixel, high-vg.Length(i/columns*stepY+h)*pixel
			c.FillText(style, vg.Point{X: margin + left + side/2, Y: 2 + bottom - 3}, captions[i])
		}
	}
	return f
}

// shades returns a function that gives the colour of a pixel.
func shades(d *nnlib.Dataset) func(i, y, x int) color.NRGBA {
	low, high := d.X.Min(), d.X.Max()
	if high == low {
		high = low + 1
	}
	level := func(index ...int) uint8 { return uint8(255*(d.X.At(index...)-low)/(high-low) + 0.5) }
	switch {
	case len(d.X.Shape) == 3:
		return func(i, y, x int) color.NRGBA { v := 255 - level(i, y, x); return color.NRGBA{v, v, v, 255} }
	case d.X.Shape[3] == 1:
		return func(i, y, x int) color.NRGBA { v := 255 - level(i, y, x, 0); return color.NRGBA{v, v, v, 255} }
	}
	return func(i, y, x int) color.NRGBA {
		return color.NRGBA{level(i, y, x, 0), level(i, y, x, 1), level(i, y, x, 2), 255}
	}
}

func orDefault(v, otherwise int) int {
	if v <= 0 {
		return otherwise
	}
	return v
}

func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
