package kernel

import (
	"os"
	"os/exec"
	"syscall"
)

// dieWithParent lets the system end cmd when we are killed and cannot do it ourselves.
func dieWithParent(cmd *exec.Cmd) { cmd.SysProcAttr.Pdeathsig = syscall.SIGTERM }

// askToEnd lets a program end by itself.
func askToEnd(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
