package display

import (
	"fmt"
	"os"
	"strings"
	"sync/atomic"
)

// A Sink takes what cells show; the host of the notebook installs one.
type Sink interface {
	// Show displays a value; with an id it can be updated later.
	Show(v any, id string)
	// Update replaces what was shown with an id, everywhere.
	Update(v any, id string)
	// Clear removes the output of the cell, with wait not before new output comes.
	Clear(wait bool)
}

var current atomic.Pointer[func() Sink]

// Install tells where values go. sink is called on the goroutine that shows something, so that a kernel can answer with
// the sink of the cell that started the goroutine. Without a host, and where sink returns nil, values are printed on
// standard output.
func Install(sink func() Sink) { current.Store(&sink) }

func target() Sink {
	if f := current.Load(); f != nil {
		if s := (*f)(); s != nil {
			return s
		}
	}
	return terminal{}
}

// Show displays values, each as an output of its own, in the richest form that the front end can show.
func Show(values ...any) {
	for _, v := range values {
		target().Show(v, "")
	}
}

// Update shows a value in the output that has this id, in place of what it showed before; the first time it makes the
// output, where it is called. It is what a progress bar or a live plot uses.
func Update(id string, v any) { target().Update(v, id) }

// Clear removes the output of the running cell; with wait not before new output comes, so that nothing flickers.
func Clear(wait bool) { target().Clear(wait) }

// terminal is the sink without a host.
type terminal struct{}

func (terminal) Show(v any, _ string)   { fmt.Fprintln(os.Stdout, Text(v)) }
func (terminal) Update(v any, _ string) { fmt.Fprintln(os.Stdout, Text(v)) }
func (terminal) Clear(bool)             {}

// Text returns the text form of a value: its String or Error method's, its Markdown or Latex, else fmt's.
func Text(v any) string {
	switch v := v.(type) {
	case fmt.Stringer:
		return v.String()
	case error:
		return v.Error()
	case interface{ Markdown() string }:
		return v.Markdown()
	case interface{ Latex() string }:
		return v.Latex()
	}
	return strings.TrimSuffix(fmt.Sprintln(v), "\n")
}
