package viz

import (
	"math"
	"strings"
	"unicode"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// letters writes plain text like gonum's handler, but knows how wide letters are that the built-in font does not have:
// in SVG the reader's browser finds a font for them, in PNG an installed one is used (see fallback).
type letters struct{ text.Plain }

var handler = letters{text.Plain{Fonts: plot.DefaultTextHandler.Cache()}}

// hangul is the width of a Korean syllable in ems, as Noto Sans KR, Malgun Gothic and Apple SD Gothic Neo have it
// within 0.03; Chinese and Japanese letters are as wide or a little wider.
const hangul = 0.94

// Box returns the width of one line, and how far it goes above and below its ground line.
func (l letters) Box(line string, f font.Font) (width, height, depth vg.Length) {
	face := l.Fonts.Lookup(f, f.Size)
	e := face.Extents()
	for _, r := range runs(line) {
		if r.foreign {
			width += foreignWidth(r.text, f.Size)
		} else {
			width += face.Width(r.text)
		}
	}
	return width, e.Ascent, e.Descent
}

// Draw writes lines at a point, turned and aligned as the style says.
func (l letters) Draw(c vg.Canvas, txt string, style text.Style, at vg.Point) {
	txt = strings.TrimRight(txt, "\n")
	if txt == "" {
		return
	}
	face := l.Fonts.Lookup(style.Font, style.Font.Size)
	c.SetColor(style.Color)
	if style.Rotation != 0 {
		c.Push()
		defer c.Pop()
		c.Rotate(style.Rotation)
	}
	sin, cos := math.Sincos(style.Rotation)
	x, y := at.X*vg.Length(cos)+at.Y*vg.Length(sin), at.Y*vg.Length(cos)-at.X*vg.Length(sin)
	lines := l.Lines(txt)
	y += style.Height(txt)*vg.Length(style.YAlign) - face.Extents().Ascent
	for i, line := range lines {
		w, _, _ := l.Box(line, style.Font)
		c.FillString(face, vg.Point{X: x + vg.Length(style.XAlign)*w, Y: y + vg.Length(len(lines)-i)*style.Font.Size}, line)
	}
}

// A run is letters that the built-in font has, or that it does not have.
type run struct {
	text    string
	foreign bool
}

// runs parts a line. The built-in font has Latin, Greek, Cyrillic, arrows and mathematical signs, but nothing from the
// Hangul Jamo of Unicode on that belongs to Asian scripts.
func runs(line string) []run {
	var out []run
	for _, r := range line {
		foreign := wide(r)
		if n := len(out); n > 0 && out[n-1].foreign == foreign {
			out[n-1].text += string(r)
		} else {
			out = append(out, run{string(r), foreign})
		}
	}
	return out
}

// wide reports whether a letter takes a whole square: Korean, Chinese, Japanese, and their punctuation.
func wide(r rune) bool {
	return r >= 0x1100 && (unicode.In(r, unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3000 && r < 0x3100 || r >= 0xff00 && r < 0xffe7)
}

func foreignWidth(text string, size vg.Length) vg.Length {
	n := 0
	for range text {
		n++
	}
	return vg.Length(n) * hangul * size
}
