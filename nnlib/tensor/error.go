package tensor

import (
	"fmt"

	"github.com/gopherceptron/gopherceptron/nnlib/internal/picture"
)

// An Error is a mistake in the program that uses the library: shapes that do not fit, labels that do not exist,
// data that is empty. Functions panic with a *Error, so that a cell stops where the mistake is. What can fail for
// reasons outside the program (files, downloads, devices) returns an error instead.
type Error struct {
	Op       string // what was asked for, such as "Dense"
	Received string // what was found, such as "input has 784 features"
	Expected string // what would have been right, such as "weights expect 500"
	// Network is the model in which shapes do not fit, with the place marked: an *nnlib.Network, which writes and draws
	// itself. It is nil where the mistake is not one of a model's shapes.
	Network fmt.Stringer
}

// Error returns one line: `nnlib: Dense: input has 784 features, weights expect 500`.
func (e *Error) Error() string {
	return "nnlib: " + e.Op + ": " + e.Received + ", " + e.Expected
}

// SVG returns the picture of the network with the edge that does not fit in red; "" where the mistake has no network, and
// in programs without package viz.
func (e *Error) SVG() string {
	if e.Network == nil || picture.Mistake == nil {
		return ""
	}
	return picture.Mistake(e)
}

func mistake(op, received, expected string) *Error {
	return &Error{Op: op, Received: received, Expected: expected}
}
