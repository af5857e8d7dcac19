package behave

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unique"
	"weak"

	shadowruntime "gopherceptron.internal/shadow/runtime"
	shadowatomic "gopherceptron.internal/shadow/sync/atomic"
	shadowunique "gopherceptron.internal/shadow/unique"
	shadowweak "gopherceptron.internal/shadow/weak"
)

// big has a pointer and is too large for an allocation to be shared.
type big struct {
	next *big
	data [32]int
}

func TestAtomicPointer(t *testing.T) {
	x := &struct {
		before uint32
		p      atomic.Pointer[big]
		after  uint32
	}{before: 1, after: 2}
	a, b := new(big), new(big)
	if got := shadowatomic.Pointer_Load(&x.p); got != nil {
		t.Errorf("Load of the zero value = %p; want nil", got)
	}
	shadowatomic.Pointer_Store(&x.p, a)
	if got := x.p.Load(); got != a {
		t.Errorf("Load after the shadow's Store = %p; want %p", got, a)
	}
	x.p.Store(b)
	if got := shadowatomic.Pointer_Load(&x.p); got != b {
		t.Errorf("the shadow's Load after Store = %p; want %p", got, b)
	}
	if got := shadowatomic.Pointer_Swap(&x.p, a); got != b || x.p.Load() != a {
		t.Errorf("Swap = %p, and then %p; want %p, %p", got, x.p.Load(), b, a)
	}
	if shadowatomic.Pointer_CompareAndSwap(&x.p, b, b) || x.p.Load() != a {
		t.Errorf("CompareAndSwap of another pointer: %p; want false and %p", x.p.Load(), a)
	}
	if !shadowatomic.Pointer_CompareAndSwap(&x.p, a, b) || x.p.Load() != b {
		t.Errorf("CompareAndSwap: %p; want true and %p", x.p.Load(), b)
	}
	if x.before != 1 || x.after != 2 {
		t.Errorf("the neighbours are %d, %d; want 1, 2", x.before, x.after)
	}
	var head atomic.Pointer[big] // a stack that goroutines push to
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 1000 {
				n := new(big)
				for {
					n.next = shadowatomic.Pointer_Load(&head)
					if shadowatomic.Pointer_CompareAndSwap(&head, n.next, n) {
						break
					}
				}
			}
		})
	}
	wg.Wait()
	n := 0
	for p := head.Load(); p != nil; p = p.next {
		n++
	}
	if n != 4000 {
		t.Errorf("the stack has %d elements; want 4000", n)
	}
}

// eventually collects garbage until ok.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 200 {
		runtime.GC()
		if ok() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("it never happens: %s", what)
}

func TestWeak(t *testing.T) {
	p := new(big)
	w, r := shadowweak.Make(p), weak.Make(p)
	if w != r {
		t.Errorf("Make(p) = %v; want %v", w, r)
	}
	if got := shadowweak.Pointer_Value(w); got != p {
		t.Errorf("Value = %p; want %p", got, p)
	}
	if got := shadowweak.Pointer_Value(r); got != p {
		t.Errorf("Value of a real one = %p; want %p", got, p)
	}
	inner := shadowweak.Make(&p.data[3])
	if inner != weak.Make(&p.data[3]) || shadowweak.Pointer_Value(inner) != &p.data[3] {
		t.Error("a pointer into an object is not like weak's")
	}
	if shadowweak.Make(new(big)) == w {
		t.Error("weak pointers to two objects are equal")
	}
	var none weak.Pointer[big]
	if shadowweak.Make[big](nil) != none || shadowweak.Pointer_Value(none) != nil {
		t.Error("a weak pointer made of nil is not the zero value")
	}
	runtime.GC()
	if shadowweak.Pointer_Value(w) != p {
		t.Error("the object is gone while it is in use")
	}
	runtime.KeepAlive(p)
	p = nil
	eventually(t, "Value is nil", func() bool { return shadowweak.Pointer_Value(w) == nil && shadowweak.Pointer_Value(inner) == nil })
	if w != r {
		t.Error("the pointers are no more equal when the object is gone")
	}
}

type named string

type pair struct {
	s string
	v any
}

// same tells whether handles of the shadow are equal exactly if those of package unique are.
func same[T comparable](t *testing.T, values ...T) {
	t.Helper()
	for i, a := range values {
		ha, ra := shadowunique.Make(a), unique.Make(a)
		for what, got := range map[string]T{"the shadow's Value of its handle": shadowunique.Handle_Value(ha), "the real Value of the shadow's handle": ha.Value(), "the shadow's Value of a real handle": shadowunique.Handle_Value(ra)} {
			if got != a && a == a { // not NaN
				t.Errorf("%s: %v; want %v", what, got, a)
			}
		}
		for j, b := range values {
			if got, want := ha == shadowunique.Make(b), ra == unique.Make(b); got != want {
				t.Errorf("%T: Make(value %d) == Make(value %d) is %v; want %v", a, i, j, got, want)
			}
		}
	}
}

