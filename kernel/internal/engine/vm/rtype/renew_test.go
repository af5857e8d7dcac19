package rtype

import (
	"encoding/binary"
	"errors"
	"fmt"
	"go/types"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func TestRearm(t *testing.T) {
	text := "one"
	pkg := load(t, "package main\ntype P struct{}\nfunc (P) String() string { return \"\" }")
	ts := New(Config{Implement: func(m Method) (reflect.Value, error) {
		s := text
		return reflect.MakeFunc(m.Type, func([]reflect.Value) []reflect.Value { return []reflect.Value{reflect.ValueOf(s)} }), nil
	}})
	v := reflect.Zero(typeOf(t, ts, pkg, "P")).Interface()
	before := fmt.Sprint(v)
	text = "two"
	if err := ts.Rearm(pkg.Scope().Lookup("P").Type().(*types.Named)); err != nil {
		t.Fatal(err)
	}
	if after := fmt.Sprint(v); before != "one" || after != "two" {
		t.Errorf("Sprint = %s, then %s; want one, then two", before, after)
	}
}

// A Rearm that fails, or whose Implement panics, changes no method.
func TestRearmFails(t *testing.T) {
	pkg := load(t, "package main\ntype P struct{}\nfunc (P) A() string { return \"\" }\nfunc (P) B() string { return \"\" }")
	var fault func() error
	text := "one"
	ts := New(Config{Implement: func(m Method) (reflect.Value, error) {
		if m.Sel.Obj().Name() == "B" && fault != nil {
			return reflect.Value{}, fault()
		}
		s := text
		return reflect.MakeFunc(m.Type, func([]reflect.Value) []reflect.Value { return []reflect.Value{reflect.ValueOf(s)} }), nil
	}})
	p := reflect.Zero(typeOf(t, ts, pkg, "P")).Interface().(interface{ A() string })
	named := pkg.Scope().Lookup("P").Type().(*types.Named)
	text = "two"
	fault = func() error { return errors.New("no code") }
	if err := ts.Rearm(named); err == nil || !strings.Contains(err.Error(), "no code") {
		t.Errorf("Rearm = %v; want the error of Implement", err)
	}
	fault = func() error { panic("a bug") }
	func() {
		defer func() {
			if got := recover(); got != "a bug" {
				t.Errorf("Rearm panicked with %v; want the panic of Implement", got)
			}
		}()
		ts.Rearm(named)
	}()
	if got := p.A(); got != "one" {
		t.Errorf("A() after two failures = %s; want one", got)
	}
}

func TestBind(t *testing.T) {
	pkg := load(t, "package main\nimport \"encoding/binary\"\nvar Order = binary.LittleEndian\ntype T struct{ O []int }")
	ty := pkg.Scope().Lookup("Order").Type()
	ts := New(Config{Implement: record})
	if _, err := ts.Type(ty); err == nil {
		t.Error("Type of an unbound unexported type succeeded; want an error")
	}
	ts.Bind(types.NewPointer(ty), reflect.TypeOf(&binary.LittleEndian))
	if r, err := ts.Type(ty); err != nil || r != reflect.TypeOf(binary.LittleEndian) {
		t.Errorf("Type = %v, %v; want %T", r, err, binary.LittleEndian)
	}
}

// The types that cells are checked against must be those of the program: a field at another place would be another field.
func TestOtherRelease(t *testing.T) {
	pkg := load(t, "package main\nimport \"time\"\nvar M time.Month\nvar P time.ParseError\nvar T time.Time")
	for name, r := range map[string]reflect.Type{
		"P": reflect.TypeFor[struct{ Extra, Layout, Value, LayoutElem, ValueElem, Message string }](),
		"T": reflect.TypeFor[struct{ other int }](), // nobody can name them
	} {
		_, err := New(Config{Lookup: func(string, string) reflect.Type { return r }}).Type(pkg.Scope().Lookup(name).Type())
		if want := name == "P"; (err != nil) != want || want && !strings.Contains(err.Error(), "another Go release") {
			t.Errorf("Type(%s) with the fields of another release = %v", name, err)
		}
	}
}

// TestCollector runs the storm below in a process where the collector runs all the time and overwrites what it frees.
func TestCollector(t *testing.T) {
	if os.Getenv("RTYPE_STORM") != "" {
		storm(t)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestCollector$", "-test.v")
	cmd.Env = append(os.Environ(), "RTYPE_STORM=1", "GOGC=1", "GODEBUG=clobberfree=1")
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.ENOEXEC) {
		t.Skip("the processor is emulated and cannot start a process of its own kind: run with RTYPE_STORM=1 GOGC=1 GODEBUG=clobberfree=1")
	}
	if err != nil || !strings.Contains(string(out), "PASS") {
		t.Fatalf("storm: %v\n%s", err, out)
	}
}

func storm(t *testing.T) {
	pkg := load(t, `package main
type Tree struct { Name string; Kids map[string]*Tree; List []Tree; Any any; pad [40]*Tree }
func (t *Tree) String() string { return "" }`)
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	}()
	defer close(stop)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for round := range 5 {
				r, err := New(Config{Implement: record}).Type(pkg.Scope().Lookup("Tree").Type())
				if err != nil {
					t.Error(err)
					return
				}
				root := reflect.New(r)
				grow(root, r, 3, fmt.Sprint("g", g, round))
				if n := count(root); n != 1+3+9+27 {
					t.Errorf("tree has %d sound nodes; want 40", n)
				}
				if s := root.Interface().(fmt.Stringer).String(); s != "String!struct" {
					t.Errorf("String() = %s", s)
				}
			}
		})
	}
	wg.Wait()
}

