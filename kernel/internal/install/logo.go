package install

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
)

// logoFiles are the pictures that Jupyter's front ends look for in a kernelspec.
func logoFiles() []string { return []string{"logo-32x32.png", "logo-64x64.png", "logo-svg.svg"} }

// logo returns the content of one of logoFiles.
func logo(name string) ([]byte, error) {
	switch name {
	case "logo-svg.svg":
		return logoSVG(), nil
	case "logo-32x32.png":
		return logoPNG(32)
	case "logo-64x64.png":
		return logoPNG(64)
	}
	return nil, fmt.Errorf("install: no picture %s", name)
}

// A stroke is a line with round ends; one without length is a disc. Coordinates go from 0 to 64, y downwards.
type stroke struct {
	x1, y1, x2, y2, r float64
	c                 color.RGBA
}

func disc(x, y, r float64, c color.RGBA) stroke { return stroke{x, y, x, y, r, c} }

var (
	cyan  = color.RGBA{0x00, 0xad, 0xd8, 0xff} // Go's blue
	deep  = color.RGBA{0x00, 0x6f, 0x94, 0xff}
	sand  = color.RGBA{0xf6, 0xd2, 0xa2, 0xff}
	coral = color.RGBA{0xf2, 0x6b, 0x5b, 0xff}
	ink   = color.RGBA{0x1c, 0x27, 0x33, 0xff}
	white = color.RGBA{0xff, 0xff, 0xff, 0xff}
)

// gopherceptron is the picture, back to front: three weighted inputs, a neuron that is a gopher, one output that fires.
var gopherceptron = []stroke{
	{6, 12, 30, 32, 1.1, deep}, {5, 34, 30, 34, 2.2, deep}, {6, 55, 30, 38, 1.6, deep},
	disc(6, 12, 4, deep), disc(5, 34, 4, deep), disc(6, 55, 4, deep),
	{36, 34, 58, 34, 2, coral}, disc(59, 34, 4.5, coral),
	disc(20.5, 17, 5.5, cyan), disc(47.5, 17, 5.5, cyan), // ears
	disc(20.5, 17, 2.6, deep), disc(47.5, 17, 2.6, deep),
	disc(34, 34, 18.5, cyan),
	disc(26, 28, 7.4, white), disc(42, 28, 7.4, white), // eyes
	disc(28, 29, 3.4, ink), disc(44, 29, 3.4, ink),
	disc(29.2, 27.8, 1.1, white), disc(45.2, 27.8, 1.1, white),
	{32.6, 45, 32.6, 47, 1.7, white}, {35.4, 45, 35.4, 47, 1.7, white}, // teeth
	{31, 41, 37, 41, 3.2, sand}, {33, 38.6, 35, 38.6, 2, ink}, // muzzle and nose
}

// logoSVG writes the picture as SVG.
func logoSVG() []byte {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" stroke-linecap="round">` + "\n")
	for _, s := range gopherceptron {
		c := fmt.Sprintf("#%02x%02x%02x", s.c.R, s.c.G, s.c.B)
		if s.x1 == s.x2 && s.y1 == s.y2 {
			fmt.Fprintf(&b, `<circle cx="%g" cy="%g" r="%g" fill="%s"/>`+"\n", s.x1, s.y1, s.r, c)
			continue
		}
		fmt.Fprintf(&b, `<path d="M%g %gL%g %g" stroke="%s" stroke-width="%g"/>`+"\n", s.x1, s.y1, s.x2, s.y2, c, 2*s.r)
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// logoPNG draws the picture with the given number of pixels a side.
func logoPNG(size int) ([]byte, error) {
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	unit := 64 / float64(size) // units a pixel
	for py := range size {
		for px := range size {
			x, y := (float64(px)+0.5)*unit, (float64(py)+0.5)*unit
			var r, g, b, a float64 // premultiplied
			for _, s := range gopherceptron {
				// The edge is one pixel wide: half covered where the distance is the radius.
				cover := min(max((s.r-s.distance(x, y))/unit+0.5, 0), 1)
				r = r*(1-cover) + float64(s.c.R)*cover
				g = g*(1-cover) + float64(s.c.G)*cover
				b = b*(1-cover) + float64(s.c.B)*cover
				a = a*(1-cover) + cover
			}
			if a > 0 {
				img.SetNRGBA(px, py, color.NRGBA{byte(r/a + 0.5), byte(g/a + 0.5), byte(b/a + 0.5), byte(255*a + 0.5)})
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("install: logo: %w", err)
	}
	return out.Bytes(), nil
}

// distance is how far a point is from the stroke's middle line.
func (s stroke) distance(x, y float64) float64 {
	dx, dy := s.x2-s.x1, s.y2-s.y1
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = min(max(((x-s.x1)*dx+(y-s.y1)*dy)/l, 0), 1)
	}
	return math.Hypot(x-s.x1-t*dx, y-s.y1-t*dy)
}
