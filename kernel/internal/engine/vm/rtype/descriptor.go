package rtype

import (
	"hash/fnv"
	"reflect"
	"strconv"
	"sync"
	"unsafe"
)

// kept holds every descriptor for good. An interface's type word does not keep a descriptor alive: the runtime relies
// on descriptors never being freed.
var kept struct {
	sync.Mutex
	all []unsafe.Pointer
}

// A descriptor is a type descriptor made here: one object of a reflect-made struct type, so that the collector sees its
// pointers and no address is computed.
type descriptor struct {
	*abiType              // the beginning of the object
	kind     reflect.Kind // whose base the object begins with
	object   reflect.Value
	uncommon *abiUncommon
	params   []unsafe.Pointer // of a func: parameters and results
	methods  []abiMethod
}

// newDescriptor returns a descriptor that begins as a copy of like's, with another name and hash, and room for methods.
// params is the number of a func's parameters and results.
func newDescriptor(like reflect.Type, text string, params, methods int) *descriptor {
	k := like.Kind()
	o := reflect.New(reflect.StructOf([]reflect.StructField{
		{Name: "Base", Type: base(k)},
		{Name: "Uncommon", Type: reflect.TypeFor[abiUncommon]()},
		{Name: "Params", Type: reflect.ArrayOf(params, reflect.TypeFor[unsafe.Pointer]())},
		{Name: "Methods", Type: reflect.ArrayOf(methods, reflect.TypeFor[abiMethod]())},
	}))
	d := &descriptor{abiType: (*abiType)(o.UnsafePointer()), kind: k, object: o}
	d.uncommon = (*abiUncommon)(o.Elem().Field(1).Addr().UnsafePointer())
	d.params = o.Elem().Field(2).Slice(0, params).Interface().([]unsafe.Pointer)
	d.methods = o.Elem().Field(3).Slice(0, methods).Interface().([]abiMethod)
	d.uncommon.Moff = uint32(o.Elem().Type().Field(3).Offset - o.Elem().Type().Field(1).Offset)

	kept.Lock()
	kept.all = append(kept.all, d.address())
	number := len(kept.all)
	kept.Unlock()
	h := fnv.New32a()
	h.Write([]byte(text + "#" + strconv.Itoa(number)))
	d.Hash = h.Sum32()
	d.Str = name{text: text}.offset()
	d.become(like)
	return d
}

// become copies the descriptor of a type of the same kind and layout; name, hash, pointer type and methods stay.
func (d *descriptor) become(t reflect.Type) {
	hash, str, ptr, flags := d.Hash, d.Str, d.PtrToThis, d.TFlag&(flagUncommon|flagNamed)
	d.object.Elem().Field(0).Set(reflect.NewAt(base(d.kind), pointer(t)).Elem())
	d.Hash, d.Str, d.PtrToThis = hash, str, ptr
	d.TFlag = d.TFlag&^(flagUncommon|flagNamed|flagExtraStar) | flags
	if d.kind == reflect.Func && len(d.params) > 0 {
		for i := range t.NumIn() {
			d.params[i] = pointer(t.In(i))
		}
		for i := range t.NumOut() {
			d.params[t.NumIn()+i] = pointer(t.Out(i))
		}
	}
}

// member marks the type as one with a name or methods, of a package.
func (d *descriptor) member(named bool, pkg string) {
	d.TFlag |= flagUncommon
	if named {
		d.TFlag |= flagNamed
	}
	if pkg != "" {
		d.uncommon.PkgPath = name{text: pkg}.offset()
	}
}

func (d *descriptor) address() unsafe.Pointer { return unsafe.Pointer(d.abiType) }
func (d *descriptor) typ() reflect.Type       { return typeAt(d.address()) }
func (d *descriptor) strct() *abiStruct       { return (*abiStruct)(d.address()) }
func (d *descriptor) iface() *abiInterface    { return (*abiInterface)(d.address()) }

// newPointer makes the descriptor of the type of pointers to d's type, and tells d of it.
func (d *descriptor) newPointer(text string, methods int) *descriptor {
	p := newDescriptor(reflect.TypeFor[*byte](), "*"+text, 0, methods)
	(*abiElem)(p.address()).Elem = d.address()
	d.PtrToThis = addReflectOff(p.address())
	return p
}
