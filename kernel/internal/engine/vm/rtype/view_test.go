package rtype

import (
	"errors"
	"fmt"
	"go/types"
	"os"
	"reflect"
	"strings"
	"testing"
)

// The session of TestRenew: a type, variables of many types that mention it, and interfaces.
const session = `package main
import ("fmt"; "io")
type P struct{ A int; m map[string]*P }
type Q struct{ In []P }
type Other struct{ B int; E error }
type Fields struct{ E error; S fmt.Stringer; W io.Writer; P P; any any }
type Visitor interface{ Visit(*P) string; low() }
type Plain interface{ Visit() string }
type printer struct{ Prefix string }
func (printer) Visit(*P) string { return "" }
func (printer) low() {}
type Pair[K comparable, V any] struct{ Key K; Val V }
type Tree struct{ Kids []*Tree; f func(Tree) map[pkey]Tree; Leaf P; v Visitor }
var vars struct {
	P P; Ptr *P; Slice []P; Array [2]P; Map map[string]P; Keys map[pkey]int; Chan chan P; Func func(P) P
	Q Q; Fields Fields; Other Other; Visitor Visitor; Plain Plain; Anon interface{ Visit(*P) string }; Any any
	Pair Pair[string, P]; Tree Tree
}
type pkey struct{ p *P; n int }
`

