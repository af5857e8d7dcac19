package compile

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// fuse marks instructions that are folded into their only user: addresses into the load or store, comparisons into the
// branch, products into the sum, loads of a row into the load of its element. Between the two nothing may happen that
// the order matters to.
func (c *compiler) fuse() {
	for _, b := range c.ssa.Blocks {
		for i, in := range b.Instrs {
			v, ok := in.(ssa.Value)
			if !ok {
				continue
			}
			u := onlyUser(v)
			if u == nil || u.Block() != b {
				continue
			}
			switch x := in.(type) {
			case *ssa.IndexAddr, *ssa.FieldAddr:
				switch u := u.(type) {
				case *ssa.UnOp:
					c.fused[in] = u.Op == token.MUL && quiet(b.Instrs[i+1:], u)
				case *ssa.Store:
					c.fused[in] = u.Addr == v && u.Val != v && quiet(b.Instrs[i+1:], u)
				}
			case *ssa.BinOp:
				c.fused[in] = c.foldable(x, u) && quiet(b.Instrs[i+1:], u)
			case *ssa.UnOp: // the row of a slice of slices: &a[i], load, &row[j], load
				if x.Op == token.MUL && c.isRow(x, u) {
					c.fused[in] = quiet(b.Instrs[i+1:], u) && quietFrom(b, u)
				}
			}
		}
		c.fuseAppends(b)
	}
	c.fuseRows()
}

// onlyUser returns the instruction that uses a value, if there is just one use.
func onlyUser(v ssa.Value) ssa.Instruction {
	r := v.Referrers()
	if r == nil || len(*r) != 1 {
		return nil
	}
	return (*r)[0]
}

// quiet reports whether the instructions before u neither change memory nor can fault in an order that shows.
func quiet(ins []ssa.Instruction, u ssa.Instruction) bool {
	for _, x := range ins {
		if x == u {
			return true
		}
		if effect(x) {
			return false
		}
	}
	return false
}

// quietFrom reports the same of the instructions between u and its only user.
func quietFrom(b *ssa.BasicBlock, u ssa.Instruction) bool {
	uu := onlyUser(u.(ssa.Value))
	if uu == nil || uu.Block() != b {
		return false
	}
	for i, x := range b.Instrs {
		if x == u {
			return quiet(b.Instrs[i+1:], uu)
		}
	}
	return false
}

// effect reports whether an instruction may change memory or leave the block.
func effect(i ssa.Instruction) bool {
	switch i := i.(type) {
	case *ssa.BinOp, *ssa.FieldAddr, *ssa.IndexAddr, *ssa.Convert, *ssa.ChangeType, *ssa.Extract, *ssa.Field, *ssa.Index, *ssa.MakeInterface, *ssa.DebugRef, *ssa.Slice, *ssa.Phi:
		return false
	case *ssa.UnOp:
		return i.Op == token.ARROW
	}
	return true
}

// foldable reports whether a binary operation can be part of the instruction that uses it.
func (c *compiler) foldable(x *ssa.BinOp, u ssa.Instruction) bool {
	k := op.KindOf(c.typ(x.X.Type()))
	switch u := u.(type) {
	case *ssa.If:
		return isComparison(x.Op) && op.CanBranch(k)
	case *ssa.BinOp:
		if c.isFused(x.X) || c.isFused(x.Y) {
			return false
		}
		if k != op.Int64 && k != op.Float64 || isComparison(u.Op) || isComparison(x.Op) {
			return false
		}
		if _, isConst := u.Y.(*ssa.Const); isConst {
			return false
		}
		if u.X == ssa.Value(x) && u.Y != ssa.Value(x) {
			if y, ok := u.Y.(*ssa.BinOp); ok && c.fused[y] {
				return false
			}
			return op.Arith2(k, x.Op, u.Op, 0, 0, 0, 0) != nil
		}
		if u.Y == ssa.Value(x) && u.X != ssa.Value(x) {
			if y, ok := u.X.(*ssa.BinOp); ok && c.fused[y] {
				return false
			}
			if u.Op == token.SUB {
				return x.Op == token.MUL
			}
			return (u.Op == token.ADD || u.Op == token.MUL) && op.Arith2(k, x.Op, u.Op, 0, 0, 0, 0) != nil
		}
	case *ssa.IndexAddr: // s[i*n+j]: the sum, whose product is folded already
		if u.Index != ssa.Value(x) || k != op.Int64 || x.Op != token.ADD || !isSlice(u.X.Type()) {
			return false
		}
		p, ok := x.X.(*ssa.BinOp)
		if !ok || p.Op != token.MUL || !c.fused[p] {
			return false
		}
		l, ok := onlyUser(u).(*ssa.UnOp)
		if !ok || l.Op != token.MUL || l.Block() != u.Block() {
			return false
		}
		return quietFrom(u.Block(), u)
	}
	return false
}

