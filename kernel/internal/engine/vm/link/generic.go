package link

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/compile"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/generic"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/generic/native"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/rtype"
)

// A source is the checked syntax of a package with generic functions: of a cell, or the shadow of a compiled one.
type source struct {
	files   []*ast.File
	info    *types.Info
	generic int // how many functions and methods nothing has taken the place of
}

// NewInfo returns what go/types must note of a package for Build.
func NewInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes: map[ast.Node]*types.Scope{}, Instances: map[*ast.Ident]types.Instance{}, FileVersions: map[*ast.File]string{},
	}
}

// An instance is a generic function or method with type arguments.
type instance struct {
	origin *types.Func // the first of those that redefine each other
	args   []types.Type
	cell   *machine.Cell
}

// source returns the source of a package with generics, or nil.
func (l *Linker) source(pkg *types.Package) *source {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sources[pkg]
}

// instance returns the machine's function for an instance that the program of f has no body for.
func (l *Linker) instance(f *ssa.Function) *machine.Cell {
	origin, args := f.Origin().Object().(*types.Func), typeArgs(f)
	return l.cellOf(origin, args, func() *machine.Func { return compile.Func(l.instantiate(origin, args)) })
}

// instanceOf returns the generic function or method of which f is an instance, nil if it is none or a part of one.
func instanceOf(f *ssa.Function) *types.Func {
	if f.Origin() == nil || f.Parent() != nil {
		return nil
	}
	o, _ := f.Origin().Object().(*types.Func)
	return o
}

// directInstance returns the cell of a method of an instance of a generic type, if no wrapper lies between. It is compiled when
// it is first called: h is its head.
func (l *Linker) directInstance(m rtype.Method, h *machine.Head) *machine.Cell {
	o := m.Sel.Obj().(*types.Func)
	if !unwrapped(m) || o.Origin() == o {
		return nil
	}
	origin, args := o.Origin(), receiverArgs(o.Signature().Recv().Type())
	return l.cellOf(origin, args, func() *machine.Func {
		h.Source = l.place
		return machine.NewFunc(h.Shared(), true, func(fn *machine.Func) error { return l.instanceInto(origin, args, fn) })
	})
}

// cellOf returns the cell of an instance, a new one with what compile returns if there is none yet.
func (l *Linker) cellOf(origin *types.Func, args []types.Type, compile func() *machine.Func) *machine.Cell {
	key := fmt.Sprint(origin.FullName(), args)
	l.mu.Lock()
	origin = l.firstOf(origin)
	for _, i := range l.instances[key] {
		if i.origin == origin && identical(i.args, args) {
			l.mu.Unlock()
			return i.cell
		}
	}
	l.mu.Unlock()
	cell := machine.NewCell(compile())
	l.mu.Lock()
	defer l.mu.Unlock()
	l.instances[key] = append(l.instances[key], instance{origin, args, cell})
	return cell
}

// A redefinition of a generic function, or of a method of a generic type of an earlier cell, takes the place of all before it: the
// first of them stands for them in l.instances, l.newest has the last one.

// firstOf returns the first definition of a generic function. The caller holds l.mu.
func (l *Linker) firstOf(f *types.Func) *types.Func {
	if first, ok := l.first.Get(f); ok {
		return first
	}
	return f
}

// newestOf returns the definition of a generic function that holds now.
func (l *Linker) newestOf(f *types.Func) *types.Func {
	l.mu.Lock()
	defer l.mu.Unlock()
	if g := l.newest[l.firstOf(f)]; g != nil {
		return g
	}
	return f
}

// generic notes a generic function that was built. It redefines another one if it is checked in the place of that method, or has
// its shared cell with that function: then the instances that exist are those of f, too.
func (l *Linker) generic(f, method *types.Func) {
	l.mu.Lock()
	first := method
	if first == nil && l.config.Shared != nil {
		if c := l.config.Shared(f); c != nil {
			if l.shared[c] == nil {
				l.shared[c] = f
			}
			first = l.shared[c]
		}
	}
	if first == nil || first == f {
		l.mu.Unlock()
		return
	}
	old := l.newest[first]
	if old == nil {
		old = first
	}
	l.newest[first] = f
	l.first.GetOrSet(f, func() *types.Func { return first })
	if src := l.sources[old.Pkg()]; src != nil && old.Pkg() != f.Pkg() {
		if src.generic--; src.generic == 0 {
			delete(l.sources, old.Pkg())
		}
	}
	var again []instance
	for _, list := range l.instances {
		for _, i := range list {
			if i.origin == first {
				again = append(again, i)
			}
		}
	}
	l.mu.Unlock()
	for _, i := range again {
		i.cell.Set(compile.Func(l.instantiate(f, i.args)))
	}
}

