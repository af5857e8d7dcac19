package data

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// idx writes a file of bytes with the given shape.
func idx(values []byte, shape ...int) []byte {
	b := []byte{0, 0, 8, byte(len(shape))}
	for _, n := range shape {
		b = append(b, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	return append(b, values...)
}

func packed(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(content)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadIDX(t *testing.T) {
	for _, c := range []struct {
		name    string
		file    []byte
		shape   []int
		problem string
	}{
		{"pictures", idx([]byte{1, 2, 3, 4, 5, 6}, 1, 2, 3), []int{1, 2, 3}, ""},
		{"labels", idx([]byte{7, 8}, 2), []int{2}, ""},
		{"none", idx(nil, 0, 28, 28), []int{0, 28, 28}, ""},
		{"empty file", nil, nil, "data: IDX: the head is missing: unexpected EOF"},
		{"other file", []byte("PK\x03\x04"), nil, "data: IDX: file begins with 504b, 0000 is expected: it is no IDX file"},
		{"floats", []byte{0, 0, 13, 1, 0, 0, 0, 0}, nil, "data: IDX: values have type 0x0d, 0x08 for bytes is expected"},
		{"no axes", []byte{0, 0, 8, 0}, nil, "data: IDX: 0 axes, 1 to 4 are expected"},
		{"cut shape", []byte{0, 0, 8, 2, 0, 0, 0, 1}, nil, "data: IDX: the shape is cut off: unexpected EOF"},
		{"cut values", idx([]byte{1, 2}, 3), nil, "data: IDX: file has 2 values or more, shape [3] holds 3"},
		{"more values", idx([]byte{1, 2, 3}, 2), nil, "data: IDX: file has 3 values or more, shape [2] holds 2"},
		{"huge", idx(nil, 1<<16, 1<<16), nil, "data: IDX: shape [65536 65536] holds more than 1073741824 values"},
		{"overflow", idx(nil, 1<<31, 1<<31, 1<<31, 1<<31), nil, "data: IDX: shape [2147483648] holds more than 1073741824 values"},
	} {
		t.Run(c.name, func(t *testing.T) {
			shape, values, err := ReadIDX(bytes.NewReader(c.file))
			if got := fmt.Sprint(err); c.problem != "" && got != c.problem || c.problem == "" && err != nil {
				t.Fatalf("ReadIDX = %v; want %q", err, c.problem)
			}
			if c.problem == "" && (fmt.Sprint(shape) != fmt.Sprint(c.shape) || !bytes.HasSuffix(c.file, values)) {
				t.Errorf("ReadIDX = %v, %v; want %v", shape, values, c.shape)
			}
		})
	}
}

// miniature is a pair of three pictures to learn from and two to test with, and a server that has it.
func miniature(t *testing.T) (*pair, map[string][]byte) {
	raw := [4][]byte{
		idx([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 3, 2, 2), idx([]byte{0, 1, 0}, 3),
		idx([]byte{20, 21, 22, 23, 24, 25, 26, 27}, 2, 2, 2), idx([]byte{1, 1}, 2),
	}
	p := &pair{name: "mini", classes: []string{"a", "b"}}
	served := map[string][]byte{}
	for i, r := range raw {
		p.sums[i] = fmt.Sprintf("%x", sha256.Sum256(r))
		served[pairFiles[i]] = packed(t, r)
	}
	return p, served
}

func TestPair(t *testing.T) {
	set := func(t *testing.T) (*fetcher, *pair, map[string][]byte, *int) {
		f := testFetcher(t)
		p, served := miniature(t)
		requests := new(int)
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			*requests++
			if content, ok := served[filepath.Base(r.URL.Path)]; ok {
				http.ServeContent(w, r, "", time.Unix(1e9, 0), bytes.NewReader(content))
				return
			}
			http.NotFound(w, r)
		}))
		t.Cleanup(s.Close)
		p.bases = []string{s.URL + "/"}
		return f, p, served, requests
	}
	check := func(t *testing.T, p *pair, f *fetcher) {
		t.Helper()
		train, test, err := p.loadWith(f)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := train.String()+"; "+test.String(), "3 examples of shape [2 2], 2 classes: a b; 2 examples of shape [2 2], 2 classes: a b"; got != want {
			t.Errorf("sets are %q; want %q", got, want)
		}
		if got := test.Example(1).Data; got[0] != 24 || got[3] != 27 {
			t.Errorf("second test picture = %v; want 24 to 27", got)
		}
	}
	t.Run("download, then cache", func(t *testing.T) {
		f, p, _, requests := set(t)
		check(t, p, f)
		check(t, p, f)
		if *requests != 4 {
			t.Errorf("server got %d requests; want 4", *requests)
		}
	})
	t.Run("local folder", func(t *testing.T) {
		f, p, served, requests := set(t)
		dir := t.TempDir()
		for name, content := range served {
			os.WriteFile(filepath.Join(dir, name), content, 0o644)
		}
		p.folders = func(context.Context) []string { return []string{"/no/such/folder", dir} }
		check(t, p, f)
		if got := files(t, f.dir); *requests != 0 || len(got) > 0 {
			t.Errorf("%d requests, cache has %q; want none", *requests, got)
		}
	})
	t.Run("a damaged local file is downloaded", func(t *testing.T) {
		f, p, served, requests := set(t)
		dir := t.TempDir()
		for name, content := range served {
			os.WriteFile(filepath.Join(dir, name), content, 0o644)
		}
		os.WriteFile(filepath.Join(dir, pairFiles[2]), served[pairFiles[2]][:20], 0o644)
		p.slow = func(context.Context) (string, error) { return dir, nil }
		check(t, p, f)
		if *requests != 1 {
			t.Errorf("server got %d requests; want 1", *requests)
		}
	})
	t.Run("wrong sum everywhere", func(t *testing.T) {
		f, p, served, _ := set(t)
		served[pairFiles[1]] = packed(t, idx([]byte{1, 1, 1}, 3))
		p.slow = func(context.Context) (string, error) { return "", errors.New("no go command") }
		_, _, err := p.loadWith(f)
		if err == nil || !strings.Contains(err.Error(), "SHA-256 is") || !strings.Contains(err.Error(), "no go command") {
			t.Errorf("load = %v; want the sum and that there is no go command", err)
		}
		if got := files(t, f.dir); len(got) != 1 { // the pictures, which came first
			t.Errorf("cache has %q; want one file", got)
		}
	})
	t.Run("labels do not fit", func(t *testing.T) {
		_, p, _, _ := set(t)
		for name, call := range map[string]func() (*Dataset, error){
			"label 2 of picture 1":             func() (*Dataset, error) { return p.join([]int{2, 1, 1}, []byte{1, 2}, []int{2}, []byte{0, 2}) },
			"(n, height, width) and (n) are":   func() (*Dataset, error) { return p.join([]int{2, 1, 1}, []byte{1, 2}, []int{1}, []byte{0}) },
			"have shape [0 2 2] and labels [0": func() (*Dataset, error) { return p.join([]int{0, 2, 2}, nil, []int{0}, nil) },
		} {
			if _, err := call(); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("join = %v; want an error with %q", err, name)
			}
		}
	})
}

