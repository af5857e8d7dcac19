package compile

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// fuseOperands folds loads into the sums and products that use them, and x op= y into one instruction. It comes after
// fuse, which has folded addresses into loads.
func (c *compiler) fuseOperands() {
	for _, b := range c.ssa.Blocks {
		for _, in := range b.Instrs {
			if s, ok := in.(*ssa.Store); ok {
				c.fuseUpdate(s, b)
			}
		}
		for _, in := range b.Instrs {
			if x, ok := in.(*ssa.BinOp); ok && !c.fused[x] && c.arithmetic(x) {
				if !c.fuseDot(x) {
					c.fuseOperand(x)
				}
			}
		}
	}
}

// arithmetic reports whether there may be an instruction with an operand in memory for x.
func (c *compiler) arithmetic(x *ssa.BinOp) bool {
	k := op.KindOf(c.typ(x.Type()))
	return (x.Op == token.ADD || x.Op == token.SUB || x.Op == token.MUL) && (k == op.Int64 || k == op.Float64)
}

// fuseUpdate finds *a = *a op y. For a op= y, go/ssa computes the address twice.
func (c *compiler) fuseUpdate(s *ssa.Store, b *ssa.BasicBlock) {
	x, ok := s.Val.(*ssa.BinOp)
	if !ok || c.fused[x] || !c.arithmetic(x) || x.Block() != b || onlyUser(x) != ssa.Instruction(s) || x.X == x.Y {
		return
	}
	l, ok := x.X.(*ssa.UnOp)
	if !ok || l.Op != token.MUL || l.Block() != b || onlyUser(l) != ssa.Instruction(x) {
		return
	}
	first, undo, ok := c.foldAddress(l, s)
	if !ok {
		return
	}
	undo = append(undo, c.folding(l, x)...)
	if y, ok := x.Y.(*ssa.BinOp); ok && c.fused[y] { // it becomes an instruction of its own
		undo = append(undo, c.unfold(y))
		if c.arithmetic(y) {
			if o := c.fuseOperand(y); o != nil {
				undo = append(undo, func() { c.fused[o] = false })
			}
		}
	}
	mode := c.refMode(l.X)
	if mode == 0 || !op.CanUpdate(op.KindOf(c.typ(x.Type())), x.Op, mode) || !c.calm(first, s) {
		for _, f := range slices.Backward(undo) {
			f()
		}
		return
	}
	c.updates[s] = x
}

// foldAddress folds the address of a load and a store, if it is one that is computed for the two alone. first is where that
// begins, and undo takes it back.
func (c *compiler) foldAddress(l *ssa.UnOp, s *ssa.Store) (first ssa.Instruction, undo []func(), ok bool) {
	alone := inBlock(l.X, s.Block()) && inBlock(s.Addr, s.Block()) && sameAddress(l.X, s.Addr)
	if l.X == s.Addr {
		alone = alone && len(*l.X.Referrers()) == 2
	} else {
		alone = alone && onlyUser(l.X) != nil && onlyUser(s.Addr) != nil
	}
	switch {
	case alone:
		first = l.X.(ssa.Instruction)
		second := s.Addr.(ssa.Instruction)
		undo = c.folding(first, second)
		return first, append(undo, c.foldIndex(first, second)...), true
	case l.X == s.Addr: // a pointer
		return l, nil, true
	}
	return nil, nil, false
}

// inBlock reports whether a value is the address of an element or a field, computed in a block.
func inBlock(v ssa.Value, b *ssa.BasicBlock) bool {
	switch v := v.(type) {
	case *ssa.IndexAddr:
		return v.Block() == b
	case *ssa.FieldAddr:
		return v.Block() == b
	}
	return false
}

// sameAddress reports whether two instructions compute the same address.
func sameAddress(x, y ssa.Value) bool {
	if x == y {
		return true
	}
	switch x := x.(type) {
	case *ssa.IndexAddr:
		y, ok := y.(*ssa.IndexAddr)
		return ok && x.X == y.X && x.Index == y.Index
	case *ssa.FieldAddr:
		y, ok := y.(*ssa.FieldAddr)
		return ok && x.X == y.X && x.Field == y.Field
	}
	return false
}

// folding folds instructions and returns what takes it back.
func (c *compiler) folding(ins ...ssa.Instruction) (undo []func()) {
	for _, in := range ins {
		was := c.fused[in]
		c.fused[in] = true
		undo = append(undo, func() { c.fused[in] = was })
	}
	return undo
}

func (c *compiler) unfold(in ssa.Instruction) (undo func()) {
	c.fused[in] = false
	return func() { c.fused[in] = true }
}

// foldIndex folds the index i*n+j that only the two addresses of an update use.
func (c *compiler) foldIndex(first, second ssa.Instruction) (undo []func()) {
	a, ok := first.(*ssa.IndexAddr)
	if !ok || !isSlice(a.X.Type()) {
		return nil
	}
	sum, ok := a.Index.(*ssa.BinOp)
	if !ok || sum.Op != token.ADD || c.fused[sum] || sum.Block() != first.Block() || op.KindOf(c.typ(sum.Type())) != op.Int64 {
		return nil
	}
	if p, ok := sum.X.(*ssa.BinOp); !ok || p.Op != token.MUL || !c.fused[p] {
		return nil
	}
	for _, r := range *sum.Referrers() {
		if r != first && r != second {
			return nil
		}
	}
	return c.folding(sum)
}

