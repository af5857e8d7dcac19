package compile

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// P is the address of a frame or of a value.
type P = machine.P

// A compiler compiles one function.
type compiler struct {
	world World
	ssa   *ssa.Function
	fn    *machine.Func

	registers []*register
	slots     map[ssa.Value]*slot
	tuples    map[ssa.Value][]*slot
	locals    map[*ssa.Alloc]*slot // the variables of allocs that live in the frame
	constants map[constKey]*slot
	aliases   []aliased                   // slots that lie where others do
	inPlace   map[ssa.Value]ssa.Value     // values that lie in variables of the frame: the variable's address
	fused     map[ssa.Instruction]bool    // folded into their users
	skip      map[ssa.Instruction]bool    // done by another instruction
	joined    map[ssa.Value]ssa.Value     // values that share the register of another
	temps     map[*ssa.Phi]*slot          // for phis that are exchanged
	blocks    []*codeBlock                // by ssa block
	code      *codeBlock                  // being emitted
	at_       token.Pos                   // of the instruction that is being compiled
	pos       token.Pos                   // its position
	appends   map[*ssa.Call]ssa.Value     // calls of append of a single value
	updates   map[*ssa.Store]*ssa.BinOp   // stores of what an operation makes of the value that was there
	types     map[types.Type]reflect.Type // memo of World.Type
	// defersLate: the deferred calls run where go/ssa has no instruction for it (lateDefers).
	defersLate bool
}

// A slot is a place in the frame. Its offset is known when the frame is laid out, before code is emitted.
type slot struct {
	offset uintptr
	typ    reflect.Type
}

// An aliased slot lies in another one.
type aliased struct {
	slot, base *slot
	plus       uintptr
}

type register struct {
	slot     *slot
	constant func(at P) // writes a constant into the template
	group    int
}

// The groups of registers, in the order in which they lie in the frame.
const (
	pointers  = iota // hold pointers: cleared on return
	constants        // with pointers: kept
	scalars
	groups
)

type constKey struct {
	typ  reflect.Type
	text string
}

func newCompiler(w World, f *ssa.Function, fn *machine.Func) *compiler {
	return &compiler{world: w, ssa: f, fn: fn, slots: map[ssa.Value]*slot{}, tuples: map[ssa.Value][]*slot{}, locals: map[*ssa.Alloc]*slot{},
		constants: map[constKey]*slot{}, fused: map[ssa.Instruction]bool{}, skip: map[ssa.Instruction]bool{}, joined: map[ssa.Value]ssa.Value{},
		temps: map[*ssa.Phi]*slot{}, inPlace: map[ssa.Value]ssa.Value{}, appends: map[*ssa.Call]ssa.Value{}, updates: map[*ssa.Store]*ssa.BinOp{}, types: map[types.Type]reflect.Type{}}
}

func (c *compiler) typ(t types.Type) reflect.Type {
	if r := c.types[t]; r != nil {
		return r
	}
	if machinery(t) {
		return reflect.TypeFor[P]()
	}
	r := c.world.Type(t)
	c.types[t] = r
	return r
}

// machinery reports whether a type is none of Go's: one of go/ssa's own (a defer stack), or that of nil.
func machinery(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return t.Obj().Pkg() != nil && t.Obj().Pkg().Path() == "$ssa"
	case *types.Pointer:
		return machinery(t.Elem())
	case *types.Basic:
		return t.Kind() == types.UntypedNil
	}
	return strings.HasPrefix(t.String(), "$ssa.")
}

func (c *compiler) fail(format string, args ...any) {
	panic(&Error{Text: fmt.Sprintf(format, args...)})
}

func (c *compiler) register(t reflect.Type, constant func(at P)) *slot {
	s := &slot{typ: t}
	g := scalars
	if op.HasPointers(t) {
		g = pointers
		if constant != nil {
			g = constants
		}
	}
	c.registers = append(c.registers, &register{s, constant, g})
	return s
}

// alias returns the value whose slot v uses as it is, or nil.
func alias(v ssa.Value) ssa.Value {
	if x, ok := v.(*ssa.ChangeType); ok {
		return x.X
	}
	return nil
}

// root returns the value whose register v uses.
func (c *compiler) root(v ssa.Value) ssa.Value {
	for {
		w, ok := c.joined[v]
		if !ok {
			return v
		}
		v = w
	}
}

// at returns the slot of a value.
func (c *compiler) at(v ssa.Value) *slot {
	if a := alias(v); a != nil {
		if s := c.slots[v]; s != nil {
			return s
		}
		base := c.at(a)
		s := &slot{offset: base.offset, typ: c.typ(v.Type())}
		c.slots[v] = s
		c.aliases = append(c.aliases, aliased{s, base, 0})
		return s
	}
	if e, ok := v.(*ssa.Extract); ok {
		c.at(e.Tuple)
		return c.tuples[e.Tuple][e.Index]
	}
	v = c.root(v)
	if s := c.slots[v]; s != nil {
		return s
	}
	s := c.newSlot(v)
	c.slots[v] = s
	return s
}

