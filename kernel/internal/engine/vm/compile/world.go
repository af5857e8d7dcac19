// Package compile turns functions in the SSA form of golang.org/x/tools/go/ssa into blocks of package op, with frames for
// package machine.
//
// A function is compiled in four steps: instructions that belong to the one that uses them are folded into it (fuse.go);
// values that are one variable of the source share a register (live.go); every other value gets a register or a
// constant (register.go); each instruction becomes one or more op.Ops (instr.go and its neighbours), which are laid out
// in blocks (block.go).
//
// To add an instruction: find its case in instr.go, read the operands' slots with c.at, and emit an op; put a template
// into package op if it is for several types.
package compile

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/ssa"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/machine"
)

// A World is what a function finds outside itself. Its methods panic with an Error.
type World interface {
	// Type returns the runtime type of a type.
	Type(t types.Type) reflect.Type
	// Global returns the address of a variable.
	Global(g *ssa.Global) machine.P
	// Function returns the machine's function for f, or nil and the compiled one.
	Function(f *ssa.Function) (*machine.Cell, reflect.Value)
	// Start returns where the expression begins whose instruction has a position: of a call that of its parenthesis, say.
	Start(pos token.Pos) token.Pos
	// Host returns what functions need when they run; it must not keep the SSA form.
	Host() Host
}

// A Host is what a function asks while it runs.
type Host interface {
	// Method finds the machine's function for a method by its id (types.Id); see machine.Method.
	Method(recv reflect.Type, id string) (cell *machine.Cell, value reflect.Type)
	// Meet says how two types that print alike differ, or "".
	Meet(have, want reflect.Type) string
	// Place returns a place in the source.
	Place(pos token.Pos) machine.Place
	// Source returns Place, each time the same function.
	Source() func(pos token.Pos) machine.Place
}

// An Error says why a function cannot be compiled.
type Error struct {
	Place machine.Place
	Text  string
}

func (e *Error) Error() string {
	if e.Place.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("%s: %s", e.Place, e.Text)
}

// Func returns a function of the machine for f, which is compiled when it is first called.
func Func(w World, f *ssa.Function) *machine.Func { return newFunc(w, head(w, f), f, false) }

// Method is Func for the method of a type, which stays for good.
func Method(w World, f *ssa.Function) *machine.Func { return newFunc(w, head(w, f).Shared(), f, true) }

func newFunc(w World, h *machine.Head, f *ssa.Function, forGood bool) *machine.Func {
	return machine.NewFunc(h, forGood, func(fn *machine.Func) error { return Into(w, f, fn) })
}

func head(w World, f *ssa.Function) *machine.Head {
	var params, results []reflect.Type
	for _, p := range f.Params {
		params = append(params, w.Type(p.Type()))
	}
	if len(f.Params) == 0 && f.Signature.Params().Len() > 0 { // not built yet
		for v := range f.Signature.Params().Variables() {
			params = append(params, w.Type(v.Type()))
		}
	}
	for v := range f.Signature.Results().Variables() {
		results = append(results, w.Type(v.Type()))
	}
	h := machine.NewHead(f.Name(), params, results)
	h.Source = w.Host().Source()
	h.Synthetic = f.Synthetic != "" && f.Syntax() == nil
	return h
}

// Into compiles f as the code of fn.
func Into(w World, f *ssa.Function, fn *machine.Func) (err error) {
	c := newCompiler(w, f, fn)
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Error:
			if r.Place.Line == 0 && c.at_.IsValid() {
				r.Place = w.Host().Place(c.at_)
			}
			err = r
		default:
			panic(r)
		}
	}()
	c.function()
	return nil
}
