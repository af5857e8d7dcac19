package gpu

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// A Speed is what the plugin reaches on this machine, beside what the machine can do.
type Speed struct {
	Flops, PeakFlops     float64 // a second: of a dense layer's product at batch 128; of multiply-adds between registers
	Traffic, PeakTraffic float64 // bytes a second: of a layer that is trained by Adam at batch 4; of three streams read and written
	Threads              int
}

// String says it in GFLOP/s and GB/s.
func (s Speed) String() string {
	return fmt.Sprintf("%.0f of %.0f GFLOP/s in a dense layer, %.0f of %.0f GB/s in its update by Adam, %d threads",
		s.Flops/1e9, s.PeakFlops/1e9, s.Traffic/1e9, s.PeakTraffic/1e9, s.Threads)
}

// Speed measures for about so long, with 200 MB of memory.
func (p *Plugin) Speed(ctx context.Context, d time.Duration) (Speed, error) {
	const inputs, units, batch, small = 32768, 512, 128, 4
	s := Speed{Threads: runtime.GOMAXPROCS(0)}
	quarter := d / 4
	var err error
	measure := func(m Measure) float64 {
		v, e := p.Measure(m, s.Threads, int(quarter.Milliseconds()))
		err = errors.Join(err, e)
		return v
	}
	s.PeakFlops, s.PeakTraffic = measure(PeakFMA), measure(AdamTraffic)
	if err != nil {
		return s, err
	}
	type slots = []backend.Slot
	program := backend.Program{MaxBatch: batch, Slots: []backend.SlotSpec{
		0: {Name: "x", Role: backend.Input, Shape: []int{inputs}, Batched: true},
		1: {Name: "w", Role: backend.Param, Shape: []int{inputs, units}},
		2: {Name: "y", Role: backend.Output, Shape: []int{units}, Batched: true},
		3: {Name: "dw", Role: backend.Temp, Shape: []int{inputs, units}},
		4: {Name: "rates", Role: backend.Input, Shape: []int{5}},
		5: {Name: "m", Role: backend.Param, Shape: []int{inputs, units}},
		6: {Name: "v", Role: backend.Param, Shape: []int{inputs, units}},
		7: {Name: "few", Role: backend.Input, Shape: []int{inputs}, Batched: true},
		8: {Name: "dy", Role: backend.Input, Shape: []int{units}, Batched: true},
	}, Entries: []backend.Entry{
		{Name: "forward", Ops: []backend.Op{{Kind: backend.Dense, In: slots{0, 1, backend.None}, Out: slots{2}}}},
		{Name: "update", Ops: []backend.Op{{Kind: backend.DenseGradWeight, In: slots{7, 8}, Out: slots{3}}, {Kind: backend.Adam, In: slots{3, 4}, Out: slots{1, 5, 6}}}},
	}}
	e, err := p.Compile(program)
	if err != nil {
		return s, err
	}
	defer e.Close()
	ones := make([]float32, inputs*batch)
	for i := range ones {
		ones[i] = 0.01
	}
	if err := errors.Join(e.Write(0, ones), e.Write(7, ones[:small*inputs]), e.Write(8, ones[:small*units]), e.Write(4, []float32{1e-6, 0.1, 0.001, 1e-7, 0})); err != nil {
		return s, err
	}
	// The best run, as the peaks are the best rounds.
	best := func(entry int, amount float64) float64 {
		top := 0.0
		for start := time.Now(); err == nil && (top == 0 || time.Since(start) < quarter); {
			at := time.Now()
			err = e.Run(ctx, entry)
			top = max(top, amount/time.Since(at).Seconds())
		}
		return top
	}
	best(0, 1) // touches the memory
	best(1, 1)
	s.Flops = best(0, 2*batch*inputs*units)
	s.Traffic = best(1, 6*4*inputs*units)
	return s, err
}
