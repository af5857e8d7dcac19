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
	if len(op.In) != d.in || len(op.Out) != d.out {
		return fmt.Errorf("%d operands and %d results, %d and %d are expected", len(op.In), len(op.Out), d.in, d.out)
	}
	for i, s := range append(append([]Slot(nil), op.In...), op.Out...) {
		if s == None && op.Kind == Dense && i == 2 {
			continue
		}
		if s < 0 || int(s) >= len(p.Slots) {
			return fmt.Errorf("slot %d, 0 to %d are expected", s, len(p.Slots)-1)
		}
	}
	c := &shapes{p: p}
	switch op.Kind {
	case Dense:
		c.matrix(op.In[1], c.row(op.In[0]), c.row(op.Out[0]))
		if op.In[2] != None {
			c.whole(op.In[2], c.row(op.Out[0]))
		}
	case DenseGradInput:
		c.matrix(op.In[1], c.row(op.Out[0]), c.row(op.In[0]))
	case DenseGradWeight:
		c.matrix(op.Out[0], c.row(op.In[0]), c.row(op.In[1]))
	case DenseGradBias:
		c.whole(op.Out[0], c.row(op.In[0]))
	case SoftmaxCrossEntropy:
		c.rows(c.row(op.In[0]), op.In[1], op.Out[0])
		c.whole(op.Out[1], 1)
	case CrossEntropy, SquaredError, CountCorrect:
		c.rows(c.row(op.In[0]), op.In[1])
		c.whole(op.Out[0], 1)
	case SGD, Momentum, Adam:
		for _, s := range op.Out {
			c.whole(s, p.Slots[op.In[0]].Size())
			if r := p.Slots[s].Role; r != Param {
				c.fail("slot %s is updated and has role %d, Param is expected", p.Slots[s].Name, r)
			}
		}
		c.whole(op.In[0], p.Slots[op.In[0]].Size())
		c.whole(op.In[1], map[Kind]int{SGD: 1, Momentum: 2, Adam: 4}[op.Kind])
	default: // by row or elementwise
		c.rows(c.row(op.In[0]), append(op.In[1:len(op.In):len(op.In)], op.Out...)...)
	}
	c.apart(op)
	return c.err
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

func (c *shapes) whole(s Slot, n int) {
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

// apart checks that results have slots of their own, but for the first result of elementwise and row operations, which
// may stand in the place of the first operand; that inputs are not written; and that only updates write parameters.
func (c *shapes) apart(op Op) {
	over := op.Kind >= Step && op.Kind <= SoftmaxCrossEntropyGrad || op.Kind == CrossEntropyGrad || op.Kind == SquaredErrorGrad
	update := op.Kind == SGD || op.Kind == Momentum || op.Kind == Adam
	for i, out := range op.Out {
		spec := c.p.Slots[out]
		if spec.Role == Input || spec.Role == Param && !update {
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
