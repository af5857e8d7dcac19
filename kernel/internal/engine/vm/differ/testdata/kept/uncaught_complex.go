package main

type c complex64

func main() { panic(c(1 + 2i)) }
