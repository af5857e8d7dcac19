package render

import (
	"errors"
	"image"
	"maps"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"

	"github.com/gopherceptron/gopherceptron/kernel/display"
)

type row struct {
	Name string
	N    int
}

type page struct{}

func (page) HTML() string   { return "<i>page</i>" }
func (page) String() string { return "page" }

type broken struct{}

func (broken) HTML() string { panic("no page") }

// sketch may have nothing to draw.
type sketch struct{ svg string }

func (s sketch) SVG() string    { return s.svg }
func (s sketch) String() string { return "sketch" }

func TestRender(t *testing.T) {
	p := plot.New()
	p.Title.Text = "curve"
	for _, tt := range []struct {
		name string
		in   any
		text string // given by the caller
		mime string // besides text/plain
		want string // in that form, or in the text form if mime is empty
		last string // the text form; empty is not compared
	}{
		{"int", 3, "", "", "3", "3"},
		{"given text", 3, "three", "", "three", "three"},
		{"nil", nil, "nil", "", "nil", "nil"},
		{"contract", page{}, "", "text/html", "<i>page</i>", "page"},
		{"html", display.HTML("<b>x</b>"), "", "text/html", "<b>x</b>", ""},
		{"markdown", display.Markdown("# T"), "", "text/markdown", "# T", "# T"},
		{"latex", display.Latex(`\theta`), "", "text/latex", `$$\theta$$`, ""},
		{"plot", p, "", "image/svg+xml", "<svg", `plot "curve"`},
		{"nil plot", (*plot.Plot)(nil), "nil", "", "nil", "nil"},
		{"image", image.NewGray(image.Rect(0, 0, 4, 3)), "", "image/png", "\x89PNG", "image, 4x3 pixels"},
		{"matrix", mat.NewDense(2, 2, []float64{1, 2, 3, 4.5}), "", "text/html", ">4.5<", ""},
		{"large matrix", mat.NewDense(100, 100, nil), "", "", "Dims(100, 100)", ""},
		{"structs", []row{{"ann", 1}}, "x", "text/html", "<td style=\"text-align:left\">ann</td>", "x"},
		{"map", map[string]int{"a": 1}, "x", "text/html", "<td", "x"},
		{"ints", []int{1}, "", "", "[1]", "[1]"},
		{"empty slice of structs", []row{}, "", "", "[]", "[]"},
		{"error", errors.New("bad"), "", "", "bad", "bad"},
		{"picture", sketch{"<svg/>"}, "", "image/svg+xml", "<svg/>", "sketch"},
		{"empty picture", sketch{}, "", "", "sketch", "sketch"},
		{"panic in a method", broken{}, "", "", "it cannot be shown otherwise: no page", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := Renderer{}.Render(tt.in, tt.text)
			text, _ := b.Data["text/plain"].(string)
			if tt.last != "" && text != tt.last {
				t.Errorf("Render(%v) text = %q; want %q", tt.in, text, tt.last)
			}
			got := text
			if tt.mime == "" {
				if len(b.Data) != 1 {
					t.Errorf("Render(%v) has %v; want text/plain alone", tt.in, slices.Sorted(maps.Keys(b.Data)))
				}
			} else {
				switch x := b.Data[tt.mime].(type) {
				case string:
					got = x
				case []byte:
					got = string(x)
				default:
					t.Fatalf("Render(%v) has %v; want %s", tt.in, slices.Sorted(maps.Keys(b.Data)), tt.mime)
				}
			}
			if !strings.Contains(got, tt.want) {
				t.Errorf("Render(%v) = %.200q; want %q in it", tt.in, got, tt.want)
			}
		})
	}
}

// A bundle that is shown is not changed: its owner may show it again.
func TestRenderLeavesBundles(t *testing.T) {
	b := display.Bundle{Data: map[string]any{"text/html": "x"}}
	Renderer{}.Render(b, "text")
	if len(b.Data) != 1 {
		t.Errorf("Render changed the bundle to %v", b.Data)
	}
}