// fuseDot finds z + a[i]*b[i], whose product is folded already.
func (c *compiler) fuseDot(x *ssa.BinOp) bool {
	m, ok := x.Y.(*ssa.BinOp)
	if !ok || x.Op != token.ADD || m.Op != token.MUL || !c.fused[m] || m.Block() != x.Block() || m.X == m.Y || c.isFused(x.X) {
		return false
	}
	k, l, r := op.KindOf(c.typ(x.Type())), c.loadFor(m.X, m), c.loadFor(m.Y, m)
	if l != nil && r != nil && before(l, r) && op.CanDot(k, c.refMode(l.X), c.refMode(r.X)) {
		c.fused[l], c.fused[r] = true, true
		if c.calm(l, x) && c.calm(r, x) {
			return true
		}
		c.fused[l], c.fused[r] = false, false
	}
	for _, o := range []*ssa.UnOp{r, l} {
		if o == nil || !op.CanDot(k, op.RefValue, c.refMode(o.X)) {
			continue
		}
		c.fused[o] = true
		if c.calm(o, x) {
			return true
		}
		c.fused[o] = false
	}
	return false
}

// fuseOperand finds z op a[i], and returns the load that it folds, or nil.
func (c *compiler) fuseOperand(x *ssa.BinOp) *ssa.UnOp {
	if x.X == x.Y || c.isFused(x.X) || c.isFused(x.Y) {
		return nil
	}
	l := c.loadFor(x.Y, x)
	if l == nil && x.Op != token.SUB {
		if _, ok := x.Y.(*ssa.Const); !ok {
			l = c.loadFor(x.X, x)
		}
	}
	if l == nil || !op.CanArithRef(op.KindOf(c.typ(x.Type())), x.Op, c.refMode(l.X)) {
		return nil
	}
	c.fused[l] = true
	if !c.calm(l, x) {
		c.fused[l] = false
		return nil
	}
	return l
}

// loadFor returns the load that gives v for u alone, or nil.
func (c *compiler) loadFor(v ssa.Value, u ssa.Instruction) *ssa.UnOp {
	l, ok := v.(*ssa.UnOp)
	if !ok || l.Op != token.MUL || c.fused[l] || l.Block() != u.Block() || onlyUser(l) != u {
		return nil
	}
	if c.refMode(l.X) == 0 {
		return nil
	}
	return l
}

// refMode returns how an operand at an address is reached, or 0 if no instruction has such operands.
func (c *compiler) refMode(v ssa.Value) op.RefMode {
	if _, _, local := c.localPlace(v); local {
		return 0
	}
	if !c.isFused(v) {
		return op.RefField
	}
	switch a := v.(type) {
	case *ssa.FieldAddr:
		if c.typ(deref(a.X.Type())).Field(a.Field).Offset >= zeroPage {
			return 0
		}
		if x, ok := a.X.(*ssa.Alloc); ok && !x.Heap {
			return 0
		}
		return op.RefField
	case *ssa.IndexAddr:
		if !isSlice(a.X.Type()) {
			return 0
		}
		if u, ok := a.X.(*ssa.UnOp); ok && c.fused[u] {
			return op.RefElement2
		}
		if s, ok := a.Index.(*ssa.BinOp); ok && c.fused[s] {
			return op.RefSum
		}
		if isInt(a.Index.Type()) {
			return op.RefElement
		}
	}
	return 0
}

// ref is address for an operand that refMode knows.
func (c *compiler) ref(v ssa.Value) op.Ref {
	if !c.isFused(v) {
		return op.Ref{Mode: op.RefField, S: c.at(v).offset}
	}
	a := c.address(v.(ssa.Instruction))
	switch a.mode {
	case register_:
		return op.Ref{Mode: op.RefField, S: a.a, I: a.b}
	case element:
		return op.Ref{Mode: op.RefElement, S: a.a, I: a.b}
	case element2:
		return op.Ref{Mode: op.RefElement2, S: a.a, I: a.b, J: a.c}
	case sum:
		return op.Ref{Mode: op.RefSum, S: a.a, I: a.b, N: a.n, J: a.c}
	}
	panic(&Error{Text: "internal: no operand"})
}

// withOperands returns the instruction for an operation with operands in memory, or nil.
func (c *compiler) withOperands(in *ssa.BinOp) op.Op {
	if m, ok := in.Y.(*ssa.BinOp); ok && c.fused[m] {
		if !c.isLoaded(m.X) && !c.isLoaded(m.Y) {
			return nil
		}
		return op.Dot(op.KindOf(c.typ(in.Type())), c.at(in).offset, c.at(in.X).offset, c.factor(m.X), c.factor(m.Y))
	}
	a, v := in.X, in.Y
	if !c.isLoaded(v) {
		a, v = v, a
	}
	if !c.isLoaded(v) {
		return nil
	}
	return op.ArithRef(op.KindOf(c.typ(in.Type())), in.Op, c.at(in).offset, c.at(a).offset, c.factor(v))
}

