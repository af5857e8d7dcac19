package data

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"sync"

	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

// Where the file comes from is written in digits.md.
//
//go:embed digits.bin.gz
var digitsFile []byte

const (
	digitsCount = 1797
	digitsSide  = 8
)

// digits unpacks the embedded file once: first the pixels of all pictures, then a label for each.
var digits = sync.OnceValue(func() *Dataset {
	r, err := gzip.NewReader(bytes.NewReader(digitsFile))
	var raw []byte
	if err == nil {
		raw, err = io.ReadAll(r)
	}
	const pixels = digitsCount * digitsSide * digitsSide
	if err != nil || len(raw) != pixels+digitsCount {
		panic("data: the digits embedded in this program are damaged")
	}
	d := &Dataset{X: tensor.New(digitsCount, digitsSide, digitsSide), Y: tensor.New(digitsCount)}
	for i, v := range raw[:pixels] {
		d.X.Data[i] = float32(v)
	}
	for i, v := range raw[pixels:] {
		d.Y.Data[i] = float32(v)
	}
	return d
})

// Digits returns 1,797 handwritten digits: pictures of 8x8 with grey levels from 0 to 16 as (1797, 8, 8), and their
// labels 0 to 9. They are the test set of "Optical Recognition of Handwritten Digits" by E. Alpaydin and C. Kaynak
// (UCI, 1998; CC BY 4.0). The result is a copy of the caller's own.
func Digits() *Dataset {
	d := digits()
	return &Dataset{X: d.X.Copy(), Y: d.Y.Copy(), Classes: []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}}
}
