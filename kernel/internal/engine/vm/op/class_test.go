package op

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"unsafe"
)

// moved tries the instructions that move values of a type: three different ones are given, the first of them is zero.
func moved[T any](t *testing.T, zero, x, y T) {
	t.Helper()
	type frame struct {
		d, v  T
		s     []T
		rows  [][]T
		pairs []struct{ pad, v T }
		q     *struct {
			n     int
			pairs []struct{ pad, v T }
		}
		p          *T
		b          *struct{ pad, v T }
		i, j, n, o int
		ok         bool
		none       *T
	}
	var probe frame
	c, at := ClassOf(reflect.TypeFor[T]()), func(field any) uintptr {
		return uintptr(reflect.ValueOf(field).UnsafePointer()) - uintptr(P(&probe))
	}
	d, v, s, rows, p, b := at(&probe.d), at(&probe.v), at(&probe.s), at(&probe.rows), at(&probe.p), at(&probe.b)
	i, j, n, none := at(&probe.i), at(&probe.j), at(&probe.n), at(&probe.none)
	pairs, q := at(&probe.pairs), at(&probe.q)
	second, pair, inQ := unsafe.Offsetof(struct{ pad, v T }{}.v), unsafe.Sizeof(struct{ pad, v T }{}), unsafe.Offsetof(probe.q.pairs)
	fresh := func() *frame {
		a := []T{zero, x, y, x}
		two := []struct{ pad, v T }{{zero, x}, {x, y}}
		return &frame{v: y, s: a, rows: [][]T{nil, a}, pairs: two, q: &struct {
			n     int
			pairs []struct{ pad, v T }
		}{3, two}, p: &a[1], b: &struct{ pad, v T }{v: y}, i: 1, j: 2, n: 2, o: 1}
	}
	for _, tt := range []struct {
		name string
		op   Op
		want func(f *frame)
	}{
		{"copy", c.Copy(d, v), func(f *frame) { f.d = f.v }},
		{"load", c.Load(d, p, 0), func(f *frame) { f.d = *f.p }},
		{"load field", c.Load(d, b, second), func(f *frame) { f.d = f.b.v }},
		{"load at", c.LoadAt(d, func(fp P) P { return P((*frame)(fp).p) }), func(f *frame) { f.d = *f.p }},
		{"load index", c.LoadIndex(d, s, i), func(f *frame) { f.d = f.s[f.i] }},
		{"load index 2", c.LoadIndex2(d, rows, i, j), func(f *frame) { f.d = f.rows[f.i][f.j] }},
		{"load index sum", c.LoadIndexSum(d, s, i, n, i), func(f *frame) { f.d = f.s[f.i*f.n+f.i] }},
		{"load part", c.LoadPart(d, pairs, i, pair, second), func(f *frame) { f.d = f.pairs[f.i].v }},
		{"load through", c.LoadThrough(d, q, inQ, i, pair, second), func(f *frame) { f.d = f.q.pairs[f.i].v }},
		{"store", c.Store(v, p, 0), func(f *frame) { *f.p = f.v }},
		{"store field", c.Store(v, b, second), func(f *frame) { f.b.v = f.v }},
		{"store at", c.StoreAt(v, func(fp P) P { return P((*frame)(fp).p) }), func(f *frame) { *f.p = f.v }},
		{"store index", c.StoreIndex(v, s, i), func(f *frame) { f.s[f.i] = f.v }},
		{"append", c.Append(s, s, s), func(f *frame) { f.s = append(f.s, f.s...) }},
		{"append one", c.AppendOne(s, s, v), func(f *frame) { f.s = append(f.s, f.v) }},
		{"load nil", c.Load(d, none, 0), func(f *frame) { f.d = *f.none }},
		{"store nil", c.Store(v, none, 0), func(f *frame) { *f.none = f.v }},
		{"load out of range", func(fp P) { (*frame)(fp).i = 4; c.LoadIndex(d, s, i)(fp) }, func(f *frame) { f.i = 4; f.d = f.s[f.i] }},
		{"load below", func(fp P) { (*frame)(fp).i = below; c.LoadIndex(d, s, i)(fp) }, func(f *frame) { f.i = below; f.d = f.s[f.i] }},
		{"row out of range", func(fp P) { (*frame)(fp).j = 9; c.LoadIndex2(d, rows, i, j)(fp) }, func(f *frame) { f.j = 9; f.d = f.rows[f.i][f.j] }},
		{"part out of range", func(fp P) { (*frame)(fp).i = 2; c.LoadPart(d, pairs, i, pair, second)(fp) }, func(f *frame) { f.i = 2; f.d = f.pairs[f.i].v }},
		{"through out of range", func(fp P) { (*frame)(fp).i = below; c.LoadThrough(d, q, inQ, i, pair, second)(fp) }, func(f *frame) { f.i = below; f.d = f.q.pairs[f.i].v }},
		{"through nil", func(fp P) { (*frame)(fp).q = nil; c.LoadThrough(d, q, inQ, i, pair, second)(fp) }, func(f *frame) { f.q = nil; f.d = f.q.pairs[f.i].v }},
		{"store out of range", func(fp P) { (*frame)(fp).i = 4; c.StoreIndex(v, s, i)(fp) }, func(f *frame) { f.i = 4; f.s[f.i] = f.v }},
	} {
		if tt.op == nil || checksPointers && tt.name == "through nil" { // the first: of values without size
			continue
		}
		got, want := fresh(), fresh()
		text := outcome(func() any { tt.op(P(got)); runtime.GC(); return contents(got) })
		if w := outcome(func() any { tt.want(want); return contents(want) }); text != w {
			t.Errorf("%s of %T = %s; want %s", tt.name, x, text, w)
		}
	}
}

