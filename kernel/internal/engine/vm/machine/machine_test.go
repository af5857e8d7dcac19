package machine

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"
	"weak"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

var (
	intType = reflect.TypeFor[int]()
	ptrType = reflect.TypeFor[*int]()
	strType = reflect.TypeFor[string]()
)

// newTest returns a function of the given instructions, with registers after its results: ops gets the offsets of all three.
func newTest(name string, params, results, registers []reflect.Type, ops func(f *Func, r []Slot) []op.Op) *Cell {
	return NewCell(NewFunc(NewHead(name, params, results), false, func(f *Func) error {
		r, end := Place1(registers, f.End())
		header := unsafe.Sizeof(Header{})
		words := map[uintptr]bool{}
		for _, s := range append(append(append([]Slot(nil), f.Params...), f.Results...), r...) {
			op.Pointers(s.Type, func(off uintptr) { words[(s.Offset+off-header)/8] = true })
		}
		n := (end-header)/8 + 1 // so that what has no size lies in the frame, too
		f.SetFrame(Layout{Type: FrameType(n, func(w uintptr) bool { return words[w] }), ClearFrom: header, ClearWords: n})
		f.Entry = &op.Block{Term: func(P) *op.Block { return nil }}
		for _, o := range ops(f, r) {
			f.Entry.Op[f.Entry.N] = o
			f.Entry.N++
		}
		return nil
	}))
}

func at[T any](fp P, s Slot) *T { return (*T)(unsafe.Add(fp, s.Offset)) }

// start runs a function without parameters on a thread of a group.
func start(g *Group, c *Cell) *Panic {
	return g.Run(func(t *Thread) Deferred { return Prepare(t, c.Func()) })
}

// call makes a Go function of a cell and calls it on a thread.
func call(t *testing.T, c *Cell, typ reflect.Type, args ...any) (out []any, p *Panic) {
	t.Helper()
	f := FuncValue(typ, c)
	p = NewGroup(nil).Run(func(*Thread) Deferred {
		return Call(func() {
			var in []reflect.Value
			for i, a := range args {
				in = append(in, reflect.ValueOf(a).Convert(typ.In(i)))
			}
			for _, r := range f.Call(in) {
				out = append(out, r.Interface())
			}
		})
	})
	return out, p
}

// The type of a frame has pointers where FrameType is told, and nowhere else.
func TestFrameType(t *testing.T) {
	header := unsafe.Sizeof(Header{})
	for _, words := range []string{"", "w", "p", "wpwwppw", "ppppppppww", strings.Repeat("wp", 40)} {
		typ := FrameType(uintptr(len(words)), func(w uintptr) bool { return words[w] == 'p' })
		if typ.Size() != header+8*uintptr(len(words)) {
			t.Errorf("FrameType(%q) has %d bytes; want the header and %d words", words, typ.Size(), len(words))
		}
		got := []byte(strings.Repeat("w", len(words)))
		op.Pointers(typ, func(off uintptr) {
			if off >= header {
				got[(off-header)/8] = 'p'
			}
		})
		if string(got) != words {
			t.Errorf("FrameType(%q) has its pointers at %s", words, got)
		}
	}
}

// A frame keeps what it points to while its function runs, and nothing afterwards.
func TestFrameIsForgotten(t *testing.T) {
	var kept weak.Pointer[[1000]int]
	alive := false
	c := newTest("f", nil, nil, []reflect.Type{intType, reflect.TypeFor[*[1000]int](), intType}, func(_ *Func, r []Slot) []op.Op {
		return []op.Op{
			func(fp P) {
				p := new([1000]int)
				kept = weak.Make(p)
				*at[*[1000]int](fp, r[1]) = p
				*at[int](fp, r[0]), *at[int](fp, r[2]) = 7, int(uintptr(P(p)))
			},
			func(P) { runtime.GC(); runtime.GC(); alive = kept.Value() != nil },
		}
	})
	th := make(chan *Thread, 1)
	g := NewGroup(nil)
	p := g.Run(func(t *Thread) Deferred { th <- t; return Prepare(t, c.Func()) })
	runtime.GC()
	runtime.GC()
	if p != nil || !alive || kept.Value() != nil {
		t.Errorf("the object was kept during the call: %v, after it: %v; want true, false", alive, kept.Value() != nil)
	}
	runtime.KeepAlive(<-th)
}

