package compile

import (
	"go/token"
	"go/types"
	"reflect"
	"strconv"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// valueAt returns the address of a value in a frame.
func valueAt[T any](fp P, off uintptr) *T { return (*T)(unsafe.Add(fp, off)) }

// reflectAt returns a value in a frame for package reflect.
func reflectAt(fp P, off uintptr, t reflect.Type) reflect.Value {
	return reflect.NewAt(t, unsafe.Add(fp, off)).Elem()
}

// instruction compiles an instruction that is no jump.
func (c *compiler) instruction(in ssa.Instruction) {
	switch in := in.(type) {
	case *ssa.BinOp:
		c.binary(in)
	case *ssa.UnOp:
		c.unary(in)
	case *ssa.Alloc:
		c.alloc(in)
	case *ssa.Store:
		c.store(in)
	case *ssa.FieldAddr, *ssa.IndexAddr:
		d := c.at(in.(ssa.Value)).offset
		addr := c.address(in).function()
		c.emit(func(fp P) { *valueAt[P](fp, d) = addr(fp) })
	case *ssa.Field:
		s, d := c.at(in.X), c.at(in)
		c.emit(op.ClassOf(d.typ).Copy(d.offset, s.offset+s.typ.Field(in.Field).Offset))
	case *ssa.Index:
		c.index(in)
	case *ssa.Convert:
		c.convert(in.X, c.at(in))
	case *ssa.MultiConvert:
		c.convert(in.X, c.at(in))
	case *ssa.SliceToArrayPointer:
		c.sliceToArray(in)
	case *ssa.ChangeInterface:
		c.changeInterface(in)
	case *ssa.MakeInterface:
		c.makeInterface(in)
	case *ssa.TypeAssert:
		c.typeAssert(in)
	case *ssa.MakeClosure:
		c.makeClosure(in)
	case *ssa.MakeMap:
		c.makeMap(in)
	case *ssa.MakeChan:
		t, d, n := c.typ(in.Type()), c.at(in).offset, c.intOf(in.Size)
		c.emit(func(fp P) { *valueAt[P](fp, d) = makeChan(t, n(fp)) })
	case *ssa.MakeSlice:
		c.makeSlice(in)
	case *ssa.Slice:
		c.slice(in)
	case *ssa.Lookup:
		c.lookup(in)
	case *ssa.MapUpdate:
		c.mapUpdate(in)
	case *ssa.Range:
		c.rangeOver(in)
	case *ssa.Next:
		c.next(in)
	case *ssa.Send:
		ch, x, at := c.at(in.Chan).offset, c.at(in.X), c.place()
		class, xo := op.ClassOf(x.typ), x.offset
		c.emit(func(fp P) { machine.Send(fp, class, *valueAt[P](fp, ch), unsafe.Add(fp, xo), at) })
	case *ssa.Select:
		c.selectFrom(in)
	case *ssa.RunDefers:
		c.emit(machine.RunDefers)
	case *ssa.Defer:
		stack := uintptr(0)
		if in.DeferStack != nil {
			stack = c.at(in.DeferStack).offset
		}
		c.emit(c.putOff(&in.Call).Defer(stack))
	case *ssa.Go:
		c.emit(c.putOff(&in.Call).Go(c.place()))
	case *ssa.Call:
		c.call(in)
	default:
		c.fail("internal: no code for %T", in)
	}
}

// place returns where the instruction stands, for when it is needed.
func (c *compiler) place() func() machine.Place {
	h, pos, name := c.world.Host(), c.pos, c.fn.Name
	return func() machine.Place {
		p := h.Place(pos)
		p.Func = name
		return p
	}
}

func makeChan(t reflect.Type, n int) P {
	if n < 0 {
		_ = make(chan struct{}, n) // panics as Go does
	}
	if t.ChanDir() != reflect.BothDir {
		ch := reflect.MakeChan(reflect.ChanOf(reflect.BothDir, t.Elem()), n)
		return ch.UnsafePointer()
	}
	return reflect.MakeChan(t, n).UnsafePointer()
}

func (c *compiler) unary(in *ssa.UnOp) {
	d := c.at(in)
	switch in.Op {
	case token.MUL:
		c.load(in)
		return
	case token.ARROW:
		c.receive(in)
		return
	}
	a, k := c.at(in.X).offset, op.KindOf(d.typ)
	switch in.Op {
	case token.NOT:
		c.emit(op.Not(d.offset, a))
	case token.SUB:
		c.emit(op.Negate(k, d.offset, a))
	case token.XOR:
		c.emit(op.Invert(k, d.offset, a))
	}
}

func (c *compiler) receive(in *ssa.UnOp) {
	ch, at := c.at(in.X), c.place()
	class, cho := op.ClassOf(ch.typ.Elem()), ch.offset
	d := c.at(in)
	ok := uintptr(0)
	if in.CommaOk {
		d, ok = c.tuples[in][0], c.tuples[in][1].offset
	}
	do := d.offset
	c.emit(func(fp P) {
		b := machine.Receive(fp, class, *valueAt[P](fp, cho), unsafe.Add(fp, do), at)
		if ok != 0 {
			*valueAt[bool](fp, ok) = b
		}
	})
}

func (c *compiler) binary(in *ssa.BinOp) {
	if o := c.withOperands(in); o != nil {
		c.emit(o)
		return
	}
	x, y := c.at(in.X), c.at(in.Y)
	d, k := c.at(in).offset, op.KindOf(x.typ)
	switch {
	case in.Op == token.SHL || in.Op == token.SHR:
		c.emit(op.Shift(k, op.KindOf(y.typ), in.Op, d, x.offset, y.offset))
		return
	case isComparison(in.Op):
		c.comparison(in, d, x, y)
		return
	}
	if o := c.twofold(in, k, d); o != nil {
		c.emit(o)
		return
	}
	if kc, ok := in.Y.(*ssa.Const); ok && kc.Value != nil {
		switch {
		case k.IsInteger():
			n := kc.Int64()
			if !k.IsSigned() {
				n = int64(kc.Uint64()) // Int64 gives 0 for what is above its range
			}
			if o := op.ArithInt(k, in.Op, d, x.offset, n); o != nil {
				c.emit(o)
				if k == op.Int64 && in.Op == token.ADD {
					c.code.step = &step{d: d, a: x.offset, k: n}
				}
				return
			}
		case k.IsFloat():
			if o := op.ArithFloat(k, in.Op, d, x.offset, kc.Float64()); o != nil {
				c.emit(o)
				return
			}
		}
	}
	o := op.Arith(k, in.Op, d, x.offset, y.offset)
	if o == nil {
		c.fail("internal: no code for %s of %s", in.Op, x.typ)
	}
	c.emit(o)
	if k == op.Int64 && in.Op == token.ADD {
		c.code.step = &step{d: d, a: x.offset, by: y.offset}
	}
}

// twofold returns the instruction for an operation one of whose operands is folded into it, or nil.
func (c *compiler) twofold(in *ssa.BinOp, k op.Kind, d uintptr) op.Op {
	if x, ok := in.X.(*ssa.BinOp); ok && c.fused[x] {
		return op.Arith2(k, x.Op, in.Op, d, c.at(x.X).offset, c.at(x.Y).offset, c.at(in.Y).offset)
	}
	if y, ok := in.Y.(*ssa.BinOp); ok && c.fused[y] {
		a, b, z := c.at(y.X).offset, c.at(y.Y).offset, c.at(in.X).offset
		if in.Op == token.SUB {
			return op.SubMul(k, d, a, b, z)
		}
		return op.Arith2(k, y.Op, in.Op, d, a, b, z)
	}
	return nil
}

func (c *compiler) comparison(in *ssa.BinOp, d uintptr, x, y *slot) {
	a, b := x.offset, y.offset
	k := op.KindOf(x.typ)
	if x.typ.Kind() == reflect.Slice || y.typ.Kind() == reflect.Slice { // with nil only: the address tells
		k = op.Pointer
	}
	if o := op.Compare(k, in.Op, d, a, b); o != nil && op.KindOf(y.typ) != op.None || k == op.Pointer && o != nil {
		c.emit(o)
		return
	}
	equal := in.Op == token.EQL
	xi, yi := x.typ.Kind() == reflect.Interface, y.typ.Kind() == reflect.Interface
	switch {
	case xi && yi && (isNil(in.X) || isNil(in.Y)):
		if isNil(in.X) {
			a = b
		}
		c.emit(func(fp P) { *valueAt[bool](fp, d) = (*valueAt[P](fp, a) == nil) == equal })
	case xi && yi && x.typ.NumMethod() == 0 && y.typ.NumMethod() == 0:
		c.emit(func(fp P) { *valueAt[bool](fp, d) = (*valueAt[any](fp, a) == *valueAt[any](fp, b)) == equal })
	case xi && yi && x.typ.NumMethod() > 0 && y.typ.NumMethod() > 0:
		c.emit(func(fp P) {
			p, q := anyOf(x.typ, *valueAt[[2]P](fp, a)), anyOf(y.typ, *valueAt[[2]P](fp, b))
			*valueAt[bool](fp, d) = (p == q) == equal
		})
	default:
		xt, yt := x.typ, y.typ
		c.emit(func(fp P) {
			p, q := reflectAt(fp, a, xt).Interface(), reflectAt(fp, b, yt).Interface()
			*valueAt[bool](fp, d) = (p == q) == equal
		})
	}
}

func isNil(v ssa.Value) bool {
	k, ok := v.(*ssa.Const)
	return ok && k.Value == nil && types.IsInterface(k.Type())
}

// intOf returns a reader of an integer operand of any kind.
func (c *compiler) intOf(v ssa.Value) func(fp P) int {
	s := c.at(v)
	return op.Int(op.KindOf(s.typ), s.offset)
}

func (c *compiler) makeClosure(in *ssa.MakeClosure) {
	f := in.Fn.(*ssa.Function)
	cell, _ := c.world.Function(f)
	if cell == nil {
		c.fail("internal: closure of compiled function %s", f)
	}
	fn := cell.Func()
	var fields []reflect.StructField
	for i, b := range in.Bindings {
		fields = append(fields, reflect.StructField{Name: "F" + strconv.Itoa(i), Type: word(c.at(b).typ)})
	}
	env := reflect.StructOf(fields)
	var in1 []machine.Move
	for i, b := range in.Bindings {
		s := c.at(b)
		if cl := op.ClassOf(s.typ); cl.Size() > 0 {
			in1 = append(in1, machine.NewMove(env.Field(i).Offset, s.offset, cl))
		}
	}
	t, d := c.typ(in.Type()), c.at(in).offset
	closing := machine.NewClosing(t, fn, env)
	c.emit(func(fp P) { *valueAt[P](fp, d) = closing.Make(in1, fp) })
}

// bound returns the function literal that a call calls where it stands, or nil.
func (c *compiler) bound(call *ssa.CallCommon) *machine.Bound {
	m, ok := call.Value.(*ssa.MakeClosure)
	if !ok || !c.skip[m] {
		return nil
	}
	cell, _ := c.world.Function(m.Fn.(*ssa.Function))
	return machine.NewBound(cell.Func(), c.operands(m.Bindings))
}

// fuseLiterals finds function literals that are only called, or put off, where they stand.
func (c *compiler) fuseLiterals() {
	for _, b := range c.ssa.Blocks {
		for i, in := range b.Instrs {
			m, ok := in.(*ssa.MakeClosure)
			if !ok {
				continue
			}
			u, ok := onlyUser(m).(ssa.CallInstruction)
			if ok && u.Common().Value == ssa.Value(m) && u.Block() == b && quiet(b.Instrs[i+1:], u) {
				c.skip[m] = true
			}
		}
	}
}

// word returns a type that lies in memory as t, without its name: so that few types are made.
func word(t reflect.Type) reflect.Type {
	switch t.Kind() {
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func:
		return reflect.TypeFor[P]()
	case reflect.Slice:
		return reflect.TypeFor[[]struct{}]()
	}
	return t
}
