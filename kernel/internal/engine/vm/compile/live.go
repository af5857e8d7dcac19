package compile

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// uses calls f with the values that an instruction reads when it runs, those of folded ones among them.
func (c *compiler) uses(in ssa.Instruction, f func(ssa.Value)) {
	if call, ok := in.(*ssa.Call); ok && c.appends[call] != nil {
		c.use(call.Call.Args[0], f)
		c.use(c.appends[call], f)
		return
	}
	for _, o := range in.Operands(nil) {
		if m, ok := (*o).(*ssa.MakeClosure); ok && c.skip[m] {
			for _, v := range m.Bindings {
				c.use(v, f)
			}
			continue
		}
		c.use(*o, f)
	}
}

func (c *compiler) use(v ssa.Value, f func(ssa.Value)) {
	for v != nil && alias(v) != nil {
		v = alias(v)
	}
	if e, ok := v.(*ssa.Extract); ok {
		v = e.Tuple
	}
	if v == nil || c.inPlace[v] != nil {
		return
	}
	if i, ok := v.(ssa.Instruction); ok && c.fused[i] {
		c.uses(i, f)
		return
	}
	f(v)
}

// A bitset is a set of values by number.
type bitset []uint64

func (b bitset) set(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bitset) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

// liveness tells where values are needed.
type liveness struct {
	number map[ssa.Value]int
	block  []*ssa.BasicBlock // by number: where it is defined
	pos    []int             // by number: at which instruction; -1 for a phi
	out    []bitset          // by block: live at its end
	last   []map[int]int     // by block: the last instruction that reads a value
}

func (c *compiler) liveness() *liveness {
	f := c.ssa
	l := &liveness{number: map[ssa.Value]int{}}
	for _, b := range f.Blocks {
		for i, in := range b.Instrs {
			if v, ok := in.(ssa.Value); ok {
				l.number[v] = len(l.block)
				l.block = append(l.block, b)
				if _, phi := in.(*ssa.Phi); phi {
					i = -1
				}
				l.pos = append(l.pos, i)
			}
		}
	}
	n := (len(l.block) + 63) / 64
	sets := func() []bitset {
		s := make([]bitset, len(f.Blocks))
		for i := range s {
			s[i] = make(bitset, n)
		}
		return s
	}
	in, def, use, phis := sets(), sets(), sets(), sets()
	l.out = sets()
	l.last = make([]map[int]int, len(f.Blocks))
	for _, b := range f.Blocks {
		l.last[b.Index] = map[int]int{}
		for i, ins := range b.Instrs {
			if p, ok := ins.(*ssa.Phi); ok {
				for k, e := range p.Edges {
					c.use(e, func(v ssa.Value) {
						if n, ok := l.number[v]; ok {
							phis[b.Preds[k].Index].set(n)
						}
					})
				}
				def[b.Index].set(l.number[p])
				continue
			}
			if !c.fused[ins] && !c.skip[ins] {
				c.uses(ins, func(v ssa.Value) {
					n, ok := l.number[v]
					if !ok {
						return
					}
					l.last[b.Index][n] = i
					if !def[b.Index].has(n) {
						use[b.Index].set(n)
					}
				})
			}
			if v, ok := ins.(ssa.Value); ok {
				def[b.Index].set(l.number[v])
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for _, b := range slices.Backward(f.Blocks) {
			i := b.Index
			for w := range n {
				o := phis[i][w]
				for _, s := range b.Succs {
					o |= in[s.Index][w]
				}
				x := use[i][w] | o&^def[i][w]
				if o != l.out[i][w] || x != in[i][w] {
					l.out[i][w], in[i][w] = o, x
					changed = true
				}
			}
		}
	}
	return l
}

// after reports whether x is needed just after y is defined.
func (l *liveness) after(x, y int) bool {
	b := l.block[y]
	if l.block[x] == b && l.pos[x] > l.pos[y] {
		return false
	}
	if l.block[x] == b && l.pos[x] == l.pos[y] { // two phis
		return true
	}
	if l.out[b.Index].has(x) {
		return true
	}
	last, ok := l.last[b.Index][x]
	return ok && last > l.pos[y]
}

// The function is too large for the analysis beyond these; then its phis are copied.
const (
	maxPhis = 1000
	maxWork = 8_000_000
)

// join lets a phi and the values that flow into it share a register, where they are never needed at once: so a variable of
// a loop stays in its place.
func (c *compiler) join() {
	var phis []*ssa.Phi
	values := 0
	for _, b := range c.ssa.Blocks {
		values += len(b.Instrs)
		for _, in := range b.Instrs {
			if p, ok := in.(*ssa.Phi); ok {
				phis = append(phis, p)
			}
		}
	}
	if len(phis) == 0 || len(phis) > maxPhis || values*len(c.ssa.Blocks) > maxWork {
		return
	}
	l := c.liveness()
	members := map[ssa.Value][]ssa.Value{}
	of := func(v ssa.Value) []ssa.Value {
		if m := members[v]; m != nil {
			return m
		}
		return []ssa.Value{v}
	}
	for _, p := range phis {
		for _, e := range p.Edges {
			if !c.joinable(l, p, e) {
				continue
			}
			a, d := c.root(p), c.root(e)
			if a == d {
				continue
			}
			clash := slices.ContainsFunc(of(a), func(x ssa.Value) bool {
				return slices.ContainsFunc(of(d), func(y ssa.Value) bool {
					return l.after(l.number[x], l.number[y]) || l.after(l.number[y], l.number[x])
				})
			})
			if !clash {
				c.joined[d] = a
				members[a] = append(slices.Clone(of(a)), of(d)...)
			}
		}
	}
}

func (c *compiler) joinable(l *liveness, p *ssa.Phi, e ssa.Value) bool {
	if _, ok := l.number[e]; !ok || alias(e) != nil || c.inPlace[e] != nil || c.typ(e.Type()) != c.typ(p.Type()) {
		return false
	}
	switch e := e.(type) {
	case *ssa.Extract, *ssa.Alloc:
		return false
	case ssa.Instruction:
		return !c.fused[e] && !c.skip[e]
	}
	return true
}
