// Package stdio gives each cell the standard streams: what a goroutine prints goes to the cell that started it.
//
// Print functions of fmt and log, and the print built-ins, know the goroutine and go to its cell at once. os.Stdout and
// os.Stderr are the ends of pipes; what arrives there is the running cell's. A print drains the pipes first, so that
// the order stays whatever way the lines take; only bytes that are written to both files without any print in between,
// such as by their Write methods, may change places.
package stdio

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/owner"
)

// A Cell is what owns a goroutine's streams.
type Cell interface {
	// Stream appends to "stdout" or "stderr".
	Stream(name string, text []byte)
	// Input asks the user for a line, without its end.
	Input(ctx context.Context, prompt string, password bool) (string, error)
	// Context ends when the cell is interrupted.
	Context() context.Context
}

// running is the cell of goroutines that belong to none.
var running atomic.Pointer[Cell]

// SetRunning names the cell that runs now.
func SetRunning(c Cell) { running.Store(&c) }

// Forget drops what earlier cells left of a line of input: the next cell asks for its own.
func Forget() {
	in := Stdin.(*input)
	if !in.mu.TryLock() {
		return // a goroutine of an earlier cell still waits for its line
	}
	defer in.mu.Unlock()
	in.line, in.next = nil, 0
}

// current returns the cell of the calling goroutine, else the running one, or nil.
func current() Cell {
	if c, ok := owner.Current().(Cell); ok {
		return c
	}
	if c := running.Load(); c != nil {
		return *c
	}
	return nil
}

// Stdout and Stderr write to the calling goroutine's cell.
var (
	Stdout io.Writer = stream("stdout")
	Stderr io.Writer = stream("stderr")
)

type stream string

func (s stream) Write(p []byte) (int, error) {
	c := current()
	if c == nil {
		return original(string(s)).Write(p)
	}
	Drain()
	c.Stream(string(s), p)
	return len(p), nil
}

// Stdin reads the lines that the user is asked for.
var Stdin io.RuneScanner = &input{}

// input hands out what is left of a line before it asks for the next.
type input struct {
	mu   sync.Mutex
	line []rune
	next int
}

func (in *input) ReadRune() (rune, int, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.next == len(in.line) {
		c := current()
		if c == nil {
			return 0, 0, io.EOF
		}
		s, err := c.Input(c.Context(), "", false)
		if err != nil {
			return 0, 0, err
		}
		in.line, in.next = []rune(s+"\n"), 0
	}
	in.next++
	return in.line[in.next-1], 1, nil
}

func (in *input) UnreadRune() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.next == 0 {
		return fmt.Errorf("stdio: nothing was read")
	}
	in.next--
	return nil
}

func (in *input) Read(p []byte) (int, error) {
	r, _, err := in.ReadRune()
	if err != nil {
		return 0, err
	}
	return copy(p, string(r)), nil
}

// An Exit is the panic with which os.Exit and log.Fatal end a cell instead of the process.
type Exit struct{ Code int }

func (e Exit) Error() string { return fmt.Sprintf("exit status %d", e.Code) }

// Overrides returns the functions that cells get in place of the compiled ones, by package and name; it is the same map
// each time, which the caller must not change.
var Overrides = sync.OnceValue(func() map[string]map[string]reflect.Value {
	exit := func(code int) { panic(Exit{code}) }
	l := log.Default()
	v := reflect.ValueOf
	return map[string]map[string]reflect.Value{
		"fmt": {
			"Print":    v(func(a ...any) (int, error) { return fmt.Fprint(Stdout, a...) }),
			"Printf":   v(func(f string, a ...any) (int, error) { return fmt.Fprintf(Stdout, f, a...) }),
			"Println":  v(func(a ...any) (int, error) { return fmt.Fprintln(Stdout, a...) }),
			"Fprint":   v(func(w io.Writer, a ...any) (int, error) { return fmt.Fprint(direct(w), a...) }),
			"Fprintf":  v(func(w io.Writer, f string, a ...any) (int, error) { return fmt.Fprintf(direct(w), f, a...) }),
			"Fprintln": v(func(w io.Writer, a ...any) (int, error) { return fmt.Fprintln(direct(w), a...) }),
			"Scan":     v(func(a ...any) (int, error) { return fmt.Fscan(reader{}, a...) }),
			"Scanf":    v(func(f string, a ...any) (int, error) { return fmt.Fscanf(reader{}, f, a...) }),
			"Scanln":   v(func(a ...any) (int, error) { return fmt.Fscanln(reader{}, a...) }),
		},
		"os": {"Exit": v(exit)},
		"log": {
			"Fatal":   v(func(a ...any) { l.Output(2, fmt.Sprint(a...)); exit(1) }),
			"Fatalf":  v(func(f string, a ...any) { l.Output(2, fmt.Sprintf(f, a...)); exit(1) }),
			"Fatalln": v(func(a ...any) { l.Output(2, fmt.Sprintln(a...)); exit(1) }),
		},
	}
})

// direct spares what is printed to os.Stdout and os.Stderr the pipes, which keep no order between the two.
func direct(w io.Writer) io.Writer {
	switch w {
	case os.Stdout:
		return Stdout
	case os.Stderr:
		return Stderr
	}
	return w
}

// reader gives fmt's scanners a RuneScanner, so that they read no further than they must.
type reader struct{}

func (reader) Read(p []byte) (int, error)   { return Stdin.(io.Reader).Read(p) }
func (reader) ReadRune() (rune, int, error) { return Stdin.ReadRune() }
func (reader) UnreadRune() error            { return Stdin.UnreadRune() }
func original(name string) *os.File {
	if name == "stderr" {
		return realStderr
	}
	return realStdout
}
