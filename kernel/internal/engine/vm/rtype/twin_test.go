package rtype

//lint:file-ignore U1000 the twins are compared with what this package builds, field by field; most fields have no other use

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

// The twins: compiled here, and type-checked again from this very file by TestTwins.
// twins begin
type (
	tBase  struct{ ID int }
	tPoint struct {
		X float64 `json:"x"`
		y float64
		_ int32
		S []string
	}
	tNode struct {
		Kids map[string]tNode
		Up   *tNode
		Arr  *[4]tNode
		Fn   func(tNode) []tNode
		C    chan tNode
		peer *tPeer
	}
	tPeer struct {
		n tNode
		N map[tKey]*tPeer
	}
	tKey struct {
		a string
		f float64
		i any
	}
	tEmb struct {
		tBase
		*tPtr
		fmt.Stringer
		tag int `k:"v"`
	}
	tPtr   struct{ V int }
	tInt   int
	tStr   string
	tSlice []tSlice
	tMap   map[string]tMap
	tFunc  func(tFunc, ...int) (tInt, error)
	tChan  chan tChan
	tRecv  <-chan (<-chan int)
	tArr   [3]*tArr
	tSelf  *tSelf
	tIface interface {
		M(tIface) string
		low(int)
	}
	tEmpty                     interface{}
	tPair[K comparable, V any] struct {
		Key K
		Val V
	}
	tPairs []tPair[string, tPair[int, tBase]]
	tPairT struct {
		P tPair[time.Time, struct{ A int }]
	}
	tAnon struct {
		In struct {
			tBase
			Z int
		}
		I interface {
			M() int
			low()
		}
		B interface{ Close() error }
	}
	tBig    struct{ P [2000]*tBig }
	tOne    struct{ p *int }
	tOneArr [1]*tBase
	tOdd    struct {
		_ [2]struct{}
		p *int
	}
	tErr  struct{ Code int }
	tZero struct {
		A int
		Z struct{}
	}
)

func (tBase) Hello() string             { return "" }
func (*tBase) Set(int)                  {}
func (tPoint) String() string           { return "" }
func (tPoint) low() string              { return "" }
func (*tPtr) Deep(a, b int) string      { return "" }
func (tInt) String() string             { return "" }
func (tSlice) Len() int                 { return 0 }
func (tSlice) Less(i, j int) bool       { return false }
func (tSlice) Swap(i, j int)            {}
func (tMap) String() string             { return "" }
func (tFunc) String() string            { return "" }
func (tChan) String() string            { return "" }
func (*tArr) String() string            { return "" }
func (tOne) String() string             { return "" }
func (tOneArr) String() string          { return "" }
func (tOdd) String() string             { return "" }
func (tErr) Error() string              { return "" }
func (p tPair[K, V]) Get(k K) (V, bool) { return p.Val, true }
func (*tNode) Walk(f func(*tNode) tKey) {}

// twins end

func twins() map[string]reflect.Type {
	m := map[string]reflect.Type{}
	for _, v := range []any{new(tBase), new(tPoint), new(tNode), new(tPeer), new(tKey), new(tEmb), new(tPtr), new(tInt), new(tStr), new(tSlice),
		new(tMap), new(tFunc), new(tChan), new(tRecv), new(tArr), new(tSelf), new(tIface), new(tEmpty), new(tPairs), new(tPairT), new(tAnon),
		new(tBig), new(tOne), new(tOneArr), new(tOdd), new(tErr), new(tZero)} {
		t := reflect.TypeOf(v).Elem()
		m[t.Name()] = t
	}
	return m
}

func loadTwins(t testing.TB) (*Types, *types.Package) {
	t.Helper()
	src, err := os.ReadFile("twin_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(src), "// twins begin\n")
	text, _, _ = strings.Cut(text, "// twins end\n")
	pkg := load(t, "package main\nimport (\"fmt\"; \"time\")\n"+text)
	return New(Config{Implement: record, Lookup: lookupTwins}), pkg
}

func lookupTwins(path, name string) reflect.Type {
	return map[string]reflect.Type{"fmt.Stringer": reflect.TypeFor[fmt.Stringer](), "io.Writer": reflect.TypeFor[io.Writer](),
		"time.Time": reflect.TypeFor[time.Time]()}[path+"."+name]
}

var ownPath = regexp.MustCompile(`[\w./]*\brtype\.`)

// describe writes all that reflect says of a type and of those below it.
func describe(w *strings.Builder, t reflect.Type, seen map[reflect.Type]bool) {
	clean := func(s string) string { return ownPath.ReplaceAllString(s, "main.") }
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
			for _, f := range []string{"%T", "%#v"} {
				if g, w := fmt.Sprintf(f, gv), ownPath.ReplaceAllString(fmt.Sprintf(f, wv), "main."); g != w {
					t.Errorf("Sprintf(%q, %s) = %s; want %s", f, name, g, w)
				}
			}
		})
	}
}

// TestCalls calls methods as compiled code does: through interfaces, and through reflect with a receiver by value.
func TestCalls(t *testing.T) {
	ts, pkg := loadTwins(t)
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
