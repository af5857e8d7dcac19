//go:build !amd64 && !arm64

package rtype

import (
	"errors"
	"runtime"
	"unsafe"
)

const archErr = "rtype: no method entries for " + runtime.GOARCH + ": amd64 and arm64 have them"

type stub int32

func newStub() (stub, error)    { return 0, errors.New(archErr) }
func (stub) release()           {}
func (stub) arm(unsafe.Pointer) {}
func lastStub() error           { return nil }
func (stub) offset() int32      { return 0 }

// Stubs returns how many method entries are in use, and how many there are: none on this architecture.
func Stubs() (used, all int) { return 0, 0 }
