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
	"maps"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
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
	e := &emitter{x: x, c: c}
	decls, body, err := e.cell()
	if err != nil {
		return nil, err
	}
	x.trace.reset()
	x.host.begin()
	if decls != "" {
		if _, err := x.eval(ctx, decls); err != nil {
			return nil, err
		}
	}
	if deps := x.redeclare(e); deps != "" {
		if _, err := x.eval(ctx, "package main\n"+deps); err != nil {
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
			err = fmt.Errorf("the interpreter cannot run this cell: %v", r)
		}
	}()
	v, err = x.interp.EvalWithContext(ctx, src)
	var p interp.Panic
	switch {
	case err == nil:
		return v, nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		settle()
		return v, err
	case errors.As(err, &p) && !strings.Contains(string(p.Stack), "interp.(*Interpreter).compileSrc"):
		return v, x.fault(p)
	}
	return v, fmt.Errorf("the interpreter cannot run this cell: %s", places.ReplaceAllStringFunc(err.Error(), func(s string) string {
		n, _ := strconv.Atoi(places.FindStringSubmatch(s)[1])
		return fmt.Sprintf("cell %d:%d", n/cellLines, n%cellLines)
	}))
}

// places are the interpreter's lines in its messages.
var places = regexp.MustCompile(`(?:_\.go:)?\b(\d{7,})\b`)

// settleTime is how long an interrupted cell may take to stop. One that waits in a compiled call is left behind.
const settleTime = 100 * time.Millisecond

// settle waits until the interpreter's goroutine of an interrupted cell has ended. EvalWithContext does not, and what the
// goroutine still reads would be a race with the next cell, which makes the interpreter's frame of globals anew.
func settle() {
	buf := make([]byte, 1<<20)
	for end := time.Now().Add(settleTime); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if !bytes.Contains(buf[:runtime.Stack(buf, true)], []byte("interp.(*Interpreter).EvalWithContext.func1(")) {
			return
		}
	}
}

// fault turns a panic of the interpreter into a Fault.
func (x *Executor) fault(p interp.Panic) error {
	value := p.Value
	if v, ok := value.(reflect.Value); ok && v.IsValid() && v.CanInterface() {
		value = v.Interface()
	}
	if f, ok := value.(failure); ok {
		return &exec.Fault{Value: f.err, Trace: []exec.Frame{f.place}}
	}
	if _, ok := value.(runtime.Error); ok {
		value = fmt.Errorf("%s", strings.TrimPrefix(fmt.Sprint(value), "runtime error: "))
	}
	return &exec.Fault{Value: value, Panic: true, Trace: x.host.frames(x.trace.frames()), Stack: p.Stack}
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
	return m
}

// A trace collects the places that the interpreter logs while a panic unwinds, innermost first.
type trace struct {
	mu   sync.Mutex
	text strings.Builder
}

func (t *trace) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.text.Len() < 1<<16 {
		t.text.Write(p)
	}
	return len(p), nil
}

func (t *trace) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text.Reset()
}

var tracePlace = regexp.MustCompile(`(?m)^(?:_\.go:)?(\d+):(\d+): panic: (.*)\(\.\.\.\)$`)

func (t *trace) frames() []exec.Frame {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []exec.Frame
	for _, m := range tracePlace.FindAllStringSubmatch(t.text.String(), 50) {
		line, _ := strconv.Atoi(m[1])
		col, _ := strconv.Atoi(m[2])
		if line < cellLines {
			continue // the executor's own source
		}
		out = append(out, exec.Frame{Cell: line / cellLines, Line: line % cellLines, Column: col, Func: strings.TrimPrefix(m[3], "main.")})
	}
	return out
}
