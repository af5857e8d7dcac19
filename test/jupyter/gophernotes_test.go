package jupyter

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gopherceptron/gopherceptron/gpu"
	"github.com/gopherceptron/gopherceptron/gpu/toolchain"
)

// ran is what same.py says of a kernel.
type ran struct {
	Implementation string
	Cells          []ranCell
}

type ranCell struct {
	Name, Status, Error, Stdout, Stderr string
	Shown                               []shown
	Seconds                             float64
}

type shown struct {
	Kind  string
	Mimes []string
	Text  string
	ID    string
	Empty []string // MIME types whose form is empty
}

// The cells that use the whole library show the same in gophernotes as in our kernel.
func TestGophernotes(t *testing.T) {
	k := kernelUnderTest(t)
	if k.name != "gopherceptron" {
		t.Skipf("compares gopherceptron with gophernotes, not %s", k.name)
	}
	cells, err := filepath.Abs(filepath.Join("testdata", "library.txt"))
	if err != nil {
		t.Fatal(err)
	}
	want := runCells(t, k, "gopherceptron", cells)
	k.vars = append(k.vars, "JUPYTER_PATH="+filepath.Join(gophernotes(t), "share", "jupyter"))
	t.Run("interrupts", func(t *testing.T) { t.Logf("%s", k.python(t, "interrupted.py", "gophernotes")) })
	t.Run("widgets", func(t *testing.T) { seeStaticWidgets(t, k) })
	got := runCells(t, k, "gophernotes", cells)
	if got.Implementation != "gophernotes" || want.Implementation == got.Implementation {
		t.Errorf("the kernels are %q and %q; want gophernotes and ours", got.Implementation, want.Implementation)
	}
	if len(got.Cells) != len(want.Cells) || len(got.Cells) < 40 {
		t.Fatalf("%d cells ran in gophernotes, %d in our kernel; want as many, 40 or more", len(got.Cells), len(want.Cells))
	}
	mimes := map[string]bool{}
	for i, g := range got.Cells {
		w := want.Cells[i]
		if g.Status != "ok" || w.Status != "ok" {
			t.Errorf("%s: %s in gophernotes, %s in our kernel; want ok\n%s\n%s", g.Name, g.Status, w.Status, g.Error, w.Error)
			continue
		}
		if diff := cmp.Diff(w.Stdout, g.Stdout); diff != "" {
			t.Errorf("%s: printed (-gopherceptron +gophernotes):\n%s", g.Name, diff)
		}
		a, b := w.compared(), g.compared()
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("%s: shown (-gopherceptron +gophernotes):\n%s", g.Name, diff)
		}
		for _, s := range b {
			if len(s.Empty) > 0 {
				t.Errorf("%s: %v of %q is empty", g.Name, s.Empty, s.Text)
			}
			for _, m := range s.Mimes {
				mimes[m] = true
			}
		}
		// Progress is lines on standard error in gophernotes, an output of its own in our kernel.
		fits := strings.HasPrefix(g.Name, "fitted with progress")
		if strings.Contains(g.Stderr, "epoch 12/12") != fits {
			t.Errorf("%s: gophernotes wrote %q to standard error; want progress: %v", g.Name, g.Stderr, fits)
		}
		if len(w.Shown) == len(a) == fits {
			t.Errorf("%s: our kernel showed progress: %v; want %v", g.Name, !fits, fits)
		}
	}
	for _, m := range []string{"image/svg+xml", "image/png", "text/html", "text/latex", "text/markdown", "text/plain"} {
		if !mimes[m] {
			t.Errorf("no cell showed %s", m)
		}
	}
	t.Logf("%d cells: %.2f s in gophernotes, %.2f s in our kernel", len(got.Cells), got.seconds(), want.seconds())
}

// TestGophernotesPlugin trains the same cells in both kernels: gophernotes finds the plugin of the user's cache, which is named by
// the hash of its sources, learns the same to the last bit, and is as fast. bench/training has the figures at full size.
func TestGophernotesPlugin(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs Linux's /proc, which tells what is loaded")
	}
	k := kernelUnderTest(t)
	if k.name != "gopherceptron" {
		t.Skipf("compares gopherceptron with gophernotes, not %s", k.name)
	}
	made, err := toolchain.Ensure(t.Context(), io.Discard)
	if err != nil {
		lacking(t, "the plugin: %v", err)
	}
	plugin, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir()
	place := filepath.Join(cache, "gopherceptron", filepath.Base(filepath.Dir(made)), filepath.Base(made))
	if err := errors.Join(os.MkdirAll(filepath.Dir(place), 0o755), os.WriteFile(place, plugin, 0o755)); err != nil {
		t.Fatal(err)
	}
	k.vars = append(k.vars, "XDG_CACHE_HOME="+cache, gpu.Variable+"=")
	cells, err := filepath.Abs(filepath.Join("testdata", "plugin.txt"))
	if err != nil {
		t.Fatal(err)
	}
	want := runCells(t, k, "gopherceptron", cells)
	k.vars = append(k.vars, "JUPYTER_PATH="+filepath.Join(gophernotes(t), "share", "jupyter"))
	got := runCells(t, k, "gophernotes", cells)
	if len(want.Cells) != len(got.Cells) || len(got.Cells) == 0 {
		t.Fatalf("%d cells ran in gophernotes, %d in our kernel; want as many", len(got.Cells), len(want.Cells))
	}
	for i, g := range got.Cells {
		w := want.Cells[i]
		if g.Status != "ok" || w.Status != "ok" || g.Stdout != w.Stdout || g.Stderr != "" {
			t.Errorf("%s: %s in gophernotes, which printed %q and %q, %s in our kernel, which printed %q; want the same and no error\n%s%s", g.Name, g.Status, g.Stdout, g.Stderr, w.Status, w.Stdout, g.Error, w.Error)
		}
	}
	if last := got.Cells[len(got.Cells)-1]; last.Stdout != "true\n" {
		t.Errorf("%s: %q; want the plugin", last.Name, last.Stdout)
	}
	a, b := got.cell("trained").Seconds, want.cell("trained").Seconds
	t.Logf("105 batches: %.3f s in gophernotes, %.3f s in our kernel", a, b)
	if a > 3*b { // the reference takes 10 times as long, a machine that does something else as well twice
		t.Errorf("training took %.3f s in gophernotes, %.3f s in our kernel; want about the same", a, b)
	}
}

