// Package exec has what an executor of cells gives back: values, faults and places.
package exec

import (
	"fmt"
	"go/types"
	"reflect"
)

// A Value is a result with its static type.
type Value struct {
	Reflect reflect.Value // invalid for nil
	Type    types.Type
	// Methods are those methods of the display contract (and String and Error) that the value's type has although the
	// value does not show them to compiled code; nil where it does.
	Methods map[string]any
}

// A Fault is what ended a cell: a panic with its value, or the error that a call returned.
type Fault struct {
	Value any
	Panic bool
	Trace []Frame // innermost first
	Stack []byte  // of the compiled code, for the kernel's log
	// Methods are those of Value, as in [Value].
	Methods map[string]any
}

func (f *Fault) Error() string { return fmt.Sprint(f.Value) }

// A Frame is a place in a cell.
type Frame struct {
	Cell, Line, Column int
	Func               string
}

// Contract are the methods that make a value show itself: those of the display contract, and String and Error.
var Contract = []string{"String", "Error", "HTML", "SVG", "PNG", "JPEG", "Latex", "Markdown", "JavaScript", "JSON"}
