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
	"math/bits"
	"reflect"
	"strconv"
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

// Place1 lays values out one after the other from an offset on, each in words of its own.
func Place1(ts []reflect.Type, from uintptr) (slots []Slot, end uintptr) {
	for _, t := range ts {
		slots = append(slots, Slot{from, t})
		from += (t.Size() + 7) &^ 7
	}
	return slots, from
}

// FrameType returns the type of a frame of n words after the header, of which pointer tells those that hold pointers.
func FrameType(n uintptr, pointer func(word uintptr) bool) reflect.Type {
	return wordsType([]reflect.StructField{{Name: "H", Type: reflect.TypeFor[Header]()}}, n, pointer)
}

// WordsType returns the type of n words of which pointer tells those that hold pointers.
func WordsType(n uintptr, pointer func(word uintptr) bool) reflect.Type {
	return wordsType(nil, n, pointer)
}

func wordsType(fields []reflect.StructField, n uintptr, pointer func(word uintptr) bool) reflect.Type {
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

// A Layout says how a function's frames are made and cleared.
type Layout struct {
	Type reflect.Type
	Self [][2]uintptr // registers that hold the address of a local variable: where the register lies, and the variable
	// All pointers of the frame that are to be forgotten on return lie in the ClearWords words from ClearFrom on.
	ClearFrom, ClearWords uintptr
	// Constants is the address of an object of type ConstantsType, a copy of which lies at ConstantsFrom in a frame; nil if
	// there are none.
	Constants     P
	ConstantsType reflect.Type
	ConstantsFrom uintptr
}

// SetFrame sets how the function's frames are made. Compile calls it.
func (f *Func) SetFrame(l Layout) {
	f.frame = op.TypePointer(l.Type)
	f.clearFrom, f.clears = uint32(l.ClearFrom)/8, uint32(l.ClearWords)
	if mask := clearMask(l); mask != 0 {
		f.clearFrom, f.clears = f.clearFrom|few, mask
	}
	self := l.Self
	if l.Constants == nil {
		switch len(self) {
		case 0:
		case 1:
			register, variable := self[0][0], self[0][1]
			f.init = func(fp P) { *(*P)(unsafe.Add(fp, register)) = unsafe.Add(fp, variable) }
		default:
			f.init = func(fp P) { pointInside(fp, self) }
		}
		return
	}
	t, from, at := op.TypePointer(l.ConstantsType), l.ConstantsFrom, l.Constants
	if len(self) == 0 {
		f.init = func(fp P) { op.Copy(t, unsafe.Add(fp, from), at) }
		return
	}
	f.init = func(fp P) {
		op.Copy(t, unsafe.Add(fp, from), at)
		pointInside(fp, self)
	}
}

func pointInside(fp P, self [][2]uintptr) {
	for _, s := range self {
		*(*P)(unsafe.Add(fp, s[0])) = unsafe.Add(fp, s[1])
	}
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
	p := op.New(f.frame)
	if f.init != nil {
		f.init(p)
	}
	h := (*Header)(p)
	h.Thread, h.Func = t, f
	return p
}

// put gives a frame back.
func (f *Func) put(t *Thread, p P) {
	if f.clears != 0 {
		f.clear(p)
	}
	(*Header)(p).next = t.free[f.id]
	t.free[f.id] = p
}

// fewPointers is up to how many words are cleared one by one: the runtime's own way takes longer for a few.
const fewPointers = 8

// few, in Func.clearFrom, says that clears has a bit for each word with a pointer among the 32 from there on; else clears is
// the number of words.
const few = 1 << 31

// clear forgets what the frame pointed to. A word without a pointer must not be cleared as one: the write barrier would take
// what was in it for one.
func (f *Func) clear(p P) {
	p = unsafe.Add(p, uintptr(f.clearFrom&^few)*8)
	if f.clearFrom&few == 0 {
		clear(unsafe.Slice((*P)(p), f.clears)) // looks at the frame's type
		return
	}
	for m := f.clears; m != 0; m &= m - 1 {
		*(*P)(unsafe.Add(p, bits.TrailingZeros32(m)*8)) = nil
	}
}

// clearMask returns the words with pointers among those that are cleared, as bits; 0 if they are too many, or lie too far apart.
func clearMask(l Layout) (mask uint32) {
	near := true
	op.Pointers(l.Type, func(off uintptr) {
		if off < l.ClearFrom || off >= l.ClearFrom+8*l.ClearWords {
			return
		}
		i := (off - l.ClearFrom) / 8
		near = near && i < 32
		mask |= 1 << (i % 32)
	})
	if !near || bits.OnesCount32(mask) > fewPointers {
		return 0
	}
	return mask
}
