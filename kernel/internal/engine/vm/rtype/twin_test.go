package rtype

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/types"
	"io"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"sort"
	"strings"
	"testing"
	"time"
)

func twins() map[string]reflect.Type {
	m := map[string]reflect.Type{}
	for _, v := range []any{new(tBase), new(tPoint), new(tNode), new(tPeer), new(tKey), new(tEmb), new(tPtr), new(tInt), new(tStr), new(tSlice),
		new(tMap), new(tFunc), new(tChan), new(tRecv), new(tArr), new(tSelf), new(tIface), new(tEmpty), new(tPairs), new(tPairT), new(tAnon),
		new(tBig), new(tOne), new(tOneArr), new(tOdd), new(tErr), new(tZero), new(tA), new(tB), new(tDeep1), new(tDeep2), new(tDeep3),
		new(tClash), new(tHide), new(tWith), new(tIfaceMore), new(tPtrRecv), new(tDoc), new(tCode), new(tLevel), new(tDate)} {
		t := reflect.TypeOf(v).Elem()
		m[t.Name()] = t
	}
	for i, v := range []any{new(tInst1), new(tInst2), new(tInst3), new(tInst4), new(tInst5), new(tInst6), new(tInst7), new(tInst8)} {
		m[fmt.Sprint("tInst", i+1)] = reflect.TypeOf(v).Elem()
	}
	return m
}

// loadTwins checks the twins as what a cell declares; a method calls that of the compiled twin.
func loadTwins(t testing.TB) (*Types, *types.Package) {
	t.Helper()
	src, err := os.ReadFile("twins_test.go")
	if err != nil {
		t.Fatal(err)
	}
	pkg := load(t, strings.Replace(string(src), "package rtype", "package main", 1))
	compiled := map[string]reflect.Type{}
	for _, r := range twins() {
		seen := map[reflect.Type]bool{}
		describe(&strings.Builder{}, r, seen)
		for r := range seen {
			compiled[clean(r.String())] = r
		}
	}
	return New(Config{Lookup: lookupTwins, Implement: func(m Method) (reflect.Value, error) {
		if r := compiled[m.Receiver.String()]; r != nil {
			if f, ok := r.MethodByName(m.Sel.Obj().Name()); ok {
				return twinMethod(m.Type, f), nil
			}
		}
		return record(m)
	}}), pkg
}

// twinMethod returns a function of type t that calls a compiled method with values that lie alike in memory.
func twinMethod(t reflect.Type, f reflect.Method) reflect.Value {
	as := func(v reflect.Value, t reflect.Type) reflect.Value {
		p := reflect.New(v.Type())
		p.Elem().Set(v)
		return reflect.NewAt(t, p.UnsafePointer()).Elem()
	}
	return reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value {
		for i := range args {
			args[i] = as(args[i], f.Type.In(i))
		}
		call := f.Func.Call
		if f.Type.IsVariadic() {
			call = f.Func.CallSlice
		}
		out := call(args)
		for i := range out {
			out[i] = as(out[i], t.Out(i))
		}
		return out
	})
}

func lookupTwins(path, name string) reflect.Type {
	return map[string]reflect.Type{"fmt.Stringer": reflect.TypeFor[fmt.Stringer](), "fmt.State": reflect.TypeFor[fmt.State](),
		"io.Writer": reflect.TypeFor[io.Writer](), "time.Time": reflect.TypeFor[time.Time]()}[path+"."+name]
}

var ownPath = regexp.MustCompile(`[\w./]*\brtype\.`)

// localNumber is the compiler's number of a local type in the package, which has more files.
var localNumber = regexp.MustCompile(`·\d+`)

func clean(s string) string {
	return localNumber.ReplaceAllString(ownPath.ReplaceAllString(s, "main."), "·n")
}

