// Command gorun runs a Go program of one package on the machine of the kernel: go run, without the compiler.
package main

import (
	"fmt"
	"os"

	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/std"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/program"
	"github.com/gopherceptron/gopherceptron/kernel/internal/pace"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: gorun file.go...")
		os.Exit(2)
	}
	files := map[string]string{}
	for _, name := range os.Args[1:] {
		text, err := os.ReadFile(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, "gorun:", err)
			os.Exit(1)
		}
		files[name] = string(text)
	}
	os.Args = os.Args[:1]
	pace.Start() // as the kernel does
	p, err := program.Load(files)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(p.Run())
}