func grow(p reflect.Value, r reflect.Type, depth int, name string) {
	p.Elem().Field(0).SetString(name + "!")
	p.Elem().Field(3).Set(reflect.ValueOf([]string{name}))
	if depth == 0 {
		return
	}
	p.Elem().Field(1).Set(reflect.MakeMap(p.Elem().Field(1).Type()))
	for i := range 3 {
		kid := reflect.New(r)
		grow(kid, r, depth-1, fmt.Sprint(name, i))
		p.Elem().Field(1).SetMapIndex(reflect.ValueOf(fmt.Sprint("k", i)), kid)
	}
}

func count(p reflect.Value) int {
	name, list := p.Elem().Field(0).String(), p.Elem().Field(3).Interface().([]string)
	if name != list[0]+"!" {
		return 0
	}
	n := 1
	for it := p.Elem().Field(1).MapRange(); it.Next(); {
		n += count(it.Value())
	}
	return n
}

// BenchmarkStub calls an empty method through an interface, by a stub and a typed closure.
func BenchmarkStub(b *testing.B) {
	pkg := load(b, "package main\ntype I int\nfunc (*I) Add(x int) int { return 0 }")
	ts := New(Config{Implement: func(m Method) (reflect.Value, error) {
		// The receiver has a type of its own, whose values are passed as any pointer is.
		f := func(p *int, x int) int { return *p + x }
		return reflect.NewAt(m.Type, reflect.ValueOf(&f).UnsafePointer()).Elem(), nil
	}})
	v := reflect.New(typeOf(b, ts, pkg, "I")).Interface().(interface{ Add(int) int })
	b.ResetTimer()
	s := 0
	for i := range b.N {
		s += v.Add(i)
	}
	runtime.KeepAlive(s)
}

// BenchmarkType builds a struct type with three methods; run it with -benchtime=300x, for its stubs are used up: five each.
func BenchmarkType(b *testing.B) {
	pkg := load(b, "package main\ntype T struct{ A int; B *T }\nfunc (T) X() {}\nfunc (T) Y() {}\nfunc (*T) Z() {}")
	var m0, m1 runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m0)
	n := min(b.N, 300)
	for range n {
		typeOf(b, New(Config{Implement: record}), pkg, "T")
	}
	runtime.GC()
	runtime.ReadMemStats(&m1)
	b.ReportMetric(float64(m1.HeapAlloc-m0.HeapAlloc)/float64(n), "kept-B/type")
}
