package backendtest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// Benchmark measures training steps with Adam: of the digits' network, and of one for 28x28 pictures.
func Benchmark(b *testing.B, impl backend.Backend) {
	for _, c := range []struct {
		batch int
		sizes []int
	}{{32, []int{64, 32, 10}}, {32, []int{784, 128, 10}}, {128, []int{784, 128, 10}}} {
		n := network{batch: c.batch, sizes: c.sizes, acts: []backend.Kind{backend.ReLU, backend.Softmax}, update: backend.Adam}
		n.build()
		b.Run(fmt.Sprintf("%s/%v/batch%d", impl.Name(), c.sizes, c.batch), func(b *testing.B) {
			exec, err := impl.Compile(n.program)
			if err != nil {
				b.Skip(err)
			}
			defer exec.Close()
			rng := rand.New(rand.NewPCG(1, 1))
			for i, s := range n.program.Slots {
				if s.Role != backend.Input && s.Role != backend.Param {
					continue
				}
				size := s.Size()
				if s.Batched {
					size *= n.batch
				}
				numbers := make([]float32, size)
				for j := range numbers {
					numbers[j] = rng.Float32() / 10
				}
				if s.Name == "rates" {
					// A larger rate would fit the one batch until moments are denormal numbers, which are slow.
					numbers = []float32{1e-6, 0.1, 0.001, 1e-7}
				}
				if err := exec.Write(backend.Slot(i), numbers); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := exec.Run(b.Context(), stepEntry); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