// contents writes a frame without the addresses in it.
func contents(f any) string {
	v := reflect.ValueOf(f).Elem()
	var b strings.Builder
	for i := range v.NumField() {
		x := v.Field(i)
		if name := v.Type().Field(i).Name; (name == "p" || name == "b" || name == "q") && !x.IsNil() {
			x = x.Elem()
		}
		fmt.Fprintf(&b, " %v", x)
	}
	return b.String()
}

// below is no constant: with one, Go 1.26 on arm64 says another index.
var below = -1

func TestClasses(t *testing.T) {
	p, q := new(int), new(int)
	moved(t, 0, 1, 2)
	moved(t, uint8(0), 1, 255)
	moved(t, int16(0), -1, 300)
	moved(t, float32(0), -1, 300)
	moved(t, 0, 1.5, -2.5)
	moved(t, "", "a", "bc")
	moved(t, nil, any(1), any("x"))
	moved(t, nil, p, q)
	moved(t, nil, []int{1}, []int{2, 3})
	moved(t, 0, 1i, 2+3i)
	moved(t, [3]byte{}, [3]byte{1, 2, 3}, [3]byte{4, 5, 6})
	moved(t, [2]string{}, [2]string{"a", "b"}, [2]string{"c"})
	moved(t, [9]int{}, [9]int{1, 8: 9}, [9]int{2})
	type mixed struct {
		a int8
		p *int
		s string
		f float64
		m map[int]int
	}
	moved(t, mixed{}, mixed{1, nil, "s", 2, map[int]int{1: 2}}, mixed{s: "t"})
	type pair struct {
		a int
		b *int
	}
	moved(t, pair{}, pair{1, nil}, pair{2, nil})
	moved(t, struct{}{}, struct{}{}, struct{}{})
	moved(t, [600]int{}, [600]int{599: 1}, [600]int{1}) // beyond the zero page
}

// A class holds what the values of its types have pointers to.
func TestPointers(t *testing.T) {
	for _, tt := range []struct {
		v     any
		words string // p where a word is a pointer
	}{
		{1, "w"}, {"", "pw"}, {new(any), "p"}, {[]int{}, "pww"}, {struct {
			a int8
			b any
			c [2]string
			d [0]*int
			e func()
		}{}, "wpppwpwpw"[:1] + "pp" + "pwpw" + "p"},
	} {
		typ := reflect.TypeOf(tt.v)
		got := []byte(strings.Repeat("w", int(typ.Size()/8)))
		Pointers(typ, func(off uintptr) { got[off/8] = 'p' })
		if string(got[:len(tt.words)]) != tt.words {
			t.Errorf("Pointers(%v) = %s; want %s", typ, got, tt.words)
		}
		if HasPointers(typ) != strings.Contains(tt.words, "p") {
			t.Errorf("HasPointers(%v) = %v", typ, HasPointers(typ))
		}
	}
}

