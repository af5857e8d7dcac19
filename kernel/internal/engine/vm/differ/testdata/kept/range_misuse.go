package main

import (
	"fmt"
	"runtime"
)

func try(f func()) {
	defer func() {
		r := recover()
		_, is := r.(runtime.Error)
		fmt.Printf("%T %v %v\n", r, r, is)
	}()
	f()
}

// Functions that call yield when they must not.
func main() {
	var keep func(int) bool
	try(func() {
		for i := range func(yield func(int) bool) { keep = yield; yield(1) } {
			fmt.Println(i)
		}
		keep(2)
	})
	try(func() {
		for i := range func(yield func(int) bool) { yield(1); yield(2) } {
			fmt.Println(i)
			break
		}
	})
	try(func() {
		for i := range func(yield func(int) bool) { try(func() { yield(1) }); yield(2) } {
			panic(i)
		}
	})
	try(func() {
		for range func(yield func() bool) { defer func() { recover() }(); yield() } {
			panic("lost")
		}
	})
}