// TestRenew is the life of a session variable whose type gets a String method after it was printed: for variables of all
// types that may mention the type, the new type shows the method, without a copy.
func TestRenew(t *testing.T) {
	pkg := load(t, session)
	cell := 3
	ts := New(Config{Implement: record, Cell: func(*types.TypeName) int { return cell }, Lookup: lookupTwins})
	named := pkg.Scope().Lookup("P").Type().(*types.Named)
	old := typeOf(t, ts, pkg, "P")
	fields := pkg.Scope().Lookup("vars").Type().Underlying().(*types.Struct)
	variables := map[string]reflect.Value{} // pointers
	for f := range fields.Fields() {
		r, err := ts.Type(f.Type())
		if err != nil {
			t.Fatal(err)
		}
		variables[f.Name()] = reflect.New(r)
	}
	p := reflect.New(old)
	p.Elem().Field(0).SetInt(5)
	for name, set := range map[string]func(v reflect.Value){
		"P":     func(v reflect.Value) { v.Set(p.Elem()) },
		"Ptr":   func(v reflect.Value) { v.Set(p) },
		"Slice": func(v reflect.Value) { v.Set(reflect.Append(v, p.Elem())) },
		"Array": func(v reflect.Value) { v.Index(1).Set(p.Elem()) },
		"Map": func(v reflect.Value) {
			v.Set(reflect.MakeMap(v.Type()))
			v.SetMapIndex(reflect.ValueOf("k"), p.Elem())
		},
		"Keys": func(v reflect.Value) {
			v.Set(reflect.MakeMap(v.Type()))
			v.SetMapIndex(reflect.Zero(v.Type().Key()), reflect.ValueOf(7))
		},
		"Chan": func(v reflect.Value) {
			v.Set(reflect.MakeChan(v.Type(), 1))
			v.Send(p.Elem())
		},
		"Func": func(v reflect.Value) {
			v.Set(reflect.MakeFunc(v.Type(), func(in []reflect.Value) []reflect.Value { return in }))
		},
		"Q": func(v reflect.Value) { v.Field(0).Set(reflect.Append(v.Field(0), p.Elem())) },
		"Fields": func(v reflect.Value) {
			v.Field(0).Set(reflect.ValueOf(errors.New("e")))
			v.Field(2).Set(reflect.ValueOf(os.Stderr))
			v.Field(3).Set(p.Elem())
		},
		"Visitor": func(v reflect.Value) { v.Set(reflect.Zero(typeOf(t, ts, pkg, "printer"))) },
		"Any":     func(v reflect.Value) { v.Set(p.Elem()) },
		"Pair":    func(v reflect.Value) { v.Field(1).Set(p.Elem()) },
		"Tree":    func(v reflect.Value) { v.Field(2).Set(p.Elem()) },
	} {
		set(variables[name].Elem())
	}
	if got := fmt.Sprint(variables["P"].Elem(), variables["Slice"].Elem()); got != "{5 map[]} [{5 map[]}]" {
		t.Fatalf("Sprint before = %s", got)
	}

	addMethod(pkg, named, "String")
	ts.Renew(named)
	cell = 7

	now := typeOf(t, ts, pkg, "P")
	if got, want := ts.Meet(old, now), "main.P of cell 3 against main.P of cell 7"; got != want {
		t.Errorf("Meet = %q; want %q", got, want)
	}
	renewed := map[string]reflect.Value{}
	for f := range fields.Fields() {
		r, err := ts.Type(f.Type())
		if err != nil {
			t.Fatal(err)
		}
		mentions := strings.Contains(ts.key(f.Type()), "#") && f.Name() != "Other" && f.Name() != "Plain"
		if (r != variables[f.Name()].Type().Elem()) != mentions {
			t.Errorf("Renew(P): type of %s new: %v; want %v", f.Name(), !mentions, mentions)
		}
		v, err := View(variables[f.Name()], r)
		if err != nil {
			t.Error(err)
			continue
		}
		if v.UnsafePointer() != variables[f.Name()].UnsafePointer() {
			t.Errorf("View of %s is a copy", f.Name())
		}
		renewed[f.Name()] = v.Elem()
	}
	for name, want := range map[string]string{
		"P": "String!struct", "Ptr": "String!struct", "Slice": "[String!struct]", "Array": "[String!struct String!struct]",
		"Map": "map[k:String!struct]", "Q": "{[String!struct]}", "Fields": "{e <nil>", "Pair": "{ String!struct}",
		"Any": "{5 map[]}", // what is boxed keeps the old type
	} {
		if got := fmt.Sprint(renewed[name]); got != want && !strings.HasPrefix(got, want+" ") {
			t.Errorf("Sprint(%s) after = %s; want the new method's text, %s", name, got, want)
		}
	}
	value := renewed["P"].Interface()
	if _, ok := value.(fmt.Stringer); !ok || fmt.Sprint(value) != "String!struct" {
		t.Errorf("any(p) is a Stringer: %v, and prints %v; want the new method's text", ok, value)
	}
	if got := fmt.Sprint(renewed["Fields"].Field(3)); got != "String!struct" {
		t.Errorf("Sprint of a field = %s; want String!struct", got)
	}
	if got, ok := renewed["Chan"].Recv(); !ok || fmt.Sprint(got) != "String!struct" {
		t.Errorf("received %v, %v from the channel; want String!struct", got, ok)
	}
	if got := renewed["Func"].Call([]reflect.Value{reflect.Zero(now)})[0]; fmt.Sprint(got) != "String!struct" {
		t.Errorf("the function returns %v; want String!struct", got)
	}
	if got := renewed["Keys"].MapIndex(reflect.Zero(renewed["Keys"].Type().Key())); !got.IsValid() || got.Int() != 7 {
		t.Errorf("the map has %v for a key of the new type; want 7", got)
	}
	// The old method table serves calls of the new interface; the value in it keeps the old type.
	got := renewed["Visitor"].Method(0).Call([]reflect.Value{reflect.New(now)})[0].String()
	if got != "Visit!struct" {
		t.Errorf("Visit through the interface = %s; want Visit!struct", got)
	}
	if dyn := renewed["Visitor"].Elem().Type(); dyn == typeOf(t, ts, pkg, "printer") || dyn.String() != "main.printer" {
		t.Errorf("the interface has a %s; want that of before", dyn)
	}
	renewed["Visitor"].Set(reflect.Zero(typeOf(t, ts, pkg, "printer")))
	if got := renewed["Visitor"].Method(0).Call([]reflect.Value{reflect.New(now)})[0].String(); got != "Visit!struct" {
		t.Errorf("Visit through the interface = %s; want Visit!struct", got)
	}
}

