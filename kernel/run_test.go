package kernel

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/notebook"
)

// nb writes a notebook of code cells into a folder of the test's.
func nb(t *testing.T, cells ...string) string {
	t.Helper()
	data := `{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}`
	path := filepath.Join(t.TempDir(), "nb.ipynb")
	n, err := notebook.Parse(path, []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	for i, src := range cells {
		c := &notebook.Cell{Type: notebook.Code, ID: "c" + string(rune('0'+i)), Source: src}
		n.Cells = append(n.Cells, c)
	}
	if err := n.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func run(t *testing.T, ctx context.Context, path string, o runOptions) (stdout, stderr string, err error) {
	t.Helper()
	old := assets
	assets = os.DirFS("..")
	defer func() { assets = old }()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	var out, errs bytes.Buffer
	err = runNotebook(ctx, path, o, &out, &errs)
	return out.String(), errs.String(), err
}

func TestRun(t *testing.T) {
	path := nb(t, "x := 40", "import \"fmt\"\nfmt.Println(\"hello\")\nx + 2")
	out := filepath.Join(t.TempDir(), "out.ipynb")
	stdout, _, err := run(t, t.Context(), path, runOptions{output: out})
	if err != nil {
		t.Fatal(err)
	}
	if want := "[1/2] x := 40\n[2/2] import \"fmt\" …\nhello\n42\n"; stdout != want {
		t.Errorf("printed %q; want %q", stdout, want)
	}
	data, err := os.ReadFile(out)
	if err != nil || !strings.Contains(string(data), `"hello\n"`) || !strings.Contains(string(data), `"42"`) {
		t.Errorf("the notebook has not the outputs: %v\n%s", err, data)
	}
	if same, _ := os.ReadFile(path); strings.Contains(string(same), "hello\\n") {
		t.Error("the notebook itself was changed; want only the -o file")
	}
	if _, _, err := run(t, t.Context(), path, runOptions{inplace: true}); err != nil {
		t.Fatal(err)
	}
	if same, _ := os.ReadFile(path); !strings.Contains(string(same), `"42"`) {
		t.Error("-inplace wrote no outputs")
	}
}

func TestRunFails(t *testing.T) {
	path := nb(t, "x := 1", "x +\n  \"a\"", "println(\"not run\")")
	out := filepath.Join(t.TempDir(), "out.ipynb")
	stdout, stderr, err := run(t, t.Context(), path, runOptions{output: out})
	if err == nil || !strings.Contains(err.Error(), "cell 2 (c1) failed") {
		t.Errorf("error = %v; want cell 2 (c1) failed", err)
	}
	if !strings.Contains(stderr, "mismatched types") || strings.Contains(stdout, "not run") {
		t.Errorf("printed %q and %q; want the error, and no later cell", stdout, stderr)
	}
	if data, err := os.ReadFile(out); err != nil || !strings.Contains(string(data), `"output_type": "error"`) {
		t.Errorf("the notebook has not the error: %v", err)
	}
	if stdout, _, err = run(t, t.Context(), path, runOptions{allow: true}); err != nil || !strings.Contains(stdout, "not run") {
		t.Errorf("-allow-errors: %v, printed %q; want all cells run", err, stdout)
	}
}

func TestRunTimeout(t *testing.T) {
	start := time.Now()
	_, stderr, err := run(t, t.Context(), nb(t, "for {}"), runOptions{timeout: 200 * time.Millisecond})
	if err == nil || !strings.Contains(stderr, "did not end within 200ms") {
		t.Errorf("error = %v, printed %q; want a timeout", err, stderr)
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("the run ended after %v", d)
	}
}

func TestRunInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	if _, _, err := run(t, ctx, nb(t, "import \"time\"\ntime.Sleep(time.Hour)"), runOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v; want %v", err, context.Canceled)
	}
}

func TestRunParams(t *testing.T) {
	path := nb(t, "epochs := 3\nname := \"a\"", "epochs * 2")
	n, err := notebook.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n.Cells[0].Metadata = map[string]any{"tags": []any{"parameters"}}
	if err := n.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	stdout, _, err := run(t, t.Context(), path, runOptions{params: params{"epochs": "21"}})
	if err != nil || !strings.Contains(stdout, "\n42\n") {
		t.Errorf("error = %v, printed %q; want 42", err, stdout)
	}
	if _, _, err := run(t, t.Context(), path, runOptions{params: params{"epoch": "1"}}); err == nil || !strings.Contains(err.Error(), "epochs") {
		t.Errorf("an unknown parameter: error = %v; want one that lists epochs and name", err)
	}
}

func TestRunBadFile(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.ipynb")
	os.WriteFile(bad, []byte(`{"cells": [`), 0o644)
	for _, path := range []string{bad, filepath.Join(t.TempDir(), "none.ipynb")} {
		if _, _, err := run(t, t.Context(), path, runOptions{}); err == nil || !strings.Contains(err.Error(), filepath.Base(path)) {
			t.Errorf("run %s: error = %v; want one that names the file", path, err)
		}
	}
}
