// Package yaegi runs checked cells on github.com/traefik/yaegi, an interpreter without unsafe code.
//
// A cell becomes source again: its declarations, a typed global for each variable of the session, and a function with
// its statements, in which every name is replaced by that of its slot. What yaegi's language lacks is not worked around.
package yaegi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/types"
	"io"
	"log"
	"maps"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/traefik/yaegi/interp"

	"github.com/gopherceptron/gopherceptron/kernel/internal/bind"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/check"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/exec"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/stdio"
)

// An Executor is one session of the interpreter. It runs one cell at a time.
type Executor struct {
	session *check.Session
	interp  *interp.Interpreter
	trace   *trace
	names   map[string]string // import path -> its name in the interpreter
	globals map[*check.Slot]bool
	funcs   map[*check.Slot]*function
	host    *host
	lines   lines
	left    int // goroutines of interrupted cells that have not ended
}

// A function is one that was declared, for the day when a function that it calls is redefined.
type function struct {
	text string
	uses map[*check.Slot]bool
}

// New returns an executor for the cells of a session.
func New(s *check.Session) *Executor {
	x := &Executor{session: s}
	x.Reset()
	return x
}

// Reset forgets everything; goroutines of earlier cells go on.
func (x *Executor) Reset() {
	x.trace = &trace{}
	x.interp = interp.New(interp.Options{Stdin: stdio.Stdin.(io.Reader), Stdout: stdio.Stdout, Stderr: x.trace, Unrestricted: true})
	x.names = map[string]string{}
	x.globals = map[*check.Slot]bool{}
	x.funcs = map[*check.Slot]*function{}
	x.host = &host{}
	x.interp.Use(interp.Exports{hostPath + "/" + hostName: x.host.symbols()})
	if _, err := x.interp.Eval(fmt.Sprintf("import %s %q", hostName, hostPath)); err != nil {
		panic("yaegi: the host package cannot be imported: " + err.Error())
	}
}

// Run runs a committed cell and returns the values to show. An interrupt gives the context's error, a fault of the cell
// a *exec.Fault, and what the interpreter cannot do another error.
func (x *Executor) Run(ctx context.Context, c *check.Cell) (vs []exec.Value, err error) {
	e := &emitter{x: x, c: c, base: x.lines.add(c.Number, c.Line(len(c.Source)))}
	decls, body, err := e.cell()
	if err != nil {
		return nil, err
	}
	x.trace.reset()
	x.host.begin()
	if decls != "" {
		if err := x.declare(ctx, e, decls); err != nil {
			return nil, err
		}
	}
	if body != "" {
		if _, err := x.eval(ctx, body); err != nil {
			return nil, err
		}
	}
	if c.Main {
		if _, err := x.eval(ctx, x.session.Slot(c.Pkg.Scope().Lookup("main")).Name+"()"); err != nil {
			return nil, err
		}
	}
	return x.host.values(e.shown), nil
}

// declare compiles the declarations of a cell. When the interpreter refuses them it may have taken some: then the
// functions that they were to replace are declared again as they were.
func (x *Executor) declare(ctx context.Context, e *emitter, decls string) error {
	defer quietLog()()
	_, err := x.eval(ctx, decls)
	if err == nil {
		if deps := x.redeclare(e); deps != "" {
			_, err = x.eval(ctx, "package main\n"+deps)
		}
		return err
	}
	var refused *refusal
	if !errors.As(err, &refused) {
		x.redeclare(e) // a fault of an init function or an interrupt: the declarations stand
		return err
	}
	refused.hint = gaps(e.c)
	var old strings.Builder
	for s := range e.funcs {
		if f := x.funcs[s]; f != nil {
			old.WriteString(f.text + "\n")
		}
	}
	if old.Len() > 0 {
		x.eval(context.WithoutCancel(ctx), "package main\n"+old.String())
	}
	return err
}

// A refusal is what the interpreter says of a cell that it cannot run.
type refusal struct{ reason, hint string }

func (r *refusal) Error() string {
	if r.hint != "" {
		return "the interpreter cannot run this cell: " + r.hint
	}
	return "the interpreter cannot run this cell: " + r.reason
}

func (x *Executor) refuse(reason string) error { return &refusal{reason: x.cellPlaces(reason)} }

