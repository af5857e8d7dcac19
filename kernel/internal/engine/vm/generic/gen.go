//go:build ignore

// Gen writes std.zip: for each package of the standard library that package bind has, the source of its exported generic
// functions and of what they need, in the form that the doc comment of package generic describes. Functions that have a
// source of our own under _own are left out.
//
//	go run gen.go [-o file]
//
// It fails for a function that cannot be taken as it is: such a one needs a source of our own.
package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"log"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	out := flag.String("o", "std.zip", "the archive to write")
	flag.Parse()
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedImports | packages.NeedDeps,
		Env:  append(os.Environ(), "CGO_ENABLED=0"),
	}, "std")
	if err != nil {
		log.Fatal(err)
	}
	known, err := bound()
	if err != nil {
		log.Fatal(err)
	}
	files, failed := map[string][]byte{}, false
	for _, p := range pkgs {
		if !known[p.PkgPath] {
			continue
		}
		own, err := ownFunctions(p.PkgPath)
		if err != nil {
			log.Fatal(err)
		}
		x := &extract{pkg: p, need: map[ast.Decl]bool{}, decl: declarations(p)}
		for _, f := range generics(p.Types) {
			if own[f.Name()] {
				continue
			}
			if err := x.add(f); err != nil {
				log.Printf("%s: %v", f.FullName(), err)
				failed = true
			}
		}
		if err := x.write(files); err != nil {
			log.Fatal(err)
		}
	}
	if failed {
		log.Fatal("give these functions a source under _own")
	}
	if err := writeArchive(*out, files); err != nil {
		log.Fatal(err)
	}
}

// bound returns the paths of the packages that package bind has.
func bound() (map[string]bool, error) {
	z, err := zip.OpenReader(filepath.FromSlash("../../../bind/std/std.zip")) // to import it would link the whole library
	if err != nil {
		return nil, err
	}
	defer z.Close()
	paths := map[string]bool{}
	for _, f := range z.File {
		if p, ok := strings.CutPrefix(f.Name, "types/"); ok {
			paths[p] = true
		}
	}
	return paths, nil
}

// public reports whether a program can import a package.
func public(pkg string) bool {
	for part := range strings.SplitSeq(pkg, "/") {
		if part == "internal" || part == "vendor" {
			return false
		}
	}
	return true
}

// generics returns the exported generic functions of a package. Methods always have a source of our own.
func generics(p *types.Package) (fs []*types.Func) {
	for _, n := range p.Scope().Names() {
		if f, ok := p.Scope().Lookup(n).(*types.Func); ok && f.Exported() && f.Signature().TypeParams().Len() > 0 {
			fs = append(fs, f)
		}
	}
	return fs
}

// ownFunctions returns the names of the functions that have a source of our own.
func ownFunctions(pkg string) (map[string]bool, error) {
	names := map[string]bool{}
	files, err := filepath.Glob(filepath.Join("_own", filepath.FromSlash(pkg), "*.go"))
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil {
				names[d.Name.Name] = true
			}
		}
	}
	return names, nil
}

// declarations returns the declaration of each package-level object, and those of the methods with their types.
func declarations(p *packages.Package) map[types.Object][]ast.Decl {
	decls := map[types.Object][]ast.Decl{}
	for _, f := range p.Syntax {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				o := p.TypesInfo.Defs[d.Name]
				if r := o.(*types.Func).Signature().Recv(); r != nil {
					t := types.Unalias(r.Type())
					if ptr, ok := t.(*types.Pointer); ok {
						t = types.Unalias(ptr.Elem())
					}
					o = t.(*types.Named).Obj()
				}
				decls[o] = append(decls[o], d)
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						decls[p.TypesInfo.Defs[s.Name]] = append(decls[p.TypesInfo.Defs[s.Name]], d)
					case *ast.ValueSpec:
						for _, n := range s.Names {
							decls[p.TypesInfo.Defs[n]] = append(decls[p.TypesInfo.Defs[n]], d)
						}
					}
				}
			}
		}
	}
	return decls
}

// An extract is the part of a package that its generic functions need.
type extract struct {
	pkg  *packages.Package
	decl map[types.Object][]ast.Decl
	need map[ast.Decl]bool
}

// add takes an object and what it needs, or nothing if that is not possible.
func (x *extract) add(o types.Object) error {
	need := map[ast.Decl]bool{}
	if err := x.visit(o, need); err != nil {
		return err
	}
	maps.Copy(x.need, need)
	return nil
}

