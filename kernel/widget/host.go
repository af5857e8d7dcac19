package widget

import (
	"sync/atomic"

	"github.com/gopherceptron/gopherceptron/kernel/display"
)

// Comms are channels to front ends. parent is the header of the request that a message answers, nil for the running cell's;
// handlers are called on the goroutine that reads messages, also while a cell runs.
type Comms interface {
	// Open opens a comm; data becomes JSON.
	Open(parent []byte, target, id string, data any, metadata map[string]any, buffers [][]byte) (string, error)
	// Send sends a message over an open comm.
	Send(parent []byte, id string, data any, metadata map[string]any, buffers [][]byte) error
	// Close closes a comm.
	Close(parent []byte, id string, data any) error
	// OnMessage and OnClose set what is called for a comm.
	OnMessage(id string, handle func(parent, data []byte, buffers [][]byte))
	OnClose(id string, handle func(parent, data []byte))
	// Target sets what is called when a front end opens a comm of that name.
	Target(name string, opened func(parent []byte, id string, data, metadata []byte, buffers [][]byte))
}

// A Host is what runs cells and talks to front ends.
type Host interface {
	Comms
	// Later has f called on the goroutine of the cells, after what waits there already.
	Later(f func())
	// Call calls f, on the goroutine of the cells, as code of a cell: what it prints and shows goes to out. The failure is nil
	// or what f panicked with, as front ends show it.
	Call(f func(), out Sink) *Failure
	// Bundle returns the forms of a value that front ends can show.
	Bundle(v any) display.Bundle
	// Log notes what no output can show.
	Log(message string)
}

// A Sink takes what a callback prints and shows.
type Sink interface {
	Stream(name string, text []byte)
	Show(v any, id string)
	Update(v any, id string)
	Clear(wait bool)
}

// A Failure is how a callback ended that did not return.
type Failure struct {
	Name, Message string
	Traceback     []string
}

var installed atomic.Pointer[Host]

// Install connects the controls to a host; nil disconnects them. Controls that are open stay with the host before.
func Install(h Host) {
	if h == nil {
		installed.Store(nil)
		return
	}
	installed.Store(&h)
	h.Target(controlTarget, control{h}.opened)
}

func host() Host {
	if h := installed.Load(); h != nil {
		return *h
	}
	return nil
}
