package rtype

import (
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"
)

// Compiled types whose descriptors the self-test reads before it writes one: of each kind of base.
type (
	probeMap    map[string]int
	probeStruct struct{ A, B int }
	probeFunc   func(int) string
	probeSlice  []int
	probeInt    int
	probeChan   chan int
	probeArray  [3]int
)

func (probeMap) M()    {}
func (probeStruct) M() {}
func (probeFunc) M()   {}
func (probeSlice) M()  {}
func (probeInt) M()    {}
func (probeChan) M()   {}
func (probeArray) M()  {}

// SelfTest builds a type with a method and looks at it through an interface, fmt and reflect. An error says that this
// Go runtime or processor is not one that the package knows: then it must not be used. It takes two method entries, and
// 0.2 ms at the start of a process.
func SelfTest() (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("rtype: self-test: %v", x)
		}
	}()
	if archErr != "" {
		return errors.New(archErr)
	}
	for _, v := range []any{probeMap{}, probeStruct{}, probeFunc(nil), probeSlice{}, probeInt(0), probeChan(nil), probeArray{}} {
		if err := readable(reflect.TypeOf(v)); err != nil {
			return err
		}
	}
	if err := lastStub(); err != nil {
		return err
	}
	pkg := types.NewPackage("main", "main")
	t := types.NewNamed(types.NewTypeName(token.NoPos, pkg, "Probe", nil), nil, nil)
	t.SetUnderlying(types.NewStruct([]*types.Var{
		types.NewField(token.NoPos, pkg, "N", types.Typ[types.Int], false),
		types.NewField(token.NoPos, pkg, "next", types.NewPointer(t), false),
	}, nil))
	result := types.NewTuple(types.NewVar(token.NoPos, pkg, "", types.Typ[types.String]))
	recv := types.NewVar(token.NoPos, pkg, "p", t)
	t.AddMethod(types.NewFunc(token.NoPos, pkg, "String", types.NewSignatureType(recv, nil, nil, nil, result, false)))
	ts := New(Config{Implement: func(m Method) (reflect.Value, error) {
		return reflect.MakeFunc(m.Type, func(args []reflect.Value) []reflect.Value {
			return []reflect.Value{reflect.ValueOf(fmt.Sprint("probe ", reflect.Indirect(Receive(m.Receiver, args[0])).Field(0).Int()))}
		}), nil
	}})
	r, err := ts.Type(t)
	if err != nil {
		return err
	}
	v := reflect.New(r)
	v.Elem().Field(0).SetInt(7)
	s, ok := v.Elem().Interface().(fmt.Stringer)
	if !ok {
		return errors.New("rtype: self-test: a type with the method String is no fmt.Stringer")
	}
	for _, c := range []struct{ what, got, want string }{
		{"the call through an interface", s.String(), "probe 7"},
		{"the call through a pointer", v.Interface().(fmt.Stringer).String(), "probe 7"},
		{"the call through reflect", r.Method(0).Func.Call([]reflect.Value{v.Elem()})[0].String(), "probe 7"},
		{"%v in a slice", fmt.Sprint(reflect.Append(reflect.MakeSlice(reflect.SliceOf(r), 0, 1), v.Elem())), "[probe 7]"},
		{"%T", fmt.Sprintf("%T %T", v.Elem().Interface(), v.Interface()), "main.Probe *main.Probe"},
		{"%#v", fmt.Sprintf("%#v", v.Elem().Interface()), "main.Probe{N:7, next:(*main.Probe)(nil)}"},
	} {
		if c.got != c.want {
			return fmt.Errorf("rtype: self-test: %s gives %q, expected %q", c.what, c.got, c.want)
		}
	}
	return nil
}

// readable compares a compiled type's descriptor, as abi.go reads it, with what reflect says.
func readable(t reflect.Type) error {
	h := header(t)
	b := base(t.Kind()).Size()
	u := (*abiUncommon)(unsafe.Add(pointer(t), b))
	ok := h.Size == t.Size() && int(h.Align) == t.Align() && h.Kind == uint8(t.Kind()) && h.TFlag&(flagNamed|flagUncommon) == flagNamed|flagUncommon &&
		(h.Equal != nil) == t.Comparable() && u.Mcount == 1 && u.Xcount == 1 && u.Moff >= uint32(unsafe.Sizeof(*u)) && typeAt(pointer(t)) == t
	if s, isStruct := t, t.Kind() == reflect.Struct; ok && isStruct {
		fs := (*abiStruct)(pointer(s)).Fields
		ok = len(fs) == 2 && fs[1].Offset == s.Field(1).Offset && typeAt(fs[1].Type) == s.Field(1).Type
	}
	if !ok {
		return fmt.Errorf("rtype: self-test: the descriptor of a %s is not laid out as expected: this Go release is not known", t.Kind())
	}
	return nil
}
