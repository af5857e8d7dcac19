package main

import "fmt"

func try(name string, f func()) {
	defer func() {
		r := recover()
		fmt.Printf("%s %T %v\n", name, r, r)
	}()
	f()
}

type key struct {
	a any
	b string
}

// What goes wrong with indexes, bounds, lengths, maps and nil.
func main() {
	s := []int{1, 2, 3}
	a := [3]int{1, 2, 3}
	p := &a
	t := "abc"
	u := uint64(len(s)) + 1<<63
	u8 := uint8(len(s)) + 200
	i8 := int8(-len(s))
	big := uint64(1<<63 - 1)
	up := uintptr(u)
	try("s[u]", func() { fmt.Println(s[u]) })
	try("s[up]", func() { fmt.Println(s[up]) })
	try("a[u]", func() { fmt.Println(a[u]) })
	try("p[u]", func() { fmt.Println(p[u]) })
	try("t[u]", func() { fmt.Println(t[u]) })
	try("s[u]=", func() { s[u] = 1 })
	try("a[u]=", func() { a[u] = 1 })
	try("s[u8]", func() { fmt.Println(s[u8]) })
	try("s[i8]", func() { fmt.Println(s[i8]) })
	try("t[i8]", func() { fmt.Println(t[i8]) })
	try("a[i8]", func() { fmt.Println(a[i8]) })
	try("s[big]", func() { fmt.Println(s[big]) })
	try("s[u:]", func() { fmt.Println(s[u:]) })
	try("s[:u]", func() { fmt.Println(s[:u]) })
	try("s[1:u]", func() { fmt.Println(s[1:u]) })
	try("s[::u]", func() { fmt.Println(s[0:0:u]) })
	try("t[u:]", func() { fmt.Println(t[u:]) })
	try("t[:u]", func() { fmt.Println(t[:u]) })
	try("t[2:1]", func() { fmt.Println(t[len(s)-1 : len(s)-2]) })
	try("a[u:]", func() { fmt.Println(a[u:]) })
	try("p[:u]", func() { fmt.Println(p[:u]) })
	try("a[:i8]", func() { fmt.Println(a[:i8]) })
	try("s[:9]", func() { fmt.Println(s[:len(s)+6]) })
	try("s[4:]", func() { fmt.Println(s[len(s)+1:]) })
	try("t[4:]", func() { fmt.Println(t[len(s)+1:]) })
	try("t[:9]", func() { fmt.Println(t[:len(s)+6]) })
	try("p[4:]", func() { fmt.Println(p[len(s)+1:]) })
	try("p[:9]", func() { fmt.Println(p[:len(s)+6]) })
	try("s[2:1:]", func() { fmt.Println(s[len(s)-1 : len(s)-2 : len(s)]) })
	try("s[:3:2]", func() { fmt.Println(s[: len(s) : len(s)-1]) })
	try("s[2:2:9]", func() { fmt.Println(s[2 : 2 : len(s)+6]) })
	try("make u", func() { fmt.Println(make([]int, u)) })
	try("make i8", func() { fmt.Println(make([]int, i8)) })
	try("make cap", func() { fmt.Println(make([]int, 2, len(s)-2)) })
	try("make cap u", func() { fmt.Println(make([]int, 2, u)) })
	try("make big", func() { fmt.Println(make([]int, big)) })
	try("make chan", func() { fmt.Println(make(chan int, i8)) })
	try("make chan u", func() { fmt.Println(make(chan int, u)) })
	try("make map", func() { fmt.Println(make(map[int]int, i8)) })
	try("make zero", func() { fmt.Println(len(make([]struct{}, big))) })
	try("make zero u", func() { fmt.Println(len(make([]struct{}, u))) })
	try("shift", func() { fmt.Println(1 << i8) })
	try("shift>>", func() { x := 5; x >>= i8; fmt.Println(x) })
	try("conv", func() { fmt.Println([4]int(s)) })
	try("convp", func() { fmt.Println((*[4]int)(s)) })
	var ns []int
	try("convp0", func() { fmt.Println((*[0]int)(ns) == nil, (*[0]int)(s[:0]) == nil) })
	try("convnil", func() { fmt.Println([1]int(ns)) })
	m := map[any]int{}
	mk := map[key]string{}
	var nm map[any]int
	try("m++", func() { m[s]++ })
	try("m+=", func() { m[s] += len(s) })
	try("mk+=", func() { mk[key{s, "a"}] += "x" })
	try("mk ok", func() { mk[key{1, "a"}] += "x"; fmt.Println(mk) })
	try("mk+=2", func() { mk[key{s, "a"}] += "x" })
	try("m get", func() { fmt.Println(m[s]) })
	try("m ok", func() { _, ok := m[s]; fmt.Println(ok) })
	try("nm get", func() { fmt.Println(nm[s]) })
	try("nm++", func() { nm[s]++ })
	try("nm++ ok", func() { nm[1]++ })
	try("delete", func() { delete(m, any(s)) })
	try("delete nil", func() { delete(nm, any(s)) })
	try("delete func", func() { delete(mk, key{func() {}, ""}) })
	m[1] = 1
	try("m++", func() { m[s]++ })
	try("m set", func() { m[s] = 2 })
	try("m get", func() { fmt.Println(m[s]) })
	try("delete", func() { delete(m, any(s)) })
	try("clear", func() { clear(nm); clear(m); fmt.Println(len(m)) })
	try("m+=f", func() { m[2] += func() int { panic("f") }() })
	try("nm+=f", func() { nm[2] += func() int { panic("f") }() })
	try("m/=0", func() { m[3] /= len(m) - len(m) })
	try("nm/=0", func() { nm[3] /= len(m) - len(m) })
	fmt.Println(len(m))
	var np *[3]int
	try("np[1]", func() { fmt.Println(np[1]) })
	try("np[9]", func() { fmt.Println(np[len(s)+6]) })
	try("np[:]", func() { fmt.Println(np[:]) })
	try("np[:9]", func() { fmt.Println(np[:len(s)+6]) })
	try("len np", func() { fmt.Println(len(np), cap(np)) })
	try("range np", func() {
		for i := range np {
			fmt.Print(i)
		}
	})
	try("range np v", func() {
		for i, v := range np {
			fmt.Print(i, v)
		}
	})
	try("copy np", func() { x := *np; fmt.Println(x) })
	var nf func()
	try("nf", func() { nf() })
	try("go nil", func() { defer nf() })
	var nc chan int
	try("close nil", func() { close(nc) })
	try("close twice", func() { c := make(chan int); close(c); close(c) })
	try("send closed", func() { c := make(chan int, 1); close(c); c <- 1 })
	try("select send closed", func() {
		c := make(chan int, 1)
		close(c)
		select {
		case c <- 1:
		default:
		}
	})
	try("panic nil", func() { panic(nil) })
	try("div8", func() { x := int8(-128); y := int8(len(s) - 4); fmt.Println(x/y, x%y, -x) })
	try("div0", func() { var x complex128; fmt.Println(x/x, 1/x) })
	try("mod0", func() { x := len(s); fmt.Println(x % (x - 3)) })
	try("div0 const", func() { x := uint8(len(s)); x /= x - 3; fmt.Println(x) })
}
