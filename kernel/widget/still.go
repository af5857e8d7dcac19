package widget

import (
	"encoding/base64"
	"html"
	"strings"

	"github.com/gopherceptron/gopherceptron/kernel/display"
)

// A Still is the picture of a widget for pages that show it without a kernel, and may not be able to show the widget itself:
// nbconvert, for one, prefers the stored widget to any other form of an output, and loads the program that draws it from the
// net. A still is therefore an output of its own beside the widget's. Its style hides it where the widget is seen.
type Still struct {
	widget   Widget
	closings int
}

// NewStill returns the still of a widget. The widget must be shown by Live of the still, after this call.
func NewStill(w Widget) Still {
	root := framed(w).base()
	if root.still == "" {
		root.still = newID()[:8]
		root.Classes = append(root.Classes, "gopherceptron-live-"+root.still)
		root.Sync()
	}
	return Still{w, w.base().closings}
}

// Live returns the widget without its picture.
func (s Still) Live() interface{ Bundle() display.Bundle } { return liveView{s.widget} }

type liveView struct{ Widget }

// Bundle implements the display contract.
func (l liveView) Bundle() display.Bundle {
	b := view(l.Widget)
	if b.Data[viewType] != nil {
		delete(b.Data, "text/html")
	}
	return b
}

// HTML returns the picture as it is now; "" once the widget has been closed.
func (s Still) HTML() string {
	if s.widget.base().closings != s.closings {
		return ""
	}
	id := framed(s.widget).base().still
	seen, own := ":root:has(.gopherceptron-live-"+id+")", ".gopherceptron-still-"+id
	return "<style>" + seen + " " + own + ", " + seen + " .jp-OutputArea-child:has(" + own + "){display:none}</style>" +
		`<div class="gopherceptron-still-` + id + `">` + drawings.ReplaceAllStringFunc(static(s.widget, false), drawn) + "</div>"
}

// drawn returns a drawing as an image: pages that do not trust a notebook take drawings out, and leave their letters.
func drawn(svg string) string {
	if tag, _, _ := strings.Cut(svg, ">"); !strings.Contains(tag, "xmlns=") {
		svg = `<svg xmlns="http://www.w3.org/2000/svg"` + strings.TrimPrefix(svg, "<svg")
	}
	alt := html.EscapeString(html.UnescapeString(drawingText(svg)))
	return `<img alt="` + alt + `" style="max-width:100%;margin:0;align-self:flex-start" src="data:image/svg+xml;base64,` + base64.StdEncoding.EncodeToString([]byte(svg)) + `">`
}

// Bundle implements the display contract. Its text is empty, as that of the widget has been shown.
func (s Still) Bundle() display.Bundle {
	return display.Bundle{Data: map[string]any{"text/plain": "", "text/html": s.HTML()}}
}