// Func returns a Go view of a function of the session, or an invalid value.
func (x *Executor) Func(ctx context.Context, o types.Object) reflect.Value {
	s := x.session.Slot(o)
	if s == nil {
		return reflect.Value{}
	}
	v, err := x.eval(ctx, s.Name)
	if err != nil {
		return reflect.Value{}
	}
	return v
}

// Call calls f on a goroutine of the interpreter's, so that an interrupt stops the functions of the session that f calls.
func (x *Executor) Call(ctx context.Context, f func()) error {
	x.trace.reset()
	x.host.begin()
	done := make(chan struct{})
	x.host.call = func() {
		defer close(done)
		f()
	}
	_, err := x.eval(ctx, hostName+".Call()")
	if ctx.Err() != nil { // what f called has been stopped; f itself is better over when the next cell begins
		select {
		case <-done:
		case <-time.After(50 * time.Millisecond):
		}
	}
	return err
}

// Recovered implements the executor's side of a recover in compiled code.
func (x *Executor) Recovered(value any) *exec.Fault {
	return x.fault(interp.Panic{Value: value, Stack: debug.Stack()})
}

// redeclare records the functions that a cell declared and returns the source of the earlier ones that call one that was
// redefined, directly or not.
func (x *Executor) redeclare(e *emitter) string {
	changed := map[*check.Slot]bool{}
	for s, f := range e.funcs {
		changed[s] = x.funcs[s] != nil
		x.funcs[s] = f
	}
	var out strings.Builder
	for more := true; more; {
		more = false
		for _, s := range slices.SortedFunc(maps.Keys(x.funcs), func(a, b *check.Slot) int { return strings.Compare(a.Name, b.Name) }) {
			if _, done := changed[s]; done {
				continue
			}
			for u := range x.funcs[s].uses {
				if changed[u] {
					changed[s], more = true, true
					out.WriteString(x.funcs[s].text + "\n")
					break
				}
			}
		}
	}
	return out.String()
}

// eval runs source in the interpreter.
func (x *Executor) eval(ctx context.Context, src string) (v reflect.Value, err error) {
	defer func() {
		if r := recover(); r != nil { // the compiler of yaegi panics on what it does not know
			err = x.refuse(fmt.Sprint(r))
		}
	}()
	v, err = x.interp.EvalWithContext(ctx, src)
	var p interp.Panic
	switch {
	case err == nil:
		return v, nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		x.settle()
		return v, err
	case errors.As(err, &p) && !compiles(p):
		return v, x.fault(p)
	}
	return v, x.refuse(err.Error())
}

// compiles reports whether a panic came out of the interpreter's compiler.
func compiles(p interp.Panic) bool {
	stack := string(p.Stack)
	return strings.Contains(stack, "interp.(*Interpreter).compileSrc") ||
		strings.Contains(stack, "interp.genRun(") && !strings.Contains(stack, "interp.(*Interpreter).run(")
}

// places are the interpreter's lines in its messages, of cells and of the text around them.
var places = regexp.MustCompile(`(?:_\.go:)?\b(\d+):(\d+): `)

// cellPlaces writes the interpreter's places in a message as the cell's; others are dropped.
func (x *Executor) cellPlaces(msg string) string {
	return places.ReplaceAllStringFunc(msg, func(s string) string {
		m := places.FindStringSubmatch(s)
		n, _ := strconv.Atoi(m[1])
		cell, line, ok := x.lines.find(n)
		if !ok {
			return ""
		}
		return fmt.Sprintf("cell %d, line %d, column %s: ", cell, line, m[2])
	})
}

// settleTime is how long an interrupted cell may take to stop. One that waits in a compiled call is left behind.
const settleTime = 50 * time.Millisecond

// settle waits until the interpreter's goroutine of an interrupted cell has ended. EvalWithContext does not, and what the
// goroutine still reads would be a race with the next cell, which makes the interpreter's frame of globals anew.
func (x *Executor) settle() {
	buf := make([]byte, 1<<20)
	for end := time.Now().Add(settleTime); ; time.Sleep(time.Millisecond) {
		n := bytes.Count(buf[:runtime.Stack(buf, true)], []byte("interp.(*Interpreter).EvalWithContext.func1("))
		if n <= x.left || time.Now().After(end) {
			x.left = n // those of earlier cells: nobody waits for them again
			return
		}
	}
}

