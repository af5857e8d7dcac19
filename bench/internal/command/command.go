// Package command has what the commands that measure kernels have in common.
package command

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
)

// Main runs a command: Ctrl-C ends the context, and an error is printed after the command's name and ends the process with
// exit code 1.
func Main(name string, run func(ctx context.Context) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// Kernel returns the absolute path of the binary to measure: the given one, or if that is "" one of this checkout, which it
// builds in a folder.
func Kernel(ctx context.Context, dir, given string) (string, error) {
	if given != "" {
		return filepath.Abs(given)
	}
	binary := filepath.Join(dir, "gopherceptron")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "github.com/gopherceptron/gopherceptron").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, nil
}
