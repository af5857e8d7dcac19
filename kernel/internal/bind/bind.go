// Package bind lets cells reach compiled packages: for each a table of its symbols, its types and its doc comments.
//
// The tables are generated (go generate in the folders below), one file a package, and register themselves:
// std has the standard library, gonum has gonum.org/v1/gonum and gonum.org/v1/plot, own has this module's packages.
// A program imports those that its cells may use. Nothing is built before a cell asks for it: start-up costs
// one map entry a package.
package bind

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"sync"
)

// A Package is a compiled package as cells see it.
type Package struct {
	Path string
	Name string

	symbols func() map[string]reflect.Value
	once    sync.Once
	table   map[string]reflect.Value
}

var (
	packages = map[string]*Package{}
	added    = map[string]func() map[string]reflect.Value{}
)

// Register adds a package; generated code calls it during initialisation.
func Register(path, name string, symbols func() map[string]reflect.Value) {
	packages[path] = &Package{Path: path, Name: name, symbols: symbols}
}

// Add adds symbols to a package's, those that a later Go release has more; generated code calls it during initialisation, once
// for a package.
func Add(path string, symbols func() map[string]reflect.Value) { added[path] = symbols }

// Lookup returns the package with an import path, or nil.
func Lookup(path string) *Package { return packages[path] }

// Packages returns all packages, ordered by path.
func Packages() []*Package {
	return slices.SortedFunc(maps.Values(packages), func(a, b *Package) int { return cmp.Compare(a.Path, b.Path) })
}

// Symbols returns what the package exports, by name; the caller must not change the map.
// A function or typed constant is its value, an untyped constant a [go/constant.Value], a variable is addressable,
// and a type T is a nil *T. "_T" is a struct that implements interface T by fields: method M calls field WM.
// Generic functions and types have no value, so they are absent.
func (p *Package) Symbols() map[string]reflect.Value {
	p.once.Do(func() {
		p.table = p.symbols()
		if more := added[p.Path]; more != nil {
			maps.Copy(p.table, more())
		}
	})
	return p.table
}
