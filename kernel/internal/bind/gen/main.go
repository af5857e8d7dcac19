// Command gen writes the tables of package bind for one group of packages into the current folder.
//
//	gen std            the standard library
//	gen gonum PATTERN  the packages that match the patterns
//	gen -nodata own P  the same without types and doc comments, for packages whose source is at hand
//
// It writes z_*.go, one file a package, and NAME.zip with types and doc comments. The Go release that runs it
// is the one that the tables are for; its exported names only grow, so later releases build them too.
package main

import (
	"flag"
	"fmt"
	"go/types"
	"log"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

// left names the packages that cells do without: what needs cgo or a special build, and plugin, which would make
// the linker keep everything and link dynamically.
var left = map[string]string{
	"plugin": "links dynamically", "runtime/cgo": "needs cgo", "runtime/race": "is empty without -race",
	"runtime/msan": "needs a special build", "runtime/asan": "needs a special build", "unsafe": "is the compiler's",
	"gonum.org/v1/plot/cmpimg": "is for tests, and needs a module of its own",
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	noData := flag.Bool("nodata", false, "write no types and doc comments")
	flag.Parse()
	group, patterns := flag.Arg(0), flag.Args()[1:]
	if group == "std" {
		patterns = []string{"std"}
	}
	pkgs, err := load(patterns)
	if err != nil {
		log.Fatal(err)
	}
	old, _ := filepath.Glob("z_*.go")
	for _, f := range old {
		os.Remove(f)
	}
	for _, p := range pkgs {
		src, err := table(group, p.Types)
		if err != nil {
			log.Fatal(err)
		}
		if err := os.WriteFile(fileName(p.PkgPath), src, 0o666); err != nil {
			log.Fatal(err)
		}
	}
	if *noData {
		return
	}
	if group == "std" { // no package to import, but its names have doc comments
		builtin, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedSyntax | packages.NeedTypes | packages.NeedFiles}, "builtin")
		if err != nil || len(builtin) != 1 {
			log.Fatalf("builtin: %v", err)
		}
		pkgs = append(pkgs, builtin...)
	}
	if err := writeArchive(group+".zip", pkgs); err != nil {
		log.Fatal(err)
	}
}

// load returns the packages that cells can import, ordered by path.
func load(patterns []string) ([]*packages.Package, error) {
	all, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedTypes | packages.NeedSyntax | packages.NeedImports | packages.NeedDeps | packages.NeedModule,
		Env:  append(os.Environ(), "CGO_ENABLED=0"), // generated Go files have no doc comments
	}, patterns...)
	if err != nil {
		return nil, err
	}
	var pkgs []*packages.Package
	for _, p := range all {
		if p.Name == "main" || left[p.PkgPath] != "" || isInternal(p.PkgPath) || !exports(p.Types) {
			continue
		}
		if len(p.Errors) > 0 {
			return nil, fmt.Errorf("%s: %v", p.PkgPath, p.Errors[0])
		}
		pkgs = append(pkgs, p)
	}
	return pkgs, nil
}

func isInternal(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if part == "internal" || part == "vendor" || part == "testdata" {
			return true
		}
	}
	return false
}

func exports(p *types.Package) bool {
	for _, n := range p.Scope().Names() {
		if p.Scope().Lookup(n).Exported() {
			return true
		}
	}
	return false
}

// fileName keeps packages that exist on one system only out of the others' builds by Go's own file name rule.
func fileName(path string) string {
	name := "z_" + strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(path)
	if path == "syscall" {
		return name + "_linux_amd64.go"
	}
	return name + "_pkg.go" // the suffix keeps z_..._test.go, z_..._linux.go and the like from being special
}
