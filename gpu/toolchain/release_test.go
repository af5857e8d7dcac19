package toolchain

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func zipped(content string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(content))
	z.Close()
	return b.Bytes()
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// server serves archives: some as they are, one that stops in the middle, one that never comes.
func server(t *testing.T, files map[string][]byte) string {
	t.Helper()
	gone := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, ok := files[r.URL.Path]
		switch {
		case r.URL.Path == "/never.gz":
			<-gone
		case r.URL.Path == "/stops.gz":
			w.Header().Set("Content-Length", strconv.Itoa(2*len(content)))
			w.Write(content)
		case !ok:
			http.NotFound(w, r)
		default:
			w.Write(content)
		}
	}))
	t.Cleanup(func() { close(gone); s.Close() })
	return s.URL
}

func TestRelease(t *testing.T) {
	packed := zipped("a plugin")
	half, text := packed[:len(packed)/2], []byte("<html>not found</html>")
	url := server(t, map[string][]byte{"/plugin.gz": packed, "/half.gz": half, "/text.gz": text, "/stops.gz": packed})
	for _, c := range []struct{ name, url, sha, want string }{
		{"good", url + "/plugin.gz", sum(packed), ""},
		{"changed", url + "/plugin.gz", strings.Repeat("0", 64), "is not used"},
		{"truncated", url + "/half.gz", sum(packed), "is not used"},
		{"truncated before it was released", url + "/half.gz", sum(half), "unexpected EOF"},
		{"no archive", url + "/text.gz", sum(text), "gzip"},
		{"the connection ends", url + "/stops.gz", sum(packed), "unexpected EOF"},
		{"gone", url + "/other.gz", sum(packed), "404"},
		{"no network", "http://127.0.0.1:1/plugin.gz", sum(packed), "connect"},
		{"no such host", "http://plugin.invalid/plugin.gz", sum(packed), "plugin.invalid"},
		{"no URL", "::", sum(packed), "missing protocol scheme"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "p.so")
			err := release{c.url, c.sha}.fetch(t.Context(), out)
			got, _ := os.ReadFile(out)
			if c.want == "" {
				if err != nil || string(got) != "a plugin" {
					t.Errorf("fetch = %v with %q in the file; want nil and the plugin", err, got)
				}
			} else if err == nil || !strings.Contains(err.Error(), c.want) || got != nil {
				t.Errorf("fetch = %v with %q in the file; want an error with %q and no file", err, got, c.want)
			}
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(out), ".*")); len(left) > 0 {
				t.Errorf("fetch left %q; want nothing", left)
			}
		})
	}
}

func TestReleaseStops(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	out := filepath.Join(t.TempDir(), "p.so")
	if err := (release{server(t, nil) + "/never.gz", ""}).fetch(ctx, out); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("fetch of what never comes = %v; want the context's error", err)
	}
}

// TestEnsureRelease asks for a plugin where a release is known: it is taken, and where it cannot be had the plugin is compiled
// here, after saying why.
func TestEnsureRelease(t *testing.T) {
	packed := zipped("a released plugin")
	url := server(t, map[string][]byte{"/plugin.gz": packed, "/half.gz": packed[:10]})
	before := maps.Clone(releases)
	t.Cleanup(func() { releases = before })
	// A compiler that makes what it is asked for, without the time that it takes.
	fake := filepath.Join(t.TempDir(), "c++")
	script := "#!/bin/sh\nwhile [ $# -gt 0 ]; do [ \"$1\" = -o ] && echo compiled >\"$2\"; shift; done\n"
	if err := os.WriteFile(fake, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CXX", fake)
	for _, c := range []struct{ name, url, sha, content, said string }{
		{"good", url + "/plugin.gz", sum(packed), "a released plugin", ""},
		{"changed", url + "/plugin.gz", strings.Repeat("0", 64), "compiled\n", "is not used"},
		{"truncated", url + "/half.gz", sum(packed), "compiled\n", "is not used"},
		{"no network", "http://127.0.0.1:1/plugin.gz", sum(packed), "compiled\n", "cannot be had"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("XDG_CACHE_HOME", t.TempDir())
			releases = map[string]release{key(Host): {c.url, c.sha}}
			var said bytes.Buffer
			path, err := Ensure(t.Context(), &said)
			if err != nil {
				t.Fatalf("Ensure = %v; want nil", err)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != c.content {
				t.Errorf("Ensure gives %q, %v; want %q", got, err, c.content)
			}
			if !strings.Contains(said.String(), c.said) || c.said == "" && said.Len() > 0 {
				t.Errorf("Ensure says %q; want %q in it", said.String(), c.said)
			}
		})
	}
}

// TestPack makes an archive and a line for the table, and fetches what they say.
func TestPack(t *testing.T) {
	dir := t.TempDir()
	plugin, archive := filepath.Join(dir, "p.so"), filepath.Join(dir, "p.gz")
	if err := os.WriteFile(plugin, []byte("a plugin"), 0o755); err != nil {
		t.Fatal(err)
	}
	line, err := Pack(Host, plugin, archive)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{Host.String() + " " + Hash(Host), "p.gz", sum(content)} {
		if !strings.Contains(line, want) {
			t.Errorf("Pack = %s; want %s in it", line, want)
		}
	}
	out := filepath.Join(dir, "fetched.so")
	if err := (release{server(t, map[string][]byte{"/p.gz": content}) + "/p.gz", sum(content)}).fetch(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(out); string(got) != "a plugin" {
		t.Errorf("what was packed is fetched as %q; want the plugin", got)
	}
	if _, err := Pack(Host, filepath.Join(dir, "gone.so"), archive); err == nil {
		t.Error("Pack of no file = nil; want an error")
	}
}
