// Package kernel is the command gopherceptron: it wires the engine, the session and the transport into subcommands.
package kernel

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
)

// Version is the version of this program.
const Version = "0.1.0"

// A subcommand is one subcommand.
type subcommand struct {
	name, help string
	run        func(args []string) int
}

var commands = []subcommand{
	{"lab", "open the course in JupyterLab; makes what that needs on the first run", labCommand},
	{"run", "run a notebook without a browser and without Python", runCommand},
	{"install", "make the kernel known to the Jupyter you have", installCommand},
	{"uninstall", "take that back", uninstallCommand},
	{"doctor", "say what is there, what is missing and what to do about it", doctorCommand},
	{"kernel", "be the kernel of a connection file: Jupyter starts this", kernelCommand},
	{"version", "print the version", versionCommand},
}

// Main runs the subcommand that args (os.Args) names and returns the exit code. source holds, at their folders in this
// module, the source of the packages that cells can import, for types, documentation and completion, and the course in
// notebooks.
func Main(args []string, source fs.FS) int {
	assets = source
	if len(args) < 2 {
		usage(os.Stderr)
		return 2
	}
	switch args[1] {
	case "help", "-h", "-help", "--help":
		usage(os.Stdout)
		return 0
	}
	i := slices.IndexFunc(commands, func(c subcommand) bool { return c.name == args[1] })
	if i < 0 {
		fmt.Fprintf(os.Stderr, "gopherceptron: unknown command %q\n\n", args[1])
		usage(os.Stderr)
		return 2
	}
	return commands[i].run(args[2:])
}

func usage(w io.Writer) {
	fmt.Fprint(w, "usage: gopherceptron COMMAND [flags]\n\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-10s %s\n", c.name, c.help)
	}
	fmt.Fprint(w, "\ngopherceptron COMMAND -h says more about a command.\n")
}

func versionCommand([]string) int {
	fmt.Printf("gopherceptron %s (%s, %s/%s%s)\n", Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, revision())
	return 0
}

// revision is the commit that the program was built from, where the build noted it.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return ", " + s.Value[:min(len(s.Value), 12)]
		}
	}
	return ""
}
