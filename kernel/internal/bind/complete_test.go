package bind_test

import (
	"bytes"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/gcexportdata"

	"github.com/gopherceptron/gopherceptron/kernel/internal/bind"
	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/gonum"
	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/std"
)

// known reports whether the tables of std are made for the Go release that runs the test.
var known = strings.HasPrefix(runtime.Version(), "go1.26") || strings.HasPrefix(runtime.Version(), "go1.27")

// without names the packages of the standard library that have no table, with the reason.
var without = map[string]string{
	"plugin": "links dynamically, and makes the linker keep everything", "runtime/cgo": "needs cgo", "unsafe": "is the compiler's",
	"runtime/race": "exports nothing without -race", "runtime/msan": "exports nothing", "runtime/asan": "exports nothing",
}

func init() {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		without["syscall"] = "differs between systems; it has a table for linux on amd64"
	}
}

// standard returns the packages of the standard library of the Go release that runs the test, as its compiler wrote them.
var standard = sync.OnceValues(func() (map[string]*types.Package, error) {
	cmd := exec.Command("go", "list", "-export", "-f", "{{.ImportPath}} {{.Export}}", "std")
	var fault bytes.Buffer
	cmd.Stderr = &fault
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %v: %s", err, fault.Bytes())
	}
	fset, all, found := token.NewFileSet(), map[string]*types.Package{"unsafe": types.Unsafe}, map[string]*types.Package{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		if slices.ContainsFunc(strings.Split(path, "/"), func(s string) bool { return s == "internal" || s == "vendor" || s == "cmd" }) {
			continue
		}
		if path == "unsafe" {
			found[path] = types.Unsafe
			continue
		}
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		r, err := gcexportdata.NewReader(f)
		if err == nil {
			found[path], err = gcexportdata.Read(r, fset, all, path)
		}
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("export data of %s: %w", path, err)
		}
	}
	return found, nil
})

// TestComplete compares the tables with the standard library of the Go release that runs the test: every package and every
// exported name must be there. With a release that the tables are not made for it lists what is new, and does not fail.
func TestComplete(t *testing.T) {
	std, err := standard()
	if err != nil {
		t.Fatal(err)
	}
	var missing []string
	names := 0
	for path, p := range std {
		b := bind.Lookup(path)
		if reason := without[path]; reason != "" || !exports(p) {
			if b != nil {
				t.Errorf("package %s has a table; it is not to have one: it %s", path, reason)
			}
			continue
		}
		if b == nil {
			missing = append(missing, "package "+path)
			continue
		}
		if b.Name != p.Name() {
			t.Errorf("package %s is named %s in its table; want %s", path, b.Name, p.Name())
		}
		for _, name := range p.Scope().Names() {
			o := p.Scope().Lookup(name)
			if !o.Exported() || hasNoValue(o) {
				continue
			}
			names++
			v, ok := b.Symbols()[name]
			if !ok {
				missing = append(missing, path+"."+name)
			} else if err := fits(o, v); err != "" {
				t.Errorf("%s.%s is %s in its table; want %s", path, name, err, types.ObjectString(o, nil))
			}
		}
	}
	t.Logf("%d packages, %d names that have a value", len(std), names)
	slices.Sort(missing)
	switch {
	case len(missing) == 0:
	case known:
		t.Errorf("the tables lack\n\t%s\nrun go generate in bind/std", strings.Join(missing, "\n\t"))
	default:
		t.Skipf("the tables are not made for %s, of which cells cannot use %d names:\n\t%s", runtime.Version(), len(missing), strings.Join(missing, "\n\t"))
	}
}

// exports reports whether a package exports anything.
func exports(p *types.Package) bool {
	return slices.ContainsFunc(p.Scope().Names(), token.IsExported)
}

// hasNoValue reports whether an object is generic or a constraint.
func hasNoValue(o types.Object) bool {
	switch o := o.(type) {
	case *types.Func:
		return o.Signature().TypeParams() != nil
	case *types.TypeName:
		switch t := o.Type().(type) {
		case *types.Alias:
			if t.TypeParams() != nil {
				return true
			}
		case *types.Named:
			if t.TypeParams() != nil {
				return true
			}
		}
		i, ok := o.Type().Underlying().(*types.Interface)
		return ok && !i.IsMethodSet()
	}
	return false
}

// fits returns what an entry is if it is not what its object asks for.
func fits(o types.Object, v reflect.Value) string {
	ok := false
	switch o.(type) {
	case *types.Func:
		ok = v.Kind() == reflect.Func
	case *types.Var:
		ok = v.CanAddr()
	case *types.Const:
		ok = !v.CanAddr()
	case *types.TypeName:
		ok = v.Kind() == reflect.Pointer && v.IsNil()
	}
	if !ok {
		return v.Type().String()
	}
	return ""
}

// TestTypesComplete compares the types that cells are checked against with those of the compiler.
func TestTypesComplete(t *testing.T) {
	if !known {
		t.Skipf("the types are not those of %s", runtime.Version())
	}
	std, err := standard()
	if err != nil {
		t.Fatal(err)
	}
	archive := bind.NewTypes()
	for path, want := range std {
		if without[path] != "" || !exports(want) || path == "syscall" { // whose names depend on the system
			continue
		}
		got, err := archive.Import(path)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, name := range want.Scope().Names() {
			w := want.Scope().Lookup(name)
			if !w.Exported() {
				continue
			}
			g := got.Scope().Lookup(name)
			if g == nil {
				t.Errorf("the types lack %s.%s", path, name)
				continue
			}
			if gs, ws := text(g), text(w); gs != ws {
				t.Errorf("%s.%s is\n%s\nwant\n%s", path, name, gs, ws)
			}
		}
		for _, name := range got.Scope().Names() {
			if token.IsExported(name) && want.Scope().Lookup(name) == nil {
				t.Errorf("%s.%s is no name of %s", path, name, runtime.Version())
			}
		}
	}
}

