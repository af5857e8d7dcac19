package nnlib

import (
	"path/filepath"
	"testing"
)

// largeModel has 1.2 million weights in one parameter: more than are moved at once between host and backend.
func largeModel() (*Sequential, *Dataset) {
	m := NewSequential(Input(1301), Dense(907, Tanh), Dense(3, Softmax))
	m.Seed = 4
	m.Compile(Adam(), SparseCategoricalCrossentropy)
	d := &Dataset{X: NewTensor(66, 1301), Y: NewTensor(66)}
	for i := range d.X.Data {
		d.X.Data[i] = float32(i*7919%1000)/1000 - 0.5
	}
	for i := range d.Y.Data {
		d.Y.Data[i] = float32(i % 3)
	}
	return m, d
}

// TestLargeWeights moves weights all the ways there are: drawn, into a program, into a larger one with what the optimizer
// remembers, out of it, and through files.
func TestLargeWeights(t *testing.T) {
	weights := func(m *Sequential) (all [][]float32) {
		for _, p := range m.Params() {
			all = append(all, p.Value().Data)
		}
		return all
	}
	same := func(what string, got, want [][]float32) {
		t.Helper()
		for i := range want {
			for j, v := range got[i] {
				if v != want[i][j] {
					t.Fatalf("%s: number %d of parameter %d = %g; want %g", what, j, i, v, want[i][j])
				}
			}
		}
	}
	small, d := largeModel()
	drawn := weights(small)
	if drawn[0][pieceLen+5] == 0 {
		t.Fatal("the first weights are zeros")
	}
	small.Predict(d.X)
	same("in a program", weights(small), drawn)

	large, _ := largeModel()
	large.Params()
	large.ready(66, false)
	for _, m := range []*Sequential{small, large} {
		m.Fit(d, FitOptions{BatchSize: 22, Quiet: true})
		m.Fit(d, FitOptions{BatchSize: 66, Quiet: true})
	}
	trained := weights(small)
	same("in a larger program", trained, weights(large))

	path := filepath.Join(t.TempDir(), "m.safetensors")
	if err := small.Save(path); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	same("loaded", weights(loaded), trained)
	same("predicted by what was loaded", [][]float32{loaded.Predict(d.X).Data}, [][]float32{small.Predict(d.X).Data})
	other, _ := largeModel()
	other.Predict(d.X)
	if err := other.LoadWeights(path); err != nil {
		t.Fatal(err)
	}
	same("loaded into a program", weights(other), trained)
	small.Compile(SGD(), SparseCategoricalCrossentropy) // takes them out
	same("after Compile", weights(small), trained)
}
