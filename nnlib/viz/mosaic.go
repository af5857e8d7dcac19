package viz

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image/draw"
	"image/png"

	"gonum.org/v1/plot/vg"
)

// svg returns an image element whose pixels stay squares. height is the figure's: SVG counts from the top.
func (m *mosaic) svg(height vg.Length) string {
	var b bytes.Buffer
	if err := png.Encode(&b, m.image); err != nil { // a bytes.Buffer does not fail
		panic(fmt.Errorf("viz: writing PNG: %w", err))
	}
	size := m.place.Size()
	return fmt.Sprintf(`<image x="%.5g" y="%.5g" width="%.5g" height="%.5g" preserveAspectRatio="none" style="image-rendering:pixelated" xlink:href="data:image/png;base64,%s"/>`,
		m.place.Min.X.Points(), (height - m.place.Max.Y).Points(), size.X.Points(), size.Y.Points(), base64.StdEncoding.EncodeToString(b.Bytes()))
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
