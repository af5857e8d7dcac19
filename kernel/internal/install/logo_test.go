package install

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestLogo(t *testing.T) {
	for name, size := range map[string]int{"logo-32x32.png": 32, "logo-64x64.png": 64} {
		data, err := logo(name)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if b := img.Bounds(); b.Dx() != size || b.Dy() != size {
			t.Errorf("%s is %v; want %d a side", name, b, size)
		}
		if _, _, _, a := img.At(0, 0).RGBA(); a != 0 {
			t.Errorf("%s: corner has alpha %d; want 0", name, a)
		}
		if r, _, b, a := img.At(size*5/16, size*10/16).RGBA(); a != 0xffff || b < r {
			t.Errorf("%s: the body is not blue", name)
		}
		save(t, name, data)
	}
	svg, err := logo("logo-svg.svg")
	if err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("logo-svg.svg: %v", err)
		}
	}
	save(t, "logo-svg.svg", svg)
	if _, err := logo("other.png"); err == nil {
		t.Error("logo(other.png) = nil error; want one")
	}
}

// save keeps a picture for a human to look at.
func save(t *testing.T, name string, data []byte) {
	if dir := os.Getenv("GOPHERCEPTRON_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Error(err)
		}
	}
}
