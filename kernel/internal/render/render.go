// Package render turns values into what front ends can show: the display contract first, then types that it knows.
package render

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"maps"
	"reflect"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"github.com/gopherceptron/gopherceptron/kernel/display"
)

// A Renderer renders values. Text gives the text form of any value; nil is [display.Text].
type Renderer struct {
	Text func(v any) string
}

// Render returns a value in every form that is known of it. The display contract is by methods: HTML, SVG, Markdown,
// Latex and JavaScript return a string, PNG and JPEG []byte, JSON map[string]any; Bundle returns all at once.
// text is the text form if the caller knows a better one. A method that panics is reported in the text form.
func (r Renderer) Render(v any, text string) display.Bundle {
	b := display.Bundle{Data: map[string]any{}}
	fault := try(func() {
		if w, ok := v.(interface{ Bundle() display.Bundle }); ok {
			b = clone(w.Bundle())
			return
		}
		if b2, ok := v.(display.Bundle); ok {
			b = clone(b2)
			return
		}
		contract(v, b.Data)
		if len(b.Data) == 0 {
			r.known(v, b.Data, &text)
		}
	})
	if _, ok := b.Data["text/plain"].(string); ok && fault == nil {
		return b
	}
	if text == "" {
		text = r.text(v)
	}
	if fault != nil {
		text += fmt.Sprintf("\n(it cannot be shown otherwise: %v)", fault)
	}
	b.Data["text/plain"] = text
	return b
}

func (r Renderer) text(v any) (s string) {
	s = fmt.Sprintf("%T", v)
	try(func() {
		if r.Text != nil {
			s = r.Text(v)
			return
		}
		s = display.Text(v)
	})
	return s
}

// try calls f and returns what it panicked with.
func try(f func()) (fault any) {
	defer func() { fault = recover() }()
	f()
	return nil
}

func clone(b display.Bundle) display.Bundle {
	c := display.Bundle{Data: map[string]any{}, Metadata: b.Metadata}
	for k, v := range b.Data {
		c.Data[k] = v
	}
	return c
}

// contract calls the methods of the display contract. A picture or a page of no bytes is none.
func contract(v any, data map[string]any) {
	if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer && rv.IsNil() {
		return
	}
	if w, ok := v.(interface{ HTML() string }); ok {
		data["text/html"] = w.HTML()
	}
	if w, ok := v.(interface{ SVG() string }); ok {
		data["image/svg+xml"] = w.SVG()
	}
	if w, ok := v.(interface{ PNG() []byte }); ok {
		data["image/png"] = w.PNG()
	}
	if w, ok := v.(interface{ JPEG() []byte }); ok {
		data["image/jpeg"] = w.JPEG()
	}
	if w, ok := v.(interface{ Markdown() string }); ok {
		data["text/markdown"] = w.Markdown()
	}
	if w, ok := v.(interface{ Latex() string }); ok {
		data["text/latex"] = w.Latex()
	}
	if w, ok := v.(interface{ JavaScript() string }); ok {
		data["application/javascript"] = w.JavaScript()
	}
	if w, ok := v.(interface{ JSON() map[string]any }); ok {
		data["application/json"] = w.JSON()
	}
	maps.DeleteFunc(data, func(_ string, form any) bool {
		text, isText := form.(string)
		raw, isRaw := form.([]byte)
		return isText && text == "" || isRaw && len(raw) == 0
	})
}

// known renders the types that cannot show themselves.
func (r Renderer) known(v any, data map[string]any, text *string) {
	switch v := v.(type) {
	case nil:
	case *plot.Plot:
		if v != nil {
			plotSVG(v, data, text)
		}
	case image.Image:
		if p, err := display.Image(v); err == nil {
			for k, x := range p.Bundle().Data {
				data[k] = x
			}
		}
	case mat.Matrix:
		matrix(v, data, text)
	default:
		table(v, data)
	}
}

// plotSize is the size of a plot that is shown as it is.
const plotWidth, plotHeight = 6 * vg.Inch, 4 * vg.Inch

func plotSVG(p *plot.Plot, data map[string]any, text *string) {
	w, err := p.WriterTo(plotWidth, plotHeight, "svg")
	if err != nil {
		panic(err)
	}
	var b bytes.Buffer
	if _, err := w.WriteTo(&b); err != nil {
		panic(err)
	}
	data["image/svg+xml"] = b.String()
	*text = "plot"
	if p.Title.Text != "" {
		*text += fmt.Sprintf(" %q", p.Title.Text)
	}
}

// Matrices are shown with so many rows and columns at each end.
const excerpt = 8

func matrix(m mat.Matrix, data map[string]any, text *string) {
	rows, cols := m.Dims()
	f := mat.Formatted(m, mat.Squeeze())
	if rows > 2*excerpt || cols > 2*excerpt {
		f = mat.Formatted(m, mat.Squeeze(), mat.Excerpt(excerpt/2))
	}
	*text = fmt.Sprintf("%v", f)
	if rows > 2*excerpt || cols > 2*excerpt {
		return // the text says the dimensions
	}
	var b strings.Builder
	b.WriteString("<table>")
	for i := range rows {
		b.WriteString("<tr>")
		for j := range cols {
			fmt.Fprintf(&b, `<td style="text-align:right">%s</td>`, html.EscapeString(fmt.Sprintf("%.6g", m.At(i, j))))
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</table>")
	data["text/html"] = b.String()
}

// table adds a table for slices of structs and for maps.
func table(v any, data map[string]any) {
	t := reflect.TypeOf(v)
	switch t.Kind() {
	case reflect.Map:
	case reflect.Slice:
		e := t.Elem()
		if e.Kind() == reflect.Pointer {
			e = e.Elem()
		}
		if e.Kind() != reflect.Struct || exported(e) == 0 {
			return
		}
	default:
		return
	}
	if reflect.ValueOf(v).Len() == 0 {
		return
	}
	if g, err := display.Table(v); err == nil {
		data["text/html"] = g.HTML()
	}
}

func exported(t reflect.Type) (n int) {
	for i := range t.NumField() {
		if t.Field(i).IsExported() {
			n++
		}
	}
	return n
}
