package rtype

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"go/types"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"text/template"
	"unsafe"
)

const document = `{"title":"t","tags":["a","b"],"counts":{"code-1":10,"code-20":3},"nested":{"title":"in","counts":null,"at":[1,2,3],
"levels":[0,9],"number":"0","inline":{"X":1,"Y":2},"any":null,"Author":"b"},"at":[2020,10,5],"levels":[1,2],"number":"1.5",
"inline":{"X":0,"Y":7},"any":{"k":[1,"x"]},"Author":"me","Extra":{"m":["code-3","code-4"]}}`

// exercise does what programs do with values of the twins, through interfaces, fmt, reflect and encoding/json, and writes down
// what comes of it.
func exercise(typ func(name string) reflect.Type) string {
	var b strings.Builder
	log := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }

	// Nested and embedded structs, tags, keys that are texts, methods at any depth.
	doc := reflect.New(typ("tDoc"))
	more := doc.Elem().FieldByName("tMore")
	*(*unsafe.Pointer)(more.Addr().UnsafePointer()) = reflect.New(more.Type().Elem()).UnsafePointer()
	log("unmarshal %v", json.Unmarshal([]byte(document), doc.Interface()))
	text, err := json.MarshalIndent(doc.Interface(), "", " ")
	log("%s %v", text, err)
	log("%v\n%+v", doc.Elem(), doc.Elem().Interface())
	log("unmarshal %v", json.Unmarshal([]byte(`{"counts":{"no code":1}}`), doc.Interface()))
	log("unmarshal %v", json.Unmarshal([]byte(`{"levels":"x"}`), doc.Interface()))
	log("template %v", template.Must(template.New("").Parse("{{.Title}} {{.Author}} {{index .Levels 1}} {{range $c, $n := .Counts}}{{$c}}={{$n}} {{end}}\n")).Execute(&b, doc.Interface()))
	date := doc.Elem().FieldByName("At")
	log("%v %d %s", date, date.Interface(), []any{date.Interface(), doc.Elem().FieldByName("Levels").Interface()})
	sum := date.MethodByName("Add").Call([]reflect.Value{reflect.ValueOf(20), reflect.ValueOf(1)})
	log("add %v %v", sum[0], sum[1].Elem())
	sum = date.Addr().MethodByName("Add").CallSlice([]reflect.Value{reflect.ValueOf([]int{1, 2, 3})})
	log("add %v %v", sum[0], sum[1].Elem())
	log("before %v", date.MethodByName("Before").Call([]reflect.Value{sum[0]})[0])
	m, _ := date.Type().MethodByName("Before")
	log("before %v %s", m.Func.Call([]reflect.Value{date, sum[0]})[0], m.Type)

	// Promoted methods.
	deep := reflect.New(typ("tDeep1"))
	deep3 := reflect.New(typ("tDeep3"))
	pair := reflect.New(typ("tInst1"))
	pair.Elem().FieldByName("Val").SetInt(7)
	set := func(f, p reflect.Value) { *(*unsafe.Pointer)(f.Addr().UnsafePointer()) = p.UnsafePointer() }
	set(deep3.Elem().Field(2), pair)
	*(*int)(deep3.Elem().Field(1).Addr().UnsafePointer()) = 5
	set(deep.Elem().Field(0).Field(0), deep3)
	deep.Elem().FieldByName("Own").SetInt(4)
	log("%v %+v %T", deep.Interface(), deep.Elem(), deep.Elem().Interface())
	get, ok := deep.Elem().Interface().(interface{ Get(string) (int, bool) })
	log("get %v", ok)
	v, found := get.Get("k")
	log("get %d %v", v, found)
	log("name %s", deep.Interface().(interface{ Name() string }).Name())
	deep.Interface().(interface{ Reset() }).Reset()
	log("reset %v", deep.Elem().FieldByName("Own"))
	for _, name := range []string{"tClash", "tHide", "tBase", "tEmb"} {
		h, ok := reflect.New(typ(name)).Interface().(interface{ Hello() string })
		log("%s says hello: %v", name, ok)
		if ok {
			log("%s", h.Hello())
		}
	}
	with := reflect.New(typ("tWith"))
	*(*error)(with.Elem().Field(1).Addr().UnsafePointer()) = errors.New("inner")
	log("%v", with.Interface().(error).Error())
	log("%v", errors.Unwrap(with.Elem().Interface().(error)))
	log("%v", fmt.Errorf("wrapped: %w", with.Interface().(error)))
	log("%s", with.Interface().(fmt.Stringer).String())
	ptr := reflect.New(typ("tPtrRecv"))
	set(ptr.Elem().Field(0), reflect.New(typ("tPtr")))
	log("deep %s", ptr.Elem().Interface().(interface{ Deep(a, b int) string }).Deep(1, 2))

	// Instances.
	list := reflect.New(typ("tInst4"))
	next := list.MethodByName("Push").Call([]reflect.Value{list.Elem().FieldByName("Val")})[0]
	log("%v %v %T", list, next.Elem().Field(0).UnsafePointer() == list.UnsafePointer(), next.Interface())
	zip := list.Elem().MethodByName("Zip").Call([]reflect.Value{next.Elem()})[0]
	log("%v %T %s", zip, zip.Interface(), list.Elem().MethodByName("Zip").Type())
	visitor := list.MethodByName("Visitor")
	log("%s %v", visitor.Type(), visitor.Call(nil)[0].IsNil())
	key := reflect.MakeMap(reflect.MapOf(typ("tInst1"), typ("tB")))
	key.SetMapIndex(pair.Elem(), reflect.Zero(typ("tB")))
	key.SetMapIndex(pair.Elem(), reflect.Zero(typ("tB")))
	log("%v %T", key, key.Interface())

	// Kinds that gob looks at: names and fields.
	var stream bytes.Buffer
	log("gob %v", gob.NewEncoder(&stream).EncodeValue(reflect.New(typ("tBase"))))
	back := reflect.New(typ("tBase"))
	log("gob %v %v", gob.NewDecoder(&stream).DecodeValue(back), back.Elem())
	return b.String()
}

