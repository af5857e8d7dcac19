package gpu_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// FuzzPrograms drives the plugin with random stacks of layers, batches and numbers of threads, beside the reference.
func FuzzPrograms(f *testing.F) {
	p := open(f)
	f.Add(uint64(1), uint16(3), uint16(5), uint16(2), uint8(4), uint8(0))
	f.Add(uint64(2), uint16(700), uint16(65), uint16(33), uint8(31), uint8(77))
	f.Add(uint64(3), uint16(5000), uint16(31), uint16(7), uint8(9), uint8(130))
	f.Add(uint64(4), uint16(64), uint16(32), uint16(64), uint8(32), uint8(255))
	f.Fuzz(func(t *testing.T, seed uint64, n, m, k uint16, batch, choice uint8) {
		if err := beside(p, seed, 1+int(n)%6000, 1+int(m)%200, 1+int(k)%100, 1+int(batch)%70, int(choice)); err != nil {
			t.Error(err)
		}
	})
}

// stack is x (n) -> m -> k with an activation, squares as loss, clipping, penalty and an update of choice.
func stack(n, m, k, batch, choice int) backend.Program {
	type slots = []backend.Slot
	var p backend.Program
	p.MaxBatch = batch
	add := func(name string, role backend.Role, batched bool, shape ...int) backend.Slot {
		p.Slots = append(p.Slots, backend.SlotSpec{Name: name, Role: role, Shape: shape, Batched: batched})
		return backend.Slot(len(p.Slots) - 1)
	}
	act := backend.Func(2 + choice%4)
	kind := []backend.Kind{backend.SGD, backend.Momentum, backend.Adam, backend.RMSprop}[choice/4%4]
	var consts []float32
	if act == backend.ReLU {
		consts = []float32{0.1}
	}
	gradRole := backend.Temp
	if choice/16%2 == 1 {
		gradRole = backend.Output
	}
	x, target := add("x", backend.Input, true, n), add("t", backend.Input, true, k)
	w1, b1, h := add("w1", backend.Param, false, n, m), add("b1", backend.Param, false, m), add("h", backend.Temp, true, m)
	a := h
	if act == backend.GELU {
		a = add("a", backend.Temp, true, m)
	}
	w2, y := add("w2", backend.Param, false, m, k), add("y", backend.Output, true, k)
	loss, dy, dh := add("loss", backend.Output, false, 1), add("dy", backend.Temp, true, k), add("dh", backend.Temp, true, m)
	g1, gb, g2 := add("g1", gradRole, false, n, m), add("gb", gradRole, false, m), add("g2", gradRole, false, m, k)
	ops := []backend.Op{
		{Kind: backend.Dense, In: slots{x, w1, b1}, Out: slots{h}},
		{Kind: backend.Activation, Func: act, Consts: consts, In: slots{h}, Out: slots{a}},
		{Kind: backend.Dense, In: slots{a, w2, backend.None}, Out: slots{y}},
		{Kind: backend.Loss, Func: backend.SquaredError, In: slots{y, target, backend.None}, Out: slots{backend.None, loss}},
		{Kind: backend.LossGrad, Func: backend.SquaredError, In: slots{y, target, backend.None}, Out: slots{dy}},
		{Kind: backend.DenseGradWeight, In: slots{a, dy}, Out: slots{g2}},
		{Kind: backend.DenseGradInput, In: slots{dy, w2}, Out: slots{dh}},
		{Kind: backend.ActivationGrad, Func: act, Consts: consts, In: slots{dh, h}, Out: slots{dh}},
		{Kind: backend.DenseGradWeight, In: slots{x, dh}, Out: slots{g1}},
		{Kind: backend.DenseGradBias, In: slots{dh}, Out: slots{gb}},
	}
	if choice/32%2 == 1 {
		ops = append(ops, backend.Op{Kind: backend.PenaltyGrad, Consts: []float32{0.01, 0.02}, In: slots{w1}, Out: slots{g1}})
	}
	switch choice / 64 % 4 {
	case 1:
		ops = append(ops, backend.Op{Kind: backend.ClipValue, Consts: []float32{0.01}, In: slots{g1, gb}, Out: slots{g1, gb}})
	case 2:
		ops = append(ops, backend.Op{Kind: backend.ClipNorm, Consts: []float32{0.1}, In: slots{g1, gb, g2}, Out: slots{g1, gb, g2}})
	}
	rates := add("rates", backend.Input, false, map[backend.Kind]int{backend.SGD: 2, backend.Momentum: 4, backend.Adam: 5, backend.RMSprop: 5}[kind])
	for _, pair := range [][2]backend.Slot{{w1, g1}, {b1, gb}, {w2, g2}} {
		shape := p.Slots[pair[0]].Shape
		out := slots{pair[0]}
		for range map[backend.Kind]int{backend.SGD: 0, backend.Momentum: 1, backend.Adam: 2, backend.RMSprop: 2}[kind] {
			out = append(out, add("state", backend.Param, false, shape...))
		}
		if kind == backend.RMSprop {
			out = append(out, backend.None)
		}
		ops = append(ops, backend.Op{Kind: kind, In: slots{pair[1], rates}, Out: out})
	}
	p.Entries = []backend.Entry{{Name: "step", Ops: ops}}
	return p
}

