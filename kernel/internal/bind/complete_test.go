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
	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/std"
)

// release is the Go release that the tables of std are made with.
const release = "go1.26"

// without names the packages of the standard library that have no table, with the reason.
var without = map[string]string{
	"plugin": "links dynamically, and makes the linker keep everything", "runtime/cgo": "needs cgo", "unsafe": "is the compiler's",
	"runtime/race": "exports nothing without -race", "runtime/msan": "exports nothing", "runtime/asan": "exports nothing",
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
// exported name must be there. With a later release than that of the tables it lists what is new, and does not fail.
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
	case strings.HasPrefix(runtime.Version(), release):
		t.Errorf("the tables lack\n\t%s\nrun go generate in bind/std", strings.Join(missing, "\n\t"))
	default:
		t.Skipf("the tables are those of %s; cells cannot use %d names of %s:\n\t%s", release, len(missing), runtime.Version(), strings.Join(missing, "\n\t"))
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
	if !strings.HasPrefix(runtime.Version(), release) {
		t.Skipf("the types are those of %s, this is %s", release, runtime.Version())
	}
	std, err := standard()
	if err != nil {
		t.Fatal(err)
	}
	known := bind.NewTypes()
	for path, want := range std {
		if without[path] != "" || !exports(want) || path == "syscall" { // whose names depend on the system
			continue
		}
		got, err := known.Import(path)
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
			any := strings.NewReplacer("interface{}", "any") // as the archive has it in a few places
			if gs, ws := any.Replace(types.ObjectString(g, nil)), any.Replace(types.ObjectString(w, nil)); gs != ws {
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
					if sel.Obj().Exported() {
						want = append(want, sel.Obj().Name())
					}
				}
				if !strings.HasPrefix(runtime.Version(), release) && len(want) != m.r.NumMethod() {
					continue
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
