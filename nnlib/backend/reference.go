package backend

import (
	"context"
	"fmt"
	"runtime"

	"github.com/gopherceptron/gopherceptron/nnlib/internal/offheap"
)

// Reference is the backend that defines what programs mean: plain Go, with matrix products by gonum's BLAS. It gives
// the same bits for any number of processors, and runs without allocating after the first run.
var Reference Backend = reference{}

type reference struct{}

func (reference) Name() string { return "reference" }

func (reference) Compile(p Program) (Exec, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	e := &refExec{p: p, slots: make([][]float32, len(p.Slots)), rows: make([]int, len(p.Slots))}
	var fusedAway map[Slot]bool
	e.plans, fusedAway = fuse(p)
	// One piece of memory for all slots, each on cache lines of its own.
	const line = 16
	size := func(i int) int {
		n := p.Slots[i].Size()
		if p.Slots[i].Batched {
			n *= p.MaxBatch
		}
		return (n + line - 1) / line * line
	}
	total := 0
	for i := range p.Slots {
		if !fusedAway[Slot(i)] {
			total += size(i)
		}
	}
	e.memory = offheap.New(total)
	rest := e.memory.Numbers
	for i, s := range p.Slots {
		if fusedAway[Slot(i)] {
			continue
		}
		n := s.Size()
		if s.Batched {
			n *= p.MaxBatch
		}
		e.slots[i], rest = rest[:n:n], rest[size(i):]
	}
	e.team = newTeam()
	e.closeTeam = runtime.AddCleanup(e, func(t *team) { t.close() }, e.team)
	return e, nil
}

// refExec runs a program by walking through its operations.
type refExec struct {
	p         Program
	plans     [][]planned // by entry
	memory    *offheap.Buffer
	slots     [][]float32
	rows      []int // how many rows were last written to each batched input
	last      int   // the same, of the one that was written last
	team      *team
	closeTeam runtime.Cleanup
	work      work // of the operation that is under way
}

func (e *refExec) Write(slot Slot, numbers []float32) error {
	if err := e.open("Write"); err != nil {
		return err
	}
	rows, err := e.p.CheckWrite(slot, len(numbers))
	if err != nil {
		return err
	}
	if rows > 0 {
		e.rows[slot], e.last = rows, rows
	}
	copy(e.slots[slot], numbers)
	runtime.KeepAlive(e)
	return nil
}

func (e *refExec) Read(slot Slot, numbers []float32) error {
	if err := e.open("Read"); err != nil {
		return err
	}
	if err := e.p.CheckRead(slot, len(numbers)); err != nil {
		return err
	}
	copy(numbers, e.slots[slot])
	runtime.KeepAlive(e)
	return nil
}

func (e *refExec) WritePart(slot Slot, first int, numbers []float32) error {
	part, err := e.part("WritePart", slot, first, len(numbers))
	copy(part, numbers)
	runtime.KeepAlive(e)
	return err
}

func (e *refExec) ReadPart(slot Slot, first int, numbers []float32) error {
	part, err := e.part("ReadPart", slot, first, len(numbers))
	copy(numbers, part)
	runtime.KeepAlive(e)
	return err
}

// part returns n numbers of a parameter from first on.
func (e *refExec) part(op string, slot Slot, first, n int) ([]float32, error) {
	if err := e.open(op); err != nil {
		return nil, err
	}
	if err := e.p.CheckPart(op, slot, first, n); err != nil {
		return nil, err
	}
	return e.slots[slot][first : first+n], nil
}

// open returns an error if the program is closed.
func (e *refExec) open(op string) error {
	if e.slots == nil {
		return fmt.Errorf("backend: %s: the program is closed", op)
	}
	return nil
}

func (e *refExec) Close() {
	if e.slots == nil {
		return
	}
	e.closeTeam.Stop()
	e.team.close()
	e.slots, e.team = nil, nil
	e.memory.Free()
}

