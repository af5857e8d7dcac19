// Package workload has the programs that bench/engine runs on each contender. This one file is compiled for native Go and
// handed as text to the interpreters, so that they cannot run different programs.
//
// Each program is what a learner might write in a cell, takes no input and returns a checksum: a whole number, rounded
// where floating point may differ in the last digits between languages (tanh, fused multiply-add).
package workload

import (
	"fmt"
	"math"
	"sort"
	"strings"
)

// A Program is one workload.
type Program struct {
	Name  string // of its function
	About string // the heading of its row
	Study bool   // one of the thirteen that the requirements speak of
	Run   func() int
}

// All has every program, in the order of the table.
var All = []Program{
	{"Sum", "sum of 1e7 floats", true, Sum},
	{"MatmulRows", "matmul 128, [][]float64", true, MatmulRows},
	{"MatmulFlat", "matmul 128, flat []float64", true, MatmulFlat},
	{"Perceptron", "perceptron, 1e5 updates", true, Perceptron},
	{"Fib", "fib(25)", true, Fib},
	{"Closure", "closure counter, 1e5", true, Closure},
	{"Recover", "defer and recover, 1e4 (1000 panics)", true, Recover},
	{"MapInt", "map[int]int, 1e5", true, MapInt},
	{"MapString", "map[string]int, 1e5", false, MapString},
	{"MapFilter", "generic map and filter, 1e5", true, MapFilter},
	{"Sieve", "sieve to 1e6", true, Sieve},
	{"Structs", "struct values and methods, 1e5", true, Structs},
	{"Interfaces", "interface calls, 1e5", false, Interfaces},
	{"Sqrt", "math.Sqrt, 1e6", true, Sqrt},
	{"Append", "append, 1e5", true, Append},
	{"Strings", "Sprintf, ToUpper, range string, 1e4", false, Strings},
	{"SortSlice", "sort.Slice of 20000 structs", false, SortSlice},
	{"MLP", "small MLP, forward 20 times", false, MLP},
	{"Callback", "closures called by compiled code, 1e6", false, Callback},
}

// Find returns the program with a name, or nil.
func Find(name string) func() int {
	for _, p := range All {
		if p.Name == name {
			return p.Run
		}
	}
	return nil
}

// round is x in millionths.
func round(x float64) int { return int(math.Round(x * 1e6)) }

// next is the next number of a linear congruential generator, below 1<<31.
func next(seed int) int { return (seed*1103515245 + 12345) % 2147483648 }

// Sum adds a constant 1e7 times: the cheapest loop body there is.
func Sum() int {
	s := 0.0
	for i := 0; i < 10000000; i++ {
		s += 1.5
	}
	return int(s)
}

// MatmulRows multiplies two square matrices whose rows are slices.
func MatmulRows() int {
	c := matmul(128)
	s := 0.0
	for _, row := range c {
		for _, x := range row {
			s += x
		}
	}
	return int(s)
}

func matmul(n int) [][]float64 {
	a := make([][]float64, n)
	b := make([][]float64, n)
	c := make([][]float64, n)
	for i := 0; i < n; i++ {
		a[i] = make([]float64, n)
		b[i] = make([]float64, n)
		c[i] = make([]float64, n)
		for j := 0; j < n; j++ {
			a[i][j] = float64(i + j)
			b[i][j] = float64(i - 2*j)
		}
	}
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			s := 0.0
			for k := 0; k < n; k++ {
				s += a[i][k] * b[k][j]
			}
			c[i][j] = s
		}
	}
	return c
}

// MatmulFlat multiplies two square matrices that are one slice each.
func MatmulFlat() int {
	n := 128
	a := make([]float64, n*n)
	b := make([]float64, n*n)
	c := make([]float64, n*n)
	for i := range a {
		a[i] = float64(i)
		b[i] = float64(-i)
	}
	for i := 0; i < n; i++ {
		for k := 0; k < n; k++ {
			x := a[i*n+k]
			for j := 0; j < n; j++ {
				c[i*n+j] += x * b[k*n+j]
			}
		}
	}
	s := 0.0
	for _, x := range c {
		s += x
	}
	return int(s)
}

// Perceptron learns a line from 1e5 random points.
func Perceptron() int {
	w0, w1, b := 0.0, 0.0, 0.0
	seed := 12345
	for i := 0; i < 100000; i++ {
		seed = (seed*1103515245 + 12345) % 2147483648
		x := float64(seed)/1073741824.0 - 1.0
		seed = (seed*1103515245 + 12345) % 2147483648
		y := float64(seed)/1073741824.0 - 1.0
		target := -1.0
		if x+2*y > 0.3 {
			target = 1.0
		}
		out := -1.0
		if w0*x+w1*y+b > 0 {
			out = 1.0
		}
		if out != target {
			w0 += 0.1 * target * x
			w1 += 0.1 * target * y
			b += 0.1 * target
		}
	}
	return round(w0) + 3*round(w1) + 5*round(b)
}

// Fib calls a function about 250,000 times.
func Fib() int { return fib(25) }

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

// Closure calls a closure that changes a captured variable.
func Closure() int {
	c := counter()
	s := 0
	for i := 0; i < 100000; i++ {
		s += c()
	}
	return s
}

func counter() func() int {
	c := 0
	return func() int {
		c++
		return c
	}
}

// Recover calls a function that defers 1e4 times and panics 1000 times.
func Recover() int {
	s := 0
	for i := 0; i < 10000; i++ {
		s += safe(i)
	}
	return s
}

func safe(i int) (r int) {
	defer func() {
		if e := recover(); e != nil {
			r = -1
		}
	}()
	if i%10 == 0 {
		panic("bad number")
	}
	return i
}

