package display

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
)

// HTML is a fragment of HTML: display.HTML("<b>bold</b>") as the last line of a cell shows it.
type HTML string

// HTML returns the fragment.
func (h HTML) HTML() string { return string(h) }

func (h HTML) String() string { return "HTML, " + size(len(h)) }

// Markdown is text with Markdown mark-up; formulas stand between dollar signs.
type Markdown string

// Markdown returns the text.
func (m Markdown) Markdown() string { return string(m) }

func (m Markdown) String() string { return string(m) }

// Latex is a formula: display.Latex(`\sum_i w_i x_i > \theta`).
type Latex string

// Latex returns the formula between dollar signs, which it gets if it has none.
func (l Latex) Latex() string {
	if strings.HasPrefix(string(l), "$") || strings.HasPrefix(string(l), `\begin`) {
		return string(l)
	}
	return "$$" + string(l) + "$$"
}

func (l Latex) String() string { return string(l) }

// SVG is a picture as an SVG document.
type SVG string

// SVG returns the document.
func (s SVG) SVG() string { return string(s) }

func (s SVG) String() string { return "SVG picture, " + size(len(s)) }

// PNG is a picture as the bytes of a PNG file.
type PNG []byte

// PNG returns the bytes.
func (p PNG) PNG() []byte { return p }

func (p PNG) String() string { return "PNG picture, " + size(len(p)) }

// JPEG is a picture as the bytes of a JPEG file.
type JPEG []byte

// JPEG returns the bytes.
func (j JPEG) JPEG() []byte { return j }

func (j JPEG) String() string { return "JPEG picture, " + size(len(j)) }

// JavaScript is a program that the page runs when it is shown, in front ends that allow it.
type JavaScript string

// JavaScript returns the program.
func (j JavaScript) JavaScript() string { return string(j) }

func (j JavaScript) String() string { return "JavaScript, " + size(len(j)) }

func size(n int) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1000000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// A Picture is an image that can be shown.
type Picture struct {
	png  []byte
	svg  string
	jpeg []byte
	text string
}

// Image makes a picture of an image.Image, of the bytes of a PNG or JPEG file, or of the name of a PNG, JPEG or SVG file.
// It fails on anything else and on a file that cannot be read.
func Image(v any) (Picture, error) {
	switch v := v.(type) {
	case image.Image:
		var b bytes.Buffer
		enc := png.Encoder{CompressionLevel: png.BestSpeed}
		if err := enc.Encode(&b, v); err != nil {
			return Picture{}, fmt.Errorf("display: Image: %w", err)
		}
		return Picture{png: b.Bytes(), text: fmt.Sprintf("image, %dx%d pixels", v.Bounds().Dx(), v.Bounds().Dy())}, nil
	case []byte:
		return fromBytes(v, size(len(v)))
	case string:
		data, err := os.ReadFile(v)
		if err != nil {
			return Picture{}, fmt.Errorf("display: Image: %w", err)
		}
		return fromBytes(data, filepath.Base(v))
	}
	return Picture{}, fmt.Errorf("display: Image: got %T; want an image.Image, the bytes of a PNG or JPEG file, or a file name", v)
}

func fromBytes(data []byte, name string) (Picture, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return Picture{png: data, text: "PNG picture, " + name}, nil
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return Picture{jpeg: data, text: "JPEG picture, " + name}, nil
	case bytes.Contains(data[:min(len(data), 1000)], []byte("<svg")):
		return Picture{svg: string(data), text: "SVG picture, " + name}, nil
	}
	return Picture{}, fmt.Errorf("display: Image: %s is neither PNG, JPEG nor SVG", name)
}

// Bundle returns the picture in its own format.
func (p Picture) Bundle() Bundle {
	d := map[string]any{"text/plain": p.text}
	switch {
	case p.png != nil:
		d["image/png"] = p.png
	case p.jpeg != nil:
		d["image/jpeg"] = p.jpeg
	case p.svg != "":
		d["image/svg+xml"] = p.svg
	}
	return Bundle{Data: d}
}

func (p Picture) String() string { return p.text }
