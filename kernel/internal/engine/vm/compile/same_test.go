package compile_test

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"strings"
	"unsafe"
)

// The functions of this file are compiled by Go and by the machine, and called with the same arguments: see TestSame. Each is
// about one sort of instruction. To add one: write it here, with parameters of the types that edges has values of.

func Arithmetic(a, b int64) (r [9]int64) {
	r[0], r[1], r[2] = a+b, a-b, a*b
	r[3], r[4], r[5], r[6] = a&b, a|b, a^b, a&^b
	r[7], r[8] = -a, ^a
	return
}

func Divide(a, b int64) (int64, int64) { return a / b, a % b }

func Divide8(a, b int8) (int8, int8) { return a / b, a % b }

func DivideBy(a int32) (r [6]int32) {
	r[0], r[1], r[2], r[3], r[4], r[5] = a/3, a%3, a/8, a%8, a/-7, a%-8
	return
}

func Wrap(a, b uint8) (uint8, uint8, uint16, int8) {
	return a + b, a * b, uint16(a) * uint16(b), int8(a) - int8(b)
}

func Shift(a int32, n int8) (int32, uint32, uint8) {
	return a << n, uint32(a) >> n, uint8(a) << (n & 7) >> 3
}

func ShiftBy(a int64) (r [5]int64) {
	r[0], r[1], r[2], r[3], r[4] = a<<1, a<<63, a>>63, int64(uint64(a)>>63), a<<33>>33
	return
}

func Fused(a, b, c float64) (r [7]float64) {
	r[0], r[1], r[2] = float64(a*b)+c, float64(a*b)-c, c-float64(a*b)
	r[3], r[4], r[5], r[6] = a*b*c, (a+b)*c, a+b+c, (a-b)*c
	return
}

func Order(a, b float64) (n int) {
	if a < b {
		n |= 1
	}
	if a <= b {
		n |= 2
	}
	if !(a > b) {
		n |= 4
	}
	if a >= b || a != b {
		n |= 8
	}
	for a == b && n < 16 {
		n |= 16
	}
	return n
}

func Convert(a int64, f float64) (int8, uint16, float32, string, float32, int) {
	n := 0
	if f > -1e9 && f < 1e9 {
		n = int(f)
	}
	return int8(a), uint16(a), float32(a), string(rune(a)), float32(f), n
}

func Complex(a, b float64) (c complex128, r, i float64, eq bool) {
	c = complex(a, b)
	d := c * c
	return c + d, real(d - 1), imag(-c), c == complex(real(c), imag(c))
}

func Strings(s, t string) (string, bool, int, []rune, []byte, string) {
	out := ""
	for i, r := range s {
		out += fmt.Sprint(i, r)
	}
	return s + t, s < t, len(s), []rune(s), []byte(t), out
}

func StringIndex(s string, i int) byte { return s[i] }

func StringFrom(s string, i int) string { return s[i:] }

func StringSlice(s string, i, j int) string { return s[i:j] }

func SliceIndex(i int) int {
	xs := []int{1, 2, 3}
	xs[i] += 10
	return xs[i] + len(xs)
}

func SliceUnsigned(i uint64) int { return []int{1, 2, 3}[i] }

func ArrayIndex(i int8) (r [3]int) {
	r[i] = 7
	return
}

func SliceOf(i, j, k int) ([]int, int) {
	xs := make([]int, 3, 8)
	ys := xs[i:j:k]
	return ys, cap(ys)
}

func ToArray(n int) (a [2]int) {
	xs := []int{1, 2, 3, 4}
	return [2]int(xs[:n])
}

func Make(n, m int) (int, int) {
	if n > 1000 || m > 1000 {
		return 0, 0
	}
	xs := make([]string, n, m)
	return len(xs), cap(xs)
}

