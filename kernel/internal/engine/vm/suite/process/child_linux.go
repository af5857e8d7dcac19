package process

import (
	"os/exec"
	"syscall"
)

// dieWithParent makes the end of the test the end of the program, whatever ended the test.
func dieWithParent(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
