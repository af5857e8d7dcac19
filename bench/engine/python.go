package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/gopherceptron/gopherceptron/internal/pyenv"
)

//go:embed worker.py
var workerPy []byte

// findCPython returns the interpreter of the private Python environment if that was made, else the python3 on PATH, and its
// version; or a reason why there is none.
func findCPython(ctx context.Context) (path, version, reason string, err error) {
	if env, err := pyenv.Find(ctx); err == nil {
		path = env.Python()
	} else if path, err = exec.LookPath("python3"); err != nil {
		return "", "", "no python3 on PATH", nil
	}
	out, err := exec.CommandContext(ctx, path, "-I", "-c", "import platform as p; print(p.python_implementation(), p.python_version())").Output()
	version = strings.TrimSpace(string(out))
	switch {
	case ctx.Err() != nil:
		return "", "", "", context.Cause(ctx)
	case err != nil:
		return "", "", fmt.Sprintf("%s does not run: %v", path, err), nil
	case !strings.HasPrefix(version, "CPython "):
		return "", "", fmt.Sprintf("%s is %s", path, version), nil
	}
	return path, version, "", nil
}

// cpythonContender runs worker.py, written into dir.
func cpythonContender(path, dir string) (*contender, error) {
	file := filepath.Join(dir, "worker.py")
	if err := os.WriteFile(file, workerPy, 0o644); err != nil {
		return nil, err
	}
	return newContender(cpython, []string{path, "-I", file}), nil
}
