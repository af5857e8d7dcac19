package gpu_test

import (
	"context"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/gpu"
	"github.com/gopherceptron/gopherceptron/gpu/toolchain"
	"github.com/gopherceptron/gopherceptron/nnlib/backend"
	"github.com/gopherceptron/gopherceptron/nnlib/backend/backendtest"
)

// open returns the plugin of these sources, or that of $GOPHERCEPTRON_PLUGIN. The test is skipped where there is no
// compiler to make it with; in CI it fails then.
func open(tb testing.TB) *gpu.Plugin {
	tb.Helper()
	p, err := opened()
	if err != nil && os.Getenv("CI") != "" {
		tb.Fatal(err)
	} else if err != nil {
		tb.Skip(err)
	}
	return p
}

var opened = sync.OnceValues(func() (*gpu.Plugin, error) {
	path := os.Getenv(gpu.Variable)
	if path == "" {
		var err error
		if path, err = toolchain.Ensure(context.Background(), io.Discard); err != nil {
			return nil, err
		}
	}
	return gpu.Open(path)
})

func TestConformance(t *testing.T) {
	p := open(t)
	t.Logf("%s: %s, %s", p.Path, p.Maker, p.Name())
	backendtest.Run(t, p)
}

// TestInstructionSets runs the conformance tests with every lesser instruction set of this machine, and with the plain
// loops that define what the kernels must give. A set is chosen once in a process, so each has its own.
func TestInstructionSets(t *testing.T) {
	if os.Getenv("NNP_ISA") != "" {
		t.Skip("an instruction set was chosen from outside")
	}
	p := open(t)
	for _, isa := range []string{"avx2", "sse2", "reference"} {
		if runtime.GOARCH != "amd64" && isa != "reference" || isa == p.ISA {
			continue
		}
		if testing.Short() && isa != "sse2" {
			continue
		}
		t.Run(isa, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run", "^TestConformance$")
			cmd.Env = append(os.Environ(), "NNP_ISA="+isa, gpu.Variable+"="+p.Path)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("conformance with %s: %v\n%s", isa, err, tail(string(out)))
			}
		})
	}
}

func tail(s string) string { return s[max(0, len(s)-3000):] }

// wide returns a program of one wide layer with Adam: as much work as the test needs to be interrupted in the middle.
func wide(batch, inputs, units int) backend.Program {
	type slots = []backend.Slot
	p := backend.Program{MaxBatch: batch, Slots: []backend.SlotSpec{
		0: {Name: "x", Role: backend.Input, Shape: []int{inputs}, Batched: true},
		1: {Name: "w", Role: backend.Param, Shape: []int{inputs, units}},
		2: {Name: "y", Role: backend.Output, Shape: []int{units}, Batched: true},
		3: {Name: "dw", Role: backend.Temp, Shape: []int{inputs, units}},
		4: {Name: "rates", Role: backend.Input, Shape: []int{5}},
		5: {Name: "m", Role: backend.Param, Shape: []int{inputs, units}},
		6: {Name: "v", Role: backend.Param, Shape: []int{inputs, units}},
	}}
	p.Entries = []backend.Entry{{Name: "step", Ops: []backend.Op{
		{Kind: backend.Dense, In: slots{0, 1, backend.None}, Out: slots{2}},
		{Kind: backend.DenseGradWeight, In: slots{0, 2}, Out: slots{3}},
		{Kind: backend.Adam, In: slots{3, 4}, Out: slots{1, 5, 6}},
	}}}
	return p
}

func fill(n int, value float32) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = value
	}
	return x
}