func TestDirect(t *testing.T) {
	type one struct{ P *int }
	for _, tt := range []struct {
		v    any
		want bool
	}{
		{new(int), true}, {map[int]int{}, true}, {one{}, true}, {[1]one{}, true}, {1, false}, {"", false}, {[2]*int{}, false}, {struct{ a, b *int }{}, false}, {[]int{}, false},
	} {
		if got := Direct(reflect.TypeOf(tt.v)); got != tt.want {
			t.Errorf("Direct(%T) = %v; want %v", tt.v, got, tt.want)
		}
	}
}

// through sends values through a channel and a map of a type.
func through[T any](t *testing.T, x T) {
	t.Helper()
	c := ClassOf(reflect.TypeFor[T]())
	ch := make(chan T, 1)
	p := *(*P)(P(&ch))
	stop := make(chan struct{})
	var got T
	if done, _ := c.TryReceive(p, P(&got)); done {
		t.Errorf("TryReceive of an empty chan %T is done", x)
	}
	if !c.TrySend(p, P(&x)) || c.TrySend(p, P(&x)) {
		t.Errorf("TrySend of two %T: want the first only sent", x)
	}
	if ok, stopped := c.Receive(p, P(&got), stop); !ok || stopped || fmt.Sprint(got) != fmt.Sprint(x) {
		t.Errorf("Receive = %v, %v, %v; want %v", got, ok, stopped, x)
	}
	if c.Send(p, P(&x), stop) {
		t.Errorf("Send of a %T stopped", x)
	}
	close(stop)
	var full chan T
	if ok, stopped := c.Receive(*(*P)(P(&full)), P(&got), stop); ok || !stopped {
		t.Errorf("Receive from a nil chan %T = %v, %v; want it stopped", x, ok, stopped)
	}
	close(ch)
	c.TryReceive(p, P(&got))
	if done, ok := c.TryReceive(p, P(&got)); !done || ok || fmt.Sprint(got) != fmt.Sprint(*new(T)) {
		t.Errorf("TryReceive of a closed chan = %v, %v, %v; want zero", got, done, ok)
	}
	if text := outcome(func() any { return c.TrySend(p, P(&x)) }); text != "panic runtime.plainError send on closed channel" {
		t.Errorf("TrySend to a closed chan %T = %s", x, text)
	}
	type frame struct {
		m  map[string]T
		k  string
		v  T
		ok bool
	}
	f := frame{m: map[string]T{}, k: "k", v: x}
	ko, vo, oo := unsafe.Offsetof(f.k), unsafe.Offsetof(f.v), unsafe.Offsetof(f.ok)
	store, load := c.MapStore(String, 0, ko, vo), c.MapLoad(String, vo, oo, 0, ko)
	if store == nil {
		return
	}
	store(P(&f))
	f.v = *new(T)
	if load(P(&f)); !f.ok || fmt.Sprint(f.v) != fmt.Sprint(x) || len(f.m) != 1 {
		t.Errorf("a map of %T: %v, %v; want %v", x, f.v, f.ok, x)
	}
	f.k = "none"
	if load(P(&f)); f.ok || fmt.Sprint(f.v) != fmt.Sprint(*new(T)) {
		t.Errorf("a map of %T without the key: %v, %v; want zero", x, f.v, f.ok)
	}
}

func TestContainers(t *testing.T) {
	through(t, 7)
	through(t, "s")
	through(t, any(1.5))
	through(t, uint8(3))
	through(t, []int{1})
	through(t, [5]string{"a", 4: "b"})
	through(t, struct {
		a int8
		s string
	}{1, "x"})
	through(t, struct{}{})
}

// Two uses of a map that meet, one of them a write, are an error; as long as one thread runs nothing is looked at.
func TestGuards(t *testing.T) {
	m := P(new(int))
	WriteMap(m, func() {
		if got := outcome(func() any { ReadMap(m, func() {}); return 0 }); !strings.Contains(got, "concurrent map read and map write") {
			t.Errorf("a read during a write: %s", got)
		}
		if got := outcome(func() any { WriteMap(m, func() {}); return 0 }); !strings.Contains(got, "concurrent map writes") {
			t.Errorf("a write during a write: %s", got)
		}
	})
	WriteMap(m, func() {}) // the guards are gone
	ReadMap(m, func() { ReadMap(m, func() {}) })
	outcome(func() any { WriteMap(m, func() { panic("in the use") }); return 0 })
	WriteMap(m, func() {})
	// Of many goroutines that take turns none is told off.
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 1000 {
				mu.Lock()
				WriteMap(m, func() {})
				mu.Unlock()
			}
		})
	}
	all.Wait()
}
