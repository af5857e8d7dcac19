package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/json"
	"go/token"
	"go/types"
	"io"
	"os"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"

	"github.com/gopherceptron/gopherceptron/kernel/internal/bind/comments"
)

// writeArchive writes the types and doc comments of packages, and the types of what those refer to, as package bind reads them.
func writeArchive(file string, pkgs []*packages.Package) error {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for _, p := range pkgs {
		if p.PkgPath != "builtin" {
			w, err := z.Create("types/" + p.PkgPath)
			if err != nil {
				return err
			}
			// An empty file set leaves positions out: they would name the machine's folders.
			if err := gcexportdata.Write(w, token.NewFileSet(), p.Types); err != nil {
				return err
			}
		}
		docs, err := comments.Of(p.Fset, p.Syntax, p.PkgPath)
		if err != nil {
			return err
		}
		text, err := json.Marshal(docs)
		if err != nil {
			return err
		}
		w, err := z.Create("doc/" + p.PkgPath)
		if err != nil {
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

// readNames returns the exported names of the packages of an archive.
func readNames(file string) (map[string]map[string]bool, error) {
	z, err := zip.OpenReader(file)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	known := map[string]map[string]bool{}
	for _, f := range z.File {
		path, ok := strings.CutPrefix(f.Name, "types/")
		if !ok {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		p, err := gcexportdata.Read(r, token.NewFileSet(), map[string]*types.Package{"unsafe": types.Unsafe}, path)
		r.Close()
		if err != nil {
			return nil, err
		}
		known[path] = map[string]bool{}
		for _, n := range exported(p) {
			known[path][n] = true
		}
	}
	return known, nil
}
