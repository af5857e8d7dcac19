package engine

import (
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm"
)

// heap returns how many bytes of the heap are in use after a collection.
func heap() int64 {
	inUse, _ := memory()
	return inUse
}

// memory returns how many bytes of the heap are in use after a collection, and how many of them are live: what lives lies
// scattered over the pages that are in use.
func memory() (inUse, live int64) {
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
		time.Sleep(10 * time.Millisecond) // cleanups run on their own goroutine
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse), int64(m.HeapAlloc)
}

// TestMemoryOfCells runs many small cells and many redefinitions: what they leave must stay small.
func TestMemoryOfCells(t *testing.T) {
	n := 10000
	if testing.Short() {
		n = 1000
	}
	e := newEngine(t)
	out := &record{}
	run := func(i int, code string) {
		if _, err := e.Execute(t.Context(), i, code, out); err != nil {
			t.Fatalf("cell %d %q: %v", i, code, err)
		}
	}
	for i := range 100 {
		run(i, fmt.Sprintf("x := %d\nx + 1", i))
		run(i, fmt.Sprintf("func f(a int) int { s := %d; for i := range a { s += i }; return s }", i))
	}
	before := heap()
	start := time.Now()
	for i := range n {
		run(100+i, fmt.Sprintf("x := %d\nx + 1", i))
	}
	for i := range n {
		run(100+n+i, fmt.Sprintf("func f(a int) int { s := %d; for i := range a { s += i }; return s }", i))
	}
	each := time.Since(start) / time.Duration(2*n)
	grown := heap() - before
	t.Logf("%d cells and %d redefinitions: %.1f MB, %v each", n, n, float64(grown)/1e6, each)
	if limit := int64(30e6); grown > limit*int64(n)/10000+4e6 {
		t.Errorf("%d cells and %d redefinitions grew the heap by %.1f MB; want less than %.1f MB", n, n, float64(grown)/1e6, float64(limit*int64(n)/10000+4e6)/1e6)
	}
}

// TestMemoryOfTypes declares other types with methods under one name. Types stay for good: each must be small.
func TestMemoryOfTypes(t *testing.T) {
	n := 2000
	if testing.Short() {
		n = 200
	}
	e := newEngine(t)
	out := &record{}
	run := func(i int) {
		code := fmt.Sprintf("type T struct{ A int; B string; F%[1]d int }\nfunc (t T) Get() int { return t.A + %[1]d }\nfunc (t *T) Set(a int) { t.A = a }\nfunc (t T) String() string { return \"T\" }\nv := T{A: %[1]d}\nv.Get()", i)
		if _, err := e.Execute(t.Context(), i, code, out); err != nil {
			t.Fatalf("cell %d: %v", i, err)
		}
	}
	for i := range 300 { // what is remembered of the last types has its size now
		run(i)
	}
	// What is in use depends on when the collector ran last: the middle one of three measurements counts.
	var inUses, lives []int64
	at := 300
	for range 3 {
		inUse, live := memory()
		for range n {
			run(at)
			at++
		}
		inUse2, live2 := memory()
		inUses, lives = append(inUses, inUse2-inUse), append(lives, live2-live)
	}
	slices.Sort(inUses)
	slices.Sort(lives)
	inUse, live := inUses[1], lives[1]
	t.Logf("%d redefinitions of a type with methods: %.1f MB in use, %.1f MB live", n, float64(inUse)/1e6, float64(live)/1e6)
	if testing.Short() {
		inUse, live = inUse-2e6, live-1e6 // by how much they vary
	}
	if limit := 10e6 * float64(n) / 2000; float64(inUse) > limit || float64(live) > limit/2 {
		t.Errorf("%d redefinitions of a type with methods grew the heap by %.1f MB, and what is live by %.1f MB; want less than %.1f MB and %.1f MB",
			n, float64(inUse)/1e6, float64(live)/1e6, limit/1e6, limit/2e6)
	}
}

// TestMemoryOfMethods redefines methods, generic ones too, and functions with what few functions have: nothing of them stays.
func TestMemoryOfMethods(t *testing.T) {
	n := 1000
	if testing.Short() {
		n = 200
	}
	e := newEngine(t)
	out := &record{}
	run := func(i int, code string) {
		if _, err := e.Execute(t.Context(), i, code, out); err != nil {
			t.Fatalf("cell %d %q: %v", i, code, err)
		}
	}
	run(0, "type T struct{ A int }\nfunc (t T) Get() int { return t.A }\nvar v T\ntype B[X any] struct{ x X }\nvar b B[int]")
	redefine := func(i int) {
		run(i+1, fmt.Sprintf("func (t T) Get() int { s := %[1]d; for i := range t.A { s += i }; return s }\n"+
			"func g() int { f := func(x int) int { return x + %[1]d }; defer func() { recover() }(); return f(v.Get()) }\ng()\n"+
			"func h[X any](x X) (X, int) { return x, %[1]d }\nfunc (b B[X]) Get() (X, int) { return b.x, %[1]d }\nh(1)\nb.Get()", i))
	}
	for i := range 200 {
		redefine(i)
	}
	before := heap()
	for i := range n {
		redefine(200 + i)
	}
	grown := heap() - before
	t.Logf("%d redefinitions of methods and functions: %.1f MB", n, float64(grown)/1e6)
	if limit := 2e6; float64(grown) > limit {
		t.Errorf("%d redefinitions of methods and functions grew the heap by %.1f MB; want less than %.1f MB", n, float64(grown)/1e6, limit/1e6)
	}
}

// TestWaitHint waits longer than the user has patience for.
func TestWaitHint(t *testing.T) {
	if testing.Short() {
		t.Skip("takes three seconds")
	}
	e := newEngine(t)
	out := &record{}
	if _, err := e.Execute(t.Context(), 1, "import \"time\"\nch := make(chan int)\ngo func() { time.Sleep(2900 * time.Millisecond); ch <- 7 }()\nx := <-ch", out); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "waiting in chan receive at cell 1, line 4"; !strings.Contains(got, want) {
		t.Errorf("output = %q; want %q in it", got, want)
	}
	if got := out.String(); !regexp.MustCompile(`\[update wait-\d+ \]$`).MatchString(got) {
		t.Errorf("output = %q; want the hint to go away", got)
	}
}

// TestMemoryLimit runs cells that want more memory than there is.
func TestMemoryLimit(t *testing.T) {
	old := vm.MemoryLimit.Load()
	defer vm.MemoryLimit.Store(old)
	for _, tt := range []struct{ name, cell string }{
		{"bit by bit", "var all [][]byte\nfor { all = append(all, make([]byte, 1<<20)) }"},
		{"at once", "big := make([]int, 1<<30)\nlen(big)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			vm.MemoryLimit.Store(uint64(heap()) + 300<<20)
			e := newEngine(t)
			out := &record{}
			_, err := e.Execute(t.Context(), 1, tt.cell, out)
			if err == nil || !strings.Contains(err.Error(), "out of memory") {
				t.Errorf("Execute = %v; want out of memory", err)
			}
			vm.MemoryLimit.Store(old)
			if res, err := e.Execute(t.Context(), 2, "all = nil\n1 + 1", out); tt.name == "bit by bit" && (err != nil || res.Text != "2") {
				t.Errorf("the next cell: %v, %v; want 2", res.Text, err)
			}
		})
	}
}
