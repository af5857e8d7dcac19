package main

// Nothing can go on: the only goroutine waits for ever.
func main() {
	println("before")
	c := make(chan int)
	<-c
}
