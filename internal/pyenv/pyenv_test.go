package pyenv

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain lets a test run Ensure in another process.
func TestMain(m *testing.M) {
	if os.Getenv("PYENV_TEST_ENSURE") == "1" {
		if _, err := Ensure(context.Background(), os.Stdout); err != nil {
			os.Stdout.WriteString(err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// fakePython is a script that does what Ensure asks of a Python, without downloading anything; it notes its calls in
// $FAKE/calls. With $FAKE/slow its pip takes as many seconds as the file says, with $FAKE/fail it prints that file and fails.
const fakePython = `#!/bin/sh
case "$1 $2" in
"-c "*sys.version_info*) printf '%s\n%s\n%s\n' "${FAKE_VERSION:-3.11.7}" /fake "${FAKE_VENV:-True}";;
"-c "*) ;;
"-m venv") echo venv >> "$FAKE/calls"; mkdir -p "$3/bin" && cp "$0" "$3/bin/python";;
"-m pip")
	echo pip >> "$FAKE/calls"
	echo "Collecting zmq"
	if [ -f "$FAKE/fail" ]; then cat "$FAKE/fail"; exit 1; fi
	if [ -f "$FAKE/slow" ]; then sleep "$(cat "$FAKE/slow")"; fi
	echo end >> "$FAKE/calls"; echo "Installing collected packages: zmq";;
esac
`

// withFake points Ensure at a fake Python and an empty cache, and returns the folder $FAKE.
func withFake(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the fake Python is a shell script")
	}
	dir := t.TempDir()
	py := filepath.Join(dir, "python3")
	write(t, py, fakePython)
	os.Chmod(py, 0o755)
	t.Setenv("FAKE", dir)
	t.Setenv("GOPHERCEPTRON_PYTHON", py)
	t.Setenv("XDG_CACHE_HOME", filepath.Join(dir, "cache"))
	t.Setenv("HOME", dir) // the cache's place on macOS
	return dir
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func calls(t *testing.T, fake string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(fake, "calls"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(b)), " ")
}

func TestEnsureMakesOnce(t *testing.T) {
	fake := withFake(t)
	if _, err := Find(t.Context()); !errors.Is(err, ErrNotMade) {
		t.Fatalf("Find before = %v; want ErrNotMade", err)
	}
	write(t, filepath.Join(fake, "slow"), "0.3")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := Ensure(t.Context(), new(bytes.Buffer)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var said bytes.Buffer
	e, err := Ensure(t.Context(), &said)
	if err != nil {
		t.Fatal(err)
	}
	if said.Len() > 0 {
		t.Errorf("Ensure of an existing environment said %q; want nothing", said.String())
	}
	if got, want := calls(t, fake), "venv pip end"; got != want {
		t.Errorf("calls = %q; want %q", got, want)
	}
	if f, err := Find(t.Context()); err != nil || f.Dir() != e.Dir() || f.Version != "3.11.7" {
		t.Errorf("Find = %+v, %v; want %+v", f, err, e)
	}
}

func TestEnsureAfterCancel(t *testing.T) {
	fake := withFake(t)
	write(t, filepath.Join(fake, "slow"), "60")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for !strings.Contains(calls(t, fake), "pip") {
			time.Sleep(5 * time.Millisecond)
		}
		cancel()
	}()
	start := time.Now()
	if _, err := Ensure(ctx, new(bytes.Buffer)); !errors.Is(err, context.Canceled) {
		t.Fatalf("Ensure cancelled = %v; want context.Canceled", err)
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("cancelling took %v", d)
	}
	os.Remove(filepath.Join(fake, "slow"))
	if _, err := Ensure(t.Context(), new(bytes.Buffer)); err != nil {
		t.Fatal(err)
	}
	if got, want := calls(t, fake), "venv pip venv pip end"; got != want {
		t.Errorf("calls = %q; want %q", got, want)
	}
}

// The maker is killed: its pip goes on for two seconds, and the next maker must not write beside it.
func TestEnsureAfterKill(t *testing.T) {
	fake := withFake(t)
	write(t, filepath.Join(fake, "slow"), "1") // both pips: the first must still run when the second maker comes
	first := exec.Command(os.Args[0])
	first.Env = append(os.Environ(), "PYENV_TEST_ENSURE=1")
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	for !strings.Contains(calls(t, fake), "pip") {
		time.Sleep(5 * time.Millisecond)
	}
	first.Process.Kill()
	first.Wait()
	var said bytes.Buffer
	e, err := Ensure(t.Context(), &said)
	if err != nil {
		t.Fatal(err)
	}
	if !e.ready() {
		t.Error("the environment is not ready")
	}
	if got, want := calls(t, fake), "venv pip end venv pip end"; got != want {
		t.Errorf("calls = %q; want %q: the second maker waits for the first one's pip", got, want)
	}
	if !strings.Contains(said.String(), "waiting") {
		t.Errorf("progress = %q; want a word about waiting", said.String())
	}
}

func TestEnsureWaitHonoursContext(t *testing.T) {
	fake := withFake(t)
	root := filepath.Join(fake, "cache", "gopherceptron")
	if runtime.GOOS == "darwin" {
		root = filepath.Join(fake, "Library", "Caches", "gopherceptron")
	}
	os.MkdirAll(root, 0o755)
	unlock, _, err := lock(t.Context(), filepath.Join(root, "python.lock"), new(bytes.Buffer))
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := Ensure(ctx, new(bytes.Buffer)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Ensure while locked = %v; want context.DeadlineExceeded", err)
	}
}

func TestEnsureErrors(t *testing.T) {
	tests := []struct {
		name    string
		set     func(t *testing.T, fake string)
		missing bool
		want    string
	}{
		{"old", func(t *testing.T, _ string) { t.Setenv("FAKE_VERSION", "3.9.18") }, true, "is Python 3.9.18, 3.10 or newer is needed: "},
		{"no venv", func(t *testing.T, _ string) { t.Setenv("FAKE_VENV", "False") }, true, "apt install python3-venv (or python3.11-venv)"},
		{"not there", func(t *testing.T, _ string) { t.Setenv("GOPHERCEPTRON_PYTHON", "/nonexistent/python") }, true, "GOPHERCEPTRON_PYTHON=/nonexistent/python does not run"},
		{"none on PATH", func(t *testing.T, fake string) {
			t.Setenv("GOPHERCEPTRON_PYTHON", "")
			t.Setenv("PATH", filepath.Join(fake, "empty"))
		}, true, "no Python 3 found on PATH: "},
		{"no network", func(t *testing.T, fake string) {
			write(t, filepath.Join(fake, "fail"), "WARNING: Retrying: NameResolutionError: Failed to resolve\nERROR: No matching distribution found for anyio\n")
		}, true, "is there a network"},
		{"wrong hash", func(t *testing.T, fake string) {
			write(t, filepath.Join(fake, "fail"), "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n")
		}, false, "DO NOT MATCH THE HASHES"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.set(t, withFake(t))
			e, err := Ensure(t.Context(), new(bytes.Buffer))
			if err == nil {
				t.Fatalf("Ensure = %v; want an error", e.Dir())
			}
			var m *MissingError
			if errors.As(err, &m) != tt.missing || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Ensure: %v; want a MissingError: %v, with %q", err, tt.missing, tt.want)
			}
		})
	}
}

func TestFindPythonTakesAnother(t *testing.T) {
	fake := withFake(t)
	t.Setenv("GOPHERCEPTRON_PYTHON", "")
	t.Setenv("PATH", fake+":"+os.Getenv("PATH"))
	old := strings.Replace(fakePython, "${FAKE_VERSION:-3.11.7}", "3.8.1", 1)
	write(t, filepath.Join(fake, "python3"), old)
	write(t, filepath.Join(fake, "python3.13"), strings.Replace(fakePython, "3.11.7", "3.13.9", 1))
	os.Chmod(filepath.Join(fake, "python3.13"), 0o755)
	p, err := findPython(t.Context())
	if err != nil || p.Version != "3.13.9" {
		t.Errorf("findPython = %+v, %v; want python3.13, since python3 is 3.8.1", p, err)
	}
}

func TestRemoveOld(t *testing.T) {
	root := t.TempDir()
	now := time.Now()
	for name, age := range map[string]time.Duration{"keep": 99 * unused, "used": unused / 2, "old": 2 * unused, "half": -1} {
		e := Env{dir: filepath.Join(root, "python-"+name)}
		os.Mkdir(e.dir, 0o755)
		if age >= 0 {
			write(t, e.marker(), "")
			os.Chtimes(e.marker(), now, now.Add(-age))
		}
	}
	removeOld(root, filepath.Join(root, "python-keep"), now)
	left, _ := filepath.Glob(filepath.Join(root, "python-*"))
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	if got, want := strings.Join(left, " "), "python-keep python-used"; got != want {
		t.Errorf("removeOld left %q; want %q", got, want)
	}
}

func TestEnviron(t *testing.T) {
	withFake(t)
	t.Setenv("JUPYTER_PATH", "/users/own")
	t.Setenv("PYTHONPATH", "/users/own")
	py, err := findPython(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e, err := locate(py)
	if err != nil {
		t.Fatal(err)
	}
	env := e.Environ()
	if s := strings.Join(env, "\n"); strings.Contains(s, "/users/own") {
		t.Errorf("Environ has what the user set for Jupyter or Python:\n%s", s)
	}
	cmd := exec.Command("env")
	cmd.Env = env
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := "\nPATH=" + filepath.Join(e.Dir(), "bin") + ":"; !strings.Contains("\n"+string(out), want) {
		t.Errorf("no %q in the process's environment:\n%s", want, out)
	}
}

func TestRequirementsArePinned(t *testing.T) {
	if s := string(requirements); strings.Contains(s, "://") || strings.Contains(s, "-index") {
		t.Error("requirements.txt names an index; want none")
	}
	pinned := regexp.MustCompile(`^[a-z0-9-]+==[0-9][^ ]*( ; [^\\]+)? \\$`)
	hash := regexp.MustCompile(`^    --hash=sha256:[0-9a-f]{64}( \\)?$`)
	lines, n := bufio.NewScanner(bytes.NewReader(requirements)), 0
	for lines.Scan() {
		switch l := lines.Text(); {
		case strings.HasPrefix(l, "#"):
		case pinned.MatchString(l):
			n++
		case !hash.MatchString(l):
			t.Errorf("requirements.txt: %q; want a pin or a hash", l)
		}
	}
	for _, name := range []string{"jupyterlab==4.", "jupyterlab-widgets==", "nbclient==", "jupyter-kernel-test==0.7.0", "ipykernel==", "pyzmq==", "psutil=="} {
		if !bytes.Contains(requirements, []byte("\n"+name)) {
			t.Errorf("requirements.txt has no %s", name)
		}
	}
	if n < 50 {
		t.Errorf("requirements.txt pins %d packages; want all that JupyterLab needs", n)
	}
}

// The real one: made from the network if it does not exist yet.
func TestForTest(t *testing.T) {
	e := ForTest(t)
	out, err := output(e.Command(t.Context(), "jupyter", "--paths"))
	if err != nil || !strings.Contains(out, e.Dir()) {
		t.Errorf("jupyter --paths = %q, %v; want %s in it", out, err, e.Dir())
	}
	if out, err := output(e.Command(t.Context(), "python", "-m", "pip", "check")); err != nil {
		t.Errorf("pip check: %v\n%s", err, out)
	}
}