func (e *refExec) Run(ctx context.Context, entry int) error {
	if e.slots == nil {
		return fmt.Errorf("backend: Run: the program is closed")
	}
	if entry < 0 || entry >= len(e.p.Entries) {
		return fmt.Errorf("backend: Run: entry %d, 0 to %d are expected", entry, len(e.p.Entries)-1)
	}
	defer runtime.KeepAlive(e) // the memory of the slots goes with it
	ops := e.p.Entries[entry].Ops
	b, err := e.batch(ops)
	if err != nil {
		return err
	}
	for i, how := range e.plans[entry] {
		if err := ctx.Err(); err != nil {
			return err
		}
		if how.skip {
			continue
		}
		if how.gradient != nil {
			err = e.fusedUpdate(ctx, &ops[i], how.gradient, b)
		} else {
			err = e.op(ctx, &ops[i], b)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// batch returns the number of examples of a run: that of the inputs which the operations use.
func (e *refExec) batch(ops []Op) (int, error) {
	b := 0
	for i := range ops {
		for _, s := range ops[i].In {
			if s == None || e.p.Slots[s].Role != Input || !e.p.Slots[s].Batched {
				continue
			}
			if n := e.rows[s]; n == 0 {
				return 0, fmt.Errorf("backend: Run: input %s was not written", e.p.Slots[s].Name)
			} else if b != 0 && n != b {
				return 0, fmt.Errorf("backend: Run: input %s has %d rows, another input has %d", e.p.Slots[s].Name, n, b)
			} else {
				b = n
			}
		}
	}
	if b == 0 {
		b = e.last
	}
	return b, nil
}

// of returns a slot's numbers: the first b rows where it is batched, nil for None.
func (e *refExec) of(s Slot, b int) []float32 {
	switch {
	case s == None:
		return nil
	case e.p.Slots[s].Batched:
		return e.slots[s][:b*e.p.Slots[s].Size()]
	}
	return e.slots[s]
}

// op runs one operation on b examples. It does not allocate.
func (e *refExec) op(ctx context.Context, op *Op, b int) error {
	in, out, k := op.In, op.Out, op.Consts
	first := e.of(in[0], b)
	result := e.of(out[0], b)
	m := e.p.Slots[in[0]].Size() // the length of a row of the first operand
	switch op.Kind {
	case Dense:
		return e.dense(ctx, op, b)
	case DenseGradInput:
		return e.denseGradInput(ctx, op, b)
	case DenseGradWeight:
		return e.denseGradWeight(ctx, op, b)
	case DenseGradBias:
		columnSums(result, first)
	case Activation:
		activate(op.Func, result, first, k)
	case ActivationGrad:
		activateGrad(op.Func, result, first, e.of(in[1], b), k)
	case Softmax:
		softmax(result, first, m)
	case SoftmaxGrad:
		softmaxGrad(result, first, e.of(in[1], b), m)
	case Multiply:
		for i, v := range e.of(in[1], b) {
			result[i] = first[i] * v
		}
	case BatchNorm:
		batchNorm(result, first, e.of(in[1], b), e.of(in[2], b), e.slots[out[1]], e.slots[out[2]], e.slots[out[3]], e.slots[out[4]], k[0], k[1])
	case BatchNormGrad:
		batchNormGrad(result, e.of(out[1], b), e.of(out[2], b), first, e.of(in[1], b), e.of(in[2], b), e.slots[in[3]], e.slots[in[4]])
	case BatchNormInference:
		batchNormInference(result, first, e.of(in[1], b), e.of(in[2], b), e.slots[in[3]], e.slots[in[4]], k[0])
	case Loss:
		e.slots[out[1]][0] += float32(lossTotal(op.Func, result, first, e.of(in[1], b), e.of(in[2], b), m))
	case LossGrad:
		lossGrad(op.Func, result, first, e.of(in[1], b), e.of(in[2], b), m)
	case CountCorrect:
		result[0] += countCorrect(first, e.of(in[1], b), m, int(k[0]))
	case CountPositive:
		countPositive(result, first, e.of(in[1], b), k[0])
	case Penalty:
		result[0] += float32(penalty(first, float64(k[0]), float64(k[1])))
	case PenaltyGrad:
		penaltyGrad(result, first, k[0], k[1])
	case ClipValue:
		for _, s := range out {
			clipValue(e.slots[s], k[0])
		}
	case ClipNorm:
		e.clipNorm(out, float64(k[0]))
	case SGD, Momentum, Adam, RMSprop:
		return e.update(ctx, op)
	default:
		return fmt.Errorf("backend: Run: %v: %w", op.Kind, ErrUnsupported)
	}
	return nil
}
