//go:build race

package engine

// The race detector finds a race of the interpreter's own between goroutines that it starts (getFunc writes into the frame
// of the function that they were started in).
func init() { notYet["92"] = "yaegi's goroutines race, says the race detector" }
