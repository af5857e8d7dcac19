package kernel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/stdio"
	"github.com/gopherceptron/gopherceptron/kernel/internal/install"
	"github.com/gopherceptron/gopherceptron/kernel/internal/notebook"
	"github.com/gopherceptron/gopherceptron/kernel/internal/session"
	"github.com/gopherceptron/gopherceptron/kernel/internal/transport"
	"github.com/gopherceptron/gopherceptron/kernel/widget"
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
	engine  *string
}

// params are the values of --param flags.
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

func (o *runOptions) register(fs *flagSet) {
	o.params = params{}
	fs.StringVar(&o.output, "o", "", "write the notebook with its outputs to this `file`")
	fs.BoolVar(&o.inplace, "inplace", false, "write the outputs into the notebook itself")
	fs.BoolVar(&o.quiet, "quiet", false, "print errors only")
	fs.DurationVar(&o.timeout, "timeout", 0, "interrupt a cell that takes longer, and fail (example: 90s)")
	fs.BoolVar(&o.allow, "allow-errors", false, "go on after a cell that fails")
	o.engine = engineFlag(fs)
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
	switch {
	case fs.NArg() != 1:
		return fs.mistake("want one notebook, got %q", fs.Args())
	case o.output != "" && o.inplace:
		return fs.mistake("want -o or --inplace, not both")
	case o.timeout < 0:
		return fs.mistake("--timeout is %v, want more than 0", o.timeout)
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
		if !slices.ContainsFunc(nb.Cells, func(c *notebook.Cell) bool { return c.HasTag("parameters") }) {
			fmt.Fprintf(stderr, "gopherceptron: %s has no cell with the tag \"parameters\": a cell at the top declares them, and later ones may declare them again\n", path)
		}
		if err := nb.Parameters(o.params); err != nil {
			return err
		}
	}
	target := o.output
	if o.inplace {
		target = path
	}
	if target != "" { // before an hour of training, not after it
		if err := notebook.CheckWritable(target); err != nil {
			return err
		}
	}
	release, err := stdio.Capture()
	if err != nil {
		return err
	}
	defer release()
	conn, client := transport.Pipe()
	name := ""
	if o.engine != nil {
		name = *o.engine
	}
	s, err := newSession(conn, name, "", slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
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
	if target != "" {
		describe(nb)
		if state := widget.Saved(); state != nil {
			nb.Metadata["widgets"] = state
		} else {
			delete(nb.Metadata, "widgets") // of an earlier run
		}
		if werr := nb.WriteFile(target); werr != nil {
			return errors.Join(err, werr)
		}
	}
	return err
}

// describe gives a notebook that says nothing of its kernel and its language the metadata that front ends look for.
func describe(nb *notebook.Notebook) {
	for key, value := range map[string]any{
		"kernelspec":    map[string]any{"name": install.Name, "display_name": install.DisplayName, "language": "go"},
		"language_info": session.LanguageInfo(),
	} {
		if _, has := nb.Metadata[key]; !has {
			nb.Metadata[key] = value
		}
	}
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
