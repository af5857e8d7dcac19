package pyenv

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// make makes the environment in place, because a venv holds its own path and cannot be renamed, and writes the marker last.
// held is the lock: the programs that are started inherit it, so that it stays taken while they live even if we are killed.
func (e *Env) make(ctx context.Context, py python, held *os.File, progress io.Writer) error {
	start := time.Now()
	fmt.Fprintf(progress, "Making the private Python environment (once, about %s): %s\n", e.list.size, e.dir)
	if err := os.RemoveAll(e.dir); err != nil {
		return fmt.Errorf("pyenv: removing an unfinished environment: %w", err)
	}
	fmt.Fprintf(progress, "  Python %s from %s\n", py.Version, py.Path)
	if out, err := output(e.step(ctx, held, py.Path, "-m", "venv", e.dir)); err != nil {
		return fmt.Errorf("pyenv: %s -m venv: %w%s", py.Path, cause(ctx, err), tail(out, 8))
	}
	list := filepath.Join(e.dir, "requirements.txt")
	if err := os.WriteFile(list, e.list.requirements, 0o644); err != nil {
		return fmt.Errorf("pyenv: %w", err)
	}
	// --no-deps: the list is complete, and the resolver costs time.
	pip := e.step(ctx, held, e.Python(), "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-input",
		"--disable-pip-version-check", "--progress-bar=off", "--no-warn-script-location", "-r", list)
	if err := runPip(ctx, pip, e.list, progress); err != nil {
		return err
	}
	check := e.step(ctx, held, e.Python(), "-c", e.list.check)
	if out, err := output(check); err != nil {
		return fmt.Errorf("pyenv: the new environment does not work: %w%s", cause(ctx, err), tail(out, 8))
	}
	settings := filepath.Join(e.dir, "share", "jupyter", "lab", "settings")
	if err := os.MkdirAll(settings, 0o755); err != nil {
		return fmt.Errorf("pyenv: JupyterLab's settings: %w", err)
	}
	if err := os.WriteFile(filepath.Join(settings, "overrides.json"), overrides, 0o644); err != nil {
		return fmt.Errorf("pyenv: JupyterLab's settings: %w", err)
	}
	if err := os.WriteFile(e.marker(), []byte(py.Version+"\n"), 0o644); err != nil {
		return fmt.Errorf("pyenv: %w", err)
	}
	fmt.Fprintf(progress, "  ready after %.0f s\n", time.Since(start).Seconds())
	return nil
}

// step is a command that makes a part of the environment.
func (e *Env) step(ctx context.Context, held *os.File, prog string, args ...string) *exec.Cmd {
	cmd := e.Command(ctx, prog, args...)
	inherit(cmd, held)
	return cmd
}

// output runs cmd and returns all that it printed.
func output(cmd *exec.Cmd) (string, error) {
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

var (
	requirement = regexp.MustCompile(`(?m)^[A-Za-z0-9._-]+==`)
	noNetwork   = regexp.MustCompile(`(?i)NewConnectionError|NameResolutionError|name resolution|ConnectTimeout|Read timed out|Network is unreachable|No matching distribution found|ProxyError|SSLError`)
)

// count counts names: some packages are listed in several versions, for several Pythons.
func (l list) count() int {
	names := map[string]bool{}
	for _, r := range requirement.FindAllString(string(l.requirements), -1) {
		names[r] = true
	}
	return len(names)
}

// runPip runs pip and says now and then how far it is.
func runPip(ctx context.Context, cmd *exec.Cmd, l list, progress io.Writer) error {
	total := l.count()
	pr, pw := io.Pipe()
	cmd.Stdout, cmd.Stderr = pw, pw
	var all strings.Builder
	done := make(chan struct{})
	go func() {
		defer close(done)
		n, said := 0, time.Now()
		lines := bufio.NewReader(pr)
		for {
			line, err := lines.ReadString('\n')
			all.WriteString(line)
			switch {
			case strings.HasPrefix(line, "Collecting "):
				if n++; time.Since(said) > 3*time.Second {
					said = time.Now()
					fmt.Fprintf(progress, "  downloading packages: %d of about %d\n", n, total)
				}
			case strings.HasPrefix(line, "Installing collected packages"):
				fmt.Fprintf(progress, "  installing %d packages\n", n)
			}
			if err != nil {
				return
			}
		}
	}()
	fmt.Fprintf(progress, "  downloading about %d packages\n", total)
	err := cmd.Run()
	pw.Close()
	<-done
	switch {
	case err == nil:
		return nil
	case ctx.Err() == nil && noNetwork.MatchString(all.String()):
		return &MissingError{"pip could not download the packages" + tail(all.String(), 4),
			"is there a network, and does pip need a proxy or another index (pip config)? Then try again"}
	}
	return fmt.Errorf("pyenv: pip install: %w%s", cause(ctx, err), tail(all.String(), 12))
}

// cause prefers the reason why ctx ended to "signal: killed".
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// tail returns the last n lines of a program's output, each indented and on a line of its own.
func tail(out string, n int) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var b strings.Builder
	for _, l := range lines[max(0, len(lines)-n):] {
		b.WriteString("\n    " + strings.TrimRight(l, "\r"))
	}
	return b.String()
}
