package data

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

func TestDigits(t *testing.T) {
	r, err := gzip.NewReader(bytes.NewReader(digitsFile))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	origin, err := os.ReadFile("digits.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"stream": raw, "file": digitsFile} {
		if sum := fmt.Sprintf("%x", sha256.Sum256(content)); !strings.Contains(string(origin), sum) {
			t.Errorf("SHA-256 of the %s = %s; want one written in digits.md", name, sum)
		}
	}
	start := time.Now()
	d := Digits()
	t.Logf("Digits() took %v", time.Since(start))
	if diff := cmp.Diff([]int{1797, 8, 8}, d.X.Shape); diff != "" {
		t.Errorf("X.Shape differs (-want +got):\n%s", diff)
	}
	if lo, hi := d.X.Min(), d.X.Max(); lo != 0 || hi != 16 {
		t.Errorf("grey levels are %g to %g; want 0 to 16", lo, hi)
	}
	if diff := cmp.Diff([]int{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, counts(d)); diff != "" {
		t.Errorf("examples by class differ (-want +got):\n%s", diff)
	}
	// The first picture, a zero, as scikit-learn prints it.
	if diff := cmp.Diff([]float64{0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0}, d.X.Row(0)[:16]); diff != "" {
		t.Errorf("first rows of picture 0 differ (-want +got):\n%s", diff)
	}
	d.X.Data[0] = 99
	if got := Digits().X.Data[0]; got != 0 {
		t.Errorf("after writing to one copy, another has pixel %g; want 0", got)
	}
}

func counts(d *Dataset) []int {
	n := make([]int, len(d.Classes))
	for _, l := range d.Labels() {
		n[l]++
	}
	return n
}

func TestStratifiedSplit(t *testing.T) {
	// The pixels' place in the whole set marks each example.
	d := Digits()
	for i := range d.Len() {
		d.X.Set(float64(i), i, 0, 0)
	}
	train, test := d.StratifiedSplit(0.8, 1)
	if train.Len()+test.Len() != d.Len() {
		t.Errorf("parts have %d + %d examples; want %d together", train.Len(), test.Len(), d.Len())
	}
	for c, n := range counts(d) {
		if got, want := float64(counts(train)[c]), 0.8*float64(n); got < want-0.5 || got > want+0.5 {
			t.Errorf("class %d has %g examples in the first part; want %g", c, got, want)
		}
	}
	seen := map[float64]bool{}
	for _, part := range []*Dataset{train, test} {
		for i := range part.Len() {
			mark := part.X.At(i, 0, 0)
			if seen[mark] {
				t.Errorf("example %g is there twice; want once", mark)
			}
			seen[mark] = true
			if got, want := part.Y.At(i), d.Y.At(int(mark)); got != want {
				t.Errorf("example %g has label %g; want %g", mark, got, want)
			}
		}
	}
	if labels := train.Labels()[:40]; slices.IsSorted(labels) {
		t.Errorf("labels of the first part begin %v; want them shuffled", labels)
	}
	again, _ := d.StratifiedSplit(0.8, 1)
	if !cmp.Equal(train, again) {
		t.Error("StratifiedSplit with the same seed differs; want the same parts")
	}
	if other, _ := d.StratifiedSplit(0.8, 2); cmp.Equal(train, other) {
		t.Error("StratifiedSplit with another seed is equal; want other parts")
	}
}

func small() *Dataset {
	return &Dataset{X: tensor.FromRows([][]float64{{0, 10}, {2, 8}, {4, 6}, {6, 4}, {8, 2}}), Y: tensor.From([]float64{0, 1, 2, 1, 0}, 5), Classes: []string{"a", "b", "c"}}
}

func TestMeanAndDeviation(t *testing.T) {
	numbers := small().X
	pixels := NewPictures([]byte{0, 2, 4, 6}, 1, 2)
	for _, c := range []struct {
		name            string
		d               *Dataset
		mean, deviation float64
	}{
		{"numbers", &Dataset{X: numbers, Y: tensor.New(5)}, 5, 3},
		{"bytes", &Dataset{Pictures: pixels, Y: tensor.New(2)}, 3, math.Sqrt(5)},
		{"scaled bytes", (&Dataset{Pictures: pixels, Y: tensor.New(2)}).Normalize(0, 2), 1.5, math.Sqrt(5) / 2},
		{"far from zero", &Dataset{X: tensor.From([]float64{1e6, 1e6 + 1}, 2, 1), Y: tensor.New(2)}, 1e6 + 0.5, 0.5},
	} {
		t.Run(c.name, func(t *testing.T) {
			mean, deviation := c.d.MeanAndDeviation()
			if math.Abs(mean-c.mean) > 1e-6 || math.Abs(deviation-c.deviation) > 1e-6 {
				t.Errorf("MeanAndDeviation() = %g, %g; want %g, %g", mean, deviation, c.mean, c.deviation)
			}
			again, one := c.d.Normalize(mean, mean+deviation).MeanAndDeviation()
			if math.Abs(again) > 1e-6 || math.Abs(one-1) > 1e-6 {
				t.Errorf("MeanAndDeviation() after Normalize = %g, %g; want 0, 1", again, one)
			}
		})
	}
}

func TestDataset(t *testing.T) {
	d := small()
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"string", d.String(), "5 examples of shape [2], 3 classes: a b c"},
		{"html", strings.Contains(d.HTML(), "<th>examples</th><td>2</td><td>2</td><td>1</td>"), true},
		{"one-hot", d.OneHot().Y, tensor.FromRows([][]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 1, 0}, {1, 0, 0}})},
		{"one-hot without names", (&Dataset{X: d.X, Y: d.Y}).OneHot().Y.Shape, []int{5, 3}},
		{"labels of one-hot", d.OneHot().Labels(), []int{0, 1, 2, 1, 0}},
		{"normalize", d.Normalize(0, 10).X.Row(1), []float64{float64(float32(0.2)), float64(float32(0.8))}},
		{"select", d.Select(4, 0).X, tensor.FromRows([][]float64{{8, 2}, {0, 10}})},
		{"batches", []int{d.Batches(2)[0].Len(), d.Batches(2)[2].Len(), len(d.Batches(2))}, []int{2, 1, 3}},
		{"shuffle keeps pairs", d.Shuffle(3).X.Sum(), d.X.Sum()},
		{"empty", (&Dataset{}).String(), "empty data set"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.got); diff != "" {
				t.Errorf("differs (-want +got):\n%s", diff)
			}
		})
	}
	first, rest := d.Split(0.6)
	if first.Len() != 3 || rest.Len() != 2 || rest.X.At(0, 0) != 6 {
		t.Errorf("Split(0.6) = %v, %v; want 3 and 2 examples in order", first.X, rest.X)
	}
}