// fault turns a panic of the interpreter into a Fault.
func (x *Executor) fault(p interp.Panic) *exec.Fault {
	value := p.Value
	if v, ok := value.(reflect.Value); ok && v.IsValid() && v.CanInterface() {
		value = v.Interface()
	}
	if f, ok := value.(failure); ok {
		return &exec.Fault{Value: f.err, Trace: []exec.Frame{f.place}}
	}
	switch v := value.(type) {
	case runtime.Error:
		value = errors.New(strings.TrimPrefix(v.Error(), "runtime error: "))
	case string:
		value = runtimeText(v, string(p.Stack))
	case *reflect.ValueError:
		value = runtimeText(v.Error(), string(p.Stack))
	case error:
		if m := asserted.FindStringSubmatch(v.Error()); m != nil {
			value = errors.New(m[1])
		}
	}
	return &exec.Fault{Value: value, Panic: true, Trace: x.host.frames(x.trace.frames(&x.lines)), Stack: p.Stack}
}

// asserted is the interpreter's panic of a type assertion, which begins with a place.
var asserted = regexp.MustCompile(`^(?:_\.go:)?\d+:\d+: (interface conversion: .*)`)

// runtimeText returns what a panic of the interpreter says of a cell. Where it runs into package reflect by itself, as
// the frames above it tell, the cell did what ends a compiled program too, or something that the interpreter cannot do.
func runtimeText(msg, stack string) string {
	above := stack[strings.LastIndex(stack, "\npanic(")+1:] // the frames of what panicked
	above, _, _ = strings.Cut(above, "yaegi/interp.")
	if !strings.HasPrefix(msg, "reflect") || strings.Contains(above, "reflect.Value.Call(") {
		return msg
	}
	switch {
	case strings.Contains(msg, "index out of range"):
		return "index out of range"
	case strings.Contains(msg, "on zero Value"):
		return "invalid memory address or nil pointer dereference"
	}
	return "the interpreter cannot do this: " + msg
}

// quietLog keeps what the interpreter's compiler logs beside its errors out of the cell's output, until restore.
func quietLog() (restore func()) {
	old := log.Writer()
	log.SetOutput(quiet{old})
	return func() {
		if _, ok := log.Writer().(quiet); ok {
			log.SetOutput(old)
		}
	}
}

type quiet struct{ io.Writer }

func (q quiet) Write(p []byte) (int, error) {
	if bytes.HasSuffix(p, []byte("nil type\n")) || bytes.HasSuffix(p, []byte("nil reflect type\n")) {
		return len(p), nil
	}
	return q.Writer.Write(p)
}

// use makes a package known to the interpreter and returns its name there.
func (x *Executor) use(path, name string) (string, error) {
	if n := x.names[path]; n != "" {
		return n, nil
	}
	p := bind.Lookup(path)
	if p == nil && path != "unsafe" {
		return "", fmt.Errorf("package %s has no table for the interpreter", path)
	}
	exports := interp.Exports{}
	if path == "unsafe" {
		exports["unsafe/unsafe"] = unsafeSymbols
	} else {
		exports[path+"/"+p.Name] = override(path, p.Symbols())
	}
	if path == "fmt" || path == "encoding/json" || path == "log" {
		exports["."] = mapTypes()
	}
	if err := x.interp.Use(exports); err != nil {
		return "", fmt.Errorf("package %s: %w", path, err)
	}
	alias := name
	for i := 2; slices.Contains(slices.Collect(maps.Values(x.names)), alias); i++ {
		alias = name + "__" + strconv.Itoa(i)
	}
	if _, err := x.interp.Eval(fmt.Sprintf("import %s %q", alias, path)); err != nil {
		return "", fmt.Errorf("package %s: %w", path, err)
	}
	x.names[path] = alias
	return alias, nil
}

func override(path string, symbols map[string]reflect.Value) map[string]reflect.Value {
	o := stdio.Overrides()[path]
	if o == nil {
		return symbols
	}
	m := maps.Clone(symbols)
	maps.Copy(m, o)
	if path == "fmt" {
		m["_Stringer"] = reflect.ValueOf((*stringer)(nil))
	}
	return m
}
