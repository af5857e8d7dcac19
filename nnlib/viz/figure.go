// Package viz draws what package nnlib computes: decision boundaries, activations, learning curves, confusion matrices
// and pictures.
package viz

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A Figure is a picture that a notebook shows as SVG. It does not change once it is made, and may be shown from many
// goroutines.
type Figure struct {
	title         string // what it is, in a few words
	description   string // what can be seen, for those who cannot see it
	width, height vg.Length
	draw          func(c draw.Canvas)
	panels        []panel // that draw draws, where other figures take them over
	mosaic        *mosaic // pictures under the drawing, or nil
}

// String returns the alternative text: what the figure shows, in words.
func (f Figure) String() string { return f.title + ". " + f.description }

// SVG returns the figure as SVG, with its alternative text inside. Text stays text, in the reader's own sans-serif font.
func (f Figure) SVG() string {
	c := vgsvg.New(f.width, f.height)
	f.draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil { // a bytes.Buffer does not fail
		panic(fmt.Errorf("viz: writing SVG: %w", err))
	}
	_, body, _ := strings.Cut(b.String(), "xlink\">")
	body = written.Replace(body)
	if f.mosaic != nil {
		body = `<rect width="100%" height="100%" fill="#fff"/>` + f.mosaic.svg(f.height) + body
	}
	return fmt.Sprintf(`<svg width="%.4gpt" height="%.4gpt" viewBox="0 0 %.4g %.4g" style="max-width:100%%;height:auto" role="img" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><title>%s</title><desc>%s</desc>`,
		f.width.Points(), f.height.Points(), f.width.Points(), f.height.Points(), html.EscapeString(f.title), html.EscapeString(f.description)) + body
}

// AsPNG returns the figure as a picture of pixels, for places that do not show SVG.
func (f Figure) AsPNG() Picture { return Picture{f, fallback} }

// A Picture is a figure that a notebook shows as PNG.
type Picture struct {
	figure Figure
	font   func() *font.Face // for letters that the built-in one does not have
}

// String returns the alternative text.
func (p Picture) String() string { return p.figure.String() }

// dpi makes two pixels of a point: sharp on dense screens.
const dpi = 144

// PNG returns the picture. Colours are rounded to 4 bits a channel where a palette of 256 then holds them, which makes
// figures several times smaller and faster to write.
func (p Picture) PNG() []byte {
	c := vgimg.NewWith(vgimg.UseWH(p.figure.width, p.figure.height), vgimg.UseDPI(dpi))
	var img image.Image = c.Image()
	if m := p.figure.mosaic; m != nil {
		m.paste(c.Image(), p.figure.height)
	}
	missing := false
	dc := draw.New(pixels{c, p.font, &missing})
	p.figure.draw(dc)
	if missing {
		small := text.Style{Color: orange, Font: sans(7), Handler: handler}
		dc.FillText(small, vg.Point{X: 4, Y: 3}, note)
	}
	if m := p.figure.mosaic; m == nil || !m.colours {
		img = reduce(img)
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&b, img); err != nil { // a bytes.Buffer does not fail
		panic(fmt.Errorf("viz: writing PNG: %w", err))
	}
	return b.Bytes()
}

// reduce returns img with a palette of one colour for each that 4 bits a channel tell apart, or as it is where there are
// more than 256. The colour is the one that most of its pixels have, so that flat grounds keep theirs.
func reduce(img image.Image) image.Image {
	rgba, ok := img.(*image.RGBA)
	if !ok {
		return img
	}
	out := image.NewPaletted(rgba.Rect, color.Palette{color.RGBA{255, 255, 255, 255}}) // white is the paper, and stays
	var index [1 << 12]int16                                                           // by colour of 4 bits a channel; 0 for none, else its place plus one
	var votes [256]int                                                                 // of the palette's colours: the majority vote of R. Boyer and J. Moore (1981)
	for i, o := 0, 0; i+3 < len(rgba.Pix); i, o = i+4, o+1 {
		r, g, b := rgba.Pix[i], rgba.Pix[i+1], rgba.Pix[i+2]
		if r&g&b == 255 {
			continue
		}
		key := int((r+7-r/31)>>4)<<8 | int((g+7-g/31)>>4)<<4 | int((b+7-b/31)>>4)
		if index[key] == 0 {
			if len(out.Palette) == 256 {
				return img
			}
			out.Palette = append(out.Palette, color.RGBA{r, g, b, 255})
			index[key] = int16(len(out.Palette))
		}
		place := index[key] - 1
		switch c := out.Palette[place].(color.RGBA); {
		case c.R == r && c.G == g && c.B == b:
			votes[place]++
		case votes[place] == 0:
			out.Palette[place], votes[place] = color.RGBA{r, g, b, 255}, 1
		default:
			votes[place]--
		}
		out.Pix[o] = uint8(place)
	}
	return out
}

// written mends what gonum writes: one name of a font becomes a list, names of equal widths first, then those that have
// Hangul; images are PNG.
var written = strings.NewReplacer(
	"font-family:Liberation Sans;", "font-family:'Liberation Sans',Arial,Helvetica,'Noto Sans KR','Malgun Gothic','Apple SD Gothic Neo',NanumGothic,sans-serif;",
	"font-variant:normal;", "", "font-weight:normal;", "", "font-style:normal;", "", "font-variant:none;", "",
	"data:image/jpg;", "data:image/png;")
