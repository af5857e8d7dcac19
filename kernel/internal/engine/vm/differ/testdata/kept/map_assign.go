package main

import "fmt"

func try(name string, f func()) {
	defer func() {
		r := recover()
		fmt.Printf("%s %T %v\n", name, r, r)
	}()
	f()
}

// Errors of assignments to elements of maps, and of unsigned indexes.
func main() {
	s := []int{1, 2, 3}
	m := map[any]int{}
	mi := map[int]int{}
	n := -len(s)
	var nm map[any]int
	var nmi map[int]int
	try("nm/=", func() { nm[s] /= len(m) })
	try("m/=", func() { m[s] /= len(m) })
	try("m%=", func() { m[1] %= len(m) })
	fmt.Println(len(m))
	fmt.Println(len(mi))
	try("nmi++", func() { nmi[1] += s[len(s)+1] })
	ps := &s
	ps = nil
	try("ps", func() { nmi[1] += (*ps)[0] })
	try("ms", func() { ms := map[any]string{}; ms[s] += "a" + fmt.Sprint(n) + "b" })
	try("mf", func() { ms := map[any]float64{}; ms[s] -= 2 })
	try("mms", func() { ms := map[any]map[any]float64{}; ms[s][s] -= 2 })
	try("mms1", func() { ms := map[any]map[any]float64{1: {}}; ms[1][s] -= 2 })
	type st struct {
		a [2]any
		n int
	}
	try("mst", func() { ms := map[st]float64{}; ms[st{[2]any{1, s}, 3}] *= 2 })
	u := uint(1 << 63)
	try("e2", func() { x := [][]int{{1}}; fmt.Println(x[0][u], x[u][0]) })
	try("e2=", func() { x := [][]int{{1}}; x[u][0] = 2 })
	try("e3=", func() { x := [][2]int{{1}}; x[0][u]++ })
	try("e4", func() { x := [2][2]int{{1}}; fmt.Println(x[0][u]) })
	try("e5", func() { x := func() [2]int { return [2]int{} }; fmt.Println(x()[u]) })
	try("e6", func() { x := func() string { return "a" }; fmt.Println(x()[u]) })
	try("e7", func() { fmt.Println("abc"[u]) })
	try("e8", func() { fmt.Println("abc"[u&7+7]) })
}
