// Package vm runs checked cells on the machine.
//
//	front    a cell as a package for go/ssa
//	link     what its functions mention
//	compile  SSA to instructions
//	op       the instructions
//	machine  frames, calls, panics, goroutines
//	rtype    real runtime types
package vm

import (
	"context"
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/bind"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/check"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/exec"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/owner"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/stdio"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/compile"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/front"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/link"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/op"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/weakmap"
)

// An Executor is the state of one session. It runs one cell at a time.
type Executor struct {
	session *check.Session
	linker  *link.Linker

	vars  *weakmap.Map[check.Slot, machine.P] // the session's variables
	funcs *weakmap.Map[check.Slot, *machine.Cell]

	mu     sync.Mutex
	temps  map[*types.Var]machine.P // of the cell that runs
	groups map[*machine.Group]int   // with the cell
}

// New returns an executor for the cells of a session.
func New(s *check.Session) *Executor {
	compile.Print = stdio.Stderr
	machine.Host.Group, machine.Host.Uncaught = groupOf, orphaned
	go machine.Warm()
	x := &Executor{session: s}
	x.Reset()
	return x
}

// Reset forgets everything and ends the goroutines of all cells.
func (x *Executor) Reset() {
	x.mu.Lock()
	for g := range x.groups {
		g.Stop()
	}
	x.vars, x.funcs = &weakmap.Map[check.Slot, machine.P]{}, &weakmap.Map[check.Slot, *machine.Cell]{}
	x.temps = map[*types.Var]machine.P{}
	x.groups = map[*machine.Group]int{}
	x.mu.Unlock()
	x.linker = link.New(link.Config{
		Fset: x.session.Fset(), Symbols: symbols, Import: x.session, Variable: x.variable, Shared: x.shared, Place: x.place,
		Own:  func(o types.Object) bool { return o.Pkg() != nil && o.Pkg().Path() == "main" },
		Cell: func(o *types.TypeName) int { return number(x.session.Fset().Position(o.Pos()).Filename) },
	})
}

// symbols returns the table of a package, with what cells get in place of compiled functions.
func symbols(path string) map[string]reflect.Value {
	p := bind.Lookup(path)
	if p == nil {
		return nil
	}
	o := overridden(path)
	if o != nil {
		return o
	}
	return p.Symbols()
}

var overrides sync.Map // path -> table

func overridden(path string) map[string]reflect.Value {
	o := stdio.Overrides()[path]
	if o == nil {
		return nil
	}
	if m, ok := overrides.Load(path); ok {
		return m.(map[string]reflect.Value)
	}
	m := map[string]reflect.Value{}
	for k, v := range bind.Lookup(path).Symbols() {
		m[k] = v
	}
	for k, v := range o {
		m[k] = v
	}
	overrides.Store(path, m)
	return m
}

// shared returns the cell of a function of the session, which a redefinition takes over.
func (x *Executor) shared(f *types.Func) *machine.Cell {
	s := x.session.Slot(f)
	if s == nil {
		return nil
	}
	return x.funcs.GetOrSet(s, func() *machine.Cell { return &machine.Cell{} })
}

