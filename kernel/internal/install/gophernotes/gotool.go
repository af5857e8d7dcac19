package gophernotes

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"
)

// release is the Go release that gophernotes is known to build with: its interpreter reads go/types' older form of type
// aliases, which a godebug setting brings back, and later releases may drop the setting.
const release = "go1.26"

// toolchain is what the go command gets for it where the machine has another release.
const toolchain = "go1.26.8"

// A goTool is the go command.
type goTool struct {
	path, version string
	env           []string
}

// findGo finds the go command and lets it be the release that is needed.
func findGo(ctx context.Context) (goTool, error) {
	path, err := exec.LookPath("go")
	if err != nil {
		return goTool{}, &MissingError{"building gophernotes needs the go command, and there is none on PATH",
			"install Go 1.26 or newer (https://go.dev/dl/) and try again"}
	}
	t := goTool{path: path}
	for _, kv := range os.Environ() {
		switch name, _, _ := strings.Cut(kv, "="); name {
		case "GOFLAGS", "GOWORK", "GO111MODULE", "GOOS", "GOARCH", "GOEXPERIMENT", "CGO_ENABLED", "GODEBUG", "GOROOT":
		default:
			t.env = append(t.env, kv)
		}
	}
	t.env = append(t.env, "GOFLAGS=-mod=readonly", "GOWORK=off", "CGO_ENABLED=0")
	if t.version, err = t.output(ctx, ".", "env", "GOVERSION"); err != nil {
		return goTool{}, err
	}
	if matches(t.version) {
		return t, nil
	}
	had := t.version
	t.env = append(t.env, "GOTOOLCHAIN="+toolchain)
	if t.version, err = t.output(ctx, ".", "env", "GOVERSION"); err != nil || !matches(t.version) {
		if ctx.Err() != nil {
			return goTool{}, err
		}
		return goTool{}, &MissingError{fmt.Sprintf("gophernotes builds with %s; there is %s, and it could not get the other (%v)", release, had, err),
			"install Go 1.26, or let the go command download it: it needs the network"}
	}
	return t, nil
}

// matches tells the release: "go1.26", "go1.26.8", not "go1.260".
func matches(version string) bool {
	rest, ok := strings.CutPrefix(version, release)
	return ok && (rest == "" || rest[0] < '0' || rest[0] > '9')
}

// command is a go command in a folder. When ctx ends it is interrupted, so that it can end its compilers.
func (t goTool) command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, t.path, args...)
	cmd.Dir, cmd.Env = dir, append(t.env[:len(t.env):len(t.env)], "PWD="+dir)
	cmd.Cancel = func() error {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			return cmd.Process.Kill() // Windows has no such signal
		}
		return nil
	}
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// output runs a go command and returns what it prints to standard output, without the white space around it.
func (t goTool) output(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := t.command(ctx, dir, args...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return "", explain(ctx, args, err, said.String()+out.String())
	}
	return strings.TrimSpace(out.String()), nil
}

// counted runs a go command that names a package on standard error for each that it compiles, and says now and then how many.
func (t goTool) counted(ctx context.Context, dir string, progress io.Writer, args ...string) error {
	cmd := t.command(ctx, dir, args...)
	var said packageCounter
	cmd.Stderr = &said
	ended := make(chan error, 1)
	start := time.Now()
	go func() { ended <- cmd.Run() }()
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_, n := said.so()
			fmt.Fprintf(progress, "  %3.0f s: %d packages\n", time.Since(start).Seconds(), n)
		case err := <-ended:
			if err != nil {
				text, _ := said.so()
				return explain(ctx, args, err, text)
			}
			return nil
		}
	}
}

// A packageCounter keeps what a go command says and counts the lines that name a package.
type packageCounter struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (c *packageCounter) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(p)
}

func (c *packageCounter) so() (text string, packages int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.String(), len(packageLine.FindAllIndex(c.text.Bytes(), -1))
}

var (
	packageLine = regexp.MustCompile(`(?m)^[a-zA-Z0-9_./~-]+$`)
	noNetwork   = regexp.MustCompile(`(?i)dial tcp|no such host|connection refused|connection reset|i/o timeout|proxyconnect|TLS handshake|network is unreachable|server misbehaving|module lookup disabled|unexpected EOF`)
	diskFull    = regexp.MustCompile(`(?i)no space left on device|not enough space|disk quota`)
)

// explain makes an error of a go command that failed.
func explain(ctx context.Context, args []string, err error, said string) error {
	lines := strings.FieldsFunc(said, func(r rune) bool { return r == '\n' })
	lines = lines[max(0, len(lines)-8):]
	text := ""
	for _, l := range lines {
		text += "\n    " + strings.TrimRight(l, "\r")
	}
	what := "go " + args[0]
	if args[0] == "mod" {
		what += " " + args[1]
	}
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("gophernotes: %s: %w", what, context.Cause(ctx))
	case noNetwork.MatchString(said):
		return &MissingError{what + " could not download gophernotes and its modules" + text,
			"is there a network, and does the go command need a proxy (go env GOPROXY, HTTPS_PROXY)? Then try again"}
	case diskFull.MatchString(said):
		return &MissingError{"the disk is full" + text, "make room for 1 GB of Go's caches (go env GOCACHE GOMODCACHE) and try again"}
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, os.ErrPermission):
		return &MissingError{fmt.Sprintf("%s: %v", what, err), "is Go installed whole?"}
	}
	return fmt.Errorf("gophernotes: %s: %w%s", what, err, text)
}
