package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/gopherceptron/gopherceptron/bench/engine/workload"
)

// gorun is the command that runs a Go program on the virtual machine. It is a process, not a package, for this program: what
// is internal to kernel cannot be imported from here.
const gorun = "github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/gorun"

// buildVM builds gorun into dir and returns its command, or a reason why there is none.
func buildVM(ctx context.Context, dir string) (command []string, reason string, err error) {
	if err := exec.CommandContext(ctx, "go", "list", gorun).Run(); err != nil {
		if ctx.Err() != nil {
			return nil, "", context.Cause(ctx)
		}
		return nil, "this checkout has no " + gorun, nil
	}
	fmt.Fprintln(os.Stderr, "building the virtual machine")
	bin := filepath.Join(dir, "gorun")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", bin, gorun).CombinedOutput(); err != nil {
		return nil, "", fmt.Errorf("go build %s: %w%s", gorun, err, tail(string(out), 20))
	}
	return []string{bin}, "", nil
}

// vmContender runs the programs' source, written into dir, by a command that takes Go files.
func vmContender(name string, command []string, dir string) (*contender, error) {
	files := workload.Main()
	args := slices.Clone(command)
	for _, file := range slices.Sorted(maps.Keys(files)) {
		full := filepath.Join(dir, file)
		if err := os.WriteFile(full, []byte(files[file]), 0o644); err != nil {
			return nil, err
		}
		args = append(args, full)
	}
	return newContender(name, args), nil
}
