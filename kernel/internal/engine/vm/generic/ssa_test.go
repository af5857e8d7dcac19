package generic

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

// candidates are the type arguments that instances are made with, as far as the constraints allow.
var candidates = []string{"int", "string", "[]int", "map[string]int", "[]string", "map[int]string", "error", "hash.Hash", "*local", "local"}

// prelude is the package that mentions instances.
const prelude = "package use\nimport \"hash\"\nvar _ hash.Hash\ntype local struct { a string; b int8 }\nfunc (*local) Error() string { return \"\" }\n"

// enough is how many instances of one function are made.
const enough = 3

// TestInstantiates holds that go/ssa can build each shadow function and make instances of it, and that each function that an
// instance calls has a body: of its own shadow, or of another's.
func TestInstantiates(t *testing.T) {
	im := newImporter(t)
	fset := token.NewFileSet()
	prog := ssa.NewProgram(fset, ssa.InstantiateGenerics|ssa.SanityCheckFunctions)
	withShadows := shadowImporter{im, map[string]*shadow{}}
	var built []*ssa.Package
	for _, path := range Paths() {
		s, err := im.check(fset, path)
		if err != nil {
			t.Fatal(err)
		}
		withShadows.shadows[path] = s
		built = append(built, prog.CreatePackage(s.pkg, s.files, s.info, false))
	}
	text := prelude + "func use(f func(any)) {\n"
	want := map[string]int{}
	for _, path := range Paths() {
		p := withShadows.shadows[path].pkg
		for _, n := range p.Scope().Names() {
			if f, ok := p.Scope().Lookup(n).(*types.Func); ok && f.Exported() {
				argss := arguments(t, im, f.Signature())
				if len(argss) == 0 {
					t.Fatalf("%s: no candidate fits the constraints of %v", f.FullName(), f.Signature())
				}
				want[f.FullName()] = len(argss)
				for _, args := range argss {
					text += fmt.Sprintf("f(%s.%s[%s])\n", alias(path), n, strings.Join(args, ", "))
				}
			}
		}
	}
	var imports strings.Builder
	for _, path := range Paths() {
		fmt.Fprintf(&imports, "import %s %q\n", alias(path), path)
	}
	text = strings.Replace(text+"}\n", "package use\n", "package use\n"+imports.String(), 1)
	pkg, files, info := checkUse(t, fset, withShadows, text)
	createImports(prog, pkg, map[*types.Package]bool{})
	for _, s := range withShadows.shadows {
		createImports(prog, s.pkg, map[*types.Package]bool{})
	}
	use := prog.CreatePackage(pkg, files, info, false)
	for _, p := range append(built, use) {
		p.Build()
	}

	for f := range ssautil.AllFunctions(prog) {
		if len(f.TypeArgs()) == 0 || f.Parent() != nil {
			continue
		}
		origin := f.Origin().Object().(*types.Func)
		s := withShadows.shadows[origin.Pkg().Path()]
		switch {
		case s == nil || s.pkg.Scope().Lookup(Name(origin)) == nil:
			t.Errorf("%v is called, and %s has no shadow function", f, origin.FullName())
		case s.pkg == origin.Pkg() && f.Blocks == nil:
			t.Errorf("%v has no body", f)
		case s.pkg == origin.Pkg() && want[origin.FullName()] > 0:
			want[origin.FullName()]--
		}
	}
	for name, n := range want {
		if n > 0 {
			t.Errorf("%s: %d instances were not made", name, n)
		}
	}
}

func alias(path string) string { return strings.NewReplacer("/", "_").Replace(path) }

// A shadowImporter finds shadows where there are some, and the real packages else.
type shadowImporter struct {
	*importer
	shadows map[string]*shadow
}

func (im shadowImporter) Import(path string) (*types.Package, error) {
	if s := im.shadows[path]; s != nil {
		return s.pkg, nil
	}
	return im.importer.Import(path)
}

func checkUse(t *testing.T, fset *token.FileSet, im types.Importer, text string) (*types.Package, []*ast.File, *types.Info) {
	t.Helper()
	f, err := parser.ParseFile(fset, "use.go", text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Scopes: map[ast.Node]*types.Scope{},
		Instances: map[*ast.Ident]types.Instance{}, FileVersions: map[*ast.File]string{},
	}
	pkg, err := (&types.Config{Importer: im}).Check("use", fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatal(err)
	}
	return pkg, []*ast.File{f}, info
}

// createImports makes packages without bodies for what a package imports.
func createImports(prog *ssa.Program, p *types.Package, seen map[*types.Package]bool) {
	for _, q := range p.Imports() {
		if !seen[q] && prog.Package(q) == nil {
			seen[q] = true
			prog.CreatePackage(q, nil, nil, true)
			createImports(prog, q, seen)
		}
	}
}

// arguments returns lists of candidates that satisfy the constraints of a signature, spread over all that do.
func arguments(t *testing.T, im *importer, sig *types.Signature) (found [][]string) {
	t.Helper()
	pkg, _, _ := checkUse(t, token.NewFileSet(), im, prelude)
	var cs []types.Type
	for _, text := range candidates {
		tv, err := types.Eval(token.NewFileSet(), pkg, pkg.Scope().Lookup("local").Pos(), text) // in the file, with its imports
		if err != nil {
			t.Fatal(err)
		}
		cs = append(cs, tv.Type)
	}
	var try func(args []int)
	try = func(args []int) {
		if len(args) == sig.TypeParams().Len() {
			ts, texts := make([]types.Type, len(args)), make([]string, len(args))
			for i, a := range args {
				ts[i], texts[i] = cs[a], candidates[a]
			}
			if _, err := types.Instantiate(nil, sig, ts, true); err == nil {
				found = append(found, texts)
			}
			return
		}
		for i := range cs {
			try(append(args[:len(args):len(args)], i))
		}
	}
	try(nil)
	if len(found) > enough {
		spread := make([][]string, enough)
		for i := range spread {
			spread[i] = found[i*(len(found)-1)/(enough-1)]
		}
		found = spread
	}
	return found
}
