package check

import (
	"fmt"
	"strings"
)

// A Diagnostic is one thing wrong with a cell, in Go's words.
type Diagnostic struct {
	Line, Column int // from 1, in bytes as Go counts; 0 where no place is known
	Message      string
}

func (d Diagnostic) String() string {
	if d.Line == 0 {
		return d.Message
	}
	return fmt.Sprintf("%d:%d: %s", d.Line, d.Column, d.Message)
}

// Errors says why a cell was not run; it has at least one element, in the order of the source.
type Errors []Diagnostic

func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, d := range e {
		lines[i] = d.String()
	}
	return strings.Join(lines, "\n")
}