func (c *compiler) newSlot(v ssa.Value) *slot {
	if addr := c.inPlace[v]; addr != nil {
		a, off, _ := c.localPlace(addr)
		c.at(a)
		s := &slot{typ: c.typ(v.Type())}
		c.aliases = append(c.aliases, aliased{s, c.locals[a], off})
		return s
	}
	switch v := v.(type) {
	case *ssa.Const:
		return c.constant(v)
	case *ssa.Global:
		p := c.world.Global(v)
		return c.register(c.typ(v.Type()), func(at P) { *(*P)(at) = p })
	case *ssa.Function:
		t := c.typ(v.Signature)
		var fv P
		if cell, native := c.world.Function(v); cell != nil {
			fv = machine.NewClosure(t, machine.Closed(nil, cell, nil, nil))
		} else {
			fv = op.FuncPointer(native)
		}
		return c.register(t, func(at P) { *(*P)(at) = fv })
	case *ssa.Builtin:
		return &slot{typ: reflect.TypeFor[P]()}
	case *ssa.Alloc:
		if !v.Heap {
			c.locals[v] = c.register(c.typ(deref(v.Type())), nil)
			return c.register(c.typ(v.Type()), func(P) {})
		}
	}
	if t, ok := v.Type().(*types.Tuple); ok {
		for x := range t.Variables() {
			r := reflect.TypeFor[P]()
			if b, ok := x.Type().(*types.Basic); !ok || b.Kind() != types.Invalid {
				r = c.typ(x.Type())
			}
			c.tuples[v] = append(c.tuples[v], c.register(r, nil))
		}
		return &slot{typ: reflect.TypeFor[struct{}]()}
	}
	if _, ok := v.(*ssa.Range); ok { // an iterator of go/ssa's
		return c.register(reflect.TypeFor[P](), nil)
	}
	return c.register(c.typ(v.Type()), nil)
}

func (c *compiler) constant(v *ssa.Const) *slot {
	t := c.typ(v.Type())
	text := "zero"
	if v.Value != nil {
		text = v.Value.ExactString()
		if v.Value.Kind() == constant.String {
			text = constant.StringVal(v.Value)
		}
	}
	key := constKey{t, text}
	if s := c.constants[key]; s != nil {
		return s
	}
	s := c.register(t, func(at P) { setConstant(reflect.NewAt(t, at).Elem(), v.Value) })
	c.constants[key] = s
	return s
}

func setConstant(d reflect.Value, v constant.Value) {
	if v == nil {
		return // the zero value
	}
	switch {
	case d.Kind() == reflect.Bool:
		d.SetBool(constant.BoolVal(v))
	case d.Kind() == reflect.String:
		d.SetString(constant.StringVal(v))
	case d.CanInt():
		n, exact := constant.Int64Val(constant.ToInt(v))
		if !exact {
			u, _ := constant.Uint64Val(constant.ToInt(v))
			n = int64(u)
		}
		d.SetInt(n)
	case d.CanUint():
		n, exact := constant.Uint64Val(constant.ToInt(v))
		if !exact {
			i, _ := constant.Int64Val(constant.ToInt(v))
			n = uint64(i)
		}
		d.SetUint(n)
	case d.Kind() == reflect.Float32:
		f, _ := constant.Float32Val(v)
		d.SetFloat(float64(f))
	case d.Kind() == reflect.Float64:
		f, _ := constant.Float64Val(v)
		d.SetFloat(f)
	case d.Kind() == reflect.Complex64:
		re, _ := constant.Float32Val(constant.Real(v))
		im, _ := constant.Float32Val(constant.Imag(v))
		d.SetComplex(complex(float64(re), float64(im)))
	case d.CanComplex():
		re, _ := constant.Float64Val(constant.Real(v))
		im, _ := constant.Float64Val(constant.Imag(v))
		d.SetComplex(complex(re, im))
	case d.Kind() == reflect.UnsafePointer:
		n, _ := constant.Uint64Val(constant.ToInt(v))
		*(*uintptr)(d.Addr().UnsafePointer()) = uintptr(n)
	default:
		panic(&Error{Text: fmt.Sprintf("a constant %s of type %s", v, d.Type())})
	}
}

func deref(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return u.Elem()
	}
	return t
}

// layout places all registers and builds the template of the frame.
func (c *compiler) layout() {
	head := c.fn.HeadEnd()
	end := head
	clearEnd := uintptr(0)
	for g := range groups {
		for _, r := range c.registers {
			if r.group == g {
				r.slot.offset = end
				end += (r.slot.typ.Size() + 7) &^ 7
			}
		}
		if g == pointers {
			clearEnd = end
		}
	}
	end += 8
	for _, a := range c.aliases {
		a.slot.offset = a.base.offset + a.plus
	}
	header := unsafe.Sizeof(machine.Header{})
	words := map[uintptr]bool{}
	mark := func(t reflect.Type, at uintptr) {
		op.Pointers(t, func(off uintptr) { words[(at+off-header)/8] = true })
	}
	for _, s := range append(append([]machine.Slot(nil), c.fn.Params...), c.fn.Results...) {
		mark(s.Type, s.Offset)
	}
	headPointers := len(words) > 0
	hasRegisters := clearEnd > head
	for _, r := range c.registers {
		mark(r.slot.typ, r.slot.offset)
	}
	l := &c.fn.Frame
	l.Type = machine.FrameType((end-header)/8, func(w uintptr) bool { return words[w] })
	switch {
	case headPointers:
		l.ClearFrom, l.ClearWords = header, (clearEnd-header)/8
	case hasRegisters:
		l.ClearFrom, l.ClearWords = head, (clearEnd-head)/8
	}
	l.Template = reflect.New(l.Type).UnsafePointer()
	for _, r := range c.registers {
		if r.constant != nil {
			r.constant(unsafe.Add(l.Template, r.slot.offset))
		}
	}
	for a, local := range c.locals {
		l.Self = append(l.Self, [2]machine.Slot{{Offset: c.slots[a].offset}, {Offset: local.offset}})
	}
}
