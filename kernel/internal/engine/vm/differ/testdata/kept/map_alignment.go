package main

import "fmt"

type pair struct{ a, b float32 }

// Elements of eight bytes which need less alignment than a word, behind keys that are smaller than a word.
func main() {
	c := map[uint32]complex64{}
	c[1] = 1.5 - 5.25i
	c[2] = 2 + 3i
	fmt.Println(c, c[1], len(c))
	p := map[int32]pair{7: {1, 2}}
	p[8] = pair{3, 4}
	fmt.Println(p, p[7])
	a := map[uint16][2]float32{}
	a[1] = [2]float32{1, 2}
	b := map[bool][8]byte{}
	b[true] = [8]byte{1, 2, 3, 4, 5, 6, 7, 8}
	d := map[int8][4]int16{}
	d[-1] = [4]int16{1, 2, 3, 4}
	e := map[rune]struct{ a, b, c, d int32 }{}
	e['x'] = struct{ a, b, c, d int32 }{1, 2, 3, 4}
	x, ok := e['x']
	fmt.Println(a, b, d, e, x, ok)
	for k, v := range c {
		c[k] = v * 2
	}
	fmt.Println(c)
}
