package main

import "runtime"

// The end of the main goroutine is not the end of the program.
func main() {
	left := make(chan bool)
	go func() {
		<-left
		println("other")
	}()
	defer close(left)
	defer println("deferred")
	runtime.Goexit()
}