// isLoaded reports whether a value is a load that is folded into its user.
func (c *compiler) isLoaded(v ssa.Value) bool {
	l, ok := v.(*ssa.UnOp)
	return ok && l.Op == token.MUL && c.fused[l]
}

// factor returns an operand, whether it is folded or not.
func (c *compiler) factor(v ssa.Value) op.Ref {
	if c.isLoaded(v) {
		return c.ref(v.(*ssa.UnOp).X)
	}
	return op.Ref{Mode: op.RefValue, S: c.at(v).offset}
}

// calm reports whether nothing between from and to, of one block, has an effect or a fault of its own, those apart that are
// folded with from.
func (c *compiler) calm(from, to ssa.Instruction) bool {
	inside := false
	for _, x := range from.Block().Instrs {
		switch {
		case x == from:
			inside = true
		case x == to:
			return inside
		case !inside || c.fused[x]:
		case effect(x):
			return false
		default:
			switch x := x.(type) {
			case *ssa.UnOp:
				if x.Op == token.MUL {
					if _, _, local := c.localPlace(x.X); !local {
						return false
					}
				}
			case *ssa.BinOp:
				if _, isConst := x.Y.(*ssa.Const); !isConst && (x.Op == token.QUO || x.Op == token.REM || x.Op == token.SHL || x.Op == token.SHR) {
					return false
				}
			case *ssa.IndexAddr, *ssa.Index, *ssa.Slice, *ssa.MakeInterface:
				return false
			}
		}
	}
	return false
}

// before reports whether x comes before y in their block.
func before(x, y ssa.Instruction) bool {
	for _, in := range x.Block().Instrs {
		if in == x {
			return true
		}
		if in == y {
			return false
		}
	}
	return false
}

// fuseArguments folds the sum into f(n-1).
func (c *compiler) fuseArguments() {
	for _, b := range c.ssa.Blocks {
		for i, in := range b.Instrs {
			x, ok := in.(*ssa.BinOp)
			if !ok || c.fused[x] {
				continue
			}
			call, ok := onlyUser(x).(*ssa.Call)
			if !ok || call.Block() != b || !quiet(b.Instrs[i+1:], call) {
				continue
			}
			if _, _, ok := c.plus(call); ok && call.Call.Args[0] == ssa.Value(x) {
				c.fused[x] = true
			}
		}
	}
}

// plus returns the integer and what is added to it, if that is the only argument of a call of a function of the machine.
func (c *compiler) plus(in *ssa.Call) (x ssa.Value, k int64, ok bool) {
	f := static(&in.Call)
	if f == nil || len(in.Call.Args) != 1 || c.fn.Synthetic {
		return nil, 0, false
	}
	sum, ok := in.Call.Args[0].(*ssa.BinOp)
	if !ok || sum.Op != token.ADD && sum.Op != token.SUB || op.KindOf(c.typ(sum.Type())) != op.Int64 || c.isFused(sum.X) {
		return nil, 0, false
	}
	n, ok := sum.Y.(*ssa.Const)
	if !ok || n.Value == nil {
		return nil, 0, false
	}
	res := in.Call.Signature().Results()
	if res.Len() != 1 || !op.IsWord(c.typ(res.At(0).Type())) {
		return nil, 0, false
	}
	if cell, _ := c.world.Function(f); cell == nil {
		return nil, 0, false
	}
	k = n.Int64()
	if sum.Op == token.SUB {
		k = -k
	}
	return sum.X, k, true
}

// plusCall returns the call of a function whose argument is folded, or nil.
func (c *compiler) plusCall(in *ssa.Call) op.Op {
	if len(in.Call.Args) != 1 || !c.isFused(in.Call.Args[0]) || static(&in.Call) == nil {
		return nil
	}
	x, k, ok := c.plus(in)
	if !ok {
		return nil
	}
	cell, _ := c.world.Function(static(&in.Call))
	arg, res := c.at(x), c.at(in)
	s := machine.NewSite([]machine.Slot{{Offset: arg.offset, Type: arg.typ}}, []machine.Slot{{Offset: res.offset, Type: res.typ}}, false)
	return s.StaticPlus(cell, k)
}

// fuseResults has values that are only returned made where the results lie.
func (c *compiler) fuseResults() {
	for _, b := range c.ssa.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		for k, v := range ret.Results {
			in, ok := v.(ssa.Instruction)
			if !ok || in.Block() != b || onlyUser(v) != ssa.Instruction(ret) || c.fused[in] || c.skip[in] || c.inPlace[v] != nil {
				continue
			}
			switch x := in.(type) {
			case *ssa.BinOp, *ssa.Convert, *ssa.Call:
			case *ssa.UnOp:
				if x.CommaOk {
					continue
				}
			default:
				continue
			}
			if types.Identical(v.Type(), c.ssa.Signature.Results().At(k).Type()) {
				c.slots[v] = &slot{offset: c.fn.Results[k].Offset, typ: c.typ(v.Type())}
			}
		}
	}
}