// text describes an object, a type with its methods.
func text(o types.Object) string {
	s := types.ObjectString(o, nil)
	switch o := o.(type) {
	case *types.Func:
		s = function(o)
	case *types.TypeName:
		for sel := range types.NewMethodSet(types.NewPointer(o.Type())).Methods() {
			if m := sel.Obj().(*types.Func); m.Exported() {
				s += "\n" + function(m)
			}
		}
	}
	return strings.ReplaceAll(s, "interface{}", "any") // as the archive has it in a few places
}

// function describes a function without the names of parameters and results.
func function(f *types.Func) string {
	s := f.Signature()
	text := f.FullName()
	for p := range s.TypeParams().TypeParams() {
		text += " " + p.String() + " " + p.Constraint().String()
	}
	for _, list := range []*types.Tuple{s.Params(), s.Results()} {
		text += "("
		for v := range list.Variables() {
			text += types.TypeString(v.Type(), nil) + ","
		}
		text += ")"
	}
	if s.Variadic() {
		text += "..."
	}
	return text
}

// TestMethods looks at the methods of every type that the tables reach. The linker leaves out the methods that nobody calls,
// unless the program calls reflect.Type.Method or MethodByName with what only a run tells, as this test and the executor of
// cells do; then all exported ones of reachable types stay. Method panics at one that was left out, for it has no type.
func TestMethods(t *testing.T) {
	std, err := standard()
	if err != nil {
		t.Fatal(err)
	}
	seen, checked, methods := map[reflect.Type]bool{}, 0, 0
	for path, p := range std {
		b := bind.Lookup(path)
		if b == nil {
			continue
		}
		for name, v := range b.Symbols() {
			if strings.HasPrefix(name, "_") {
				continue
			}
			walk(v.Type(), seen)
			o, ok := p.Scope().Lookup(name).(*types.TypeName)
			if !ok || types.IsInterface(o.Type()) {
				continue
			}
			checked++
			for _, m := range []struct {
				t types.Type
				r reflect.Type
			}{{o.Type(), v.Type().Elem()}, {types.NewPointer(o.Type()), v.Type()}} {
				var want []string
				for sel := range types.NewMethodSet(m.t).Methods() {
					if sel.Obj().Exported() && sel.Obj().(*types.Func).Signature().TypeParams() == nil {
						want = append(want, sel.Obj().Name())
					}
				}
				slices.Sort(want)
				var got []string
				for i := range m.r.NumMethod() {
					got = append(got, methodName(m.r, i))
				}
				methods += len(got)
				if !slices.Equal(got, want) {
					t.Errorf("%s has the methods %v; want %v", m.r, got, want)
				}
			}
		}
	}
	all := 0
	for r := range seen {
		if r.Kind() == reflect.Interface {
			continue
		}
		for i := range r.NumMethod() {
			all++
			if name := methodName(r, i); strings.HasSuffix(name, "!") {
				t.Errorf("method %d of %s was left out by the linker", i, r)
			}
		}
	}
	t.Logf("%d types of the tables with %d methods; %d types that these reach, with %d", checked, methods, len(seen), all)
}

// methodName returns the name of a method, with "!" if the linker left it out.
func methodName(r reflect.Type, i int) (name string) {
	defer func() {
		if recover() != nil {
			name += "!"
		}
	}()
	return r.Method(i).Name
}

// TestFields compares the fields that cells are checked against with those of the compiled types: the executor finds a field by
// its place among the others. This must hold for every Go release: where it does not, cells would read other fields
// than they name.
func TestFields(t *testing.T) {
	archive, structs := bind.NewTypes(), 0
	packages := bind.Packages()
	slices.SortStableFunc(packages, func(a, b *bind.Package) int { // gonum first: its archive has some types of the standard library, too
		return strings.Index(b.Path, "gonum.org") - strings.Index(a.Path, "gonum.org")
	})
	for _, b := range packages {
		p, err := archive.Import(b.Path)
		if err != nil {
			t.Error(err)
			continue
		}
		for name, v := range b.Symbols() {
			o, ok := p.Scope().Lookup(name).(*types.TypeName)
			if !ok {
				continue
			}
			st, ok := o.Type().Underlying().(*types.Struct)
			if !ok {
				continue
			}
			structs++
			var want, got []string
			for f := range st.Fields() {
				want = append(want, f.Name())
			}
			r := v.Type().Elem()
			for i := range r.NumField() {
				got = append(got, r.Field(i).Name)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s.%s has the fields\n%s\ncells are checked with\n%s", b.Path, name, got, want)
			}
		}
	}
	t.Logf("%d structs", structs)
}

// walk collects the types that a type is made of, and those of its methods.
func walk(r reflect.Type, seen map[reflect.Type]bool) {
	if seen[r] {
		return
	}
	seen[r] = true
	switch r.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		walk(r.Elem(), seen)
	case reflect.Map:
		walk(r.Key(), seen)
		walk(r.Elem(), seen)
	case reflect.Struct:
		for i := range r.NumField() {
			walk(r.Field(i).Type, seen)
		}
	case reflect.Func:
		for i := range r.NumIn() {
			walk(r.In(i), seen)
		}
		for i := range r.NumOut() {
			walk(r.Out(i), seen)
		}
	}
	if r.Kind() == reflect.Interface {
		return
	}
	for i := range r.NumMethod() {
		func() {
			defer func() { _ = recover() }() // one that was left out: TestMethods says so
			walk(r.Method(i).Type, seen)
		}()
	}
}
