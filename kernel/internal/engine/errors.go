package engine

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/gopherceptron/gopherceptron/kernel/display"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/check"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/exec"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/show"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/stdio"
)

// sources keeps the text of the last cells, for tracebacks.
type sources struct {
	mu   sync.Mutex
	text map[int]string
	old  []int
}

const keptSources = 1000

func (s *sources) add(n int, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.text == nil {
		s.text = map[int]string{}
	}
	if _, ok := s.text[n]; !ok {
		s.old = append(s.old, n)
	}
	s.text[n] = code
	if len(s.old) > keptSources {
		delete(s.text, s.old[0])
		s.old = s.old[1:]
	}
}

func (s *sources) of(cell int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text[cell]
}

func (s *sources) line(cell, line int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := strings.Split(s.text[cell], "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return lines[line-1]
}

func red(s string) string  { return "\x1b[1;31m" + s + "\x1b[0m" }
func dim(s string) string  { return "\x1b[2m" + s + "\x1b[0m" }
func bold(s string) string { return "\x1b[1m" + s + "\x1b[0m" }

// excerpt shows a line of a cell with a caret under a column, which counts bytes.
func excerpt(text string, line, col int) []string {
	head := fmt.Sprintf("%4d | ", line)
	mark := strings.Builder{}
	for i, r := range text {
		if i >= col-1 {
			break
		}
		if r == '\t' {
			mark.WriteRune('\t')
			continue
		}
		mark.WriteString(strings.Repeat(" ", width(r)))
	}
	return []string{dim(head) + text, strings.Repeat(" ", utf8.RuneCountInString(head)) + mark.String() + red("^")}
}

// width is how many columns a rune takes in a terminal's font: Hangul, kana and ideographs take two.
func width(r rune) int {
	if r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 || r >= 0xf900 && r <= 0xfaff || r >= 0xff00 && r <= 0xff60) {
		return 2
	}
	return 1
}

// compileError describes why a cell was not run.
func (e *Engine) compileError(number int, source string, err error) error {
	var list check.Errors
	if !errors.As(err, &list) || len(list) == 0 {
		return &Error{Name: "compile error", Message: err.Error(), Traceback: []string{red("compile error: ") + err.Error()}}
	}
	return diagnostics(number, source, misplaced(source, list))
}

// misplaced puts what a command between lines of Go means in the place of what the parser says about it.
func misplaced(source string, list check.Errors) check.Errors {
	lines := strings.Split(source, "\n")
	for _, d := range list {
		if d.Line < 1 || d.Line > len(lines) || !strings.HasPrefix(d.Message, "syntax error") {
			continue
		}
		if m, ok := magicLine(lines[d.Line-1]); ok {
			return check.Errors{{Line: d.Line, Column: 1, Message: fmt.Sprintf("syntax error: %s stands between lines of Go: commands go above or below them", m.name)}}
		}
	}
	return list
}

// diagnostics lists what is wrong with a cell, each with its line.
func diagnostics(number int, source string, list check.Errors) error {
	lines := strings.Split(source, "\n")
	out := &Error{Name: "compile error", Message: list[0].String()}
	for i, d := range list {
		if i == 10 {
			out.Traceback = append(out.Traceback, dim(fmt.Sprintf("and %d more", len(list)-i)))
			break
		}
		out.Traceback = append(out.Traceback, red("compile error: ")+d.Message)
		if d.Line >= 1 && d.Line <= len(lines) {
			out.Traceback = append(out.Traceback, dim(fmt.Sprintf("cell %d, line %d, column %d", number, d.Line, d.Column)))
			out.Traceback = append(out.Traceback, excerpt(lines[d.Line-1], d.Line, d.Column)...)
		}
	}
	return out
}

// faultText returns what a cell panicked with as text. Composite values may contain themselves, which fmt does not see.
func faultText(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		return v
	}
	return show.Text(reflect.ValueOf(v), nil)
}

// pictured adds what the fault's value shows of itself by methods of the display contract: a shape that does not fit draws
// the network. A method that panics, or that is interrupted, shows nothing: what matters is the error.
func (e *Engine) pictured(r *run, out *Error, f *exec.Fault) *Error {
	methods := map[string]any{}
	switch {
	case f.Methods != nil:
		for _, name := range pictures {
			if m, has := f.Methods[name]; has {
				methods[name] = m
			}
		}
	case f.Value != nil:
		v := reflect.ValueOf(f.Value)
		for _, name := range pictures {
			if m := v.MethodByName(name); m.IsValid() && !(v.Kind() == reflect.Pointer && v.IsNil()) {
				methods[name] = m.Interface()
			}
		}
	}
	if len(methods) == 0 {
		return out
	}
	done := make(chan display.Bundle, 1) // a method that was left behind may still draw
	if e.call(r, func() { b, _ := e.methodBundle(methods); done <- b }) != nil {
		return out
	}
	b := <-done
	maps.DeleteFunc(b.Data, func(_ string, form any) bool { return reflect.ValueOf(form).Len() == 0 })
	if len(b.Data) > 0 {
		b.Data["text/plain"] = "picture of: " + out.Message
		out.Picture = b
	}
	return out
}

// pictures are the methods of the display contract by which an error shows itself.
var pictures = []string{"HTML", "SVG", "PNG", "JPEG"}

// fault describes what ended a running cell, with the places in cells on the way to it.
func (e *Engine) fault(f *exec.Fault) *Error {
	if exit, ok := f.Value.(stdio.Exit); ok {
		msg := fmt.Sprintf("the cell ended with %v; the kernel goes on", exit)
		return &Error{Name: "exit", Message: msg, Traceback: []string{red("exit: ") + msg}}
	}
	name := "error"
	if f.Panic {
		name = "panic"
	}
	msg := faultText(f.Value)
	out := &Error{Name: name, Message: msg, Traceback: []string{red(name+": ") + msg}}
	for i, fr := range f.Trace {
		if i == 20 {
			out.Traceback = append(out.Traceback, dim(fmt.Sprintf("and %d more calls", len(f.Trace)-i)))
			break
		}
		place := fmt.Sprintf("cell %d, line %d, column %d", fr.Cell, fr.Line, fr.Column)
		if fr.Func != "" && !strings.HasPrefix(fr.Func, "cell__") {
			place += ", in " + fr.Func
		}
		out.Traceback = append(out.Traceback, dim(place))
		if text := e.sources.line(fr.Cell, fr.Line); text != "" {
			out.Traceback = append(out.Traceback, excerpt(text, fr.Line, fr.Column)...)
		}
	}
	if len(f.Trace) > 0 {
		out.Message += fmt.Sprintf(" (cell %d, line %d)", f.Trace[0].Cell, f.Trace[0].Line)
	}
	return out
}
