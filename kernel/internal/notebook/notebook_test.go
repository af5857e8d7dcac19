package notebook

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gopherceptron/gopherceptron/internal/pyenv"
)

// jupyters is a notebook as Jupyter writes it, with what may get lost: unknown fields, numbers, attachments, JSON
// outputs that look like texts, characters that other writers escape, and line ends that only Python knows.
const jupyters = `{
 "cells": [
  {
   "attachments": {
    "a.png": {
     "image/png": "iVBORw0KGgo=\n"
    }
   },
   "cell_type": "markdown",
   "id": "first",
   "metadata": {
    "unknown": 1.50
   },
   "source": [
    "# Ünïcode < > & ` + "\u2028" + `",
    "next\n",
    "last"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 3,
   "future": {
    "deep": [
     1,
     [],
     {}
    ]
   },
   "id": "second",
   "metadata": {},
   "outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "a\n",
      "b\r",
      "c\r\n",
      "d\u001b[0m\u001c",
      "\"e\\\t\b\f",
      "\u000b",
      "` + "\u0085" + `",
      "end"
     ]
    },
    {
     "data": {
      "application/json": [
       "stays\n",
       "a list"
      ],
      "image/png": "iVBORw0KGgo=\n",
      "text/plain": [
       "x"
      ]
     },
     "execution_count": 3,
     "metadata": {},
     "output_type": "execute_result"
    },
    {
     "ename": "E",
     "evalue": "v",
     "output_type": "error",
     "traceback": [
      "1",
      "2"
     ]
    }
   ],
   "source": []
  },
  {
   "cell_type": "raw",
   "id": "third",
   "metadata": {},
   "source": [
    "\n"
   ]
  }
 ],
 "metadata": {
  "kernelspec": {
   "name": "gopherceptron"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5,
 "top": 12345678901234567890
}
`

func TestRoundTrip(t *testing.T) {
	for _, test := range []struct{ name, text string }{
		{"4.5", jupyters},
		{"4.4", strings.Replace(jupyters, `"nbformat_minor": 5`, `"nbformat_minor": 4`, 1)},
		{"empty", "{\n \"cells\": [],\n \"metadata\": {},\n \"nbformat\": 4,\n \"nbformat_minor\": 2\n}\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			nb, err := Parse("x.ipynb", []byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			if got := string(nb.Bytes()); got != test.text {
				t.Errorf("Bytes() = %s\nwant %s", got, test.text)
			}
		})
	}
}

// TestLikeNbformat compares with Jupyter's own reader and writer.
func TestLikeNbformat(t *testing.T) {
	python := pyenv.ForTest(t).Python()
	const script = `import sys, nbformat
text = sys.stdin.buffer.read().decode()
nb = nbformat.reads(text, as_version=4)
sys.stdout.buffer.write((nbformat.writes(nb) + "\n").encode())`
	text := strings.Replace(jupyters, "1.50", "1.5", 1) // Python normalises numbers, we keep them
	nb, err := Parse("x.ipynb", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	got := nb.Bytes()
	cmd := exec.Command(python, "-W", "ignore", "-c", script)
	cmd.Stdin = bytes.NewReader(got)
	cmd.Stderr = os.Stderr
	want, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("Bytes() differs from nbformat's (-nbformat +got):\n%s", diff)
	}
}

func TestParse(t *testing.T) {
	nb, err := Parse("x.ipynb", []byte("\xef\xbb\xbf"+jupyters))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := nb.Cells[0].Source, "# Ünïcode < > & \u2028next\nlast"; got != want {
		t.Errorf("Source = %q; want %q", got, want)
	}
	if got := nb.Cells[1].Outputs[0]["text"]; !strings.HasPrefix(got.(string), "a\nb\rc\r\n") {
		t.Errorf("text = %q; want it joined", got)
	}
	if nb.Cells[1].ExecutionCount != 3 || len(nb.Cells) != 3 {
		t.Errorf("count = %d, cells = %d; want 3, 3", nb.Cells[1].ExecutionCount, len(nb.Cells))
	}
}

