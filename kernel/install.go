package kernel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/gopherceptron/gopherceptron/internal/pyenv"
	"github.com/gopherceptron/gopherceptron/kernel/internal/install"
)

const installHelp = `usage: gopherceptron install [--user | --sys-prefix | --prefix DIR]

Makes the kernel "Go (gopherceptron)" known to the Jupyter you have. A copy of this
program goes to your cache folder, and the kernelspec points at the copy: install
again after an update. "gopherceptron lab" needs no install.

`

const uninstallHelp = `usage: gopherceptron uninstall [--user | --sys-prefix | --prefix DIR]

Removes what install made, and the copies of this program that nothing needs any more.

`

// installCommand installs the kernelspec; see installHelp.
func installCommand(args []string) int {
	to, code := targetFlags("install", installHelp, args, os.Stderr)
	if code >= 0 {
		return code
	}
	ctx, stop := untilSignal()
	defer stop()
	in, err := installer()
	if err != nil {
		return fail(os.Stderr, err)
	}
	s, err := in.Install(ctx, to)
	if err != nil {
		return fail(os.Stderr, err)
	}
	preparePlugin(ctx, os.Stderr)
	fmt.Printf("Installed the kernel \"Go (gopherceptron)\": %s\nIt starts %s\n", s.Dir, s.Binary)
	return 0
}

// uninstallCommand removes the kernelspec; see uninstallHelp.
func uninstallCommand(args []string) int {
	from, code := targetFlags("uninstall", uninstallHelp, args, os.Stderr)
	if code >= 0 {
		return code
	}
	ctx, stop := untilSignal()
	defer stop()
	in, err := installer()
	if err != nil {
		return fail(os.Stderr, err)
	}
	dir, err := in.Uninstall(ctx, from)
	if errors.Is(err, install.ErrNotInstalled) {
		fail(os.Stderr, err)
		for _, s := range in.Find(ctx) {
			fmt.Fprintf(os.Stderr, "there is one in %s\n", s.Dir)
		}
		return 1
	}
	if err != nil {
		return fail(os.Stderr, err)
	}
	fmt.Printf("Removed %s\n", dir)
	return 0
}

// targetFlags reads the flags that install and uninstall share. A code of 0 or more ends the command.
func targetFlags(name, help string, args []string, stderr io.Writer) (to install.Target, code int) {
	fs := newFlagSet(name, help, stderr)
	user := fs.Bool("user", false, "for you, in your own Jupyter folder (the default)")
	fs.BoolVar(&to.SysPrefix, "sys-prefix", false, "for the Python environment that is active")
	fs.StringVar(&to.Prefix, "prefix", "", "in share/jupyter below this `folder`")
	if code := parseFlags(fs, args); code >= 0 {
		return to, code
	}
	n := 0
	for _, given := range []bool{*user, to.SysPrefix, to.Prefix != ""} {
		if given {
			n++
		}
	}
	if n > 1 || fs.NArg() > 0 {
		return to, fs.mistake("want one of --user, --sys-prefix, --prefix DIR; got %q", args)
	}
	return to, -1
}

// installer installs the running program.
func installer() (install.Installer, error) {
	cache, err := pyenv.CacheDir()
	return install.Installer{Cache: cache}, err
}

// fail prints an error and returns the exit code for it.
func fail(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "gopherceptron: %v\n", err)
	return 1
}

// untilSignal returns a context that ends when the user or the system ends the program.
func untilSignal() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
}
