package toolchain

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBuildSaysWhatFails(t *testing.T) {
	out := filepath.Join(t.TempDir(), "sub", "p.so")
	for _, c := range []struct {
		name     string
		target   Target
		compiler []string
		want     string
	}{
		{"no such compiler", Host, []string{"/no/such/c++"}, "/no/such/c++"},
		{"a compiler that fails", Host, []string{"sh", "-c", "echo 'error: no room'; exit 1"}, "error: no room"},
		{"a strange target", Target{"plan9", "mips"}, nil, "plan9/mips"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var said bytes.Buffer
			err := Build(t.Context(), Options{Target: c.target, Out: out, Compiler: c.compiler, Progress: &said})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Build = %v; want an error with %q", err, c.want)
			}
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(out), "*")); len(left) > 0 {
				t.Errorf("Build left %q; want nothing", left)
			}
		})
	}
}

func TestBuildWithoutCompiler(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("CXX", "")
	err := Build(t.Context(), Options{Target: Host, Out: filepath.Join(t.TempDir(), "p.so")})
	if !errors.Is(err, errNoCompiler) || !strings.Contains(err.Error(), "install") {
		t.Errorf("Build without a compiler = %v; want an error that says what to install", err)
	}
}

func TestBuildStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Build(ctx, Options{Target: Host, Out: filepath.Join(t.TempDir(), "p.so"), Compiler: []string{"sleep", "9"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("Build with a context that ended = %v; want context.Canceled", err)
	}
}

func TestCachePathFollowsSources(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	path, err := CachePath()
	if err != nil || !strings.Contains(path, "plugin-"+Hash(Host)) {
		t.Errorf("CachePath() = %s, %v; want the hash %s in it", path, err, Hash(Host))
	}
	if a, b := Hash(Target{"linux", "amd64"}), Hash(Target{"linux", "arm64"}); a == b {
		t.Errorf("Hash is %s for both processors; want two", a)
	}
}

func TestEnsureTakesWhatIsThere(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	path, err := CachePath()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("plugin"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := Ensure(t.Context(), io.Discard); got != path || err != nil {
		t.Errorf("Ensure = %s, %v; want %s without building", got, err, path)
	}
}