// instanceInto compiles an instance as fn.
func (l *Linker) instanceInto(origin *types.Func, args []types.Type, fn *machine.Func) (err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*compile.Error)
			if !ok {
				panic(r)
			}
			err = e
		}
	}()
	p, inst := l.instantiate(origin, args)
	return compile.Into(p, inst, fn)
}

// typeArgs returns the type arguments of an instance: those of the receiver first.
func typeArgs(f *ssa.Function) []types.Type {
	if recv := f.Signature.Recv(); recv != nil {
		if args := receiverArgs(recv.Type()); args != nil {
			return args
		}
	}
	return f.TypeArgs()
}

// receiverArgs returns the type arguments of an instance of a generic type, or of a pointer to one.
func receiverArgs(t types.Type) (args []types.Type) {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		for a := range n.TypeArgs().Types() {
			args = append(args, a)
		}
	}
	return args
}

func identical(a, b []types.Type) bool {
	for i := range a {
		if !types.Identical(a[i], b[i]) {
			return false
		}
	}
	return len(a) == len(b)
}

// instantiate makes an instance of a generic function in a program of its own: a package that mentions the function with
// the type arguments.
func (l *Linker) instantiate(origin *types.Func, args []types.Type) (*Program, *ssa.Function) {
	g, err := l.genericSource(origin)
	if err != nil {
		panic(&compile.Error{Text: err.Error()})
	}
	pkg := types.NewPackage("instance", "instance")
	p := l.newProgram()
	if src := l.source(g.Pkg()); src != nil {
		p.mentionAll(g.Pkg(), src.info)
	}
	p.mention(g)
	p.create(g.Pkg())
	return p, l.instantiateIn(p, pkg, g, args)
}

// instantiateIn builds the package that mentions the instance.
func (l *Linker) instantiateIn(p *Program, pkg *types.Package, f *types.Func, args []types.Type) *ssa.Function {
	info := NewInfo()
	if recv := f.Signature().Recv(); recv != nil {
		// A method of a generic type: its instance is that of the type's.
		t := types.Unalias(recv.Type())
		ptr, isPtr := t.(*types.Pointer)
		if isPtr {
			t = types.Unalias(ptr.Elem())
		}
		inst, err := types.Instantiate(nil, t.(*types.Named).Origin(), args, false)
		if err != nil {
			panic(&compile.Error{Text: err.Error()})
		}
		if isPtr {
			inst = types.NewPointer(inst)
		}
		sel := types.NewMethodSet(inst).Lookup(f.Pkg(), f.Name())
		if sel == nil {
			panic(&compile.Error{Text: "internal: no method " + f.Name() + " of " + inst.String()})
		}
		return p.prog.MethodValue(sel)
	}
	inst, err := types.Instantiate(nil, f.Signature(), args, false)
	if err != nil {
		panic(&compile.Error{Text: err.Error()})
	}
	// func use() func(...) ... { return F[T0, T1] }
	id := &ast.Ident{Name: f.Name()}
	info.Uses[id] = f
	info.Instances[id] = types.Instance{TypeArgs: typeList(args), Type: inst}
	info.Types[id] = types.TypeAndValue{Type: inst}
	use := &ast.FuncDecl{Name: &ast.Ident{Name: "use"},
		Type: &ast.FuncType{Params: &ast.FieldList{}, Results: &ast.FieldList{List: []*ast.Field{{Type: &ast.Ident{Name: "F"}}}}},
		Body: &ast.BlockStmt{List: []ast.Stmt{&ast.ReturnStmt{Results: []ast.Expr{id}}}}}
	result := types.NewTuple(types.NewVar(token.NoPos, pkg, "", inst))
	info.Defs[use.Name] = types.NewFunc(token.NoPos, pkg, "use", types.NewSignatureType(nil, nil, nil, nil, result, false))
	sp := p.prog.CreatePackage(pkg, []*ast.File{{Name: ast.NewIdent("instance"), Decls: []ast.Decl{use}}}, info, false)
	sp.Build()
	for _, b := range sp.Func("use").Blocks {
		for _, in := range b.Instrs {
			for _, o := range in.Operands(nil) {
				if g, ok := (*o).(*ssa.Function); ok {
					return g
				}
			}
		}
	}
	panic(&compile.Error{Text: "internal: no instance of " + f.FullName()})
}

