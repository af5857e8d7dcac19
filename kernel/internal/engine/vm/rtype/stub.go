//go:build amd64 || arm64

package rtype

import (
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"
)

//go:generate go run gen_stubs.go

// Stub i, in stubs_amd64.s and stubs_arm64.s, is two or three instructions: load closures[i] into the context register and
// jump to the code that it begins with. Arguments stay where the caller put them, in registers and on the stack, so a
// stub can stand for a function of any signature; it has no frame, so a traceback never shows it.

// closures has the closure of each stub. It is a Go variable: the collector sees the closures, and the runtime's write
// barrier their replacement.
var closures [stubs]unsafe.Pointer

// entries has the code address of each stub; the assembler fills it.
var entries [stubs]uintptr

var stubCount struct {
	sync.Mutex
	n int
}

const archErr = ""

// A stub is the code of a method: an index into closures and entries.
type stub int

// newStub returns a stub that does what the closure does. Stubs are never freed: the runtime keeps method tables for good.
func newStub(closure unsafe.Pointer) (stub, error) {
	stubCount.Lock()
	defer stubCount.Unlock()
	i := stubCount.n
	if i == stubs {
		return 0, fmt.Errorf("rtype: all %d method entries are in use: types with methods were declared too often; restart the kernel", stubs)
	}
	stubCount.n++
	s := stub(i)
	s.arm(closure)
	return s, nil
}

// arm makes the stub do what another closure of the same signature does, for calls from now on.
func (s stub) arm(closure unsafe.Pointer) { atomic.StorePointer(&closures[s], closure) }

// offset returns the runtime's offset for the stub's code.
func (s stub) offset() int32 {
	// The address is read as the pointer it is; a conversion from uintptr would be reported by vet.
	return addReflectOff(*(*unsafe.Pointer)(unsafe.Pointer(&entries[s])))
}

// Stubs returns how many method entries are in use, and how many there are.
func Stubs() (used, all int) {
	stubCount.Lock()
	defer stubCount.Unlock()
	return stubCount.n, stubs
}
