package kernel

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
		t.Error("--inplace wrote no outputs")
	}
}

// TestRunShapeError checks that the error of a shape that does not fit has the network's picture below it.
func TestRunShapeError(t *testing.T) {
	path := nb(t, `import "github.com/gopherceptron/gopherceptron/nnlib"
model := nnlib.NewSequential(nnlib.Flatten(28, 28), nnlib.Dense(10, nnlib.Softmax))
model.Predict(nnlib.NewTensor(1, 8, 8))`)
	out := filepath.Join(t.TempDir(), "out.ipynb")
	if _, _, err := run(t, t.Context(), path, runOptions{output: out, quiet: true}); err == nil {
		t.Fatal("no error; want one of shapes")
	}
	n, err := notebook.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	outputs := n.Cells[0].Outputs
	if len(outputs) != 2 {
		t.Fatalf("%d outputs; want the error and its picture", len(outputs))
	}
	text, err := json.Marshal(outputs)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"input has shape (8, 8), layer expects (28, 28)", `"image/svg+xml"`, "#C81414", "flatten"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the outputs have no %q; want the error and the network with its wrong edge in red:\n%.1000s", want, text)
		}
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
		t.Errorf("--allow-errors: %v, printed %q; want all cells run", err, stdout)
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

// What cannot be written is said before the cells run.
func TestRunChecksTheTarget(t *testing.T) {
	path := nb(t, "println(\"ran\")")
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	os.WriteFile(file, nil, 0o644)
	for _, tt := range []struct{ name, output, want string }{
		{"missing folder", filepath.Join(dir, "none", "out.ipynb"), "there is no folder"},
		{"folder", dir, "it is a folder"},
		{"below a file", filepath.Join(file, "out.ipynb"), "there is no folder"},
		{"system folder", "/proc/out.ipynb", "takes no files"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stdout, _, err := run(t, t.Context(), path, runOptions{output: tt.output})
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "ipynb-") {
				t.Errorf("run -o %s: error = %v; want %q", tt.output, err, tt.want)
			}
			if stdout != "" {
				t.Errorf("printed %q; want nothing: no cell should run", stdout)
			}
		})
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("files left: %v; want the one from before", left)
	}
}

// A written notebook says which kernel and which language it is for; what it says already stays.
func TestRunDescribesTheNotebook(t *testing.T) {
	path := nb(t, "1")
	if _, _, err := run(t, t.Context(), path, runOptions{inplace: true}); err != nil {
		t.Fatal(err)
	}
	n, err := notebook.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	spec, _ := n.Metadata["kernelspec"].(map[string]any)
	info, _ := n.Metadata["language_info"].(map[string]any)
	if spec["name"] != "gopherceptron" || spec["language"] != "go" || info["name"] != "go" || info["file_extension"] != ".go" {
		t.Errorf("metadata = %v; want the kernelspec and language_info", n.Metadata)
	}
	n.Metadata = map[string]any{"kernelspec": map[string]any{"name": "mine"}, "language_info": map[string]any{"name": "go"}}
	if err := n.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	if _, _, err := run(t, t.Context(), path, runOptions{inplace: true}); err != nil {
		t.Fatal(err)
	}
	again, err := notebook.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(n.Metadata, again.Metadata); diff != "" {
		t.Errorf("metadata (-want +got):\n%s", diff)
	}
}

func TestFlags(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		code int
		rest string
		says string
	}{
		{"before", []string{"-o", "x", "a"}, -1, "a", ""},
		{"after", []string{"a", "--inplace", "b", "-timeout=3s"}, -1, "a b", ""},
		{"unknown", []string{"a", "-nope"}, 2, "", "gopherceptron run: flag provided but not defined: --nope\n"},
		{"no unit", []string{"--timeout", "5"}, 2, "", "for flag --timeout: parse error"},
		{"no value", []string{"--param"}, 2, "", "flag needs an argument: --param"},
		{"no name", []string{"--param", "x"}, 2, "", `want name=value, got "x"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var stderr bytes.Buffer
			fs := newFlagSet("run", runHelp, &stderr)
			new(runOptions).register(fs)
			code := parseFlags(fs, tt.args)
			if code != tt.code || code < 0 && strings.Join(fs.Args(), " ") != tt.rest {
				t.Errorf("parseFlags(%q) = %d, rest %q; want %d, %q", tt.args, code, fs.Args(), tt.code, tt.rest)
			}
			if got := stderr.String(); !strings.Contains(got, tt.says) || tt.says == "" && got != "" {
				t.Errorf("parseFlags(%q) says %q; want %q", tt.args, got, tt.says)
			}
			if got := fs.flags(); !strings.Contains(got, "  --inplace\n") || !strings.Contains(got, "  -o file\n") {
				t.Errorf("flags() = %q; want --inplace and -o", got)
			}
		})
	}
}
