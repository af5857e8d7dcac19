//go:build race

package engine

// The interpreter's goroutines share a node's frame (getFunc in its run.go), which the race detector sees.
func init() { notYet["92"] = "a data race inside the interpreter" }
