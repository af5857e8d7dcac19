package machine

import (
	"reflect"
	"unsafe"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// Where reflect.MakeFunc keeps the function that it was given, found by looking at one that it made. If it cannot be
// found, calls of such functions go through reflect: slower, and a panic on their way is Go's as before.
var makeFunc struct {
	code   uintptr // of every function that reflect.MakeFunc makes
	offset uintptr // of the body in it
	body   uintptr // code of the bodies made by reflectCall
	field  uintptr // of the closure in a body
}

func init() {
	c := &Closure{}
	t := reflect.TypeFor[func(complex64)]()
	body := c.reflectCall(t)
	b := *(*P)(unsafe.Pointer(&body))
	makeFunc.body = *(*uintptr)(b)
	for off := uintptr(8); off <= 24; off += 8 {
		if *(*P)(unsafe.Add(b, off)) == P(c) {
			makeFunc.field = off
			break
		}
	}
	f := op.FuncPointer(reflect.MakeFunc(t, body))
	for off := uintptr(8); off <= 48; off += 8 {
		if *(*P)(unsafe.Add(f, off)) == b {
			makeFunc.offset = off
			makeFunc.code = *(*uintptr)(f)
			break
		}
	}
}

// reflectedClosure returns the closure in a func value that reflect.MakeFunc made for the machine, or nil.
func reflectedClosure(fv P) *Closure {
	if makeFunc.field == 0 || makeFunc.code == 0 || *(*uintptr)(fv) != makeFunc.code {
		return nil
	}
	body := *(*P)(unsafe.Add(fv, makeFunc.offset))
	if *(*uintptr)(body) != makeFunc.body {
		return nil
	}
	return *(**Closure)(unsafe.Add(body, makeFunc.field))
}
