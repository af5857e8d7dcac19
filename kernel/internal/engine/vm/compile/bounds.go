package compile

import (
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// Indexes and bounds are read as int. An unsigned one above the largest int is then negative, which is out of every range,
// too; only the text of the error is another one.

// isUnsigned reports whether a value, which may be missing, is an integer that is no int when it is large.
func (c *compiler) isUnsigned(v ssa.Value) bool {
	return v != nil && op.KindOf(c.at(v).typ) == op.Uint64
}

// indexOf is intOf for an index of something with a length.
func (c *compiler) indexOf(v ssa.Value, length func(fp P) int) func(fp P) int {
	read := c.intOf(v)
	if !c.isUnsigned(v) {
		return read
	}
	return func(fp P) int {
		i := read(fp)
		if i < 0 {
			_ = make([]struct{}, length(fp))[uint(i)]
		}
		return i
	}
}

// lengthOf returns the length of a slice, a string or an array in the frame.
func lengthOf(x *slot) func(fp P) int {
	switch x.typ.Kind() {
	case reflect.Array:
		return fixedLength(x.typ.Len())
	case reflect.String:
		return func(fp P) int { return len(*valueAt[string](fp, x.offset)) }
	}
	return sliceLength(x.offset)
}

func fixedLength(n int) func(fp P) int { return func(P) int { return n } }

func sliceLength(a uintptr) func(fp P) int {
	return func(fp P) int { return valueAt[op.SliceHeader](fp, a).Len }
}

// outOfLength panics as x[l:h] does where x is a string or an array of length n; unsigned tells what l and h are.
func outOfLength(l, h, n int, unsigned [3]bool) {
	words := [2]uintptr{0, uintptr(n)}
	x := *(*string)(unsafe.Pointer(&words)) // of that length: nothing reads it
	if unsigned[1] {
		_ = x[:uint(h)]
	} else {
		_ = x[:h]
	}
	if unsigned[0] {
		_ = x[uint(l):h]
	} else {
		_ = x[l:h]
	}
}

// outOfCapacity panics as x[l:h] does where x is a slice with capacity n.
func outOfCapacity(l, h, n int, unsigned [3]bool) {
	x := make([]struct{}, n)
	if unsigned[1] {
		_ = x[:uint(h)]
	} else {
		_ = x[:h]
	}
	if unsigned[0] {
		_ = x[uint(l):h]
	} else {
		_ = x[l:h]
	}
}

// outOfCapacity3 panics as x[l:h:m] does where x is a slice with capacity n.
func outOfCapacity3(l, h, m, n int, unsigned [3]bool) {
	x := make([]struct{}, n)
	if unsigned[2] {
		_ = x[:0:uint(m)]
	} else {
		_ = x[:0:m]
	}
	if unsigned[1] {
		_ = x[:uint(h):m]
	} else {
		_ = x[:h:m]
	}
	if unsigned[0] {
		_ = x[uint(l):h:m]
	} else {
		_ = x[l:h:m]
	}
}

// conversionError returns the run-time error of a conversion of a slice that is too short to an array.
func conversionError(have, want int) any {
	sample := conversionSample()
	if sample == nil {
		return shortError{have, want}
	}
	t := reflect.TypeOf(sample)
	e := reflect.New(t)
	e.Elem().Set(reflect.ValueOf(sample))
	b := (*boundsError)(e.UnsafePointer())
	b.want, b.have = int64(want), have
	return e.Elem().Interface()
}

// boundsError is the beginning of runtime.boundsError (runtime/error.go).
type boundsError struct {
	want int64
	have int
}

// conversionSample is the runtime's error of a conversion that failed; nil where it is not what this file takes it for.
var conversionSample = sync.OnceValue(func() (e any) {
	defer func() {
		e = recover()
		t := reflect.TypeOf(e)
		if t.Kind() != reflect.Struct || t.NumField() < 2 || t.Field(0).Type != reflect.TypeFor[int64]() || t.Field(1).Type != reflect.TypeFor[int]() ||
			*(*boundsError)((*[2]P)(unsafe.Pointer(&e))[1]) != (boundsError{want: 3, have: 2}) {
			e = nil
		}
	}()
	short := make([]int, 2)
	return [3]int(short)
})

// A shortError is what conversionError returns where it does not know the runtime's error.
type shortError struct{ have, want int }

func (e shortError) Error() string {
	return fmt.Sprintf("runtime error: cannot convert slice with length %d to array or pointer to array with length %d", e.have, e.want)
}

// RuntimeError makes it a run-time error like Go's own.
func (shortError) RuntimeError() {}

var _ runtime.Error = shortError{}
