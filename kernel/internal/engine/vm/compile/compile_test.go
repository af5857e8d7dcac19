package compile_test

import (
	"fmt"
	"math"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/std"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/program"
)

// edges are the arguments that a parameter of a type is given.
var edges = map[reflect.Type][]any{
	reflect.TypeFor[int]():     {0, 1, 2, 3, -1, 7, math.MinInt, math.MaxInt},
	reflect.TypeFor[int64]():   {int64(0), int64(1), int64(-3), int64(10), int64(math.MinInt64), int64(math.MaxInt64), int64(-1)},
	reflect.TypeFor[int32]():   {int32(0), int32(1), int32(-9), int32(100), int32(math.MinInt32), int32(math.MaxInt32)},
	reflect.TypeFor[int8]():    {int8(0), int8(1), int8(2), int8(-1), int8(-128), int8(127), int8(9)},
	reflect.TypeFor[uint8]():   {uint8(0), uint8(1), uint8(7), uint8(255), uint8(128)},
	reflect.TypeFor[uint64]():  {uint64(0), uint64(2), uint64(3), uint64(1 << 63), uint64(math.MaxUint64)},
	reflect.TypeFor[float64](): {0.0, math.Copysign(0, -1), 1.5, -0.1, 1e300, math.Inf(1), math.NaN()},
	reflect.TypeFor[string]():  {"", "a", "héé", "\xff\xfe", "abc"},
	reflect.TypeFor[any]():     {nil, 7, int8(7), "s", 2.5, fmt.Errorf("e"), []int{1}, struct{}{}, func() string { return "f" }},
}

// same are the functions of same_test.go as Go compiled them.
var same = map[string]any{
	"Arithmetic": Arithmetic, "Divide": Divide, "Divide8": Divide8, "DivideBy": DivideBy, "Wrap": Wrap, "Shift": Shift, "ShiftBy": ShiftBy, "Fused": Fused,
	"Order": Order, "Convert": Convert, "Complex": Complex, "Strings": Strings, "StringIndex": StringIndex, "StringFrom": StringFrom, "StringSlice": StringSlice,
	"SliceIndex": SliceIndex, "SliceUnsigned": SliceUnsigned, "ArrayIndex": ArrayIndex, "SliceOf": SliceOf, "ToArray": ToArray, "Make": Make,
	"Append": Append, "Copy": Copy, "Maps": Maps, "MapOf": MapOf, "NilMap": NilMap, "Structs": Structs, "Elements": Elements, "NilFields": NilFields,
	"Interfaces": Interfaces, "Assert": Assert, "Compare": Compare, "Closures": Closures, "Defers": Defers, "Repanic": Repanic, "Labels": Labels,
	"Channels": Channels, "Iterators": Iterators, "Generics": Generics, "Library": Library, "Sizes": Sizes, "Extremes": Extremes, "Unlikely": Unlikely,
}

// checksPointers is true with the race detector: some tests are left out (race_test.go).
var checksPointers bool