// typeList returns a list of types as go/types has it, which has no constructor: by an instance of a type with as many
// parameters.
func typeList(args []types.Type) *types.TypeList {
	pkg := types.NewPackage("list", "list")
	obj := types.NewTypeName(token.NoPos, pkg, "L", nil)
	n := types.NewNamed(obj, types.NewStruct(nil, nil), nil)
	var params []*types.TypeParam
	for i := range args {
		params = append(params, types.NewTypeParam(types.NewTypeName(token.NoPos, pkg, fmt.Sprintf("P%d", i), nil), types.Universe.Lookup("any").Type()))
	}
	n.SetTypeParams(params)
	inst, err := types.Instantiate(nil, n, args, false)
	if err != nil {
		panic(&compile.Error{Text: err.Error()})
	}
	return inst.(*types.Named).TypeArgs()
}

// genericSource returns the function whose source stands for a generic one: itself if a cell declared it, the function that was
// checked in its place if it is a method of an earlier cell's type, that of the shadow of its package if it is compiled.
func (l *Linker) genericSource(f *types.Func) (*types.Func, error) {
	f = l.newestOf(f)
	if l.source(f.Pkg()) != nil {
		return f, nil
	}
	shadow, err := l.shadow(f.Pkg())
	if err != nil {
		return nil, err
	}
	g, ok := shadow.Scope().Lookup(generic.Name(f)).(*types.Func)
	if !ok {
		return nil, fmt.Errorf("generic function %s has no source here: it cannot be used in a cell", f.FullName())
	}
	return g, nil
}

// shadow returns the checked source of the generic functions of a compiled package.
func (l *Linker) shadow(pkg *types.Package) (*types.Package, error) {
	l.loading.Lock()
	defer l.loading.Unlock()
	l.mu.Lock()
	s := l.shadows[pkg.Path()]
	l.mu.Unlock()
	if s != nil {
		return s, nil
	}
	texts, ok := generic.Source(pkg.Path())
	if !ok {
		return nil, fmt.Errorf("the generic functions of package %s have no source here: they cannot be used in a cell", pkg.Path())
	}
	var files []*ast.File
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		f, err := parser.ParseFile(l.config.Fset, pkg.Path()+"/"+name, texts[name], parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("link: %w", err)
		}
		files = append(files, f)
	}
	info := NewInfo()
	conf := types.Config{Importer: importer{l}}
	s, err := conf.Check(pkg.Path(), l.config.Fset, files, info)
	if err != nil {
		return nil, fmt.Errorf("link: source of %s: %w", pkg.Path(), err)
	}
	l.mu.Lock()
	l.shadows[pkg.Path()] = s
	l.mu.Unlock()
	if _, err := l.Build(s, files, info, nil); err != nil {
		return nil, err
	}
	return s, nil
}

// importer imports what a shadow does.
type importer struct{ l *Linker }

func (im importer) Import(path string) (*types.Package, error) {
	if path == native.Path {
		im.l.nativeOnce.Do(func() { im.l.helpers, im.l.nativeErr = native.Types(im.l.config.Import) })
		return im.l.helpers, im.l.nativeErr
	}
	return im.l.config.Import.Import(path)
}

// own reports whether an object was declared in source: in a cell or a shadow.
func (l *Linker) own(o types.Object) bool {
	if l.config.Own(o) {
		return true
	}
	if o.Pkg() == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.shadows[o.Pkg().Path()] == o.Pkg()
}

// symbols returns the table of a compiled package.
func (l *Linker) symbols(path string) map[string]reflect.Value {
	if path == native.Path {
		return native.Symbols()
	}
	return l.config.Symbols(path)
}
