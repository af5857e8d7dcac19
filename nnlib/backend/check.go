package backend

import "fmt"

// Check reports the first thing that is wrong with a program: a slot that does not exist, an operand of another
// shape, two operands in one slot where that is not allowed. A backend calls it before it compiles, so that what it
// runs later cannot be out of range.
func (p Program) Check() error {
	if p.MaxBatch < 1 {
		return fmt.Errorf("backend: MaxBatch is %d, at least 1 is expected", p.MaxBatch)
	}
	for _, s := range p.Slots {
		for _, d := range s.Shape {
			if d < 1 {
				return fmt.Errorf("backend: slot %s has shape %v, lengths of at least 1 are expected", s.Name, s.Shape)
			}
		}
		if s.Role < Temp || s.Role > Output || s.Role == Param && s.Batched {
			return fmt.Errorf("backend: slot %s has role %d (batched: %v), which is not one of the roles", s.Name, s.Role, s.Batched)
		}
	}
	for _, e := range p.Entries {
		for i, op := range e.Ops {
			if err := p.checkOp(op); err != nil {
				return fmt.Errorf("backend: entry %s, operation %d: %v: %w", e.Name, i, op.Kind, err)
			}
		}
	}
	return nil
}

func (p Program) checkOp(op Op) error {
	d, ok := kinds[op.Kind]
	if !ok {
		return fmt.Errorf("kind %d: %w", int(op.Kind), ErrUnsupported)
	}
	if d.in < 0 {
		d.in, d.out = max(1, len(op.In)), len(op.In)
	}
	if op.Kind == Activation || op.Kind == ActivationGrad {
		if op.Func < Step || op.Func > GELU {
			return fmt.Errorf("function %d: %w", int(op.Func), ErrUnsupported)
		}
		if op.Func == ReLU {
			d.consts = 1
		}
	}
	if (op.Kind == Loss || op.Kind == LossGrad) && (op.Func < SoftmaxCrossEntropy || op.Func > SquaredError) {
		return fmt.Errorf("function %d: %w", int(op.Func), ErrUnsupported)
	}
	if len(op.In) != d.in || len(op.Out) != d.out {
		return fmt.Errorf("%d operands and %d results, %d and %d are expected", len(op.In), len(op.Out), d.in, d.out)
	}
	if len(op.Consts) != d.consts {
		return fmt.Errorf("%d constants, %d are expected", len(op.Consts), d.consts)
	}
	for i, s := range append(append([]Slot(nil), op.In...), op.Out...) {
		if s == None && optional(op, i) {
			continue
		}
		if s < 0 || int(s) >= len(p.Slots) {
			return fmt.Errorf("slot %d, 0 to %d are expected", s, len(p.Slots)-1)
		}
	}
	c := &shapes{p: p}
	c.check(op)
	c.apart(op)
	return c.err
}

// optional says which operands and results, counted together, may be None.
func optional(op Op, i int) bool {
	switch op.Kind {
	case Dense:
		return i == 2
	case BatchNorm, BatchNormInference:
		return i == 1 || i == 2
	case BatchNormGrad:
		return i == 2 || i >= 6
	case Loss:
		return i == 2 || i == 3 && op.Func > SigmoidCrossEntropy
	case LossGrad:
		return i == 2
	case RMSprop:
		return i >= 4
	}
	return false
}

// check compares the shapes of an operation whose slots exist.
func (c *shapes) check(op Op) {
	in, out, p := op.In, op.Out, c.p
	switch op.Kind {
	case Dense:
		c.matrix(in[1], c.row(in[0]), c.row(out[0]))
		c.whole(in[2], c.row(out[0]))
	case DenseGradInput:
		c.matrix(in[1], c.row(out[0]), c.row(in[0]))
	case DenseGradWeight:
		c.matrix(out[0], c.row(in[0]), c.row(in[1]))
	case DenseGradBias:
		c.whole(out[0], c.row(in[0]))
	case BatchNorm:
		c.rows(c.row(in[0]), out[0])
		c.columns(in[0], out[1])
		c.vectors(p.Slots[out[1]].Size(), in[1], in[2], out[2], out[3], out[4])
		for _, s := range out[3:] {
			c.role(s, Param)
		}
	case BatchNormGrad:
		c.rows(c.row(in[0]), in[1], out[0])
		c.columns(in[0], in[3])
		c.vectors(p.Slots[in[3]].Size(), in[2], in[4], out[1], out[2])
	case BatchNormInference:
		c.rows(c.row(in[0]), out[0])
		c.columns(in[0], in[3])
		c.vectors(p.Slots[in[3]].Size(), in[1], in[2], in[4])
	case Loss, LossGrad:
		c.rows(c.row(in[0]), in[1])
		if in[2] != None {
			c.rows(1, in[2])
		}
		if op.Kind == LossGrad {
			c.rows(c.row(in[0]), out[0])
			return
		}
		if out[0] != None {
			c.rows(c.row(in[0]), out[0])
			if op.Func > SigmoidCrossEntropy {
				c.fail("%v has no y, None is expected", op.Func)
			}
		}
		c.whole(out[1], 1)
	case CountCorrect:
		c.rows(c.row(in[0]), in[1])
		c.whole(out[0], 1)
	case CountPositive:
		c.rows(c.row(in[0]), in[1])
		c.whole(out[0], 3)
	case Penalty:
		c.whole(in[0], p.Slots[in[0]].Size())
		c.whole(out[0], 1)
	case PenaltyGrad:
		c.whole(in[0], p.Slots[in[0]].Size())
		c.whole(out[0], p.Slots[in[0]].Size())
	case ClipValue, ClipNorm:
		for i, s := range in {
			c.whole(s, p.Slots[s].Size())
			if out[i] != s {
				c.fail("result %d is slot %s, operand and result must be the same slot", i, p.Slots[out[i]].Name)
			}
		}
	case SGD, Momentum, Adam, RMSprop:
		for _, s := range out {
			c.whole(s, p.Slots[in[0]].Size())
			c.role(s, Param)
		}
		c.whole(in[0], p.Slots[in[0]].Size())
		c.whole(in[1], op.Kind.hypers())
	default: // by row or elementwise
		c.rows(c.row(in[0]), append(in[1:len(in):len(in)], out...)...)
	}
}

