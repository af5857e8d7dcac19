package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A contender is a process that answers requests for programs (see workload.Serve). It is started at the first request and
// again after it died. It is not safe for use by several goroutines.
type contender struct {
	name    string
	command []string
	env     []string // added to this process's own
	// patience is how long an answer may take.
	patience time.Duration

	cmd     *exec.Cmd
	cancel  context.CancelFunc
	in      io.WriteCloser
	out     *bufio.Reader
	problem *bytes.Buffer // what it wrote to stderr; not to be read before stop
}

// newContender returns a contender that has a minute for an answer: yaegi needs a second for the slowest.
func newContender(name string, command []string, env ...string) *contender {
	return &contender{name: name, command: command, env: env, patience: time.Minute}
}

// self is a contender that this binary can be.
func self(name string) (*contender, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("looking for this binary, to start it as %s: %w", name, err)
	}
	return newContender(name, []string{exe}, serveEnv+"="+name), nil
}

func (c *contender) start(ctx context.Context) error {
	ctx, c.cancel = context.WithCancel(ctx)
	c.cmd = exec.CommandContext(ctx, c.command[0], c.command[1:]...)
	c.cmd.Env = append(os.Environ(), c.env...)
	c.cmd.WaitDelay = time.Second
	c.problem = new(bytes.Buffer)
	c.cmd.Stderr = c.problem
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	c.out = bufio.NewReader(out)
	return c.cmd.Start()
}

// stop ends the process, if there is one, and says how it ended.
func (c *contender) stop() error {
	if c.cmd == nil {
		return nil
	}
	c.in.Close() // it ends by itself
	defer c.cancel()
	defer time.AfterFunc(2*time.Second, c.cancel).Stop()
	err := c.cmd.Wait()
	c.cmd = nil
	if err != nil {
		return fmt.Errorf("%w%s", err, tail(c.problem.String(), 6))
	}
	return nil
}

// ask has the process run a program for a while and returns its checksum and the time of each run. An error ends the
// process, since what state it is in is not known; the next request starts a new one.
func (c *contender) ask(ctx context.Context, program string, budget time.Duration) (sum string, runs []time.Duration, err error) {
	if c.cmd == nil {
		if err := c.start(ctx); err != nil {
			c.cancel()
			c.cmd = nil
			return "", nil, fmt.Errorf("starting %q: %w", c.command, err)
		}
	}
	late := time.AfterFunc(c.patience, c.cancel)
	_, err = fmt.Fprintf(c.in, "%s %d\n", program, budget.Milliseconds())
	line := ""
	if err == nil {
		line, err = c.out.ReadString('\n')
	}
	inTime := late.Stop()
	if err != nil {
		ended := c.stop()
		switch {
		case ctx.Err() != nil:
			err = context.Cause(ctx)
		case !inTime:
			err = fmt.Errorf("no answer in %v", c.patience)
		case ended != nil:
			err = ended
		case err == io.EOF:
			err = errors.New("ended without an answer")
		}
		return "", nil, err
	}
	if sum, runs, err = parse(line); err != nil {
		if ended := c.stop(); ended != nil {
			err = fmt.Errorf("%w; then %w", err, ended)
		}
	}
	return sum, runs, err
}

// parse reads an answer.
func parse(line string) (sum string, runs []time.Duration, err error) {
	fields := strings.Fields(line)
	if len(fields) > 0 && fields[0] == "!" {
		return "", nil, errors.New(strings.TrimSpace(strings.TrimPrefix(line, "!")))
	}
	for i, f := range fields {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return "", nil, fmt.Errorf("answered %q: want a checksum and nanoseconds", line)
		}
		if i > 0 {
			runs = append(runs, time.Duration(n))
		}
	}
	if len(runs) == 0 {
		return "", nil, fmt.Errorf("answered %q: want a checksum and nanoseconds", line)
	}
	return fields[0], runs, nil
}

// tail returns the last n lines of what a process wrote, each indented and on a line of its own.
func tail(out string, n int) string {
	var b strings.Builder
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for _, l := range slices.DeleteFunc(lines[max(0, len(lines)-n):], func(l string) bool { return l == "" }) {
		b.WriteString("\n    " + strings.TrimRight(l, "\r"))
	}
	return b.String()
}
