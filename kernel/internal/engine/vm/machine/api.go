package machine

// Prepare returns a call of a function without parameters on a thread, for Group.Run and Group.Go.
func Prepare(t *Thread, f *Func) Deferred { return Deferred{fn: f, frame: f.get(t)} }

// Call is a call of anything else.
func Call(f func()) Deferred { return Deferred{call: func(*Header) { f() }} }

// Closed returns the closure of a function that has free variables or none.
func Closed(f *Func, cell *Cell, env P, moves []Move) *Closure {
	return &Closure{fn: f, cell: cell, env: env, moves: moves}
}
