// Package pyenv has the project's private Python environment: JupyterLab and what the tests and benchmarks need,
// pinned by hash, made once in the user's cache and shared by the commands, the tests and the benchmarks.
package pyenv

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

//go:embed requirements.txt
var requirements []byte

// overrides are JupyterLab's settings in this environment: it asks no one for news and updates.
//
//go:embed overrides.json
var overrides []byte

//go:embed requirements-keras.txt
var kerasRequirements []byte

//go:embed requirements-widgets.txt
var widgetRequirements []byte

// A list is what an environment holds.
type list struct {
	prefix       string // of its folder's name
	requirements []byte
	check        string // Python that must work in the end
	size         string
}

var (
	jupyter = list{"python", requirements, "import ipykernel, jupyter_client, jupyter_kernel_test, jupyterlab, nbclient, psutil, zmq", "260 MB"}
	// keras is apart, for tests alone: it is larger than all that users need.
	keras = list{"keras", kerasRequirements, "import os; os.environ['KERAS_BACKEND'] = 'jax'; import jax, keras, numpy", "650 MB"}
	// widgets is apart as well, for a benchmark alone.
	widgets = list{"widgets", widgetRequirements, "import ipykernel, ipywidgets, jupyter_client, matplotlib, psutil, zmq", "210 MB"}
)

// An Env is a complete Python environment. It is not changed once it exists; its methods may be called from many goroutines.
type Env struct {
	dir   string
	list  list
	state string // folder for what its processes keep: settings, runtime files
	// Version is the version of its Python, such as "3.11.7".
	Version string
}

// ErrNotMade says that the environment does not exist yet: [Ensure] makes it.
var ErrNotMade = errors.New("pyenv: the private Python environment does not exist yet")

// A MissingError says what the machine lacks for an environment, and what to do about it.
type MissingError struct {
	What string
	Fix  string
}

func (e *MissingError) Error() string { return "pyenv: " + e.What + ": " + e.Fix }

// Ensure returns the environment and makes it first if need be, which takes about a minute, 260 MB and the network.
// It writes what it does to progress, a line at a time, unless the environment is there already. Several processes may
// call it at once: one makes the environment, the others wait. An interrupted one is made anew.
//
// What the machine lacks is reported as a [*MissingError].
func Ensure(ctx context.Context, progress io.Writer) (*Env, error) {
	return ensure(ctx, jupyter, progress)
}

// EnsureKeras does the same for the environment with Keras 3 on JAX, which tests compare with: about 650 MB.
func EnsureKeras(ctx context.Context, progress io.Writer) (*Env, error) {
	return ensure(ctx, keras, progress)
}

// EnsureWidgets does the same for the environment with ipywidgets and matplotlib, which a benchmark compares with: about 210 MB.
func EnsureWidgets(ctx context.Context, progress io.Writer) (*Env, error) {
	return ensure(ctx, widgets, progress)
}

func ensure(ctx context.Context, l list, progress io.Writer) (*Env, error) {
	py, err := findPython(ctx)
	if err != nil {
		return nil, err
	}
	e, err := locateList(py, l)
	if err != nil {
		return nil, err
	}
	if e.ready() {
		e.touch()
		return e, nil
	}
	root := filepath.Dir(e.dir)
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, fmt.Errorf("pyenv: %w", err)
	}
	unlock, held, err := lock(ctx, filepath.Join(root, "python.lock"), progress)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if e.ready() { // another process made it while we waited
		e.touch()
		return e, nil
	}
	if err := e.make(ctx, py, held, progress); err != nil {
		return nil, err
	}
	removeOld(root, e.dir, time.Now())
	return e, nil
}

// Find returns the environment if it exists, else an error that is [ErrNotMade], with the environment that would be made,
// or says what is missing. It makes nothing.
func Find(ctx context.Context) (*Env, error) {
	py, err := findPython(ctx)
	if err != nil {
		return nil, err
	}
	e, err := locate(py)
	if err != nil {
		return nil, err
	}
	if !e.ready() {
		return e, fmt.Errorf("%w (%s)", ErrNotMade, e.dir)
	}
	return e, nil
}

// CacheDir returns the folder that holds everything the project keeps for a user: environments, copies of the binary, data.
func CacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("pyenv: no folder for caches: %w: set XDG_CACHE_HOME or HOME", err)
	}
	return filepath.Join(dir, "gopherceptron"), nil
}

// locate says where the environment of a Python is or would be.
func locate(py python) (*Env, error) { return locateList(py, jupyter) }

func locateList(py python, l list) (*Env, error) {
	root, err := CacheDir()
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	h.Write(l.requirements)
	h.Write(overrides)
	fmt.Fprintf(h, "\npython %s %s\n", py.minor(), py.Prefix)
	name := l.prefix + "-" + hex.EncodeToString(h.Sum(nil))[:16]
	return &Env{dir: filepath.Join(root, name), list: l, state: filepath.Join(root, "jupyter"), Version: py.Version}, nil
}

// Dir returns the environment's folder, its sys.prefix.
func (e *Env) Dir() string { return e.dir }

// Python returns the path of its Python.
func (e *Env) Python() string { return e.Bin("python") }

// Bin returns the path of one of its programs, such as "jupyter".
func (e *Env) Bin(name string) string {
	if runtime.GOOS == "windows" {
		return filepath.Join(e.dir, "Scripts", name+".exe")
	}
	return filepath.Join(e.dir, "bin", name)
}

// Command returns a command of the environment that is not started yet: it has [Env.Environ], leads a process group of
// its own, and the end of ctx kills that whole group. prog is a name for [Env.Bin] or an absolute path.
func (e *Env) Command(ctx context.Context, prog string, args ...string) *exec.Cmd {
	if !filepath.IsAbs(prog) {
		prog = e.Bin(prog)
	}
	cmd := exec.CommandContext(ctx, prog, args...)
	cmd.Env = e.Environ()
	ownGroup(cmd)
	return cmd
}

// marker is written last: an environment without it was not finished.
func (e *Env) marker() string { return filepath.Join(e.dir, "gopherceptron-complete") }

// ready tells a finished environment whose Python still exists; the system's may have been removed under it.
func (e *Env) ready() bool {
	if _, err := os.Stat(e.marker()); err != nil {
		return false
	}
	_, err := os.Stat(e.Python())
	return err == nil
}

// touch notes that the environment is in use: removeOld goes by the marker's time.
func (e *Env) touch() {
	now := time.Now()
	os.Chtimes(e.marker(), now, now) // a cache that cannot be written is still good to use
}
