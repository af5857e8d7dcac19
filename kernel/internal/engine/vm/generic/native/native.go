// Package native has compiled functions for the sources of package generic, which import it as [Path]: what needs the
// runtime, an instance of a generic function, or an unexported function of the standard library.
//
// Its table ([Symbols]) and its types ([Types]) have what the other files export, except for this package's own API.
package native

import (
	"crypto/hkdf"
	"crypto/pbkdf2"
	"database/sql"
	"hash"
	"hash/maphash"
	"reflect"
	"runtime"
	"unsafe"
	"weak"
)

// WeakMake returns the handle of a weak pointer, which is a weak.Pointer of any type as it lies in memory.
func WeakMake(p unsafe.Pointer) unsafe.Pointer {
	w := weak.Make((*byte)(p))
	return *(*unsafe.Pointer)(unsafe.Pointer(&w))
}

// WeakValue returns the pointer that a handle of WeakMake stands for, or nil after the object is gone.
func WeakValue(handle unsafe.Pointer) unsafe.Pointer {
	return unsafe.Pointer((*(*weak.Pointer[byte])(unsafe.Pointer(&handle))).Value())
}

// AddCleanup is runtime.AddCleanup; cleanup calls the function with arg, which is given for the check that it is not p.
func AddCleanup(p unsafe.Pointer, cleanup func(), arg any) runtime.Cleanup {
	var a unsafe.Pointer
	if v := reflect.ValueOf(arg); v.Kind() == reflect.Pointer || v.Kind() == reflect.UnsafePointer {
		a = v.UnsafePointer()
	}
	return runtime.AddCleanup((*byte)(p), func(unsafe.Pointer) { cleanup() }, a)
}

// HashComparable is maphash.Comparable of the value in an interface.
func HashComparable(seed maphash.Seed, v any) uint64 { return maphash.Comparable(seed, v) }

// WriteComparable is maphash.WriteComparable of the value in an interface.
func WriteComparable(h *maphash.Hash, v any) { maphash.WriteComparable(h, v) }

// NullScan is the method Scan of sql.Null: it stores src, which is not nil, where dest points, and returns what becomes of
// the field Valid.
func NullScan(dest, src any) (valid bool, err error) {
	n := sql.Null[target]{V: target{dest}} // the real method, since releases differ in what is valid after an error
	err = n.Scan(src)
	return n.Valid, err
}

// A target is where a scanned value goes to.
type target struct{ dest any }

// Scan implements [sql.Scanner].
func (t *target) Scan(src any) error { return convertAssign(t.dest, src) }

// HKDFExtract is hkdf.Extract.
func HKDFExtract(h func() hash.Hash, secret, salt []byte) ([]byte, error) {
	return hkdf.Extract(h, secret, salt)
}

// HKDFExpand is hkdf.Expand.
func HKDFExpand(h func() hash.Hash, key []byte, info string, length int) ([]byte, error) {
	return hkdf.Expand(h, key, info, length)
}

// HKDFKey is hkdf.Key.
func HKDFKey(h func() hash.Hash, secret, salt []byte, info string, length int) ([]byte, error) {
	return hkdf.Key(h, secret, salt, info, length)
}

// PBKDF2Key is pbkdf2.Key.
func PBKDF2Key(h func() hash.Hash, password string, salt []byte, iter, length int) ([]byte, error) {
	return pbkdf2.Key(h, password, salt, iter, length)
}
