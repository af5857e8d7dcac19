package machine

import (
	"encoding/binary"
	"go/token"
	"reflect"
	"sync"
	"unsafe"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// A Head is what is known of a function before it is compiled.
type Head struct {
	Name      string
	Params    []Slot // with the receiver
	Results   []Slot
	Source    func(token.Pos) Place // nil if the function has none
	Synthetic bool                  // a wrapper of go/ssa: not in tracebacks; recover passes through it
}

// NewHead returns the head of a function with parameters and results of types.
func NewHead(name string, params, results []reflect.Type) *Head {
	h := &Head{Name: name}
	end := unsafe.Sizeof(Header{})
	h.Params, end = Place1(params, end)
	h.Results, _ = Place1(results, end)
	return h
}

// End returns where the parameters and results end.
func (h *Head) End() uintptr {
	switch {
	case len(h.Results) > 0:
		return endOf(h.Results)
	case len(h.Params) > 0:
		return endOf(h.Params)
	}
	return unsafe.Sizeof(Header{})
}

func endOf(slots []Slot) uintptr {
	s := slots[len(slots)-1]
	return s.Offset + (s.Type.Size()+7)&^7
}

var heads struct {
	sync.Mutex
	known map[string]*Head
}

// Shared returns a head that all functions have in common whose heads have the name of h and whose parameters and results lie
// as those of h do: with other types that lie in memory alike. It stays for good; it is for methods, which do, too.
func (h *Head) Shared() *Head {
	g := &Head{Name: h.Name, Source: h.Source, Synthetic: h.Synthetic, Params: alike(h.Params), Results: alike(h.Results)}
	key := append([]byte(h.Name), 0)
	if h.Synthetic {
		key = append(key, 1)
	}
	number := func(p P) { key = binary.NativeEndian.AppendUint64(key, uint64(uintptr(p))) }
	number(*(*P)(unsafe.Pointer(&h.Source)))
	for _, s := range g.Params {
		number(op.TypePointer(s.Type))
	}
	number(nil)
	for _, s := range g.Results {
		number(op.TypePointer(s.Type))
	}
	heads.Lock()
	defer heads.Unlock()
	if k := heads.known[string(key)]; k != nil {
		return k
	}
	if heads.known == nil {
		heads.known = map[string]*Head{}
	}
	heads.known[string(key)] = g
	return g
}

func alike(slots []Slot) []Slot {
	var out []Slot
	for _, s := range slots {
		out = append(out, Slot{s.Offset, plain(s.Type)})
	}
	return out
}

// plain returns a type that lies in memory as t does and that few types have in common with it.
func plain(t reflect.Type) reflect.Type {
	switch t.Kind() {
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func:
		return reflect.TypeFor[P]()
	case reflect.String:
		return reflect.TypeFor[string]()
	case reflect.Slice:
		return reflect.TypeFor[[]byte]()
	case reflect.Interface:
		return reflect.TypeFor[any]()
	}
	if !op.HasPointers(t) {
		switch t.Size() {
		case 1:
			return reflect.TypeFor[uint8]()
		case 8:
			return reflect.TypeFor[uint64]()
		}
		return reflect.ArrayOf(int(t.Size()), reflect.TypeFor[uint8]())
	}
	words := map[uintptr]bool{}
	op.Pointers(t, func(off uintptr) { words[off/8] = true })
	return WordsType(t.Size()/8, func(w uintptr) bool { return words[w] })
}