// MapInt sums into a map with 1000 keys and ranges over it.
func MapInt() int {
	m := map[int]int{}
	for i := 0; i < 100000; i++ {
		m[i%1000] += i
	}
	s := 0
	for k, v := range m {
		s += k ^ v
	}
	return s
}

// MapString counts words.
func MapString() int {
	words := strings.Fields("the quick brown fox jumps over the lazy dog and the cat")
	count := map[string]int{}
	for i := 0; i < 100000; i++ {
		count[words[i%len(words)]]++
	}
	return count["the"] + 7*count["cat"] + len(count)
}

// MapFilter runs two generic functions, each with a closure.
func MapFilter() int {
	xs := make([]int, 100000)
	for i := range xs {
		xs[i] = i
	}
	ys := transform(filter(xs, func(x int) bool { return x%3 == 0 }), func(x int) int { return x * 2 })
	s := 0
	for _, y := range ys {
		s += y
	}
	return s
}

func transform[T, U any](xs []T, f func(T) U) []U {
	ys := make([]U, 0, len(xs))
	for _, x := range xs {
		ys = append(ys, f(x))
	}
	return ys
}

func filter[T any](xs []T, keep func(T) bool) []T {
	var ys []T
	for _, x := range xs {
		if keep(x) {
			ys = append(ys, x)
		}
	}
	return ys
}

// Sieve counts the primes to 1e6.
func Sieve() int {
	n := 1000000
	composite := make([]bool, n+1)
	primes := 0
	for i := 2; i <= n; i++ {
		if composite[i] {
			continue
		}
		primes++
		for j := i * i; j <= n; j += i {
			composite[j] = true
		}
	}
	return primes
}

type vec struct{ x, y, z float64 }

func (v vec) add(w vec) vec       { return vec{v.x + w.x, v.y + w.y, v.z + w.z} }
func (v vec) scale(f float64) vec { return vec{v.x * f, v.y * f, v.z * f} }
func (v *vec) bump()              { v.x++ }

// Structs passes and returns struct values.
func Structs() int {
	p, v := vec{}, vec{1, 2, 3}
	for i := 0; i < 100000; i++ {
		p = p.add(v.scale(0.01))
		p.bump()
	}
	return round(p.x + p.y + p.z)
}

type shape interface{ area() float64 }
type square struct{ side float64 }
type circle struct{ radius float64 }

func (s square) area() float64  { return s.side * s.side }
func (c *circle) area() float64 { return c.radius * c.radius * 3 }

// Interfaces calls methods of two types through an interface.
func Interfaces() int {
	shapes := []shape{square{1}, &circle{2}, square{3}}
	t := 0.0
	for i := 0; i < 100000; i++ {
		t += shapes[i%3].area()
	}
	return int(t)
}

// Sqrt calls a compiled function 1e6 times.
func Sqrt() int {
	s := 0.0
	for i := 0; i < 1000000; i++ {
		s += math.Sqrt(float64(i))
	}
	return round(s)
}

// Append grows a slice to 1e5 numbers.
func Append() int {
	var xs []int
	for i := 0; i < 100000; i++ {
		xs = append(xs, i)
	}
	return len(xs) + xs[77777]
}

// Strings formats, changes and reads short strings.
func Strings() int {
	n := 0
	for i := 0; i < 10000; i++ {
		s := fmt.Sprintf("%d-%s", i, "x")
		n += len(strings.ToUpper(s))
		for _, r := range s {
			if r == '-' {
				n++
			}
		}
	}
	return n
}

type result struct {
	id    int
	score float64
}

// SortSlice sorts structs: compiled code calls a closure at each comparison.
func SortSlice() int {
	rs := make([]result, 20000)
	seed := 1
	for i := range rs {
		seed = next(seed)
		rs[i] = result{i, float64(seed) / 2147483648}
	}
	sort.Slice(rs, func(i, j int) bool { return rs[i].score < rs[j].score })
	return rs[0].id + 3*rs[100].id + 5*rs[len(rs)-1].id
}

type layer struct {
	w [][]float64 // (out, in)
	b []float64   // (out)
}

func newLayer(in, out int) *layer {
	l := &layer{w: make([][]float64, out), b: make([]float64, out)}
	for i := range l.w {
		l.w[i] = make([]float64, in)
		for j := range l.w[i] {
			l.w[i][j] = float64((i*7+j*13)%11)/11 - 0.5
		}
	}
	return l
}

// forward returns tanh(w x + b).
func (l *layer) forward(x []float64) []float64 {
	y := make([]float64, len(l.b))
	for i := range y {
		s := l.b[i]
		for j, v := range x {
			s += l.w[i][j] * v
		}
		y[i] = math.Tanh(s)
	}
	return y
}

// MLP runs a network of 32, 64, 64 and 10 units forward on 20 inputs.
func MLP() int {
	layers := []*layer{newLayer(32, 64), newLayer(64, 64), newLayer(64, 10)}
	x := make([]float64, 32)
	t := 0.0
	for e := 0; e < 20; e++ {
		for i := range x {
			x[i] = float64((e+i)%5) / 5
		}
		h := x
		for _, l := range layers {
			h = l.forward(h)
		}
		t += h[0] + h[9]
	}
	return round(t)
}

// text is what Callback searches: the last of its 1e6 letters is the wanted one.
var text = strings.Repeat("a", 999999) + "z"

// Callback has a compiled function call a closure 1e6 times.
func Callback() int {
	wanted := 'z'
	return strings.IndexFunc(text, func(r rune) bool { return r == wanted })
}