func (c *compiler) isFused(v ssa.Value) bool {
	i, ok := v.(ssa.Instruction)
	return ok && c.fused[i]
}

// isRow reports whether x loads a row of which u takes the address of an element to load it.
func (c *compiler) isRow(x *ssa.UnOp, u ssa.Instruction) bool {
	ia, ok1 := x.X.(*ssa.IndexAddr)
	ua, ok2 := u.(*ssa.IndexAddr)
	if !ok1 || !ok2 || ua.X != ssa.Value(x) || !c.fused[ia] {
		return false
	}
	if !isSlice(ia.X.Type()) || !isSlice(ua.X.Type()) || !isInt(ia.Index.Type()) || !isInt(ua.Index.Type()) {
		return false
	}
	if i, ok := ia.Index.(*ssa.BinOp); ok && c.fused[i] {
		return false
	}
	if i, ok := ua.Index.(*ssa.BinOp); ok && c.fused[i] {
		return false
	}
	l, ok := onlyUser(ua).(*ssa.UnOp)
	return ok && l.Op == token.MUL && l.Block() == u.Block()
}

// fuseRows takes back the folding of a row whose element is not loaded in one.
func (c *compiler) fuseRows() {
	for _, b := range c.ssa.Blocks {
		for _, in := range b.Instrs {
			x, ok := in.(*ssa.UnOp)
			if ok && c.fused[x] {
				if u, ok := onlyUser(x).(*ssa.IndexAddr); !ok || !c.fused[u] {
					c.fused[x] = false
				}
			}
			s, ok := in.(*ssa.BinOp)
			if ok && c.fused[s] {
				if u, ok := onlyUser(s).(*ssa.IndexAddr); ok && !c.fused[u] {
					c.fused[s] = false
				}
			}
		}
	}
}

// fuseAppends finds append(s, v): go/ssa makes an array for v and slices it.
func (c *compiler) fuseAppends(b *ssa.BasicBlock) {
	for i, in := range b.Instrs {
		call, ok := in.(*ssa.Call)
		if !ok {
			continue
		}
		if bi, ok := call.Call.Value.(*ssa.Builtin); !ok || bi.Name() != "append" || len(call.Call.Args) != 2 {
			continue
		}
		sl, ok := call.Call.Args[1].(*ssa.Slice)
		if !ok || onlyUser(sl) != ssa.Instruction(call) || sl.Low != nil || sl.High != nil || sl.Block() != b {
			continue
		}
		al, ok := sl.X.(*ssa.Alloc)
		if !ok || al.Comment != "varargs" || al.Block() != b || len(*al.Referrers()) != 2 {
			continue
		}
		arr, ok := deref(al.Type()).Underlying().(*types.Array)
		if !ok || arr.Len() != 1 {
			continue
		}
		ia, ok := (*al.Referrers())[0].(*ssa.IndexAddr)
		if !ok {
			continue
		}
		st, ok := onlyUser(ia).(*ssa.Store)
		if !ok || st.Block() != b || !types.Identical(st.Val.Type(), arr.Elem()) {
			continue
		}
		between := false // the value must still be what it was
		for _, x := range b.Instrs[:i] {
			if x == ssa.Instruction(st) {
				between = true
			} else if between && x != ssa.Instruction(sl) {
				if _, ok := x.(*ssa.DebugRef); !ok && effect(x) {
					between = false
					break
				}
			}
		}
		if !between {
			continue
		}
		c.appends[call] = st.Val
		for _, x := range []ssa.Instruction{al, ia, st, sl} {
			c.fused[x], c.skip[x] = false, true
		}
	}
}

func isComparison(t token.Token) bool {
	switch t {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return true
	}
	return false
}

func isSlice(t types.Type) bool {
	_, ok := t.Underlying().(*types.Slice)
	return ok
}

func isInt(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && (b.Kind() == types.Int || b.Kind() == types.Int64 || b.Kind() == types.UntypedInt)
}
