package gophernotes

import (
	"bytes"
	"context"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// source is a module with one package, enough for what ends before the compiler runs.
var source = fstest.MapFS{"nnlib/nnlib.go": {Data: []byte("package nnlib\n")}}

// onPath puts a program of the test's own on PATH, alone.
func onPath(t *testing.T, name, script string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the programs are shell scripts")
	}
	dir := t.TempDir()
	if name != "" {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

func TestBuildErrors(t *testing.T) {
	for _, c := range []struct {
		name, program, script string
		missing               bool
		want                  []string
	}{
		{"no Go", "", "", true, []string{"no", "go command", "PATH", "install Go 1.26"}},
		{"an old Go", "go", `echo go1.20.3`, true, []string{"builds with go1.26", "there is go1.20.3", "network"}},
		{"no network", "go", `[ "$1" = env ] && echo go1.26.8 && exit
echo 'go: github.com/gopherdata/gophernotes@v0.7.5: Get "https://example.org/": dial tcp: lookup example.org: no such host' >&2; exit 1`,
			true, []string{"go mod download", "no such host", "is there a network", "GOPROXY"}},
		{"the disk is full", "go", `[ "$1" = env ] && echo go1.26.8 && exit
echo 'write /tmp/x: no space left on device' >&2; exit 1`, true, []string{"the disk is full", "GOCACHE"}},
		{"another module", "go", `[ "$1" = env ] && echo go1.26.8 && exit
echo 'verifying gophernotes: checksum mismatch' >&2; exit 1`, false, []string{"go mod download", "checksum mismatch"}},
		{"nothing downloaded", "go", `[ "$1" = env ] && echo go1.26.8 && exit
echo '{}'`, false, []string{"names no folder"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			onPath(t, c.program, c.script)
			cache := t.TempDir()
			got, err := Builder{Source: source, Cache: cache, Progress: &bytes.Buffer{}}.Build(t.Context())
			if err == nil {
				t.Fatalf("Build = %s; want an error", got)
			}
			var missing *MissingError
			if errors.As(err, &missing) != c.missing {
				t.Errorf("Build error is a MissingError: %v; want %v (%v)", !c.missing, c.missing, err)
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("Build error = %q; want %q in it", err, w)
				}
			}
			if left, _ := os.ReadDir(cache); len(left) > 0 {
				t.Errorf("Build left %v in the cache; want nothing", left)
			}
		})
	}
}

func TestBuildIsInterrupted(t *testing.T) {
	onPath(t, "go", `[ "$1" = env ] && echo go1.26.8 && exit
exec /bin/sleep 60`)
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(300*time.Millisecond, func() { cancel(errors.New("as wanted")) })
	cache := t.TempDir()
	start := time.Now()
	_, err := Builder{Source: source, Cache: cache, Progress: &bytes.Buffer{}}.Build(ctx)
	if err == nil || !strings.Contains(err.Error(), "as wanted") || time.Since(start) > 10*time.Second {
		t.Errorf("Build = %v after %v; want the reason why its context ended, at once", err, time.Since(start))
	}
	if left, _ := os.ReadDir(cache); len(left) > 0 {
		t.Errorf("Build left %v in the cache; want nothing", left)
	}
}

// A build that is there is used, and another source is another build.
func TestKey(t *testing.T) {
	onPath(t, "go", `[ "$1" = env ] && echo go1.26.8 && exit
exit 1`)
	b := Builder{Source: source, Cache: t.TempDir(), Progress: &bytes.Buffer{}}
	tool := goTool{version: "go1.26.8"}
	key, err := b.key(tool)
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(b.Cache, key, "gophernotes"+exe())
	os.MkdirAll(filepath.Dir(binary), 0o755)
	if err := os.WriteFile(binary, []byte("x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Build(t.Context()); got != binary || err != nil {
		t.Errorf("Build = %s, %v; want %s", got, err, binary)
	}
	b.Source = fstest.MapFS{"nnlib/nnlib.go": {Data: []byte("package nnlib // changed\n")}}
	if other, _ := b.key(tool); other == key || len(other) != 16 {
		t.Errorf("key of another source = %s; want another than %s", other, key)
	}
	if other, _ := b.key(goTool{version: "go1.26.9"}); other == key {
		t.Errorf("key of another Go = %s; want another", other)
	}
}

func TestRemoveOld(t *testing.T) {
	cache := t.TempDir()
	for _, d := range []string{workPrefix + "1", "0123456789abcdef"} {
		os.Mkdir(filepath.Join(cache, d), 0o755)
	}
	removeOld(cache, time.Now())
	if left, _ := os.ReadDir(cache); len(left) != 2 {
		t.Errorf("removeOld left %v; want a build under way kept", left)
	}
	removeOld(cache, time.Now().Add(2*time.Hour))
	if left, _ := os.ReadDir(cache); len(left) != 1 || left[0].Name() != "0123456789abcdef" {
		t.Errorf("removeOld left %v; want the finished build alone", left)
	}
}

func TestMatches(t *testing.T) {
	for version, want := range map[string]bool{"go1.26": true, "go1.26.8": true, "go1.26rc1": true, "go1.260": false, "go1.27.1": false, "": false} {
		if got := matches(version); got != want {
			t.Errorf("matches(%q) = %v; want %v", version, got, want)
		}
	}
}

const tableSource = `package p

import "io"

const (
	Untyped = 1.5
	Typed   int32 = 7
	Large   = 1 << 63
	Text    = "a\"b"
	Flag    = true
	Letter  = 'x'
)

var V = 3

func F(xs ...int) error { return nil }
func G[T any](t T)      {}

type (
	S struct{ E; n int }
	E struct{}
	I interface{ Do(w io.Writer, xs ...int) (int, error); String() string }
	Hidden interface{ hidden() }
	Number interface{ ~int }
	L[T any] []T
	A = E
)

func (E) Promoted() {}
func (*S) Own()     {}
`

func TestTable(t *testing.T) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", tableSource, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := (&types.Config{Importer: importer.ForCompiler(fset, "source", nil)}).Check("example.org/x-y/p", fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	src, err := table(pkg)
	if err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile(`[ \t]+`).ReplaceAllString(string(src), " ")
	for _, want := range []string{
		`imports.Packages["example.org/x-y/p"] = imports.Package{`,
		`"Untyped": "float:3/2",`, `"Large": r.ValueOf(uint64(p_.Large)),`, `"Large": "int:9223372036854775808",`,
		`"Text": "string:a\"b",`, `"Flag": "bool:true",`, `"Letter": "rune:120",`, `"Typed": r.ValueOf(p_.Typed),`,
		`"V": r.ValueOf(&p_.V).Elem(),`, `"F": r.ValueOf(p_.F),`,
		`"S": r.TypeOf((*p_.S)(nil)).Elem(),`, `"A": r.TypeOf((*p_.A)(nil)).Elem(),`,
		`"I": r.TypeOf((*gopherceptron_example_org_x_y_p_I)(nil)).Elem(),`,
		`Do_ func(o any, a0 io_.Writer, a1 ...int) (int, error)`,
		`return p.Do_(p.Object, a0, a1...)`,
		`"S": {"Promoted"},`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("table lacks %s", want)
		}
	}
	for _, bad := range []string{`"G"`, `"L"`, `"Number"`, `"Typed": "`, `_Hidden struct`} {
		if strings.Contains(got, bad) {
			t.Errorf("table has %s; want it left out", bad)
		}
	}
	if t.Failed() {
		t.Logf("%s", src)
	}
}

// The modules that the library needs have the same versions in gophernotes as in our kernel.
func TestVersions(t *testing.T) {
	own, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^\t(\S+) (v\S+)`)
	have := map[string]string{}
	for _, m := range line.FindAllStringSubmatch(string(own), -1) {
		have[m[1]] = m[2]
	}
	mod, err := build.ReadFile("_build/packages.mod")
	if err != nil {
		t.Fatal(err)
	}
	all := line.FindAllStringSubmatch(string(mod), -1)
	if len(all) < 3 {
		t.Fatalf("packages.mod requires %d modules; want more", len(all))
	}
	for _, m := range all {
		if have[m[1]] != m[2] {
			t.Errorf("packages.mod has %s %s; want go.mod's %q", m[1], m[2], have[m[1]])
		}
	}
}
