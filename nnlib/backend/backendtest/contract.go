package backendtest

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

func skipUnsupported(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, backend.ErrUnsupported) {
		t.Skipf("not supported: %v", err)
	}
}

// repeatable asks for the same bits for any number of processors, on a network that is large enough to be cut up.
func repeatable(t *testing.T, b backend.Backend) {
	n := network{batch: 96, sizes: []int{1300, 257, 130, 10}, acts: []backend.Func{backend.ReLU, backend.Tanh, 0}, norm: []bool{false, true, false}, drop: []bool{true, false, false}, loss: backend.SoftmaxCrossEntropy, hidden: true, update: backend.Adam}
	n.build()
	var first [][]float32
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, procs := range []int{1, 2, 4, 3} {
		runtime.GOMAXPROCS(procs)
		exec, err := b.Compile(n.program)
		if err != nil {
			skipUnsupported(t, err)
			t.Fatalf("Compile = %v; want nil", err)
		}
		c := &pair{t, n.program, exec, newOracle(n.program)}
		c.fill(rand.New(rand.NewPCG(5, 5)), n.batch)
		for range 3 {
			if err := exec.Run(t.Context(), stepEntry); err != nil {
				t.Fatalf("Run(step) = %v; want nil", err)
			}
		}
		var all [][]float32
		for _, p := range append(n.params, n.total) {
			all = append(all, c.read(p))
		}
		exec.Close()
		if first == nil {
			first = all
		}
		for i := range all {
			if !slices.Equal(all[i], first[i]) {
				t.Errorf("with GOMAXPROCS=%d, %s differs from GOMAXPROCS=1; want the same bits", procs, n.program.Slots[append(n.params, n.total)[i]].Name)
			}
		}
	}
}

// parts writes and reads parameters piece by piece. Backends may keep weights in tiles, whose edges the pieces cross.
func parts(t *testing.T, b backend.Backend) {
	n := network{batch: 2, sizes: []int{150, 77, 3}, acts: []backend.Func{backend.ReLU, 0}, loss: backend.SoftmaxCrossEntropy, update: backend.Adam}
	n.build()
	exec, err := b.Compile(n.program)
	if err != nil {
		skipUnsupported(t, err)
		t.Fatalf("Compile = %v; want nil", err)
	}
	defer exec.Close()
	rng := rand.New(rand.NewPCG(3, 4))
	for _, slot := range n.params {
		want := make([]float32, n.program.Slots[slot].Size())
		for i := range want {
			want[i] = rng.Float32()
		}
		got := make([]float32, len(want))
		pieces := func(use func(slot backend.Slot, first int, numbers []float32) error, numbers []float32) {
			for at := 0; at < len(numbers); {
				k := min(rng.IntN(1+len(numbers)/2), len(numbers)-at)
				if err := use(slot, at, numbers[at:at+k]); err != nil {
					t.Fatalf("%d numbers from %d on of %s = %v; want nil", k, at, n.program.Slots[slot].Name, err)
				}
				at += k
			}
		}
		same := func(how string) {
			t.Helper()
			if !slices.Equal(got, want) {
				t.Errorf("%s, %s differs from what was written", how, n.program.Slots[slot].Name)
			}
			clear(got)
		}
		pieces(exec.WritePart, want)
		if err := exec.Read(slot, got); err != nil {
			t.Fatalf("Read = %v; want nil", err)
		}
		same("written in parts")
		pieces(exec.ReadPart, got)
		same("read in parts")
		want[len(want)/2] = 9
		if err := exec.WritePart(slot, len(want)/2, []float32{9}); err != nil {
			t.Fatalf("WritePart = %v; want nil", err)
		}
		pieces(exec.ReadPart, got)
		same("with one number written")
	}
}

// contract checks what an Exec promises about mistakes and about stopping.
func contract(t *testing.T, b backend.Backend) {
	n := network{batch: 4, sizes: []int{3, 5, 2}, acts: []backend.Func{backend.ReLU, 0}, loss: backend.SoftmaxCrossEntropy, update: backend.SGD}
	n.build()
	exec, err := b.Compile(n.program)
	if err != nil {
		t.Fatalf("Compile of a small network = %v; want nil", err)
	}
	defer exec.Close()
	temp := backend.Slot(slices.IndexFunc(n.program.Slots, func(s backend.SlotSpec) bool { return s.Role == backend.Temp }))
	for _, c := range []struct {
		name string
		err  error
	}{
		{"write of no slot", exec.Write(backend.None, nil)},
		{"write past the last slot", exec.Write(backend.Slot(len(n.program.Slots)), nil)},
		{"write of half a row", exec.Write(n.x, make([]float32, 4))},
		{"write of no row", exec.Write(n.x, nil)},
		{"write of too many rows", exec.Write(n.x, make([]float32, 15))},
		{"write of a short parameter", exec.Write(n.params[0], make([]float32, 14))},
		{"write of a temporary slot", exec.Write(temp, make([]float32, n.program.Slots[temp].Size()))},
		{"read of a temporary slot", exec.Read(temp, make([]float32, n.program.Slots[temp].Size()))},
		{"read of a short parameter", exec.Read(n.params[0], make([]float32, 14))},
		{"write of a part before a parameter", exec.WritePart(n.params[0], -1, make([]float32, 2))},
		{"write of a part past a parameter", exec.WritePart(n.params[0], 14, make([]float32, 2))},
		{"write of a part of an input", exec.WritePart(n.x, 0, make([]float32, 1))},
		{"read of a part past a parameter", exec.ReadPart(n.params[0], 16, nil)},
		{"read of a part of no slot", exec.ReadPart(backend.None, 0, nil)},
		{"run before inputs were written", exec.Run(t.Context(), predictEntry)},
		{"run of no entry", exec.Run(t.Context(), 99)},
	} {
		if c.err == nil {
			t.Errorf("%s = nil; want an error", c.name)
		}
	}
	must := func(name string, err error) {
		if err != nil {
			t.Fatalf("%s = %v; want nil", name, err)
		}
	}
	must("Write(x)", exec.Write(n.x, make([]float32, 12)))
	must("Write(targets)", exec.Write(n.t, make([]float32, 6)))
	if err := exec.Run(t.Context(), stepEntry); err == nil {
		t.Error("Run with 4 rows of x and 3 of targets = nil; want an error")
	}
	must("Write(targets)", exec.Write(n.t, make([]float32, 8)))
	must("Write(w)", exec.Write(n.params[0], slices.Repeat([]float32{0.5}, 15)))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := exec.Run(ctx, stepEntry); !errors.Is(err, context.Canceled) {
		t.Errorf("Run with a context that ended = %v; want context.Canceled", err)
	}
	must("Run after a cancelled run", exec.Run(t.Context(), stepEntry))
	w := make([]float32, 15)
	must("Read(w)", exec.Read(n.params[0], w))
	for _, v := range w {
		if math.IsNaN(float64(v)) {
			t.Errorf("w after a cancelled run = %v; want numbers", w)
			break
		}
	}
	bad := n.program
	bad.Entries = []backend.Entry{{Name: "bad", Ops: []backend.Op{{Kind: backend.Activation, Func: backend.Tanh, In: []backend.Slot{n.x}, Out: []backend.Slot{n.y}}}}}
	if _, err := b.Compile(bad); err == nil {
		t.Error("Compile of Tanh from rows of 3 to rows of 2 = nil; want an error")
	}
}
