package widget

import (
	"fmt"

	"github.com/gopherceptron/gopherceptron/kernel/display"
)

// LabelWidget is a line of text.
type LabelWidget struct {
	Control
	Style       LabelStyle
	Placeholder string `w:"placeholder"`
	Value       string `w:"value"`
}

// Label returns a line of text.
func Label(text string) *LabelWidget {
	return finish(&LabelWidget{Placeholder: placeholder, Value: text})
}

func (*LabelWidget) kind() kind { return kind{"Label", "Label"} }

// HTMLWidget is a text in HTML.
type HTMLWidget struct {
	Control
	Style       HTMLStyle
	Placeholder string `w:"placeholder"`
	Value       string `w:"value"`
}

// HTML returns a text in HTML.
func HTML(text string) *HTMLWidget { return finish(&HTMLWidget{Placeholder: placeholder, Value: text}) }

func (*HTMLWidget) kind() kind { return kind{"HTML", "HTML"} }

// HTMLMathWidget is a text in HTML with formulas between dollars.
type HTMLMathWidget struct {
	Control
	Style       HTMLMathStyle
	Placeholder string `w:"placeholder"`
	Value       string `w:"value"`
}

// HTMLMath returns a text in HTML with formulas between dollars: "the net value is $w \cdot x$".
func HTMLMath(text string) *HTMLMathWidget {
	return finish(&HTMLMathWidget{Placeholder: placeholder, Value: text})
}

func (*HTMLMathWidget) kind() kind { return kind{"HTMLMath", "HTMLMath"} }

// ImageWidget is a picture.
type ImageWidget struct {
	Base
	Format string `w:"format"` // "png", "jpeg", "gif" or "svg+xml"
	Width  string `w:"width"`  // in pixels; "" for the picture's own
	Height string `w:"height"` // in pixels; "" for the picture's own
	Value  []byte `w:"value"`  // the file
}

// Image returns a picture: of a value with a method SVG or PNG, or of an image, a file name or a file's bytes, as
// display.Image takes them.
func Image(v any) (*ImageWidget, error) {
	w := finish(&ImageWidget{Format: "png"})
	return w, w.Set(v)
}

// Set shows another picture.
func (w *ImageWidget) Set(v any) error {
	switch p := v.(type) {
	case interface{ SVG() string }:
		w.Format, w.Value = "svg+xml", []byte(p.SVG())
		return nil
	case interface{ PNG() []byte }:
		w.Format, w.Value = "png", p.PNG()
		return nil
	}
	p, err := display.Image(v)
	if err != nil {
		return fmt.Errorf("widget: image: %w", err)
	}
	for mime, data := range p.Bundle().Data {
		if raw, ok := data.([]byte); ok && len(mime) > len("image/") {
			w.Format, w.Value = mime[len("image/"):], raw
			return nil
		}
	}
	return fmt.Errorf("widget: image: expected a picture, received %T: give it a method SVG or PNG", v)
}

func (*ImageWidget) kind() kind { return kind{"Image", "Image"} }