// Frames are used again, with the words of pointers cleared and those of constants as they were.
func TestFrameIsReused(t *testing.T) {
	c := newTest("f", []reflect.Type{ptrType, intType}, []reflect.Type{strType}, []reflect.Type{intType, ptrType}, func(*Func, []Slot) []op.Op { return nil })
	f := c.Func()
	th := &Thread{group: NewGroup(nil)}
	a, b := f.get(th), f.get(th)
	if a == b {
		t.Fatal("two frames at once are one")
	}
	*at[*int](a, f.Params[0]), *at[int](a, f.Params[1]), *at[string](a, f.Results[0]) = new(int), 5, "s"
	f.put(th, a)
	if got := f.get(th); got != a {
		t.Errorf("get after put = %p; want %p", got, a)
	}
	if *at[*int](a, f.Params[0]) != nil || unsafe.StringData(*at[string](a, f.Results[0])) != nil {
		t.Error("a frame that is used again has pointers of the last call")
	}
	if h := HeaderOf(a); h.Thread != th || h.Func != f {
		t.Errorf("the frame's header says thread %p, function %p; want %p, %p", h.Thread, h.Func, th, f)
	}
}

// Calls of functions with parameters and results of every class, from Go and from a function of the machine.
func TestSites(t *testing.T) {
	type small struct {
		a int8
		b *int
	}
	n := new(int)
	for _, tt := range []struct {
		name string
		args []any
	}{
		{"none", nil},
		{"word", []any{7}},
		{"pointer", []any{n}},
		{"bool", []any{true}},
		{"two words", []any{1, -2}},
		{"pointer and word", []any{n, 3}},
		{"three words", []any{1, 2, 3}},
		{"strings", []any{"a", "bc"}},
		{"mixed", []any{int8(-1), "x", 2.5, []int{1}, any(nil), 1i, uint16(9)}},
		{"structs", []any{small{1, n}, [3]string{"a", "", "c"}, struct{}{}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var types []reflect.Type
			for i, a := range tt.args {
				if a == nil {
					tt.args[i] = any("")
					a = any("")
				}
				types = append(types, reflect.TypeOf(a))
			}
			// id returns its parameters; twice calls id and returns what it gives.
			id := newTest("id", types, types, nil, func(f *Func, _ []Slot) []op.Op { return copies(f.Params, f.Results) })
			twice := newTest("twice", types, types, types, func(f *Func, r []Slot) []op.Op {
				return append([]op.Op{NewSite(f.Params, r, false).Static(id)}, copies(r, f.Results)...)
			})
			typ := reflect.FuncOf(types, types, false)
			value := newTest("value", types, types, append([]reflect.Type{typ}, types...), func(f *Func, r []Slot) []op.Op {
				load := func(fp P) { *at[P](fp, r[0]) = op.FuncPointer(FuncValue(typ, id)) }
				return append([]op.Op{load, NewSite(f.Params, r[1:], false).Value(typ, r[0].Offset)}, copies(r[1:], f.Results)...)
			})
			native := reflect.MakeFunc(typ, func(in []reflect.Value) []reflect.Value { return in })
			compiled := newTest("compiled", types, types, types, func(f *Func, r []Slot) []op.Op {
				return append([]op.Op{NewSite(f.Params, r, false).Native(native)}, copies(r, f.Results)...)
			})
			unwanted := newTest("unwanted", types, types, nil, func(f *Func, _ []Slot) []op.Op {
				return append([]op.Op{NewSite(f.Params, make([]Slot, 0), false).Static(id)}, copies(f.Params, f.Results)...)
			})
			for _, c := range []*Cell{id, twice, value, compiled, unwanted} {
				for range 3 {
					got, p := call(t, c, typ, tt.args...)
					if p != nil || fmt.Sprint(got...) != fmt.Sprint(tt.args...) {
						t.Errorf("%s(%v) = %v, %v; want the arguments", c.Func().Name, tt.args, got, p)
					}
				}
			}
		})
	}
}

// copies returns one instruction that copies all of from to to.
func copies(from, to []Slot) []op.Op {
	return []op.Op{func(fp P) {
		for i, s := range from {
			if o := op.ClassOf(s.Type).Copy(to[i].Offset, s.Offset); o != nil {
				o(fp)
			}
		}
	}}
}

// A redefinition of a function is what its earlier callers call.
func TestCellIsRedefined(t *testing.T) {
	constant := func(n int) *Cell {
		return newTest(fmt.Sprint("f", n), nil, []reflect.Type{intType}, nil, func(f *Func, _ []Slot) []op.Op {
			return []op.Op{func(fp P) { *at[int](fp, f.Results[0]) = n }}
		})
	}
	f := constant(1)
	caller := newTest("caller", nil, []reflect.Type{intType}, nil, func(g *Func, _ []Slot) []op.Op {
		return []op.Op{NewSite(nil, g.Results, false).Static(f)}
	})
	typ := reflect.TypeFor[func() int]()
	value := FuncValue(typ, f).Interface().(func() int)
	for _, want := range []int{1, 2, 3} {
		f.Set(constant(want).Func())
		if got, p := call(t, caller, typ); p != nil || got[0] != want {
			t.Errorf("the caller got %v, %v; want %d", got, p, want)
		}
		if got := value(); got != want { // on a goroutine that is no thread
			t.Errorf("the func value gave %d; want %d", got, want)
		}
	}
}

