package kernel

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/stdio"
	"github.com/gopherceptron/gopherceptron/kernel/internal/notebook"
	"github.com/gopherceptron/gopherceptron/kernel/internal/transport"
)

const runHelp = `usage: gopherceptron run [flags] NOTEBOOK

Runs all code cells of a notebook, without a browser and without Python, and prints
what they print. The exit code is 1 if a cell fails, and the cells after it are not run.

`

// A runOptions is what the flags of run say.
type runOptions struct {
	output  string
	inplace bool
	quiet   bool
	timeout time.Duration
	allow   bool
	params  params
}

// params are the values of -param flags.
type params map[string]string

func (p params) String() string { return "" }

func (p params) Set(s string) error {
	name, value, ok := strings.Cut(s, "=")
	if !ok || name == "" {
		return fmt.Errorf("want name=value, got %q", s)
	}
	p[name] = value
	return nil
}

func (o *runOptions) register(fs *flag.FlagSet) {
	o.params = params{}
	fs.StringVar(&o.output, "o", "", "write the notebook with its outputs to this `file`")
	fs.BoolVar(&o.inplace, "inplace", false, "write the outputs into the notebook itself")
	fs.BoolVar(&o.quiet, "quiet", false, "print errors only")
	fs.DurationVar(&o.timeout, "timeout", 0, "interrupt a cell that takes longer, and fail (example: 90s)")
	fs.BoolVar(&o.allow, "allow-errors", false, "go on after a cell that fails")
	fs.Var(o.params, "param", "set a variable of the cell tagged parameters: `name=value` (repeatable)")
}

// runCommand runs a notebook; see runHelp.
func runCommand(args []string) int {
	fs := newFlagSet("run", runHelp, os.Stderr)
	var o runOptions
	o.register(fs)
	if code := parseFlags(fs, args); code >= 0 {
		return code
	}
	if fs.NArg() != 1 || o.output != "" && o.inplace {
		fmt.Fprintf(os.Stderr, "gopherceptron run: want one notebook, after the flags, and -o or -inplace, not both; got %q\n", fs.Args())
		return 2
	}
	stdout, stderr := os.Stdout, os.Stderr // the cells get their own
	ctx, stop := untilSignal()
	defer stop()
	err := runNotebook(ctx, fs.Arg(0), o, stdout, stderr)
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "interrupted")
		return 130
	}
	if err != nil {
		return fail(stderr, err)
	}
	return 0
}

// runNotebook runs the cells of a notebook in a session of its own and writes the outputs where o says, those of the
// cells before a failure too.
func runNotebook(ctx context.Context, path string, o runOptions, stdout, stderr io.Writer) error {
	nb, err := notebook.ReadFile(path)
	if err != nil {
		return err
	}
	if len(o.params) > 0 {
		if err := nb.Parameters(o.params); err != nil {
			return err
		}
	}
	release, err := stdio.Capture()
	if err != nil {
		return err
	}
	defer release()
	conn, client := transport.Pipe()
	s := newSession(conn, slog.New(slog.DiscardHandler))
	ended := make(chan error, 1)
	go func() { ended <- s.Run(context.Background()) }()
	t := &terminal{out: stdout, quiet: o.quiet}
	err = notebook.Execute(ctx, nb, t.watch(client), notebook.Options{AllowErrors: o.allow, CellTimeout: o.timeout, Progress: t.progress})
	conn.Close()
	<-ended
	t.finish()
	var failed *notebook.CellError
	if errors.As(err, &failed) {
		printCellError(stderr, nb, failed)
		err = fmt.Errorf("%s: cell %d (%s) failed", path, failed.Index+1, failed.ID)
	}
	target := o.output
	if o.inplace {
		target = path
	}
	if target != "" {
		if werr := nb.WriteFile(target); werr != nil {
			return errors.Join(err, werr)
		}
	}
	return err
}

func printCellError(w io.Writer, nb *notebook.Notebook, e *notebook.CellError) {
	if len(e.Traceback) == 0 {
		fmt.Fprintf(w, "%s: %s\n", e.Name, e.Message)
		return
	}
	for _, line := range e.Traceback {
		fmt.Fprintln(w, plain(w, line))
	}
}
