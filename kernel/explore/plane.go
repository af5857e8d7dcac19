package explore

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

// What a playground shows is one picture of few colours, written as PNG: every neuron as a map of the plane, the
// connections between them, and the output with the examples on it. The maps are computed on a grid, by loops over the copied weights: the model itself would be asked for one layer at a time.

const (
	grid    = 60 // points of the grid a side
	reach   = 1.3
	tile    = 30  // pixels of a hidden neuron
	large   = 240 // pixels of the output
	between = 2   // pixels from one hidden neuron to the next
	columns = 90  // pixels from one layer to the next
	height  = large + 20
)

// Indices of the palette. 0 to shades-1 go from blue over white to orange.
const (
	shades = 33
	ink    = shades + iota - 1
	pale
	dotZero
	dotOne
	white
)

var palette = makePalette()

func makePalette() color.Palette {
	b, o := [3]float64{0, 114, 178}, [3]float64{213, 94, 0}
	p := make(color.Palette, white+1)
	for i := range shades {
		v := 2*float64(i)/(shades-1) - 1
		c := o
		if v < 0 {
			c = b
		}
		s := math.Abs(v) * 0.75
		mix := func(x float64) uint8 { return uint8(255 - s*(255-x)) }
		p[i] = color.RGBA{mix(c[0]), mix(c[1]), mix(c[2]), 255}
	}
	p[ink] = color.RGBA{60, 60, 60, 255}
	p[pale] = color.RGBA{150, 150, 150, 255}
	p[dotZero], p[dotOne] = color.RGBA{0, 80, 140, 255}, color.RGBA{170, 65, 0, 255}
	p[white] = color.RGBA{255, 255, 255, 255}
	return p
}

// A net is a copy of a network's numbers.
type net struct{ layers []dense }

type dense struct {
	w, b       []float32 // (inputs, units), (units)
	inputs     int
	activation nnlib.Activation
}

// copyOf copies the numbers of a model of Dense layers.
func copyOf(m *nnlib.Sequential) net {
	var n net
	for _, l := range m.Layers() {
		d := l.(*nnlib.DenseLayer)
		p := d.Params()
		w, b := p[0].Value(), p[1].Value()
		n.layers = append(n.layers, dense{w.Data, b.Data, w.Shape[0], d.Activation})
	}
	return n
}

// maps returns what each neuron says at each point of the grid, row by row from above: (layer, unit, point).
func (n net) maps() [][][]float32 {
	const points = grid * grid
	last := make([][]float32, 2)
	last[0], last[1] = make([]float32, points), make([]float32, points)
	for i := range points {
		last[0][i] = float32(reach * (2*(float64(i%grid)+0.5)/grid - 1))
		last[1][i] = float32(reach * (1 - 2*(float64(i/grid)+0.5)/grid))
	}
	out := [][][]float32{last}
	for _, l := range n.layers {
		units := len(l.b)
		next := make([][]float32, units)
		for u := range units {
			y := make([]float32, points)
			for i := range y {
				y[i] = l.b[u]
			}
			for j, x := range last {
				w := l.w[j*units+u]
				for i, v := range x {
					y[i] += w * v
				}
			}
			for i, v := range y {
				y[i] = float32(l.activation.At(float64(v)))
			}
			next[u] = y
		}
		out, last = append(out, next), next
	}
	return out
}

// picture draws the network and its examples.
func (n net) picture(train *nnlib.Dataset) []byte {
	maps := n.maps()
	last := len(maps) - 1
	img := image.NewPaletted(image.Rect(0, 0, last*columns+large+10, height), palette)
	for i := range img.Pix {
		img.Pix[i] = white
	}
	place := func(layer, unit int) image.Point { // the corner
		if layer == last {
			return image.Pt(last*columns+5, 10)
		}
		units := len(maps[layer])
		return image.Pt(5+layer*columns, (height-units*(tile+between)+between)/2+unit*(tile+between))
	}
	for l, d := range n.layers { // below the tiles
		units := len(d.b)
		for j := range d.inputs {
			for u := range units {
				from, to := place(l, j).Add(image.Pt(tile, tile/2)), place(l+1, u)
				to.Y += tile / 2
				if l+1 == last {
					to.Y = height / 2
				}
				connect(img, from, to, float64(d.w[j*units+u]))
			}
		}
	}
	for l, layer := range maps {
		for u, values := range layer {
			at := place(l, u)
			if l == last {
				fill(img, at, large, values, func(v float32) float64 { return 2*float64(v) - 1 })
				continue
			}
			most := float32(1e-6)
			for _, v := range values {
				most = max(most, v, -v)
			}
			fill(img, at, tile, values, func(v float32) float64 { return float64(v / most) })
		}
	}
	dots(img, place(last, 0), train)
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&b, img); err != nil { // a bytes.Buffer does not fail
		panic(fmt.Errorf("explore: writing PNG: %w", err))
	}
	return b.Bytes()
}

// fill draws a map, size pixels a side, with a frame. shade maps values to -1 to 1.
func fill(img *image.Paletted, at image.Point, size int, values []float32, shade func(float32) float64) {
	var index [grid * grid]uint8
	for i, v := range values {
		index[i] = uint8(math.Round((min(max(shade(v), -1), 1) + 1) / 2 * (shades - 1)))
	}
	for y := range size {
		row := img.Pix[(at.Y+y)*img.Stride+at.X:]
		from := index[y*grid/size*grid:]
		for x := range size {
			row[x] = from[x*grid/size]
		}
	}
	for i := range size {
		for _, p := range []image.Point{{i, 0}, {i, size - 1}, {0, i}, {size - 1, i}} {
			img.SetColorIndex(at.X+p.X, at.Y+p.Y, pale)
		}
	}
}

// connect draws a line whose width grows with a weight's size: orange for what speaks for the unit, blue for what speaks
// against it.
func connect(img *image.Paletted, from, to image.Point, weight float64) {
	index := uint8(shades - 1)
	if weight < 0 {
		index = 0
	}
	wide := min(math.Abs(weight), 3) // half the width
	slope := float64(to.Y-from.Y) / float64(to.X-from.X)
	for x := from.X; x < to.X; x++ {
		// At least from this column's middle to the next one's, so that a steep line has no gaps.
		y := float64(from.Y) + slope*float64(x-from.X)
		low, high := int(math.Round(min(y, y+slope)-wide)), int(math.Round(max(y, y+slope)+wide))
		for py := low; py <= max(low, high-1); py++ {
			img.SetColorIndex(x, py, index)
		}
	}
}

// dots draws the examples on the map of the output.
func dots(img *image.Paletted, at image.Point, d *nnlib.Dataset) {
	x := d.Tensor()
	for i, class := range d.Labels() {
		px := at.X + int((float64(x.Data[2*i])/reach+1)/2*large)
		py := at.Y + int((1-float64(x.Data[2*i+1])/reach)/2*large)
		index := uint8(dotZero)
		if class == 1 {
			index = dotOne
		}
		for dy := -3; dy <= 3; dy++ {
			for dx := -3; dx <= 3; dx++ {
				p := image.Pt(px+dx, py+dy)
				if r := dx*dx + dy*dy; r <= 10 && p.In(image.Rect(at.X, at.Y, at.X+large, at.Y+large)) {
					if r <= 5 {
						img.SetColorIndex(p.X, p.Y, index)
					} else {
						img.SetColorIndex(p.X, p.Y, white)
					}
				}
			}
		}
	}
}
