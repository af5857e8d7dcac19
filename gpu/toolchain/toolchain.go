// Package toolchain makes the compute plugin: it says where a finished one is kept, fetches one that was released, or
// compiles the sources that are embedded in package native with the C++ compiler it finds.
package toolchain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/gopherceptron/gopherceptron/gpu/native"
)

// A Target is a system and a processor, as GOOS and GOARCH name them.
type Target struct{ OS, Arch string }

// Host is the system that runs.
var Host = Target{runtime.GOOS, runtime.GOARCH}

// FileName is how a plugin's file is called on the target.
func (t Target) FileName() string {
	switch t.OS {
	case "windows":
		return "gopherceptron-plugin.dll"
	case "darwin":
		return "gopherceptron-plugin.dylib"
	}
	return "gopherceptron-plugin.so"
}

func (t Target) String() string { return t.OS + "/" + t.Arch }

// supported reports whether there are kernels for the target.
func (t Target) supported() error {
	if len(sets[t.Arch]) == 0 || t.OS != "linux" && t.OS != "darwin" && t.OS != "windows" {
		return fmt.Errorf("toolchain: there are no kernels for %v: linux, darwin and windows on amd64 and arm64 are expected", t)
	}
	return nil
}

// Hash names the sources and the flags: a plugin that was made of others is not used.
func Hash(t Target) string {
	h := sha256.New()
	fmt.Fprintln(h, t, sets[t.Arch], flags, kernelFlags)
	for _, name := range Sources() {
		text, err := fs.ReadFile(native.Files, name)
		if err != nil {
			panic(err) // it is embedded
		}
		fmt.Fprintf(h, "%s %d\n", name, len(text))
		h.Write(text)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

var hostHash = sync.OnceValue(func() string { return Hash(Host) })

// Sources returns the names of all embedded files, in order.
func Sources() []string {
	var names []string
	err := fs.WalkDir(native.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		panic(err) // it is embedded
	}
	return names
}

// CachePath returns where the plugin of this binary's sources is kept for the user. The file need not exist.
func CachePath() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("toolchain: no folder for caches: %w: set XDG_CACHE_HOME or HOME", err)
	}
	return filepath.Join(dir, "gopherceptron", "plugin-"+hostHash(), Host.FileName()), nil
}

// Ensure returns the path of a plugin in the cache, and makes it first if need be: from a release that is known, or else
// with a compiler, which takes about 20 seconds. It writes what it does to progress, a line at a time. Several processes
// may call it at once.
func Ensure(ctx context.Context, progress io.Writer) (string, error) {
	path, err := CachePath()
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	switch fetched, err := fetch(ctx, path); {
	case fetched:
		return path, nil
	case err != nil:
		fmt.Fprintf(progress, "The released plugin cannot be had: %v\n", err)
	}
	return path, Build(ctx, Options{Target: Host, Out: path, Progress: progress})
}

// install moves a finished file to its place, from the same folder, so that nobody ever sees half of it.
func install(finished, path string) error {
	if err := os.Rename(finished, path); err != nil {
		return fmt.Errorf("toolchain: %w", err)
	}
	return nil
}

var errNoCompiler = errors.New("no C++ compiler was found")
