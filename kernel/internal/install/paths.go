package install

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// patience is how long a program of Jupyter may take to name its paths; it takes 0.2 s.
const patience = 20 * time.Second

// userDataDir returns the folder where Jupyter looks for what the user installed, as Jupyter itself says if it is on PATH.
func userDataDir(ctx context.Context) (string, error) {
	if d := os.Getenv("JUPYTER_DATA_DIR"); d != "" {
		return d, nil
	}
	if out, err := run(ctx, "jupyter", "--data-dir"); err == nil && filepath.IsAbs(out) {
		return out, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("install: no home folder: %w: use a prefix, or set JUPYTER_DATA_DIR", err)
	}
	return defaultDataDir(runtime.GOOS, home, os.Getenv), nil
}

// defaultDataDir is jupyter_core's rule for the user's data.
func defaultDataDir(goos, home string, env func(string) string) string {
	switch goos {
	case "darwin":
		return filepath.Join(home, "Library", "Jupyter")
	case "windows":
		if d := env("APPDATA"); d != "" {
			return filepath.Join(d, "jupyter")
		}
		return filepath.Join(home, ".jupyter", "data")
	}
	if d := env("XDG_DATA_HOME"); d != "" {
		return filepath.Join(d, "jupyter")
	}
	return filepath.Join(home, ".local", "share", "jupyter")
}

// dataDirs returns all folders where a Jupyter on this machine looks, the asked one's first.
func dataDirs(ctx context.Context) []string {
	var dirs []string
	if out, err := run(ctx, "jupyter", "--paths", "--json"); err == nil {
		var paths struct{ Data []string }
		if json.Unmarshal([]byte(out), &paths) == nil {
			dirs = paths.Data
		}
	}
	if d, err := userDataDir(ctx); err == nil {
		dirs = append(dirs, d)
	}
	dirs = append(dirs, filepath.SplitList(os.Getenv("JUPYTER_PATH"))...)
	for _, v := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if p := os.Getenv(v); p != "" {
			dirs = append(dirs, shareJupyter(p))
		}
	}
	if runtime.GOOS == "windows" {
		if p := os.Getenv("PROGRAMDATA"); p != "" {
			dirs = append(dirs, filepath.Join(p, "jupyter"))
		}
	} else {
		dirs = append(dirs, shareJupyter("/usr/local"), shareJupyter("/usr"))
	}
	return slices.DeleteFunc(dirs, func(d string) bool { return !filepath.IsAbs(d) })
}

// sysPrefix returns the prefix of the active Python environment: the activated one, else that of the Python beside jupyter.
func sysPrefix(ctx context.Context) (string, error) {
	for _, v := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if p := os.Getenv(v); p != "" {
			return p, nil
		}
	}
	jupyter, err := exec.LookPath("jupyter")
	if err != nil {
		return "", fmt.Errorf("install: no Python environment is active and jupyter is not on PATH (%w): activate one, or name a prefix", err)
	}
	for _, name := range []string{"python3", "python"} {
		python := filepath.Join(filepath.Dir(jupyter), name)
		if out, err := run(ctx, python, "-c", "import sys; print(sys.prefix)"); err == nil && filepath.IsAbs(out) {
			return out, nil
		}
	}
	return "", fmt.Errorf("install: no Python beside %s to ask for its prefix: name one", jupyter)
}

// run returns what a program prints, without the white space around it.
func run(ctx context.Context, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).Output()
	return strings.TrimSpace(string(out)), err
}
