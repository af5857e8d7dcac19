package kernel

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// assets holds the sources that cells can import and, in notebooks, the course. Main sets it.
var assets fs.FS

// modulePath tells a checkout of this project from others.
const modulePath = "github.com/gopherceptron/gopherceptron"

// unpacked is the folder that the course is unpacked to outside a checkout.
const unpacked = "gopherceptron-notebooks"

// courseFolder returns the folder of the course for someone who works in cwd: the checkout's own, else the unpacked one,
// which is made if it is not there. What is there already is never written to.
func courseFolder(cwd string, assets fs.FS, progress io.Writer) (string, error) {
	if dir, ok := checkoutNotebooks(cwd); ok {
		return dir, nil
	}
	if filepath.Base(cwd) == unpacked {
		return cwd, nil
	}
	dir := filepath.Join(cwd, unpacked)
	if st, err := os.Stat(dir); err == nil && st.IsDir() {
		return dir, nil
	}
	if assets == nil {
		return "", errors.New("the course: this build holds no notebooks: name a folder")
	}
	course, err := fs.Sub(assets, "notebooks")
	if err == nil {
		_, err = fs.Stat(course, ".")
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "", errors.New("the course: this build holds no notebooks: name a folder")
	}
	if err != nil {
		return "", fmt.Errorf("the course: %w", err)
	}
	// In a folder beside it first, so that half a course is never taken for a whole one.
	tmp, err := os.MkdirTemp(cwd, "."+unpacked+"-")
	if err != nil {
		return "", fmt.Errorf("unpacking the course: %w", err)
	}
	defer os.RemoveAll(tmp)
	if err := os.Chmod(tmp, 0o755); err != nil {
		return "", fmt.Errorf("unpacking the course: %w", err)
	}
	if err := os.CopyFS(tmp, writable{course}); err != nil {
		return "", fmt.Errorf("unpacking the course: %w", err)
	}
	if err := os.Rename(tmp, dir); err != nil {
		return "", fmt.Errorf("unpacking the course: %w", err)
	}
	fmt.Fprintf(progress, "Unpacked the course into %s\n", dir)
	return dir, nil
}

// writable leaves out Go sources, which belong to the project's tests, and makes files 0644: embedded ones are read-only.
type writable struct{ fs.FS }

func (w writable) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(w.FS, name)
	kept := entries[:0:0]
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") {
			kept = append(kept, e)
		}
	}
	return kept, err
}

func (w writable) Open(name string) (fs.File, error) {
	f, err := w.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return writableFile{f}, nil
}

type writableFile struct{ fs.File }

func (f writableFile) Stat() (fs.FileInfo, error) {
	st, err := f.File.Stat()
	if err != nil {
		return nil, err
	}
	return writableInfo{st}, nil
}

type writableInfo struct{ fs.FileInfo }

func (i writableInfo) Mode() fs.FileMode { return i.FileInfo.Mode() | 0o644 }

// checkoutNotebooks returns the notebooks folder of the checkout that cwd lies in.
func checkoutNotebooks(cwd string) (string, bool) {
	for dir := cwd; ; dir = filepath.Dir(dir) {
		if isModule(filepath.Join(dir, "go.mod")) {
			nb := filepath.Join(dir, "notebooks")
			st, err := os.Stat(nb)
			return nb, err == nil && st.IsDir()
		}
		if dir == filepath.Dir(dir) {
			return "", false
		}
	}
}

// isModule tells whether a go.mod is this project's.
func isModule(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "module "); ok {
			return strings.Trim(strings.TrimSpace(rest), `"`) == modulePath
		}
	}
	return false
}
