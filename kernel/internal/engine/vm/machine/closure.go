package machine

import (
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// A Closure is a function with its free variables. Around it lies a real Go func value, which compiled code can call;
// the machine finds the closure in the func value and calls it without a detour.
type Closure struct {
	fn    *Func // nil for a function with a name, whose redefinition counts: that of a cell
	env   P     // of fn; else the cell
	moves *Move // n of them, from env to the frame
	n     uint32
	// rethrow: who calls it on a goroutine that the machine does not know recovers what it panics with.
	rethrow bool
}

// A Move copies a value: from an offset of one place to an offset of another.
type Move struct {
	To, From uintptr
	Class    op.Class
	kind     moveKind
}

// The commonest classes are moved without a call.
type moveKind uint8

const (
	other moveKind = iota
	word
	ptr
)

var (
	wordClass = op.ClassOf(reflect.TypeFor[uint64]())
	ptrClass  = op.ClassOf(reflect.TypeFor[P]())
)

// NewMove returns the move of a value of a class.
func NewMove(to, from uintptr, c op.Class) Move {
	m := Move{To: to, From: from, Class: c}
	switch c {
	case wordClass:
		m.kind = word
	case ptrClass:
		m.kind = ptr
	}
	return m
}

func (m *Move) do(to, from P) {
	switch m.kind {
	case word:
		*(*uint64)(unsafe.Add(to, m.To)) = *(*uint64)(unsafe.Add(from, m.From))
	case ptr:
		*(*P)(unsafe.Add(to, m.To)) = *(*P)(unsafe.Add(from, m.From))
	default:
		m.Class.Move(unsafe.Add(to, m.To), unsafe.Add(from, m.From))
	}
}

// MoveAll does moves.
func MoveAll(ms []Move, to, from P) {
	for i := range ms {
		ms[i].do(to, from)
	}
}

// frame returns a frame for a call of the closure.
func (c *Closure) frame(t *Thread) (*Func, P) {
	f := c.fn
	if f == nil {
		f = (*Cell)(c.env).Func()
	}
	var fp P
	if id := int(f.id); id < len(t.free) && t.free[id] != nil { // get, without a call
		fp = t.free[id]
		t.free[id] = (*Header)(fp).next
	} else {
		fp = f.newFrame(t)
	}
	moves := unsafe.Slice(c.moves, c.n)
	for i := range moves {
		if m := &moves[i]; m.kind == ptr { // most are: a variable that a literal changes is on the heap
			*(*P)(unsafe.Add(fp, m.To)) = *(*P)(unsafe.Add(c.env, m.From))
		} else {
			m.do(fp, c.env)
		}
	}
	return f, fp
}

// enter begins a call from compiled code, on a goroutine that is a thread.
//
//go:noinline
func (c *Closure) enter(t *Thread) (*Func, P) {
	f, fp := c.frame(t)
	if h := (*Header)(t.native); h != nil {
		h.callee = fp     // for tracebacks
		t.depth = h.depth // compiled code may have recovered a panic of functions that count no more
	}
	if t.depth += entryDepth; t.depth > MaxDepth {
		t.depth -= entryDepth
		f.put(t, fp)
		panic(StackOverflow{})
	}
	return f, fp
}

// entryDepth is for how many calls one counts that comes from compiled code: of its functions between the two calls of the
// machine nobody knows how much of the stack they take. And where each of them recovers a panic and panics again, as
// encoding/json does, the runtime goes through all of the stack for each: a MarshalJSON that calls json.Marshal on its
// receiver ended after minutes when the limit was 100,000 such calls.
const entryDepth = 200

// leave ends such a call. native is the thread's from before it.
func (t *Thread) leave(native P) {
	t.native = native
	t.depth -= entryDepth
}

// Host is what the machine asks its user about goroutines that compiled code started.
var Host struct {
	// Group returns the group that the calling goroutine belongs to, or nil.
	Group func() *Group
	// Uncaught is told of a panic in a function that compiled code called on a goroutine of its own; first is the
	// function's first argument if that is a pointer. If it returns, the function returns zero values: to let the panic go
	// on would end the process.
	Uncaught func(p *Panic, first any)
	// Allow is asked before a large object is made; it panics where that is too much.
	Allow func(bytes uint64)
}

// orphans are the threads of goroutines that belong to nobody.
var orphans = NewGroup(nil)

// foreign calls a closure on a goroutine that the machine does not know.
func (c *Closure) foreign(before, after func(f *Func, fp P)) {
	g := orphans
	if Host.Group != nil {
		if h := Host.Group(); h != nil {
			g = h
		}
	}
	t := g.begin(Place{})
	clean := false
	defer func() { t.end(clean) }()
	var first any
	p := t.protect(func() Deferred {
		f, fp := c.frame(t)
		before(f, fp)
		if len(f.Params) > 0 && f.Params[0].Type.Kind() == reflect.Pointer {
			first = reflect.NewAt(f.Params[0].Type, unsafe.Add(fp, f.Params[0].Offset)).Elem().Interface()
		}
		return Deferred{frame: fp, call: func(*Header) {
			f.exec(fp)
			after(f, fp)
		}}
	})
	clean = p == nil
	switch {
	case p == nil:
	case c.rethrow || p.Interrupted():
		propagated.Store(p)
		panic(p.Value)
	case Host.Uncaught != nil:
		Host.Uncaught(p, first)
	}
}

// propagated is the last panic that went on into compiled code.
var propagated atomic.Pointer[Panic]

// NewClosure returns a func value of type t, as the pointer that it is.
func NewClosure(t reflect.Type, c *Closure) P { return shapeOf(t).wrap(t, c) }

// FuncValue returns a func value of type t that calls the function of a cell.
func FuncValue(t reflect.Type, cell *Cell) reflect.Value { return funcValue(t, &Closure{env: P(cell)}) }

// MethodValue is FuncValue for the method of a type, which stays for good.
func MethodValue(t reflect.Type, cell *Cell) reflect.Value {
	c := closures.take()
	c.env = P(cell)
	return funcValue(t, c)
}

var closures slab[Closure]

// HostFunc is FuncValue for a caller that recovers what the function panics with.
func HostFunc(t reflect.Type, cell *Cell) reflect.Value {
	return funcValue(t, &Closure{env: P(cell), rethrow: true})
}

func funcValue(t reflect.Type, c *Closure) reflect.Value {
	v := reflect.New(t)
	*(*P)(v.UnsafePointer()) = NewClosure(t, c)
	return v.Elem()
}

// closureIn returns the closure of a func value, or nil if compiled code made it.
func (s *shape) closureIn(fv P) *Closure {
	pc := *(*uintptr)(fv)
	if pc == s.code {
		return *(**Closure)(unsafe.Add(fv, s.offset))
	}
	return nil
}

// A shape is what a func type looks like to the Go ABI; functions of one shape are called alike.
type shape struct {
	wrap   func(t reflect.Type, c *Closure) P
	call   func(fv P, fp P, in, out []uintptr) // calls a compiled function
	code   uintptr                             // of wrappers
	offset uintptr                             // of the closure in a wrapper
	typed  bool
}

var shapes struct {
	sync.RWMutex
	byType map[reflect.Type]*shape
	byKey  map[string]*shape
}

// shapeOf returns the shape of a func type.
func shapeOf(t reflect.Type) *shape {
	shapes.RLock()
	s := shapes.byType[t]
	shapes.RUnlock()
	if s != nil {
		return s
	}
	registerShapes()
	shapes.Lock()
	defer shapes.Unlock()
	if shapes.byType == nil {
		shapes.byType = map[reflect.Type]*shape{}
	}
	if key, ok := shapeKey(t); ok {
		s = shapes.byKey[key]
	}
	if s == nil {
		s = reflected(t)
	}
	shapes.byType[t] = s
	return s
}

// letters of the classes that shapes are made of: integers of 8 bytes, pointers, float64, strings, interfaces, slices, one
// byte, four bytes.
func letter(t reflect.Type) (byte, bool) {
	switch t.Kind() {
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Uintptr:
		return 'i', true
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func:
		return 'p', true
	case reflect.Float64:
		return 'f', true
	case reflect.String:
		return 's', true
	case reflect.Interface:
		return 'e', true
	case reflect.Slice:
		return 'l', true
	case reflect.Bool, reflect.Uint8, reflect.Int8:
		return 'b', true
	case reflect.Int32, reflect.Uint32:
		return 'r', true
	}
	return 0, false
}

func shapeKey(t reflect.Type) (string, bool) {
	var b []byte
	for i := range t.NumIn() {
		c, ok := letter(t.In(i))
		if !ok {
			return "", false
		}
		b = append(b, c)
	}
	b = append(b, '>')
	for i := range t.NumOut() {
		c, ok := letter(t.Out(i))
		if !ok {
			return "", false
		}
		b = append(b, c)
	}
	return string(b), true
}

// reflected is the shape of the func types that have no typed one: reflect makes the functions and calls them.
func reflected(t reflect.Type) *shape {
	s := &shape{}
	s.wrap = func(t reflect.Type, c *Closure) P {
		return op.FuncPointer(reflect.MakeFunc(t, c.reflectCall(t)))
	}
	s.call = func(fv P, fp P, in, out []uintptr) {
		f := reflect.NewAt(t, unsafe.Pointer(&fv)).Elem()
		args := make([]reflect.Value, len(in))
		for i, off := range in {
			args[i] = reflect.NewAt(t.In(i), unsafe.Add(fp, off)).Elem()
		}
		var res []reflect.Value
		if t.IsVariadic() {
			res = f.CallSlice(args)
		} else {
			res = f.Call(args)
		}
		for i, off := range out {
			if off != 0 {
				reflect.NewAt(t.Out(i), unsafe.Add(fp, off)).Elem().Set(res[i])
			}
		}
	}
	return s
}

// reflectCall returns the body of a reflect.MakeFunc for the closure.
func (c *Closure) reflectCall(t reflect.Type) func(in []reflect.Value) []reflect.Value {
	return func(in []reflect.Value) []reflect.Value {
		before := func(f *Func, fp P) {
			for i, p := range f.Params {
				x := in[i]
				if x.Type() != p.Type { // another version of the type, or the receiver word of a method
					reflect.NewAt(x.Type(), unsafe.Add(fp, p.Offset)).Elem().Set(x)
					continue
				}
				reflect.NewAt(p.Type, unsafe.Add(fp, p.Offset)).Elem().Set(x)
			}
		}
		out := make([]reflect.Value, t.NumOut())
		after := func(f *Func, fp P) {
			for i := range out {
				r := reflect.New(t.Out(i)).Elem()
				r.Set(reflect.NewAt(t.Out(i), unsafe.Add(fp, f.Results[i].Offset)).Elem())
				out[i] = r
			}
		}
		th := current()
		if th == nil {
			for i := range out {
				out[i] = reflect.Zero(t.Out(i))
			}
			c.foreign(before, after)
			return out
		}
		f, fp := c.enter(th)
		native := th.native
		before(f, fp)
		f.exec(fp)
		after(f, fp)
		th.leave(native)
		f.put(th, fp)
		return out
	}
}
