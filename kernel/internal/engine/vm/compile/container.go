package compile

import (
	"go/token"
	"go/types"
	"reflect"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

func (c *compiler) makeMap(in *ssa.MakeMap) {
	t, d := c.typ(in.Type()), c.at(in).offset
	if in.Reserve != nil {
		n := c.intOf(in.Reserve)
		c.emit(func(fp P) { *valueAt[P](fp, d) = reflect.MakeMapWithSize(t, max(0, n(fp))).UnsafePointer() })
		return
	}
	c.emit(func(fp P) { *valueAt[P](fp, d) = reflect.MakeMap(t).UnsafePointer() })
}

func (c *compiler) lookup(in *ssa.Lookup) {
	m, k := c.at(in.X), c.at(in.Index)
	if m.typ.Kind() == reflect.String {
		i, a, d := c.indexOf(in.Index, lengthOf(m)), m.offset, c.at(in).offset
		c.emit(func(fp P) { *valueAt[byte](fp, d) = (*valueAt[string](fp, a))[i(fp)] })
		return
	}
	d := c.at(in)
	ok := uintptr(0)
	if in.CommaOk {
		d, ok = c.tuples[in][0], c.tuples[in][1].offset
	}
	mo, ko, do := m.offset, k.offset, d.offset
	class := op.ClassOf(m.typ.Elem())
	if assigns(in) && mayNotHash(m.typ.Key()) {
		c.emit(hashFirst(m.typ, mo, ko))
	}
	if o := class.MapLoad(op.KindOf(m.typ.Key()), do, ok, mo, ko); o != nil {
		c.emit(o)
		return
	}
	t := op.TypePointer(m.typ)
	z := reflect.New(m.typ.Elem()).UnsafePointer()
	c.emit(op.Reading(mo, func(fp P) {
		p, found := mapAccess2(t, *valueAt[P](fp, mo), unsafe.Add(fp, ko))
		if !found {
			p = z
		}
		class.Move(unsafe.Add(fp, do), p)
		if ok != 0 {
			*valueAt[bool](fp, ok) = found
		}
	}))
}

// assigns recognizes the load of m[k] op= v, but for divisions: of these compiled code loads first, too.
func assigns(in *ssa.Lookup) bool {
	if in.CommaOk || len(*in.Referrers()) != 1 {
		return false
	}
	x, ok := (*in.Referrers())[0].(*ssa.BinOp)
	if !ok || x.Op == token.QUO || x.Op == token.REM || x.X != ssa.Value(in) || x.Block() != in.Block() || len(*x.Referrers()) != 1 {
		return false
	}
	u, ok := (*x.Referrers())[0].(*ssa.MapUpdate)
	return ok && u.Map == in.X && u.Key == in.Index && u.Value == ssa.Value(x) && u.Block() == in.Block()
}

// mayNotHash reports whether a value of a key type may panic when it is hashed.
func mayNotHash(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Array:
		return mayNotHash(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if mayNotHash(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}

// hashFirst panics with what compiled code panics with in m[k] op= v where m is empty and k cannot be hashed: it assigns
// and never loads, and the two have different errors.
func hashFirst(t reflect.Type, m, k uintptr) op.Op {
	r := op.TypePointer(t)
	return func(fp P) {
		p := *valueAt[P](fp, m)
		if p != nil {
			if len(*valueAt[map[int]int](fp, m)) > 0 {
				return
			}
			p = reflect.MakeMap(t).UnsafePointer()
		}
		mapAssign(r, p, unsafe.Add(fp, k))
	}
}

func (c *compiler) mapUpdate(in *ssa.MapUpdate) {
	m, k, v := c.at(in.Map), c.at(in.Key), c.at(in.Value)
	mo, ko, vo := m.offset, k.offset, v.offset
	class := op.ClassOf(m.typ.Elem())
	if o := class.MapStore(op.KindOf(m.typ.Key()), mo, ko, vo); o != nil {
		c.emit(o)
		return
	}
	t := op.TypePointer(m.typ)
	c.emit(op.Writing(mo, func(fp P) {
		class.Move(mapAssign(t, *valueAt[P](fp, mo), unsafe.Add(fp, ko)), unsafe.Add(fp, vo))
	}))
}

// A stringIter is the iterator of a range over a string.
type stringIter struct {
	s  string
	at int
}

func (c *compiler) rangeOver(in *ssa.Range) {
	s, d := c.at(in.X), c.at(in).offset
	a, t := s.offset, s.typ
	if t.Kind() == reflect.String {
		c.emit(func(fp P) { *valueAt[stringIter](fp, d) = stringIter{s: *valueAt[string](fp, a)} })
		return
	}
	c.emit(func(fp P) {
		m := reflect.New(t) // the iterator must not look at the frame
		*(*P)(m.UnsafePointer()) = *valueAt[P](fp, a)
		*valueAt[*reflect.MapIter](fp, d) = m.Elem().MapRange()
	})
}

// next goes on to the next letter, if there is one.
func (x *stringIter) next(at *int, letter *rune) bool {
	if x.at >= len(x.s) {
		return false
	}
	r, n := rune(x.s[x.at]), 1
	if r >= utf8.RuneSelf {
		r, n = utf8.DecodeRuneInString(x.s[x.at:])
	}
	*at, *letter = x.at, r
	x.at += n
	return true
}

// decides reports whether the branch at the end of the block takes what a step of an iterator says, and nothing else does.
func (c *compiler) decides(in *ssa.Next) bool {
	b := in.Block()
	end, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return false
	}
	more, ok := end.Cond.(*ssa.Extract)
	if !ok || more.Tuple != ssa.Value(in) || more.Index != 0 || onlyUser(more) != ssa.Instruction(end) {
		return false
	}
	for i := len(b.Instrs) - 2; b.Instrs[i] != ssa.Instruction(in); i-- {
		switch b.Instrs[i].(type) {
		case *ssa.Extract, *ssa.DebugRef:
		default:
			return false
		}
	}
	return true
}

func (c *compiler) next(in *ssa.Next) {
	c.at(in)
	t := c.tuples[in]
	it, ok := c.at(in.Iter).offset, t[0].offset
	k, v := t[1], t[2]
	if in.IsString {
		ko, vo := k.offset, v.offset
		if c.decides(in) {
			c.code.next = func(x, y *op.Block) op.Term {
				return func(fp P) *op.Block {
					if valueAt[stringIter](fp, it).next(valueAt[int](fp, ko), valueAt[rune](fp, vo)) {
						return x
					}
					return y
				}
			}
			return
		}
		c.emit(func(fp P) {
			*valueAt[bool](fp, ok) = valueAt[stringIter](fp, it).next(valueAt[int](fp, ko), valueAt[rune](fp, vo))
		})
		return
	}
	tuple := in.Type().(*types.Tuple)
	wanted := func(i int) bool {
		b, ok := tuple.At(i).Type().(*types.Basic)
		return !ok || b.Kind() != types.Invalid
	}
	key, value := wanted(1), wanted(2)
	m := c.at(in.Iter.(*ssa.Range).X)
	c.emit(op.Reading(m.offset, func(fp P) {
		x := *valueAt[*reflect.MapIter](fp, it)
		more := x.Next()
		*valueAt[bool](fp, ok) = more
		if more && key {
			reflectAt(fp, k.offset, k.typ).SetIterKey(x)
		}
		if more && value {
			reflectAt(fp, v.offset, v.typ).SetIterValue(x)
		}
	}))
}

func (c *compiler) selectFrom(in *ssa.Select) {
	c.at(in)
	t, at := c.tuples[in], c.place()
	type state struct {
		dir    reflect.SelectDir
		ch     *slot
		send   *slot
		result *slot
	}
	var states []state
	n := 2
	for _, s := range in.States {
		x := state{dir: reflect.SelectRecv, ch: c.at(s.Chan)}
		if s.Dir == types.SendOnly {
			x.dir, x.send = reflect.SelectSend, c.at(s.Send)
		} else {
			x.result = t[n]
			n++
		}
		states = append(states, x)
	}
	blocking := in.Blocking
	index, ok := t[0].offset, t[1].offset
	c.emit(func(fp P) {
		cases := make([]reflect.SelectCase, len(states), len(states)+1)
		for i, x := range states {
			cases[i] = reflect.SelectCase{Dir: x.dir, Chan: reflectAt(fp, x.ch.offset, x.ch.typ)}
			if x.send != nil {
				cases[i].Send = reflectAt(fp, x.send.offset, x.send.typ)
			}
		}
		i, v, b := reflect.Select(append(cases, reflect.SelectCase{Dir: reflect.SelectDefault}))
		if i == len(states) && blocking {
			func() {
				defer machine.Blocked(fp, "select", at())()
				stop := reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(machine.Stopping(fp))}
				i, v, b = reflect.Select(append(cases, stop))
			}()
			if i == len(states) {
				machine.Stopped(fp)
			}
		}
		if i == len(states) {
			i = -1
		}
		*valueAt[int](fp, index) = i
		*valueAt[bool](fp, ok) = b
		if i >= 0 && states[i].result != nil {
			r := states[i].result
			reflectAt(fp, r.offset, r.typ).Set(v)
		}
	})
}
