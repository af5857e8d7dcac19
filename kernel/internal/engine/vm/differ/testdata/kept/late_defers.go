package main

import "fmt"

func seq(yield func(string) bool) {
	for _, s := range []string{"a", "b", "c"} {
		if !yield(s) {
			return
		}
	}
}

func f() (r []string) {
	for x := range seq {
		if x != "b" {
			defer func() { r = append(r, x) }()
		}
	}
	return
}

func g() (n int, err error) {
	for x := range seq {
		defer func() {
			if e := recover(); e != nil {
				err = fmt.Errorf("%v at %s", e, x)
			}
		}()
		if x == "b" {
			panic("boom")
		}
		n++
	}
	return n, nil
}

func h() int {
	for x := range seq {
		defer fmt.Println("late", x)
		if x == "b" {
			return 7
		}
	}
	return 1
}

func main() {
	fmt.Println(f())
	fmt.Println(g())
	fmt.Println(h())
	func() {
		defer func() { fmt.Println(recover()) }()
		var s fmt.Stringer
		k := s.String
		fmt.Println(k())
	}()
	func() {
		defer func() { fmt.Println(recover()) }()
		var a any
		fmt.Println(a.(fmt.Stringer))
	}()
}
