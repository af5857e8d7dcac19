package engine

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// shellRest is how long the output of a command is read after its end, before it must be from the background.
const shellRest = 100 * time.Millisecond

// runShell runs a command and copies its output. It does not wait for what the command leaves in the background, as
// Cmd.Run would, whose output is copied until its end.
func runShell(cmd *exec.Cmd, stdout, stderr io.Writer) error {
	var ends []*os.File
	var copying sync.WaitGroup
	defer func() {
		for _, f := range ends {
			f.Close()
		}
	}()
	attach := func(to io.Writer) (*os.File, error) {
		r, w, err := os.Pipe()
		if err != nil {
			return nil, fmt.Errorf("engine: %w", err)
		}
		ends = append(ends, w)
		copying.Go(func() {
			defer r.Close()
			io.Copy(to, r) // the pipe of a command that is gone has ended
		})
		return w, nil
	}
	out, err := attach(stdout)
	if err != nil {
		return err
	}
	cmd.Stdout = out
	errs, err := attach(stderr)
	if err != nil {
		return err
	}
	cmd.Stderr = errs
	if err := cmd.Start(); err != nil {
		return err
	}
	for _, f := range ends {
		f.Close()
	}
	ends = nil
	err = cmd.Wait()
	all := make(chan struct{})
	go func() {
		copying.Wait()
		close(all)
	}()
	select {
	case <-all:
	case <-time.After(shellRest):
	}
	return err
}