func Append(n int) ([]int, []string, []byte) {
	var a []int
	var b []string
	c := []byte("x")
	for i := 0; i < n && i < 20; i++ {
		a = append(a, i, i*i)
		b = append(b, fmt.Sprint(i))
		c = append(c, b[i]...)
	}
	return append(a[:0:0], a...), b, c
}

func Copy(n int) ([]int, int, int) {
	xs := []int{1, 2, 3, 4, 5}
	if n < 0 || n > 5 {
		n = 2
	}
	a := copy(xs[n:], xs)
	b := copy(make([]byte, 3), "héllo")
	return xs, a, b
}

func Maps(a, b int64) (map[int64]string, string, bool, int) {
	m := map[int64]string{1: "one"}
	m[a] += "a"
	m[b] += "b"
	x, ok := m[a^b]
	delete(m, 1)
	return m, x, ok, len(m)
}

func MapOf(a any) (n int, ok bool) {
	m := map[any]int{1: 1, "s": 2, 2.5: 3}
	n, ok = m[a]
	m[a]++
	m[a] <<= 2
	return n + m[a]*10, ok
}

func NilMap(a int) int {
	var m map[int]int
	if a == 7 {
		m = map[int]int{}
	}
	m[a]++
	return m[a] + len(m)
}

type point struct {
	x, y int
	name string
}

func (p point) String() string      { return fmt.Sprintf("%s(%d,%d)", p.name, p.x, p.y) }
func (p *point) Move(dx int) *point { p.x += dx; return p }

type line struct {
	point
	*strings.Builder
	to [2]point
}

func Structs(a, b int) (string, point, bool) {
	p := point{a, b, "p"}
	q := p
	q.Move(1).Move(b)
	l := line{point: q, to: [2]point{p, q}}
	l.to[1], l.point = l.point, l.to[0]
	l.x++
	return l.point.String() + q.String(), l.to[1], l.to[0] == p
}

type polygon struct {
	name   string
	points []point
	weight []float64
}

func (p *polygon) at(i int) float64 {
	p.weight = append(p.weight, 1)
	return p.weight[i]
}

// Elements loads fields of elements of slices that lie in fields and in captured variables, and changes them in between.
func Elements(i, j int) (r [9]int, s string, f float64) {
	ps := []point{{1, 2, "a"}, {3, 4, "b"}, {5, 6, "c"}}
	p := &polygon{"p", ps, []float64{0.5, 1.5}}
	sum := func(k int) int { return ps[k].x*10 + ps[k].y + p.points[k].x }
	r[0], s = sum(i), p.points[i].name
	before := ps[i].y
	ps[i].y = 100
	r[1], r[2] = before, ps[i].y
	a := ps[i].x
	b := func() int { ps = ps[1:]; return 7 }()
	r[3], r[4], r[5] = a, b, len(ps)
	if j < 2 {
		f = p.weight[j] + p.at(j)
	}
	if p.points[i].x < p.points[2-i].x {
		r[6] = 1
	}
	if j > 3 {
		p = nil
	}
	if k := p.points[i]; k.x > 2 {
		r[7] = k.y
	}
	r[8] = ps[j].x
	return
}

func NilFields(a int) (s string) {
	var l line
	if a > 0 {
		l.Builder = new(strings.Builder)
	}
	l.WriteString("x")
	var p *point
	if a > 1 {
		p = &l.point
	}
	return p.Move(a).String() + l.Builder.String()
}

func Interfaces(v any) (s string) {
	switch x := v.(type) {
	case nil:
		return "nil"
	case int, int8:
		s = fmt.Sprintf("int %v", x)
	case fmt.Stringer:
		s = "stringer " + x.String()
	case error:
		s = x.Error()
	case func() string:
		s = x()
	default:
		s = fmt.Sprintf("%T", x)
	}
	n, ok := v.(int)
	return fmt.Sprint(s, n, ok, v == any(7))
}

func Assert(v any) (int, string) { return v.(int), v.(fmt.Stringer).String() }

func Compare(v any) bool { return v == v }

