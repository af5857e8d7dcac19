//go:build amd64 || arm64

package rtype

import (
	"testing"
	"unsafe"
)

// Every stub jumps into its own closure: stubs lie where stub.code says.
func TestStubCode(t *testing.T) {
	used, all := Stubs()
	for i := used; i < all; i++ {
		want := func() int { return i }
		s := stub(i)
		s.arm(*(*unsafe.Pointer)(unsafe.Pointer(&want)))
		code := s.code()
		closure := unsafe.Pointer(&code) // a func value without variables
		if got := (*(*func() int)(unsafe.Pointer(&closure)))(); got != i {
			t.Fatalf("stub %d = %d; want %d", i, got, i)
		}
		s.arm(nil)
	}
}