type speaker interface{ Say(n int) string }
type (
	s1 struct{ n int }
	s2 struct{ p *int }
	s3 string
	s4 [3]int
	s5 func() int
	s6 struct{}
)

func (s s1) Say(n int) string { return fmt.Sprint("compiled 1 ", s.n+n) }
func (s s2) Say(n int) string { return fmt.Sprint("compiled 2 ", *s.p+n) }
func (s s3) Say(n int) string { return fmt.Sprint("compiled 3 ", string(s), n) }
func (s s4) Say(n int) string { return fmt.Sprint("compiled 4 ", s[2]+n) }
func (s s5) Say(n int) string { return fmt.Sprint("compiled 5 ", s()+n) }
func (s s6) Say(n int) string { return fmt.Sprint("compiled 6 ", n) }

// A call through an interface finds the method of whatever type comes, more types than it remembers: of compiled code, or
// the machine's own.
func TestInvoke(t *testing.T) {
	n := 40
	values := []speaker{s1{1}, s2{&n}, s3("x"), s4{2: 5}, s5(func() int { return 6 }), s6{}, &s1{7}}
	asked := 0
	// The machine's own method of s3 and s4 takes the receiver by value, that of *s1 as it is.
	find := func(recv reflect.Type) (*Cell, reflect.Type) {
		asked++
		switch recv {
		case reflect.TypeFor[s3](), reflect.TypeFor[s4](), reflect.TypeFor[*s1]():
			value := recv
			if recv.Kind() == reflect.Pointer {
				value = nil
			}
			return newTest("Say", []reflect.Type{recv, intType}, []reflect.Type{strType}, nil, func(f *Func, _ []Slot) []op.Op {
				return []op.Op{func(fp P) {
					r := reflect.NewAt(recv, unsafe.Add(fp, f.Params[0].Offset)).Elem()
					*at[string](fp, f.Results[0]) = fmt.Sprintf("own %v %d", reflect.Indirect(r), *at[int](fp, f.Params[1]))
				}}
			}), value
		}
		return nil, nil
	}
	iface := reflect.TypeFor[speaker]()
	caller := newTest("caller", []reflect.Type{iface, intType}, []reflect.Type{strType}, nil, func(f *Func, _ []Slot) []op.Op {
		args := []Slot{{Offset: f.Params[0].Offset + 8, Type: reflect.TypeFor[P]()}, f.Params[1]}
		return []op.Op{NewSite(args, f.Results, false).Invoke(iface, 0, f.Params[0].Offset, find)}
	})
	typ := reflect.TypeFor[func(speaker, int) string]()
	want := []string{"compiled 1 3", "compiled 2 42", "own x 2", "own [0 0 5] 2", "compiled 5 8", "compiled 6 2", "own {7} 2"}
	for round := range 3 {
		for i, v := range values {
			got, p := call(t, caller, typ, v, 2)
			if p != nil || got[0] != want[i] {
				t.Errorf("round %d: %T.Say(2) = %q, %v; want %q", round, v, got, p, want[i])
			}
		}
	}
	asked = 0
	for range 5 {
		call(t, caller, typ, values[0], 2)
	}
	if asked > 1 {
		t.Errorf("five calls for one type looked the method up %d times; want 1 at most", asked)
	}
	c := newTest("nil", nil, nil, []reflect.Type{iface, strType}, func(_ *Func, r []Slot) []op.Op {
		args := []Slot{{Offset: r[0].Offset + 8, Type: reflect.TypeFor[P]()}, r[1]}
		return []op.Op{NewSite(args, r[1:], false).Invoke(iface, 0, r[0].Offset, find)}
	})
	if p := start(NewGroup(nil), c); p == nil || !strings.Contains(fmt.Sprint(p.Value), "nil pointer dereference") {
		t.Errorf("a call through nil: %v; want a nil pointer dereference", p)
	}
}

