package machine

import (
	"fmt"
	"go/token"
	"runtime"
	"strings"
	"sync"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// A Place is a place in the source of a cell.
type Place struct {
	File         string
	Line, Column int
	Func         string
	Synthetic    bool // compiled code, or a wrapper
}

func (p Place) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// A spot is an instruction of a function: of a block, by number; -1 is what ends it.
type spot struct {
	fn    *Func
	block uint32
	op    int
}

// place returns the place of instruction i of a block; -1 is what ends it.
func (f *Func) place(block uint32, i int) Place {
	p := Place{Func: f.Name, Synthetic: f.Synthetic}
	if f.Source == nil {
		return p
	}
	if pos := f.placeOf(block, i); pos.IsValid() {
		q := f.Source(pos)
		q.Func, q.Synthetic = p.Func, p.Synthetic
		return q
	}
	return p
}

// trace returns the places of the calls from the function with the frame base to the panic that is being caught, as
// the Go stack tells: innermost first, base's own last.
func trace(base P) []spot {
	lines := running()
	var out []spot
	fp := base
	for i := len(lines) - 1; i >= 0 && fp != nil; i-- {
		h := (*Header)(fp)
		if h.Func == nil {
			break
		}
		out = append(out, spot{h.Func, h.block, lines[i]})
		fp = h.callee
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// maxTrace is how many Go frames are looked at. A deeper stack is traced from its outer end.
const maxTrace = 2048

// running returns, for the calls of run between the panic and the function that caught it, which instruction each was
// at: innermost first.
func running() []int {
	table := calls()
	pcs := make([]uintptr, maxTrace)
	n := runtime.Callers(3, pcs)
	frames := runtime.CallersFrames(pcs[:n])
	var out []int
	for {
		fr, more := frames.Next()
		name, ours := strings.CutPrefix(fr.Function, prefix)
		switch {
		case !ours:
		case name == "run":
			i, ok := table[fr.Line]
			if !ok {
				i = -1
			}
			out = append(out, i)
		case name == "(*Func).try", name == "runProtected", name == "(*Thread).protect":
			return out
		}
		if !more {
			break
		}
	}
	if n == maxTrace { // the outer end is missing
		return make([]int, 16)
	}
	return out
}

// prefix is the path of this package in names of functions.
var prefix = func() string {
	pc, _, _, _ := runtime.Caller(0)
	name := runtime.FuncForPC(pc).Name()
	return name[:strings.LastIndex(name, "/machine.")+len("/machine.")]
}()

// calls returns, for the lines of run, which instruction they call. It is found out by running blocks that look.
var calls = sync.OnceValue(func() map[int]int {
	lines := map[int]int{}
	th := &Thread{group: NewGroup(nil)}
	for n := 1; n <= op.Width; n++ {
		b := op.NewBlock(n)
		b.Term = func(P) *op.Block { return nil }
		for i := range n {
			b.Op[i] = func(P) { lines[runLine()] = i }
		}
		h := &Header{Thread: th}
		run(P(h), b)
	}
	return lines
})

// runLine returns the line of run that called the caller.
func runLine() int {
	var pcs [16]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		fr, more := frames.Next()
		if fr.Function == prefix+"run" {
			return fr.Line
		}
		if !more {
			return 0
		}
	}
}

// Here returns the place of the instruction of the frame's block that has a position, for go statements and waits.
func Here(fp P, pos token.Pos) Place {
	f := (*Header)(fp).Func
	if f.Source == nil || !pos.IsValid() {
		return Place{Func: f.Name}
	}
	p := f.Source(pos)
	p.Func = f.Name
	return p
}