func TestViewFails(t *testing.T) {
	src := `package main
type A struct{ X int; Y string }
type I interface{ M(); N() }
type F func(int) A
type L []A
type C [2]int
type M map[string]int
`
	ts := New(Config{Implement: record})
	p1 := load(t, src)
	for name, other := range map[string]string{
		"A": "struct{ X int; Z string }", "I": "interface{ M() }", "F": "func(int, int) A", "L": "[]int", "C": "[3]int", "M": "map[int]int",
	} {
		p2 := load(t, strings.Replace(src+"\ntype "+name+" "+other, "type "+name+" ", "type old ", 1))
		from, to := typeOf(t, ts, p1, name), typeOf(t, ts, p2, name)
		if _, err := View(reflect.New(from), to); err == nil || !strings.Contains(err.Error(), "alike") {
			t.Errorf("View of %s as %s: %v; want an error", name, other, err)
		}
	}
	// Interfaces with the same methods, whose method tables for one type differ.
	if _, err := View(reflect.New(typeOf(t, ts, p1, "I")), typeOf(t, ts, load(t, src), "I")); err == nil {
		t.Error("View of an I as another I with the same methods succeeded; want an error")
	}
	if _, err := View(reflect.ValueOf(1), reflect.TypeFor[int]()); err == nil {
		t.Error("View of no pointer succeeded; want an error")
	}
}

// Two versions of a recursive type are not convertible, and finding that out ends: reflect takes types of one name and
// package for the same until it has compared all of their parts.
func TestConvertible(t *testing.T) {
	src := `package main
type List struct{ Next *List; l low }
type low interface{ low() }
func (*List) low() {}
type A struct{ b *B }
type B []A
type Slice []Slice
type State func(int) State
type Pair[T any] struct{ In *Pair[T]; Val T }
type PairList = Pair[List]
type Flat struct{ X int }
type Holder struct{ L List }
`
	ts := New(Config{Implement: record})
	p1, p2 := load(t, src), load(t, src)
	for _, name := range []string{"List", "A", "B", "Slice", "State", "PairList", "Holder"} {
		one, two := typeOf(t, ts, p1, name), typeOf(t, ts, p2, name)
		if one.ConvertibleTo(two) || two.ConvertibleTo(one) || reflect.SliceOf(one).ConvertibleTo(reflect.SliceOf(two)) {
			t.Errorf("%s is convertible to another version; its parts are not the same types", name)
		}
		if one.String() != two.String() || one.Name() != two.Name() || one.PkgPath() != "main" {
			t.Errorf("versions are named %s %s %s, %s %s %s; want main", one, one.Name(), one.PkgPath(), two, two.Name(), two.PkgPath())
		}
		if _, err := View(reflect.New(one), two); name != "List" && name != "Holder" && name != "PairList" && err != nil {
			t.Error(err)
		}
	}
	one, two := typeOf(t, ts, p1, "Flat"), typeOf(t, ts, p2, "Flat")
	if !one.ConvertibleTo(two) || two.PkgPath() != "main" {
		t.Errorf("Flat is convertible to another version: %v; PkgPath %s; want true, main", one.ConvertibleTo(two), two.PkgPath())
	}
	// Unexported methods still belong to the package.
	for _, p := range []*types.Package{p1, p2} {
		i, list := reflect.New(typeOf(t, ts, p, "low")).Elem(), reflect.New(typeOf(t, ts, p2, "List"))
		if !list.Type().Implements(i.Type()) {
			t.Errorf("%s does not implement the interface with its unexported method", list.Type())
		}
		i.Set(list) // the runtime looks for the method, too
	}
}
