package main

import "fmt"

func try(f func()) {
	defer func() {
		r := recover()
		fmt.Printf("%T %v\n", r, r)
	}()
	f()
}

// Methods of a nil interface, called and taken as values.
func main() {
	var e error
	var s fmt.Stringer
	try(func() { fmt.Println(e.Error()) })
	try(func() { f := s.String; fmt.Println("bound", f != nil) })
	try(func() { defer s.String(); fmt.Println("not reached") })
	try(func() { fmt.Println(error.Error(e)) })
	try(func() { f := error.Error; fmt.Println(f(e)) })
	try(func() { fmt.Println(fmt.Stringer(s).String()) })
	try(func() {
		type embeds struct{ error }
		f := embeds{}.Error
		fmt.Println(f())
	})
}
