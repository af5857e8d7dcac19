package rtype

import (
	"errors"
	"fmt"
	"go/types"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// A type that is declared anew each time, with methods that compiled code can call: each takes a stub for *T and one for T.
const redefined = `package main
type P struct{ X, Y float64; N%d string }
func (p P) String() string { return p.N%[1]d }
func (p P) Add(q P) P { return q }
func (p P) Scale(f float64) float64 { return f*p.X }
func (p P) Each(f func(int, P) error) error { return nil }`

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestRedefinitions(t *testing.T) {
	const n = 2000
	code := map[reflect.Type]reflect.Value{} // one function a signature: the test measures what types take, not their code
	ts := New(Config{Implement: func(m Method) (f reflect.Value, err error) {
		if !code[m.Type].IsValid() {
			code[m.Type], err = record(m)
		}
		return code[m.Type], err
	}})
	var first, last fmt.Stringer
	version := func(i int) fmt.Stringer {
		return reflect.Zero(typeOf(t, ts, load(t, fmt.Sprintf(redefined, i)), "P")).Interface().(fmt.Stringer)
	}
	for i := range 10 {
		first = version(i)
	}
	used, _ := Stubs()
	before := heap()
	for i := range n {
		last = version(i)
	}
	grown := heap() - before
	now, all := Stubs()
	t.Logf("%d redefinitions: %d bytes and %d stubs of %d each", n, grown/n, (now-used)/n, all)
	if grown > 7<<20 {
		t.Errorf("%d redefinitions of a type keep %d bytes; want less than 7 MB", n, grown)
	}
	if got := now - used; got > 8*n {
		t.Errorf("%d redefinitions take %d stubs; want two for each of four methods", n, got)
	}
	if first.String() != "String!struct" || last.String() != "String!struct" {
		t.Errorf("String() of the first and the last version = %s, %s; want String!struct", first, last)
	}
	if first == last || reflect.TypeOf(first).String() != reflect.TypeOf(last).String() {
		t.Errorf("the versions %T and %T must differ and print alike", first, last)
	}
	// What is known of go/types types goes with them: a few hundred stay, for speed.
	ts.bury()
	if len(ts.known) > n {
		t.Errorf("%d types are known after %d redefinitions; want those that can be asked for", len(ts.known), n)
	}
	runtime.KeepAlive(ts)
}

// A call of Type that fails gives its stubs back, and the next one builds the types that it left.
func TestTypeFails(t *testing.T) {
	pkg := load(t, `package main
type Good struct{ bad *Bad }
func (Good) A() string { return "" }
type Bad struct{}
func (Bad) B() string { return "" }
func (Bad) C() string { return "" }`)
	var fault error
	ts := New(Config{Implement: func(m Method) (reflect.Value, error) {
		if m.Sel.Obj().Name() == "C" && fault != nil {
			return reflect.Value{}, fault
		}
		return record(m)
	}})
	fault = errors.New("no code")
	before, _ := Stubs()
	for range 10 {
		if _, err := ts.Type(pkg.Scope().Lookup("Good").Type()); err == nil || !strings.Contains(err.Error(), "no code") {
			t.Fatalf("Type = %v; want the error of Implement", err)
		}
	}
	if after, _ := Stubs(); after != before {
		t.Errorf("failed calls of Type take %d stubs; want none", after-before)
	}
	fault = nil
	v := reflect.Zero(typeOf(t, ts, pkg, "Bad"))
	if got := v.Interface().(interface{ C() string }).C(); got != "C!struct" {
		t.Errorf("C() = %s; want C!struct", got)
	}
	if v, _ := ts.Version(v.Type()); v.Number != 1 {
		t.Errorf("Version = %d; want 1: the failed ones do not count", v.Number)
	}
}

// A method that is added renews the types that mention its own; they keep their stubs, and values of before get what the
// methods do now.
func TestRenewKeepsStubs(t *testing.T) {
	pkg := load(t, `package main
type P struct{ q *Q }
func (P) A() string { return "" }
type Q struct{ p []P }
func (*Q) A() string { return "" }
func (*Q) low(P) string { return "" }`)
	text := "one"
	ts := New(Config{Implement: func(m Method) (reflect.Value, error) {
		s := text
		return reflect.MakeFunc(m.Type, func([]reflect.Value) []reflect.Value { return []reflect.Value{reflect.ValueOf(s)} }), nil
	}})
	type namer interface{ A() string }
	old := reflect.Zero(typeOf(t, ts, pkg, "P")).Interface().(namer)
	q := typeOf(t, ts, pkg, "Q")
	before, _ := Stubs()
	text = "two"
	named := pkg.Scope().Lookup("P").Type().(*types.Named)
	for i := range 5 {
		addMethod(pkg, named, fmt.Sprintf("M%d", i))
		ts.Renew(named)
		now := reflect.Zero(typeOf(t, ts, pkg, "P")).Interface().(namer)
		if got := []string{old.A(), now.A()}; reflect.TypeOf(now) == reflect.TypeOf(old) || got[0] != "two" || got[1] != "two" {
			t.Errorf("after Renew, A() of an old and of a new value = %q; want the new text of both", got)
		}
	}
	if typeOf(t, ts, pkg, "Q") == q {
		t.Error("Renew(P) leaves the type Q, which mentions P")
	}
	if after, _ := Stubs(); after-before != 5*2 {
		t.Errorf("five added methods take %d stubs; want two each", after-before)
	}
	text = "three"
	if err := ts.Rearm(named); err != nil {
		t.Fatal(err)
	}
	if got := old.A(); got != "three" {
		t.Errorf("after Rearm, A() of an old value = %s; want three", got)
	}
}

// A renewal that fails leaves what the old type does.
func TestRenewFails(t *testing.T) {
	pkg := load(t, "package main\ntype P struct{}\nfunc (P) A() string { return \"\" }")
	fail := false
	ts := New(Config{Implement: func(m Method) (reflect.Value, error) {
		if m.Sel.Obj().Name() == "M" && fail {
			return reflect.Value{}, errors.New("no code")
		}
		s := fmt.Sprint(fail)
		return reflect.MakeFunc(m.Type, func([]reflect.Value) []reflect.Value { return []reflect.Value{reflect.ValueOf(s)} }), nil
	}})
	old := reflect.Zero(typeOf(t, ts, pkg, "P")).Interface().(interface{ A() string })
	named := pkg.Scope().Lookup("P").Type().(*types.Named)
	addMethod(pkg, named, "M")
	ts.Renew(named)
	fail = true
	before, _ := Stubs()
	if _, err := ts.Type(named); err == nil {
		t.Fatal("Type succeeded; want the error of Implement")
	}
	if got := old.A(); got != "false" {
		t.Errorf("A() of an old value = %s; want what it did before", got)
	}
	if after, _ := Stubs(); after != before {
		t.Errorf("the failed call takes %d stubs; want none", after-before)
	}
	fail = false
	typeOf(t, ts, pkg, "P")
	if after, _ := Stubs(); after-before != 2 {
		t.Errorf("the renewed type takes %d stubs more; want those of the new method, 2", after-before)
	}
}

// addMethod adds a method func() string.
func addMethod(pkg *types.Package, named *types.Named, name string) {
	result := types.NewTuple(types.NewVar(0, pkg, "", types.Typ[types.String]))
	recv := types.NewVar(0, pkg, "p", named)
	named.AddMethod(types.NewFunc(0, pkg, name, types.NewSignatureType(recv, nil, nil, nil, result, false)))
}

// Identical types have one key, others have different ones.
func TestKey(t *testing.T) {
	src := `package main
import ("bytes"; "io")
type T struct{ a int }
type G[P any] struct{ p P }
var v struct {
	a struct{ A int }; b struct{ A int "tag" }; c struct{ T }; d struct{ T T }; e struct{ a int }
	f func(int, []string); g func(int, ...string); h func(int) []string; i func(a, b T) (x T); j func(T) func(T)
	k interface{ M(T); m() }; l interface{ M(T) }; m any; n error; o [3]T; p [4]T; q map[string]T; r map[T]string
	s chan T; t chan<- T; u <-chan T; v chan (<-chan T); w chan<- chan T; x *T; y []*T; z *[]T
	aa G[int]; ab G[string]; ac G[G[int]]; ad *bytes.Buffer; ae io.Reader; af byte; ag int8; ah rune; ai []G[T]
}`
	ts := New(Config{})
	keys, again := map[string]string{}, load(t, src)
	for range 2 {
		s := again.Scope().Lookup("v").Type().Underlying().(*types.Struct)
		for f := range s.Fields() {
			k := ts.key(f.Type())
			if other, ok := keys[k]; ok && other != f.Name() {
				t.Errorf("fields %s and %s have the key %s", other, f.Name(), k)
			}
			keys[k] = f.Name()
		}
	}
	// Types of another check have keys of their own where cells declare them, and the same keys where they do not.
	s1, s2 := again.Scope().Lookup("v").Type().Underlying().(*types.Struct), load(t, src).Scope().Lookup("v").Type().Underlying().(*types.Struct)
	for i := range s1.NumFields() {
		k1, k2 := ts.key(s1.Field(i).Type()), ts.key(s2.Field(i).Type())
		if (k1 == k2) != !strings.Contains(k1, "#") {
			t.Errorf("field %s: keys %s and %s", s1.Field(i).Name(), k1, k2)
		}
	}
}

// BenchmarkKnown asks for types that are known, by new objects of go/types each time.
func BenchmarkKnown(b *testing.B) {
	pkg := load(b, "package main\ntype T struct{ a int }")
	ts := New(Config{})
	t := typeOf(b, ts, pkg, "T")
	obj := pkg.Scope().Lookup("T").Type()
	for _, bench := range []struct {
		name string
		make func() types.Type
		want reflect.Type
	}{
		{"T", func() types.Type { return obj }, t},
		{"[]T", func() types.Type { return types.NewSlice(obj) }, reflect.SliceOf(t)},
		{"map[string][]*T", func() types.Type {
			return types.NewMap(types.Typ[types.String], types.NewSlice(types.NewPointer(obj)))
		}, reflect.MapOf(reflect.TypeFor[string](), reflect.SliceOf(reflect.PointerTo(t)))},
	} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				if got, _ := ts.Type(bench.make()); got != bench.want {
					b.Fatal(got)
				}
			}
		})
	}
}
