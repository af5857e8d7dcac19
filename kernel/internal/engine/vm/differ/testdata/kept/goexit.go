package main

import "runtime"

// The end of the main goroutine is not the end of the program.
func main() {
	go func() { println("other") }()
	defer println("deferred")
	runtime.Goexit()
}
