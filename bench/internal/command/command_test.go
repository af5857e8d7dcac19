package command

import (
	"path/filepath"
	"testing"
)

// A script that measures runs in a folder of its own, where a relative path would lead elsewhere.
func TestKernelGiven(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	got, err := Kernel(t.Context(), t.TempDir(), "kernel")
	if want := filepath.Join(dir, "kernel"); err != nil || got != want {
		t.Errorf("Kernel(%q) = %q, %v; want %q", "kernel", got, err, want)
	}
}