// deferring returns a function that defers calls of the functions given, in their order, and then runs body.
func deferring(calls []*Cell, recover_ bool, body op.Op) *Cell {
	c := newTest("deferring", nil, nil, nil, func(f *Func, _ []Slot) []op.Op {
		var ops []op.Op
		for _, d := range calls {
			ops = append(ops, NewSite(nil, nil, false).PutStatic(d).Defer(0))
		}
		return append(ops, body, RunDefers)
	})
	more := c.Func().more.Load()
	compile := more.compile
	c.Func().HasDefers = true
	more.compile = func(f *Func) error {
		err := compile(f)
		if recover_ {
			f.SetRecover(&op.Block{Term: func(P) *op.Block { return nil }})
		}
		return err
	}
	return c
}

// Deferred calls run last in first out, whatever ends the function; recover gives the panic to the function that a defer
// statement calls, once.
func TestDefers(t *testing.T) {
	var log []string
	note := func(s string) *Cell {
		return newTest(s, nil, nil, nil, func(*Func, []Slot) []op.Op { return []op.Op{func(P) { log = append(log, s) }} })
	}
	recovers := newTest("recovers", nil, nil, nil, func(*Func, []Slot) []op.Op {
		return []op.Op{func(fp P) { log = append(log, fmt.Sprint("recovered ", Recover(fp), " ", Recover(fp))) }}
	})
	inner := newTest("calls recovers", nil, nil, nil, func(*Func, []Slot) []op.Op { return []op.Op{NewSite(nil, nil, false).Static(recovers)} })
	panics := func(v string) *Cell {
		return newTest("panics", nil, nil, nil, func(*Func, []Slot) []op.Op { return []op.Op{func(fp P) { Throw(fp, v) }} })
	}
	nothing, fault := func(P) {}, func(P) { _ = *(*int)(nil) }
	for _, tt := range []struct {
		name  string
		calls []*Cell
		body  op.Op
		log   string
		panic string // "" for none
	}{
		{"returns", []*Cell{note("a"), note("b"), recovers}, nothing, "recovered <nil> <nil>, b, a", ""},
		{"panics", []*Cell{note("a"), note("b")}, func(P) { panic("p") }, "b, a", "p"},
		{"recovered", []*Cell{note("a"), recovers, note("b"), recovers}, func(P) { panic("p") }, "recovered p <nil>, b, recovered <nil> <nil>, a", ""},
		{"a fault", []*Cell{recovers}, fault, "recovered runtime error: invalid memory address or nil pointer dereference <nil>", ""},
		{"not by what a deferred function calls", []*Cell{inner}, func(P) { panic("p") }, "recovered <nil> <nil>", "p"},
		{"a panic instead", []*Cell{recovers, panics("q")}, func(P) { panic("p") }, "recovered q <nil>", ""},
		{"two panics", []*Cell{note("a"), panics("q")}, func(P) { panic("p") }, "a", "q after p"},
		{"a value that is no string", []*Cell{recovers}, func(P) { panic(errors.New("e")) }, "recovered e <nil>", ""},
		{"an exit", []*Cell{note("a"), recovers}, func(P) { runtime.Goexit() }, "recovered <nil> <nil>, a", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			log = nil
			var p *Panic
			done := make(chan bool)
			go func() {
				defer close(done)
				p = start(NewGroup(nil), deferring(tt.calls, true, tt.body))
			}()
			<-done
			got := ""
			if p != nil {
				got = fmt.Sprint(p.Value)
				if b := p.Before(); b != nil {
					got += fmt.Sprint(" after ", b.Value)
				}
			}
			if strings.Join(log, ", ") != tt.log || got != tt.panic {
				t.Errorf("it runs %q and panics with %q; want %q, %q", strings.Join(log, ", "), got, tt.log, tt.panic)
			}
		})
	}
}

// spinning returns a function that loops for ever, in two blocks.
func spinning(started func()) *Cell {
	c := newTest("spins", nil, nil, nil, func(*Func, []Slot) []op.Op { return []op.Op{func(P) { started() }} })
	more := c.Func().more.Load()
	compile := more.compile
	more.compile = func(f *Func) error {
		err := compile(f)
		loop := &op.Block{ID: 1}
		loop.Term = func(P) *op.Block { return loop }
		f.Entry.Term = func(P) *op.Block { return loop }
		return err
	}
	return c
}