// describe writes all that reflect says of a type and of those below it.
func describe(w *strings.Builder, t reflect.Type, seen map[reflect.Type]bool) {
	path := t.PkgPath()
	if strings.HasSuffix(path, "/rtype") {
		path = "main"
	}
	fmt.Fprintf(w, "%s name=%s path=%s %s size=%d align=%d/%d cmp=%v methods=%d\n", clean(t.String()), clean(t.Name()), path, t.Kind(), t.Size(),
		t.Align(), t.FieldAlign(), t.Comparable(), t.NumMethod())
	if seen[t] {
		return
	}
	seen[t] = true
	for i := range t.NumMethod() {
		m := t.Method(i)
		p := m.PkgPath
		if p != "" {
			p = "main"
		}
		fmt.Fprintf(w, "  method %s %s %q\n", m.Name, clean(m.Type.String()), p)
	}
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			p := f.PkgPath
			if strings.HasSuffix(p, "/rtype") {
				p = "main"
			}
			fmt.Fprintf(w, "  field %s %s off=%d tag=%q emb=%v path=%q\n", f.Name, clean(f.Type.String()), f.Offset, f.Tag, f.Anonymous, p)
		}
		for i := range t.NumField() {
			describe(w, t.Field(i).Type, seen)
		}
	case reflect.Map:
		describe(w, t.Key(), seen)
		describe(w, t.Elem(), seen)
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		describe(w, t.Elem(), seen)
	case reflect.Func:
		for i := range t.NumIn() {
			describe(w, t.In(i), seen)
		}
		for i := range t.NumOut() {
			describe(w, t.Out(i), seen)
		}
	}
	if t.Name() != "" && t.PkgPath() != "time" {
		describe(w, reflect.PointerTo(t), seen)
	}
}

func TestTwins(t *testing.T) {
	ts, pkg := loadTwins(t)
	for name, want := range twins() {
		t.Run(name, func(t *testing.T) {
			got := typeOf(t, ts, pkg, name)
			var g, w strings.Builder
			describe(&g, got, map[reflect.Type]bool{})
			describe(&w, want, map[reflect.Type]bool{})
			gl, wl := strings.Split(g.String(), "\n"), strings.Split(w.String(), "\n")
			for i := range min(len(gl), len(wl)) {
				if gl[i] != wl[i] {
					t.Fatalf("describe(%s) line %d =\n%s\nwant\n%s", name, i, gl[i], wl[i])
				}
			}
			if len(gl) != len(wl) {
				t.Errorf("describe(%s) has %d lines; want %d", name, len(gl), len(wl))
			}
			if header(got).PtrBytes != header(want).PtrBytes || direct(got) != direct(want) {
				t.Errorf("%s: PtrBytes %d, direct %v; want %d, %v", name, header(got).PtrBytes, direct(got), header(want).PtrBytes, direct(want))
			}
			if name == "tBig" { // prints too much
				return
			}
			gv, wv := reflect.New(got).Elem(), reflect.New(want).Elem()
			for _, f := range []string{"%T", "%v", "%+v", "%#v"} {
				if g, w := fmt.Sprintf(f, gv), clean(fmt.Sprintf(f, wv)); g != w {
					t.Errorf("Sprintf(%q, %s) = %s; want %s", f, name, g, w)
				}
			}
		})
	}
}

