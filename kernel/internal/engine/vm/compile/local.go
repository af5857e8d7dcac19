package compile

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// A variable that does not escape lies in the frame, as does a register: where nothing can change it between a load of it
// and the use of the value, the use reads the variable itself, and where nothing reads it between the making of a value
// and its store, the value is made in the variable.

// localPlace returns the variable in the frame and the offset in it that an address leads to, if it is known now.
func (c *compiler) localPlace(v ssa.Value) (a *ssa.Alloc, off uintptr, ok bool) {
	switch x := v.(type) {
	case *ssa.Alloc:
		return x, 0, !x.Heap
	case *ssa.FieldAddr:
		a, off, ok = c.localPlace(x.X)
		if ok {
			off += c.typ(deref(x.X.Type())).Field(x.Field).Offset
		}
		return a, off, ok
	}
	return nil, 0, false
}

// fuseLocals finds the loads and stores of variables in the frame that need no instruction.
func (c *compiler) fuseLocals() {
	for _, b := range c.ssa.Blocks {
		for i, in := range b.Instrs {
			switch x := in.(type) {
			case *ssa.UnOp:
				if x.Op == token.MUL && !c.fused[x] && c.usedAtOnce(x, b, b.Instrs[i+1:]) {
					if _, _, ok := c.localPlace(x.X); ok {
						c.inPlace[x] = x.X
						c.skip[x] = true
					}
				}
			case *ssa.Store:
				if _, _, ok := c.localPlace(x.Addr); ok && !c.fused[x] && c.madeAtOnce(x, b, i) {
					c.inPlace[x.Val] = x.Addr
					c.skip[x] = true
				}
			}
		}
	}
	c.skipAddresses()
}

// usedAtOnce reports whether the only use of a load comes before anything could change what it loads.
func (c *compiler) usedAtOnce(x *ssa.UnOp, b *ssa.BasicBlock, rest []ssa.Instruction) bool {
	var u ssa.Instruction = x
	for {
		v, ok := u.(ssa.Value)
		if !ok {
			return false
		}
		if u = onlyUser(v); u == nil || u.Block() != b {
			return false
		}
		if !c.fused[u] {
			break
		}
	}
	switch u := u.(type) {
	case *ssa.BinOp, *ssa.UnOp, *ssa.If, *ssa.Convert, *ssa.MakeInterface:
	case *ssa.Store:
		if _, _, ok := c.localPlace(u.Addr); ok {
			return false // a copy between variables: they may overlap
		}
	case *ssa.Call:
		if _, ok := u.Call.Value.(*ssa.Builtin); ok {
			return false
		}
	default:
		return false
	}
	return quiet(rest, u)
}

// madeAtOnce reports whether a stored value is made for this store alone, with nothing between that could see the
// variable.
func (c *compiler) madeAtOnce(s *ssa.Store, b *ssa.BasicBlock, at int) bool {
	in, ok := s.Val.(ssa.Instruction)
	if !ok || in.Block() != b || onlyUser(s.Val) != ssa.Instruction(s) || c.fused[in] || c.skip[in] || c.inPlace[s.Val] != nil {
		return false
	}
	switch x := in.(type) {
	case *ssa.BinOp, *ssa.Convert:
	case *ssa.UnOp:
		if x.Op == token.ARROW {
			return false
		}
		if _, _, ok := c.localPlace(x.X); ok && x.Op == token.MUL {
			return false
		}
	case *ssa.Call:
		if _, ok := x.Call.Value.(*ssa.Builtin); ok {
			return false
		}
	default:
		return false
	}
	for i, x := range b.Instrs {
		if x != in {
			continue
		}
		for _, y := range b.Instrs[i+1 : at] {
			if u, ok := y.(*ssa.UnOp); ok && u.Op == token.MUL || effect(y) {
				return false
			}
		}
	}
	return true
}

// skipAddresses drops the addresses of fields that no instruction needs any more.
func (c *compiler) skipAddresses() {
	for _, b := range c.ssa.Blocks {
		for i := len(b.Instrs) - 1; i >= 0; i-- {
			x, ok := b.Instrs[i].(*ssa.FieldAddr)
			if !ok {
				continue
			}
			if _, _, ok := c.localPlace(x); !ok {
				continue
			}
			needed := false
			for _, u := range *x.Referrers() {
				_, isDebug := u.(*ssa.DebugRef)
				needed = needed || !isDebug && !c.skip[u]
			}
			if !needed {
				c.skip[x] = true
			}
		}
	}
}

// spillParameters finds the variables that are parameters: they need no copy.
func (c *compiler) spillParameters() {
	entry := c.ssa.Blocks[0]
	if len(entry.Preds) > 0 {
		return
	}
	for i, in := range entry.Instrs {
		a, ok := in.(*ssa.Alloc)
		if !ok || a.Heap {
			continue
		}
		st, ok := entry.Instrs[i+1].(*ssa.Store)
		if !ok || st.Addr != ssa.Value(a) {
			continue
		}
		if p, ok := st.Val.(*ssa.Parameter); ok && onlyUser(p) == ssa.Instruction(st) {
			c.spilled[a] = p
			c.skip[st] = true
		}
	}
}

// needsAddress reports whether a variable in the frame has a use that is none of those that work on it where it lies.
func (c *compiler) needsAddress(a *ssa.Alloc) bool {
	for _, u := range *a.Referrers() {
		switch u := u.(type) {
		case *ssa.DebugRef, *ssa.FieldAddr, *ssa.IndexAddr:
		case *ssa.UnOp:
			if u.Op != token.MUL {
				return true
			}
		case *ssa.Store:
			if u.Val == ssa.Value(a) {
				return true
			}
		default:
			return true
		}
	}
	return false
}
