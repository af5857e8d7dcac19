//go:build !windows

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

// lock takes the lock on a file, waiting as long as ctx allows. The system frees it when the last process that has held
// open ends. The file stays: removing it would let two processes lock two files of one name.
func lock(ctx context.Context, name string, progress io.Writer) (unlock func(), held *os.File, err error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, nil, fmt.Errorf("pyenv: %w", err)
	}
	for waited := false; ; waited = true {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, f, nil
		}
		if err != syscall.EWOULDBLOCK && err != syscall.EINTR {
			f.Close()
			return nil, nil, fmt.Errorf("pyenv: locking %s: %w", name, err)
		}
		if !waited {
			fmt.Fprintf(progress, "Another process is making the private Python environment; waiting for it\n")
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, nil, fmt.Errorf("pyenv: waiting for %s: %w", name, context.Cause(ctx))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// inherit lets cmd hold the lock as well.
func inherit(cmd *exec.Cmd, held *os.File) { cmd.ExtraFiles = append(cmd.ExtraFiles, held) }

// ownGroup makes cmd lead a process group, all of which is killed when its context ends.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 2 * time.Second
}
