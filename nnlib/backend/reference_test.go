package backend_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
	"github.com/gopherceptron/gopherceptron/nnlib/backend/backendtest"
)

func TestReference(t *testing.T) { backendtest.Run(t, backend.Reference) }

func BenchmarkReference(b *testing.B) { backendtest.Benchmark(b, backend.Reference) }

// TestKinds holds the list of the conformance tests complete.
func TestKinds(t *testing.T) {
	for k := backend.Dense; k.String() != "unknown operation"; k++ {
		if !slices.ContainsFunc(backendtest.Variants, func(op backend.Op) bool { return op.Kind == k }) {
			t.Errorf("backendtest.Variants lacks %v; want all kinds", k)
		}
	}
	for _, first := range []backend.Func{backend.Step, backend.SoftmaxCrossEntropy} {
		for f := first; f.String() != ""; f++ {
			if !slices.ContainsFunc(backendtest.Variants, func(op backend.Op) bool { return op.Func == f }) {
				t.Errorf("backendtest.Variants lacks %v; want all functions", f)
			}
		}
	}
}

// oneOp runs one row operation of m columns on extreme numbers and returns result and total.
func oneOp(t *testing.T, op backend.Op, x, targets []float32) (y []float32, total float32) {
	t.Helper()
	m := len(x)
	p := backend.Program{MaxBatch: 1, Slots: []backend.SlotSpec{
		{Name: "x", Role: backend.Input, Shape: []int{m}, Batched: true},
		{Name: "t", Role: backend.Input, Shape: []int{m}, Batched: true},
		{Name: "y", Role: backend.Output, Shape: []int{m}, Batched: true},
		{Name: "total", Role: backend.Output, Shape: []int{1}},
	}}
	op.In, op.Out = []backend.Slot{0}, []backend.Slot{2}
	if op.Kind == backend.Loss {
		op.In, op.Out = []backend.Slot{0, 1, backend.None}, []backend.Slot{2, 3}
		if op.Func > backend.SigmoidCrossEntropy {
			op.Out[0] = backend.None
		}
	}
	p.Entries = []backend.Entry{{Name: "run", Ops: []backend.Op{op}}}
	e, err := backend.Reference.Compile(p)
	y, totals := make([]float32, m), make([]float32, 1)
	if err == nil {
		err = errors.Join(e.Write(0, x), e.Write(1, targets), e.Run(context.Background(), 0), e.Read(2, y), e.Read(3, totals))
	}
	if err != nil {
		t.Fatalf("%v of %v: %v", op.Kind, x, err)
	}
	return y, totals[0]
}

func TestExtremes(t *testing.T) {
	inf := float32(math.Inf(1))
	sigmoid := backend.Op{Kind: backend.Activation, Func: backend.Sigmoid}
	gelu := backend.Op{Kind: backend.Activation, Func: backend.GELU}
	leaky := backend.Op{Kind: backend.Activation, Func: backend.ReLU, Consts: []float32{0.25}}
	for _, c := range []struct {
		name    string
		op      backend.Op
		x, want []float32
		loss    float32
	}{
		{"sigmoid", sigmoid, []float32{-1000, 0, 1000}, []float32{0, 0.5, 1}, 0},
		{"sigmoid of infinities", sigmoid, []float32{-inf, inf}, []float32{0, 1}, 0},
		{"gelu", gelu, []float32{-1000, 0, 1000}, []float32{0, 0, 1000}, 0},
		{"leaky ReLU", leaky, []float32{-1000, 0, 1000}, []float32{-250, 0, 1000}, 0},
		{"loss of the sure and wrong sigmoid", backend.Op{Kind: backend.Loss, Func: backend.SigmoidCrossEntropy}, []float32{-1000, 1000}, []float32{0, 1}, 1000},
		{"held loss of the wrong", backend.Op{Kind: backend.Loss, Func: backend.BinaryCrossEntropy}, []float32{0, 1}, []float32{0, 0}, 16.118095},
		{"softmax", backend.Op{Kind: backend.Softmax}, []float32{-1000, 1000}, []float32{0, 1}, 0},
		{"softmax of equals", backend.Op{Kind: backend.Softmax}, []float32{1000, 1000}, []float32{0.5, 0.5}, 0},
		{"softmax of infinities", backend.Op{Kind: backend.Softmax}, []float32{inf, inf, 3, -inf}, []float32{0.5, 0.5, 0, 0}, 0},
		{"softmax of nothing possible", backend.Op{Kind: backend.Softmax}, []float32{-inf, -inf}, []float32{0.5, 0.5}, 0},
		{"loss of the sure and wrong", backend.Op{Kind: backend.Loss, Func: backend.SoftmaxCrossEntropy}, []float32{-1000, 1000}, []float32{0, 1}, 2000},
		// -log(1e-7): what Keras holds probabilities above. CrossEntropy has no y.
		{"held loss of the sure and wrong", backend.Op{Kind: backend.Loss, Func: backend.CrossEntropy}, []float32{0, 1}, []float32{0, 0}, 16.118095},
	} {
		t.Run(c.name, func(t *testing.T) {
			target := make([]float32, len(c.x))
			target[0] = 1
			got, loss := oneOp(t, c.op, c.x, target)
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("%v(%v) = %v; want %v", c.op.Kind, c.x, got, c.want)
					break
				}
			}
			if loss != c.loss {
				t.Errorf("%v(%v) total = %v; want %v", c.op.Kind, c.x, loss, c.loss)
			}
		})
	}
}

