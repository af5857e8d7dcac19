package backend

import (
	"context"
	"fmt"
)

// Reference is the backend that defines what programs mean: plain Go, with matrix products by gonum's BLAS. It gives
// the same bits for any number of processors.
var Reference Backend = reference{}

type reference struct{}

func (reference) Name() string { return "reference" }

func (reference) Compile(p Program) (Exec, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	e := &refExec{p: p, slots: make([][]float32, len(p.Slots)), rows: make([]int, len(p.Slots))}
	for i, s := range p.Slots {
		n := s.Size()
		if s.Batched {
			n *= p.MaxBatch
		}
		e.slots[i] = make([]float32, n)
	}
	e.scratch = make([]float32, scratchSize(p))
	return e, nil
}

// refExec runs a program by walking through its operations.
type refExec struct {
	p       Program
	slots   [][]float32
	rows    []int // how many rows were last written to each batched input
	scratch []float32
}

func (e *refExec) Write(slot Slot, numbers []float32) error {
	s, err := e.slot("Write", slot)
	if err != nil {
		return err
	}
	switch n := s.Size(); {
	case s.Role == Temp:
		return fmt.Errorf("backend: Write: slot %s is temporary, an input, a parameter or an output is expected", s.Name)
	case s.Batched && (len(numbers) == 0 || len(numbers)%n != 0 || len(numbers)/n > e.p.MaxBatch):
		return fmt.Errorf("backend: Write: %d numbers for slot %s, 1 to %d rows of %d are expected", len(numbers), s.Name, e.p.MaxBatch, n)
	case !s.Batched && len(numbers) != n:
		return fmt.Errorf("backend: Write: %d numbers for slot %s, %d are expected", len(numbers), s.Name, n)
	case s.Batched:
		e.rows[slot] = len(numbers) / n
	}
	copy(e.slots[slot], numbers)
	return nil
}

func (e *refExec) Read(slot Slot, numbers []float32) error {
	s, err := e.slot("Read", slot)
	if err != nil {
		return err
	}
	switch n := s.Size(); {
	case s.Role != Param && s.Role != Output:
		return fmt.Errorf("backend: Read: slot %s is not kept, a parameter or an output is expected", s.Name)
	case s.Batched && (len(numbers)%n != 0 || len(numbers)/n > e.p.MaxBatch):
		return fmt.Errorf("backend: Read: %d numbers of slot %s, up to %d rows of %d are expected", len(numbers), s.Name, e.p.MaxBatch, n)
	case !s.Batched && len(numbers) != n:
		return fmt.Errorf("backend: Read: %d numbers of slot %s, %d are expected", len(numbers), s.Name, n)
	}
	copy(numbers, e.slots[slot])
	return nil
}

func (e *refExec) slot(op string, s Slot) (SlotSpec, error) {
	if e.slots == nil {
		return SlotSpec{}, fmt.Errorf("backend: %s: the program is closed", op)
	}
	if s < 0 || int(s) >= len(e.slots) {
		return SlotSpec{}, fmt.Errorf("backend: %s: slot %d, 0 to %d are expected", op, s, len(e.slots)-1)
	}
	return e.p.Slots[s], nil
}

func (e *refExec) Close() { e.slots, e.scratch = nil, nil }

func (e *refExec) Run(ctx context.Context, entry int) error {
	if e.slots == nil {
		return fmt.Errorf("backend: Run: the program is closed")
	}
	if entry < 0 || entry >= len(e.p.Entries) {
		return fmt.Errorf("backend: Run: entry %d, 0 to %d are expected", entry, len(e.p.Entries)-1)
	}
	ops := e.p.Entries[entry].Ops
	b, err := e.batch(ops)
	if err != nil {
		return err
	}
	for i := range ops {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := e.op(ctx, &ops[i], b); err != nil {
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
	return b, nil
}

// of returns a slot's numbers: the first b rows where it is batched.
func (e *refExec) of(s Slot, b int) []float32 {
	if e.p.Slots[s].Batched {
		return e.slots[s][:b*e.p.Slots[s].Size()]
	}
	return e.slots[s]
}

// op runs one operation on b examples. It does not allocate, but for what gonum's products of larger matrices do.
func (e *refExec) op(ctx context.Context, op *Op, b int) error {
	in, out := op.In, op.Out
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
	case Step:
		step(result, first)
	case StepGrad:
		clear(result)
	case Sigmoid:
		sigmoid(result, first)
	case SigmoidGrad:
		sigmoidGrad(result, first, e.of(in[1], b))
	case Tanh:
		tanh(result, first)
	case TanhGrad:
		tanhGrad(result, first, e.of(in[1], b))
	case ReLU:
		relu(result, first)
	case ReLUGrad:
		reluGrad(result, first, e.of(in[1], b))
	case Softmax:
		softmax(result, first, m)
	case SoftmaxGrad:
		softmaxGrad(result, first, e.of(in[1], b), m)
	case SoftmaxCrossEntropy:
		e.slots[out[1]][0] += softmaxCrossEntropy(result, first, e.of(in[1], b), m)
	case SoftmaxCrossEntropyGrad:
		softmaxCrossEntropyGrad(result, first, e.of(in[1], b), m)
	case CrossEntropy:
		result[0] += crossEntropy(first, e.of(in[1], b), m)
	case CrossEntropyGrad:
		crossEntropyGrad(result, first, e.of(in[1], b), m)
	case SquaredError:
		result[0] += squaredError(first, e.of(in[1], b), m)
	case SquaredErrorGrad:
		squaredErrorGrad(result, first, e.of(in[1], b), m)
	case CountCorrect:
		result[0] += countCorrect(first, e.of(in[1], b), m)
	case SGD, Momentum, Adam:
		return e.update(ctx, op)
	default:
		return fmt.Errorf("backend: Run: %v: %w", op.Kind, ErrUnsupported)
	}
	return nil
}
