// Package suite runs whole programs written by others in the virtual machine: the run-tests of the Go distribution and
// the examples of yaegi. They are read where they lie, in GOROOT and in the module cache. The package has tests only.
package suite
