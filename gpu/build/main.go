// Command build compiles the compute plugin and puts it into the user's cache, where every binary of these sources finds
// it, or to a place of your own.
//
//	go run ./gpu/build [-o FILE] [-target OS/ARCH] [-cxx COMMAND] [-flags FLAGS] [-archive FILE]
//
// The compiler is $CXX, c++, g++, clang++ or that of the ziglang package of Python, the first that works. For another
// target than this machine -o is needed, and a compiler for it: -cxx aarch64-linux-gnu-g++, or the ziglang package. The
// finished plugin of this machine is loaded as a test. With -archive it is also compressed for a release, and the line for
// the table in gpu/toolchain/release.go is printed.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/gopherceptron/gopherceptron/gpu"
	"github.com/gopherceptron/gopherceptron/gpu/toolchain"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	o := toolchain.Options{Target: toolchain.Host, Progress: os.Stderr}
	fs := flag.NewFlagSet("build", flag.ExitOnError)
	fs.StringVar(&o.Out, "o", "", "the plugin's `file`; the user's cache if not given")
	target := fs.String("target", toolchain.Host.String(), "`OS/ARCH`, as Go names them")
	cxx := fs.String("cxx", "", "the compiler's `command`; found if not given")
	flags := fs.String("flags", "", "more `flags` for compiling and linking, such as -fsanitize=thread")
	archive := fs.String("archive", "", "the `file` of an archive for a release; none if not given")
	fs.Parse(args)
	var ok bool
	if o.Target.OS, o.Target.Arch, ok = strings.Cut(*target, "/"); !ok || fs.NArg() > 0 {
		return fmt.Errorf("got -target %q and arguments %q: want OS/ARCH and flags only", *target, fs.Args())
	}
	o.Compiler, o.Extra = strings.Fields(*cxx), strings.Fields(*flags)
	if o.Out == "" {
		if o.Target != toolchain.Host || len(o.Extra) > 0 {
			return fmt.Errorf("a plugin for %v with flags %q is not for the cache: give -o", o.Target, o.Extra)
		}
		path, err := toolchain.CachePath()
		if err != nil {
			return err
		}
		o.Out = path
	}
	var err error
	if o.Out, err = filepath.Abs(o.Out); err != nil {
		return err
	}
	if err := toolchain.Build(ctx, o); err != nil {
		return err
	}
	if o.Target == toolchain.Host && len(o.Extra) == 0 {
		p, err := gpu.Open(o.Out)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "  it loads: %s, %s\n", p.Maker, p.Name())
	}
	if *archive != "" {
		line, err := toolchain.Pack(o.Target, o.Out, *archive)
		if err != nil {
			return err
		}
		fmt.Fprintln(os.Stderr, line)
	}
	fmt.Println(o.Out)
	return nil
}
