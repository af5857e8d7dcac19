// Package backendtest judges implementations of backend.Backend: it generates programs, runs them, and compares the
// results with the same computed plainly in float64.
package backendtest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// Run tests a backend. What the backend calls unsupported is skipped and said so, the rest must hold.
func Run(t *testing.T, b backend.Backend) {
	t.Run("operations", func(t *testing.T) { operations(t, b) })
	t.Run("networks", func(t *testing.T) { networks(t, b) })
	t.Run("gradients", func(t *testing.T) { gradients(t, b) })
	t.Run("padding", func(t *testing.T) { padding(t, b) })
	t.Run("repeatable", func(t *testing.T) { repeatable(t, b) })
	t.Run("parts", func(t *testing.T) { parts(t, b) })
	t.Run("contract", func(t *testing.T) { contract(t, b) })
}

// pair is a program in a backend and in the oracle, which are always written alike.
type pair struct {
	t    *testing.T
	p    backend.Program
	exec backend.Exec
	want *oracle
}

func compile(t *testing.T, b backend.Backend, p backend.Program) *pair {
	t.Helper()
	exec, err := b.Compile(p)
	if err != nil {
		skipUnsupported(t, err)
		t.Fatalf("Compile(%v) = %v; want nil", p, err)
	}
	t.Cleanup(exec.Close)
	return &pair{t, p, exec, newOracle(p)}
}

func (c *pair) write(s backend.Slot, numbers []float32) {
	c.t.Helper()
	if err := c.exec.Write(s, numbers); err != nil {
		c.t.Fatalf("Write(%s, %d numbers) = %v; want nil", c.p.Slots[s].Name, len(numbers), err)
	}
	c.want.write(s, numbers)
}

// fill writes random numbers into every input and parameter, b rows into batched ones. Targets become probabilities.
func (c *pair) fill(rng *rand.Rand, b int) {
	c.t.Helper()
	for i, s := range c.p.Slots {
		if s.Role != backend.Input && s.Role != backend.Param {
			continue
		}
		n := s.Size()
		if s.Batched {
			n *= b
		}
		x := make([]float32, n)
		// Weights shrink with the number of inputs: saturated sigmoids would tie in float32 and not in float64.
		spread := 1.0
		if s.Role == backend.Param && len(s.Shape) == 2 {
			spread /= math.Sqrt(float64(s.Shape[0]))
		}
		copy(x, rates(s.Name))
		for j := range x {
			if strings.HasPrefix(s.Name, "rates") {
				break
			}
			switch s.Name {
			case "squares", "weights":
				x[j] = 0.01 + rng.Float32()
			case "small mean": // its square stays below that of "squares"
				x[j] = 0.01 * rng.Float32()
			case "probabilities":
				x[j] = 0.01 + 0.98*rng.Float32()
			case "mask": // of dropout at a rate of 1/4
				if rng.IntN(4) > 0 {
					x[j] = 4.0 / 3
				}
			case "targets":
				if m := s.Size(); m == 1 || j%m == j/m%m { // one-hot, or a number of its own
					x[j] = 1
				}
			default:
				x[j] = float32(rng.NormFloat64() * spread)
			}
		}
		c.write(backend.Slot(i), x)
	}
}

func (c *pair) run(entry int) {
	c.t.Helper()
	if err := c.exec.Run(c.t.Context(), entry); err != nil {
		c.t.Fatalf("Run(%s) = %v; want nil", c.p.Entries[entry].Name, err)
	}
	c.want.run(entry)
}

func (c *pair) read(s backend.Slot) []float32 {
	c.t.Helper()
	n := c.p.Slots[s].Size()
	if c.p.Slots[s].Batched {
		n *= c.want.batch
	}
	got := make([]float32, n)
	if err := c.exec.Read(s, got); err != nil {
		c.t.Fatalf("Read(%s) = %v; want nil", c.p.Slots[s].Name, err)
	}
	return got
}

// compare reads all that can be read. The tolerance is relative to the slot's greatest number or 1: float32 keeps
// 6e-8, and the sums of the generated programs have at most a few thousand terms.
func (c *pair) compare(tolerance float64) {
	c.t.Helper()
	for i, s := range c.p.Slots {
		if s.Role != backend.Param && s.Role != backend.Output {
			continue
		}
		got, want := c.read(backend.Slot(i)), c.want.slots[i]
		scale := 1.0
		for _, v := range want[:len(got)] {
			scale = max(scale, math.Abs(v))
		}
		for j, v := range got {
			if d := math.Abs(float64(v) - want[j]); !(d <= tolerance*scale) {
				c.t.Errorf("%s[%d] = %g; want %g (difference %.2g, %.2g allowed)", s.Name, j, v, want[j], d, tolerance*scale)
				break
			}
		}
	}
}

