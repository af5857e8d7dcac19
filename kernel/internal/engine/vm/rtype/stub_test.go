//go:build amd64 || arm64

package rtype

import (
	"strings"
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
		if got := s.call(); got != i {
			t.Fatalf("stub %d = %d; want %d", i, got, i)
		}
		s.arm(nil)
	}
}

// The stubs end with an error that says what to do, and Type goes on where it needs none.
func TestStubsEnd(t *testing.T) {
	stubCount.Lock()
	n, free := stubCount.n, stubCount.free
	stubCount.n, stubCount.free = stubs-3, nil
	stubCount.Unlock()
	defer func() {
		stubCount.Lock()
		stubCount.n, stubCount.free = n, free
		stubCount.Unlock()
	}()
	pkg := load(t, "package main\ntype P struct{}\nfunc (P) A() {}\nfunc (P) B() {}\ntype Q struct{}\nfunc (*Q) A() {}\nfunc (*Q) B() {}")
	ts := New(Config{Implement: record})
	_, err := ts.Type(pkg.Scope().Lookup("P").Type())
	if err == nil || !strings.Contains(err.Error(), "method entries are in use") || !strings.Contains(err.Error(), "restart the kernel") {
		t.Errorf("Type of a type with methods for four stubs, with three left: %v", err)
	}
	if used, all := Stubs(); used != all-3 {
		t.Errorf("Stubs() = %d of %d; want three left", used, all)
	}
	typeOf(t, ts, pkg, "Q")
}
