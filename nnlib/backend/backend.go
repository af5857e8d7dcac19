package backend

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// ErrUnsupported is what Compile returns, wrapped, for a program that a backend cannot run. It never comes later.
var ErrUnsupported = errors.New("unsupported by this backend")

// A Backend compiles programs. Compile may be called by many goroutines at once.
type Backend interface {
	// Name says what computes, such as "reference" or "avx512, 2 threads".
	Name() string
	// Compile checks a program and gets its memory. The error wraps ErrUnsupported where another backend may do better.
	Compile(p Program) (Exec, error)
}

// An Exec is a compiled program with its memory. One goroutine may use it at a time.
type Exec interface {
	// Write copies numbers into an Input, Param or Output slot. A batched slot takes any number of whole rows, from 1
	// to MaxBatch, and that number is the batch of the runs that follow; other slots take exactly their size.
	Write(slot Slot, numbers []float32) error
	// Read copies a slot into numbers: a Param or Output as a whole, or the first rows of a batched Output, as many
	// as numbers holds. Other slots cannot be read.
	Read(slot Slot, numbers []float32) error
	// WritePart copies numbers into a part of a Param slot, from number first on, row major. Large parameters are moved a
	// piece at a time, so that they need not be there twice.
	WritePart(slot Slot, first int, numbers []float32) error
	// ReadPart copies a part of a Param slot into numbers, from number first on, row major.
	ReadPart(slot Slot, first int, numbers []float32) error
	// Run runs an entry of the program, by its place in Program.Entries. All batched inputs that the entry uses must
	// have been written with the same number of rows; an entry that uses none has the batch of the input that was
	// written last. When ctx ends, Run stops within 100 ms and returns its error:
	// every parameter then holds numbers from before or after its update.
	Run(ctx context.Context, entry int) error
	// Close frees the memory. The Exec cannot be used afterwards.
	Close()
}

var (
	mu       sync.RWMutex
	backends []Backend
)

// Register offers a backend to Compile, before those that were offered earlier. A backend of the same name is replaced.
func Register(b Backend) {
	mu.Lock()
	defer mu.Unlock()
	kept := []Backend{b}
	for _, old := range backends {
		if old.Name() != b.Name() {
			kept = append(kept, old)
		}
	}
	backends = kept
}

// Compile compiles a program with the first backend that supports it; the reference supports all valid ones.
// An error other than ErrUnsupported ends the search.
func Compile(p Program) (Exec, error) {
	mu.RLock()
	candidates := backends
	mu.RUnlock()
	for _, b := range candidates {
		exec, err := b.Compile(p)
		if err == nil {
			return exec, nil
		}
		if !errors.Is(err, ErrUnsupported) {
			return nil, fmt.Errorf("backend: %s: %w", b.Name(), err)
		}
	}
	return Reference.Compile(p)
}