func TestLongSums(t *testing.T) {
	// 110,592 inputs as of a 192x192 RGB picture: float32 sums in one go lose 2.9e-4.
	const n = 110592
	p := backend.Program{MaxBatch: 1, Slots: []backend.SlotSpec{
		{Name: "x", Role: backend.Input, Shape: []int{n}, Batched: true},
		{Name: "w", Role: backend.Param, Shape: []int{n, 1}},
		{Name: "y", Role: backend.Output, Shape: []int{1}, Batched: true},
	}, Entries: []backend.Entry{{Name: "run", Ops: []backend.Op{{Kind: backend.Dense, In: []backend.Slot{0, 1, backend.None}, Out: []backend.Slot{2}}}}}}
	e, err := backend.Reference.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	x, w, want := make([]float32, n), make([]float32, n), 0.0
	for i := range x {
		x[i], w[i] = float32(i%97)/96, float32(i%89)/88
		want += float64(x[i]) * float64(w[i])
	}
	y := make([]float32, 1)
	if err := errors.Join(e.Write(0, x), e.Write(1, w), e.Run(t.Context(), 0), e.Read(2, y)); err != nil {
		t.Fatal(err)
	}
	if got := math.Abs(float64(y[0])-want) / want; got > 1e-5 {
		t.Errorf("relative error of a sum of %d products = %.2g; want at most 1e-5", n, got)
	}
}

func TestCheck(t *testing.T) {
	slots := []backend.SlotSpec{
		{Name: "x", Role: backend.Input, Shape: []int{3}, Batched: true},
		{Name: "w", Role: backend.Param, Shape: []int{3, 2}},
		{Name: "y", Role: backend.Output, Shape: []int{2}, Batched: true},
		{Name: "b", Role: backend.Param, Shape: []int{2}},
	}
	dense := func(in ...backend.Slot) backend.Op {
		return backend.Op{Kind: backend.Dense, In: in, Out: []backend.Slot{2}}
	}
	for _, c := range []struct {
		name string
		op   backend.Op
		want string // "" for none
	}{
		{"good", dense(0, 1, 3), ""},
		{"no bias", dense(0, 1, backend.None), ""},
		{"too few operands", dense(0, 1), "2 operands and 1 results, 3 and 1 are expected"},
		{"no such slot", dense(0, 9, 3), "slot 9, 0 to 3 are expected"},
		{"no operand", dense(backend.None, 1, 3), "slot -1"},
		{"turned weights", backend.Op{Kind: backend.DenseGradInput, In: []backend.Slot{0, 1}, Out: []backend.Slot{2}}, "slot w has shape [3 2] (batched: false), (2, 3) not batched is expected"},
		{"row lengths", backend.Op{Kind: backend.Activation, Func: backend.Tanh, In: []backend.Slot{0}, Out: []backend.Slot{2}}, "slot y has rows of 2, 3 are expected"},
		{"input as result", backend.Op{Kind: backend.Activation, Func: backend.Tanh, In: []backend.Slot{0}, Out: []backend.Slot{0}}, "slot x is a result and has role 1"},
		{"unknown kind", backend.Op{Kind: 999}, "kind 999: unsupported"},
		{"parameter as result", backend.Op{Kind: backend.DenseGradBias, In: []backend.Slot{2}, Out: []backend.Slot{3}}, "slot b is a result and has role 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := backend.Program{MaxBatch: 1, Slots: slots, Entries: []backend.Entry{{Name: "e", Ops: []backend.Op{c.op}}}}.Check()
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("Check() = %v; want %q in it", err, c.want)
			}
		})
	}
}

type picky struct{ err error }

func (picky) Name() string                                    { return "picky" }
func (p picky) Compile(backend.Program) (backend.Exec, error) { return nil, p.err }

func TestCompileFallsBack(t *testing.T) {
	broken := errors.New("no device")
	for _, c := range []struct {
		name string
		err  error
		ok   bool
	}{{"unsupported", backend.ErrUnsupported, true}, {"broken", broken, false}} {
		t.Run(c.name, func(t *testing.T) {
			backend.Register(picky{c.err})
			// There is no Unregister; a backend that supports nothing leaves the others alone.
			t.Cleanup(func() { backend.Register(picky{backend.ErrUnsupported}) })
			e, err := backend.Compile(backend.Program{MaxBatch: 1})
			if (err == nil) != c.ok || (e != nil) != c.ok {
				t.Errorf("Compile() = %v, %v; want ok %v", e, err, c.ok)
			}
			if !c.ok && !errors.Is(err, broken) {
				t.Errorf("Compile() error = %v; want %v in its chain", err, broken)
			}
		})
	}
}

// TestStepsDoNotAllocate trains 784-128-10, batch 32, with all that a program of the library may hold.
func TestStepsDoNotAllocate(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	exec, entry := backendtest.Training(t, backend.Reference, 32, 784, 128, 10)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if got := testing.AllocsPerRun(20, func() {
		if err := exec.Run(ctx, entry); err != nil {
			t.Fatal(err)
		}
	}); got != 0 {
		t.Errorf("a training step allocates %g times; want 0", got)
	}
}

// TestForgottenExec checks that an Exec that is neither closed nor used any more leaves no goroutine behind.
func TestForgottenExec(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	before := runtime.NumGoroutine()
	func() {
		exec, entry := backendtest.Training(nil, backend.Reference, 32, 784, 128, 10)
		if err := exec.Run(t.Context(), entry); err != nil {
			t.Fatal(err)
		}
		if runtime.NumGoroutine() <= before {
			t.Fatal("the step was not shared among goroutines, of which it has 4")
		}
	}()
	for range 100 {
		runtime.GC()
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("a second after its Exec was forgotten there are %d goroutines, before it %d; want no more", runtime.NumGoroutine(), before)
}
