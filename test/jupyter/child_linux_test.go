package jupyter

import (
	"os/exec"
	"syscall"
)

// dieWithTests ends cmd when the tests are killed and clean nothing up.
func dieWithTests(cmd *exec.Cmd) { cmd.SysProcAttr.Pdeathsig = syscall.SIGTERM }
