//go:build race

package compile_test

// With the race detector comes a check of pointers that ends the process where an instruction reads a field of nil: that it
// faults there is meant.
func init() {
	checksPointers = true
	delete(same, "NilFields")
	delete(same, "Elements")
	delete(same, "Defers")
}
