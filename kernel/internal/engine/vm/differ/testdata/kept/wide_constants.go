package main

// Constants above the largest int64 as right operands.
func main() {
	x := uint64(5)
	for i := range uint64(2) {
		x += i
		println(x+1<<63, x|1<<63, x&(1<<64-1), x+(1<<64-1), x^(1<<64-2), x-(1<<63+1), x-(1<<63-1), x&^(1<<63), x*(1<<63+1))
		println(x/(1<<63), (1<<64-1)/x, x%(1<<64-1), x < 1<<63, x == 1<<63, x > 1<<64-1)
		u, w := uint(x), uintptr(x)
		u |= 1 << 63
		w += 1 << 63
		println(u, w)
	}
}
