// Command gopherceptron runs Go notebooks: it is a Jupyter kernel, and the commands around it.
package main

import (
	"embed"
	"os"

	"github.com/gopherceptron/gopherceptron/kernel"
)

// source is what cells import from this module, against which the engine checks them, what gophernotes is built with
// besides, and the course.
//
//go:embed kernel/display/*.go kernel/explore/*.go kernel/widget/*.go kernel/internal/render/*.go nnlib/*.go nnlib/*/*.go nnlib/data/*.gz nnlib/internal/*/*.go gpu/*.go gpu/toolchain/*.go gpu/native/*.go gpu/native/include gpu/native/src notebooks/*.ipynb
var source embed.FS

func main() { os.Exit(kernel.Main(os.Args, source)) }
