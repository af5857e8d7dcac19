// Package gophernotes builds the notebook kernel gophernotes for today's Go with this module's packages inside: nnlib,
// nnlib/viz, kernel/display and what they show can be imported in its cells as in ours, and networks are computed by the
// same plugin.
//
// gophernotes and its interpreter, gomacro, are downloaded, never kept here: the copies get a go.mod, a file of package main
// and gomacro's tables that this package writes, and a few words are replaced. All of it is Go: no C compiler and no
// libzmq are needed.
package gophernotes

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// Version is the version of gophernotes.
const Version = "v0.7.5"

// module is gophernotes' path.
const module = "github.com/gopherdata/gophernotes"

// interpreter is the path of what runs gophernotes' cells.
const interpreter = "github.com/cosmos72/gomacro"

// ours is this module's path.
const ours = "github.com/gopherceptron/gopherceptron"

// build is what is put into the copy of gophernotes: go.mod and go.sum, a file for its package main, and a package of
// ours beside kernel/internal/render that may import it.
//
//go:embed _build
var build embed.FS

// self is this package: a change of the generator is another build.
//
//go:embed *.go
var self embed.FS

// A Builder builds gophernotes.
type Builder struct {
	Source fs.FS // the module's packages at their folders, with the files that they embed
	Cache  string
	// Progress gets what is done, a line at a time, unless the build is there already.
	Progress io.Writer
}

// A MissingError says what the machine lacks for the build, and what to do about it.
type MissingError struct {
	What string
	Fix  string
}

func (e *MissingError) Error() string { return "gophernotes: " + e.What + ": " + e.Fix }

// Build returns the path of the binary, in a folder of Cache that is named by the hash of all that goes into it. It builds it
// first if need be, which takes a minute or two, 250 MB of Go's caches and, the first time, the network. The folder
// appears whole or not at all; several processes may build at once.
//
// What the machine lacks is reported as a [*MissingError].
func (b Builder) Build(ctx context.Context) (string, error) {
	tool, err := findGo(ctx)
	if err != nil {
		return "", err
	}
	key, err := b.key(tool)
	if err != nil {
		return "", err
	}
	binary := filepath.Join(b.Cache, key, "gophernotes"+exe())
	if st, err := os.Stat(binary); err == nil && st.Mode().IsRegular() && st.Size() > 0 {
		return binary, nil
	}
	if err := os.MkdirAll(b.Cache, 0o755); err != nil {
		return "", fmt.Errorf("gophernotes: folder of the build: %w", err)
	}
	removeOld(b.Cache, time.Now())
	dir, err := os.MkdirTemp(b.Cache, workPrefix+"*")
	if err != nil {
		return "", fmt.Errorf("gophernotes: folder of the build: %w", err)
	}
	defer os.RemoveAll(dir)
	start := time.Now()
	fmt.Fprintf(b.Progress, "Building gophernotes %s with %s (once, a minute or two)\n", Version, tool.version)
	w := workspace{dir: dir, tool: tool, source: b.Source, progress: b.Progress}
	made, err := w.make(ctx)
	if err != nil {
		return "", err
	}
	if err := os.Chmod(made, 0o755); err != nil {
		return "", fmt.Errorf("gophernotes: %w", err)
	}
	if err := os.Rename(made, binary); err != nil {
		// The folder has to be there first; the file then appears whole.
		if err := os.MkdirAll(filepath.Dir(binary), 0o755); err != nil {
			return "", fmt.Errorf("gophernotes: folder of the build: %w", err)
		}
		if err := os.Rename(made, binary); err != nil {
			return "", fmt.Errorf("gophernotes: keeping the build: %w", err)
		}
	}
	st, err := os.Stat(binary)
	if err != nil {
		return "", fmt.Errorf("gophernotes: keeping the build: %w", err)
	}
	fmt.Fprintf(b.Progress, "  ready after %.0f s: %.0f MB\n", time.Since(start).Seconds(), float64(st.Size())/1e6)
	return binary, nil
}

// key is the name of the build's folder: everything that the binary is made of.
func (b Builder) key(tool goTool) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s %s/%s\n", Version, tool.version, runtime.GOOS, runtime.GOARCH)
	for _, f := range []fs.FS{b.Source, build, self} {
		err := eachFile(f, func(name string, data []byte) error {
			fmt.Fprintf(h, "%s %d\n", name, len(data))
			h.Write(data)
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:16], nil
}

// workPrefix begins the names of folders in which a build is made.
const workPrefix = ".build-"

// removeOld removes the folders of builds that were killed.
func removeOld(cache string, now time.Time) {
	dirs, _ := filepath.Glob(filepath.Join(cache, workPrefix+"*"))
	for _, d := range dirs {
		if st, err := os.Stat(d); err == nil && now.Sub(st.ModTime()) > time.Hour {
			os.RemoveAll(d)
		}
	}
}

func exe() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}
