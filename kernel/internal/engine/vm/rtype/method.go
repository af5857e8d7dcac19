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
// the closure with their arguments as the Go ABI puts them, nothing between. The function stays for good, so it should
// not hold on to Recv and Sel, which hold on to all that the cell declares.
type Method struct {
	Recv types.Type       // T or *T; for a value method both are asked for
	Sel  *types.Selection // from the method set of Recv; it may lead through embedded fields
	// Receiver is the runtime type of Recv.
	Receiver reflect.Type
	// Type is func(Recv, parameters...) results with other types in place of those that cells declare: types that the
	// Go ABI passes alike (passed). So the versions of a type have it in common; reflect keeps every func type for good.
	Type reflect.Type
}

// Receive returns a method's receiver, of type Method.Receiver, from the first argument of a function of type Method.Type
// that reflect.MakeFunc made.
func Receive(receiver reflect.Type, arg reflect.Value) reflect.Value {
	p := reflect.New(arg.Type())
	p.Elem().Set(arg)
	return reflect.NewAt(receiver, p.UnsafePointer()).Elem()
}

// A table is the method tables of T and *T, which are to be filled.
type table struct {
	t                types.Type
	pkg              string // the path in the descriptors; "" if T has no name
	value, pointer   *descriptor
	values, pointers []*types.Selection // sorted as the runtime wants them
	old              []armed            // the stubs of T before Renew
}

// An armed stub is the code of a method of T or *T.
type armed struct {
	id string // types.Func.Id
	form
	stub
}

// A form says how a method gets its receiver.
type form uint8

const (
	byPointer form = iota // the address of a T
	byValue               // a T
	byWord                // the word that an interface has for a T, which is a T but not passed as a pointer is
)

// An arming is what a stub is to do once the call of Type that asks for it has succeeded.
type arming struct {
	stub
	code  unsafe.Pointer
	fresh bool // no type had the stub before
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
func (ts *Types) later(t types.Type, pkg string, d, p *descriptor, values, pointers []*types.Selection) {
	if len(pointers) > 0 || len(values) > 0 {
		ts.pending = append(ts.pending, &table{t: t, pkg: pkg, value: d, pointer: p, values: values, pointers: pointers, old: ts.retired[ts.key(t)]})
	}
}

// fill makes the methods. A method of an interface's value gets one word: the value if the type is direct, else its
// address, which is what the method of *T wants, so that one entry serves both. reflect.Type.Method calls T's own.
func (ts *Types) fill(tab *table) {
	e := ts.entry(tab.t)
	e.stubs = make([]armed, 0, len(tab.pointers)+len(tab.values))
	pointers := map[string]int32{}
	for i, sel := range tab.pointers {
		code := ts.code(e, tab, sel, byPointer)
		pointers[sel.Obj().Id()] = code
		tab.pointer.methods[i] = ts.method(sel, tab.pkg, code, code)
	}
	r := tab.value.typ()
	for i, sel := range tab.values {
		ifn, isPointer := pointers[sel.Obj().Id()]
		tfn := ifn
		switch {
		case direct(r) && passedAsWord(r):
			ifn = ts.code(e, tab, sel, byValue)
			tfn = ifn
		case direct(r):
			ifn, tfn = ts.code(e, tab, sel, byWord), ts.code(e, tab, sel, byValue)
		case !isPointer:
			fail("method set of *%s lacks %s", tab.t, sel.Obj().Name())
		case sel.Obj().Exported():
			tfn = ts.code(e, tab, sel, byValue)
		}
		tab.value.methods[i] = ts.method(sel, tab.pkg, ifn, tfn)
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

// code returns the entry of a method. A type that Renew made anew keeps its stubs: values of the old type, too, then
// get what the methods do now.
func (ts *Types) code(e *entry, tab *table, sel *types.Selection, f form) int32 {
	a := arming{code: ts.implement(tab.t, sel, f)}
	id := sel.Obj().Id()
	i := slices.IndexFunc(tab.old, func(o armed) bool { return o.id == id && o.form == f })
	if i >= 0 {
		a.stub = tab.old[i].stub
	} else {
		var err error
		if a.stub, err = newStub(); err != nil {
			panic(failure{err})
		}
		a.fresh = true
	}
	ts.arming = append(ts.arming, a)
	e.stubs = append(e.stubs, armed{id, f, a.stub})
	return a.offset()
}

// implement returns the closure of a method of t.
func (ts *Types) implement(t types.Type, sel *types.Selection, f form) unsafe.Pointer {
	if f == byPointer {
		t = types.NewPointer(t)
	}
	m := Method{Recv: t, Sel: sel, Receiver: ts.of(t), Type: ts.passedFunction(t, sel.Type().(*types.Signature))}
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
	if f == byWord {
		fn = word(fn)
	}
	return closure(fn)
}

// passedFunction returns the type that Method.Type is.
func (ts *Types) passedFunction(recv types.Type, t *types.Signature) reflect.Type {
	in, out := []reflect.Type{ts.passed(recv)}, []reflect.Type(nil)
	for v := range t.Params().Variables() {
		in = append(in, ts.passed(v.Type()))
	}
	for v := range t.Results().Variables() {
		out = append(out, ts.passed(v.Type()))
	}
	return reflect.FuncOf(in, out, false)
}

// passed returns a type that the Go ABI passes as it passes t, and that has pointers where t has: t itself if no cell's
// type is in it.
func (ts *Types) passed(t types.Type) reflect.Type {
	ts.buffer = ts.appendKey(ts.buffer[:0], t)
	if !mentionsOwn(ts.buffer) {
		return ts.of(t)
	}
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Chan, *types.Signature:
		return reflect.TypeFor[unsafe.Pointer]()
	}
	return ts.layout(t)
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
	e := ts.entry(t)
	if e == nil {
		return nil
	}
	sels := [...]map[string]*types.Selection{byPointer: {}, byValue: {}}
	for _, s := range ts.selections(t) {
		sels[byValue][s.Obj().Id()] = s
	}
	for _, s := range ts.selections(types.NewPointer(t)) {
		sels[byPointer][s.Obj().Id()] = s
	}
	code := make([]unsafe.Pointer, len(e.stubs)) // all before the first is changed: a type is never half rearmed
	for i, a := range e.stubs {
		code[i] = ts.implement(t, sels[min(a.form, byValue)][a.id], a.form)
	}
	for i, a := range e.stubs {
		a.arm(code[i])
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
	return reflect.MakeFunc(reflect.FuncOf(in, out, false), func(args []reflect.Value) []reflect.Value {
		recv := reflect.New(t.In(0))
		*(*unsafe.Pointer)(recv.UnsafePointer()) = args[0].UnsafePointer()
		args[0] = recv.Elem()
		return fn.Call(args)
	})
}
