//go:build !unix

package engine

import (
	"context"
	"os/exec"
)

// shellCommand runs a command line with the system's shell.
func shellCommand(ctx context.Context, line string) *exec.Cmd {
	return exec.CommandContext(ctx, "cmd", "/C", line)
}
