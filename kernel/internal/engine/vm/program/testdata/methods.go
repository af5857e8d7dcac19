// Methods of values behind pointers, parameters that are changed, and frames with constants and addresses.
package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"
)

type pair struct {
	A int
	B string
	C *int
}

func (p pair) Get() int                { p.A++; return p.A }
func (p pair) String() string          { return "pair " + p.B }
func (p pair) join(s ...string) string { return p.B + strings.Join(s, "") }
func (p *pair) Set(n int, s string)    { p.A, p.B, p.C = n, s, &n }
func (p pair) Deferred(name string)    { fmt.Println(name, p.A, recover()) }
func (p pair) Fails() error            { return errors.New(p.B) }

type getter interface{ Get() int }
type joiner interface{ join(s ...string) string }
type deferred interface{ Deferred(name string) }

type empty struct{}

func (empty) Get() int               { return 7 }
func (empty) Named(n int) (r int)    { r += n; return r }
func (e empty) Deferred(name string) { fmt.Println(name, recover()) }

type word func() int

func (w word) Get() int { return w() }

type large struct {
	p    [40]*int
	n    [3]int
	text string
}

func (l large) Get() int { return *l.p[39] + l.n[1] + len(l.text) }

type outer struct {
	pair
	*empty
	x int
}

func (o outer) Get() int { return o.pair.Get() + o.x }

type number int

func (n number) Get() int { n *= 2; return int(n) }

func caught(name string, f func()) {
	defer func() {
		r := recover()
		if err, ok := r.(error); ok {
			_, runtime := r.(interface{ RuntimeError() })
			fmt.Println(name, err, runtime)
			return
		}
		fmt.Println(name, r)
	}()
	f()
}

// Compiled Go knows the type of an interface in the function that made it, and then has another text for nil.

//go:noinline
func get(g getter) int { return g.Get() }

//go:noinline
func join(j joiner) string { return j.join("a") }

//go:noinline
func text(s fmt.Stringer) string { return s.String() }

//go:noinline
func putOff(d deferred) {
	defer d.Deferred("never")
	fmt.Println("before")
}

func sum(a [4]int, p pair, n number) (total int) {
	for i := range a {
		a[i] *= i
		total += a[i]
	}
	q := &p.A
	*q += total
	n++
	p.B += "!"
	return p.A + len(p.B) + int(n)
}

func fill(l large, i int) large {
	var zero large
	if i == 0 {
		return zero
	}
	l.p[39] = &i
	l.n[1] = i
	l.text += "x"
	return l
}

func locals(n int) (s string) {
	var a [3]string
	b := a
	p, q := &a, &b
	for i := range n {
		p[i%3] += "ab"
		q[(i+1)%3] += "c"
		if i%2 == 0 {
			p, q = q, p
		}
	}
	return fmt.Sprint(a, b, 1.5, 'x', "text", 2i)
}

func rescued(n int) (r int, err error) {
	defer func() {
		if x := recover(); x != nil {
			r, err = n, fmt.Errorf("rescued %v", x)
		}
	}()
	return 10 / (n - n), nil
}

func main() {
	one := 1
	v := pair{1, "one", &one}
	n := number(4)
	w := word(func() int { return v.A * 100 })
	l := fill(large{}, 5)
	var e empty
	o := outer{pair: v, empty: &e, x: 3}
	for _, g := range []getter{v, &v, n, &n, w, &w, l, &l, e, &e, o, &o, v, &v} {
		fmt.Println(g.Get(), g.Get())
	}
	for _, d := range []deferred{v, &v, e, &e} {
		caught("deferred", func() {
			defer d.Deferred("recovers")
			panic("first")
		})
	}
	var d deferred = &v
	func() {
		defer d.Deferred("later")
		v.A = 50
	}()
	fmt.Println(joiner(v).join("a", "b"), joiner(&v).join(), v, &v)
	fmt.Printf("%v %s\n", &v, v)
	v.Set(9, "nine")
	fmt.Println(v.Get(), *v.C, (&v).String(), getter(&v).Get(), v.Fails())
	method, bound := (*pair).Get, getter(&v).Get
	v.A = 20
	fmt.Println(method(&v), bound())

	var none *pair
	var nothing *empty
	caught("get", func() { get(none) })
	caught("join", func() { join(none) })
	caught("empty", func() { get(nothing) })
	caught("string", func() { text(none) })
	caught("print", func() { fmt.Println(none) })
	caught("defer", func() { putOff(none) })
	caught("large", func() { get((*large)(nil)) })

	var wg sync.WaitGroup
	results := make(chan int, 20)
	for i := range 10 {
		p := &pair{A: i}
		wg.Add(2)
		go func() { defer wg.Done(); results <- getter(p).Get() }()
		go func(g getter) { defer wg.Done(); results <- g.Get() }(*p)
	}
	wg.Wait()
	close(results)
	total := 0
	for r := range results {
		total += r
	}
	fmt.Println(total)

	for i := range 300 {
		l = fill(l, i)
		if i > 0 && l.Get() != 2*i+len(l.text) {
			fmt.Println("large", i, l.Get())
		}
	}
	fmt.Println(sum([4]int{1, 2, 3, 4}, v, n), v.A, n, locals(7))
	fmt.Println(rescued(3))
}