// cell returns the cell of a name, or an empty one.
func (r ran) cell(name string) ranCell {
	for _, c := range r.Cells {
		if c.Name == name {
			return c
		}
	}
	return ranCell{}
}

// seeStaticWidgets runs widgets in gophernotes, which has no comm: they are pictures, with a line that says why.
func seeStaticWidgets(t *testing.T, k subject) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "widgets.ipynb")
	makeNotebook(t, file, "gophernotes", "go", `import (
	"github.com/gopherceptron/gopherceptron/kernel/widget"
	"github.com/gopherceptron/gopherceptron/nnlib"
	"github.com/gopherceptron/gopherceptron/nnlib/viz"
)`, `w := widget.FloatSlider("w1", -2, 2, 0.5)
w`, `widget.Interact(func(w float64) interface{} { return viz.DecisionBoundary(nnlib.Gate(w, 0.5, 0.7)) }, w)`)
	cmd := k.Command(t.Context(), "jupyter", "execute", "--inplace", file)
	dieWithTests(cmd)
	cmd.Env = append(cmd.Env, k.vars...)
	out, err := cmd.CombinedOutput()
	cmd.Cancel()
	if err != nil {
		t.Fatalf("jupyter execute: %v\n%s", err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var n struct {
		Cells []struct {
			Outputs []struct{ Data map[string]any }
		}
	}
	if err := json.Unmarshal(data, &n); err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]string{{`type="range"`, "w1"}, {`type="range"`, "<svg"}} {
		html := ""
		for _, o := range n.Cells[i+2].Outputs {
			html += fmt.Sprint(o.Data["text/html"])
			if o.Data["application/vnd.jupyter.widget-view+json"] != nil {
				t.Error("a widget is shown as one that needs a comm; want its picture")
			}
		}
		for _, want := range append(want, "no connection for widgets (comm)") {
			if !strings.Contains(html, want) {
				t.Errorf("widget %d is shown as %.2000s; want %q in it", i+1, html, want)
			}
		}
	}
}

// compared is what a cell showed, without what the hosts do each in their way: the progress of Fit, our kernel's remark that there
// is no plugin, and the two results of a last fmt.Println, which gophernotes shows.
func (c ranCell) compared() (all []shown) {
	for _, s := range c.Shown {
		if strings.HasPrefix(s.ID, "nnlib-fit-") || strings.HasPrefix(s.Text, "gpu: no compute plugin") || s.Kind == "execute_result" && c.isPrinted(s.Text) {
			continue
		}
		all = append(all, s)
	}
	return all
}

var printed = regexp.MustCompile(`^(\d+) <nil>$`)

func (c ranCell) isPrinted(text string) bool {
	m := printed.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	n, err := strconv.Atoi(m[1])
	return err == nil && n > 0 && n <= len(c.Stdout)
}

func (r ran) seconds() (sum float64) {
	for _, c := range r.Cells {
		sum += c.Seconds
	}
	return sum
}

func runCells(t *testing.T, k subject, name, cells string) (r ran) {
	t.Helper()
	out := k.python(t, "same.py", name, cells)
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("same.py %s printed %q: %v", name, out, err)
	}
	return r
}

// gophernotes lets the binary build and install it below a prefix of the test's own. The build stays in the user's cache:
// made once for each state of the library.
func gophernotes(t *testing.T) (prefix string) {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		lacking(t, "building gophernotes: %v", err)
	}
	ours, err := installed()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(ours, "share", "jupyter", "kernels", "gopherceptron", "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spec struct{ Argv []string }
	if err := json.Unmarshal(data, &spec); err != nil || len(spec.Argv) == 0 {
		t.Fatalf("kernel.json = %s (%v); want an argv", data, err)
	}
	binary := spec.Argv[0]
	prefix = t.TempDir()
	start := time.Now()
	out, err := exec.CommandContext(t.Context(), binary, "install", "--gophernotes", "--prefix", prefix).CombinedOutput()
	t.Logf("gopherceptron install --gophernotes: %.1f s\n%s", time.Since(start).Seconds(), out)
	if err != nil {
		if strings.Contains(string(out), "is there a network") {
			lacking(t, "gophernotes' modules: %s", out)
		}
		t.Fatalf("gopherceptron install --gophernotes: %v", err)
	}
	// Uninstalling below the prefix gives the kernelspec back; the build is kept out of it.
	t.Cleanup(func() {
		cmd := exec.Command(binary, "uninstall", "--gophernotes", "--prefix", prefix)
		cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+t.TempDir())
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("gopherceptron uninstall --gophernotes: %v\n%s", err, out)
		}
		if _, err := os.Stat(filepath.Join(prefix, "share", "jupyter", "kernels", "gophernotes")); err == nil {
			t.Errorf("the kernelspec is still there after uninstall")
		}
	})
	return prefix
}
