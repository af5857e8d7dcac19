package compile

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// A codeBlock is a block in the making: as many instructions as it takes, before it is cut into op.Blocks.
type codeBlock struct {
	first *op.Block
	ops   []op.Op
	pos   []token.Pos
	term  op.Term
	end   func() op.Term // makes term, of a block that goes to others: they are made when all code is there
	to    *codeBlock     // where it goes without a condition
	tpos  token.Pos
	step  *step                        // the last instruction, if it counts
	cond  *cond                        // what term decides, if it compares integers
	next  func(x, y *op.Block) op.Term // the step of an iterator by which the block ends
}

// A step is an instruction that adds to an integer: a constant, or what lies at by.
type step struct {
	d, a uintptr
	k    int64
	by   uintptr
}

// A cond is a comparison of integers that ends a block.
type cond struct {
	t    token.Token
	l, r uintptr
	x, y *codeBlock
}

// counts replaces the last instruction and the end of a block by one that does both, if there is one.
func (b *codeBlock) counts() {
	s, d := b.step, b.cond
	if s == nil || d == nil || d.l != s.d || d.r == s.d {
		return
	}
	end := func(x, y *op.Block) op.Term {
		if s.by != 0 {
			return op.AddBranch(d.t, s.d, s.a, s.by, d.r, x, y)
		}
		return op.StepBranch(d.t, s.d, s.a, s.k, d.r, x, y)
	}
	if end(nil, nil) != nil {
		b.ops, b.pos = b.ops[:len(b.ops)-1], b.pos[:len(b.pos)-1]
		b.end = func() op.Term { return end(d.x.first, d.y.first) }
		b.step, b.cond = nil, nil
	}
}

func (c *compiler) emit(o op.Op) {
	if o == nil {
		return
	}
	c.code.ops = append(c.code.ops, o)
	c.code.pos = append(c.code.pos, c.pos)
	c.code.step = nil
}

// function compiles everything.
func (c *compiler) function() {
	f := c.ssa
	if f.Blocks == nil {
		c.fail("function %s has no body", f.Name())
	}
	c.spillParameters()
	c.fuseLiterals()
	c.keepCaptured()
	c.fuse()
	c.fuseOperands()
	c.fuseElements()
	c.fuseArguments()
	c.fuseLocals()
	c.fuseResults()
	c.join()
	for i, p := range f.Params {
		c.slots[p] = &slot{offset: c.fn.Params[i].Offset, typ: c.typ(p.Type())}
	}
	var free []*slot
	for _, v := range f.FreeVars {
		free = append(free, c.at(v))
	}
	c.allocate()
	c.layout()
	var frees []machine.Slot
	for _, s := range free {
		frees = append(frees, machine.Slot{Offset: s.offset, Type: s.typ})
	}
	c.fn.SetFree(frees)
	for range f.Blocks {
		c.blocks = append(c.blocks, &codeBlock{})
	}
	all := append([]*codeBlock(nil), c.blocks...)
	for i, b := range f.Blocks {
		all = append(all, c.block(b, c.blocks[i])...)
	}
	c.finish(all)
	c.fn.Entry = c.blocks[0].first
	if f.Recover != nil {
		c.fn.HasDefers = true
		c.fn.SetRecover(c.blocks[f.Recover.Index].first)
	}
}

