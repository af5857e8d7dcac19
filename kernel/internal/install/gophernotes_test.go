package install

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// gopher is an Installer of gophernotes beside home's, with a build in its place in the cache.
func gopher(t *testing.T) Installer {
	t.Helper()
	in := home(t)
	in.Cache, in.Kernel = filepath.Join(in.Cache, Gophernotes), Gophernotes
	dir := filepath.Join(in.Cache, "0123456789abcdef")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	built := filepath.Join(dir, "gophernotes")
	if err := os.Rename(in.Binary, built); err != nil {
		t.Fatal(err)
	}
	in.Binary = built
	return in
}

func TestInstallGophernotes(t *testing.T) {
	in := gopher(t)
	prefix := t.TempDir()
	s := install(t, in, Target{Prefix: prefix})
	if want := filepath.Join(prefix, "share", "jupyter", "kernels", "gophernotes"); s.Dir != want {
		t.Errorf("Dir = %s; want %s", s.Dir, want)
	}
	if s.Binary != in.Binary {
		t.Errorf("Binary = %s; want the build itself, %s", s.Binary, in.Binary)
	}
	data, err := os.ReadFile(filepath.Join(s.Dir, specFile))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"argv": []any{in.Binary, "{connection_file}"}, "display_name": "Go (gophernotes)", "language": "go",
		"metadata": map[string]any{"gopherceptron": map[string]any{"build": "0123456789abcdef"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kernel.json (-want +got):\n%s", diff)
	}
	assertFiles(t, s.Dir, "kernel.json")

	// Its uninstall does not need to know the build, takes that with it, and leaves our own kernel alone.
	in.Binary = ""
	if found := in.Find(t.Context(), prefix); len(found) != 1 || found[0].State != OK {
		t.Errorf("Find = %+v; want one that is ok", found)
	}
	if _, err := in.Uninstall(t.Context(), Target{Prefix: prefix}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.Dir); err == nil {
		t.Errorf("%s is still there", s.Dir)
	}
	if _, err := os.Stat(s.Binary); err == nil {
		t.Errorf("%s is still there", s.Binary)
	}
	if _, err := in.Uninstall(t.Context(), Target{Prefix: prefix}); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("Uninstall again = %v; want ErrNotInstalled", err)
	}
}

// A gophernotes that the user has is kept while ours is in its place, also over a second install, and put back.
func TestInstallGophernotesKeepsAnother(t *testing.T) {
	in := gopher(t)
	prefix := t.TempDir()
	dir := filepath.Join(prefix, "share", "jupyter", "kernels", "gophernotes")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	const theirs = `{"argv": ["gophernotes", "{connection_file}"], "display_name": "Go", "language": "go"}`
	for name, text := range map[string]string{specFile: theirs, "logo-64x64.png": "theirs"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := in.Uninstall(t.Context(), Target{Prefix: prefix}); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("Uninstall of another's = %v; want ErrNotInstalled", err)
	}
	install(t, in, Target{Prefix: prefix})
	install(t, in, Target{Prefix: prefix})
	assertFiles(t, dir, "kernel.json kernel.json.before-gopherceptron logo-64x64.png")
	if _, err := in.Uninstall(t.Context(), Target{Prefix: prefix}); err != nil {
		t.Fatal(err)
	}
	assertFiles(t, dir, "kernel.json logo-64x64.png")
	if got, err := os.ReadFile(filepath.Join(dir, specFile)); string(got) != theirs || err != nil {
		t.Errorf("kernel.json = %q, %v; want theirs", got, err)
	}
}
