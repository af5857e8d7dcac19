package generic

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestArchive holds that gen.go works with the Go release at hand, and makes std.zip anew with the release that made it.
func TestArchive(t *testing.T) {
	if testing.Short() {
		t.Skip("it loads the whole standard library")
	}
	file := filepath.Join(t.TempDir(), "std.zip")
	if out, err := exec.Command("go", "run", "gen.go", "-o", file).CombinedOutput(); err != nil {
		t.Fatalf("go run gen.go: %v\n%s", err, out)
	}
	made, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader([]byte(std)), int64(len(std)))
	if err != nil {
		t.Fatal(err)
	}
	if z.Comment == runtime.Version() && !bytes.Equal(made, []byte(std)) {
		t.Errorf("std.zip is not what gen.go makes: run go generate")
	}
	if !strings.HasPrefix(z.Comment, "go1.26") {
		t.Errorf("std.zip was made by %s; the tables of package bind are those of Go 1.26", z.Comment)
	}
	fresh, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer fresh.Close()
	have := map[string]bool{}
	for _, f := range z.File {
		have[f.Name] = true
	}
	for _, f := range fresh.File {
		if !have[f.Name] {
			t.Errorf("%s has generics in %s, of which std.zip has nothing", f.Name, runtime.Version())
		}
	}
}
