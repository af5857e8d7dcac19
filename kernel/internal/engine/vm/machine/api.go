package machine

import "unsafe"

// Prepare returns a call of a function without parameters on a thread, for Group.Run and Group.Go.
func Prepare(t *Thread, f *Func) Deferred { return Deferred{fn: f, frame: f.get(t)} }

// Call is a call of anything else.
func Call(f func()) Deferred { return Deferred{call: func(*Header) { f() }} }

// Closed returns the closure of a function, or of that of a cell, that has free variables or none.
func Closed(f *Func, cell *Cell, env P, moves []Move) *Closure {
	if f == nil {
		return &Closure{env: P(cell)}
	}
	return &Closure{fn: f, env: env, moves: unsafe.SliceData(moves), n: uint32(len(moves))}
}
