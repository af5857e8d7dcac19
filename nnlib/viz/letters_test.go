package viz

import (
	"bytes"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

func TestRuns(t *testing.T) {
	for in, want := range map[string][]run{
		"":           nil,
		"loss":       {{"loss", false}},
		"손실":         {{"손실", true}},
		"손실 (loss)":  {{"손실", true}, {" (loss)", false}},
		"θ ≤ 0.5·x":  {{"θ ≤ 0.5·x", false}},
		"学習、かな ｶﾅ %": {{"学習、かな", true}, {" ", false}, {"ｶﾅ", true}, {" %", false}},
	} {
		if diff := cmp.Diff(want, runs(in), cmp.AllowUnexported(run{})); diff != "" {
			t.Errorf("runs(%q) differs (-want +got):\n%s", in, diff)
		}
	}
}

// TestWidth compares widths with those that browsers give: 22.6 points for two syllables at 12 points.
func TestWidth(t *testing.T) {
	two, _, _ := handler.Box("손실", sans(12))
	if math.Abs(float64(two)-22.6) > 0.2 {
		t.Errorf("width of 손실 at 12 points = %.1f; want 22.6", float64(two))
	}
	latin, _, _ := handler.Box("loss", sans(12))
	if both, _, _ := handler.Box("손실 loss", sans(12)); both < two+latin || both > two+latin+5 {
		t.Errorf("width of both = %.1f; want %.1f and a space", float64(both), float64(two+latin))
	}
}

// TestHangulInSVG looks where a title begins: half its width left of the middle.
func TestHangulInSVG(t *testing.T) {
	svg := Histogram(nnlib.Digits().X, HistogramOptions{Title: "손실"}).SVG()
	if !strings.Contains(svg, ">손실</text>") || !strings.Contains(svg, "NanumGothic,sans-serif") {
		t.Errorf("SVG has no text 손실 with fonts that have it")
	}
}

// TestHangulInPNG draws with the fonts of the machine, with none, and with one that is made up.
func TestHangulInPNG(t *testing.T) {
	f := Histogram(nnlib.Digits().X, HistogramOptions{Title: "손실"})
	// dark counts the dark pixels of a stripe: from a share of the height to another, from the top.
	dark := func(p Picture, from, to float64) int {
		img, err := png.Decode(bytes.NewReader(p.PNG()))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		b := img.Bounds()
		for y := int(from * float64(b.Dy())); y < int(to*float64(b.Dy())); y++ {
			for x := range b.Dx() {
				if r, g, b, _ := img.At(x, y).RGBA(); r+g+b < 3*0x9000 {
					n++
				}
			}
		}
		return n
	}
	none := Picture{f, func() *font.Face { return nil }}
	if n := dark(none, 0, 0.08); n > 0 {
		t.Errorf("title without a font has %d dark pixels; want none", n)
	}
	count := func(p Picture) int { // orange pixels of the note
		img, _ := png.Decode(bytes.NewReader(p.PNG()))
		n := 0
		for y := img.Bounds().Dy() - 16; y < img.Bounds().Dy(); y++ {
			for x := range img.Bounds().Dx() {
				if r, _, b, _ := img.At(x, y).RGBA(); r > b+0x3000 {
					n++
				}
			}
		}
		return n
	}
	if n := count(none); n < 100 {
		t.Errorf("note has %d orange pixels; want it to be seen", n)
	}
	if n := count(Picture{Histogram(nnlib.Digits().X, HistogramOptions{}), none.font}); n > 0 {
		t.Errorf("a figure without foreign letters has a note of %d pixels; want none", n)
	}
	if fallback() == nil && os.Getenv("CI") != "" {
		t.Fatal("no font with Korean letters on this machine (fonts-nanum)")
	} else if fallback() == nil {
		t.Skip("no font with Korean letters on this machine (fonts-nanum)")
	}
	if n := dark(f.AsPNG(), 0, 0.08); n < 60 {
		t.Errorf("title has %d dark pixels; want letters", n)
	}
	if n := count(f.AsPNG()); n > 0 {
		t.Errorf("figure with all letters has a note of %d pixels; want none", n)
	}
}

func TestFindFont(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.ttf")
	if err := os.WriteFile(broken, []byte("no font"), 0o644); err != nil {
		t.Fatal(err)
	}
	if f := findFont([]string{filepath.Join(t.TempDir(), "none.ttf"), broken}); f != nil {
		t.Errorf("findFont = %v; want nil where no file is a font", f)
	}
}

// TestDrawImage scales two pixels: their colours at the ends, a mixture between, and nothing where it is transparent.
func TestDrawImage(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 2, 1))
	copy(img.Pix, []byte{255, 0, 0, 255, 0, 0, 0, 0})
	c := pixels{Canvas: vgimg.NewWith(vgimg.UseWH(36, 36), vgimg.UseDPI(dpi))}
	c.DrawImage(vg.Rectangle{Min: vg.Point{X: 0, Y: 18}, Max: vg.Point{X: 36, Y: 36}}, img)
	at := func(x, y int) [3]uint32 {
		r, g, b, _ := c.Image().At(x, y).RGBA()
		return [3]uint32{r >> 8, g >> 8, b >> 8}
	}
	for _, c := range []struct {
		name string
		x, y int
		want [3]uint32
	}{{"left", 2, 10, [3]uint32{255, 0, 0}}, {"right", 70, 10, [3]uint32{255, 255, 255}}, {"below", 2, 60, [3]uint32{255, 255, 255}}} {
		if got := at(c.x, c.y); got != c.want {
			t.Errorf("%s: %v; want %v", c.name, got, c.want)
		}
	}
	if m := at(36, 10); m[1] < 110 || m[1] > 145 || m[0] < 250 {
		t.Errorf("middle: %v; want half red on white", m)
	}
}
