package session

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// isolate calls f, which may run code that the kernel does not trust, on a goroutine of its own: a panic and
// runtime.Goexit become errors. It does not wait for f after abandon was closed; nil never is.
func isolate(abandon <-chan struct{}, f func() error) error {
	done := make(chan error, 1)
	go func() {
		err := error(&Error{Name: "Goexit", Message: "runtime.Goexit ended the goroutine"})
		defer func() {
			if r := recover(); r != nil {
				err = panicError(r, debug.Stack())
			}
			done <- err
		}()
		err = f()
	}()
	select {
	case err := <-done:
		return err
	case <-abandon:
		return errAbandoned
	}
}

var errAbandoned = &Error{Name: "Shutdown", Message: fmt.Sprintf("the kernel shut down, and the cell did not end within %v", cellGrace)}

// panicError makes an error of a panic that the engine or a handler let through.
func panicError(r any, stack []byte) error {
	name := "panic"
	if _, ok := r.(runtime.Error); ok {
		name = "runtime error"
	}
	e := &Error{Name: name, Message: strings.TrimPrefix(fmt.Sprint(r), "runtime error: ")}
	const most = 40 // lines: what matters is near the top
	lines := strings.Split(strings.TrimSpace(string(stack)), "\n")
	if len(lines) > most {
		lines = append(lines[:most], "...")
	}
	e.Traceback = append([]string{e.Error(), "this panic was not handled by the engine; the kernel goes on"}, lines...)
	return e
}
