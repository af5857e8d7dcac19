// Package op has the instructions of the machine: Go closures that work on a frame.
//
// An [Op] gets the address of a frame; where its operands lie in the frame are byte offsets that the closure captured.
// The instruction set is generic Go: one template for each shape of instruction, instantiated for each kind of scalar
// and each [Class] of value, so that the source stays small and every instance is monomorphic.
//
// # Rules of a template
//
//   - Operands are read as *(*T)(unsafe.Add(fp, off)), written out: a generic helper would not be inlined in a generic
//     closure, which costs more than the instruction does.
//   - A word that holds a pointer is stored through a Go type that says so, so that the write barrier sees it.
//   - Faults are Go's own: an index out of range, a nil pointer or a division by zero panics in the closure with the text
//     that compiled code has.
package op

import "unsafe"

// P is the address of a frame or of a value.
type P = unsafe.Pointer

// An Op is one instruction.
type Op func(fp P)

// A Term ends a block: it returns the block that runs next, or nil to leave the function.
type Term func(fp P) *Block

// Width is how many instructions a block may have; longer ones are chained by Next.
const Width = 8

// A Block is a run of instructions without a jump into or out of it.
type Block struct {
	N    uint32 // instructions in Op
	ID   uint32
	Term Term      // nil: Next follows
	Next *Block    // where Term is nil
	Op   [Width]Op // N of them are there: a block ends after its last instruction (NewBlock)
}

// block is a Block with room for the instructions Ops, an array.
type block[Ops any] struct {
	n, id uint32
	term  Term
	next  *Block
	op    Ops
}

// NewBlock returns a block with room for n instructions, at most Width: many blocks stay for good, and most are short.
//
//go:nocheckptr
func NewBlock(n int) *Block {
	var b P
	switch {
	case n == 0:
		b = P(new(block[[0]Op]))
	case n == 1:
		b = P(new(block[[1]Op]))
	case n == 2:
		b = P(new(block[[2]Op]))
	case n == 3:
		b = P(new(block[[3]Op]))
	case n <= 5:
		b = P(new(block[[5]Op]))
	default:
		b = P(new(block[[Width]Op]))
	}
	r := (*Block)(b)
	r.N = uint32(n)
	return r
}

// Integer, Number, Ordered and Arithmetic are the kinds that the templates are made for.
type (
	Integer interface {
		int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64
	}
	Number  interface{ Integer | float32 | float64 }
	Ordered interface{ Number | string }
	Summand interface {
		Ordered | complex64 | complex128
	}
)
