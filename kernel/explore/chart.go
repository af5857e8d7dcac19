package explore

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// The colours of package viz.
const (
	blue   = "#0072b2"
	orange = "#d55e00"
	green  = "#009e73"
)

// A curve is a line through points.
type curve struct {
	name, colour string
	dashed       bool
	xs, ys       []float64
}

// A mark is a point that is pointed out.
type mark struct {
	x, y   float64
	colour string
}

// A chart is curves over axes, as SVG within HTML. Its text and axes have the colour of the page's text, so that it shows
// on light and dark pages.
type chart struct {
	title, alt               string
	across                   string // what the numbers across are
	width, height            float64
	left, right, bottom, top float64 // the ends of the axes
	curves                   []curve
	marks                    []mark
}

// svg returns the chart.
func (c chart) svg() string {
	const edgeX, edgeY = 40.0, 22.0
	x := func(v float64) float64 { return edgeX + (c.width-edgeX-6)*(v-c.left)/(c.right-c.left) }
	y := func(v float64) float64 {
		v = min(max(v, c.bottom), c.top)
		return c.height - edgeY - (c.height-2*edgeY)*(v-c.bottom)/(c.top-c.bottom)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg width="%g" height="%g" viewBox="0 0 %g %g" role="img" aria-label="%s" style="font:12px sans-serif;max-width:100%%" fill="currentColor">`, c.width, c.height, c.width, c.height, html.EscapeString(c.alt))
	fmt.Fprintf(&b, `<text x="%g" y="14" font-weight="bold">%s</text>`, edgeX, html.EscapeString(c.title))
	zero := func(low, high float64) float64 { return min(max(0, low), high) }
	fmt.Fprintf(&b, `<path d="M%.1f,%.1fV%.1fM%.1f,%.1fH%.1f" stroke="currentColor" stroke-opacity="0.5" fill="none"/>`,
		x(zero(c.left, c.right)), y(c.bottom), y(c.top), x(c.left), y(zero(c.bottom, c.top)), x(c.right))
	for _, v := range []float64{c.left, c.right} {
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, min(x(v), c.width-14), c.height-6, short(v))
	}
	if c.across != "" {
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, x((c.left+c.right)/2), c.height-6, html.EscapeString(c.across))
	}
	for _, v := range []float64{c.bottom, c.top} {
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="end">%s</text>`, edgeX-6, y(v)+4, short(v))
	}
	end := c.width - 6
	for i := len(c.curves) - 1; i >= 0; i-- {
		l := c.curves[i]
		dash := ""
		if l.dashed {
			dash = ` stroke-dasharray="5 3"`
		}
		fmt.Fprintf(&b, `<polyline fill="none" stroke="%s" stroke-width="2"%s points="`, l.colour, dash)
		for j := range l.xs {
			if v := l.ys[j]; v-v == 0 {
				fmt.Fprintf(&b, "%.1f,%.1f ", x(l.xs[j]), y(v))
			}
		}
		b.WriteString(`"/>`)
		if l.name != "" {
			fmt.Fprintf(&b, `<text x="%g" y="14" text-anchor="end" fill="%s">%s</text>`, end, l.colour, html.EscapeString(l.name))
			end -= 14 + 7*float64(len([]rune(l.name)))
		}
	}
	for _, m := range c.marks {
		fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="5" fill="%s" stroke="#fff"/>`, x(m.x), y(m.y), m.colour)
	}
	b.WriteString(`</svg>`)
	return b.String()
}

// short writes a number with three digits.
func short(v float64) string {
	if v == 0 { // not −0
		return "0"
	}
	if a := math.Abs(v); a >= 1000 && a < 1e9 {
		return fmt.Sprintf("%.0f", v)
	}
	return strings.Replace(fmt.Sprintf("%.3g", v), "-", "−", 1)
}

// bars returns horizontal bars from 0 to 1, one of which may be pointed out; -1 for none.
func bars(title string, names []string, values []float64, best int) string {
	const row, left, width = 22.0, 60.0, 220.0 // three beside each other on a page
	var b strings.Builder
	fmt.Fprintf(&b, `<svg width="%g" height="%g" role="img" aria-label="%s" style="font:12px sans-serif" fill="currentColor">`, left+width+60, row*float64(len(values))+24, html.EscapeString(title))
	fmt.Fprintf(&b, `<text x="0" y="14" font-weight="bold">%s</text>`, html.EscapeString(title))
	for i, v := range values {
		at, colour := 22+row*float64(i), blue
		if i == best {
			colour = orange
		}
		fmt.Fprintf(&b, `<text x="%g" y="%g" text-anchor="end">%s</text><rect x="%g" y="%g" width="%.1f" height="%g" fill="%s"/><text x="%.1f" y="%g">%.3f</text>`,
			left-6, at+14, html.EscapeString(names[i]), left, at+2, width*min(max(v, 0), 1), row-6, colour, left+width*min(max(v, 0), 1)+5, at+14, v)
	}
	b.WriteString(`</svg>`)
	return b.String()
}

// side returns parts beside each other, as far as there is room.
func side(parts ...string) string {
	return `<div style="display:flex;flex-wrap:wrap;gap:20px;align-items:flex-start;line-height:1.4">` + "<div>" + strings.Join(parts, "</div><div>") + "</div></div>"
}