// allocate gives every value that needs one a register.
func (c *compiler) allocate() {
	own, stack := false, false // defer statements: the function's own, those of bodies of ranges over functions
	defer func() { c.defersLate = stack && !own }()
	for _, b := range c.ssa.Blocks {
		for _, in := range b.Instrs {
			c.at_ = in.Pos()
			if c.skip[in] {
				continue
			}
			switch x := in.(type) {
			case *ssa.DebugRef:
				continue
			case *ssa.Defer, *ssa.RunDefers:
				c.fn.HasDefers, own = true, true
			case *ssa.Phi:
				c.temps[x] = c.register(c.typ(x.Type()), nil)
			case *ssa.Call:
				if b, ok := x.Call.Value.(*ssa.Builtin); ok && b.Name() == "ssa:deferstack" {
					c.fn.HasDefers, stack = true, true
				}
			}
			call, isCall := in.(ssa.CallInstruction)
			if isCall {
				if m, ok := call.Common().Value.(*ssa.MakeClosure); ok && c.skip[m] {
					for _, v := range m.Bindings {
						c.at(v)
					}
				}
			}
			for _, o := range in.Operands(nil) {
				if *o == nil {
					continue
				}
				if i, ok := (*o).(ssa.Instruction); ok && (c.fused[i] || c.skip[i] && c.inPlace[*o] == nil) {
					continue
				}
				if _, ok := (*o).(*ssa.Function); ok && isCall && call.Common().Value == *o && !call.Common().IsInvoke() {
					continue // a static call needs no func value
				}
				c.at(*o)
			}
			if v, ok := in.(ssa.Value); ok && !c.fused[in] {
				c.at(v)
			}
		}
	}
	for call, v := range c.appends {
		_ = call
		c.at(v)
	}
}

// block compiles the instructions of a block and returns the blocks that its edges needed.
func (c *compiler) block(b *ssa.BasicBlock, code *codeBlock) (edges []*codeBlock) {
	c.code = code
	defers := c.lateDefers(b)
	c.leaveRange(b)
	for i, in := range b.Instrs {
		if i == defers {
			c.emit(machine.RunDefers)
		}
		if c.fused[in] || c.skip[in] {
			continue
		}
		if p := in.Pos(); p.IsValid() {
			c.pos = c.world.Start(p)
		}
		c.at_ = c.pos
		switch in := in.(type) {
		case *ssa.Phi, *ssa.DebugRef, *ssa.Extract, *ssa.ChangeType:
		case *ssa.Jump:
			c.edge(b, 0)
			code.to = c.blocks[b.Succs[0].Index]
		case *ssa.If:
			var to [2]*codeBlock
			for k := range to {
				to[k] = c.blocks[b.Succs[k].Index]
				e := &codeBlock{}
				c.code = e
				c.edge(b, k)
				if len(e.ops) > 0 {
					e.to = to[k]
					to[k] = e
					edges = append(edges, e)
				}
			}
			c.code = code
			c.branch(in, to[0], to[1])
		case *ssa.Return:
			c.leave(in)
		case *ssa.Panic:
			x := c.at(in.X).offset
			code.term, code.tpos = throw(x), c.pos
			if t := c.rangeMisuse(in); t != nil {
				code.term = t
			}
		default:
			c.instruction(in)
		}
	}
	return edges
}

// leave compiles the return statement.
func (c *compiler) leave(in *ssa.Return) {
	c.code.term = func(P) *op.Block { return nil }
	if len(in.Results) == 1 {
		s, d := c.at(in.Results[0]), c.fn.Results[0].Offset
		if t := op.Return(s.typ, d, s.offset); t != nil && d != s.offset {
			c.code.term = t
			return
		}
	}
	for k, r := range in.Results {
		if s, d := c.at(r), c.fn.Results[k].Offset; d != s.offset {
			c.emit(op.ClassOf(s.typ).Copy(d, s.offset))
		}
	}
}

// lateDefers returns before which instruction of a block the function's deferred calls are to run although go/ssa has
// no instruction for it, or -1: it drops them in a function whose defer statements stand in bodies of ranges over functions
// alone (ssa/lift.go). They run before the results are loaded that they may change.
func (c *compiler) lateDefers(b *ssa.BasicBlock) int {
	at := len(b.Instrs) - 1
	ret, ok := b.Instrs[at].(*ssa.Return)
	if !ok || !c.defersLate || b == c.ssa.Recover {
		return -1
	}
	for ; at > 0; at-- {
		load, ok := b.Instrs[at-1].(*ssa.UnOp)
		if !ok || load.Op != token.MUL || !slices.Contains(ret.Results, ssa.Value(load)) {
			break
		}
	}
	return at
}

