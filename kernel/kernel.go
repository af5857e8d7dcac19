// Package kernel is the command gopherceptron: it wires the engine, the session and the transport into subcommands.
package kernel

import "io/fs"

// Main runs the subcommand that args (os.Args) names and returns the exit code. source holds the source of the
// packages that cells can import (nnlib and display), for types, documentation and completion.
func Main(args []string, source fs.FS) int { return 0 }
