package session

import (
	"context"

	"github.com/gopherceptron/gopherceptron/kernel/display"
	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
)

// A Channel names one of a kernel's sockets.
type Channel = wire.Channel

// The channels that carry requests. IOPub has [Conn.Publish]; the heartbeat never leaves the transport.
const (
	Shell   = wire.Shell
	Control = wire.Control
	Stdin   = wire.Stdin
)

// An Event is what a Conn received: a message, or a new subscriber to IOPub.
type Event = wire.Event

// A Conn carries messages between a session and its clients. All methods may be called at once from many goroutines.
type Conn interface {
	// Recv returns the next event of a channel, in order of arrival; subscriptions come on Control.
	// After Close, and when the connection is lost, it returns io.EOF.
	Recv(Channel) (Event, error)
	// Send sends to the peer that Identities names. A peer that is gone is no error.
	Send(Channel, *wire.Message) error
	// Publish sends to every subscriber of IOPub; Identities[0] is the topic.
	Publish(*wire.Message) error
	// Hurry says that the kernel is about to end: from now on Send and Publish wait 100 ms at most for a peer that
	// takes nothing.
	Hurry()
	// Close sends what is queued, for at most a second, and closes all channels.
	Close() error
}

// A Renderer turns a value into what front ends can show. text is the text/plain form that the engine
// found, which may be better than fmt's; empty asks the renderer for one.
type Renderer interface {
	Render(v any, text string) display.Bundle
}

// An Engine runs cells. Execute is called for one cell at a time; the other methods also while a cell runs.
type Engine interface {
	// Execute runs a cell until it ends or ctx does, and sends what it prints and shows to out, which stays
	// valid for goroutines that outlive the cell. The error, if any, is an *Error. ctx ends with the cause
	// ErrInterrupted or ErrShutdown; an engine may return ctx's plain error, which the session names.
	Execute(ctx context.Context, c Cell, out Output) (Result, error)
	// Evaluate returns the value of one expression, for user_expressions.
	Evaluate(ctx context.Context, expr string, out Output) (Result, error)
	// Complete and Inspect take the cursor as a byte offset into code.
	Complete(code string, cursor int) Completions
	Inspect(code string, cursor, detail int) (display.Bundle, bool)
	// IsComplete answers "complete", "incomplete" (with the next line's indent), "invalid" or "unknown".
	IsComplete(code string) (status, indent string)
}

// A Cell is one request to execute code.
type Cell struct {
	// Number is the execution count that the user sees. It does not name a cell: those that are silent, blank or
	// not stored in the history repeat the last one, and the first of them may have 0.
	Number int
	Code   string
	Silent bool
}

// A Result is what a cell leaves: a value to show, if HasValue, and payloads.
type Result struct {
	HasValue bool
	Value    any
	Text     string // text/plain form of Value
	Payload  []Payload
}

// A Payload asks the front end for an action: "page" shows Data in a pager, "set_next_input" puts Text into a cell.
type Payload struct {
	Source  string
	Data    display.Bundle
	Text    string
	Replace bool
}

// An Output receives what one cell prints and shows, from any goroutine, also after the cell ended.
type Output interface {
	// Stream appends to "stdout" or "stderr". The bytes are copied.
	Stream(name string, text []byte)
	// Show displays a value; with an id it can be updated later.
	Show(v any, id string)
	// Update replaces the output that has this id everywhere; one that was never shown is shown.
	Update(v any, id string)
	// Clear removes the cell's output, with wait not before new output comes.
	Clear(wait bool)
	// Input asks the user for a line. It fails where the front end allows no input.
	Input(ctx context.Context, prompt string, password bool) (string, error)
}

// An Error ends a cell: Jupyter's ename, evalue and traceback (lines, may hold ANSI colours).
type Error struct {
	Name      string
	Message   string
	Traceback []string
	Picture   display.Bundle // shown below the error; without Data there is none
}

func (e *Error) Error() string { return e.Name + ": " + e.Message }

// Completions replace code[Start:End]; the best match comes first.
type Completions struct {
	Start, End int // byte offsets
	Items      []Completion
}

// A Completion is one candidate.
type Completion struct {
	Text      string
	Kind      string // function, method, field, variable, constant, type, package, keyword, ...
	Signature string
}
