// Package machine runs compiled functions: frames, calls, defers and panics, and function values that compiled code can
// call. What a function does is in its blocks, which package compile makes.
//
// # The frame
//
// A call has a frame: one object of the heap, of a type made for the function by reflect.StructOf, which says of each
// word whether it is a pointer. It begins with a [Header]; parameters and results follow at places that depend on the
// signature alone, so that a caller needs to know no more; then registers, constants and local variables. The collector
// thus sees the very values of Go, and compiled code can be given the address of any of them. Nothing points into a
// frame that outlives its call: go/ssa puts variables that escape on the heap.
//
// Frames are kept by each [Thread] and function and used again; on return the words with pointers are cleared.
//
// # The call
//
// The caller takes a frame, copies the arguments into it, runs the function's blocks, copies the results out and gives the
// frame back. A panic is Go's: it unwinds the Go stack of these calls, and functions with defers catch it (defer.go).
//
// # Places
//
// Before a block the loop notes its number in the frame. Which instruction of the block was running is read off the Go
// stack: each has a line of its own in [run], so places of run-time errors cost one store a block (trace.go).
package machine

import (
	"go/token"
	"reflect"
	"strconv"
	"sync"
	"unsafe"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// P is the address of a frame or of a value.
type P = unsafe.Pointer

// A Header is the beginning of a frame.
type Header struct {
	Thread *Thread
	Func   *Func
	next   P // the next free frame
	callee P // the frame of the call that ran last
	defers []Deferred
	catch  *Panic // what the deferred calls of this frame may recover
	given  *Panic // in the frame of a deferred call: what it may recover
	thrown *Panic // the panic statement of this function that runs
	block  uint32 // the block that runs
	depth  int32  // the thread's while the function runs
}

// HeaderOf returns the header of a frame.
func HeaderOf(fp P) *Header { return (*Header)(fp) }

// A Slot is where a value lies in a frame.
type Slot struct {
	Offset uintptr
	Type   reflect.Type
}

// A Func is a function of the machine. It is compiled when it is first called.
type Func struct {
	Name    string
	Params  []Slot // with the receiver
	Results []Slot

	// Compile fills in the rest. It runs once, at the first call, on the caller's goroutine.
	Compile func(f *Func) error

	Frame     Layout
	Free      []Slot // where the free variables lie, in the order of the closure's
	Entry     *op.Block
	Recover   *op.Block // where a function that recovered goes on
	HasDefers bool
	Blocks    []*op.Block // by ID
	Places    [][]token.Pos
	Source    func(token.Pos) Place
	Synthetic bool // a wrapper of go/ssa: not in tracebacks; recover passes through it

	id     uint32
	clears []uintptr // the words with pointers in the part that is cleared on return; nil if they are many
	once   sync.Once
	err    error
}

// A Layout is the type of a function's frames.
type Layout struct {
	Type     reflect.Type
	Template P         // a frame with the constants
	Self     [][2]Slot // registers that hold the address of a local variable: the register and the variable
	// All pointers of the frame that are to be forgotten on return lie in the ClearWords words from ClearFrom on.
	ClearFrom  uintptr
	ClearWords uintptr
}

var ids struct {
	sync.Mutex
	free []uint32
	next uint32
}

// NewFunc returns a function with parameters and results of types.
func NewFunc(name string, params, results []reflect.Type, compile func(f *Func) error) *Func {
	f := &Func{Name: name, Compile: compile}
	end := unsafe.Sizeof(Header{})
	f.Params, end = Place1(params, end)
	f.Results, _ = Place1(results, end)
	f.id = newID(f)
	return f
}

// Place1 lays values out one after the other from an offset on, each in words of its own.
func Place1(ts []reflect.Type, from uintptr) (slots []Slot, end uintptr) {
	for _, t := range ts {
		slots = append(slots, Slot{from, t})
		from += (t.Size() + 7) &^ 7
	}
	return slots, from
}

// HeadEnd returns where the parameters and results end.
func (f *Func) HeadEnd() uintptr {
	end := unsafe.Sizeof(Header{})
	for _, s := range append(append([]Slot(nil), f.Params...), f.Results...) {
		end = s.Offset + (s.Type.Size()+7)&^7
	}
	return end
}

// FrameType returns the type of a frame of n words after the header, of which pointer tells those that hold pointers.
func FrameType(n uintptr, pointer func(word uintptr) bool) reflect.Type {
	fields := []reflect.StructField{{Name: "H", Type: reflect.TypeFor[Header]()}}
	for i := uintptr(0); i < n; {
		j := i + 1
		for j < n && pointer(j) == pointer(i) {
			j++
		}
		t := reflect.TypeFor[uint64]()
		if pointer(i) {
			t = reflect.TypeFor[P]()
		}
		fields = append(fields, reflect.StructField{Name: "W" + strconv.Itoa(int(i)), Type: reflect.ArrayOf(int(j-i), t)})
		i = j
	}
	return reflect.StructOf(fields)
}

func (f *Func) prepare() {
	f.Prepare()
	if f.err != nil {
		panic(f.err)
	}
}

// Prepare compiles the function, unless it is compiled. A function that cannot be compiled panics when it is called.
func (f *Func) Prepare() {
	f.once.Do(func() {
		f.err = f.Compile(f)
		f.Compile = nil // it keeps the syntax and the SSA form
		f.prepareClear()
	})
}

// get returns a frame of the function with its constants.
func (f *Func) get(t *Thread) P {
	if id := int(f.id); id < len(t.free) {
		if p := t.free[id]; p != nil {
			t.free[id] = (*Header)(p).next
			return p
		}
	}
	return f.newFrame(t)
}

//go:noinline
func (f *Func) newFrame(t *Thread) P {
	f.prepare()
	if n := int(f.id) + 1; n > len(t.free) {
		t.free = append(t.free, make([]P, n-len(t.free))...)
	}
	v := reflect.New(f.Frame.Type)
	v.Elem().Set(reflect.NewAt(f.Frame.Type, f.Frame.Template).Elem())
	p := v.UnsafePointer()
	for _, s := range f.Frame.Self {
		*(*P)(unsafe.Add(p, s[0].Offset)) = unsafe.Add(p, s[1].Offset)
	}
	h := (*Header)(p)
	h.Thread, h.Func = t, f
	return p
}

// put gives a frame back.
func (f *Func) put(t *Thread, p P) {
	if f.Frame.ClearWords != 0 {
		f.clear(p)
	}
	(*Header)(p).next = t.free[f.id]
	t.free[f.id] = p
}

// fewPointers is up to how many words are cleared one by one: the runtime's own way takes longer for a few.
const fewPointers = 8

func (f *Func) prepareClear() {
	from, n := f.Frame.ClearFrom, f.Frame.ClearWords
	if n == 0 {
		return
	}
	op.Pointers(f.Frame.Type, func(off uintptr) {
		if off >= from && off < from+8*n {
			f.clears = append(f.clears, off)
		}
	})
	if len(f.clears) > fewPointers {
		f.clears = nil
	}
}

// clear forgets what the frame pointed to. A word without a pointer must not be cleared as one: the write barrier would take
// what was in it for one.
func (f *Func) clear(p P) {
	if f.clears == nil {
		clear(unsafe.Slice((*P)(unsafe.Add(p, f.Frame.ClearFrom)), f.Frame.ClearWords)) // looks at the frame's type
		return
	}
	for _, off := range f.clears {
		*(*P)(unsafe.Add(p, off)) = nil
	}
}

// A Cell holds the function that a name stands for now: a redefinition puts another one in.
type Cell struct{ Func *Func }
