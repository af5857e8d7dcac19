package compile

import (
	"go/types"
	"reflect"
	"sync"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// intrinsic returns an instruction in the place of the call of a compiled function, or nil: for what blocks, so that an
// interrupt ends it and the user can be told where the cell waits.
func (c *compiler) intrinsic(f *ssa.Function, s *machine.Site, native reflect.Value) op.Op {
	o, ok := f.Object().(*types.Func)
	if !ok || o.Pkg() == nil || len(s.Args) == 0 {
		return nil
	}
	a, at := s.Args[0].Offset, c.place()
	switch o.FullName() {
	case "time.Sleep":
		return func(fp P) { machine.Sleep(fp, *valueAt[time.Duration](fp, a), at) }
	case "(*sync.WaitGroup).Wait":
		return func(fp P) {
			w := *valueAt[*sync.WaitGroup](fp, a)
			if w == nil {
				w.Wait() // panics as it does
			}
			machine.Await(fp, "sync.WaitGroup.Wait", at, w.Wait, func() {})
		}
	case "(*sync.Mutex).Lock":
		return func(fp P) {
			if m := *valueAt[*sync.Mutex](fp, a); !m.TryLock() {
				machine.Await(fp, "sync.Mutex.Lock", at, m.Lock, m.Unlock)
			}
		}
	case "(*sync.RWMutex).Lock":
		return func(fp P) {
			if m := *valueAt[*sync.RWMutex](fp, a); !m.TryLock() {
				machine.Await(fp, "sync.RWMutex.Lock", at, m.Lock, m.Unlock)
			}
		}
	case "(*sync.RWMutex).RLock":
		return func(fp P) {
			if m := *valueAt[*sync.RWMutex](fp, a); !m.TryRLock() {
				machine.Await(fp, "sync.RWMutex.RLock", at, m.RLock, m.RUnlock)
			}
		}
	}
	return nil
}

// guarded returns what is called in place of a compiled function: one that panics where the compiled one would end the
// process.
func guarded(f *ssa.Function, native reflect.Value) reflect.Value {
	if o, ok := f.Object().(*types.Func); ok {
		if g, ok := guards[o.FullName()]; ok {
			return g
		}
	}
	return native
}

// guards: whoever can lock a mutex may not unlock it.
var guards = map[string]reflect.Value{
	"(*sync.Mutex).Unlock": reflect.ValueOf(func(m *sync.Mutex) {
		if m.TryLock() {
			m.Unlock()
			panic(unlockError("unlock of unlocked mutex"))
		}
		m.Unlock()
	}),
	"(*sync.RWMutex).Unlock": reflect.ValueOf(func(m *sync.RWMutex) {
		if m.TryRLock() {
			m.RUnlock()
			panic(unlockError("Unlock of unlocked RWMutex"))
		}
		m.Unlock()
	}),
	"(*sync.RWMutex).RUnlock": reflect.ValueOf(func(m *sync.RWMutex) {
		if m.TryLock() {
			m.Unlock()
			panic(unlockError("RUnlock of unlocked RWMutex"))
		}
		m.RUnlock()
	}),
}

// An unlockError is the run-time error of unlocking what is not locked.
type unlockError string

func (e unlockError) Error() string { return "sync: " + string(e) }

// RuntimeError makes it a run-time error like Go's own.
func (unlockError) RuntimeError() {}
