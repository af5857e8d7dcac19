package main

import (
	"fmt"
	"runtime"
)

type point struct{ a any }

func try(f func()) {
	defer func() {
		r := recover()
		_, is := r.(runtime.Error)
		_, err := r.(error)
		fmt.Printf("%T %v %v %v\n", r, r, is, err)
	}()
	f()
}

// The types and the texts of the errors of the runtime.
func main() {
	var x any = 3
	s, m := []int{1, 2, 3}, map[any]int{}
	n, neg := len(s), -len(s)
	try(func() { fmt.Println(x.(string)) })
	try(func() { fmt.Println(x.(error)) })
	try(func() { m[s]++ })
	try(func() { fmt.Println(m[s]) })
	try(func() { fmt.Println(m[point{s}]) })
	try(func() { delete(m, any([]int{})) })
	try(func() { fmt.Println(map[point]int{}[point{m}]) })
	try(func() { fmt.Println(x == any(s), any(s) == any(s)) })
	try(func() { fmt.Println([4]int(s)) })
	try(func() { fmt.Println(s[n]) })
	try(func() { fmt.Println(s[n : neg+n]) })
	try(func() { fmt.Println(1 << neg) })
	try(func() { fmt.Println(make([]int, neg)) })
	try(func() { fmt.Println(n / (n - 3)) })
	try(func() { close((chan int)(nil)) })
	try(func() { panic(nil) })
}
