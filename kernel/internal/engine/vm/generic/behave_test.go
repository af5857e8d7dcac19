package generic

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBehaves compiles all shadows, with the Go compiler, beside the real packages, and runs the tests of testdata/behave,
// which compare the two.
func TestBehaves(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs the Go compiler")
	}
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	copyAll := func(to, pattern string) {
		t.Helper()
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(names), err)
		}
		for _, n := range names {
			if to == "native" && (strings.HasSuffix(n, "_test.go")) {
				continue
			}
			text, err := os.ReadFile(n)
			if err != nil {
				t.Fatal(err)
			}
			write(to+"/"+filepath.Base(n), string(text))
		}
	}
	write("go.mod", "module gopherceptron.internal\n\ngo 1.26\n")
	copyAll("native", "native/*.go")
	copyAll("native", "native/*.s")
	copyAll("behave", "testdata/behave/*.go")
	for _, p := range Paths() {
		files, _ := Source(p)
		for name, text := range files {
			write("shadow/"+p+"/"+name, text)
		}
	}
	for _, args := range [][]string{{"build", "./..."}, {"vet", "./behave"}, {"test", "./behave"}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "PWD="+dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}
