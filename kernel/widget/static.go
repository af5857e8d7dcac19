package widget

import (
	"encoding/base64"
	"fmt"
	"html"
	"strings"

	"github.com/gopherceptron/gopherceptron/kernel/display"
)

// static returns a widget as a picture of HTML, for pages without a kernel. alone says that there is no kernel now either.
func static(w Widget, alone bool) string {
	why := "A picture of the widget: run the cell in Jupyter to use it."
	if alone {
		why = "A picture of the widget: it cannot be used here, as there is no connection for widgets (comm) to a front end."
	}
	var b strings.Builder
	b.WriteString(`<div class="gopherceptron-widget">`)
	picture(&b, w)
	b.WriteString(`<div><small style="opacity:0.6">` + why + `</small></div></div>`)
	return b.String()
}

func picture(b *strings.Builder, w Widget) {
	esc := html.EscapeString
	input := func(label, attributes, after string) {
		fmt.Fprintf(b, `<div><label><span style="display:inline-block;min-width:6em;text-align:right;margin-right:0.5em">%s</span><input %s disabled> %s</label></div>`, esc(label), attributes, esc(after))
	}
	slider := func(label string, low, high, value any) {
		input(label, fmt.Sprintf(`type="range" min="%v" max="%v" step="any" value="%v"`, low, high, value), fmt.Sprint(value))
	}
	switch w := w.(type) {
	case *FloatSliderWidget:
		slider(w.Description, w.Min, w.Max, w.Value)
	case *IntSliderWidget:
		slider(w.Description, w.Min, w.Max, w.Value)
	case *FloatLogSliderWidget:
		slider(w.Description, 0, w.Max, w.Value)
	case *FloatRangeSliderWidget:
		input(w.Description, `type="range"`, fmt.Sprintf("%v to %v", w.Value[0], w.Value[1]))
	case *IntRangeSliderWidget:
		input(w.Description, `type="range"`, fmt.Sprintf("%v to %v", w.Value[0], w.Value[1]))
	case *FloatTextWidget:
		input(w.Description, fmt.Sprintf(`type="number" value="%v"`, w.Value), "")
	case *IntTextWidget:
		input(w.Description, fmt.Sprintf(`type="number" value="%v"`, w.Value), "")
	case *TextWidget:
		input(w.Description, fmt.Sprintf(`type="text" value="%s"`, esc(w.Value)), "")
	case *CheckboxWidget:
		checked := ""
		if w.Value {
			checked = " checked"
		}
		input("", `type="checkbox"`+checked, w.Description)
	case *ColorPickerWidget:
		input(w.Description, fmt.Sprintf(`type="color" value="%s"`, esc(w.Value)), w.Value)
	case *PlayWidget:
		input(w.Description, `type="range"`, fmt.Sprint(w.Value))
	case *ButtonWidget:
		fmt.Fprintf(b, `<button disabled>%s</button>`, esc(w.Description))
	case *ProgressWidget:
		fmt.Fprintf(b, `<div>%s <progress max="%v" value="%v"></progress></div>`, esc(w.Description), w.Max-w.Min, w.Value-w.Min)
	case *LabelWidget:
		fmt.Fprintf(b, `<div>%s</div>`, esc(w.Value))
	case *HTMLWidget:
		fmt.Fprintf(b, `<div>%s</div>`, w.Value)
	case *HTMLMathWidget:
		fmt.Fprintf(b, `<div>%s</div>`, w.Value)
	case *ImageWidget:
		fmt.Fprintf(b, `<img src="data:image/%s;base64,%s">`, esc(w.Format), base64.StdEncoding.EncodeToString(w.Value))
	case *OutputWidget:
		w.picture(b)
	case *PagesWidget:
		for i, c := range w.Children {
			title := ""
			if i < len(w.Titles) {
				title = w.Titles[i]
			}
			fmt.Fprintf(b, `<div><b>%s</b></div>`, esc(title))
			picture(b, c)
		}
	case *LinkWidget:
	default:
		if c, ok := w.(interface{ choice() *Choice }); ok {
			ch := c.choice()
			fmt.Fprintf(b, `<div><label><span style="display:inline-block;min-width:6em;text-align:right;margin-right:0.5em">%s</span><select disabled><option>%s</option></select></label></div>`, esc(ch.Description), esc(ch.Value))
			return
		}
		flow := "column"
		if w.kind().model == "HBox" {
			flow = "row"
		}
		fmt.Fprintf(b, `<div style="display:flex;flex-flow:%s wrap;gap:0.3em">`, flow)
		for _, c := range contents(w) {
			picture(b, c)
		}
		b.WriteString(`</div>`)
	}
}

func (c *Choice) choice() *Choice { return c }

// picture shows the outputs.
func (o *OutputWidget) picture(b *strings.Builder) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, x := range o.outputs {
		text := func(mime string) string { s, _ := x.Data[mime].(string); return s }
		switch {
		case x.Type == "stream":
			fmt.Fprintf(b, `<pre>%s</pre>`, html.EscapeString(x.Text))
		case x.Type == "error":
			fmt.Fprintf(b, `<pre>%s: %s</pre>`, html.EscapeString(x.EName), html.EscapeString(x.EValue))
		case text("text/html") != "":
			b.WriteString(text("text/html"))
		case text("image/svg+xml") != "":
			b.WriteString(text("image/svg+xml"))
		case text("image/png") != "":
			fmt.Fprintf(b, `<img src="data:image/png;base64,%s">`, text("image/png"))
		default:
			fmt.Fprintf(b, `<pre>%s</pre>`, html.EscapeString(text("text/plain")))
		}
	}
}

// nowhere is the host where there is none.
type nowhere struct{ Host }

// Bundle returns the forms of a value by the display contract.
func (nowhere) Bundle(v any) display.Bundle {
	data := map[string]any{"text/plain": display.Text(v)}
	if x, ok := v.(interface{ HTML() string }); ok {
		data["text/html"] = x.HTML()
	}
	if x, ok := v.(interface{ SVG() string }); ok {
		data["image/svg+xml"] = x.SVG()
	}
	if x, ok := v.(interface{ PNG() []byte }); ok && len(data) == 1 {
		data["image/png"] = x.PNG()
	}
	return display.Bundle{Data: data}
}