var address = regexp.MustCompile(`\(?0x[0-9a-f]+\)?`)

// TestTwinValues does with built types what it does with compiled ones.
func TestTwinValues(t *testing.T) {
	ts, pkg := loadTwins(t)
	got := exercise(func(name string) reflect.Type { return typeOf(t, ts, pkg, name) })
	compiled := twins()
	compiled["tPtr"], compiled["tBase"] = reflect.TypeFor[tPtr](), reflect.TypeFor[tBase]()
	want := exercise(func(name string) reflect.Type {
		if compiled[name] == nil {
			t.Fatalf("no twin %s", name)
		}
		return compiled[name]
	})
	g, w := strings.Split(address.ReplaceAllString(got, "0x"), "\n"), strings.Split(address.ReplaceAllString(clean(want), "0x"), "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Fatalf("line %d:\n%s\nwant\n%s", i+1, strings.Join(g[min(i, len(g)):], "\n"), strings.Join(w[min(i, len(w)):], "\n"))
		}
	}
	if strings.Contains(want, "PANIC") || len(w) < 60 {
		t.Errorf("the exercise says little:\n%s", want)
	}
}

// Types that functions declare: two of one name are two types, told apart in the names of instances only.
func TestLocalTypes(t *testing.T) {
	ts, pkg := loadTwins(t)
	var locals []*types.TypeName
	walkLocals(pkg.Scope(), func(o *types.TypeName) { locals = append(locals, o) })
	seen := map[reflect.Type]bool{}
	compiled := tLocals()
	i := 0
	for n := range len(locals) { // in the order of the source
		for _, o := range locals {
			if _, number, _ := local(o); number != n+1 {
				continue
			}
			if o.Type().(*types.Named).TypeParams() != nil {
				i++ // of which the compiled one is an instance
				continue
			}
			r, err := ts.Type(o.Type())
			if err != nil {
				t.Fatal(err)
			}
			var g, w strings.Builder
			describe(&g, r, map[reflect.Type]bool{})
			describe(&w, reflect.TypeOf(compiled[i]), map[reflect.Type]bool{})
			if clean(g.String()) != w.String() {
				t.Errorf("local type %s:\n%s\nwant\n%s", o.Name(), g.String(), w.String())
			}
			if seen[r] {
				t.Errorf("local type %s is another one's", o.Name())
			}
			seen[r] = true
			i++
		}
	}
	if i != len(compiled) {
		t.Errorf("%d local types; want %d", i, len(compiled))
	}
}

// A type that is local to a generic function has the function's arguments in its name; go/ssa makes it for each instance, with
// the place of its declaration.
func TestLocalNames(t *testing.T) {
	pkg := load(t, `package main
type Pair[K, V any] struct{ a K; b V }
func f() { type L int; { type L string } }
func g[A, B any](A) { type M struct { p *Pair[B, []A] } }
func (p Pair[K, V]) m() { type N map[[2]int]func(K) V }
func h[T any]() { type Q int }
`)
	at := map[string][]*types.TypeName{}
	walkLocals(pkg.Scope(), func(o *types.TypeName) { at[o.Name()] = append(at[o.Name()], o) })
	pair := pkg.Scope().Lookup("Pair").Type()
	instance := func(args ...types.Type) types.Type {
		r, err := types.Instantiate(nil, pair, args, true)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	fresh := func(name string, underlying types.Type) types.Type {
		return types.NewNamed(types.NewTypeName(at[name][0].Pos(), pkg, name, nil), underlying, nil)
	}
	integer, text := types.Typ[types.Int], types.Typ[types.String]
	field := func(t types.Type) types.Type {
		return types.NewStruct([]*types.Var{types.NewField(0, pkg, "p", t, false)}, nil)
	}
	fn := types.NewSignatureType(nil, nil, nil, types.NewTuple(types.NewVar(0, pkg, "", integer)), types.NewTuple(types.NewVar(0, pkg, "", text)), false)
	ts := New(Config{Implement: record})
	for _, c := range []struct {
		t    types.Type
		want string
	}{
		{at["L"][0].Type(), "main.L"},
		{instance(integer, at["L"][0].Type()), "main.Pair[int,main.L·1]"},
		{instance(integer, at["L"][1].Type()), "main.Pair[int,main.L·2]"},
		{fresh("M", field(types.NewPointer(instance(text, types.NewSlice(integer))))), "main.M[int,string]"},
		{instance(integer, types.NewSlice(fresh("M", field(types.NewPointer(instance(text, types.NewSlice(integer))))))), "main.Pair[int,[]main.M[int,string]·3]"},
		{fresh("N", types.NewMap(types.NewArray(integer, 2), fn)), "main.N[int,string]"},
		{fresh("Q", integer), "main.Q"}, // the compiler has Q[int]: the argument is nowhere in the type
	} {
		r, err := ts.Type(c.t)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.String(); got != c.want {
			t.Errorf("String() = %s; want %s", got, c.want)
		}
	}
}