func Closures(n int) (out []int) {
	if n < 0 || n > 10 {
		n = 10
	}
	var fs []func(int) int
	total := 0
	for i := range n {
		fs = append(fs, func(k int) int { total += i; i += k; return i })
	}
	for _, f := range fs {
		out = append(out, f(2), f(total))
	}
	return out
}

func Defers(n int) (s string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("recovered %v", r)
		}
		s += "!"
	}()
	for i := range min(max(n, 0), 3) {
		defer func() { s += fmt.Sprint(i) }()
	}
	if n > 2 {
		panic(n)
	}
	if n == -1 {
		var p *point
		return p.name, nil
	}
	return "done", nil
}

func Repanic(n int) (s string) {
	defer func() { s = fmt.Sprint(s, recover()) }()
	defer func() {
		r := recover()
		if n > 0 {
			panic(fmt.Sprint(r, " again"))
		}
		s = fmt.Sprint(r, recover())
	}()
	panic("first")
}

func Labels(n int) (out []int) {
outer:
	for i := 0; i < 5; i++ {
		for j := 0; ; j++ {
			switch {
			case j == n:
				continue outer
			case j > 3:
				break outer
			case i*j == 4:
				goto end
			}
			out = append(out, i*10+j)
		}
	}
	return append(out, -1)
end:
	return append(out, -2)
}

func Channels(n int) (out []int) {
	c, d := make(chan int, 2), make(chan struct{})
	go func() {
		for i := range min(max(n, 0), 9) {
			c <- i * i
		}
		close(c)
		<-d
	}()
	for x := range c {
		out = append(out, x)
	}
	select {
	case d <- struct{}{}:
		out = append(out, -1)
	case x := <-(chan int)(nil):
		out = append(out, x)
	}
	x, ok := <-c
	select {
	case y := <-c:
		x += y
	default:
		x -= 2
	}
	if !ok {
		out = append(out, x, len(c), cap(c))
	}
	return out
}

func Iterators(n int) (out []string) {
	seq := func(yield func(int, string) bool) {
		for i := range 5 {
			if !yield(i, strings.Repeat("a", i)) {
				out = append(out, "left")
				return
			}
		}
	}
	for i, s := range seq {
		if i == n {
			break
		}
		defer func() { out = append(out, s) }()
		if i > 3 {
			return append(out, "return")
		}
		out = append(out, s+"+")
	}
	return out
}

type number interface{ ~int | ~float64 }

type stack[T any] struct{ xs []T }

func (s *stack[T]) push(x T) *stack[T] { s.xs = append(s.xs, x); return s }

func sum[T number](xs ...T) (t T) {
	for _, x := range xs {
		t += x
	}
	return
}

func Generics(a int, f float64) (int, float64, string, string) {
	s := new(stack[point]).push(point{a, 1, "s"}).push(point{})
	return sum(a, a, 1), sum(f, 0.5), fmt.Sprint(s.xs), fmt.Sprintf("%T", s)
}

func Library(a, b int) ([]int, string, error) {
	xs := []int{a, b, 3, -3}
	sort.Slice(xs, func(i, j int) bool { return xs[i] < xs[j] })
	err := fmt.Errorf("outer: %w", fmt.Errorf("inner %d", a))
	return xs, strings.Map(func(r rune) rune {
		if r == 'a' {
			return rune('a' + b&7)
		}
		return r
	}, "banana"), errors.Unwrap(err)
}

func Sizes(a int) (uintptr, uintptr, uintptr, int) {
	var l line
	return unsafe.Sizeof(l), unsafe.Offsetof(l.to), unsafe.Alignof(l.x), *(*int)(unsafe.Pointer(&a))
}

func Extremes(a, b float64) (float64, float64, int) {
	return min(a, b, 3), max(a, b), max(len(fmt.Sprint(a)), 2)
}

func Unlikely(a float64) (float64, bool) { return math.Sqrt(a) + math.Floor(a), a != a }
