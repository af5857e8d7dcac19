// Package engine runs the cells of a notebook: a cell is split, checked against the session, run, and its value shown.
//
//	check  what the session knows; Go's own diagnostics, completion, inspection
//	vm     runs what was checked
//	yaegi  does so, too, with less of the language, where vm cannot
//	stdio  whose output is it
//	show   values as text
//
// The engine knows nothing of Jupyter's messages: it gets source and an Output, and gives back a Result or an *Error.
package engine

import (
	"context"
	"errors"
	"fmt"
	"go/constant"
	"go/types"
	"html"
	"io/fs"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/gopherceptron/gopherceptron/kernel/display"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/check"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/exec"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/owner"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/show"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/stdio"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/rtype"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/yaegi"
)

// An Executor runs cells that were checked and committed, one at a time.
type Executor interface {
	// Run returns the values that the cell shows. The error is the context's, an *exec.Fault, or says what the executor
	// cannot do.
	Run(ctx context.Context, c *check.Cell) ([]exec.Value, error)
	// Func returns a function of the session as a Go function, or an invalid value.
	Func(ctx context.Context, o types.Object) reflect.Value
	// Call calls compiled code that calls functions of the session; ctx and what they panic with end it as they end Run.
	Call(ctx context.Context, f func()) error
	// Recovered describes what a function of the session panicked with, to the compiled code that recovered it.
	Recovered(value any) *exec.Fault
	// Reset forgets all state.
	Reset()
}

// An Output receives what a cell prints and shows, from any goroutine, also after the cell ended.
type Output interface {
	Stream(name string, text []byte)
	Show(v any, id string)
	Update(v any, id string)
	Clear(wait bool)
	Input(ctx context.Context, prompt string, password bool) (string, error)
}

// A Result is what a cell leaves.
type Result struct {
	HasValue bool
	Value    any    // what renderers look at
	Text     string // the value in Go syntax
	Page     *display.Bundle
}

// An Error ends a cell.
type Error struct {
	Name      string // "compile error", "panic", "error", "interrupt", "exit", ...
	Message   string
	Traceback []string
	Picture   display.Bundle // to be shown below the traceback; without Data there is none
}

func (e *Error) Error() string { return e.Name + ": " + e.Message }

// An Engine is one session of cells. Execute runs one cell at a time; the other methods may be called meanwhile.
type Engine struct {
	session *check.Session
	exec    Executor
	mu      sync.Mutex // held while a cell runs
	sources sources
	dir     string // where %cd - goes back to
	reads   bool   // a cell has mentioned os.Stdin
	// Notice says why another executor than the default one runs the cells; the user is to see it once.
	Notice string
}

// New returns an engine with the default executor. source holds the source of this module's packages for cells, at their
// folders.
func New(source fs.FS) *Engine {
	e, err := NewWith(source, Executors[0])
	if err != nil {
		e, _ = NewWith(source, "yaegi")
		e.Notice = fmt.Sprintf("cells run on the slower yaegi interpreter: %v", err)
	}
	return e
}

// Executors are the names of the executors, the default first.
var Executors = []string{"vm", "yaegi"}

// NewWith returns an engine with an executor by name. The error says why the executor cannot be used.
func NewWith(source fs.FS, executor string) (*Engine, error) {
	e := &Engine{session: check.NewSession(source)}
	switch executor {
	case "vm":
		if err := rtype.SelfTest(); err != nil {
			return nil, err
		}
		e.exec = vm.New(e.session)
	case "yaegi":
		e.exec = yaegi.New(e.session)
	default:
		return nil, fmt.Errorf("engine: no executor %q; want %s", executor, strings.Join(Executors, " or "))
	}
	display.Install(currentSink)
	return e, nil
}

// Execute runs a cell until it ends or ctx does. A cell that does not compile has run nothing. The error is an *Error.
func (e *Engine) Execute(ctx context.Context, number int, code string, out Output) (Result, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.sources.add(number, code)
	ctx, stop := whileRunning(ctx)
	defer stop()
	if e.Notice != "" {
		out.Show(Note(e.Notice), "")
		e.Notice = ""
	}
	r := &run{ctx: ctx, out: out, number: number}
	setRunning(r)
	stdio.Forget()
	defer stdio.Drain()
	cell, err := cutMagics(code)
	if err != nil {
		return Result{}, err
	}
	return e.runCell(r, cell)
}

// whileRunning returns a context that ends as ctx does, until stop: a goroutine that outlives its cell goes on, also in
// libraries that ask its context.
func whileRunning(ctx context.Context) (own context.Context, stop func() bool) {
	own, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	return own, context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
}

