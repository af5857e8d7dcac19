package viz

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

// GridOptions say how ImageGrid lays pictures out. Zero values mean the defaults.
type GridOptions struct {
	Count    int      // how many pictures of the data set, from the first; as many as Captions, or 20
	Columns  int      // how many beside each other; 10, or 5 for pictures of more than 64 pixels
	Captions []string // under each picture; the names of the classes
	// Predictions is what a model says of the pictures, as Predict returns it: a row for each picture, a column for each
	// class. Captions then tell the predicted class, and the right one in orange where it is another.
	Predictions *nnlib.Tensor
}

// ImageGrid draws the first pictures of a data set: (height, width) or (height, width, 1) for grey, (height, width, 3)
// for colours. Of grey ones the smallest number is shown white and the greatest black, as ink on paper; colours from
// the smallest number to the greatest. Large pictures are made smaller.
func ImageGrid(d *nnlib.Dataset, options GridOptions) Figure {
	d.Check("ImageGrid")
	h, w, c := pictureShape("ImageGrid", d.ExampleShape())
	n := options.Count
	if n <= 0 {
		n = orDefault(len(options.Captions), 20)
		if options.Predictions != nil && options.Captions == nil {
			n = min(n, options.Predictions.Rows())
		}
	}
	n = min(n, d.Len())
	captions, wrong := captions(d, n, options)
	all := make([]tile, n)
	low, high := math.Inf(1), math.Inf(-1)
	for i := range all {
		all[i] = shrunk(d.Example(i).Data, h, w, c)
		for _, v := range all[i].values {
			low, high = min(low, float64(v)), max(high, float64(v))
		}
	}
	if high <= low {
		high = low + 1
	}
	shade := func(v []float32) color.NRGBA {
		level := func(v float32) uint8 { return uint8(255*(float64(v)-low)/(high-low) + 0.5) }
		if len(v) == 3 {
			return color.NRGBA{level(v[0]), level(v[1]), level(v[2]), 255}
		}
		ink := 255 - level(v[0])
		return color.NRGBA{ink, ink, ink, 255}
	}
	f := layOut(all, options.Columns, captions, wrong, shade)
	f.title = "Pictures"
	f.description = fmt.Sprintf("%d pictures of %d by %d pixels, captioned %s.", n, h, w, strings.Join(captions, ", "))
	return f
}

// captions returns what is written under each picture, and which of them tell a mistake.
func captions(d *nnlib.Dataset, n int, o GridOptions) (captions []string, wrong []bool) {
	wrong = make([]bool, n)
	if o.Captions != nil {
		if len(o.Captions) < n {
			panic(&nnlib.Error{Op: "ImageGrid", Received: fmt.Sprintf("%d captions", len(o.Captions)), Expected: fmt.Sprintf("%d pictures are shown", n)})
		}
		return o.Captions[:n], wrong
	}
	name := func(l int) string {
		if l < len(d.Classes) {
			return d.Classes[l]
		}
		return fmt.Sprint(l)
	}
	right := d.Labels()
	var said []int
	if p := o.Predictions; p != nil {
		if len(p.Shape) != 2 || p.Rows() < n {
			panic(&nnlib.Error{Op: "ImageGrid", Received: fmt.Sprintf("predictions have shape %v", p.Shape), Expected: fmt.Sprintf("a row for each of %d pictures is expected", n)})
		}
		said = p.ArgMax()
	}
	for i := range n {
		caption := name(right[i])
		if said != nil && said[i] != right[i] {
			caption, wrong[i] = name(said[i])+", not "+caption, true
		}
		captions = append(captions, caption)
	}
	return captions, wrong
}

// pictureShape returns the height, width and channels of a picture.
func pictureShape(op string, shape []int) (h, w, c int) {
	switch {
	case len(shape) == 2:
		return shape[0], shape[1], 1
	case len(shape) == 3 && (shape[2] == 1 || shape[2] == 3):
		return shape[0], shape[1], shape[2]
	}
	panic(&nnlib.Error{Op: op, Received: fmt.Sprintf("examples have shape %v", shape), Expected: "(height, width) or (height, width, 3) is expected"})
}

// A tile is one picture of a mosaic.
type tile struct {
	h, w, c int
	values  []float32 // (h, w, c)
}

// shrunk returns a picture of at most 128 pixels a side, each the mean of k by k.
func shrunk(values []float32, h, w, c int) tile {
	k := (max(h, w) + 127) / 128
	if k == 1 {
		return tile{h, w, c, values}
	}
	t := tile{h / k, w / k, c, nil}
	if t.h == 0 || t.w == 0 { // a stripe
		return tile{h, w, c, values}
	}
	t.values = make([]float32, t.h*t.w*c)
	for y := range t.h * k {
		for x := range t.w * k {
			for i := range c {
				t.values[(y/k*t.w+x/k)*c+i] += values[(y*w+x)*c+i] / float32(k*k)
			}
		}
	}
	return t
}

// layOut draws all pictures, which are alike in size, into one mosaic that is transparent where the captions are. Gaps
// are whole pixels of the pictures, so that all pixels are square.
func layOut(all []tile, columns int, captions []string, wrong []bool, shade func(v []float32) color.NRGBA) Figure {
	const margin = 8 // in points
	h, w, c := all[0].h, all[0].w, all[0].c
	side, most := vg.Length(44), 10
	if max(h, w) > 64 {
		side, most = 88, 5
	}
	size := vg.Length(10)        // of captions
	for _, s := range captions { // neighbours must not touch: pictures grow, up to a point, then letters shrink
		if w, _, _ := handler.Box(s, sans(10)); w > side+4 {
			side = min(w-4, 88)
			size = min(size, 10*(side+4)/w)
		}
	}
	size = max(size, 6)
	if columns <= 0 {
		columns = min(most, int(520/(side+8)))
	}
	columns = min(columns, len(all))
	pixel := side / vg.Length(w)
	pixels := func(points vg.Length) int { return int(math.Ceil(float64(points / pixel))) }
	line := vg.Length(17)
	if captions == nil {
		line = 8
	}
	stepX, stepY := w+pixels(8), h+pixels(line)
	rows := (len(all) + columns - 1) / columns
	img := image.NewNRGBA(image.Rect(0, 0, columns*stepX-pixels(8), rows*stepY))
	for i, t := range all {
		left, top := i%columns*stepX, i/columns*stepY
		for y := range h {
			for x := range w {
				img.SetNRGBA(left+x, top+y, shade(t.values[(y*w+x)*c:(y*w+x+1)*c]))
			}
		}
	}
	wide, high := vg.Length(img.Rect.Dx())*pixel, vg.Length(img.Rect.Dy())*pixel
	f := Figure{width: wide + 2*margin, height: high + margin + 2}
	f.mosaic = &mosaic{img, vg.Rectangle{Min: vg.Point{X: margin, Y: 2}, Max: vg.Point{X: margin + wide, Y: 2 + high}}, c == 3}
	f.draw = func(canvas draw.Canvas) {
		style := text.Style{Font: sans(size), XAlign: draw.XCenter, YAlign: draw.YTop, Handler: handler}
		for i, caption := range captions {
			left, bottom := vg.Length(i%columns*stepX)*pixel, high-vg.Length(i/columns*stepY+h)*pixel
			style.Color = ink
			if wrong[i] {
				style.Color = orange
			}
			canvas.FillText(style, vg.Point{X: margin + left + side/2, Y: 2 + bottom - 3}, caption)
		}
	}
	return f
}

func orDefault(v, otherwise int) int {
	if v <= 0 {
		return otherwise
	}
	return v
}
