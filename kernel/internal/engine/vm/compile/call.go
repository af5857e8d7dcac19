package compile

import (
	"go/types"
	"reflect"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
)

// results returns where the results of a call go.
func (c *compiler) results(in ssa.Value) []*slot {
	s := c.at(in)
	if _, ok := in.Type().(*types.Tuple); ok {
		return c.tuples[in]
	}
	return []*slot{s}
}

func (c *compiler) operands(vs []ssa.Value) (out []machine.Slot) {
	for _, v := range vs {
		s := c.at(v)
		out = append(out, machine.Slot{Offset: s.offset, Type: s.typ})
	}
	return out
}

// site describes a call; results is nil for calls that are put off.
func (c *compiler) site(call *ssa.CallCommon, results []*slot) *machine.Site {
	args := c.operands(call.Args)
	if call.IsInvoke() {
		x := c.at(call.Value)
		args = append([]machine.Slot{{Offset: x.offset + 8, Type: reflect.TypeFor[P]()}}, args...)
	}
	var res []machine.Slot
	if results == nil {
		for v := range call.Signature().Results().Variables() {
			res = append(res, machine.Slot{Type: c.typ(v.Type())})
		}
	}
	for _, r := range results {
		res = append(res, machine.Slot{Offset: r.offset, Type: r.typ})
	}
	return machine.NewSite(args, res, c.fn.Synthetic)
}

func (c *compiler) call(in *ssa.Call) {
	call := &in.Call
	if b, ok := call.Value.(*ssa.Builtin); ok {
		c.emit(c.builtin(b, in, call, c.results(in)))
		return
	}
	if o := c.plusCall(in); o != nil {
		c.emit(o)
		return
	}
	s := c.site(call, c.results(in))
	if f := static(call); f != nil {
		cell, native := c.world.Function(f)
		if cell != nil {
			c.emit(s.Static(cell))
		} else if o := c.intrinsic(f, s, native); o != nil {
			c.emit(o)
		} else {
			c.emit(s.Native(guarded(f, native)))
		}
		return
	}
	if b := c.bound(call); b != nil {
		c.emit(s.Bound(b))
		return
	}
	x := c.at(call.Value)
	if call.IsInvoke() {
		c.emit(s.Invoke(x.typ, methodIndex(x.typ, call.Method), x.offset, c.finder(call.Method)))
		return
	}
	c.emit(s.Value(x.typ, x.offset))
}

// static returns the function that a call names, or nil.
func static(call *ssa.CallCommon) *ssa.Function {
	if call.IsInvoke() {
		return nil
	}
	f, _ := call.Value.(*ssa.Function)
	return f
}

func (c *compiler) finder(m *types.Func) machine.Method {
	id, h := m.Id(), c.world.Host()
	return func(recv reflect.Type) (*machine.Cell, reflect.Type) { return h.Method(recv, id) }
}

// methodIndex returns the number of a method in an interface type.
func methodIndex(t reflect.Type, m *types.Func) int {
	for i := range t.NumMethod() {
		if r := t.Method(i); r.Name == m.Name() && (r.PkgPath == "" || m.Pkg() == nil || r.PkgPath == m.Pkg().Path()) {
			return i
		}
	}
	panic(&Error{Text: "internal: interface " + t.String() + " has no method " + m.Name()})
}

// putOff compiles the call of a go or defer statement.
func (c *compiler) putOff(call *ssa.CallCommon) machine.PutOff {
	if b, ok := call.Value.(*ssa.Builtin); ok {
		if b.Name() == "recover" {
			return machine.PutRecover
		}
		return machine.PutOp(c.builtin(b, nil, call, nil))
	}
	s := c.site(call, nil)
	if f := static(call); f != nil {
		cell, native := c.world.Function(f)
		if cell != nil {
			return s.PutStatic(cell)
		}
		return s.PutNative(guarded(f, native))
	}
	if b := c.bound(call); b != nil {
		return s.PutBound(b)
	}
	x := c.at(call.Value)
	if call.IsInvoke() {
		return s.PutInvoke(x.typ, methodIndex(x.typ, call.Method), x.offset, c.finder(call.Method))
	}
	return s.PutValue(x.typ, x.offset)
}