// variable returns the memory of a variable: of the session, or of the cell that runs.
func (x *Executor) variable(o *types.Var, t reflect.Type) machine.P {
	if s := x.session.Slot(o); s != nil {
		return x.vars.GetOrSet(s, func() machine.P { return reflect.New(t).UnsafePointer() })
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.temps[o] == nil {
		x.temps[o] = reflect.New(t).UnsafePointer()
	}
	return x.temps[o]
}

// place returns a place in a cell.
func (x *Executor) place(pos token.Pos) machine.Place {
	p := x.session.Fset().Position(pos)
	return machine.Place{File: p.Filename, Line: p.Line, Column: p.Column}
}

// number returns the number of a cell from its name in positions.
func number(file string) (n int) {
	fmt.Sscanf(file, "cell %d", &n)
	return n
}

// Run runs a committed cell and returns the values to show. An interrupt gives the context's error, a fault of the cell a
// *exec.Fault, and what the machine cannot do another error.
func (x *Executor) Run(ctx context.Context, c *check.Cell) ([]exec.Value, error) {
	f := front.New(c, func(o types.Object) bool { return x.session.Slot(o) != nil })
	c.Pkg.SetImports(nil)
	for _, m := range f.Methods {
		if n := receiver(m); n != nil && !x.linker.Has(m) {
			x.linker.Types().Renew(n)
		}
	}
	p, err := x.linker.Build(c.Pkg, f.Files, c.Info, f.Methods)
	if err != nil {
		return nil, err
	}
	defer func() {
		x.mu.Lock()
		x.temps = map[*types.Var]machine.P{}
		x.mu.Unlock()
	}()
	defer p.Compile()
	var names []string
	if c.Inits > 0 {
		names = append(names, "init")
	}
	if f.HasBody {
		names = append(names, front.Main)
	}
	if c.Main {
		names = append(names, "main")
	}
	for i, name := range names {
		fn, err := p.Find(name)
		if err != nil {
			return nil, err
		}
		err = x.run(ctx, c.Number, func(t *machine.Thread) machine.Deferred { return machine.Prepare(t, fn) })
		if err != nil {
			return nil, err
		}
		if name == front.Main || i == len(names)-1 {
			if err := x.failure(f, c.Number); err != nil {
				return nil, err
			}
		}
	}
	return x.values(f)
}

func receiver(m *types.Func) *types.Named {
	t := types.Unalias(m.Signature().Recv().Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}

// failure returns the error of a call that failed the cell.
func (x *Executor) failure(f *front.Cell, cell int) error {
	if f.Failed == nil {
		return nil
	}
	n := *(*int)(x.variable(f.Failed, reflect.TypeFor[int]()))
	if n == 0 {
		return nil
	}
	err := *(*error)(x.variable(f.Errors[n-1], reflect.TypeFor[error]()))
	p := x.place(f.Places[n-1])
	return &exec.Fault{Value: err, Methods: x.methods(reflect.ValueOf(err)), Trace: []exec.Frame{{Cell: number(p.File), Line: p.Line, Column: p.Column}}}
}

func (x *Executor) values(f *front.Cell) (out []exec.Value, err error) {
	for _, v := range f.Results {
		t, err := x.linker.Types().Type(v.Type())
		if err != nil {
			return nil, err
		}
		r := reflect.NewAt(t, x.variable(v, t)).Elem()
		if t.Kind() == reflect.Interface {
			r = r.Elem()
		}
		val := exec.Value{Reflect: r, Type: v.Type()}
		if len(f.Results) == 1 {
			val.Methods = x.methods(r)
		}
		out = append(out, val)
	}
	return out, nil
}

// methods returns those methods of the contract that a cell's own type has: they are to run as a cell does.
func (x *Executor) methods(v reflect.Value) map[string]any {
	if !v.IsValid() {
		return nil
	}
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
		if v.IsNil() {
			return nil
		}
	}
	if _, own := x.linker.Types().Version(t); !own {
		return nil
	}
	out := map[string]any{}
	for _, name := range exec.Contract {
		m := v.MethodByName(name)
		if m.IsValid() && m.Type().NumIn() == 0 && m.Type().NumOut() == 1 {
			out[name] = m.Interface()
		}
	}
	return out
}

// patience is how long an interrupted cell has to end.
const patience = 60 * time.Millisecond

// run runs a call as a cell's main thread.
func (x *Executor) run(ctx context.Context, cell int, call func(t *machine.Thread) machine.Deferred) error {
	var fatal atomic.Pointer[machine.Panic] // what would have ended the process in compiled Go
	var g *machine.Group
	g = machine.NewGroup(func(p *machine.Panic) {
		if _, ok := p.Value.(op.ConcurrentMapError); ok && fatal.CompareAndSwap(nil, p) {
			g.Stop()
		}
		uncaught(p)
	})
	x.mu.Lock()
	for old := range x.groups {
		if len(old.Starts()) == 0 {
			delete(x.groups, old)
		}
	}
	x.groups[g] = cell
	x.mu.Unlock()
	if o := owner.Current(); o != nil {
		owners.Store(o, g)
		defer func() {
			if len(g.Starts()) == 0 {
				owners.CompareAndDelete(o, g)
			}
		}()
	}
	done := make(chan *machine.Panic, 1)
	go func() {
		var p *machine.Panic
		defer func() { done <- p }() // also after runtime.Goexit
		p = g.Run(call)
	}()
	p, err := x.watch(ctx, g, done)
	if err != nil {
		return err
	}
	if f := fatal.Load(); f != nil {
		return fault(f)
	}
	if p == nil {
		return nil
	}
	if p.Interrupted() && ctx.Err() != nil {
		return ctx.Err()
	}
	f := fault(p)
	f.Methods = x.methods(reflect.ValueOf(f.Value))
	return f
}

// watch waits for the end of a cell: of its own, by an interrupt, or for want of memory.
func (x *Executor) watch(ctx context.Context, g *machine.Group, done chan *machine.Panic) (*machine.Panic, error) {
	var hint waitHint
	defer hint.hide()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case p := <-done:
			if p == nil && ctx.Err() != nil { // what it waited for gave up because of the interrupt
				return nil, ctx.Err()
			}
			return p, nil
		case <-tick.C:
			hint.look(g)
			if overMemory(0) == nil {
				continue
			}
			runtime.GC()
			if err := overMemory(0); err != nil {
				stop(g, done)
				return nil, &exec.Fault{Value: err}
			}
		case <-ctx.Done():
			p := stop(g, done)
			if p == nil && len(g.Starts()) > 0 {
				fmt.Fprintln(stdio.Stderr, "The cell was in a call of compiled code that cannot be stopped. It is left behind, with what it was given, until the call returns.")
			}
			if p == nil || p.Interrupted() {
				return nil, ctx.Err()
			}
			return p, nil
		}
	}
}

