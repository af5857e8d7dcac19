package kernel

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gopherceptron/gopherceptron/internal/pyenv"
	"github.com/gopherceptron/gopherceptron/kernel/internal/install"
)

// The test binary runs one of the commands if it is started with its name in the environment.
func init() {
	commands := map[string]func([]string) int{
		"lab": labCommand, "doctor": doctorCommand, "install": installCommand, "uninstall": uninstallCommand,
		"run": runCommand,
	}
	if run := commands[os.Getenv("KERNEL_TEST_COMMAND")]; run != nil {
		assets = course
		os.Exit(run(os.Args[1:]))
	}
}

var course = fstest.MapFS{
	"notebooks/01_first.ipynb":       {Data: []byte(`{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}`), Mode: 0o444},
	"notebooks/README.md":            {Data: []byte("# Course\n"), Mode: 0o444},
	"notebooks/notebooks_test.go":    {Data: []byte("package notebooks\n"), Mode: 0o444},
	"notebooks/ko/01_first_ko.ipynb": {Data: []byte("{}"), Mode: 0o444},
	"kernel/display/display.go":      {Data: []byte("package display\n"), Mode: 0o444},
}

// command returns the test binary as a command of gopherceptron, with its output.
func command(t *testing.T, name string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), "KERNEL_TEST_COMMAND="+name)
	out := new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = time.Second
	return cmd, out
}

// In a test binary the package testing is ready; in the kernel it is not.
func TestRunTests(t *testing.T) {
	path := nb(t, "func TestGood(t *testing.T) {}", "func TestBad(t *testing.T) { t.Errorf(\"got %d\", 3) }")
	cmd, out := command(t, "run", path)
	err := cmd.Run()
	for _, want := range []string{"--- PASS: TestGood", "--- FAIL: TestBad", "got 3"} {
		if err == nil || !strings.Contains(out.String(), want) {
			t.Errorf("run = %v\n%s\nwant a failure and %q", err, out, want)
		}
	}
}

func TestCourseFolder(t *testing.T) {
	checkout := t.TempDir()
	os.MkdirAll(filepath.Join(checkout, "notebooks"), 0o755)
	os.MkdirAll(filepath.Join(checkout, "kernel", "x"), 0o755)
	os.WriteFile(filepath.Join(checkout, "go.mod"), []byte("// a comment\nmodule "+modulePath+"\n"), 0o644)
	other := t.TempDir()
	os.MkdirAll(filepath.Join(other, "notebooks"), 0o755)
	os.WriteFile(filepath.Join(other, "go.mod"), []byte("module example.com/other\n"), 0o644)
	inside := filepath.Join(t.TempDir(), unpacked)
	os.Mkdir(inside, 0o755)
	tests := []struct{ name, cwd, want string }{
		{"checkout", checkout, filepath.Join(checkout, "notebooks")},
		{"below a checkout", filepath.Join(checkout, "kernel", "x"), filepath.Join(checkout, "notebooks")},
		{"another module", other, filepath.Join(other, unpacked)},
		{"the unpacked course itself", inside, inside},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := courseFolder(tt.cwd, course, io.Discard); err != nil || got != tt.want {
				t.Errorf("courseFolder(%s) = %s, %v; want %s", tt.cwd, got, err, tt.want)
			}
		})
	}
	if _, err := courseFolder(t.TempDir(), fstest.MapFS{}, io.Discard); err == nil || !strings.Contains(err.Error(), "holds no notebooks") {
		t.Errorf("courseFolder without a course = %v; want an error", err)
	}
}

func TestCourseIsUnpackedOnce(t *testing.T) {
	cwd := t.TempDir()
	dir, err := courseFolder(cwd, course, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	filepath.WalkDir(cwd, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(cwd, p)
			names = append(names, rel)
		}
		return err
	})
	want := "gopherceptron-notebooks/01_first.ipynb gopherceptron-notebooks/README.md gopherceptron-notebooks/ko/01_first_ko.ipynb"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("unpacked %q; want %q", got, want)
	}
	nb := filepath.Join(dir, "01_first.ipynb")
	if st, err := os.Stat(nb); err != nil || st.Mode().Perm()&0o200 == 0 {
		t.Errorf("notebook: %v, %v; want one that can be saved", st, err)
	}
	os.WriteFile(nb, []byte("the user's"), 0o644)
	os.Remove(filepath.Join(dir, "README.md"))
	if _, err := courseFolder(cwd, course, io.Discard); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(nb); string(b) != "the user's" {
		t.Errorf("the user's notebook is %q now", b)
	}
}

