package jupyter

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/internal/pyenv"
)

// scratch holds the binary and its kernelspec for all tests.
var scratch string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "gopherceptron-jupyter-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	scratch = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// noteSources looks at every source of the module, once a test runs. go test notes what tests look at and takes a cached
// result only if all of that is unchanged; it does not see what the binary is built from and what Python reads.
var noteSources = sync.OnceValue(func() error {
	return filepath.WalkDir(filepath.Join("..", ".."), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			return filepath.SkipDir
		}
		return err
	})
})

// A subject is the kernel that is tested.
type subject struct {
	*pyenv.Env
	name    string   // of the kernelspec
	samples string   // file with cells in its language
	vars    []string // environment for Jupyter's programs
}

// kernelUnderTest returns our kernel, freshly built and installed where only the tests look, or the one that
// GOPHERCEPTRON_TEST_KERNEL names, which must be a Python one: that tests the tests.
func kernelUnderTest(t *testing.T) subject {
	t.Helper()
	k := subject{Env: pyenv.ForTest(t), name: os.Getenv("GOPHERCEPTRON_TEST_KERNEL"), samples: "python.json"}
	if err := noteSources(); err != nil {
		t.Fatal(err)
	}
	own := t.TempDir()
	for _, v := range []string{"JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTERLAB_WORKSPACES_DIR", "JUPYTERLAB_SETTINGS_DIR", "IPYTHONDIR"} {
		k.vars = append(k.vars, v+"="+filepath.Join(own, strings.ToLower(v)))
	}
	k.vars = append(k.vars, "XDG_CACHE_HOME="+filepath.Join(own, "cache")) // where the kernel keeps its history
	if k.name == "" {
		k.name, k.samples = "gopherceptron", "go.json"
		prefix, err := installed()
		if err != nil {
			t.Fatal(err)
		}
		k.vars = append(k.vars, "JUPYTER_PATH="+filepath.Join(prefix, "share", "jupyter"))
	}
	abs, err := filepath.Abs(filepath.Join("testdata", k.samples))
	if err != nil {
		t.Fatal(err)
	}
	k.samples = abs
	return k
}

// installed builds the binary and lets it install itself, once, and returns the prefix.
var installed = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(scratch, "gopherceptron")
	if out, err := exec.Command("go", "build", "-o", binary, "github.com/gopherceptron/gopherceptron").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	prefix := filepath.Join(scratch, "prefix")
	cmd := exec.Command(binary, "install", "--prefix", prefix)
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+filepath.Join(scratch, "cache"), "HOME="+scratch)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("gopherceptron install: %w\n%s", err, out)
	}
	// As after go run: what is left is the copy.
	if err := os.Remove(binary); err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(prefix, "share", "jupyter", "kernels", "gopherceptron", "kernel.json")); err != nil {
		return "", fmt.Errorf("gopherceptron install --prefix: %w", err)
	}
	return prefix, nil
})

// python runs a script of testdata, which may import client, and returns what it prints to stdout.
func (k subject) python(t *testing.T, script string, args ...string) []byte {
	t.Helper()
	src, err := filepath.Abs(filepath.Join("testdata", script))
	if err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	cmd := k.Command(t.Context(), "python", append([]string{src}, args...)...)
	dieWithTests(cmd)
	cmd.Dir = t.TempDir()
	cmd.Env = append(cmd.Env, k.vars...)
	cmd.Env = append(cmd.Env, "PYTHONPATH="+here, "PYTHONDONTWRITEBYTECODE=1")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	start := time.Now()
	out, err := cmd.Output()
	cmd.Cancel() // what it may have left of its process group
	if err != nil {
		t.Fatalf("%s %q: %v after %v\n%s%s", script, args, err, time.Since(start).Round(time.Millisecond), out, stderr.String())
	}
	return out
}

// outcomes reads a JSON array of outcomes and fails what was not passed.
func outcomes(t *testing.T, data []byte) (passed int) {
	t.Helper()
	var list []struct{ Test, Outcome, Text string }
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatalf("output %q: %v", data, err)
	}
	for _, o := range list {
		if o.Outcome == "passed" {
			passed++
			continue
		}
		t.Errorf("%s: %s\n%s", o.Test, o.Outcome, o.Text)
	}
	return passed
}
