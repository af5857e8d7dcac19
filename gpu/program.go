package gpu

import (
	"fmt"
	"math"
	"runtime"
	"unsafe"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// A packed program is a backend.Program as the C structs. It is pinned while C reads it.
type packed struct {
	program  cProgram
	slots    []cSlot
	entries  []cEntry
	ops      []cOp
	operands []int32
	consts   []float32
}

func pack(p backend.Program) (*packed, error) {
	c := &packed{}
	numbers := 0.0
	for _, s := range p.Slots {
		if len(s.Shape) > maxRank {
			return nil, fmt.Errorf("gpu: slot %s has %d axes, at most %d are expected: %w", s.Name, len(s.Shape), maxRank, backend.ErrUnsupported)
		}
		out := cSlot{role: int32(s.Role), rank: int32(len(s.Shape))}
		size := 1.0
		for i, d := range s.Shape {
			out.dims[i] = int64(d)
			size *= float64(d)
		}
		if s.Batched {
			out.batched = 1
			size *= float64(p.MaxBatch)
		}
		numbers += size
		c.slots = append(c.slots, out)
	}
	if p.MaxBatch > math.MaxInt32 || numbers > 1<<40 {
		return nil, fmt.Errorf("gpu: batches of %d with %.3g numbers: %w", p.MaxBatch, numbers, backend.ErrUnsupported)
	}
	for _, e := range p.Entries {
		c.entries = append(c.entries, cEntry{firstOp: int32(len(c.ops)), ops: int32(len(e.Ops))})
		for _, op := range e.Ops {
			c.ops = append(c.ops, cOp{kind: int32(op.Kind), function: int32(op.Func),
				firstOperand: int32(len(c.operands)), operands: int32(len(op.In)), result: int32(len(op.Out)),
				firstConst: int32(len(c.consts)), consts: int32(len(op.Consts))})
			for _, s := range op.In {
				c.operands = append(c.operands, int32(s))
			}
			for _, s := range op.Out {
				c.operands = append(c.operands, int32(s))
			}
			c.consts = append(c.consts, op.Consts...)
		}
	}
	c.program = cProgram{size: uint32(unsafe.Sizeof(cProgram{})), maxBatch: int32(p.MaxBatch),
		slotCount: int32(len(c.slots)), entryCount: int32(len(c.entries)), opCount: int32(len(c.ops)), operandCount: int32(len(c.operands)), constantCount: int32(len(c.consts)),
		slots: unsafe.SliceData(c.slots), entries: unsafe.SliceData(c.entries), ops: unsafe.SliceData(c.ops), operands: unsafe.SliceData(c.operands), consts: unsafe.SliceData(c.consts)}
	return c, nil
}

func (p *Plugin) compile(program backend.Program) (backend.Exec, error) {
	c, err := pack(program)
	if err != nil {
		return nil, err
	}
	p.collect(program)
	var pin runtime.Pinner
	defer pin.Unpin()
	for _, at := range []any{c.program.slots, c.program.entries, c.program.ops, c.program.operands, c.program.consts} {
		pin.Pin(at)
	}
	var handle uintptr
	if s := status(call(p.api.compile, uintptr(unsafe.Pointer(&c.program)), uintptr(unsafe.Pointer(&handle)))); s != statusOK {
		err := p.failure("compile", handle, s)
		call(p.api.destroy, handle)
		return nil, err
	}
	return newExec(p, handle, program)
}

// failure makes an error of a status and of what the plugin says about it.
func (p *Plugin) failure(op string, handle uintptr, s status) error {
	said := make([]byte, 512)
	if handle != 0 {
		call(p.api.lastError, handle, uintptr(unsafe.Pointer(&said[0])), uintptr(len(said)))
	}
	why := text(said)
	if why == "" {
		why = s.String()
	}
	if s == statusUnsupported {
		return fmt.Errorf("gpu: %s: %s: %w", op, why, backend.ErrUnsupported)
	}
	return fmt.Errorf("gpu: %s: %s", op, why)
}