func TestMistakes(t *testing.T) {
	d := small()
	labels := func(v ...float64) *Dataset {
		return &Dataset{X: tensor.New(len(v), 1), Y: tensor.From(v, len(v)), Classes: []string{"a", "b"}}
	}
	for _, c := range []struct {
		name string
		call func()
		want string
	}{
		{"empty", func() { (&Dataset{}).Labels() }, "nnlib: Labels: data set is empty, at least one example is expected"},
		{"nil", func() { (*Dataset)(nil).Check("Fit") }, "nnlib: Fit: data set is empty, at least one example is expected"},
		{"lengths", func() { (&Dataset{X: tensor.New(3, 1), Y: tensor.New(2)}).Labels() }, "nnlib: Labels: X has 3 examples, Y has 2 targets"},
		{"no targets", func() { (&Dataset{X: tensor.New(3, 1)}).Shuffle(1) }, "nnlib: Shuffle: X has 3 examples, Y has 0 targets"},
		{"unknown label", func() { labels(0, 2).OneHot() }, "nnlib: OneHot: label 2 of example 1, whole numbers from 0 to 1 are expected"},
		{"negative label", func() { labels(-1, 0).Labels() }, "nnlib: Labels: label -1 of example 0, whole numbers from 0 to 1 are expected"},
		{"broken label", func() { labels(0, 0.5).OneHot() }, "nnlib: OneHot: label 0.5 of example 1, whole numbers from 0 to 1 are expected"},
		{"no label, no names", func() { (&Dataset{X: tensor.New(2, 1), Y: tensor.From([]float64{0, -1}, 2)}).StratifiedSplit(0.5, 1) }, "nnlib: Labels: label -1 of example 1, whole numbers from 0 are expected"},
		{"numbers, no names", func() { (&Dataset{X: tensor.New(2, 1), Y: tensor.From([]float64{0, 2.5}, 2)}).OneHot() }, "nnlib: Labels: label 2.5 of example 1, whole numbers from 0 are expected"},
		{"shrink too much", func() { (&Dataset{X: tensor.New(1, 4, 3), Y: tensor.New(1)}).Shrink(4) }, "nnlib: Shrink: 4 by 4 pixels to join, 1 to 3 are expected"},
		{"shrink a row", func() { d.Shrink(1) }, "nnlib: Shrink: examples have shape (2), (height, width) or (height, width, channels) is expected"},
		{"one-hot twice", func() { d.OneHot().OneHot() }, "nnlib: OneHot: targets have shape [5 3], labels (n) are expected"},
		{"fraction", func() { d.StratifiedSplit(80, 1) }, "nnlib: StratifiedSplit: fraction 80, a number between 0 and 1 is expected"},
		{"empty part", func() { d.Split(0.01) }, "nnlib: Split: one part of 5 examples would be empty, at least one example in each part is expected"},
		{"batch size", func() { d.Batches(0) }, "nnlib: Batches: size 0, at least 1 is expected"},
		{"batch room", func() { d.Batch(make([]float32, 3), []int{0}) }, "nnlib: Batch: room for 3 numbers, 1 examples of 2 are expected"},
		{"batch index", func() { d.Batch(make([]float32, 2), []int{5}) }, "nnlib: Batch: example 5, 0 to 4 are expected"},
		{"example", func() { d.Example(-1) }, "nnlib: Example: example -1, 0 to 4 are expected"},
		{"augment rows", func() { d.Augment(Augmentation{}) }, "nnlib: Augment: examples have shape (2), (height, width) or (height, width, channels) is expected"},
		{"augment shift", func() { pictures().Augment(Augmentation{Shift: 2}) }, "nnlib: Augment: Shift 2, 0 to 1 pixels are expected"},
		{"pictures", func() { NewPictures(make([]byte, 7), 2, 3) }, "nnlib: NewPictures: 7 bytes, whole pictures of 6 bytes are expected"},
		{"normalize", func() { d.Normalize(1, 1) }, "nnlib: Normalize: low and high are both 1, two different numbers are expected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if err, ok := recover().(*tensor.Error); !ok || err.Error() != c.want {
					t.Errorf("panic = %v; want *tensor.Error %q", err, c.want)
				}
			}()
			c.call()
		})
	}
}

func BenchmarkDigits(b *testing.B) {
	for b.Loop() {
		Digits()
	}
}
