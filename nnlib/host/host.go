// Package host is the contract between the library and whatever runs it: a notebook kernel, a program, a test.
package host

import (
	"context"
	"sync/atomic"
)

// A Host runs the code that uses the library. Long work asks it when to stop, shows it how far it got, and gives it
// the goroutine from time to time. All methods are called on the goroutine that called the library.
type Host interface {
	// Context ends when the work should stop: the cell is interrupted, the program shuts down.
	Context() context.Context
	// Update shows v in place of what was shown under the same id. The value renders itself: with String, and
	// where it has one with HTML. A value may also say what the update is worth: with Milestone() bool that it
	// deserves a line in a log, with Final() bool that it is the last one of its id.
	Update(id string, v any)
	// Yield lets the host run what waits for this goroutine, such as the callbacks of sliders.
	Yield()
}

// A Stopper is a Host whose user can end work early, without ending the code that called it.
type Stopper interface {
	Host
	// Stop offers the user to end the work that is shown under id, with a button beside it for instance. The work asks
	// stop after each Yield, and calls done when it ends, which takes the offer away. Neither is nil.
	Stop(id string) (stop func() bool, done func())
}

var current atomic.Pointer[func() Host]

// Install sets the function that says which host serves the calling goroutine, and returns the one that was set
// before, so that a test can put it back. The function is called on that goroutine each time work begins; nil from
// it, or a nil function, means a Terminal on standard error. It is safe to call from many goroutines.
func Install(f func() Host) (previous func() Host) {
	var p *func() Host
	if f != nil {
		p = &f
	}
	if old := current.Swap(p); old != nil {
		return *old
	}
	return nil
}

// Current returns the host of the calling goroutine. It is never nil.
func Current() Host {
	if f := current.Load(); f != nil {
		if h := (*f)(); h != nil {
			return h
		}
	}
	return stderr
}
