package compile

import (
	"reflect"
	"runtime"
	"slices"
	"sync"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// An interface is two words: the type, or for an interface with methods a table of them for the type, and the value or
// its address.

// anyOf returns an interface of type t as any.
func anyOf(t reflect.Type, w [2]P) (v any) {
	if w[0] != nil && t.NumMethod() > 0 {
		w[0] = *(*P)(unsafe.Add(w[0], 8)) // abi.ITab.Type
	}
	*(*[2]P)(unsafe.Pointer(&v)) = w
	return v
}

// dynamic returns the dynamic type of an interface of type t: its descriptor, or nil.
func dynamic(hasMethods bool, w P) P {
	if w == nil || !hasMethods {
		return w
	}
	return *(*P)(unsafe.Add(w, 8))
}

// A tables remembers the method tables of an interface type by dynamic type.
type tables struct {
	iface reflect.Type
	known sync.Map // descriptor -> table, nil if the type does not implement the interface
}

// of returns the first word of the interface for a dynamic type, or nil.
func (t *tables) of(typ P) P {
	if w, ok := t.known.Load(typ); ok {
		return w.(P)
	}
	var w P
	r := op.TypeAt(typ)
	if r.Implements(t.iface) {
		v := reflect.New(t.iface)
		v.Elem().Set(reflect.Zero(r))
		w = *(*P)(v.UnsafePointer())
	}
	t.known.Store(typ, w)
	return w
}

func (c *compiler) makeInterface(in *ssa.MakeInterface) {
	s, d := c.at(in.X), c.at(in)
	a, do := s.offset, d.offset
	word := op.TypePointer(s.typ)
	if d.typ.NumMethod() > 0 {
		if word = (&tables{iface: d.typ}).of(word); word == nil {
			c.fail("internal: %s does not implement %s", s.typ, d.typ)
		}
	}
	if op.Direct(s.typ) {
		c.emit(func(fp P) { *valueAt[[2]P](fp, do) = [2]P{word, *valueAt[P](fp, a)} })
		return
	}
	if k, ok := in.X.(*ssa.Const); ok { // boxed once
		b := reflect.New(s.typ)
		setConstant(b.Elem(), k.Value)
		v := [2]P{word, b.UnsafePointer()}
		c.emit(func(fp P) { *valueAt[[2]P](fp, do) = v })
		return
	}
	switch op.KindOf(s.typ) {
	case op.Int64, op.Uint64, op.Float64:
		c.emit(func(fp P) {
			v := any(*valueAt[uint64](fp, a)) // small numbers are boxed already
			*valueAt[[2]P](fp, do) = [2]P{word, (*[2]P)(unsafe.Pointer(&v))[1]}
		})
		return
	case op.String:
		c.emit(func(fp P) {
			b := new(string)
			*b = *valueAt[string](fp, a)
			*valueAt[[2]P](fp, do) = [2]P{word, P(b)}
		})
		return
	}
	r, class := op.TypePointer(s.typ), op.ClassOf(s.typ)
	c.emit(func(fp P) {
		b := op.New(r)
		class.Move(b, unsafe.Add(fp, a))
		*valueAt[[2]P](fp, do) = [2]P{word, b}
	})
}

func (c *compiler) changeInterface(in *ssa.ChangeInterface) {
	s, d := c.at(in.X), c.at(in)
	a, do, from := s.offset, d.offset, s.typ.NumMethod() > 0
	if d.typ.NumMethod() == 0 {
		c.emit(func(fp P) {
			w := *valueAt[[2]P](fp, a)
			w[0] = dynamic(from, w[0])
			*valueAt[[2]P](fp, do) = w
		})
		return
	}
	ts := &tables{iface: d.typ}
	c.emit(func(fp P) {
		w := *valueAt[[2]P](fp, a)
		if w[0] != nil {
			w[0] = ts.of(dynamic(from, w[0]))
		}
		*valueAt[[2]P](fp, do) = w
	})
}

// An assertionError is the run-time error of a type assertion.
type assertionError string

func (e assertionError) Error() string { return "interface conversion: " + string(e) }

// RuntimeError makes it a run-time error like Go's own.
func (assertionError) RuntimeError() {}

// newAssertionError returns the run-time error of an assertion: Go's own, unless two versions of a type meet, of which
// it would say the same.
func newAssertionError(h Host, iface, want reflect.Type, have P) error {
	if have != nil {
		if t := op.TypeAt(have); t.String() == want.String() {
			if m := h.Meet(t, want); m != "" {
				return assertionError(iface.String() + " is " + t.String() + ", not " + want.String() + " (" + m + ": run the cells that made it again)")
			}
		}
	}
	missing := ""
	if have != nil && want.Kind() == reflect.Interface {
		missing = missingMethod(op.TypeAt(have), want)
	}
	from := op.TypePointer(iface)
	if have == nil && want.Kind() == reflect.Interface {
		from = nil
	}
	e := new(runtime.TypeAssertionError)
	*(*typeAssertionError)(unsafe.Pointer(e)) = typeAssertionError{from, have, op.TypePointer(want), missing}
	return e
}

// typeAssertionError is runtime.TypeAssertionError (runtime/error.go).
type typeAssertionError struct {
	iface, concrete, asserted P
	missingMethod             string
}

func missingMethod(t, iface reflect.Type) string {
	for i := range iface.NumMethod() {
		if m := iface.Method(i); !hasMethod(t, m.Name) {
			return m.Name
		}
	}
	return ""
}

func hasMethod(t reflect.Type, name string) bool {
	_, ok := t.MethodByName(name)
	return ok
}

// checksNil recognizes the assertion with which go/ssa checks the interface of a method value for nil: nothing uses it, and
// the closure that it is for stands at the same place. (An assertion of the source stands at its parenthesis.)
func checksNil(in *ssa.TypeAssert) bool {
	if in.CommaOk || len(*in.Referrers()) > 0 {
		return false
	}
	ins := in.Block().Instrs
	for _, x := range ins[slices.Index(ins, ssa.Instruction(in))+1:] {
		switch x := x.(type) {
		case *ssa.MakeClosure:
			return x.Pos() == in.Pos()
		case *ssa.MakeInterface, *ssa.ChangeInterface, *ssa.DebugRef:
		default:
			return false
		}
	}
	return false
}

func (c *compiler) typeAssert(in *ssa.TypeAssert) {
	s := c.at(in.X)
	a, iface, from := s.offset, s.typ, s.typ.NumMethod() > 0
	t := c.typ(in.AssertedType)
	if checksNil(in) {
		c.emit(func(fp P) { checkNil(*valueAt[P](fp, a)) })
		return
	}
	d := c.at(in)
	ok := uintptr(0)
	if in.CommaOk {
		d, ok = c.tuples[in][0], c.tuples[in][1].offset
	}
	do, host := d.offset, c.world.Host()
	if t.Kind() == reflect.Interface {
		ts, methods := &tables{iface: t}, t.NumMethod() > 0
		c.emit(func(fp P) {
			w := *valueAt[[2]P](fp, a)
			have := dynamic(from, w[0])
			w[0] = have
			if have != nil && methods {
				w[0] = ts.of(have)
			}
			if w[0] == nil {
				if ok == 0 {
					panic(newAssertionError(host, iface, t, have))
				}
				w[1] = nil
			}
			*valueAt[[2]P](fp, do) = w
			if ok != 0 {
				*valueAt[bool](fp, ok) = w[0] != nil
			}
		})
		return
	}
	want, class, isDirect := op.TypePointer(t), op.ClassOf(t), op.Direct(t)
	z := zero(t, do)
	c.emit(func(fp P) {
		w := *valueAt[[2]P](fp, a)
		if dynamic(from, w[0]) != want {
			if ok == 0 {
				panic(newAssertionError(host, iface, t, dynamic(from, w[0])))
			}
			if z != nil {
				z(fp)
			}
			*valueAt[bool](fp, ok) = false
			return
		}
		if isDirect {
			*valueAt[P](fp, do) = w[1]
		} else {
			class.Move(unsafe.Add(fp, do), w[1])
		}
		if ok != 0 {
			*valueAt[bool](fp, ok) = true
		}
	})
}
