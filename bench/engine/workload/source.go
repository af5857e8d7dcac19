package workload

import (
	_ "embed"
	"strings"
)

//go:embed workload.go
var source string

//go:embed serve.go
var serve string

// Source returns the text of the programs, a package of one file.
func Source() string { return source }

// Main returns the programs and [Serve] as a package main, by file name, for what runs a Go program from its source.
func Main() map[string]string {
	as := func(src string) string { return strings.Replace(src, "\npackage workload\n", "\npackage main\n", 1) }
	return map[string]string{
		"workload.go": as(source),
		"serve.go":    as("\n" + serve),
		"main.go": `package main

import (
	"fmt"
	"os"
)

func main() {
	if err := Serve(os.Stdin, os.Stdout, Find); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
`,
	}
}