// beside runs a program on both backends and compares all that can be read. The error is what differs.
func beside(b backend.Backend, seed uint64, n, m, k, batch, choice int) error {
	p := stack(n, m, k, batch, choice)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1 + int(seed%3)))
	var results [2][][]float32
	for side, impl := range []backend.Backend{b, backend.Reference} {
		e, err := impl.Compile(p)
		if err != nil {
			return fmt.Errorf("%s: Compile: %w", impl.Name(), err)
		}
		defer e.Close()
		rng := rand.New(rand.NewPCG(seed, 9))
		for i, s := range p.Slots {
			if s.Role != backend.Input && s.Role != backend.Param {
				continue
			}
			size, spread := s.Size(), 1.0
			if s.Batched {
				size *= batch
			}
			if len(s.Shape) == 2 {
				spread = 1 / math.Sqrt(float64(s.Shape[0]))
			}
			numbers := make([]float32, size)
			for j := range numbers {
				numbers[j] = float32(rng.NormFloat64() * spread)
				if s.Name == "state" {
					numbers[j] = 0.01
				}
			}
			if s.Name == "rates" {
				copy(numbers, []float32{0.01, 0.1, 0.1, 0.01, 0.001})
				numbers[len(numbers)-1] = 0.001
			}
			err = errors.Join(err, e.Write(backend.Slot(i), numbers))
		}
		err = errors.Join(err, e.Run(context.Background(), 0), e.Run(context.Background(), 0))
		for i, s := range p.Slots {
			if s.Role != backend.Param && s.Role != backend.Output {
				continue
			}
			size := s.Size()
			if s.Batched {
				size *= batch
			}
			numbers := make([]float32, size)
			err = errors.Join(err, e.Read(backend.Slot(i), numbers))
			results[side] = append(results[side], numbers)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", impl.Name(), err)
		}
	}
	for s := range results[0] {
		scale := 1.0
		for _, v := range results[1][s] {
			scale = max(scale, math.Abs(float64(v)))
		}
		for i, got := range results[0][s] {
			// Two steps in float32, summed in another order.
			if want := results[1][s][i]; !(math.Abs(float64(got)-float64(want)) <= 1e-4*scale) {
				return fmt.Errorf("%d-%d-%d, batch %d, choice %d: result %d, number %d = %g; want %g", n, m, k, batch, choice, s, i, got, want)
			}
		}
	}
	return nil
}

// TestProgramsBeside is a fixed sample of what the fuzz target does.
func TestProgramsBeside(t *testing.T) {
	p := open(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 256 {
		n := 1 + rng.IntN(300)
		if i%16 == 0 {
			n = 4000 + rng.IntN(2000)
		}
		if err := beside(p, uint64(i), n, 1+rng.IntN(100), 1+rng.IntN(50), 1+rng.IntN(40), i); err != nil {
			t.Error(err)
		}
	}
}
