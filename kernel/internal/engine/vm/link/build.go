package link

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/compile"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
)

func (l *Linker) newProgram() *Program {
	return &Program{l: l, prog: ssa.NewProgram(l.config.Fset, ssa.InstantiateGenerics|ssa.BareInits), cells: map[*ssa.Function]*machine.Cell{},
		members: map[*types.Package]map[types.Object]bool{}}
}

// Build builds a package and declares its functions and methods. Their code is compiled when they are first called.
// methods has functions that stand for methods.
func (l *Linker) Build(pkg *types.Package, files []*ast.File, info *types.Info, methods map[*types.Func]*types.Func) (p *Program, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*compile.Error)
			if !ok {
				panic(fmt.Errorf("link: %v", r))
			}
			err = e
		}
	}()
	p = l.newProgram()
	p.mentionAll(pkg, info)
	p.create(nil)
	p.files = files
	p.pkg = p.prog.CreatePackage(pkg, files, info, false)
	p.pkg.Build()
	generics := map[*types.Func]*types.Func{} // with the methods whose places they take
	declared := map[*types.Func]*ssa.Function{}
	for _, o := range info.Defs {
		f, ok := o.(*types.Func)
		if !ok || f.Pkg() != pkg || f.Name() == "_" {
			continue
		}
		sig := f.Signature()
		if sig.TypeParams() != nil || sig.RecvTypeParams() != nil {
			generics[f] = methods[f]
			continue
		}
		sf := p.prog.FuncValue(f)
		if sf == nil || sf.Blocks == nil {
			continue
		}
		if m := methods[f]; m != nil {
			f = m
		}
		declared[f] = sf
	}
	for f := range declared { // all cells before the first type is built, whose methods they are
		l.Cell(f)
	}
	for f, sf := range declared {
		cell := l.Cell(f)
		if cell.Func() == nil && f.Signature().Recv() != nil {
			cell.Set(compile.Method(p, sf))
		} else {
			cell.Set(compile.Func(p, sf))
		}
		p.declared = append(p.declared, cell)
	}
	if len(generics) > 0 {
		l.mu.Lock()
		l.sources[pkg] = &source{files: files, info: info, generic: len(generics)}
		l.mu.Unlock()
	}
	for f, method := range generics {
		l.generic(f, method)
	}
	return p, nil
}

// Cell returns the cell of a function or method of a cell, a new one if there is none yet.
func (l *Linker) Cell(o *types.Func) *machine.Cell {
	return l.functions.GetOrSet(o, func() *machine.Cell {
		if l.config.Shared != nil {
			if c := l.config.Shared(o); c != nil {
				return c
			}
		}
		return &machine.Cell{}
	})
}

// Has reports whether a function or method was declared.
func (l *Linker) Has(o *types.Func) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.declared(o) != nil || l.newest[o] != nil
}

// Find returns a function of the package that was built.
func (p *Program) Find(name string) (f *machine.Func, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*compile.Error)
			if !ok {
				panic(r)
			}
			err = e
		}
	}()
	sf := p.pkg.Func(name)
	if sf == nil {
		return nil, fmt.Errorf("link: no function %s", name)
	}
	cell, _ := p.Function(sf)
	return cell.Func(), nil
}

// Compile compiles all functions of the program that are not compiled yet. What is wrong with one is said when it is
// called. After this nothing needs the syntax and the SSA form any more.
func (p *Program) Compile() {
	for n := -1; ; {
		p.mu.Lock()
		var cells []*machine.Cell
		for _, c := range p.cells {
			cells = append(cells, c)
		}
		p.mu.Unlock()
		cells = append(cells, p.declared...)
		for _, c := range cells {
			if f := c.Func(); f != nil {
				f.Prepare()
			}
		}
		if len(cells) == n {
			return
		}
		n = len(cells)
	}
}

// Package returns the package that was built.
func (p *Program) Package() *ssa.Package { return p.pkg }

// mentionAll mentions what the syntax of a package mentions of others.
func (p *Program) mentionAll(pkg *types.Package, info *types.Info) {
	for _, o := range info.Uses {
		if o.Pkg() != pkg {
			p.mention(o)
		}
	}
	for _, s := range info.Selections {
		if s.Obj().Pkg() != pkg {
			p.mention(s.Obj())
		}
	}
}

// mention makes a package's object known to the program.
func (p *Program) mention(o types.Object) {
	pkg := o.Pkg()
	if pkg == nil || pkg == types.Unsafe {
		return
	}
	switch x := o.(type) {
	case *types.Var:
		if x.IsField() {
			return
		}
		o = x.Origin()
	case *types.Func:
		o = x.Origin()
	case *types.TypeName:
	default:
		return
	}
	if p.members[pkg] == nil {
		p.members[pkg] = map[types.Object]bool{}
	}
	p.members[pkg][o] = true
	if !p.l.own(o) {
		p.l.bind(o)
	}
}

// create makes the packages of all that was mentioned, with members for what was mentioned only. Generic functions have no
// bodies there: their instances are made apart (generic.go), but for those of the package from, which has its source.
func (p *Program) create(from *types.Package) {
	for pkg, objects := range p.members {
		src := p.l.source(pkg)
		switch {
		case src != nil && pkg == from:
			p.prog.CreatePackage(pkg, src.files, src.info, false)
			continue
		case src == nil && hasGeneric(objects): // go/ssa must not think that it has the syntax
			p.prog.CreatePackage(pkg, nil, nil, false)
			continue
		}
		info := &types.Info{Defs: map[*ast.Ident]types.Object{}}
		p.prog.CreatePackage(pkg, []*ast.File{memberFile(objects, info)}, info, false)
	}
	p.members = map[*types.Package]map[types.Object]bool{}
}

func hasGeneric(objects map[types.Object]bool) bool {
	for o := range objects {
		if f, ok := o.(*types.Func); ok && (f.Signature().TypeParams() != nil || f.Signature().RecvTypeParams() != nil) {
			return true
		}
	}
	return false
}

// memberFile returns a file that declares functions and variables without bodies, for go/ssa to have members of.
func memberFile(objects map[types.Object]bool, info *types.Info) *ast.File {
	f := &ast.File{Name: ast.NewIdent("p")}
	for o := range objects {
		id := &ast.Ident{Name: o.Name(), NamePos: o.Pos()}
		info.Defs[id] = o
		switch o := o.(type) {
		case *types.Func:
			if o.Signature().Recv() != nil {
				continue // go/ssa makes methods when they are asked for
			}
			f.Decls = append(f.Decls, &ast.FuncDecl{Name: id, Type: &ast.FuncType{Params: &ast.FieldList{}}})
		case *types.Var:
			f.Decls = append(f.Decls, &ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{&ast.ValueSpec{Names: []*ast.Ident{id}}}})
		}
	}
	return f
}
