//go:build !linux

package kernel

import (
	"os"
	"os/exec"
	"syscall"
)

// dieWithParent does nothing: only Linux tells a program that its parent was killed.
func dieWithParent(*exec.Cmd) {}

// askToEnd lets a program end by itself. Windows has no such signal: the error makes the caller kill it.
func askToEnd(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
