// Package link binds what the functions of cells mention: types to runtime types, compiled functions and variables to the
// tables of package bind, functions and variables of earlier cells to what the machine has for them, generic functions
// and methods to instances made from source.
//
// Every cell is built as an SSA program of its own, which is garbage when its functions are compiled. Packages that it
// mentions have members in that program for the mentioned objects only (build.go), so a cell costs what the cell costs.
package link

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/compile"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/rtype"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/weakmap"
)

// P is an address.
type P = machine.P

// A Config says what a Linker needs to know.
type Config struct {
	Fset *token.FileSet
	// Symbols returns the table of a compiled package, or nil (bind.Package.Symbols).
	Symbols func(path string) map[string]reflect.Value
	// Import returns the types of a compiled package.
	Import types.Importer
	// Own reports whether an object was declared in a cell.
	Own func(o types.Object) bool
	// Variable returns the address of a variable of a cell.
	Variable func(o *types.Var, t reflect.Type) P
	// Shared returns the cell of a function that it has in common with those that it redefines; nil if it has one of its own.
	Shared func(*types.Func) *machine.Cell
	// Cell returns the number of the cell that declares a type.
	Cell func(*types.TypeName) int
	// Place returns a place in a cell; nil means that of Fset.
	Place func(token.Pos) machine.Place
}

// A Linker has what the cells so far declared. Its methods may be called from several goroutines.
type Linker struct {
	config Config
	types  *rtype.Types
	place  func(token.Pos) machine.Place // Place

	functions weakmap.Map[types.Func, *machine.Cell] // declared functions and methods

	loading   sync.Mutex // held while a shadow is checked
	mu        sync.Mutex
	methods   map[methodKey]*machine.Cell
	ids       map[string]uint32          // numbers of the ids of methods
	sources   map[*types.Package]*source // of packages with generics
	shadows   map[string]*types.Package  // by the path of the compiled package
	instances map[string][]instance
	shared    map[*machine.Cell]*types.Func        // the first generic function of those that share a cell
	first     weakmap.Map[types.Func, *types.Func] // see Linker.generic
	newest    map[*types.Func]*types.Func
	bound     map[types.Object]bool

	nativeOnce sync.Once
	helpers    *types.Package // of the functions that shadows call
	nativeErr  error
}

// A methodKey is short: there is one for each method of a type, for good.
type methodKey struct {
	recv P // the descriptor of the receiver's type
	id   uint32
}

// New returns a linker for a session.
func New(c Config) *Linker {
	l := &Linker{config: c, methods: map[methodKey]*machine.Cell{}, ids: map[string]uint32{},
		sources: map[*types.Package]*source{}, shadows: map[string]*types.Package{}, instances: map[string][]instance{}, shared: map[*machine.Cell]*types.Func{}, newest: map[*types.Func]*types.Func{}, bound: map[types.Object]bool{}}
	l.place = l.Place
	l.types = rtype.New(rtype.Config{Lookup: l.lookup, Implement: l.implement, Own: func(o *types.TypeName) bool { return l.own(o) }, Cell: c.Cell})
	return l
}

// Types returns the runtime types of the session.
func (l *Linker) Types() *rtype.Types { return l.types }

func (l *Linker) lookup(path, name string) reflect.Type {
	v, ok := l.symbols(path)[name]
	if !ok {
		return l.hidden(path, name)
	}
	if v.Kind() != reflect.Pointer || !v.IsNil() {
		return nil
	}
	return v.Type().Elem()
}

// hidden finds an unexported type of a compiled package among the types of what the package exports.
func (l *Linker) hidden(path, name string) (found reflect.Type) {
	seen := map[reflect.Type]bool{}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		if found != nil || seen[t] {
			return
		}
		seen[t] = true
		if t.Name() == name && t.PkgPath() == path {
			found = t
			return
		}
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
			walk(t.Elem())
		case reflect.Map:
			walk(t.Key())
			walk(t.Elem())
		case reflect.Struct:
			for i := range t.NumField() {
				walk(t.Field(i).Type)
			}
		case reflect.Func:
			for i := range t.NumIn() {
				walk(t.In(i))
			}
			for i := range t.NumOut() {
				walk(t.Out(i))
			}
		}
	}
	table := l.symbols(path)
	for _, n := range slices.Sorted(maps.Keys(table)) {
		walk(table[n].Type())
	}
	return found
}