// stop interrupts the threads of a cell: once so that its deferred calls run, and then for good.
func stop(g *machine.Group, done chan *machine.Panic) *machine.Panic {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		g.Stop()
		select {
		case p := <-done:
			return p
		case <-time.After(patience / 4):
		}
	}
	return nil // it waits in compiled code and is left behind
}

// fault turns a panic into a Fault.
func fault(p *machine.Panic) *exec.Fault {
	f := &exec.Fault{Value: p.Value, Panic: true}
	for _, t := range p.Trace() {
		n := number(t.File)
		if t.Synthetic || n == 0 && !strings.HasPrefix(t.File, "cell ") {
			continue
		}
		name := t.Func
		if strings.HasPrefix(name, front.Main) {
			name = ""
		}
		f.Trace = append(f.Trace, exec.Frame{Cell: n, Line: t.Line, Column: t.Column, Func: name})
	}
	return f
}

// uncaught reports a panic that ended a goroutine.
func uncaught(p *machine.Panic) {
	f := fault(p)
	at := ""
	if len(f.Trace) > 0 {
		at = fmt.Sprintf(" at cell %d, line %d, column %d", f.Trace[0].Cell, f.Trace[0].Line, f.Trace[0].Column)
	}
	if e, ok := p.Value.(stdio.Exit); ok {
		fmt.Fprintf(stdio.Stderr, "a goroutine ended with %v%s; the kernel goes on\n", e, at)
		return
	}
	fmt.Fprintf(stdio.Stderr, "panic in a goroutine%s: %v\n", at, p.Value)
}

// owners has the group of the cell that runs for an owner (package owner), or ran and has goroutines still.
var owners sync.Map

func groupOf() *machine.Group {
	if o := owner.Current(); o != nil {
		if g, ok := owners.Load(o); ok {
			return g.(*machine.Group)
		}
	}
	return nil
}

// orphaned reports a panic in a function that compiled code called on a goroutine of its own. A subtest fails.
func orphaned(p *machine.Panic, first any) {
	if t, ok := first.(testing.TB); ok {
		f := fault(p)
		t.Errorf("panic: %v", f.Value)
		t.FailNow()
	}
	uncaught(p)
}

// Func returns a function of the session as a Go function, or an invalid value.
func (x *Executor) Func(ctx context.Context, o types.Object) reflect.Value {
	f, ok := o.(*types.Func)
	if !ok || !x.linker.Has(f) {
		return reflect.Value{}
	}
	t, err := x.linker.Types().Type(f.Signature())
	if err != nil {
		return reflect.Value{}
	}
	return machine.HostFunc(t, x.linker.Cell(f))
}

// Call calls compiled code that calls functions of the session.
func (x *Executor) Call(ctx context.Context, f func()) error {
	return x.run(ctx, 0, func(*machine.Thread) machine.Deferred { return machine.Call(f) })
}

// Recovered describes what a function of the session panicked with, to the compiled code that recovered it.
func (x *Executor) Recovered(value any) *exec.Fault { return fault(machine.Caught(value)) }

// Goroutines returns where the go statements of the goroutines that run are.
func (x *Executor) Goroutines() (out []exec.Frame) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for g := range x.groups {
		for _, p := range g.Starts() {
			if p.Line > 0 {
				out = append(out, exec.Frame{Cell: number(p.File), Line: p.Line, Column: p.Column, Func: p.Func})
			}
		}
	}
	return out
}
