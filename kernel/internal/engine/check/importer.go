package check

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/gopherceptron/gopherceptron/kernel/internal/bind"
	"github.com/gopherceptron/gopherceptron/kernel/internal/bind/comments"
)

// Module is the path of this module; its packages are checked from source.
const Module = "github.com/gopherceptron/gopherceptron"

// An importer finds the types of the packages that cells can import.
type importer struct {
	source fs.FS
	fset   *token.FileSet
	bound  *bind.Types
	own    map[string]*types.Package
	docs   map[string]map[string]string // of own packages
}

func newImporter(source fs.FS) *importer {
	return &importer{source: source, fset: token.NewFileSet(), bound: bind.NewTypes(), own: map[string]*types.Package{}, docs: map[string]map[string]string{}}
}

// Import implements types.Importer.
func (im *importer) Import(p string) (*types.Package, error) {
	if p == "C" {
		return nil, fmt.Errorf(`import "C" needs a C compiler and a build of its own: cells cannot use cgo`)
	}
	if p == Module || strings.HasPrefix(p, Module+"/") {
		return im.fromSource(p)
	}
	if !bind.HasTypes(p) {
		return nil, unknownPackage(p)
	}
	return im.bound.Import(p)
}

func unknownPackage(p string) error {
	return fmt.Errorf("package %s is not built into the kernel: cells can import the standard library, gonum.org/v1/gonum, gonum.org/v1/plot and %s/nnlib%s", p, Module, similar(p))
}

// similar names a known package whose last element is p's.
func similar(p string) string {
	for _, q := range bind.Packages() {
		if q.Name == path.Base(p) && q.Path != p {
			return fmt.Sprintf("; did you mean %q?", q.Path)
		}
	}
	return ""
}

// forCells is Import for a package that a cell names: it must be one that the executors reach.
func (im *importer) forCells(p string) (*types.Package, error) {
	pkg, err := im.Import(p)
	if err == nil && p != "unsafe" && bind.Lookup(p) == nil {
		return nil, unknownPackage(p)
	}
	return pkg, err
}

// fromSource checks a package of this module, without the bodies of its functions.
func (im *importer) fromSource(p string) (*types.Package, error) {
	if pkg := im.own[p]; pkg != nil {
		return pkg, nil
	}
	files, err := im.parse(p)
	if err != nil {
		return nil, err
	}
	conf := types.Config{Importer: im, IgnoreFuncBodies: true, FakeImportC: true, Error: func(error) {}}
	pkg, err := conf.Check(p, im.fset, files, nil)
	if err != nil {
		return nil, fmt.Errorf("check: source of %s: %w", p, err)
	}
	im.own[p] = pkg
	im.docs[p], _ = comments.Of(im.fset, files, p)
	return pkg, nil
}

func (im *importer) parse(p string) ([]*ast.File, error) {
	dir := strings.TrimPrefix(p, Module+"/")
	names, err := fs.Glob(im.source, path.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		return nil, unknownPackage(p)
	}
	// Files for other systems are left out, as the go command does it. The tag cells is for files that take the place of
	// others whose imports cells cannot have.
	system := build.Default
	system.BuildTags = append(slices.Clone(system.BuildTags), "cells")
	system.OpenFile = func(n string) (io.ReadCloser, error) { return im.source.Open(n) }
	system.JoinPath = path.Join
	var files []*ast.File
	for _, n := range names {
		if strings.HasSuffix(n, "_test.go") {
			continue
		}
		if ok, err := system.MatchFile(dir, path.Base(n)); err != nil || !ok {
			if err != nil {
				return nil, err
			}
			continue
		}
		text, err := fs.ReadFile(im.source, n)
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(im.fset, n, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// doc returns the doc comment of a package's name: "Name", "Type.Member" or "".
func (im *importer) doc(p, name string) string {
	if d, ok := im.docs[p]; ok {
		return d[name]
	}
	return bind.Doc(p, name)
}

// preferred breaks the ties between packages of one name, for imports that nobody wrote.
var preferred = []string{"math/rand/v2", "math/rand", "text/template", "text/scanner", "encoding/json"}

// candidates returns the packages that have a name, the likeliest first.
func candidates(name string) []*bind.Package {
	var out []*bind.Package
	for _, p := range bind.Packages() {
		if p.Name == name {
			out = append(out, p)
		}
	}
	rank := func(p *bind.Package) int {
		if i := slices.Index(preferred, p.Path); i >= 0 {
			return i - len(preferred)
		}
		return len(p.Path)
	}
	slices.SortStableFunc(out, func(a, b *bind.Package) int { return rank(a) - rank(b) })
	return out
}
