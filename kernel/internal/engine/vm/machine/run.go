package machine

import (
	"sync/atomic"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
)

// exec runs a function on its frame.
func (f *Func) exec(fp P) {
	if f.HasDefers {
		f.execDefers(fp)
		return
	}
	run(fp, f.Entry)
}

// run is the inner loop. Few values live in it, so that little is saved around the calls; each instruction is called from
// a line of its own, by which trace.go tells them apart.
//
//go:noinline
func run(fp P, b *op.Block) {
	if t := (*Header)(fp).Thread; t.depth < MaxDepth {
		t.depth++
		(*Header)(fp).depth = t.depth
	} else {
		panic(StackOverflow{})
	}
	for {
		(*Header)(fp).block = b.ID
		switch b.N {
		case 0:
		case 1:
			b.Op[0](fp)
		case 2:
			b.Op[0](fp)
			b.Op[1](fp)
		case 3:
			b.Op[0](fp)
			b.Op[1](fp)
			b.Op[2](fp)
		case 4:
			b.Op[0](fp)
			b.Op[1](fp)
			b.Op[2](fp)
			b.Op[3](fp)
		case 5:
			b.Op[0](fp)
			b.Op[1](fp)
			b.Op[2](fp)
			b.Op[3](fp)
			b.Op[4](fp)
		case 6:
			b.Op[0](fp)
			b.Op[1](fp)
			b.Op[2](fp)
			b.Op[3](fp)
			b.Op[4](fp)
			b.Op[5](fp)
		case 7:
			b.Op[0](fp)
			b.Op[1](fp)
			b.Op[2](fp)
			b.Op[3](fp)
			b.Op[4](fp)
			b.Op[5](fp)
			b.Op[6](fp)
		default:
			b.Op[0](fp)
			b.Op[1](fp)
			b.Op[2](fp)
			b.Op[3](fp)
			b.Op[4](fp)
			b.Op[5](fp)
			b.Op[6](fp)
			b.Op[7](fp)
		}
		if b.Term == nil {
			b = b.Next
			continue
		}
		if b = b.Term(fp); b == nil {
			(*Header)(fp).Thread.depth = (*Header)(fp).depth - 1
			return
		}
		if atomic.LoadUint32(&(*Header)(fp).Thread.stop) != 0 {
			panic(Interrupt{})
		}
	}
}
