// Package program runs whole Go programs on the machine: for the suites that compare it with compiled Go, and for
// benchmarks. Cells run by package vm.
package program

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/gopherceptron/gopherceptron/kernel/internal/bind"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/link"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
)

// A Program is a checked package main.
type Program struct {
	linker  *link.Linker
	program *link.Program
	pkg     *types.Package
	group   *machine.Group
	vars    map[*types.Var]machine.P
	failed  chan *machine.Panic
	left    atomic.Bool // main has ended with runtime.Goexit
}

// Load parses and checks a package main, given as file name -> source.
func Load(files map[string]string) (*Program, error) {
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := parser.ParseFile(fset, name, files[name], parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, f)
	}
	info := link.NewInfo()
	imp := bind.NewTypes()
	conf := types.Config{Importer: imp, GoVersion: "go1.26"}
	pkg, err := conf.Check("main", fset, parsed, info)
	if err != nil {
		return nil, err
	}
	p := &Program{pkg: pkg, vars: map[*types.Var]machine.P{}, failed: make(chan *machine.Panic, 1)}
	p.group = machine.NewGroup(p.uncaught)
	p.linker = link.New(link.Config{
		Fset: fset, Import: imp,
		Symbols: func(path string) map[string]reflect.Value {
			if q := bind.Lookup(path); q != nil {
				return q.Symbols()
			}
			return nil
		},
		Own:      func(o types.Object) bool { return o.Pkg() == pkg },
		Variable: p.variable,
	})
	if p.program, err = p.linker.Build(pkg, parsed, info, nil); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Program) variable(o *types.Var, t reflect.Type) machine.P {
	a := p.vars[o]
	if a == nil {
		a = reflect.New(t).UnsafePointer()
		p.vars[o] = a
	}
	return a
}

func (p *Program) uncaught(x *machine.Panic) {
	select {
	case p.failed <- x:
	default:
	}
	if p.left.Load() { // nobody waits for it
		os.Exit(p.report(<-p.failed))
	}
}

// Func returns a package-level function as a Go func value, or an invalid value. It runs on threads of its own.
func (p *Program) Func(name string) reflect.Value {
	f := p.program.Package().Func(name)
	if f == nil {
		return reflect.Value{}
	}
	cell, _ := p.program.Function(f)
	return machine.FuncValue(p.program.Type(f.Signature), cell)
}

// Call calls f, whose calls of the program's functions then run on one thread.
func (p *Program) Call(f func()) error {
	x := p.group.Run(func(*machine.Thread) machine.Deferred { return machine.Call(f) })
	if x == nil {
		return nil
	}
	return fmt.Errorf("panic: %v\n%s", x.Value, trace(x))
}

// Run runs the initializers and main, and returns the exit status: 2 after a panic, whose text goes to stderr. When main ends
// with runtime.Goexit, so does the caller: the program goes on as long as one of its goroutines does.
func (p *Program) Run() (exit int) {
	done := make(chan *machine.Panic, 1)
	finished := false
	go func() {
		defer close(done)
		for _, name := range []string{"init", "main"} {
			cell, _ := p.program.Function(p.program.Package().Func(name))
			if x := p.group.Run(func(t *machine.Thread) machine.Deferred { return machine.Prepare(t, cell.Func()) }); x != nil {
				finished = true
				done <- x
				return
			}
		}
		finished = true
	}()
	var x *machine.Panic
	select {
	case x = <-done:
		if !finished {
			p.left.Store(true)
			select {
			case x = <-p.failed:
			default:
				runtime.Goexit()
			}
		}
	case x = <-p.failed:
	}
	return p.report(x)
}

// report prints the panic that ended the program, if any, and returns the exit status.
func (p *Program) report(x *machine.Panic) (exit int) {
	if x == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, chain(x)+"\n\ngoroutine 1 [running]:\n"+trace(x))
	return 2
}

// chain is the text of a panic and of those that it came after, the first of them first.
func chain(x *machine.Panic) string {
	text := Text(x.Value)
	if before := x.Before(); before != nil {
		if before.Recovered() && x.Again() {
			return chain(before) + " [recovered, repanicked]"
		}
		more := ""
		if before.Recovered() {
			more = " [recovered]"
		}
		return chain(before) + more + "\n\t" + text
	}
	return text
}

func trace(x *machine.Panic) string {
	var b strings.Builder
	for _, f := range x.Trace() {
		if !f.Synthetic {
			fmt.Fprintf(&b, "%s()\n\t%s\n", f.Func, f)
		}
	}
	return b.String()
}

// indented is how the runtime prints a text of several lines.
func indented(s string) string { return strings.ReplaceAll(s, "\n", "\n\t") }

// Text is what Go's runtime prints of an uncaught panic.
func Text(v any) string {
	var re runtime.Error
	switch v := v.(type) {
	case error:
		s := "panic: " + indented(v.Error())
		if errors.As(v, &re) && strings.Contains(v.Error(), "nil pointer dereference") {
			s += "\n[signal SIGSEGV: segmentation violation]"
		}
		return s
	case fmt.Stringer:
		return "panic: " + indented(v.String())
	case string:
		return "panic: " + indented(v)
	}
	r := reflect.ValueOf(v)
	text := ""
	switch r.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32,
		reflect.Uint64, reflect.Uintptr, reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		text = fmt.Sprint(v)
	case reflect.String:
		text = `"` + indented(r.String()) + `"`
	}
	switch {
	case text == "":
	case r.Type().PkgPath() == "":
		return "panic: " + text
	case r.CanComplex():
		return fmt.Sprintf("panic: %s%s", r.Type(), text) // it has its own parentheses
	default:
		return fmt.Sprintf("panic: %s(%s)", r.Type(), text)
	}
	return fmt.Sprintf("panic: (%T) %p", v, &v)
}