// shapes collects the first complaint about an operation's shapes.
type shapes struct {
	p   Program
	err error
}

func (c *shapes) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

// row returns the length of a batched slot's rows.
func (c *shapes) row(s Slot) int {
	spec := c.p.Slots[s]
	if !spec.Batched {
		c.fail("slot %s is not batched, one row an example is expected", spec.Name)
	}
	return spec.Size()
}

func (c *shapes) rows(n int, slots ...Slot) {
	for _, s := range slots {
		if got := c.row(s); got != n {
			c.fail("slot %s has rows of %d, %d are expected", c.p.Slots[s].Name, got, n)
		}
	}
}

// columns checks that the rows of x hold whole groups of as many numbers as v.
func (c *shapes) columns(x, v Slot) {
	if n, of := c.row(x), c.p.Slots[v]; of.Batched || n%of.Size() != 0 {
		c.fail("slot %s has %d numbers (batched: %v), rows of %s, %d, are expected to be a multiple", of.Name, of.Size(), of.Batched, c.p.Slots[x].Name, n)
	}
}

func (c *shapes) vectors(n int, slots ...Slot) {
	for _, s := range slots {
		c.whole(s, n)
	}
}

func (c *shapes) role(s Slot, role Role) {
	if s != None && c.p.Slots[s].Role != role {
		c.fail("slot %s is updated and has role %d, Param is expected", c.p.Slots[s].Name, c.p.Slots[s].Role)
	}
}

// whole checks a slot that is not batched; None passes.
func (c *shapes) whole(s Slot, n int) {
	if s == None {
		return
	}
	spec := c.p.Slots[s]
	if spec.Batched || spec.Size() != n {
		c.fail("slot %s has shape %v (batched: %v), %d numbers not batched are expected", spec.Name, spec.Shape, spec.Batched, n)
	}
}

func (c *shapes) matrix(s Slot, n, m int) {
	spec := c.p.Slots[s]
	if spec.Batched || len(spec.Shape) != 2 || spec.Shape[0] != n || spec.Shape[1] != m {
		c.fail("slot %s has shape %v (batched: %v), (%d, %d) not batched is expected", spec.Name, spec.Shape, spec.Batched, n, m)
	}
}

// apart checks that results have slots of their own, but for the first result of operations that work in place; that
// inputs are not written; and that only updates write parameters.
func (c *shapes) apart(op Op) {
	if op.Kind == ClipValue || op.Kind == ClipNorm { // check has compared operands and results
		for i, s := range op.Out {
			if r := c.p.Slots[s].Role; r == Input || r == Param {
				c.fail("slot %s is a result and has role %d, Temp or Output is expected", c.p.Slots[s].Name, r)
			}
			for _, other := range op.Out[:i] {
				if other == s {
					c.fail("slot %s is two results, two slots are expected", c.p.Slots[s].Name)
				}
			}
		}
		return
	}
	var over bool
	switch op.Kind {
	case Activation, ActivationGrad, Softmax, SoftmaxGrad, Multiply, BatchNormGrad, BatchNormInference, Loss, LossGrad:
		over = true
	}
	for i, out := range op.Out {
		if out == None {
			continue
		}
		spec := c.p.Slots[out]
		writes := op.Kind.updates() || op.Kind == BatchNorm && i >= 3
		if spec.Role == Input || spec.Role == Param && !writes {
			c.fail("slot %s is a result and has role %d, Temp or Output is expected", spec.Name, spec.Role)
		}
		for j, in := range op.In {
			if in == out && !(over && i == 0 && j == 0) {
				c.fail("slot %s is operand and result, two slots are expected", spec.Name)
			}
		}
		for _, other := range op.Out[:i] {
			if other == out {
				c.fail("slot %s is two results, two slots are expected", spec.Name)
			}
		}
	}
}