func TestParseErrors(t *testing.T) {
	cell := func(s string) string {
		return `{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"raw","source":""},` + s + `]}`
	}
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", "x.ipynb: line 1, column 1: the file ends within the notebook"},
		{"cut", "{\n \"cells\": [", "x.ipynb: line 2, column 12: the file ends"},
		{"no JSON", "{\n \"cells\": oops}", "x.ipynb: line 2, column 11: invalid character"},
		{"rest", "{\"nbformat\":4} x", "x.ipynb: line 1"},
		{"array", "[]", "the file: is a JSON array, want a notebook"},
		{"version 3", `{"nbformat":3,"nbformat_minor":0}`, "nbformat: is 3, want 4: convert"},
		{"no version", `{}`, "nbformat: is a JSON null, or missing, want an integer"},
		{"version text", `{"nbformat":"4"}`, "nbformat: is a JSON string, want an integer"},
		{"no cells", `{"nbformat":4,"nbformat_minor":5}`, "cells: is a JSON null, or missing, want an array"},
		{"metadata", `{"nbformat":4,"nbformat_minor":5,"metadata":[]}`, "metadata: is a JSON array, want an object"},
		{"cell", cell(`7`), "cells[1]: is a JSON number, want an object"},
		{"type", cell(`{"cell_type":1}`), "cells[1].cell_type: is a JSON number"},
		{"source", cell(`{"cell_type":"code","source":["a",1]}`), "cells[1].source: is a JSON array, want a string or an array of strings"},
		{"count", cell(`{"cell_type":"code","source":"","execution_count":1.5}`), "cells[1].execution_count: is 1.5, want an integer"},
		{"output", cell(`{"cell_type":"code","source":"","outputs":[{},true]}`), "cells[1].outputs[1]: is a JSON boolean"},
		{"id", cell(`{"cell_type":"code","id":5}`), "cells[1].id: is a JSON number"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse("x.ipynb", []byte(test.text))
			var parse *ParseError
			if !errors.As(err, &parse) || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "x.ipynb") {
				t.Errorf("Parse() = %v; want %q", err, test.want)
			}
		})
	}
	if _, err := ReadFile(filepath.Join(t.TempDir(), "none.ipynb")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("ReadFile(none) = %v; want that it does not exist", err)
	}
}

func TestCellIDs(t *testing.T) {
	text := `{"nbformat":4,"nbformat_minor":5,"cells":[{"cell_type":"code","source":"x"},{"cell_type":"code","source":"x"},{"cell_type":"code","id":"own"}]}`
	a, err := Parse("", []byte(strings.Replace(text, `"id":"own"`, `"id":"own","source":""`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Parse("", a.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, c := range a.Cells {
		if len(c.ID) < 1 || len(c.ID) > 64 || seen[c.ID] {
			t.Errorf("cells[%d].ID = %q; want a unique one", i, c.ID)
		}
		seen[c.ID] = true
		if b.Cells[i].ID != c.ID {
			t.Errorf("cells[%d].ID read again = %q; want %q", i, b.Cells[i].ID, c.ID)
		}
	}
	if a.Cells[2].ID != "own" {
		t.Errorf("ID = %q; want own", a.Cells[2].ID)
	}
}

func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.ipynb")
	link := filepath.Join(dir, "link.ipynb")
	if err := os.WriteFile(path, []byte(jupyters), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, link); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("no symbolic links here: ", err)
	}
	nb, err := ReadFile(link)
	if err != nil {
		t.Fatal(err)
	}
	nb.Cells[0].Source = "changed"
	if err := nb.WriteFile(link); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode() != 0o640 {
		t.Errorf("mode = %v, %v; want 0640", info.Mode(), err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode().IsRegular() {
		t.Errorf("the link is %v, %v; want a link", info.Mode(), err)
	}
	again, err := ReadFile(path)
	if err != nil || again.Cells[0].Source != "changed" {
		t.Errorf("ReadFile = %v; want the change", err)
	}
	if err := nb.WriteFile(filepath.Join(dir, "none", "b.ipynb")); err == nil {
		t.Error("WriteFile into no folder = nil; want an error")
	}
	if files, _ := os.ReadDir(dir); len(files) != 2 {
		t.Errorf("%d files are left; want 2", len(files))
	}
}

func FuzzParse(f *testing.F) {
	for _, cell := range []string{
		`{"cell_type":"code","id":"a","metadata":{},"execution_count":null,"outputs":[],"source":["x := 1\n","y"]}`,
		`{"cell_type":"code","source":"var x = 2","metadata":{"tags":["parameters"]},"outputs":[{"output_type":"display_data","data":{"text/html":["a\r\n","b"],"application/x+json":["c"]}}]}`,
		`{"cell_type":"markdown","source":"\u2028\u001c","attachments":{"a":{"text/plain":["1"]}},"new":[1e5,-0.0]}`,
	} {
		f.Add([]byte(`{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[` + cell + `]}`))
	}
	f.Add([]byte(`{"nbformat":4,"nbformat_minor":4,"cells":[{"cell_type":"code","source":null,"outputs":[{"output_type":"stream","text":[1]}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		nb, err := Parse("f.ipynb", data)
		if err != nil {
			var parse *ParseError
			if !errors.As(err, &parse) {
				t.Fatalf("Parse() = %v; want a ParseError", err)
			}
			return
		}
		once := nb.Bytes()
		again, err := Parse("f.ipynb", once)
		if err != nil {
			t.Fatalf("Parse(Bytes()) = %v\n%s", err, once)
		}
		if twice := again.Bytes(); !bytes.Equal(once, twice) {
			t.Fatalf("Bytes() is not stable:\n%s\n%s", once, twice)
		}
		again.Parameters(map[string]string{"x": "1"})
	})
}