func TestInterrupt(t *testing.T) {
	p := open(t)
	const batch, inputs, units = 512, 40000, 500 // a step takes some 400 ms
	e, err := p.Compile(wide(batch, inputs, units))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := errors.Join(e.Write(0, fill(batch*inputs, 0.01)), e.Write(1, fill(inputs*units, 0.01)), e.Write(4, []float32{1e-3, 0.1, 0.001, 1e-7, 0})); err != nil {
		t.Fatal(err)
	}
	whole := time.Now()
	if err := e.Run(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	step := time.Since(whole)
	for _, part := range []float64{0.1, 0.4, 0.7} {
		ctx, cancel := context.WithCancel(t.Context())
		var asked time.Time
		timer := time.AfterFunc(time.Duration(part*float64(step)), func() { asked = time.Now(); cancel() })
		err := e.Run(ctx, 0)
		if took := time.Since(asked); !timer.Stop() && err != nil && took > 100*time.Millisecond {
			t.Errorf("Run returned %v after its context ended; want at most 100 ms", took)
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("Run with a context that ends after %.0f %% = %v; want context.Canceled", part*100, err)
		}
		cancel()
	}
	w := make([]float32, inputs*units)
	if err := errors.Join(e.Run(t.Context(), 0), e.Read(1, w)); err != nil {
		t.Fatalf("after interrupts: %v; want a model that works", err)
	}
	for _, v := range w {
		if v != v || math.Abs(float64(v)) > 1 {
			t.Fatalf("after interrupts a weight is %g; want a number near 0.01", v)
		}
	}
}

// TestForgotten checks that the memory of an exec that is neither closed nor used any more comes back.
func TestForgotten(t *testing.T) {
	p := open(t)
	before := p.Memory()
	func() {
		e, err := p.Compile(wide(1, 20000, 500))
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Memory() - before; got < 100<<20 {
			t.Errorf("a program of 120 MB takes %d bytes; want more than 100 MiB", got)
		}
		if err := e.Write(0, fill(20000, 1)); err != nil {
			t.Fatal(err)
		}
	}()
	for range 100 {
		runtime.GC()
		if p.Memory() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("a second after its exec was forgotten the plugin holds %d bytes more; want 0", p.Memory()-before)
}

func TestClosed(t *testing.T) {
	p := open(t)
	e, err := p.Compile(wide(1, 3, 2))
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
	e.Close()
	for name, err := range map[string]error{"Write": e.Write(0, fill(3, 1)), "Read": e.Read(1, fill(6, 0)), "Run": e.Run(t.Context(), 0),
		"WritePart": e.WritePart(1, 0, fill(6, 0)), "ReadPart": e.ReadPart(1, 0, fill(6, 0))} {
		if err == nil || !strings.Contains(err.Error(), "closed") {
			t.Errorf("%s of a closed program = %v; want an error that says so", name, err)
		}
	}
}

func TestMeasure(t *testing.T) {
	p := open(t)
	for name, m := range map[string]gpu.Measure{"PeakFMA": gpu.PeakFMA, "AdamTraffic": gpu.AdamTraffic, "ReadTraffic": gpu.ReadTraffic} {
		if got, err := p.Measure(m, 1, 10); err != nil || got < 1e8 || got > 1e14 {
			t.Errorf("Measure(%s) = %g, %v; want a number of this world", name, got, err)
		}
	}
	if _, err := p.Measure(99, 1, 10); err == nil {
		t.Error("Measure(99) = nil; want an error")
	}
}

// small returns a compiled program whose run is next to nothing.
func small(tb testing.TB) backend.Exec {
	p := backend.Program{MaxBatch: 1, Slots: []backend.SlotSpec{
		{Name: "x", Role: backend.Input, Shape: []int{1}, Batched: true},
		{Name: "y", Role: backend.Output, Shape: []int{1}, Batched: true},
	}, Entries: []backend.Entry{{Name: "run", Ops: []backend.Op{{Kind: backend.Activation, Func: backend.ReLU, Consts: []float32{0}, In: []backend.Slot{0}, Out: []backend.Slot{1}}}}}}
	e, err := open(tb).Compile(p)
	if err == nil {
		err = e.Write(0, []float32{1})
	}
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(e.Close)
	return e
}

func TestCallsDoNotAllocate(t *testing.T) {
	e, x := small(t), []float32{1}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if got := testing.AllocsPerRun(100, func() {
		if errors.Join(e.Write(0, x), e.Run(ctx, 0), e.Read(1, x)) != nil {
			t.Fatal("a call failed")
		}
	}); got != 0 {
		t.Errorf("Write, Run and Read allocate %g times; want 0", got)
	}
}

// BenchmarkCall measures what a call from Go into the plugin and back costs: one number is copied.
func BenchmarkCall(b *testing.B) {
	e, x := small(b), []float32{1}
	b.ReportAllocs()
	for b.Loop() {
		if err := e.Write(0, x); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPlugin(b *testing.B) { backendtest.Benchmark(b, open(b)) }
