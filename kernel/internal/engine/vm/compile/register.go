package compile

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"slices"
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
	locals    map[*ssa.Alloc]*slot          // the variables of allocs that live in the frame
	spilled   map[*ssa.Alloc]*ssa.Parameter // the variables of allocs that are parameters: they lie where the caller puts those
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
	captured  map[*ssa.Alloc]bool         // locals that function literals see
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
	constant func(at P) // writes a constant
	group    int
	local    *ssa.Alloc // the variable of an address
}

// The groups of registers, in the order in which they lie in the frame.
const (
	pointers  = iota // hold pointers: cleared on return
	addresses        // of variables in the frame
	constants        // with pointers
	numbers          // constants without
	scalars
	groups
)

type constKey struct {
	typ  reflect.Type
	text string
}

func newCompiler(w World, f *ssa.Function, fn *machine.Func) *compiler {
	return &compiler{world: w, ssa: f, fn: fn, slots: map[ssa.Value]*slot{}, tuples: map[ssa.Value][]*slot{}, locals: map[*ssa.Alloc]*slot{}, spilled: map[*ssa.Alloc]*ssa.Parameter{},
		constants: map[constKey]*slot{}, fused: map[ssa.Instruction]bool{}, skip: map[ssa.Instruction]bool{}, joined: map[ssa.Value]ssa.Value{},
		temps: map[*ssa.Phi]*slot{}, inPlace: map[ssa.Value]ssa.Value{}, appends: map[*ssa.Call]ssa.Value{}, updates: map[*ssa.Store]*ssa.BinOp{}, captured: map[*ssa.Alloc]bool{}, types: map[types.Type]reflect.Type{}}
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
	var g int
	switch has := op.HasPointers(t); {
	case has && constant != nil:
		g = constants
	case has:
		g = pointers
	case constant != nil:
		g = numbers
	default:
		g = scalars
	}
	c.registers = append(c.registers, &register{slot: s, constant: constant, group: g})
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
			if p := c.spilled[v]; p != nil {
				c.locals[v] = c.slots[p]
			} else {
				c.locals[v] = c.register(c.typ(deref(v.Type())), nil)
			}
			s := &slot{typ: c.typ(v.Type())}
			if c.needsAddress(v) {
				c.registers = append(c.registers, &register{slot: s, group: addresses, local: v})
			}
			return s
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
	if r, ok := v.(*ssa.Range); ok { // an iterator of go/ssa's
		if c.typ(r.X.Type()).Kind() == reflect.String {
			return c.register(reflect.TypeFor[stringIter](), nil)
		}
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

// layout places all registers and says how a frame is made.
func (c *compiler) layout() {
	head := c.fn.End()
	end := head
	var ends [groups]uintptr
	for g := range groups {
		for _, r := range c.registers {
			if r.group == g {
				r.slot.offset = end
				end += (r.slot.typ.Size() + 7) &^ 7
			}
		}
		ends[g] = end
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
	for _, r := range c.registers {
		mark(r.slot.typ, r.slot.offset)
	}
	l := machine.Layout{Type: machine.FrameType((end-header)/8, func(w uintptr) bool { return words[w] })}
	clearEnd := ends[pointers]
	switch {
	case headPointers:
		l.ClearFrom, l.ClearWords = header, (clearEnd-header)/8
	case clearEnd > head:
		l.ClearFrom, l.ClearWords = head, (clearEnd-head)/8
	}
	if from, end := ends[addresses], ends[numbers]; from < end {
		first := (from - header) / 8
		l.ConstantsFrom, l.ConstantsType = from, machine.WordsType((end-from)/8, func(w uintptr) bool { return words[first+w] })
		l.Constants = reflect.New(l.ConstantsType).UnsafePointer()
		for _, r := range c.registers {
			if r.constant != nil && r.slot.typ.Size() > 0 {
				r.constant(unsafe.Add(l.Constants, r.slot.offset-from))
			}
		}
		if slices.Max(unsafe.Slice((*byte)(l.Constants), end-from)) == 0 {
			l.Constants = nil // frames are zero when they are made
		}
	}
	for _, r := range c.registers {
		if r.group == addresses {
			l.Self = append(l.Self, [2]uintptr{r.slot.offset, c.locals[r.local].offset})
		}
	}
	c.fn.SetFrame(l)
}
