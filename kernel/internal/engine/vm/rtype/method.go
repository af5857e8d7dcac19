package rtype

import (
	"cmp"
	"go/types"
	"reflect"
	"slices"
	"unsafe"
)

// A Method asks for the code of one method: a func value of exactly the type Type, which has the receiver as its first
// parameter. Typed closures and functions made by reflect.MakeFunc both serve; compiled code, fmt and reflect jump into
// the closure with their arguments as the Go ABI puts them, nothing between.
type Method struct {
	Recv types.Type       // T or *T; for a value method both are asked for
	Sel  *types.Selection // from the method set of Recv; it may lead through embedded fields
	Type reflect.Type     // func(Recv, parameters...) results
	// Receiver is the runtime type of Recv.
	Receiver reflect.Type
}

// A table is the method tables of T and *T.
type table struct {
	t                types.Type
	value, pointer   *descriptor
	values, pointers []*types.Selection // sorted as the runtime wants them
	stubs            []armed
}

type armed struct {
	stub   stub
	method Method
	word   bool // wrapped by word
}

// selections returns a method set in the order of method tables (cmd/compile/internal/types/sym.go: Less). Unexported
// methods that a compiled package declares are left out: only that package can call them, and their types may be unknown.
func (ts *Types) selections(t types.Type) []*types.Selection {
	var s []*types.Selection
	for sel := range types.NewMethodSet(t).Methods() {
		if m := sel.Obj().(*types.Func); m.Exported() || ts.declares(m) {
			s = append(s, sel)
		}
	}
	slices.SortFunc(s, func(a, b *types.Selection) int { return compareMethods(a.Obj().(*types.Func), b.Obj().(*types.Func)) })
	return s
}

