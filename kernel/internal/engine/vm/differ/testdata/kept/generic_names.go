package main

import "fmt"

type Pair[K comparable, V any] struct {
	Key K
	Val V
}
type T struct{ a int }

// The names of instances whose arguments are written out.
func main() {
	fmt.Printf("%T\n", Pair[int, struct{ a, B T }]{})
	fmt.Printf("%T\n", Pair[string, Pair[T, func(T) *T]]{})
	fmt.Printf("%T\n", Pair[[2]T, map[string]interface{ m() T }]{})
	fmt.Printf("%T\n", Pair[chan<- T, any]{})
	fmt.Printf("%T\n", &Pair[struct {
		T
		x string `json:"x"`
	}, []error]{})
}
