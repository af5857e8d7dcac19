package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/json"
	"go/ast"
	"go/doc"
	"go/token"
	"io"
	"os"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"
)

// writeArchive writes the types and doc comments of packages, and the types of what those refer to, as package bind reads them.
func writeArchive(file string, pkgs []*packages.Package) error {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for _, p := range pkgs {
		w, err := z.Create("types/" + p.PkgPath)
		if err != nil {
			return err
		}
		// An empty file set leaves positions out: they would name the machine's folders.
		if err := gcexportdata.Write(w, token.NewFileSet(), p.Types); err != nil {
			return err
		}
		docs, err := docComments(p)
		if err != nil {
			return err
		}
		text, err := json.Marshal(docs)
		if err != nil {
			return err
		}
		if w, err = z.Create("doc/" + p.PkgPath); err != nil {
			return err
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o666)
}

// docComments returns the doc comments of a package's exported names.
func docComments(p *packages.Package) (map[string]string, error) {
	d, err := doc.NewFromFiles(p.Fset, p.Syntax, p.PkgPath)
	if err != nil {
		return nil, err
	}
	m := map[string]string{}
	add := func(name, text string) {
		if text = strings.TrimSpace(text); text != "" {
			m[name] = text
		}
	}
	values := func(vs []*doc.Value) {
		for _, v := range vs {
			for _, n := range v.Names {
				add(n, valueDoc(v, n))
			}
		}
	}
	funcs := func(prefix string, fs []*doc.Func) {
		for _, f := range fs {
			add(prefix+f.Name, f.Doc)
		}
	}
	add("", d.Doc)
	values(d.Consts)
	values(d.Vars)
	funcs("", d.Funcs)
	for _, t := range d.Types {
		add(t.Name, t.Doc)
		values(t.Consts)
		values(t.Vars)
		funcs("", t.Funcs)
		funcs(t.Name+".", t.Methods)
		members(t.Decl, t.Name, add)
	}
	return m, nil
}

// valueDoc prefers the comment of the one name to that of its group.
func valueDoc(v *doc.Value, name string) string {
	for _, s := range v.Decl.Specs {
		spec, ok := s.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for _, n := range spec.Names {
			if n.Name == name && spec.Doc.Text()+spec.Comment.Text() != "" {
				return spec.Doc.Text() + spec.Comment.Text()
			}
		}
	}
	return v.Doc
}

// members adds the comments of a struct's fields and an interface's methods.
func members(d *ast.GenDecl, typ string, add func(name, text string)) {
	for _, s := range d.Specs {
		spec, ok := s.(*ast.TypeSpec)
		if !ok || spec.Name.Name != typ {
			continue
		}
		var list *ast.FieldList
		switch t := spec.Type.(type) {
		case *ast.StructType:
			list = t.Fields
		case *ast.InterfaceType:
			list = t.Methods
		}
		if list == nil {
			continue
		}
		for _, f := range list.List {
			for _, n := range f.Names {
				if n.IsExported() {
					add(typ+"."+n.Name, f.Doc.Text()+f.Comment.Text())
				}
			}
		}
	}
}
