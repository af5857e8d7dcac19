package viz

import (
	"fmt"
	"image"
	"image/color"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
)

// note says in a picture what its reader has to do.
const note = "Some letters are missing: install a font that has them (Debian: fonts-nanum or fonts-noto-cjk)"

// A pixels is a canvas for PNG that takes letters from the fallback font where it has to, and scales images itself,
// which is ten times faster than gonum's way.
type pixels struct {
	*vgimg.Canvas
	font    func() *font.Face // for letters that the built-in font does not have
	missing *bool             // letters were left out
}

// FillString writes a line, each run of letters in a font that has them.
func (p pixels) FillString(face font.Face, at vg.Point, line string) {
	for _, r := range runs(line) {
		if !r.foreign {
			p.Canvas.FillString(face, at, r.text)
			at.X += face.Width(r.text)
			continue
		}
		if other := p.font(); other != nil {
			p.Canvas.FillString(font.Face{Font: font.Font{Typeface: "fallback", Size: face.Font.Size}, Face: other.Face}, at, r.text)
		} else {
			*p.missing = true
		}
		at.X += foreignWidth(r.text, face.Font.Size)
	}
}

// DrawImage draws img into a rectangle, every pixel mixed from its four neighbours.
func (p pixels) DrawImage(where vg.Rectangle, img image.Image) {
	dst, ok := p.Image().(*image.RGBA)
	if !ok {
		panic(fmt.Errorf("viz: canvas has a %T, an *image.RGBA is expected", p.Image()))
	}
	dots := func(l vg.Length) float64 { return l.Dots(p.DPI()) }
	left, right := dots(where.Min.X), dots(where.Max.X)
	top, bottom := float64(dst.Rect.Dy())-dots(where.Max.Y), float64(dst.Rect.Dy())-dots(where.Min.Y)
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	src := make([]color.RGBA, w*h)
	for y := range h {
		for x := range w {
			src[y*w+x] = color.RGBAModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.RGBA)
		}
	}
	for y := int(top + 0.5); y < int(bottom+0.5); y++ {
		fy := min(max((float64(y)+0.5-top)/(bottom-top)*float64(h)-0.5, 0), float64(h-1))
		y0 := int(fy)
		y1 := min(y0+1, h-1)
		for x := int(left + 0.5); x < int(right+0.5); x++ {
			fx := min(max((float64(x)+0.5-left)/(right-left)*float64(w)-0.5, 0), float64(w-1))
			x0 := int(fx)
			x1 := min(x0+1, w-1)
			sx, sy := float32(fx)-float32(x0), float32(fy)-float32(y0)
			blend := func(a, b, c, d uint8) uint8 {
				upper := float32(a) + sx*(float32(b)-float32(a))
				lower := float32(c) + sx*(float32(d)-float32(c))
				return uint8(upper + sy*(lower-upper) + 0.5)
			}
			a, b, c, d := src[y0*w+x0], src[y0*w+x1], src[y1*w+x0], src[y1*w+x1]
			alpha := blend(a.A, b.A, c.A, d.A)
			if alpha == 0 {
				continue
			}
			under := dst.RGBAAt(x, y)
			over := func(v, u uint8) uint8 { return uint8(min(255, int(v)+int(u)*int(255-alpha)/255)) } // v has alpha in it
			dst.SetRGBA(x, y, color.RGBA{over(blend(a.R, b.R, c.R, d.R), under.R), over(blend(a.G, b.G, c.G, d.G), under.G), over(blend(a.B, b.B, c.B, d.B), under.B), 255})
		}
	}
}
