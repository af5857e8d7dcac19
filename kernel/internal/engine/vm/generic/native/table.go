package native

import (
	"embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
)

// Path is the path by which sources import the functions of this package.
const Path = "gopherceptron.internal/native"

// Symbols returns the functions by name, as a package of bind has them.
func Symbols() map[string]reflect.Value {
	return map[string]reflect.Value{
		"AddCleanup":      reflect.ValueOf(AddCleanup),
		"HKDFExpand":      reflect.ValueOf(HKDFExpand),
		"HKDFExtract":     reflect.ValueOf(HKDFExtract),
		"HKDFKey":         reflect.ValueOf(HKDFKey),
		"HashComparable":  reflect.ValueOf(HashComparable),
		"NullScan":        reflect.ValueOf(NullScan),
		"PBKDF2Key":       reflect.ValueOf(PBKDF2Key),
		"Unique":          reflect.ValueOf(Unique),
		"WeakMake":        reflect.ValueOf(WeakMake),
		"WeakValue":       reflect.ValueOf(WeakValue),
		"WriteComparable": reflect.ValueOf(WriteComparable),
	}
}

// The types of the functions are those that their source says.
//
//go:embed native.go unique.go
var source embed.FS

// Types returns the types of the functions, a package with path [Path]. The types that they mention, such as hash.Hash,
// are those that imp finds; each call checks the source anew.
func Types(imp types.Importer) (*types.Package, error) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range []string{"native.go", "unique.go"} {
		text, err := source.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("native: %w", err)
		}
		f, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("native: %w", err)
		}
		files = append(files, f)
	}
	var first error
	// Without bodies some imports are unused.
	conf := types.Config{Importer: imp, IgnoreFuncBodies: true, DisableUnusedImportCheck: true, Error: func(err error) {
		if first == nil {
			first = err
		}
	}}
	pkg, _ := conf.Check(Path, fset, files, nil)
	if first != nil {
		return nil, fmt.Errorf("native: types: %w", first)
	}
	return pkg, nil
}