// TestCalls calls methods as compiled code does: through interfaces, and through reflect with a receiver by value.
func TestCalls(t *testing.T) {
	_, pkg := loadTwins(t)
	ts := New(Config{Implement: record, Lookup: lookupTwins})
	for name, want := range map[string]string{"tPoint": "String!struct", "tInt": "String!int", "tMap": "String!map", "tFunc": "String!func",
		"tChan": "String!chan", "tOne": "String!struct", "tOneArr": "String!array", "tOdd": "String!struct"} {
		r := typeOf(t, ts, pkg, name)
		v := reflect.New(r)
		if got := v.Elem().Interface().(fmt.Stringer).String(); got != want {
			t.Errorf("%s.String() = %s; want %s", name, got, want)
		}
		if got := v.Interface().(fmt.Stringer).String(); got != want {
			t.Errorf("*%s.String() = %s; want %s", name, got, want)
		}
		m, _ := r.MethodByName("String")
		if got := m.Func.Call([]reflect.Value{v.Elem()})[0].String(); got != want {
			t.Errorf("reflect %s.String() = %s; want %s", name, got, want)
		}
		if got := v.Elem().MethodByName("String").Call(nil)[0].String(); got != want {
			t.Errorf("reflect value %s.String() = %s; want %s", name, got, want)
		}
		s := reflect.MakeSlice(reflect.SliceOf(r), 1, 1)
		if got := fmt.Sprint(s); r.Kind() != reflect.Map && got != "["+want+"]" {
			t.Errorf("Sprint([]%s) = %s; want [%s]", name, got, want)
		}
	}
	emb := typeOf(t, ts, pkg, "tEmb")
	if got := reflect.New(emb).Interface().(interface{ Hello() string }).Hello(); got != "Hello!struct" {
		t.Errorf("tEmb.Hello() = %s; want Hello!struct", got)
	}
	if got := reflect.New(emb).Elem().Interface().(interface{ Deep(a, b int) string }).Deep(1, 2); got != "Deep!struct" {
		t.Errorf("tEmb.Deep() = %s; want Deep!struct", got)
	}
	sort.Sort(reflect.New(typeOf(t, ts, pkg, "tSlice")).Elem().Interface().(sort.Interface))

	rerr := typeOf(t, ts, pkg, "tErr")
	e := reflect.New(rerr).Elem()
	e.Field(0).SetInt(3)
	target := reflect.New(rerr)
	if !errors.As(fmt.Errorf("x: %w", e.Interface().(error)), target.Interface()) || target.Elem().Field(0).Int() != 3 {
		t.Errorf("errors.As found %v; want code 3", target.Elem().Field(0))
	}
	switch x := e.Interface().(type) {
	case tErr:
		t.Errorf("type switch takes %T for the compiled twin", x)
	case error:
	default:
		t.Errorf("type switch: %T is no error", x)
	}
}

func TestValues(t *testing.T) {
	ts, pkg := loadTwins(t)
	p := reflect.New(typeOf(t, ts, pkg, "tPoint"))
	if err := json.Unmarshal([]byte(`{"x":2.5,"S":["a"]}`), p.Interface()); err != nil {
		t.Fatal(err)
	}
	if b, err := json.Marshal(p.Interface()); err != nil || string(b) != `{"x":2.5,"S":["a"]}` {
		t.Errorf("Marshal = %s, %v", b, err)
	}
	k := typeOf(t, ts, pkg, "tKey")
	m := reflect.MakeMap(reflect.MapOf(k, reflect.TypeFor[int]()))
	m.SetMapIndex(reflect.Zero(k), reflect.ValueOf(1))
	m.SetMapIndex(reflect.Zero(k), reflect.ValueOf(2))
	if m.Len() != 1 || reflect.Zero(k).Interface() != reflect.Zero(k).Interface() {
		t.Errorf("a map has %d entries for equal keys; want 1", m.Len())
	}
	b := load(t, "package main\ntype T struct { A int; _ int; B string }")
	r := typeOf(t, ts, b, "T")
	x, y := reflect.New(r), reflect.New(r)
	*(*[2]int)(x.UnsafePointer()) = [2]int{1, 5}
	*(*[2]int)(y.UnsafePointer()) = [2]int{1, 6}
	if x.Elem().Interface() != y.Elem().Interface() {
		t.Error("values that differ in a blank field are not equal; want equal")
	}
	if _, err := ts.Type(load(t, "package main\nimport \"bytes\"\ntype T struct{ B bytes.Buffer }").Scope().Lookup("T").Type()); err == nil ||
		!strings.Contains(err.Error(), "no compiled type bytes.Buffer") {
		t.Errorf("Type with an unknown compiled type: %v; want an error that names it", err)
	}
	runtime.KeepAlive(m)
}
