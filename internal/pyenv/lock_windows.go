package pyenv

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// sharingViolation is Windows' ERROR_SHARING_VIOLATION.
const sharingViolation syscall.Errno = 32

// lock opens a file that no one else may open meanwhile, waiting as long as ctx allows. The system closes it when the process ends.
func lock(ctx context.Context, name string, progress io.Writer) (unlock func(), held *os.File, err error) {
	p, err := syscall.UTF16PtrFromString(name)
	if err != nil {
		return nil, nil, fmt.Errorf("pyenv: %w", err)
	}
	for waited := false; ; waited = true {
		h, err := syscall.CreateFile(p, syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
		if err == nil {
			f := os.NewFile(uintptr(h), name)
			return func() { f.Close() }, f, nil
		}
		if err != sharingViolation {
			return nil, nil, fmt.Errorf("pyenv: locking %s: %w", name, err)
		}
		if !waited {
			fmt.Fprintf(progress, "Another process is making the private Python environment; waiting for it\n")
		}
		select {
		case <-ctx.Done():
			return nil, nil, fmt.Errorf("pyenv: waiting for %s: %w", name, context.Cause(ctx))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// inherit does nothing: os/exec passes no files on Windows.
func inherit(*exec.Cmd, *os.File) {}

// ownGroup makes cmd lead a process group, so that a Ctrl-C at the console does not reach it.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
	cmd.WaitDelay = 2 * time.Second
}
