package generic

import (
	"archive/zip"
	"bytes"
	"embed"
	"fmt"
	"go/types"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sync"
)

//go:embed std.zip
var std string

//go:embed _own
var own embed.FS

// shadows has the files of each package, by path and by name.
var shadows = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{}
	add := func(name string, text []byte) {
		dir := path.Dir(name)
		if all[dir] == nil {
			all[dir] = map[string]string{}
		}
		if _, ok := all[dir][path.Base(name)]; ok {
			panic(fmt.Sprintf("generic: %s is in std.zip and in _own", name))
		}
		all[dir][path.Base(name)] = string(text)
	}
	if err := readStd(add); err != nil {
		panic(fmt.Sprintf("generic: the embedded archive is damaged: %v", err))
	}
	if err := readOwn(add); err != nil {
		panic(fmt.Sprintf("generic: the embedded source is damaged: %v", err))
	}
	return all
})

func readStd(add func(name string, text []byte)) error {
	z, err := zip.NewReader(bytes.NewReader([]byte(std)), int64(len(std)))
	if err != nil {
		return err
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return err
		}
		text, err := io.ReadAll(r)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		add(f.Name, text)
	}
	return nil
}

func readOwn(add func(name string, text []byte)) error {
	sub, err := fs.Sub(own, "_own")
	if err != nil {
		return err
	}
	return fs.WalkDir(sub, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(sub, name)
		add(name, text)
		return err
	})
}

// added has the shadows that Add was given.
var added sync.Map

// Add gives the shadow of a package that is not the standard library's: name -> source.
func Add(path string, files map[string]string) { added.Store(path, files) }

// Paths returns the paths of the packages that have a shadow, in order.
func Paths() []string { return slices.Sorted(maps.Keys(shadows())) }

// Source returns the files of the shadow of a package, name -> source, or false if there is none. The map is the caller's.
func Source(path string) (files map[string]string, ok bool) {
	files, ok = shadows()[path]
	if a, more := added.Load(path); more {
		files, ok = a.(map[string]string), true
	}
	return maps.Clone(files), ok
}

// Name returns the name of the function in the shadow of f's package that stands for f: an exported generic function, or
// an exported method of an exported type that has type parameters or whose type has. An instance is named like its origin.
func Name(f *types.Func) string {
	recv := f.Signature().Recv()
	if recv == nil {
		return f.Name()
	}
	t := types.Unalias(recv.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		return n.Obj().Name() + "_" + f.Name()
	}
	return f.Name()
}
