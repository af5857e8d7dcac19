package native

import (
	"reflect"
	"runtime"
	"strings"
	"sync"
	"unsafe"
	"weak"
)

// A value is the key of a unique value: equal values of different types are different.
type value struct {
	typ reflect.Type
	v   any
}

var uniques = struct {
	sync.Mutex
	copies map[value]weak.Pointer[byte]
}{copies: map[value]weak.Pointer[byte]{}}

// empty is the one value of a type without size.
var empty struct{}

// Unique returns the address of the one copy of a value; typ is a nil pointer to its type, which is comparable. The copy
// lives as long as its address is in use. It is safe for use by several goroutines at once.
//
// One difference to package unique: a value that leads to its own handle, by a pointer to where the handle is kept, is
// never freed.
func Unique(typ, v any) unsafe.Pointer {
	k := value{reflect.TypeOf(typ).Elem(), v}
	if k.typ.Size() == 0 {
		return unsafe.Pointer(&empty)
	}
	uniques.Lock()
	defer uniques.Unlock()
	if p := uniques.copies[k].Value(); p != nil {
		return unsafe.Pointer(p)
	}
	r := reflect.New(k.typ)
	if s := reflect.ValueOf(v); s.Kind() == reflect.String && k.typ.Kind() == reflect.String {
		r.Elem().SetString(strings.Clone(s.String())) // it may be a part of a large one
		k.v = r.Elem().Interface()
	} else if v != nil {
		r.Elem().Set(s)
	}
	p := (*byte)(r.UnsafePointer())
	if !equalsItself(k) { // NaN is a new value each time
		return unsafe.Pointer(p)
	}
	uniques.copies[k] = weak.Make(p)
	runtime.AddCleanup(p, forget, k)
	return unsafe.Pointer(p)
}

func equalsItself(k value) bool {
	other := k
	return k == other
}

// forget removes a value whose copy is gone; there may be a new copy by now.
func forget(k value) {
	uniques.Lock()
	defer uniques.Unlock()
	if w, ok := uniques.copies[k]; ok && w.Value() == nil {
		delete(uniques.copies, k)
	}
}
