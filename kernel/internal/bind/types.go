package bind

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"strings"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
)

// The data of a group of packages is a zip archive with two files for each: types/PATH in the format of
// [gcexportdata.Write], and doc/PATH, a JSON object from "Name" or "Type.Member" to its doc comment ("" is the
// package's own).
//
// An archive's directory is read when the first file is asked for: reading it is a good part of a kernel's start.
var archives struct {
	mu     sync.Mutex
	unread []string
	files  map[string]*zip.File
}

// RegisterData adds an archive of types and doc comments; generated packages call it during initialisation.
func RegisterData(archive string) {
	archives.mu.Lock()
	defer archives.mu.Unlock()
	archives.unread = append(archives.unread, archive)
}

// file returns a file of the archives, or nil.
func file(name string) *zip.File {
	archives.mu.Lock()
	defer archives.mu.Unlock()
	for _, archive := range archives.unread {
		r, err := zip.NewReader(strings.NewReader(archive), int64(len(archive)))
		if err != nil {
			panic(fmt.Sprintf("bind: the embedded archive is damaged: %v", err))
		}
		if archives.files == nil {
			archives.files = map[string]*zip.File{}
		}
		for _, f := range r.File {
			archives.files[f.Name] = f
		}
	}
	archives.unread = nil
	return archives.files[name]
}

func read(name string) ([]byte, error) {
	f := file(name)
	if f == nil {
		return nil, fmt.Errorf("bind: no %s", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("bind: %s: %w", name, err)
	}
	defer r.Close()
	return io.ReadAll(r)
}

// Types reads the types of compiled packages. It is not safe for use by several goroutines at once.
type Types struct {
	fset *token.FileSet
	pkgs map[string]*types.Package
}

// NewTypes returns an importer without any package.
func NewTypes() *Types {
	return &Types{fset: token.NewFileSet(), pkgs: map[string]*types.Package{"unsafe": types.Unsafe}}
}

// Import returns the types of a package; the same path gives the same package each time.
func (t *Types) Import(path string) (*types.Package, error) {
	if p := t.pkgs[path]; p != nil && p.Complete() {
		return p, nil
	}
	data, err := read("types/" + path)
	if err != nil {
		return nil, err
	}
	p, err := gcexportdata.Read(bytes.NewReader(data), t.fset, t.pkgs, path)
	if err != nil {
		return nil, fmt.Errorf("bind: types of %s: %w", path, err)
	}
	return p, nil
}

// HasTypes reports whether the data of a package is there, without reading it.
func HasTypes(path string) bool { return path == "unsafe" || file("types/"+path) != nil }

var docs sync.Map // path -> map[string]string

// Doc returns the doc comment of an exported name of a package: "Name", "Type.Method", "Type.Field", or "" for the package.
func Doc(path, name string) string {
	m, ok := docs.Load(path)
	if !ok {
		var d map[string]string
		if data, err := read("doc/" + path); err == nil && json.Unmarshal(data, &d) != nil {
			d = nil
		}
		m, _ = docs.LoadOrStore(path, d)
	}
	return m.(map[string]string)[name]
}