func TestInstallCommands(t *testing.T) {
	home := t.TempDir()
	run := func(code int, want, name string, args ...string) {
		t.Helper()
		cmd, out := command(t, name, args...)
		cmd.Env = append(cmd.Env, "HOME="+home, "XDG_CACHE_HOME="+home+"/cache", "JUPYTER_DATA_DIR="+home+"/data")
		cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != code || !strings.Contains(out.String(), want) {
			t.Errorf("%s %q = %d, %q; want %d, %q", name, args, got, out, code, want)
		}
	}
	run(1, "no kernelspec of gopherceptron there", "uninstall")
	run(0, home+"/data/kernels/gopherceptron\nIt starts "+home, "install", "--user")
	run(0, "kernelspec            ok: "+home+"/data/kernels/gopherceptron", "doctor")
	run(1, "there is one in "+home+"/data/kernels/gopherceptron", "uninstall", "--prefix", home+"/p")
	run(0, "Removed "+home+"/data/kernels/gopherceptron", "uninstall")
	run(0, home+"/p/share/jupyter/kernels/gopherceptron", "install", "--prefix", home+"/p")
	os.Remove(filepath.Join(home, "p/share/jupyter/kernels/gopherceptron/kernel.json"))
	os.WriteFile(filepath.Join(home, "p/share/jupyter/kernels/gopherceptron/kernel.json"), []byte("{"), 0o644)
	run(1, "gopherceptron install\" with the flags that made it", "doctor")
	run(2, "want one of --user", "install", "--user", "--sys-prefix")
	run(2, "flag provided but not defined", "install", "--nonsense")
	run(0, "usage: gopherceptron uninstall", "uninstall", "-h")
	run(1, "stat nosuch: no such file", "lab", "nosuch") // before the set-up
}

func TestDoctorWithoutHome(t *testing.T) {
	cmd, out := command(t, "doctor")
	cmd.Env = append(cmd.Env, "HOME=", "XDG_CACHE_HOME=")
	cmd.Run()
	if n := strings.Count(out.String(), "  * pyenv: no folder for caches"); n != 1 || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("doctor says %d times that there is no folder for caches, exit code %d; want once, 1:\n%s", n, cmd.ProcessState.ExitCode(), out)
	}
}

func TestDoctor(t *testing.T) {
	cmd, out := command(t, "doctor")
	cmd.Env = append(cmd.Env, "GOPHERCEPTRON_PYTHON=/nonexistent/python", "XDG_CACHE_HOME="+t.TempDir(), "HOME="+t.TempDir())
	cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != 1 {
		t.Errorf("doctor without Python = %d; want 1", code)
	}
	for _, want := range []string{"GFLOP/s", "no plugin: the pure Go reference runs", "What to do:\n  * for \"gopherceptron lab\": GOPHERCEPTRON_PYTHON=/nonexistent/python does not run"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("doctor printed no %q:\n%s", want, out)
		}
	}
}

// A real JupyterLab in a temporary folder: it serves the course with our kernelspec, and a signal ends all of it.
func TestLab(t *testing.T) {
	keepKernelspec(t, pyenv.ForTest(t))
	port := freePort(t)
	cwd := t.TempDir()
	cmd, out := command(t, "lab", "--no-browser", "--port", strconv.Itoa(port), "--", "--IdentityProvider.token=t", "--ServerApp.port_retries=0")
	cmd.Dir = cwd
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	defer cmd.Process.Kill()
	get := func(path string) string {
		resp, err := http.Get("http://127.0.0.1:" + strconv.Itoa(port) + path + "?token=t")
		if err != nil {
			return ""
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return string(b)
	}
	for deadline := time.Now().Add(60 * time.Second); get("/api/status") == ""; {
		select {
		case err := <-done:
			t.Fatalf("lab ended: %v\n%s", err, out)
		case <-time.After(100 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatal("JupyterLab does not answer after a minute")
		}
	}
	if specs := get("/api/kernelspecs"); !strings.Contains(specs, `"default": "gopherceptron"`) || !strings.Contains(specs, "Go (gopherceptron)") {
		t.Errorf("kernelspecs = %s; want ours as the default", specs)
	}
	if files := get("/api/contents"); !strings.Contains(files, "01_first.ipynb") {
		t.Errorf("contents = %s; want the course", files)
	}
	resp, err := http.Post("http://127.0.0.1:"+strconv.Itoa(port)+"/api/kernels?token=t", "application/json", strings.NewReader(`{"name":"python3"}`))
	if err != nil {
		t.Fatal(err)
	}
	var kernel struct{ ID string }
	if err := json.NewDecoder(resp.Body).Decode(&kernel); err != nil || kernel.ID == "" {
		t.Errorf("starting a kernel: %s, %v", resp.Status, err)
	}
	resp.Body.Close()
	cmd.Process.Signal(os.Interrupt)
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("lab after Ctrl-C: %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("lab did not end 20 s after Ctrl-C")
	}
	for _, what := range []string{"port=" + strconv.Itoa(port), "kernel-" + kernel.ID} {
		if ps, _ := exec.Command("pgrep", "-af", what).Output(); len(ps) > 0 {
			t.Errorf("left running: %s", ps)
		}
	}
	if !strings.Contains(out.String(), "Unpacked the course into ") {
		t.Errorf("lab printed %q; want where the course is", out)
	}
}

// keepKernelspec puts the environment's kernelspec back after a test that has lab write it, and removes the copy of the
// test binary that lab made.
func keepKernelspec(t *testing.T, env *pyenv.Env) {
	t.Helper()
	dir := filepath.Join(env.Dir(), "share", "jupyter", "kernels", install.Name)
	saved := filepath.Join(t.TempDir(), "kernelspec")
	if err := os.CopyFS(saved, os.DirFS(dir)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	in, err := installer() // of the test binary
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, s := range in.Find(context.Background(), env.Dir()) {
			if s.Dir == dir && s.State == install.OK {
				os.RemoveAll(filepath.Dir(s.Binary))
			}
		}
		os.RemoveAll(dir)
		if err := os.CopyFS(dir, os.DirFS(saved)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
	})
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
