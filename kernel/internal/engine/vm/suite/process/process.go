// Package process runs whole programs with a limit of time and output, and builds the two that judge each other: a Go
// file as the compiler makes it, and gorun, which runs the same file in the virtual machine.
package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// GorunPackage is the command that runs Go files in the virtual machine.
const GorunPackage = "github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/gorun"

// maxOutput is how much a program may print: a machine gone wrong can loop over a print.
const maxOutput = 1 << 20

// Command is a program to be run. The zero Timeout means ten seconds.
type Command struct {
	Args    []string // the path of the program, then what it is given
	Dir     string   // where it runs; "" is the current folder
	Env     []string // added to the environment of this process
	Merge   bool     // whether both streams go to Stdout, in the order in which they were written
	Timeout time.Duration
}

// Result is what a program did.
type Result struct {
	Stdout, Stderr string
	Exit           int  // the exit status; -1 when a signal or the time limit ended it
	TimedOut       bool // whether the limit of time ended it
	Took           time.Duration
}

// String gives the exit status in words, for messages.
func (r Result) String() string {
	switch {
	case r.TimedOut:
		return fmt.Sprintf("timed out after %v", r.Took.Round(time.Millisecond))
	case r.Exit < 0:
		return "ended by a signal"
	}
	return fmt.Sprintf("exit status %d", r.Exit)
}

// Run runs the program without input until it ends or its time is over; then it is killed. An exit
// status is no error: the error says that the program could not be started.
func (c Command) Run(ctx context.Context) (Result, error) {
	timeout := c.Timeout
	if timeout == 0 {
		timeout = 10 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	cmd.Dir = c.Dir
	cmd.Env = append(os.Environ(), c.Env...)
	cmd.WaitDelay = time.Second
	dieWithParent(cmd)
	var stdout, stderr limited
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if c.Merge {
		cmd.Stderr = &stdout
	}
	start := time.Now()
	err := cmd.Run()
	res := Result{Stdout: stdout.String(), Stderr: stderr.String(), Took: time.Since(start)}
	res.TimedOut = errors.Is(ctx.Err(), context.DeadlineExceeded)
	if cmd.ProcessState == nil {
		return res, fmt.Errorf("process: start %s: %w", c.Args[0], err)
	}
	res.Exit = cmd.ProcessState.ExitCode()
	return res, nil
}

// limited keeps the first maxOutput bytes and drops the rest.
type limited struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *limited) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if room := maxOutput - l.buf.Len(); room > 0 {
		l.buf.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}

func (l *limited) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.buf.Len() == maxOutput {
		return l.buf.String() + "\n(cut here)\n"
	}
	return l.buf.String()
}

// Build compiles a package or a file into the folder out and returns the path of the program. dir is where the go
// command runs: outside a module a file is taken as written in the newest language.
func Build(ctx context.Context, dir, what, out string) (string, error) {
	name := strings.TrimSuffix(filepath.Base(what), ".go")
	bin := filepath.Join(out, name+".exe")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", bin, what)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // with cgo the runtime does not notice that all goroutines wait
	cmd.WaitDelay = time.Second
	if msg, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("process: go build %s: %w\n%s", what, err, msg)
	}
	return bin, nil
}
