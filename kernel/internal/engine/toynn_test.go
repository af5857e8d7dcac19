package engine

import (
	"archive/zip"
	"bytes"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/gcexportdata"

	"github.com/gopherceptron/gopherceptron/kernel/internal/bind"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/toynn"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/generic"
)

const toynnPath = "example.test/toynn"

// registerToynn makes the package of the situations known to cells, as the tables do for others.
var registerToynn = sync.OnceValue(func() error {
	fset := token.NewFileSet()
	names, err := filepath.Glob("toynn/*.go")
	if err != nil {
		return err
	}
	var files []*ast.File
	for _, n := range names {
		f, err := parser.ParseFile(fset, n, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	pkg, err := (&types.Config{Importer: importer.ForCompiler(fset, "source", nil)}).Check(toynnPath, fset, files, nil)
	if err != nil {
		return err
	}
	var data, archive bytes.Buffer
	if err := gcexportdata.Write(&data, fset, pkg); err != nil {
		return err
	}
	z := zip.NewWriter(&archive)
	w, err := z.Create("types/" + toynnPath)
	if err != nil {
		return err
	}
	w.Write(data.Bytes())
	if err := z.Close(); err != nil {
		return err
	}
	bind.RegisterData(archive.String())
	bind.Register(toynnPath, "toynn", func() map[string]reflect.Value {
		return map[string]reflect.Value{
			"New": reflect.ValueOf(toynn.New), "Run": reflect.ValueOf(toynn.Run), "Describe": reflect.ValueOf(toynn.Describe),
			"Spin": reflect.ValueOf(toynn.Spin), "Apply": reflect.ValueOf(toynn.Apply), "GoCall": reflect.ValueOf(toynn.GoCall),
			"Count": reflect.ValueOf(toynn.Count), "Verbose": reflect.ValueOf(&toynn.Verbose).Elem(),
			"Tensor": reflect.ValueOf((*toynn.Tensor)(nil)), "Layer": reflect.ValueOf((*toynn.Layer)(nil)),
			"Linear": reflect.ValueOf((*toynn.Linear)(nil)), "Sequential": reflect.ValueOf((*toynn.Sequential)(nil)),
		}
	})
	text, err := os.ReadFile("toynn/generic.go")
	if err != nil {
		return err
	}
	source, _, _ := strings.Cut(string(text), "// A Pair") // functions only
	generic.Add(toynnPath, map[string]string{"generic.go": source})
	return nil
})

func TestToynnIsRegistered(t *testing.T) {
	if err := registerToynn(); err != nil {
		t.Fatal(err)
	}
	got := play(t, newEngine(t), "import \"example.test/toynn\"\ntoynn.New(1, 2).Sum()")
	if got[0] != "= 3" {
		t.Errorf("Sum() = %q; want = 3", got[0])
	}
}
