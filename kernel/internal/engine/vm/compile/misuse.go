package compile

import (
	"go/constant"
	"sync"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// go/ssa keeps the state of a range over a function in a variable: 0 when its body may be called, the number of a way out
// when it was left, and these two. It panics with texts of its own when an iterator does not keep to the rules; Go's runtime
// has an error for each state.
const (
	rangeBusy = -1 // the body runs, or has panicked
	rangeDone = -2 // the iterator has returned
)

// rangeMisuse returns the end of a block that panics because an iterator did not keep to the rules; nil for any other panic.
func (c *compiler) rangeMisuse(in *ssa.Panic) op.Term {
	m, ok := in.X.(*ssa.MakeInterface)
	if !ok || m.Pos().IsValid() {
		return nil
	}
	k, ok := m.X.(*ssa.Const)
	if !ok || k.Value == nil || k.Value.Kind() != constant.String {
		return nil
	}
	switch constant.StringVal(k.Value) {
	case "iterator call did not preserve panic":
		return func(P) *op.Block { panic(rangeErrors().lost) }
	case "yield function called after range loop exit":
		v, ok := rangeState(in.Block())
		if !ok {
			return nil
		}
		state := c.at(v.X).offset
		return func(fp P) *op.Block {
			switch **valueAt[*int](fp, state) {
			case rangeBusy:
				panic(rangeErrors().panicked)
			case rangeDone:
				panic(rangeErrors().over)
			}
			panic(rangeErrors().left)
		}
	}
	return nil
}

// leaveRange notes, at the beginning of the block that chooses the way out of a range over a function, that the iterator
// has returned.
func (c *compiler) leaveRange(b *ssa.BasicBlock) {
	if b.Comment != "rangefunc.resume.exits" {
		return
	}
	if v, ok := rangeState(b); ok {
		state := c.at(v.X).offset
		c.emit(func(fp P) { **valueAt[*int](fp, state) = rangeDone })
	}
}

// rangeState returns the load of the state that decides whether a block is run.
func rangeState(b *ssa.BasicBlock) (*ssa.UnOp, bool) {
	if len(b.Preds) != 1 {
		return nil, false
	}
	ins := b.Preds[0].Instrs
	choice, ok := ins[len(ins)-1].(*ssa.If)
	if !ok {
		return nil, false
	}
	compared, ok := choice.Cond.(*ssa.BinOp)
	if !ok {
		return nil, false
	}
	v, ok := compared.X.(*ssa.UnOp)
	return v, ok
}

// rangeErrors are the runtime's errors for what an iterator may do wrong, had by doing it.
var rangeErrors = sync.OnceValue(func() (e struct{ left, over, panicked, lost any }) {
	caught := func(f func()) (r any) {
		defer func() { r = recover() }()
		f()
		return nil
	}
	again := func(yield func() bool) { yield(); yield() }
	e.left = caught(func() {
		for range again {
			break
		}
	})
	var kept func() bool
	for range func(yield func() bool) { kept = yield } {
	}
	e.over = caught(func() { kept() })
	e.panicked = caught(func() {
		for range func(yield func() bool) { caught(func() { yield() }); yield() } {
			panic("")
		}
	})
	e.lost = caught(func() {
		for range func(yield func() bool) { caught(func() { yield() }) } {
			panic("")
		}
	})
	return e
})