// operations runs each kind alone, on odd sizes.
func operations(t *testing.T, b backend.Backend) {
	for _, size := range []struct{ batch, n, m int }{{1, 1, 1}, {1, 3, 2}, {2, 1, 5}, {7, 13, 17}, {33, 65, 31}, {3, 2050, 3}, {1030, 5, 3}, {65, 129, 67}} {
		for i, op := range Variants {
			for _, bare := range []bool{false, true} {
				p := single(op, size.batch, size.n, size.m, bare)
				if bare && reflect.DeepEqual(p, single(op, size.batch, size.n, size.m, false)) {
					continue
				}
				t.Run(fmt.Sprintf("%s/%dx%dx%d/bare=%v", name(op), size.batch, size.n, size.m, bare), func(t *testing.T) {
					if err := p.Check(); err != nil {
						t.Fatalf("Check() = %v; want nil", err)
					}
					c := compile(t, b, p)
					c.fill(rand.New(rand.NewPCG(uint64(i), uint64(size.n))), size.batch)
					for i, s := range p.Slots { // operands that are changed in place
						if s.Name == "gradient" && s.Role == backend.Output {
							x := make([]float32, s.Size())
							for j := range x {
								x[j] = float32(j%13)/6 - 1
							}
							c.write(backend.Slot(i), x)
						}
					}
					c.run(0)
					c.compare(2e-5)
					c.run(0) // totals add, states go on
					c.compare(4e-5)
				})
			}
		}
	}
}

// networks runs whole training steps of generated networks and compares parameters, states, outputs and totals.
func networks(t *testing.T, b backend.Backend) {
	for seed := range uint64(80) {
		n := generate(seed / 2)
		if n.hidden = seed%2 == 1; n.hidden {
			n.params, n.grads = nil, nil
			n.build()
		}
		t.Run(fmt.Sprintf("%v, temporary gradients %v", n, n.hidden), func(t *testing.T) {
			c := compile(t, b, n.program)
			rng := rand.New(rand.NewPCG(seed, 1))
			c.fill(rng, n.batch)
			for range 3 {
				c.run(stepEntry)
			}
			c.compare(2e-4) // errors grow from step to step
			c.fill(rng, max(1, n.batch/2))
			c.run(predictEntry)
			c.compare(2e-5)
		})
	}
}

// gradients compares what the backend computes with differences of the oracle's loss.
func gradients(t *testing.T, b backend.Backend) {
	for seed := range uint64(12) {
		n := generate(100 + seed)
		t.Run(n.String(), func(t *testing.T) {
			c := compile(t, b, n.program)
			rng := rand.New(rand.NewPCG(seed, 2))
			c.fill(rng, n.batch)
			c.run(gradientEntry)
			checked := 0
			for i, p := range n.params {
				got := c.read(n.grads[i])
				for range 8 {
					j := rng.IntN(len(got))
					want, smooth := c.want.slope(p, j, n.total, n.penalty)
					if !smooth { // a kink of ReLU lies between the two points
						continue
					}
					checked++
					// The oracle works in float64: differences are good to 1e-8 here, float32 sums to 1e-5.
					if d := math.Abs(float64(got[j]) - want); d > 1e-4*max(1, math.Abs(want)) {
						t.Errorf("d loss / d %s[%d] = %g; want %g by differences", c.p.Slots[p].Name, j, got[j], want)
					}
				}
			}
			if checked == 0 {
				t.Error("no gradient was checked; want some")
			}
		})
	}
}

// padding fills a whole batch with NaN, then runs a smaller one: nothing of the old rows may come through.
func padding(t *testing.T, b backend.Backend) {
	for seed := range uint64(6) {
		n := generate(200 + seed)
		t.Run(n.String(), func(t *testing.T) {
			n.program.MaxBatch = n.batch + 5
			c := compile(t, b, n.program)
			for i, s := range c.p.Slots {
				if s.Batched && s.Role == backend.Input {
					poison := make([]float32, s.Size()*c.p.MaxBatch)
					for j := range poison {
						poison[j] = float32(math.NaN())
					}
					c.write(backend.Slot(i), poison)
				}
			}
			if err := c.exec.Run(t.Context(), predictEntry); err != nil {
				t.Fatalf("Run(predict) on NaN = %v; want nil", err)
			}
			c.fill(rand.New(rand.NewPCG(seed, 3)), n.batch)
			c.run(stepEntry)
			c.compare(5e-5)
		})
	}
}
