// Command gen writes the tables of package bind for one group of packages into the current folder.
//
//	gen std              the standard library
//	gen gonum PATTERN    the packages that match the patterns
//	gen -nodata own P    the same without types and doc comments, for packages whose source is at hand
//	gen -later 1.27 std  what a later Go release, which runs it, has more
//
// It writes z_*.go, one file a package, and NAME.zip with types and doc comments. The Go release that runs it
// is the one that the tables are for. Exported names only grow, so later releases build them, too, and need a table of the
// names that are new, z_later_go127.go. But they need all types anew, NAME_go127.zip: the fields of a struct move.
package main

import (
	"flag"
	"fmt"
	"go/token"
	"go/types"
	"log"
	"os"
	"path/filepath"
	"slices"
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
	later := flag.String("later", "", "write what this `release` has more than NAME.zip")
	flag.Parse()
	group, patterns := flag.Arg(0), flag.Args()[1:]
	if group == "std" {
		patterns = []string{"std"}
	}
	pkgs, err := load(patterns)
	if err != nil {
		log.Fatal(err)
	}
	data := group + ".zip"
	if *later == "" {
		err = writeTables(group, pkgs)
	} else {
		tag := "go" + strings.ReplaceAll(*later, ".", "")
		data = group + "_" + tag + ".zip"
		err = writeLater(group, *later, "z_later_"+tag+".go", pkgs)
	}
	if err != nil {
		log.Fatal(err)
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
	if err := writeArchive(data, pkgs); err != nil {
		log.Fatal(err)
	}
}

// writeTables writes the tables of packages, and removes those of before.
func writeTables(group string, pkgs []*packages.Package) error {
	old, err := filepath.Glob("z_*.go")
	if err != nil {
		return err
	}
	for _, f := range old {
		if err := os.Remove(f); err != nil {
			return err
		}
	}
	for _, p := range pkgs {
		src, err := table(group, "", []part{{p.Types, exported(p.Types), false}})
		if err != nil {
			return err
		}
		if err := os.WriteFile(fileName(p.PkgPath), src, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// writeLater writes one table of the names that the archive of the group does not have.
func writeLater(group, release, file string, pkgs []*packages.Package) error {
	known, err := readNames(group + ".zip")
	if err != nil {
		return err
	}
	var parts []part
	for _, p := range pkgs {
		before, ok := known[p.PkgPath]
		names := slices.DeleteFunc(exported(p.Types), func(n string) bool { return before[n] })
		if len(names) > 0 {
			parts = append(parts, part{p.Types, names, ok})
		}
	}
	slices.SortFunc(parts, func(a, b part) int { return strings.Compare(a.pkg.Path(), b.pkg.Path()) })
	src, err := table(group, "go"+release, parts)
	if err != nil {
		return err
	}
	return os.WriteFile(file, src, 0o666)
}

// exported returns the exported names of a package.
func exported(p *types.Package) []string {
	return slices.DeleteFunc(p.Scope().Names(), func(n string) bool { return !token.IsExported(n) })
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
		if p.Name == "main" || left[p.PkgPath] != "" || isInternal(p.PkgPath) || len(exported(p.Types)) == 0 {
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

// fileName keeps packages that exist on one system only out of the others' builds by Go's own file name rule.
func fileName(path string) string {
	name := "z_" + strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(path)
	if path == "syscall" {
		return name + "_linux_amd64.go"
	}
	return name + "_pkg.go" // the suffix keeps z_..._test.go, z_..._linux.go and the like from being special
}
