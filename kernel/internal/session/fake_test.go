package session_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/display"
	"github.com/gopherceptron/gopherceptron/kernel/internal/kerneltest"
	"github.com/gopherceptron/gopherceptron/kernel/internal/session"
)

// A fakeEngine runs cells of a tiny language, one command a line: see Execute.
type fakeEngine struct{}

func (fakeEngine) Execute(ctx context.Context, c session.Cell, out session.Output) (res session.Result, err error) {
	for line := range strings.Lines(c.Code) {
		verb, arg, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
		word, rest, _ := strings.Cut(arg, " ")
		number, _ := strconv.Atoi(word)
		duration, _ := time.ParseDuration(word)
		switch verb {
		case "":
		case "echo":
			res.HasValue, res.Value = true, arg
		case "value":
			res.HasValue, res.Value = true, values[arg]
		case "print":
			out.Stream("stdout", []byte(arg+"\n"))
		case "eprint":
			out.Stream("stderr", []byte(arg+"\n"))
		case "lines":
			for i := range number {
				fmt.Fprintln(writer{out}, "line", i)
			}
		case "turns":
			for i := range number {
				out.Stream([]string{"stdout", "stderr"}[i%2], fmt.Appendf(nil, "line %d\n", i))
			}
		case "bytes":
			b, err := hex.DecodeString(arg)
			if err != nil {
				return res, err
			}
			out.Stream("stdout", b)
		case "error":
			return res, &session.Error{Name: word, Message: rest, Traceback: []string{"1: " + word, rest}}
		case "fail":
			return res, errors.New(arg)
		case "panic":
			panic(arg)
		case "goexit":
			runtime.Goexit()
		case "block":
			<-ctx.Done()
			return res, ctx.Err()
		case "hang":
			time.Sleep(duration)
		case "sleep":
			select {
			case <-time.After(duration):
			case <-ctx.Done():
				return res, ctx.Err()
			}
		case "input", "password":
			line, err := out.Input(ctx, arg, verb == "password")
			if err != nil {
				return res, err
			}
			out.Stream("stdout", []byte("got "+line+"\n"))
		case "show":
			out.Show(arg, "")
		case "display":
			out.Show(rest, word)
		case "update":
			out.Update(rest, word)
		case "clear":
			out.Clear(arg == "wait")
		case "page":
			res.Payload = append(res.Payload, session.Payload{Source: "page", Data: display.Bundle{Data: map[string]any{"text/plain": arg}}})
		case "next":
			res.Payload = append(res.Payload, session.Payload{Source: "set_next_input", Text: arg, Replace: true})
		case "late":
			go func() {
				time.Sleep(duration)
				out.Stream("stdout", []byte(rest+"\n"))
			}()
		default:
			return res, &session.Error{Name: "SyntaxError", Message: "unknown command " + verb}
		}
	}
	return res, nil
}

// values are what is hard to encode, or to render.
var values = map[string]any{
	"nan":     display.Bundle{Data: map[string]any{"text/plain": "NaN", "application/json": math.NaN(), "text/html": "<b>NaN</b>"}},
	"chan":    display.Bundle{Data: map[string]any{"application/json": make(chan int)}, Metadata: map[string]any{"bad": math.Inf(1), "good": 1}},
	"png":     display.Bundle{Data: map[string]any{"text/plain": "a picture", "image/png": []byte("\x89PNG")}},
	"html":    display.Bundle{Data: map[string]any{"text/plain": "b", "text/html": []byte("<b>b & c</b>")}},
	"invalid": display.Bundle{Data: map[string]any{"text/plain": "a\xffb"}},
	"panics":  func() {},
}

type writer struct{ out session.Output }

func (w writer) Write(b []byte) (int, error) { w.out.Stream("stdout", b); return len(b), nil }

func (fakeEngine) Evaluate(ctx context.Context, expr string, out session.Output) (session.Result, error) {
	switch expr {
	case "bad":
		return session.Result{}, &session.Error{Name: "NameError", Message: "bad is undefined"}
	case "panic":
		panic("in an expression")
	}
	return session.Result{HasValue: true, Value: "<" + expr + ">"}, nil
}

func (fakeEngine) Complete(code string, cursor int) session.Completions {
	if strings.HasPrefix(code, "panic") {
		panic("in complete")
	}
	start := strings.LastIndexByte(code[:cursor], ' ') + 1
	word := code[start:cursor]
	return session.Completions{Start: start, End: cursor, Items: []session.Completion{
		{Text: word + "Print", Kind: "function", Signature: "(a ...any)"}, {Text: word + "x", Kind: "variable"},
	}}
}

func (fakeEngine) Inspect(code string, cursor, detail int) (display.Bundle, bool) {
	text := fmt.Sprintf("%q at %d, detail %d", code, cursor, detail)
	return display.Bundle{Data: map[string]any{"text/plain": text}}, code != "nothing"
}

func (fakeEngine) IsComplete(code string) (status, indent string) {
	if strings.HasSuffix(code, "{") {
		return "incomplete", "\t"
	}
	return "complete", "\t"
}

// A fakeRenderer takes bundles as they are.
type fakeRenderer struct{}

func (fakeRenderer) Render(v any, text string) display.Bundle {
	switch v := v.(type) {
	case display.Bundle:
		return v
	case func():
		panic("no picture of a function")
	}
	return display.Bundle{Data: map[string]any{"text/plain": fmt.Sprint(v)}}
}

// options are those of the scripts.
func options(t testing.TB, conn session.Conn) session.Options {
	return session.Options{
		Conn: conn, Engine: fakeEngine{}, Renderer: fakeRenderer{}, Version: "0.0", OutputDir: t.TempDir(),
	}
}

func TestScripts(t *testing.T) {
	kerneltest.Run(t, "testdata", func(t *testing.T, conn session.Conn) kerneltest.Runner {
		s := session.New(options(t, conn))
		echo(s.Comms())
		return s
	})
}

// echo is a target which sends back what it gets, and one which panics.
func echo(c *session.Comms) {
	c.Target("echo", func(parent []byte, id string, data, metadata []byte, buffers [][]byte) {
		c.OnMessage(id, func(parent, data []byte, buffers [][]byte) {
			c.Send(parent, id, map[string]string{"echo": string(data)}, map[string]any{"version": "2.1.0"}, buffers)
		})
		c.OnClose(id, func(parent, data []byte) { c.Open(parent, "closed", id, nil, nil, nil) })
		c.Send(parent, id, map[string]string{"opened": string(data), "metadata": string(metadata)}, nil, buffers)
	})
	c.Target("panic", func([]byte, string, []byte, []byte, [][]byte) { panic("in a target") })
}
