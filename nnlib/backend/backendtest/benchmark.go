package backendtest

import (
	"errors"
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
		b.Run(fmt.Sprintf("%s/%v/batch%d", impl.Name(), c.sizes, c.batch), func(b *testing.B) {
			exec, entry := Training(b, impl, c.batch, c.sizes...)
			b.ReportAllocs()
			for b.Loop() {
				if err := exec.Run(b.Context(), entry); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Training returns a compiled network of relu layers of the given sizes, softmax and Adam, with everything written, and
// its entry for a training step. It is closed when the test ends; where tb is nil, it is left to the caller, and
// mistakes panic.
func Training(tb testing.TB, impl backend.Backend, batch int, sizes ...int) (exec backend.Exec, entry int) {
	n := network{batch: batch, sizes: sizes, loss: backend.SoftmaxCrossEntropy, hidden: true, update: backend.Adam}
	for range len(sizes) - 2 {
		n.acts = append(n.acts, backend.ReLU)
	}
	n.acts = append(n.acts, 0)
	n.build()
	exec, err := impl.Compile(n.program)
	switch {
	case tb == nil && err != nil:
		panic(err)
	case errors.Is(err, backend.ErrUnsupported):
		tb.Skip(err)
	case err != nil:
		tb.Fatal(err)
	case tb != nil:
		tb.Cleanup(exec.Close)
	}
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
		if s.Name == "rates of Adam" {
			// A larger rate would fit the one batch until moments are denormal numbers, which are slow.
			numbers = []float32{1e-6, 0.1, 0.001, 1e-7, 0}
		}
		if err := exec.Write(backend.Slot(i), numbers); err != nil {
			panic(err)
		}
	}
	return exec, stepEntry
}
