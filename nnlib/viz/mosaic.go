package viz

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"

	"gonum.org/v1/plot/vg"
)

// A mosaic is pictures under a drawing, all in one image of few pixels that are shown as squares: gonum's canvases would
// smooth them. An image for each picture would be larger and slower.
type mosaic struct {
	image   image.Image
	place   vg.Rectangle
	colours bool // too many for a palette; written as JPEG where that is smaller
}

// svg returns an image element whose pixels stay squares. height is the figure's: SVG counts from the top.
func (m *mosaic) svg(height vg.Length) string {
	kind, content := "png", m.png()
	if m.colours && len(content) > 20_000 {
		kind, content = "jpeg", m.jpeg()
	}
	size := m.place.Size()
	return fmt.Sprintf(`<image x="%.5g" y="%.5g" width="%.5g" height="%.5g" preserveAspectRatio="none" style="image-rendering:pixelated" xlink:href="data:image/%s;base64,%s"/>`,
		m.place.Min.X.Points(), (height - m.place.Max.Y).Points(), size.X.Points(), size.Y.Points(), kind, base64.StdEncoding.EncodeToString(content))
}

func (m *mosaic) png() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m.image); err != nil { // a bytes.Buffer does not fail
		panic(fmt.Errorf("viz: writing PNG: %w", err))
	}
	return b.Bytes()
}

// jpeg returns the image on white, in the best quality that keeps a figure below 100 kB.
func (m *mosaic) jpeg() []byte {
	flat := image.NewRGBA(m.image.Bounds())
	draw.Draw(flat, flat.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Rect, m.image, m.image.Bounds().Min, draw.Over)
	var b bytes.Buffer
	for _, quality := range []int{85, 70, 55, 40, 25} {
		b.Reset()
		if err := jpeg.Encode(&b, flat, &jpeg.Options{Quality: quality}); err != nil { // a bytes.Buffer does not fail
			panic(fmt.Errorf("viz: writing JPEG: %w", err))
		}
		const most = 65_000 // a third more in base64, and the text
		if b.Len() < most {
			break
		}
	}
	return b.Bytes()
}

// paste draws the image into dst, which shows the whole figure, by the nearest pixel.
func (m *mosaic) paste(dst draw.Image, height vg.Length) {
	const perPoint = dpi / 72.0
	left, top := int(m.place.Min.X.Points()*perPoint), int((height-m.place.Max.Y).Points()*perPoint)
	wide, high := int(m.place.Size().X.Points()*perPoint), int(m.place.Size().Y.Points()*perPoint)
	from := m.image.Bounds()
	for y := range high {
		for x := range wide {
			c := m.image.At(from.Min.X+x*from.Dx()/wide, from.Min.Y+y*from.Dy()/high)
			if _, _, _, alpha := c.RGBA(); alpha > 0 {
				dst.Set(left+x, top+y, c)
			}
		}
	}
}
