package compile

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// fuseElements folds more into the loads that other instructions left over: the address of an element of which a field is
// loaded (xs[i].f), and the load of the slice, from a field or a captured variable (m.xs[i], m.xs[i].f), of which a copy of
// three words is saved.
func (c *compiler) fuseElements() {
	for _, b := range c.ssa.Blocks {
		for _, in := range b.Instrs {
			if l, ok := in.(*ssa.UnOp); ok && l.Op == token.MUL && !c.fused[l] && !c.skip[l] {
				c.fuseElement(l)
			}
		}
	}
}

func (c *compiler) fuseElement(l *ssa.UnOp) {
	x, field := elementOf(l)
	if x == nil || !c.isFused(l.X) || !isSlice(x.X.Type()) || !isInt(x.Index.Type()) || c.isFused(x.Index) || c.isFused(x.X) || c.skip[x] {
		return
	}
	if field != nil {
		if c.fused[x] || onlyUser(x) != ssa.Instruction(field) || !c.quietUntil(x, l) {
			return
		}
		c.fused[x] = true
	}
	s, ok := x.X.(*ssa.UnOp)
	if ok && s.Op == token.MUL && !c.skip[s] && onlyUser(s) == ssa.Instruction(x) && c.refMode(s.X) == op.RefField && c.quietUntil(s, l) {
		c.fused[s] = true
	}
}

// elementOf returns the element that a load loads, or of which it loads the field.
func elementOf(l *ssa.UnOp) (x *ssa.IndexAddr, field *ssa.FieldAddr) {
	v := l.X
	if f, ok := v.(*ssa.FieldAddr); ok {
		v, field = f.X, f
	}
	x, _ = v.(*ssa.IndexAddr)
	return x, field
}

// quietUntil reports whether u is in the block of x, and nothing between them changes memory.
func (c *compiler) quietUntil(x, u ssa.Instruction) bool {
	b := x.Block()
	if u.Block() != b {
		return false
	}
	for i, in := range b.Instrs {
		if in == x {
			return quiet(b.Instrs[i+1:], u)
		}
	}
	return false
}

// element returns the element of a load into which fuseElements has folded something, or nil.
func (c *compiler) element(l *ssa.UnOp) *ssa.IndexAddr {
	x, field := elementOf(l)
	if x == nil || !c.fused[x] || field != nil && !c.fused[field] {
		return nil
	}
	if field != nil || c.sliceLoad(x) != nil {
		return x
	}
	return nil
}

// sliceLoad returns the load of the slice of x if it is folded into the load of the element.
func (c *compiler) sliceLoad(x *ssa.IndexAddr) *ssa.UnOp {
	s, ok := x.X.(*ssa.UnOp)
	if !ok || !c.fused[s] {
		return nil
	}
	if row, ok := s.X.(*ssa.IndexAddr); ok && c.fused[row] {
		return nil // an element of a slice of slices: see fuse
	}
	return s
}

// loadElement loads an element, or a field of one.
func (c *compiler) loadElement(d *slot, x *ssa.IndexAddr, l *ssa.UnOp) {
	elem := c.typ(x.X.Type()).Elem()
	size, off := elem.Size(), uintptr(0)
	if f, ok := l.X.(*ssa.FieldAddr); ok {
		off = elem.Field(f.Field).Offset
	}
	class, i := op.ClassOf(d.typ), c.at(x.Index).offset
	c.pos = c.world.Start(x.Pos()) // an index may be out of range
	if s := c.sliceLoad(x); s != nil {
		m := c.addressOf(s.X)
		c.emit(class.LoadThrough(d.offset, m.a, m.b, i, size, off))
		return
	}
	c.emit(class.LoadPart(d.offset, c.at(x.X).offset, i, size, off))
}
