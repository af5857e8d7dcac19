package kernel

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gopherceptron/gopherceptron/internal/pyenv"
	"github.com/gopherceptron/gopherceptron/kernel/display"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/stdio"
	"github.com/gopherceptron/gopherceptron/kernel/internal/pace"
	"github.com/gopherceptron/gopherceptron/kernel/internal/session"
	"github.com/gopherceptron/gopherceptron/kernel/internal/transport"
	"github.com/gopherceptron/gopherceptron/kernel/internal/wire"
	"github.com/gopherceptron/gopherceptron/kernel/widget"
)

const kernelHelp = `usage: gopherceptron kernel CONNECTION_FILE

Is a Jupyter kernel on the sockets that the file names. Jupyter starts this; you want
"gopherceptron lab", or "gopherceptron install" and then your own Jupyter.

`

// kernelCommand runs a kernel until it is shut down; see kernelHelp.
func kernelCommand(args []string) int {
	fs := newFlagSet("kernel", kernelHelp, os.Stderr)
	verbose := fs.Bool("verbose", false, "log more")
	name := engineFlag(fs)
	// What comes after the file is for kernels that know it: "jupyter run FILE" hands its own arguments on.
	own := args
	if i := slices.IndexFunc(args, func(a string) bool { return !strings.HasPrefix(a, "-") }); i >= 0 {
		own = args[:i+1]
	}
	if code := parseFlags(fs, own); code >= 0 {
		return code
	}
	if fs.NArg() < 1 {
		return fs.mistake("want a connection file")
	}
	level := slog.LevelWarn
	if *verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	if err := serve(fs.Arg(0), *name, log); err != nil {
		return fail(os.Stderr, err)
	}
	return 0
}

// serve runs a kernel on the sockets of a connection file.
func serve(file, engineName string, log *slog.Logger) error {
	f, err := wire.ReadConnectionFile(file)
	if err != nil {
		return err
	}
	conn, err := transport.Listen(f, log)
	if err != nil {
		return err
	}
	release, err := stdio.Capture()
	if err != nil {
		return err
	}
	defer release()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	notice := previousEnd(file)
	endsWell, err := recordEnd(file)
	if err != nil {
		log.Warn(err.Error())
	}
	defer endsWell()
	s, err := newSession(conn, engineName, notice, log)
	if err != nil {
		return err
	}
	go interrupts(s)
	go withParent(cancel, endsWell)
	alive := make(chan *os.File, 1)
	go func() { // starting a process takes longer than answering the first message
		f, err := endLeftovers()
		if err != nil {
			log.Warn(err.Error())
		}
		alive <- f
	}()
	defer func() {
		if f := <-alive; f != nil {
			f.Close()
		}
	}()
	err = s.Run(ctx)
	if ctx.Err() != nil {
		return nil // it was asked to end, and has
	}
	return err
}

// newSession returns a session of this program's engine, by name, which shows the notice with its first cell.
func newSession(conn session.Conn, engineName, notice string, log *slog.Logger) (*session.Session, error) {
	pace.Start()
	installPlugin()
	c, err := newCells(assets, engineName)
	if err != nil {
		return nil, err
	}
	opt := session.Options{Conn: conn, Engine: c, Renderer: newRenderer(), Logger: log, Version: Version, Notice: notice,
		Help: []wire.HelpLink{
			{Text: "Go", URL: "https://go.dev/doc/"},
			{Text: "Go's standard library", URL: "https://pkg.go.dev/std"},
			{Text: "Gonum", URL: "https://pkg.go.dev/gonum.org/v1/gonum"},
		}}
	if dir, err := pyenv.CacheDir(); err == nil {
		opt.HistoryFile = filepath.Join(dir, "history.jsonl")
		opt.OutputDir = filepath.Join(dir, "outputs")
	}
	s := session.New(opt)
	installHost(s.RunTasks)
	widget.Install(&widgetHost{Comms: s.Comms(), session: s, engine: c.engine, bundle: func(v any) display.Bundle { return opt.Renderer.Render(v, "") }, log: log})
	return s, nil
}

// interrupts lets Ctrl-C and Jupyter's signal interrupt the running cell.
func interrupts(s *session.Session) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	for range c {
		s.Interrupt()
	}
}

// withParent ends the kernel when the Jupyter that started it is gone without a word. Where Jupyter says that it is
// the parent (JPY_PARENT_PID), being adopted by another process means just that.
func withParent(end, endsWell func()) {
	named := os.Getenv("JPY_PARENT_PID")
	if named == "" {
		return
	}
	parent := os.Getppid()
	orphan := parent == 1 && named != "1" // Jupyter was gone before we looked
	for range time.Tick(time.Second) {
		if orphan || os.Getppid() != parent {
			end()
			time.Sleep(2 * time.Second)
			endsWell()
			os.Exit(1) // a cell holds the session up
		}
	}
}