// A Program is one SSA program; it is the World of the functions compiled from it.
type Program struct {
	l        *Linker
	prog     *ssa.Program
	pkg      *ssa.Package
	mu       sync.Mutex
	cells    map[*ssa.Function]*machine.Cell
	members  map[*types.Package]map[types.Object]bool
	declared []*machine.Cell // the package's own functions
	files    []*ast.File
	starts   map[token.Pos]token.Pos
}

// Type implements compile.World.
func (p *Program) Type(t types.Type) reflect.Type {
	r, err := p.l.types.Type(t)
	if err != nil {
		panic(&compile.Error{Text: err.Error()})
	}
	if r.Size() > compile.Large && machine.Host.Allow != nil {
		allowed(r)
	}
	return r
}

// allowed panics with a compile.Error if a value of a type does not fit the memory that there is.
func allowed(t reflect.Type) {
	defer func() {
		if err, ok := recover().(error); ok {
			panic(&compile.Error{Text: fmt.Sprintf("a value of type %s has %d bytes: %v", t, t.Size(), err)})
		}
	}()
	machine.Host.Allow(uint64(t.Size()))
}

// Start implements compile.World: go/ssa has a call at its parenthesis and an index at its bracket.
func (p *Program) Start(pos token.Pos) token.Pos {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.starts == nil {
		p.starts = map[token.Pos]token.Pos{}
		for _, f := range p.files {
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					p.starts[n.Lparen] = n.Pos()
				case *ast.IndexExpr:
					p.starts[n.Lbrack] = n.Pos()
				case *ast.TypeAssertExpr:
					p.starts[n.Lparen] = n.Pos()
				}
				return true
			})
		}
	}
	if s, ok := p.starts[pos]; ok {
		return s
	}
	return pos
}

// Host implements compile.World.
func (p *Program) Host() compile.Host { return p.l }

// Place implements compile.Host.
func (l *Linker) Place(pos token.Pos) machine.Place {
	if l.config.Place != nil {
		return l.config.Place(pos)
	}
	at := l.config.Fset.Position(pos)
	return machine.Place{File: at.Filename, Line: at.Line, Column: at.Column}
}

// Meet implements compile.Host.
func (l *Linker) Meet(have, want reflect.Type) string { return l.types.Meet(have, want) }

// Source implements compile.Host.
func (l *Linker) Source() func(token.Pos) machine.Place { return l.place }

// Method implements compile.Host. A value method is called through a pointer on the value that it points to.
func (l *Linker) Method(recv reflect.Type, id string) (cell *machine.Cell, value reflect.Type) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.ids[id]
	if c := l.methods[methodKey{op.TypePointer(recv), n}]; c != nil && c.Func() != nil {
		if op.Direct(recv) {
			return c, nil
		}
		return c, recv
	}
	if recv.Kind() == reflect.Pointer && recv.Name() == "" {
		if c := l.methods[methodKey{op.TypePointer(recv.Elem()), n}]; c != nil && c.Func() != nil {
			return c, recv.Elem()
		}
	}
	return nil, nil
}

// setMethod notes the cell of a method.
func (l *Linker) setMethod(recv reflect.Type, id string, cell *machine.Cell) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.ids[id]
	if n == 0 {
		n = uint32(len(l.ids) + 1)
		l.ids[strings.Clone(id)] = n
	}
	l.methods[methodKey{op.TypePointer(recv), n}] = cell
}

// Global implements compile.World.
func (p *Program) Global(g *ssa.Global) P {
	o, ok := g.Object().(*types.Var)
	if !ok {
		return reflect.New(p.Type(g.Type().(*types.Pointer).Elem())).UnsafePointer()
	}
	if p.l.config.Own(o) {
		return p.l.config.Variable(o, p.Type(o.Type()))
	}
	v, ok := p.l.symbols(o.Pkg().Path())[o.Name()]
	if !ok || !v.CanAddr() {
		panic(&compile.Error{Text: "no variable " + o.Pkg().Path() + "." + o.Name() + " in the tables"})
	}
	return v.Addr().UnsafePointer()
}

