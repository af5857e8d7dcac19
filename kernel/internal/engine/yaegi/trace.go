package yaegi

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/exec"
)

// lines says where the cells lie in the interpreter's one file: it knows imports by the name of the file, so the cell
// travels in the number of the line.
type lines struct {
	mu    sync.Mutex
	cells []laid // in order
	next  int
}

type laid struct{ base, cell int }

// Cells lie above the executor's own source and below what the scanner takes for a line.
const (
	firstLine = 1_000_000
	lastLine  = 1 << 29
)

// add finds room for a cell of so many lines and returns the line before its first. Where the file is full it begins anew,
// and the places of old functions are lost.
func (l *lines) add(cell, n int) (base int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next+n >= lastLine || l.next == 0 {
		l.cells, l.next = nil, firstLine
	}
	base = l.next
	l.cells = append(l.cells, laid{base, cell})
	l.next += n + 1
	return base
}

// find returns the cell, and its line, that lies at a line of the file.
func (l *lines) find(at int) (cell, line int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i, _ := slices.BinarySearchFunc(l.cells, at, func(c laid, at int) int { return c.base - at })
	if i == 0 || at >= l.next {
		return 0, 0, false // below the first, since a cell's first line lies behind its base
	}
	return l.cells[i-1].cell, at - l.cells[i-1].base, true
}

// A trace collects the places that the interpreter logs while a panic unwinds, innermost first.
type trace struct {
	mu   sync.Mutex
	text strings.Builder
}

func (t *trace) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.text.Len() < 1<<16 {
		t.text.Write(p)
	}
	return len(p), nil
}

func (t *trace) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text.Reset()
}

var tracePlace = regexp.MustCompile(`(?m)^(?:_\.go:)?(\d+):(\d+): panic: (.*)\(\.\.\.\)$`)

func (t *trace) frames(in *lines) []exec.Frame {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []exec.Frame
	for _, m := range tracePlace.FindAllStringSubmatch(t.text.String(), 50) {
		at, _ := strconv.Atoi(m[1])
		col, _ := strconv.Atoi(m[2])
		cell, line, ok := in.find(at)
		if !ok {
			continue // the executor's own source
		}
		out = append(out, exec.Frame{Cell: cell, Line: line, Column: col, Func: strings.TrimPrefix(m[3], "main.")})
	}
	return out
}