func throw(x uintptr) op.Term {
	return func(fp P) *op.Block {
		machine.Throw(fp, *valueAt[any](fp, x))
		return nil
	}
}

// branch ends the block with a condition.
func (c *compiler) branch(in *ssa.If, x, y *codeBlock) {
	code := c.code
	if code.next != nil {
		next := code.next
		code.end = func() op.Term { return next(x.first, y.first) }
		return
	}
	if b, ok := in.Cond.(*ssa.BinOp); ok && c.fused[b] {
		k := op.KindOf(c.typ(b.X.Type()))
		l, r := c.at(b.X).offset, c.at(b.Y).offset
		code.end = func() op.Term { return op.Branch(k, b.Op, l, r, x.first, y.first) }
		if k == op.Int64 {
			code.cond = &cond{b.Op, l, r, x, y}
			code.counts()
		}
		return
	}
	at := c.at(in.Cond).offset
	code.end = func() op.Term { return op.If(at, x.first, y.first) }
}

// edge copies the values that flow into the phis of successor k.
func (c *compiler) edge(b *ssa.BasicBlock, k int) {
	s := b.Succs[k]
	pred := -1
	for i, p := range s.Preds {
		if p != b {
			continue
		}
		pred = i
		if k == 0 || b.Succs[0] != s { // else both arms go there: the second one is the later edge
			break
		}
	}
	type copied struct{ to, from, temp *slot }
	var cs []copied
	for _, in := range s.Instrs {
		p, ok := in.(*ssa.Phi)
		if !ok {
			break
		}
		if to, from := c.at(p), c.at(p.Edges[pred]); to != from {
			cs = append(cs, copied{to, from, c.temps[p]})
		}
	}
	clash := false
	for i, x := range cs {
		for j, y := range cs {
			clash = clash || i != j && x.to.offset == y.from.offset
		}
	}
	for _, x := range cs {
		if clash {
			c.emit(op.ClassOf(x.to.typ).Copy(x.temp.offset, x.from.offset))
		} else {
			c.emit(op.ClassOf(x.to.typ).Copy(x.to.offset, x.from.offset))
		}
	}
	if clash {
		for _, x := range cs {
			c.emit(op.ClassOf(x.to.typ).Copy(x.to.offset, x.temp.offset))
		}
	}
}

// finish cuts the code into op.Blocks.
func (c *compiler) finish(all []*codeBlock) {
	for _, b := range all { // a jump to an empty block becomes what that block does
		for range 8 {
			t := b.to
			if t == nil || len(t.ops) > 0 || t == b {
				break
			}
			b.to, b.term, b.end, b.tpos, b.cond = t.to, t.term, t.end, t.tpos, t.cond
		}
		b.counts()
	}
	for _, b := range all {
		b.first = op.NewBlock(min(len(b.ops), op.Width))
	}
	var places [][]token.Pos // by the number of a block
	for _, b := range all {
		cur := b.first
		ops, pos := b.ops, b.pos
		for {
			n := int(cur.N)
			copy(cur.Op[:n], ops)
			cur.ID = uint32(len(places))
			places = append(places, append(slices.Clone(pos[:n]), b.tpos))
			ops, pos = ops[n:], pos[n:]
			if len(ops) == 0 {
				break
			}
			cur.Next = op.NewBlock(min(len(ops), op.Width))
			cur = cur.Next
		}
		switch {
		case b.end != nil:
			cur.Term = b.end()
		case b.term != nil:
			cur.Term = b.term
		case b.to != nil:
			t := b.to.first
			cur.Term = func(P) *op.Block { return t }
		default:
			cur.Term = func(P) *op.Block { return nil }
		}
	}
	c.fn.SetPlaces(places)
}
