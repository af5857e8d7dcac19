//go:build amd64 || arm64

package rtype

import (
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Stub i, in stubs_amd64.s and stubs_arm64.s, is two or three instructions: load closures[i] into the context register and
// jump to the code that it begins with. Arguments stay where the caller put them, in registers and on the stack, so a
// stub can stand for a function of any signature; it has no frame, so a traceback never shows it.

// stubs is how many there are, as in stubs.h; stride is the distance from one to the next, their PCALIGN.
const (
	stubs  = 32768
	stride = 16
)

// closures has the closure of each stub. It is a Go variable: the collector sees the closures, and the runtime's write
// barrier their replacement.
var closures [stubs]unsafe.Pointer

// stubAddress is the address of stub 0; the assembler fills it in.
var stubAddress unsafe.Pointer

var stubCount struct {
	sync.Mutex
	n    int
	free []stub // given back
}

const archErr = ""

// A stub is the code of a method: an index into closures.
type stub int32

// newStub returns a stub that does nothing until it is armed. A stub that a method table has is never freed: the runtime
// keeps method tables for good.
func newStub() (stub, error) {
	stubCount.Lock()
	defer stubCount.Unlock()
	if n := len(stubCount.free); n > 0 {
		s := stubCount.free[n-1]
		stubCount.free = stubCount.free[:n-1]
		return s, nil
	}
	i := stubCount.n
	if i == stubs {
		return 0, fmt.Errorf("rtype: all %d method entries are in use: types with methods were declared too often; restart the kernel", stubs)
	}
	stubCount.n++
	return stub(i), nil
}

// release gives a stub back that no value's type has.
func (s stub) release() {
	stubCount.Lock()
	defer stubCount.Unlock()
	s.arm(nil)
	stubCount.free = append(stubCount.free, s)
}

// arm makes the stub do what another closure of the same signature does, for calls from now on.
func (s stub) arm(closure unsafe.Pointer) { atomic.StorePointer(&closures[s], closure) }

// code returns the address of the stub's code.
func (s stub) code() unsafe.Pointer { return unsafe.Add(stubAddress, int(s)*stride) }

// offset returns the runtime's offset for the stub's code.
func (s stub) offset() int32 { return addReflectOff(s.code()) }

// lastStub calls the last stub, to see that the stubs lie as far apart as stride says.
func lastStub() error {
	stubCount.Lock()
	defer stubCount.Unlock()
	if stubCount.n == stubs {
		return nil // it is in use, so it was right before
	}
	s, want := stub(stubs-1), stubs-1
	fn := func() int { return want }
	s.arm(*(*unsafe.Pointer)(unsafe.Pointer(&fn)))
	defer s.arm(nil)
	if got := s.call(); got != want {
		return fmt.Errorf("rtype: self-test: the last method entry gives %d, expected %d", got, want)
	}
	return nil
}

// call calls the stub as a function without parameters.
func (s stub) call() int {
	code := s.code()
	closure := unsafe.Pointer(&code) // a func value without variables
	return (*(*func() int)(unsafe.Pointer(&closure)))()
}

// Stubs returns how many method entries are in use, and how many there are.
func Stubs() (used, all int) {
	stubCount.Lock()
	defer stubCount.Unlock()
	return stubCount.n - len(stubCount.free), stubs
}