// runCell runs the magics above a cell, the cell, and the magics below it.
func (e *Engine) runCell(r *run, cell magicCell) (res Result, err error) {
	if len(cell.before)+len(cell.after) > 0 {
		if _, err := e.check(r, cell.source); err != nil {
			return Result{}, err // before any magic ran
		}
	}
	timer := noTimer
	for _, m := range cell.before {
		if m.name == "%time" {
			timer = startTimer
			continue
		}
		if err := e.magic(r, m, &res); err != nil {
			return res, err
		}
	}
	if strings.TrimSpace(cell.source) != "" {
		page := res.Page
		stop := timer(r)
		res, err = e.runSource(r, cell.source)
		stop()
		res.Page = page
		if err != nil {
			return res, err
		}
	}
	for _, m := range cell.after {
		if err := e.magic(r, m, &res); err != nil {
			return res, err
		}
	}
	return res, nil
}

func (e *Engine) check(r *run, source string) (*check.Cell, error) {
	c, err := e.session.Check(r.number, source)
	if err != nil {
		return nil, e.compileError(r.number, source, err)
	}
	return c, nil
}

// runSource checks and runs Go source.
func (e *Engine) runSource(r *run, source string) (Result, error) {
	c, err := e.check(r, source)
	if err != nil {
		return Result{}, err
	}
	for _, im := range c.Auto {
		r.out.Show(Note(fmt.Sprintf("imported %q", im.Path)), "")
	}
	undo := e.session.Commit(c)
	e.reads = e.reads || c.Uses("os", "Stdin")
	if e.reads { // this cell, or a function of an earlier one
		defer stdio.Feed(r)()
	}
	var values []exec.Value
	owner.Run(r, func() { values, err = e.exec.Run(r.ctx, c) })
	if err == nil && len(c.Tests) > 0 {
		err = e.runTests(r, c)
	}
	stdio.Drain()
	if err != nil {
		return Result{}, e.runError(r, err, undo)
	}
	return e.show(r, c, values)
}

// Invoke calls f, which may call functions of the session, as a cell is run: what it prints and shows goes to out, ctx ends it.
// It is called on the goroutine of the cells, between two cells or by one that runs. The error is an *Error.
func (e *Engine) Invoke(ctx context.Context, f func(), out Output) error {
	outer, nested := owner.Current().(*run)
	if !nested {
		e.mu.Lock()
		defer e.mu.Unlock()
		own, stop := whileRunning(ctx)
		defer stop()
		ctx = own
	}
	r := &run{ctx: ctx, out: out, inside: nested}
	if nested {
		stdio.Drain() // what the cell has printed so far is the cell's
		r.number = outer.number
		defer setRunning(outer)
	}
	setRunning(r)
	if err := e.call(r, f); err != nil {
		return e.runError(r, err, func() {})
	}
	return nil
}

// call calls compiled code that calls functions of the session.
func (e *Engine) call(r *run, f func()) (err error) {
	owner.Run(r, func() { err = e.exec.Call(r.ctx, f) })
	stdio.Drain()
	return err
}

// A Note is a remark of the kernel's beside the output of a cell.
type Note string

func (n Note) String() string { return string(n) }

// HTML makes it small.
func (n Note) HTML() string {
	return `<small style="opacity:0.6">` + html.EscapeString(string(n)) + `</small>`
}

// runError turns what an executor returned into an *Error. undo takes back a cell that the executor refused.
func (e *Engine) runError(r *run, err error, undo func()) error {
	var f *exec.Fault
	var own *Error
	switch {
	case errors.As(err, &own):
		return own
	case r.ctx.Err() != nil:
		return &Error{Name: "interrupt", Message: "the cell was interrupted", Traceback: []string{red("interrupt: ") + "the cell was interrupted; variables keep their values"}}
	case errors.As(err, &f):
		return e.pictured(r, e.fault(f), f)
	}
	undo()
	return &Error{Name: "unsupported", Message: err.Error(), Traceback: []string{red("unsupported: ") + err.Error()}}
}

// result returns what a cell shows: a constant as the checker knows it, any other value as the executor gave it.
func (e *Engine) result(c *check.Cell, values []exec.Value) Result {
	if c.Last != nil {
		tv := c.Info.Types[c.Last]
		if tv.Value != nil && isBasic(tv.Type) {
			return Result{HasValue: true, Text: constantText(tv)}
		}
		if tv.IsNil() {
			return Result{HasValue: true, Text: "nil"}
		}
	}
	if len(values) == 0 {
		return Result{}
	}
	if len(values) == 1 {
		return e.single(values[0])
	}
	var texts []string
	var all []any
	for _, v := range values {
		one := e.single(v)
		texts = append(texts, one.Text)
		all = append(all, one.Value)
	}
	return Result{HasValue: true, Value: several{all}, Text: strings.Join(texts, ", ")}
}

// several is the value of a call with more than one result; it renders as text only.
type several struct{ values []any }

// isBasic tells a constant that is its value from one of a type that may have methods.
func isBasic(t types.Type) bool {
	_, ok := t.(*types.Basic)
	return ok
}

