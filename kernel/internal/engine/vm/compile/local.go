package compile

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// A variable that does not escape lies in the frame, as does a register: where nothing can change it between a load of it
// and the use of the value, the use reads the variable itself, and where nothing reads it between the making of a value
// and its store, the value is made in the variable.

// keepCaptured keeps in the frame what go/ssa puts on the heap for no more than function literals that are called, or put off
// until the end, where they stand: named results, mostly, that a deferred literal changes. The literals see it by address, as
// any object; it must be one for the whole call, so it is not one of a loop.
func (c *compiler) keepCaptured() {
	for _, in := range c.ssa.Blocks[0].Instrs {
		if a, ok := in.(*ssa.Alloc); ok && a.Heap && len(c.ssa.Blocks[0].Preds) == 0 && c.typ(deref(a.Type())).Size() <= 64 && c.staysHere(a) {
			a.Heap, c.captured[a] = false, true
		}
	}
}

// staysHere reports whether the address of a variable goes nowhere but into such literals.
func (c *compiler) staysHere(a *ssa.Alloc) bool {
	for _, r := range *a.Referrers() {
		switch r := r.(type) {
		case *ssa.DebugRef:
		case *ssa.UnOp:
		case *ssa.Store:
			if r.Val == ssa.Value(a) {
				return false
			}
		case *ssa.MakeClosure:
			if !c.skip[r] {
				return false
			}
			if _, ok := onlyUser(r).(*ssa.Go); ok {
				return false
			}
			for i, b := range r.Bindings {
				if b == ssa.Value(a) && !onlyAccessed(r.Fn.(*ssa.Function).FreeVars[i]) {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

// onlyAccessed reports whether a captured variable is read and written, and its address used for nothing else.
func onlyAccessed(v *ssa.FreeVar) bool {
	for _, r := range *v.Referrers() {
		switch r := r.(type) {
		case *ssa.DebugRef:
		case *ssa.UnOp:
		case *ssa.Store:
			if r.Val == ssa.Value(v) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

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
		a, _, _ := c.localPlace(s.Addr)
		for _, y := range b.Instrs[i+1 : at] {
			if _, ok := y.(*ssa.DebugRef); !ok && c.captured[a] { // a deferred literal sees it if this panics
				return false
			}
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
