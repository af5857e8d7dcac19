// Package install puts the kernel where Jupyter finds it: a copy of the binary in the user's cache and a kernelspec that
// points at the copy, so that a binary made by go run, which vanishes, can be installed too.
package install

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Name is the name of our kernelspec.
const Name = "gopherceptron"

// DisplayName is what front ends show of it.
const DisplayName = "Go (gopherceptron)"

// Gophernotes is the name of the kernelspec of gophernotes, which is also upstream's: notebooks that were written with
// gophernotes ask for it.
const Gophernotes = "gophernotes"

// GophernotesDisplayName is what front ends show of that.
const GophernotesDisplayName = "Go (gophernotes)"

// ErrNotInstalled says that there is no kernelspec of ours where [Installer.Uninstall] was told to look.
var ErrNotInstalled = errors.New("install: no kernelspec of gopherceptron there")

// An Installer installs one binary. Its methods run programs of Jupyter to ask for paths and leave nothing running.
type Installer struct {
	Cache  string // folder for the copies of binaries, each in a folder named by its content
	Binary string // what to install; empty means the running program
	// Kernel is the name of the kernelspec: Name, which empty means, or Gophernotes, whose Binary is in a folder of Cache
	// already and is not copied.
	Kernel string
}

// A Target says for whom to install: the zero value for the user.
type Target struct {
	SysPrefix bool   // for the Python environment that is active
	Prefix    string // below this folder, in share/jupyter
}

// Install copies the binary into the cache and writes the kernelspec. It replaces one that is there, at no moment of which
// Jupyter would find a broken one, and removes copies that no kernelspec needs any more.
func (in Installer) Install(ctx context.Context, to Target) (Spec, error) {
	dir, err := to.specDir(ctx, in.kernel())
	if err != nil {
		return Spec{}, err
	}
	binary, err := in.copyBinary()
	if err != nil {
		return Spec{}, err
	}
	if err := in.writeSpec(dir, binary); err != nil {
		return Spec{}, err
	}
	if err := noteSpec(binary, dir); err != nil {
		return Spec{}, err
	}
	removeCopies(in.Cache, spareCopies)
	return in.read(dir), nil
}

// kernel is the name of the kernelspec.
func (in Installer) kernel() string {
	if in.Kernel == "" {
		return Name
	}
	return in.Kernel
}

// Uninstall removes the kernelspec and the copies of binaries that no kernelspec needs then. It returns the folder that it
// removed. Files in it that are not ours stay, and a kernelspec that was there before Install is put back.
func (in Installer) Uninstall(ctx context.Context, from Target) (string, error) {
	dir, err := from.specDir(ctx, in.kernel())
	if err != nil {
		return "", err
	}
	s := in.read(dir)
	if !s.ours {
		return "", fmt.Errorf("%w: %s", ErrNotInstalled, dir)
	}
	// kernel.json first: without it Jupyter sees no kernel in what is left.
	for _, name := range append([]string{specFile}, in.pictures()...) {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("install: removing the kernelspec: %w", err)
		}
	}
	if err := os.Rename(filepath.Join(dir, keptFile), filepath.Join(dir, specFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("install: putting back the kernelspec that was there before: %w", err)
	}
	os.Remove(dir) // stays if someone put files of their own there
	removeCopies(in.Cache, 0)
	return dir, nil
}

// Find returns our kernelspecs wherever Jupyter or we know of one: on Jupyter's paths, below the given prefixes and where
// an earlier Install wrote.
func (in Installer) Find(ctx context.Context, prefixes ...string) []Spec {
	var dirs []string
	for _, p := range prefixes {
		dirs = append(dirs, kernelDir(shareJupyter(p), in.kernel()))
	}
	for _, d := range dataDirs(ctx) {
		dirs = append(dirs, kernelDir(d, in.kernel()))
	}
	for _, c := range copies(in.Cache) {
		dirs = append(dirs, notedSpecs(c)...)
	}
	var specs []Spec
	seen := map[string]bool{}
	for _, d := range dirs {
		if seen[d] {
			continue
		}
		seen[d] = true
		if s := in.read(d); s.ours {
			specs = append(specs, s)
		}
	}
	return specs
}

// specDir returns the folder of the kernelspec.
func (t Target) specDir(ctx context.Context, kernel string) (string, error) {
	switch {
	case t.SysPrefix && t.Prefix != "":
		return "", errors.New("install: a prefix and the Python environment's prefix were asked for; give one of them")
	case t.SysPrefix:
		p, err := sysPrefix(ctx)
		if err != nil {
			return "", err
		}
		return kernelDir(shareJupyter(p), kernel), nil
	case t.Prefix != "":
		p, err := filepath.Abs(t.Prefix)
		if err != nil {
			return "", fmt.Errorf("install: %w", err)
		}
		return kernelDir(shareJupyter(p), kernel), nil
	}
	d, err := userDataDir(ctx)
	if err != nil {
		return "", err
	}
	return kernelDir(d, kernel), nil
}

func kernelDir(data, kernel string) string { return filepath.Join(data, "kernels", kernel) }
func shareJupyter(prefix string) string    { return filepath.Join(prefix, "share", "jupyter") }
