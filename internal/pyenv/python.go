package pyenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// oldest is the oldest Python that the pinned packages run on.
var oldest = [2]int{3, 10}

// A python is an interpreter found on the machine.
type python struct {
	Path    string // what was asked for
	Prefix  string // its sys.base_prefix
	Version string
	venv    bool // it has venv and ensurepip
}

func (p python) minor() string {
	parts := strings.SplitN(p.Version, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

func (p python) tooOld() bool {
	var v [2]int
	for i, s := range strings.SplitN(p.Version, ".", 3)[:2] {
		v[i], _ = strconv.Atoi(s) // the version is the interpreter's own: three numbers
	}
	return v[0] < oldest[0] || v[0] == oldest[0] && v[1] < oldest[1]
}

// findPython returns the Python that GOPHERCEPTRON_PYTHON names, else the first on PATH that is new enough and has venv.
func findPython(ctx context.Context) (python, error) {
	if name := os.Getenv("GOPHERCEPTRON_PYTHON"); name != "" {
		p, err := askPython(ctx, name)
		if err != nil {
			return p, &MissingError{fmt.Sprintf("GOPHERCEPTRON_PYTHON=%s does not run (%v)", name, err), "set it to a Python 3.10 or newer, or unset it"}
		}
		return p, p.usable()
	}
	names := []string{"python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"}
	if runtime.GOOS == "windows" {
		names = []string{"python3", "python", "py"}
	}
	var first error
	for _, name := range names {
		p, err := askPython(ctx, name)
		if err != nil {
			if ctx.Err() != nil {
				return p, fmt.Errorf("pyenv: looking for Python: %w", context.Cause(ctx))
			}
			continue // not there, or a launcher without a Python behind it
		}
		if err = p.usable(); err == nil {
			return p, nil
		}
		if first == nil {
			first = err
		}
	}
	if first != nil {
		return python{}, first
	}
	return python{}, &MissingError{"no Python 3 found on PATH", installPython()}
}

// usable says why no environment can be made of p.
func (p python) usable() error {
	if p.tooOld() {
		return &MissingError{fmt.Sprintf("%s is Python %s, 3.10 or newer is needed", p.Path, p.Version),
			"install a newer one, or set GOPHERCEPTRON_PYTHON to it"}
	}
	if !p.venv {
		return &MissingError{fmt.Sprintf("%s (Python %s) has no venv module", p.Path, p.Version),
			fmt.Sprintf("apt install python3-venv (or python%s-venv), or set GOPHERCEPTRON_PYTHON to another Python", p.minor())}
	}
	return nil
}

func installPython() string {
	switch runtime.GOOS {
	case "darwin":
		return "brew install python3, or python.org"
	case "windows":
		return "install Python 3 from python.org"
	}
	return "apt install python3-venv (or your system's python3 package)"
}

// ask prints what findPython wants to know, a line each.
const ask = `
import sys, importlib.util as u
print("%d.%d.%d" % sys.version_info[:3])
print(sys.base_prefix)
print(all(u.find_spec(m) for m in ("venv", "ensurepip")))`

func askPython(ctx context.Context, name string) (python, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return python{}, err
	}
	out, err := exec.CommandContext(ctx, path, "-c", ask).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && len(exit.Stderr) > 0 {
			err = fmt.Errorf("%w: %s", err, lastLine(string(exit.Stderr)))
		}
		return python{}, err
	}
	lines := strings.Split(strings.ReplaceAll(strings.TrimSpace(string(out)), "\r\n", "\n"), "\n")
	if len(lines) != 3 || strings.Count(lines[0], ".") != 2 {
		return python{}, fmt.Errorf("%s printed %q; want version, prefix, venv", path, out)
	}
	return python{Path: path, Version: lines[0], Prefix: filepath.Clean(lines[1]), venv: lines[2] == "True"}, nil
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}
