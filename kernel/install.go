package kernel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/gopherceptron/gopherceptron/internal/pyenv"
	"github.com/gopherceptron/gopherceptron/kernel/internal/install"
	"github.com/gopherceptron/gopherceptron/kernel/internal/install/gophernotes"
)

const installHelp = `usage: gopherceptron install [--gophernotes] [--user | --sys-prefix | --prefix DIR]

Makes the kernel "Go (gopherceptron)" known to the Jupyter you have. A copy of this
program goes to your cache folder, and the kernelspec points at the copy: install
again after an update. "gopherceptron lab" needs no install.

With --gophernotes it is the kernel gophernotes instead, built for today's Go with
nnlib, nnlib/viz and kernel/display inside. That needs the go command and, the first
time, the network.

`

const uninstallHelp = `usage: gopherceptron uninstall [--gophernotes] [--user | --sys-prefix | --prefix DIR]

Removes what install made, and the copies of this program that nothing needs any more.

`

// installCommand installs a kernelspec; see installHelp.
func installCommand(args []string) int {
	to, gopher, code := targetFlags("install", installHelp, args, os.Stderr)
	if code >= 0 {
		return code
	}
	ctx, stop := untilSignal()
	defer stop()
	in, err := installerOf(gopher)
	if err != nil {
		return fail(os.Stderr, err)
	}
	if gopher {
		b := gophernotes.Builder{Source: assets, Cache: in.Cache, Progress: os.Stderr}
		if in.Binary, err = b.Build(ctx); err != nil {
			return fail(os.Stderr, err)
		}
	}
	s, err := in.Install(ctx, to)
	if err != nil {
		return fail(os.Stderr, err)
	}
	preparePlugin(ctx, os.Stderr)
	name := install.DisplayName
	if gopher {
		name = install.GophernotesDisplayName
	}
	fmt.Printf("Installed the kernel %q: %s\nIt starts %s\n", name, s.Dir, s.Binary)
	return 0
}

// uninstallCommand removes a kernelspec; see uninstallHelp.
func uninstallCommand(args []string) int {
	from, gopher, code := targetFlags("uninstall", uninstallHelp, args, os.Stderr)
	if code >= 0 {
		return code
	}
	ctx, stop := untilSignal()
	defer stop()
	in, err := installerOf(gopher)
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
func targetFlags(name, help string, args []string, stderr io.Writer) (to install.Target, gophernotes bool, code int) {
	fs := newFlagSet(name, help, stderr)
	fs.BoolVar(&gophernotes, "gophernotes", false, "the kernel gophernotes, with nnlib inside")
	user := fs.Bool("user", false, "for you, in your own Jupyter folder (the default)")
	fs.BoolVar(&to.SysPrefix, "sys-prefix", false, "for the Python environment that is active")
	fs.StringVar(&to.Prefix, "prefix", "", "in share/jupyter below this `folder`")
	if code := parseFlags(fs, args); code >= 0 {
		return to, gophernotes, code
	}
	n := 0
	for _, given := range []bool{*user, to.SysPrefix, to.Prefix != ""} {
		if given {
			n++
		}
	}
	if n > 1 || fs.NArg() > 0 {
		return to, gophernotes, fs.mistake("want one of --user, --sys-prefix, --prefix DIR; got %q", args)
	}
	return to, gophernotes, -1
}

// installer installs the running program.
func installer() (install.Installer, error) {
	cache, err := pyenv.CacheDir()
	return install.Installer{Cache: cache}, err
}

// installerOf is installer, or installs gophernotes, whose builds have a folder of their own in the cache.
func installerOf(gophernotes bool) (install.Installer, error) {
	in, err := installer()
	if gophernotes {
		in.Cache, in.Kernel = filepath.Join(in.Cache, install.Gophernotes), install.Gophernotes
	}
	return in, err
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