// An interrupt ends loops and waits, soon; deferred calls run, and recover does not get it.
func TestInterrupt(t *testing.T) {
	for _, tt := range []struct {
		name string
		cell func(started func()) *Cell
	}{
		{"loop", spinning},
		{"receive", func(started func()) *Cell {
			return newTest("receives", nil, nil, []reflect.Type{intType}, func(_ *Func, r []Slot) []op.Op {
				ch := make(chan int)
				return []op.Op{func(fp P) {
					started()
					Receive(fp, op.ClassOf(intType), *(*P)(P(&ch)), unsafe.Add(fp, r[0].Offset), func() Place { return Place{Line: 1} })
				}}
			})
		}},
		{"sleep", func(started func()) *Cell {
			return newTest("sleeps", nil, nil, nil, func(*Func, []Slot) []op.Op {
				return []op.Op{func(fp P) { started(); Sleep(fp, time.Hour, func() Place { return Place{Line: 1} }) }}
			})
		}},
		{"mutex", func(started func()) *Cell {
			return newTest("locks", nil, nil, nil, func(*Func, []Slot) []op.Op {
				var mu sync.Mutex
				mu.Lock()
				return []op.Op{func(fp P) { started(); Await(fp, "Lock", func() Place { return Place{Line: 1} }, mu.Lock, mu.Unlock) }}
			})
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			began := make(chan bool, 1)
			var log []string
			recovers := newTest("recovers", nil, nil, nil, func(*Func, []Slot) []op.Op {
				return []op.Op{func(fp P) { log = append(log, fmt.Sprint("deferred ", Recover(fp))) }}
			})
			body := tt.cell(func() { began <- true })
			g := NewGroup(nil)
			ended := make(chan *Panic)
			go func() { ended <- start(g, deferring([]*Cell{recovers}, true, NewSite(nil, nil, false).Static(body))) }()
			<-began
			time.Sleep(5 * time.Millisecond)
			from := time.Now()
			g.Stop()
			p := <-ended
			if d := time.Since(from); d > 100*time.Millisecond && !testing.Short() {
				t.Errorf("it ended after %v; want 100 ms at most", d)
			}
			if p == nil || !p.Interrupted() || strings.Join(log, ",") != "deferred <nil>" {
				t.Errorf("it ended with %v after %q; want an interrupt after the deferred call", p, log)
			}
			if p := start(g, spinning(func() {})); p == nil || !p.Interrupted() {
				t.Errorf("a later thread of the group ended with %v; want an interrupt", p)
			}
		})
	}
}

// A recursion without an end is an error.
func TestStackOverflow(t *testing.T) {
	f := &Cell{}
	*f = *newTest("f", nil, nil, nil, func(*Func, []Slot) []op.Op { return []op.Op{NewSite(nil, nil, false).Static(f)} })
	p := start(NewGroup(nil), f)
	if p == nil || !strings.Contains(fmt.Sprint(p.Value), "stack overflow") {
		t.Fatalf("a recursion without an end ended with %v; want a stack overflow", p)
	}
	if p := start(NewGroup(nil), newTest("g", nil, nil, nil, func(*Func, []Slot) []op.Op { return nil })); p != nil {
		t.Errorf("the next call panicked with %v", p.Value)
	}
}

// A group knows its threads; a panic that ends one of them is told to Uncaught.
func TestGroup(t *testing.T) {
	told := make(chan any, 1)
	g := NewGroup(func(p *Panic) { told <- p.Value })
	gate := make(chan int)
	g.Go(Place{Line: 7}, func(t *Thread) Deferred { return Call(func() { <-gate; panic("of a goroutine") }) })
	if s := g.Starts(); len(s) != 1 || s[0].Line != 7 {
		t.Errorf("Starts() = %v; want line 7", s)
	}
	close(gate)
	if v := <-told; v != "of a goroutine" {
		t.Errorf("Uncaught was told of %v", v)
	}
	for end := time.Now().Add(time.Second); len(g.Starts()) > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("Starts() = %v after the goroutine's end", g.Starts())
		}
	}
}

// A panic in a function that compiled code calls on a goroutine of its own is told to the host; the function returns zero.
func TestForeign(t *testing.T) {
	old := Host
	defer func() { Host = old }()
	told := make(chan any, 1)
	Host.Uncaught = func(p *Panic, _ any) { told <- p.Value }
	c := newTest("f", []reflect.Type{intType}, []reflect.Type{strType}, nil, func(f *Func, _ []Slot) []op.Op {
		return []op.Op{func(fp P) {
			if *at[int](fp, f.Params[0]) == 0 {
				panic("zero")
			}
			*at[string](fp, f.Results[0]) = "not zero"
		}}
	})
	f := FuncValue(reflect.TypeFor[func(int) string](), c).Interface().(func(int) string)
	out := make(chan string)
	go func() { out <- f(1); out <- f(0) }()
	if got := <-out; got != "not zero" {
		t.Errorf("f(1) = %q", got)
	}
	if got, v := <-out, <-told; got != "" || v != "zero" {
		t.Errorf("f(0) = %q, and the host was told of %v; want \"\", zero", got, v)
	}
}