func (x *extract) visit(o types.Object, need map[ast.Decl]bool) error {
	if v, ok := o.(*types.Var); ok {
		return fmt.Errorf("needs the variable %s, of which there must be one only", v.Name())
	}
	for _, d := range x.decl[o] {
		if need[d] {
			continue
		}
		need[d] = true
		if f, ok := d.(*ast.FuncDecl); ok && f.Body == nil {
			return fmt.Errorf("needs %s, which is not written in Go", f.Name.Name)
		}
		var err error
		ast.Inspect(d, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && err == nil {
				err = x.use(id, need)
			}
			return err == nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// use takes what an identifier refers to, if that belongs to the extract.
func (x *extract) use(id *ast.Ident, need map[ast.Decl]bool) error {
	o := x.pkg.TypesInfo.Uses[id]
	switch {
	case o == nil || o.Pkg() == nil:
		return nil
	case o.Pkg() != x.pkg.Types:
		if !public(o.Pkg().Path()) {
			return fmt.Errorf("needs %s.%s", o.Pkg().Path(), o.Name())
		}
		return nil
	case o.Parent() == x.pkg.Types.Scope():
		if x.foreign(o) {
			return nil
		}
		return x.visit(o, need)
	}
	if p, ok := o.(*types.PkgName); ok && !public(p.Imported().Path()) {
		return fmt.Errorf("needs %s", p.Imported().Path())
	}
	if !o.Exported() && o.Parent() == nil && x.ofExportedType(o) {
		return fmt.Errorf("needs %s, which only package %s can reach", o.Name(), o.Pkg().Path())
	}
	return nil
}

// foreign reports whether an object stays that of the real package: what is exported, but for generic functions.
func (x *extract) foreign(o types.Object) bool {
	f, ok := o.(*types.Func)
	return o.Exported() && o.Parent() == x.pkg.Types.Scope() && (!ok || f.Signature().TypeParams().Len() == 0)
}

// ofExportedType reports whether a field or method belongs to an exported type of the package.
func (x *extract) ofExportedType(o types.Object) bool {
	for _, n := range x.pkg.Types.Scope().Names() {
		t, ok := x.pkg.Types.Scope().Lookup(n).(*types.TypeName)
		if !ok || !t.Exported() {
			continue
		}
		found, _, _ := types.LookupFieldOrMethod(t.Type(), true, o.Pkg(), o.Name())
		switch f := found.(type) {
		case *types.Var:
			if v, ok := o.(*types.Var); ok && f.Origin() == v.Origin() {
				return true
			}
		case *types.Func:
			if m, ok := o.(*types.Func); ok && f.Origin() == m.Origin() {
				return true
			}
		}
	}
	return false
}

// write adds the files of the extract to those of the archive.
func (x *extract) write(files map[string][]byte) error {
	for _, f := range x.pkg.Syntax {
		file := x.pkg.Fset.File(f.Pos())
		src, err := os.ReadFile(file.Name())
		if err != nil {
			return err
		}
		var body bytes.Buffer
		imports := map[string]string{} // path -> the line
		for _, d := range f.Decls {
			if x.need[d] {
				body.WriteString("\n" + x.text(d, src, file, imports) + "\n")
			}
		}
		if body.Len() == 0 {
			continue
		}
		var b bytes.Buffer
		if len(f.Comments) > 0 && f.Comments[0].End() < f.Package { // the copyright
			c := f.Comments[0]
			b.Write(src[file.Offset(c.Pos()):file.Offset(c.End())])
			b.WriteString("\n\n")
		}
		fmt.Fprintf(&b, "package %s\n\n", f.Name.Name)
		for _, p := range slices.Sorted(maps.Keys(imports)) {
			b.WriteString(imports[p] + "\n")
		}
		b.Write(body.Bytes())
		text, err := format.Source(b.Bytes())
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", file.Name(), err, b.Bytes())
		}
		name := path.Join(x.pkg.PkgPath, filepath.Base(file.Name()))
		if _, err := os.Stat(filepath.Join("_own", filepath.FromSlash(name))); err == nil {
			return fmt.Errorf("_own/%s has the name of a file of the standard library", name)
		}
		files[name] = text
	}
	return nil
}

// text returns the source of a declaration in which the exported names of the real package are qualified.
func (x *extract) text(d ast.Decl, src []byte, file *token.File, imports map[string]string) string {
	pos := d.Pos()
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc != nil {
			pos = d.Doc.Pos()
		}
	case *ast.GenDecl:
		if d.Doc != nil {
			pos = d.Doc.Pos()
		}
	}
	var b strings.Builder
	done := file.Offset(pos)
	ast.Inspect(d, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		o := x.pkg.TypesInfo.Uses[id]
		if p, ok := o.(*types.PkgName); ok {
			line := fmt.Sprintf("import %q", p.Imported().Path())
			if p.Name() != p.Imported().Name() {
				line = fmt.Sprintf("import %s %q", p.Name(), p.Imported().Path())
			}
			imports[p.Imported().Path()] = line
		} else if o != nil && o.Pkg() == x.pkg.Types && x.foreign(o) {
			name := o.Pkg().Name()
			if _, other := x.pkg.Types.Scope().Innermost(id.Pos()).LookupParent(name, id.Pos()); other != nil {
				log.Fatalf("%s: %s means something else where %s is used", x.pkg.Fset.Position(id.Pos()), name, o.Name())
			}
			imports[o.Pkg().Path()] = fmt.Sprintf("import %q", o.Pkg().Path())
			at := file.Offset(id.Pos())
			b.Write(src[done:at])
			b.WriteString(name + ".")
			done = at
		}
		return true
	})
	b.Write(src[done:file.Offset(d.End())])
	return b.String()
}

// writeArchive writes the files, ordered by name; the comment of the archive is the Go release.
func writeArchive(name string, files map[string][]byte) error {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	if err := z.SetComment(runtime.Version()); err != nil {
		return err
	}
	for _, f := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(f)
		if err != nil {
			return err
		}
		if _, err := w.Write(files[f]); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o666)
}
