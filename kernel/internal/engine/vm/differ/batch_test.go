package differ

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/suite/process"
)

// outcome is what is compared of a program.
type outcome struct {
	stdout, stderr string
	end            string
	timedOut       bool
	took           time.Duration
}

func (o outcome) same(p outcome) bool {
	return o.stdout == p.stdout && o.stderr == p.stderr && o.end == p.end
}

// batch are programs compiled together.
type batch struct {
	dir   string
	names []string
}

// compile writes each program as a package of one module under dir and compiles them with one go command.
func compile(ctx context.Context, dir string, programs map[string]string) (*batch, error) {
	b := &batch{dir: dir}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module batch\n\ngo 1.26\n"), 0o600); err != nil {
		return nil, err
	}
	for name, src := range programs {
		b.names = append(b.names, name)
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			return nil, err
		}
		if err := os.WriteFile(b.source(name), []byte(src), 0o600); err != nil {
			return nil, err
		}
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(dir, "bin")+string(filepath.Separator), "./...")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build: %w\n%s", err, out)
	}
	return b, nil
}

func (b *batch) source(name string) string { return filepath.Join(b.dir, name, "main.go") }

// native runs the compiled program.
func (b *batch) native(ctx context.Context, name string) (outcome, error) {
	return observe(ctx, process.Command{Args: []string{filepath.Join(b.dir, "bin", name)}, Dir: b.dir, Timeout: *limit})
}

// machine runs the program in the virtual machine.
func (b *batch) machine(ctx context.Context, gorun, name string) (outcome, error) {
	return observe(ctx, process.Command{Args: []string{gorun, b.source(name)}, Dir: b.dir, Env: strings.Fields(*gorunEnv), Timeout: *limit})
}

func observe(ctx context.Context, c process.Command) (outcome, error) {
	res, err := c.Run(ctx)
	if err != nil {
		return outcome{}, err
	}
	return outcome{stdout: res.Stdout, stderr: complaint(res.Stderr), end: ending(res), timedOut: res.TimedOut, took: res.Took}, nil
}

func ending(r process.Result) string {
	if r.TimedOut {
		return "timed out" // without the time, which differs
	}
	return r.String()
}

// complaint takes out of what goes to stderr what a machine cannot have in common with another: addresses and the
// state of the goroutines.
func complaint(text string) string {
	text, _, _ = strings.Cut(text, "\ngoroutine ")
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "[signal ") {
			kept = append(kept, line)
		}
	}
	return strings.TrimSpace(strings.Join(kept, ""))
}

// each runs f for every item, a few at a time, until the context ends.
func each[T any](t *testing.T, items []T, f func(T)) {
	t.Helper()
	slots := make(chan struct{}, max(1, *parallel))
	var left sync.WaitGroup
	for _, item := range items {
		slots <- struct{}{}
		left.Go(func() {
			defer func() { <-slots }()
			f(item)
		})
	}
	left.Wait()
}