// constantText returns a constant as a variable of its default type would be shown, and exactly where no variable holds it.
func constantText(tv types.TypeAndValue) string {
	t := tv.Type.(*types.Basic)
	switch {
	case t.Info()&types.IsComplex != 0:
		re, _ := constant.Float64Val(constant.Real(tv.Value))
		im, _ := constant.Float64Val(constant.Imag(tv.Value))
		return fmt.Sprint(complex(re, im))
	case t.Info()&types.IsFloat != 0:
		bits := 64
		if t.Kind() == types.Float32 {
			bits = 32
		}
		if f, _ := constant.Float64Val(tv.Value); !math.IsInf(f, 0) {
			return strconv.FormatFloat(f, 'g', -1, bits)
		}
		return tv.Value.String()
	}
	return tv.Value.ExactString()
}

func (e *Engine) single(v exec.Value) Result {
	res := Result{HasValue: true}
	if v.Reflect.IsValid() && v.Reflect.CanInterface() {
		res.Value = v.Reflect.Interface()
	}
	if len(v.Methods) == 0 {
		res.Text = show.Text(v.Reflect, v.Type)
		return res
	}
	b, fault := e.methodBundle(v.Methods)
	var said bool
	if res.Text, said = b.Data["text/plain"].(string); !said {
		res.Text = show.Text(v.Reflect, v.Type)
	}
	if fault != "" {
		res.Text += "\n(" + fault + ")"
	}
	b.Data["text/plain"] = res.Text
	if len(b.Data) > 1 {
		res.Value = bundled{b}
	} else {
		res.Value = nil
	}
	return res
}

// bundled is a value that was rendered already.
type bundled struct{ b display.Bundle }

func (b bundled) Bundle() display.Bundle { return b.b }

// methodBundle calls the methods of the display contract that an executor found on a cell's own type. fault names those
// that panicked.
func (e *Engine) methodBundle(methods map[string]any) (b display.Bundle, fault string) {
	mime := map[string]string{"HTML": "text/html", "SVG": "image/svg+xml", "Latex": "text/latex", "Markdown": "text/markdown",
		"JavaScript": "application/javascript", "PNG": "image/png", "JPEG": "image/jpeg", "JSON": "application/json", "String": "text/plain", "Error": "text/plain"}
	b = display.Bundle{Data: map[string]any{}}
	for _, name := range slices.Sorted(maps.Keys(methods)) {
		func() {
			defer func() {
				if p := recover(); p != nil {
					fault = fmt.Sprintf("method %s panicked: %s", name, faultText(e.exec.Recovered(p).Value))
				}
			}()
			switch f := methods[name].(type) {
			case func() string:
				b.Data[mime[name]] = f()
			case func() []byte:
				b.Data[mime[name]] = f()
			case func() map[string]any:
				b.Data[mime[name]] = f()
			}
		}()
	}
	return b, fault
}

// show returns what a cell shows; methods of the cell's own types run like the cell.
func (e *Engine) show(r *run, c *check.Cell, values []exec.Value) (Result, error) {
	if !slices.ContainsFunc(values, func(v exec.Value) bool { return len(v.Methods) > 0 }) {
		return e.result(c, values), nil
	}
	var res Result
	if err := e.call(r, func() { res = e.result(c, values) }); err != nil {
		return Result{}, e.runError(r, err, func() {}) // a method that was left behind may still write to res
	}
	return res, nil
}

// Evaluate returns the value of one expression without changing the session's names.
func (e *Engine) Evaluate(ctx context.Context, expr string, out Output) (Result, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	r := &run{ctx: ctx, out: out}
	c, err := e.session.Check(0, expr)
	if err != nil {
		return Result{}, e.compileError(0, expr, err)
	}
	if len(c.Decls)+len(c.Methods)+len(c.Vars) > 0 || c.Last == nil {
		return Result{}, &Error{Name: "compile error", Message: fmt.Sprintf("%q is not an expression", expr)}
	}
	undo := e.session.Commit(c)
	defer undo()
	var values []exec.Value
	owner.Run(r, func() { values, err = e.exec.Run(ctx, c) })
	if err != nil {
		return Result{}, e.runError(r, err, func() {})
	}
	return e.show(r, c, values)
}

// Complete returns what can stand at the cursor, a byte offset.
func (e *Engine) Complete(code string, cursor int) check.Completions {
	if c, ok := completeMagic(code, cursor); ok {
		return c
	}
	return e.session.Complete(blankMagics(code), cursor)
}

// Inspect returns the signature and the doc comment of what stands at the cursor.
func (e *Engine) Inspect(code string, cursor int) (display.Bundle, bool) {
	code = blankMagics(strings.Replace(code, "?", " ", 1))
	d, ok := e.session.Inspect(code, min(cursor, len(code)))
	if !ok {
		return display.Bundle{}, false
	}
	return description(d), true
}

// IsComplete answers "complete", "incomplete" with the next line's indent, or "invalid".
func (e *Engine) IsComplete(code string) (status, indent string) {
	return check.IsComplete(blankMagics(code))
}