// TestMNIST reads the real files where this machine has them or the go command can bring them.
func TestMNIST(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the real sets are not looked for")
	}
	for _, c := range []struct {
		p      *pair
		load   func() (train, test *Dataset, err error)
		counts [4]int // of the first classes of both parts
	}{
		{&mnist, MNIST, [4]int{5923, 6742, 980, 1135}},
		{&fashion, FashionMNIST, [4]int{6000, 6000, 1000, 1000}},
	} {
		t.Run(c.p.name, func(t *testing.T) {
			p := *c.p
			p.bases = nil // no download in a test
			f := testFetcher(t)
			f.host = &quiet{ctx: t.Context()}
			train, test, err := p.loadWith(f)
			if err != nil && os.Getenv("CI") != "" {
				t.Fatalf("not on this machine: %v", err)
			} else if err != nil {
				t.Skipf("not on this machine: %v", err)
			}
			for i, d := range []*Dataset{train, test} {
				if got, want := d.ExampleShape(), []int{28, 28}; fmt.Sprint(got) != fmt.Sprint(want) || d.Len() != []int{60000, 10000}[i] {
					t.Errorf("part %d is %v; want 60,000 and 10,000 of %v", i, d, want)
				}
				if n := counts(d); n[0] != c.counts[2*i] || n[1] != c.counts[2*i+1] {
					t.Errorf("part %d has %d and %d of the first classes; want %v", i, n[0], n[1], c.counts[2*i:2*i+2])
				}
			}
		})
	}
	if dir, err := goMNIST(t.Context()); err == nil {
		got, err := fileSum(filepath.Join(dir, pairFiles[0]))
		if want := "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"; err != nil || got != want {
			t.Errorf("SHA-256 of the module's %s = %s, %v; want %s", pairFiles[0], got, err, want)
		}
	}
}