// Function implements compile.World.
func (p *Program) Function(f *ssa.Function) (*machine.Cell, reflect.Value) {
	o, _ := f.Object().(*types.Func)
	declared := o != nil && f.Origin() == nil && f.Parent() == nil
	if declared && (f.Synthetic == "" || f.Blocks == nil) {
		if c := p.l.declared(o); c != nil {
			return c, reflect.Value{}
		}
	}
	if f.Blocks == nil && declared {
		return nil, p.l.native(o)
	}
	if f.Blocks == nil && f.Origin() != nil {
		return p.l.instance(f), reflect.Value{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.cells[f]
	if c != nil {
		return c, reflect.Value{}
	}
	if origin := instanceOf(f); origin != nil {
		args := typeArgs(f)
		c = p.l.cellOf(origin, args, func() *machine.Func {
			if p.l.newestOf(origin) != origin { // the program has the syntax of one that was redefined
				return compile.Func(p.l.instantiate(origin, args))
			}
			return compile.Func(p, f)
		})
	} else {
		c = machine.NewCell(compile.Func(p, f))
	}
	p.cells[f] = c
	return c, reflect.Value{}
}

// declared returns the cell of a function or method that a cell declared, or nil.
func (l *Linker) declared(o *types.Func) *machine.Cell {
	c, _ := l.functions.Get(o)
	return c
}

// implement is rtype's request for the code of a method. It keeps no syntax of a declared method, and little else: types stay
// for good, and so does what implements their methods.
func (l *Linker) implement(m rtype.Method) (reflect.Value, error) {
	o := m.Sel.Obj().(*types.Func)
	if cell := l.direct(m); cell != nil {
		l.setMethod(m.Receiver, o.Id(), cell)
		return machine.MethodValue(m.Type, cell), nil
	}
	if cell := l.through(m); cell != nil {
		// A type has no entry of its own for a method without a capital, but a call by the machine finds it here.
		l.setMethod(m.Receiver.Elem(), o.Id(), cell)
		return machine.Through(m.Type, o.Name(), m.Receiver.Elem(), cell), nil
	}
	ins, outs := []reflect.Type{m.Receiver}, []reflect.Type(nil)
	for i := 1; i < m.Type.NumIn(); i++ {
		ins = append(ins, m.Type.In(i))
	}
	for i := range m.Type.NumOut() {
		outs = append(outs, m.Type.Out(i))
	}
	h := machine.NewHead(o.Name(), ins, outs)
	if cell := l.directInstance(m, h); cell != nil {
		l.setMethod(m.Receiver, o.Id(), cell)
		return machine.MethodValue(m.Type, cell), nil
	}
	h.Synthetic = true
	cell := machine.NewCell(machine.NewFunc(h.Shared(), true, func(fn *machine.Func) error { return l.method(m, fn) }))
	l.setMethod(m.Receiver, o.Id(), cell)
	return machine.MethodValue(m.Type, cell), nil
}

// direct returns the cell of the method itself, if no wrapper lies between.
func (l *Linker) direct(m rtype.Method) *machine.Cell {
	o := m.Sel.Obj().(*types.Func)
	if !unwrapped(m) || o.Origin() != o {
		return nil
	}
	return l.declared(o)
}

// unwrapped reports whether no wrapper lies between a method and its code.
func unwrapped(m rtype.Method) bool {
	_, byPointer := types.Unalias(m.Sel.Obj().(*types.Func).Signature().Recv().Type()).(*types.Pointer)
	_, pointer := types.Unalias(m.Recv).(*types.Pointer)
	return len(m.Sel.Index()) == 1 && byPointer == pointer
}

// through returns the cell of a value method that is asked for through a pointer, if the method is declared.
func (l *Linker) through(m rtype.Method) *machine.Cell {
	o := m.Sel.Obj().(*types.Func)
	if len(m.Sel.Index()) > 1 || o.Origin() != o || m.Receiver.Kind() != reflect.Pointer {
		return nil
	}
	return l.declared(o)
}

// method compiles a method that is no declared function: promoted, a value method through a pointer, an instance.
func (l *Linker) method(m rtype.Method, fn *machine.Func) error {
	p := l.newProgram()
	o := m.Sel.Obj().(*types.Func)
	p.mention(o)
	p.create(nil)
	f := p.prog.MethodValue(m.Sel)
	if f == nil {
		return &compile.Error{Text: "internal: no method " + m.Sel.String()}
	}
	if f.Blocks == nil && f.Origin() != nil {
		return p.l.instanceInto(f.Origin().Object().(*types.Func), typeArgs(f), fn)
	}
	return compile.Into(p, f, fn)
}
