// Command gopherceptron runs Go notebooks: it is a Jupyter kernel, and the commands around it.
package main

import (
	"embed"
	"os"

	"github.com/gopherceptron/gopherceptron/kernel"
)

// source is what cells import from this module, against which the engine checks them, and the course.
//
//go:embed kernel/display/*.go kernel/explore/*.go kernel/widget/*.go kernel/internal/render/*.go nnlib/*.go nnlib/*/*.go nnlib/data/*.gz nnlib/internal/*/*.go notebooks/*.ipynb
var source embed.FS

func main() { os.Exit(kernel.Main(os.Args, source)) }
