package gophernotes

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// imports are the packages that gophernotes' cells get besides those that gomacro has tables for: the same that our
// cells have of this module, and what shows a plot or a matrix.
var imports = []string{
	ours + "/kernel/display",
	ours + "/kernel/widget",
	ours + "/nnlib",
	ours + "/nnlib/data",
	ours + "/nnlib/host",
	ours + "/nnlib/tensor",
	ours + "/nnlib/viz",
	"gonum.org/v1/gonum/mat",
	"gonum.org/v1/plot",
	"gonum.org/v1/plot/plotter",
	"gonum.org/v1/plot/vg",
}

// A workspace is the folder in which a build is made: the main module is a copy of gophernotes, and this module's packages are
// a module in the folder gopherceptron.
type workspace struct {
	dir      string
	tool     goTool
	source   fs.FS
	progress io.Writer
}

// make makes everything and returns the binary.
func (w workspace) make(ctx context.Context) (string, error) {
	if err := w.module("fetch.mod"); err != nil {
		return "", err
	}
	fmt.Fprintf(w.progress, "  downloading\n")
	dirs, err := w.download(ctx)
	if err != nil {
		return "", err
	}
	for _, step := range []func() error{
		func() error { return w.copy(dirs[module], module, ".") },
		func() error { return w.copy(dirs[interpreter], interpreter, "gomacro") },
		w.packages,
		func() error { return w.module("build.mod") },
		w.own,
	} {
		if err := step(); err != nil {
			return "", err
		}
	}
	fmt.Fprintf(w.progress, "  compiling the packages for cells\n")
	if err := w.tables(ctx); err != nil {
		return "", err
	}
	fmt.Fprintf(w.progress, "  compiling gophernotes\n")
	binary := filepath.Join(w.dir, "gophernotes"+exe())
	return binary, w.tool.counted(ctx, w.dir, w.progress, "build", "-v", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", binary, ".")
}

// module writes go.mod and go.sum.
func (w workspace) module(mod string) error {
	for from, to := range map[string]string{mod: "go.mod", "build.sum": "go.sum"} {
		data, err := build.ReadFile("_build/" + from)
		if err != nil {
			return fmt.Errorf("gophernotes: %w", err)
		}
		if err := w.write(to, data); err != nil {
			return err
		}
	}
	return nil
}

// download returns the folders of gophernotes and of its interpreter, which the go command has checked by go.sum.
func (w workspace) download(ctx context.Context) (map[string]string, error) {
	out, err := w.tool.output(ctx, w.dir, "mod", "download", "-json", module, interpreter)
	if err != nil {
		return nil, err
	}
	dirs := map[string]string{}
	for dec := json.NewDecoder(strings.NewReader(out)); ; {
		var got struct{ Path, Dir string }
		if err := dec.Decode(&got); err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("gophernotes: what go mod download says: %w", err)
		}
		dirs[got.Path] = got.Dir
	}
	for _, m := range []string{module, interpreter} {
		if dirs[m] == "" {
			return nil, fmt.Errorf("gophernotes: go mod download names no folder for %s: %q", m, out)
		}
	}
	return dirs, nil
}

// copy copies the sources and the go.mod of a module, with the changes of patches.
func (w workspace) copy(from, module, to string) error {
	made := 0
	err := eachFile(os.DirFS(from), func(name string, data []byte) error {
		switch {
		case strings.HasSuffix(name, "_test.go"):
			return nil
		case path.Ext(name) == ".go", path.Ext(name) == ".s", name == "go.mod":
		default:
			return nil
		}
		for _, p := range patches {
			if p.module != module || p.file != name {
				continue
			}
			if n := bytes.Count(data, []byte(p.old)); n != 1 {
				return fmt.Errorf("gophernotes: %s of %s has %q %d times; want it once", name, module, p.old, n)
			}
			data = bytes.Replace(data, []byte(p.old), []byte(p.new), 1)
			made++
		}
		return w.write(path.Join(to, name), data)
	})
	if err != nil {
		return err
	}
	for _, p := range patches {
		if p.module == module {
			made--
		}
	}
	if made != 0 {
		return fmt.Errorf("gophernotes: %s lacks a file that is to be changed", module)
	}
	return nil
}

// patches are the few words that change in the copies.
var patches = []struct{ module, file, old, new string }{
	// A cell is known to our file while it runs, and what it results in is shown as our kernel shows it.
	{module, "kernel.go", "vals, types, executionErr := doEval(ir, outerr, code)",
		"leave := enterCell(kernel, &receipt)\n\tvals, types, executionErr := doEval(ir, outerr, code)\n\tleave(&executionErr)"},
	{module, "kernel.go", "data := kernel.autoRenderResults(vals, types)", "data := kernel.renderResults(vals, types)"},
	// A string constant converted to a named type became a reflect.Value: display.HTML("<b>").
	{interpreter, "base/untyped/lit.go", "ret = v.Convert(t.ReflectType())", "ret = v.Convert(t.ReflectType()).Interface()"},
	// A slice or map in a type that refers to itself lost what it is of: []*nnlib.Param had elements without methods.
	{interpreter, "xreflect/fromreflect.go", "r.SliceOf(e.approxReflectType())", "r.SliceOf(rtype.Elem())"},
	{interpreter, "xreflect/fromreflect.go", "r.MapOf(k.approxReflectType(), e.approxReflectType())", "r.MapOf(rtype.Key(), rtype.Elem())"},
}

// packages writes this module's packages as a module of their own, with the package that lets gophernotes use our renderer.
func (w workspace) packages() error {
	bridge, err := fs.Sub(build, "_build/bridge")
	if err != nil {
		return fmt.Errorf("gophernotes: %w", err)
	}
	err = eachFile(bridge, func(name string, data []byte) error {
		return w.write(path.Join("gopherceptron/kernel/bridge", name), data)
	})
	if err != nil {
		return err
	}
	mod, err := build.ReadFile("_build/packages.mod")
	if err != nil {
		return fmt.Errorf("gophernotes: %w", err)
	}
	if err := w.write("gopherceptron/go.mod", mod); err != nil {
		return err
	}
	return eachFile(w.source, func(name string, data []byte) error {
		top, _, _ := strings.Cut(name, "/")
		if strings.HasSuffix(name, "_test.go") || top != "nnlib" && top != "kernel" && top != "gpu" {
			return nil
		}
		return w.write(path.Join("gopherceptron", name), data)
	})
}

// own writes our file of gophernotes' package main.
func (w workspace) own() error {
	main, err := fs.Sub(build, "_build/main")
	if err != nil {
		return fmt.Errorf("gophernotes: %w", err)
	}
	return eachFile(main, func(name string, data []byte) error { return w.write("gopherceptron_"+name, data) })
}

// has reports whether a package of this module is in the source; others are.
func (w workspace) has(pkg string) bool {
	dir, own := strings.CutPrefix(pkg, ours+"/")
	if !own {
		return true
	}
	_, err := fs.Stat(w.source, dir)
	return err == nil
}

func (w workspace) write(name string, data []byte) error {
	file := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("gophernotes: %w", err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return fmt.Errorf("gophernotes: %w", err)
	}
	return nil
}

// eachFile calls f for each file, in order.
func eachFile(fsys fs.FS, f func(name string, data []byte) error) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return fmt.Errorf("gophernotes: %w", err)
		}
		return f(name, data)
	})
}
