// Package toynn is the small compiled library of the notebook situations, which cells import as example.test/toynn
// (testdata/situations.txt). Only tests use it.
package toynn

import (
	"fmt"
	"iter"
	"time"
)

// A Tensor is a vector of numbers.
type Tensor struct{ Data []float64 }

// New returns a tensor with the numbers.
func New(xs ...float64) *Tensor { return &Tensor{xs} }

// Sum returns the sum of the numbers.
func (t *Tensor) Sum() float64 {
	s := 0.0
	for _, x := range t.Data {
		s += x
	}
	return s
}

// A Layer maps tensors.
type Layer interface{ Forward(*Tensor) *Tensor }

// Linear is y = W*x + B, element by element.
type Linear struct{ W, B float64 }

// Forward implements Layer.
func (l *Linear) Forward(t *Tensor) *Tensor {
	out := &Tensor{make([]float64, len(t.Data))}
	for i, x := range t.Data {
		out.Data[i] = l.W*x + l.B
	}
	return out
}

// Sequential is layers one after the other.
type Sequential struct{ Layers []Layer }

// Forward implements Layer.
func (s *Sequential) Forward(t *Tensor) *Tensor { return Run(t, s.Layers...) }

// Run runs layers one after the other.
func Run(t *Tensor, ls ...Layer) *Tensor {
	for _, l := range ls {
		t = l.Forward(t)
	}
	return t
}

// Describe says what a layer implements besides.
func Describe(l Layer) string {
	s := ""
	if x, ok := l.(fmt.Stringer); ok {
		s += "Stringer:" + x.String() + ";"
	}
	if x, ok := l.(interface{ Name() string }); ok {
		s += "Named:" + x.Name() + ";"
	}
	return s + "Layer;"
}

// Spin burns processor time.
func Spin(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
	}
}

// Apply returns the sum of f(0) to f(n-1).
func Apply(f func(float64) float64, n int) float64 {
	s := 0.0
	for i := range n {
		s += f(float64(i))
	}
	return s
}

// GoCall calls f on a goroutine of its own and waits.
func GoCall(f func()) {
	done := make(chan struct{})
	go func() {
		f()
		close(done)
	}()
	<-done
}

// Count yields 0 to n-1.
func Count(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

// Verbose is a variable.
var Verbose bool
