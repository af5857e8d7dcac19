package kernel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gopherceptron/gopherceptron/internal/pyenv"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine"
	"github.com/gopherceptron/gopherceptron/kernel/internal/install"
)

const labHelp = `usage: gopherceptron lab [flags] [folder or notebook] [-- flags of jupyter lab]

Opens JupyterLab on the course. The first run makes a private Python environment
with JupyterLab (about 260 MB, a minute, once); your own Python and Jupyter are not
touched. In a checkout of gopherceptron its notebooks folder is opened, elsewhere
gopherceptron-notebooks in the current folder, which is made if it is not there.
Ctrl-C ends JupyterLab and its kernels.

`

// labGrace is how long JupyterLab may take to end its kernels before it is killed.
const labGrace = 15 * time.Second

// labCommand runs JupyterLab from the private environment; see labHelp.
func labCommand(args []string) int {
	fs := newFlagSet("lab", labHelp, os.Stderr)
	noBrowser := fs.Bool("no-browser", false, "print the address instead of opening a browser")
	port := fs.Int("port", 0, "listen on this `port` (default: the first free one from 8888 on)")
	engineName := engineFlag(fs)
	own, extra := splitDashes(args)
	if code := parseFlags(fs, own); code >= 0 {
		return code
	}
	if *engineName != "" && !slices.Contains(engine.Executors, *engineName) {
		return fs.mistake("--engine is %q, want %s", *engineName, strings.Join(engine.Executors, " or "))
	}
	os.Setenv(engineVariable, *engineName) // for the kernels that JupyterLab starts
	if fs.NArg() > 1 {
		return fs.mistake("want at most one folder or notebook, got %q; flags of jupyter lab come after --", fs.Args())
	}
	if arg := fs.Arg(0); arg != "" { // before a minute of set-up
		if _, err := os.Stat(arg); err != nil {
			return fail(os.Stderr, fmt.Errorf("opening JupyterLab: %w", err))
		}
	}
	env, err := prepareLab()
	if err != nil {
		return fail(os.Stderr, err)
	}
	root, open, err := labFolder(fs.Arg(0), os.Stderr)
	if err != nil {
		return fail(os.Stderr, err)
	}
	argv := []string{"lab", "--ServerApp.root_dir=" + root, "--log-level=WARN",
		"--MultiKernelManager.default_kernel_name=" + install.Name,
		"--LabApp.extension_manager=readonly", // the other one asks the package index
	}
	if open != "" {
		argv = append(argv, "--LabApp.default_url=/lab/tree/"+open)
	}
	if *noBrowser {
		argv = append(argv, "--no-browser")
	}
	if *port != 0 {
		argv = append(argv, fmt.Sprintf("--port=%d", *port))
	}
	if os.Geteuid() == 0 {
		argv = append(argv, "--allow-root")
	}
	fmt.Fprintf(os.Stderr, "Starting JupyterLab on %s (Ctrl-C ends it)\n", root)
	start := time.Now()
	code, err := runLab(env, append(argv, extra...))
	if err != nil {
		return fail(os.Stderr, err)
	}
	if code != 0 && time.Since(start) < labGrace {
		fmt.Fprintf(os.Stderr, "JupyterLab ended with exit code %d. Should its environment be damaged, remove %s: it is made again\n", code, env.Dir())
	}
	return code
}

// splitDashes returns what stands before and after "--".
func splitDashes(args []string) (before, after []string) {
	if i := slices.Index(args, "--"); i >= 0 {
		return args[:i], args[i+1:]
	}
	return args, nil
}

// prepareLab makes the environment if need be and installs this program's kernelspec into it.
func prepareLab() (*pyenv.Env, error) {
	ctx, stop := untilSignal()
	defer stop()
	env, err := pyenv.Ensure(ctx, os.Stderr)
	if err != nil {
		return nil, err
	}
	preparePlugin(ctx, os.Stderr)
	in, err := installer()
	if err != nil {
		return nil, err
	}
	_, err = in.Install(ctx, install.Target{Prefix: env.Dir()})
	return env, err
}

// runLab runs jupyter until it ends and returns its exit code. A signal to us asks jupyter to end, a second one kills it.
func runLab(env *pyenv.Env, argv []string) (int, error) {
	// On Linux the child gets a signal when the thread that started it ends; this one ends with the program.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	cmd := env.Command(ctx, "jupyter", argv...)
	// No stdin: jupyter is not in the terminal's foreground group, and would be stopped when it asks whether Ctrl-C was meant.
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	dieWithParent(cmd)
	if err := cmd.Start(); err != nil {
		return 1, fmt.Errorf("starting JupyterLab: %w", err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	var late <-chan time.Time
	for {
		select {
		case s := <-signals:
			if late != nil {
				cancel()
				continue
			}
			fmt.Fprintf(os.Stderr, "%v: ending JupyterLab and its kernels (again: at once)\n", s)
			late = time.After(labGrace)
			if err := askToEnd(cmd.Process); err != nil {
				cancel()
			}
		case <-late:
			fmt.Fprintf(os.Stderr, "JupyterLab did not end in %v: killing it\n", labGrace)
			cancel()
		case err := <-done:
			cmd.Cancel() // what is left of its process group
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) && !errors.Is(err, context.Canceled) {
				return 1, fmt.Errorf("running JupyterLab: %w", err)
			}
			if code := cmd.ProcessState.ExitCode(); code >= 0 {
				return code, nil
			}
			return 1, nil // killed by a signal
		}
	}
}

// labFolder returns the folder to serve and, below it, what to open first, if anything.
func labFolder(arg string, progress io.Writer) (root, open string, err error) {
	if arg != "" {
		st, err := os.Stat(arg)
		if err != nil {
			return "", "", fmt.Errorf("opening JupyterLab: %w", err)
		}
		abs, err := filepath.Abs(arg)
		if err != nil {
			return "", "", fmt.Errorf("opening JupyterLab: %w", err)
		}
		if st.IsDir() {
			return abs, "", nil
		}
		return filepath.Dir(abs), filepath.Base(abs), nil
	}
	cwd, err := os.Getwd()
	if err != nil {
		return "", "", fmt.Errorf("opening JupyterLab: %w", err)
	}
	root, err = courseFolder(cwd, assets, progress)
	return root, "", err
}