// load has the machine compile a file of package main.
func load(t *testing.T, source string) *program.Program {
	t.Helper()
	p, err := program.Load(map[string]string{"main.go": source})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// outcome calls a function and writes its results, or what it panics with.
func outcome(f reflect.Value, args []reflect.Value) (s string) {
	defer func() {
		if r := recover(); r != nil {
			s = fmt.Sprintf("panic %T %v", r, r)
		}
	}()
	for _, r := range f.Call(args) {
		s += fmt.Sprintf("%T %v; ", r.Interface(), r.Interface())
	}
	return s
}

func listed(args []reflect.Value) string {
	var all []string
	for _, a := range args {
		all = append(all, fmt.Sprintf("%#v", a.Interface()))
	}
	return strings.Join(all, ", ")
}

// each calls f with all combinations of arguments for a function type.
func each(typ reflect.Type, f func(args []reflect.Value)) {
	var next func(args []reflect.Value)
	next = func(args []reflect.Value) {
		if len(args) == typ.NumIn() {
			f(args)
			return
		}
		in := typ.In(len(args))
		for _, v := range edges[in] {
			x := reflect.New(in).Elem()
			if v != nil {
				x.Set(reflect.ValueOf(v))
			}
			next(append(args[:len(args):len(args)], x))
		}
	}
	next(nil)
}

// names turns the names of the types of this package into those that the machine's have.
var names = strings.NewReplacer(reflect.TypeFor[point]().PkgPath()+".", "main.", "compile_test.", "main.")

// TestSame compares each function of same_test.go, compiled by Go, with what the machine makes of it.
func TestSame(t *testing.T) {
	text, err := os.ReadFile("same_test.go")
	if err != nil {
		t.Fatal(err)
	}
	p := load(t, strings.Replace(string(text), "package compile_test", "package main", 1)+"\nfunc main() {}\n")
	for _, m := range regexp.MustCompile(`(?m)^func ([A-Z]\w*)`).FindAllStringSubmatch(string(text), -1) {
		if same[m[1]] == nil && !checksPointers {
			t.Errorf("%s of same_test.go is not in the table", m[1])
		}
	}
	for name, native := range same {
		t.Run(name, func(t *testing.T) {
			want, got := reflect.ValueOf(native), p.Func(name)
			calls, wrong := 0, 0
			each(want.Type(), func(args []reflect.Value) {
				if calls++; wrong > 3 {
					return
				}
				w := names.Replace(outcome(want, args))
				var g string
				if err := p.Call(func() { g = outcome(got, args) }); err != nil {
					g = err.Error()
				}
				if g != w {
					wrong++
					t.Errorf("%s(%s) = %s; want %s", name, listed(args), g, w)
				}
			})
			if calls == 0 {
				t.Errorf("%s was not called: edges has nothing for a parameter of %v", name, want.Type())
			}
		})
	}
}

// What the machine cannot compile, and what compiled code would end the process for, is an error where it is called.
func TestErrors(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"unlock", "var m sync.Mutex\nm.Unlock()", "sync: unlock of unlocked mutex"},
		{"deferred unlock", "var m sync.Mutex\ndefer m.Unlock()", "sync: unlock of unlocked mutex"},
		{"runlock", "var m sync.RWMutex\nm.Lock()\nm.Unlock()\nm.RUnlock()", "sync: RUnlock of unlocked RWMutex"},
		{"write unlock", "var m sync.RWMutex\nm.RLock()\nm.Unlock()", "sync: Unlock of unlocked RWMutex"},
		{"recursion", "var f func()\nf = func() { f() }\nf()", "stack overflow"},
		{"recursion through compiled code", "var f func(n int) int\nf = func(n int) int {\nr := 0\nsort.Slice([]int{1, 2}, func(a, b int) bool { r += f(n + 1); return false })\nreturn r\n}\nf(0)", "stack overflow"},
		{"panics that compiled code recovers", "for range 1_100_000 {\n_ = fmt.Sprint(bad{})\n}\npanic(\"done\")", "done"},
		{"concurrent map", "m, c := map[int]int{}, make(chan any, 2)\nfor range 2 {\ngo func() {\ndefer func() { c <- recover() }()\nfor i := range 1000000 {\nm[i%7]++\n}\n}()\n}\nif r := <-c; r != nil {\npanic(r)\n}\nif r := <-c; r != nil {\npanic(r)\n}", "concurrent map"},
		{"linkname", "secret()", "no function main.secret"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if strings.HasPrefix(tt.name, "recursion") && checksPointers {
				t.Skip("Go's own limit comes first: frames are larger with the race detector")
			}
			if strings.HasPrefix(tt.name, "panics") && testing.Short() {
				t.Skip("it is more than a million panics")
			}
			p := load(t, "package main\nimport (\n\"fmt\"\n\"sort\"\n\"sync\"\n)\nvar _ sync.Mutex\nvar _ = sort.Slice\ntype bad struct{}\nfunc (bad) String() string { panic(\"bad\") }\nvar _ = fmt.Sprint\nfunc secret()\nfunc main() {}\nfunc F() {\n"+tt.body+"\n}\n")
			var got any
			err := p.Call(func() {
				defer func() { got = recover() }()
				p.Func("F").Call(nil)
			})
			if err != nil || tt.want != "" && !strings.Contains(fmt.Sprint(got), tt.want) {
				t.Errorf("F panics with %v, %v; want %q in it", got, err, tt.want)
			}
		})
	}
}