// declares reports whether a method is the machine's own, or one that an interface asks for.
func (ts *Types) declares(m *types.Func) bool {
	t := types.Unalias(m.Signature().Recv().Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, ok := t.(*types.Named)
	return !ok || ts.config.Own(n.Obj())
}

func sortMethods(ms []*types.Func) { slices.SortFunc(ms, compareMethods) }

func compareMethods(a, b *types.Func) int {
	switch {
	case a.Exported() && !b.Exported():
		return -1
	case !a.Exported() && b.Exported():
		return 1
	case a.Name() != b.Name() || a.Exported():
		return cmp.Compare(a.Name(), b.Name())
	}
	return cmp.Compare(a.Pkg().Path(), b.Pkg().Path())
}

// methodName returns a method's name in a type of package pkg.
func methodName(m *types.Func, pkg string) name {
	n := name{text: m.Name()}
	if !m.Exported() && m.Pkg().Path() != pkg {
		n.pkg = m.Pkg().Path()
	}
	return n
}

// later notes that a type's methods are to be made when all types are known.
func (ts *Types) later(t types.Type, d, p *descriptor, values, pointers []*types.Selection) {
	if len(pointers) == 0 && len(values) == 0 {
		return
	}
	tab := &table{t: t, value: d, pointer: p, values: values, pointers: pointers}
	ts.tables[t] = tab
	ts.pending = append(ts.pending, tab)
}

// fill makes the methods. A method of an interface's value gets one word: the value if the type is direct, else its
// address, which is what the method of *T wants, so that one entry serves both. reflect.Type.Method calls T's own.
func (ts *Types) fill(tab *table) {
	pkg := ""
	if n, ok := tab.t.(*types.Named); ok {
		pkg = n.Obj().Pkg().Path()
	}
	byPointer := map[string]int32{}
	for i, sel := range tab.pointers {
		code := ts.code(tab, types.NewPointer(tab.t), sel, false)
		byPointer[sel.Obj().Id()] = code
		tab.pointer.methods[i] = ts.method(sel, pkg, code, code)
	}
	r := tab.value.typ()
	for i, sel := range tab.values {
		ifn, isPointer := byPointer[sel.Obj().Id()]
		tfn := ifn
		switch {
		case direct(r) && passedAsWord(r):
			ifn = ts.code(tab, tab.t, sel, false)
			tfn = ifn
		case direct(r):
			ifn, tfn = ts.code(tab, tab.t, sel, true), ts.code(tab, tab.t, sel, false)
		case !isPointer:
			fail("method set of *%s lacks %s", tab.t, sel.Obj().Name())
		case sel.Obj().Exported():
			tfn = ts.code(tab, tab.t, sel, false)
		}
		tab.value.methods[i] = ts.method(sel, pkg, ifn, tfn)
	}
	publish(tab.value, tab.values)
	publish(tab.pointer, tab.pointers)
}

func publish(d *descriptor, sels []*types.Selection) {
	for _, s := range sels {
		if s.Obj().Exported() {
			d.uncommon.Xcount++
		}
	}
	d.uncommon.Mcount = uint16(len(sels))
}

func (ts *Types) method(sel *types.Selection, pkg string, ifn, tfn int32) abiMethod {
	f := sel.Obj().(*types.Func)
	t := ts.function(nil, sel.Type().(*types.Signature))
	return abiMethod{methodName(f, pkg).offset(), addReflectOff(pointer(t)), ifn, tfn}
}

// code returns the entry of a method.
func (ts *Types) code(tab *table, recv types.Type, sel *types.Selection, asWord bool) int32 {
	r := ts.of(recv)
	m := Method{Recv: recv, Sel: sel, Receiver: r, Type: ts.function(r, sel.Type().(*types.Signature))}
	code := ts.implement(m, asWord)
	s, err := newStub()
	if err != nil {
		panic(failure{err})
	}
	s.arm(code)
	tab.stubs = append(tab.stubs, armed{s, m, asWord})
	return s.offset()
}

func (ts *Types) implement(m Method, asWord bool) unsafe.Pointer {
	if ts.config.Implement == nil {
		fail("method %s: no Implement is set", m.Sel.Obj().Name())
	}
	fn, err := ts.config.Implement(m)
	if err != nil {
		fail("method %s of %s: %w", m.Sel.Obj().Name(), m.Recv, err)
	}
	if !fn.IsValid() || fn.Type() != m.Type || fn.IsNil() {
		fail("method %s of %s: expected a function of type %s, received %v", m.Sel.Obj().Name(), m.Recv, m.Type, fn)
	}
	if asWord {
		fn = word(fn)
	}
	return closure(fn)
}

// Rearm makes the methods of a type do what Implement now says, for values that exist, too. It is for a method whose
// signature stays; one that is new needs Renew. A type that is not built has nothing to rearm.
// When it fails nothing is changed; a panic of Implement goes on.
func (ts *Types) Rearm(t *types.Named) (err error) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	defer func() {
		switch r := recover().(type) {
		case nil:
		case failure:
			err = r.error
		default:
			panic(r)
		}
	}()
	tab := ts.tables[t]
	if tab == nil {
		return nil
	}
	code := make([]unsafe.Pointer, len(tab.stubs)) // all before the first is changed: a type is never half rearmed
	for i, a := range tab.stubs {
		code[i] = ts.implement(a.method, a.word)
	}
	for i, a := range tab.stubs {
		a.stub.arm(code[i])
	}
	return nil
}

// passedAsWord reports whether the Go ABI passes a value of a direct type as it passes a pointer: not if an array of
// several elements of no size lies in it, which puts it on the stack (abi-internal.md: register-assignment).
func passedAsWord(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Array:
		return t.Len() == 0 || t.Len() == 1 && passedAsWord(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !passedAsWord(t.Field(i).Type) {
				return false
			}
		}
	}
	return true
}

// word returns a function that takes the receiver of fn, a direct type, as the word that an interface has.
func word(fn reflect.Value) reflect.Value {
	t := fn.Type()
	in, out := []reflect.Type{reflect.TypeFor[unsafe.Pointer]()}, []reflect.Type(nil)
	for i := 1; i < t.NumIn(); i++ {
		in = append(in, t.In(i))
	}
	for i := range t.NumOut() {
		out = append(out, t.Out(i))
	}
	return reflect.MakeFunc(reflect.FuncOf(in, out, t.IsVariadic()), func(args []reflect.Value) []reflect.Value {
		recv := reflect.New(t.In(0))
		*(*unsafe.Pointer)(recv.UnsafePointer()) = args[0].UnsafePointer()
		args[0] = recv.Elem()
		if t.IsVariadic() {
			return fn.CallSlice(args)
		}
		return fn.Call(args)
	})
}