func TestUnique(t *testing.T) {
	x, y := 1, 1
	same(t, 0, 1, 1, -1)
	same(t, "", "a", strings.Repeat("a", 1), "b")
	same(t, named("a"), named("b"))
	same(t, &x, &y, &x, nil)
	same[any](t, nil, 1, int8(1), "a", named("a"), &x, pair{"a", 1})
	same[error](t, nil, fmt.Errorf("x"))
	same[fmt.Stringer](t, nil, time.Second, time.Month(1))
	same(t, pair{}, pair{"a", 1}, pair{"a", int8(1)}, pair{"a", 1})
	same(t, 0.0, math.Copysign(0, -1), math.NaN(), math.Inf(1))
	same(t, struct{}{}, struct{}{})
	same(t, [0]string{}, [0]string{})
	same(t, [2]string{"a"}, [2]string{"a", "b"})
	same(t, make(chan int), nil)

	if got, want := panicText(func() { shadowunique.Make[any]([]int{}) }), panicText(func() { unique.Make[any]([]int{}) }); got != want {
		t.Errorf("Make of a slice panics with %q; want %q", got, want)
	}
	if same := shadowunique.Make[any]("a"); shadowunique.Handle_Value(same) != any("a") {
		t.Error("after a panic Make does not work")
	}
	// The handle of an interface and that of its dynamic type live apart.
	if shadowunique.Handle_Value(shadowunique.Make[any](7)) != any(7) || shadowunique.Handle_Value(shadowunique.Make(7)) != 7 {
		t.Error("7 as any and 7 as int are mixed up")
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 2000 {
				if h := shadowunique.Make(pair{fmt.Sprint(i), i}); h != shadowunique.Make(pair{fmt.Sprint(i), i}) || shadowunique.Handle_Value(h).v != i {
					t.Errorf("%d has two handles", i)
				}
				if i%500 == 0 {
					runtime.GC()
				}
			}
		})
	}
	wg.Wait()
}

func panicText(f func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	f()
	return ""
}

func TestUniqueIsFreed(t *testing.T) {
	key := new(big)
	w := weak.Make(key)
	h := shadowunique.Make(pair{"x", key})
	key = nil
	runtime.GC()
	runtime.GC()
	if w.Value() == nil {
		t.Error("the value is gone while its handle is in use")
	}
	runtime.KeepAlive(h)
	h = unique.Handle[pair]{}
	eventually(t, "the value of a handle is freed", func() bool { return w.Value() == nil })
}

func TestAddCleanup(t *testing.T) {
	got := make(chan string, 2)
	p := new(big)
	shadowruntime.AddCleanup(p, func(s string) { got <- s }, "ran")
	stopped := shadowruntime.AddCleanup(p, func(s string) { got <- s }, "stopped")
	stopped.Stop()
	runtime.GC()
	select {
	case s := <-got:
		t.Fatalf("%q ran while the object is in use", s)
	default:
	}
	runtime.KeepAlive(p)
	p = nil
	eventually(t, "the cleanup runs", func() bool { return len(got) > 0 })
	if s := <-got; s != "ran" {
		t.Errorf("the cleanup got %q; want %q", s, "ran")
	}
	q := new(big)
	arg := new(big)
	shadowruntime.AddCleanup(q, func(b *big) { got <- fmt.Sprint(b == arg) }, arg)
	q = nil
	eventually(t, "a cleanup with a pointer runs", func() bool { return len(got) > 0 })
	if s := <-got; s != "true" {
		t.Error("the cleanup got another pointer")
	}
}

func TestAddCleanupPanics(t *testing.T) {
	p := new(big)
	var global = &x
	for _, c := range []struct {
		name         string
		shadow, real func()
	}{
		{"nil", func() { shadowruntime.AddCleanup[int](nil, func(int) {}, 1) }, func() { runtime.AddCleanup[int](nil, func(int) {}, 1) }},
		{"nil, nil", func() { shadowruntime.AddCleanup[int, *int](nil, func(*int) {}, nil) }, func() { runtime.AddCleanup[int, *int](nil, func(*int) {}, nil) }},
		{"itself", func() { shadowruntime.AddCleanup(p, func(*big) {}, p) }, func() { runtime.AddCleanup(p, func(*big) {}, p) }},
		{"inside", func() { shadowruntime.AddCleanup(p, func(*int) {}, &p.data[1]) }, func() { runtime.AddCleanup(p, func(*int) {}, &p.data[1]) }},
		{"from inside", func() { shadowruntime.AddCleanup(&p.data[1], func(*big) {}, p) }, func() { runtime.AddCleanup(&p.data[1], func(*big) {}, p) }},
		{"global", func() { shadowruntime.AddCleanup(global, func(int) {}, 1).Stop() }, func() { runtime.AddCleanup(global, func(int) {}, 1).Stop() }},
		{"nil arg", func() { shadowruntime.AddCleanup(p, func(*big) {}, nil).Stop() }, func() { runtime.AddCleanup(p, func(*big) {}, nil).Stop() }},
	} {
		if got, want := panicText(c.shadow), panicText(c.real); got != want {
			t.Errorf("%s: panic %q; want %q", c.name, got, want)
		}
	}
}

var x int
