// Command gopherceptron runs Go notebooks: it is a Jupyter kernel, and the commands around it.
package main

import (
	"embed"
	"os"

	"github.com/gopherceptron/gopherceptron/kernel"
)

// source is what cells import from this module: the engine checks cells against it and shows its doc comments.
//
//go:embed kernel/display/*.go
var source embed.FS

func main() { os.Exit(kernel.Main(os.Args, source)) }
