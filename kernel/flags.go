package kernel

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// A flagSet is the flags of a subcommand. Flags may stand before and after the other arguments; long ones are shown with
// two dashes and taken with one too.
type flagSet struct {
	*flag.FlagSet
	name, help string
	stderr     io.Writer
	rest       []string
}

// newFlagSet returns a flag set that prints help above its flags.
func newFlagSet(name, help string, stderr io.Writer) *flagSet {
	fs := &flagSet{flag.NewFlagSet("gopherceptron "+name, flag.ContinueOnError), name, help, stderr, nil}
	fs.SetOutput(io.Discard) // parseFlags says what is wrong
	return fs
}

// Args returns the arguments that are no flags.
func (fs *flagSet) Args() []string { return fs.rest }

// Arg returns one of Args, "" where there is none.
func (fs *flagSet) Arg(i int) string {
	if i < len(fs.rest) {
		return fs.rest[i]
	}
	return ""
}

// NArg is the number of Args.
func (fs *flagSet) NArg() int { return len(fs.rest) }

// parseFlags returns the exit code if args end the command: 0 after a call for help, 2 after a mistake; else -1.
func parseFlags(fs *flagSet, args []string) int {
	for {
		switch err := fs.FlagSet.Parse(args); {
		case errors.Is(err, flag.ErrHelp):
			fmt.Fprint(os.Stdout, fs.help, fs.flags())
			return 0
		case err != nil:
			text := err.Error()
			for _, before := range []string{"for flag -", "not defined: -", "an argument: -"} {
				text = strings.Replace(text, before, before+"-", 1)
			}
			return fs.mistake("%s", text)
		}
		if args = fs.FlagSet.Args(); len(args) == 0 {
			return -1
		}
		fs.rest = append(fs.rest, args[0])
		args = args[1:]
	}
}

// mistake says what is wrong with the arguments and returns the exit code for it.
func (fs *flagSet) mistake(format string, args ...any) int {
	fmt.Fprintf(fs.stderr, "gopherceptron %s: %s\n\"gopherceptron %s -h\" says more.\n", fs.name, fmt.Sprintf(format, args...), fs.name)
	return 2
}

// flags describes the flags, as PrintDefaults does, with two dashes.
func (fs *flagSet) flags() string {
	var b bytes.Buffer
	fs.VisitAll(func(f *flag.Flag) {
		name, usage := flag.UnquoteUsage(f)
		dashes := "--"
		if len(f.Name) == 1 {
			dashes = "-"
		}
		fmt.Fprintf(&b, "  %s\n", strings.TrimSpace(dashes+f.Name+" "+name))
		fmt.Fprintf(&b, "        %s\n", usage)
	})
	return b.String()
}
