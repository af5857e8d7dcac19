package differ

// goroutines computes in several goroutines and prints what they computed in a fixed order.
func (g *gen) goroutines() {
	e := g.valueType(1)
	g.scene("goroutines", func() {
		g.declare(0)
		g.quiet = true
		defer func() { g.quiet = false }()
		for range g.between(2, 4) {
			g.w("{\n"+g.oneOf(
				"out := make([]$1, $2)\nvar wg sync.WaitGroup\nfor i := range out {\nwg.Add(1)\ngo func() {\ndefer wg.Done()\nout[i] = []$1{$3}[i%2]\n}()\n}\nwg.Wait()\nfmt.Println(out)",
				"jobs, results := make(chan int), make([]int, 10)\nvar wg sync.WaitGroup\nfor w := range $2 {\nwg.Go(func() {\nfor j := range jobs {\nresults[j] = j*j + w - w\n}\n})\n}\nfor j := range results {\njobs <- j\n}\nclose(jobs)\nwg.Wait()\nfmt.Println(results)",
				"var mu sync.Mutex\nvar wg sync.WaitGroup\ntotal, seen := 0, map[int]bool{}\nfor i := range 8 {\nwg.Go(func() {\nfor range $2 {\nmu.Lock()\ntotal += i\nseen[i%3] = true\nmu.Unlock()\nruntime.Gosched()\n}\n})\n}\nwg.Wait()\nfmt.Println(total, seen)",
				"stage := func(in <-chan int, f func(int) int) <-chan int {\nout := make(chan int, $2%3)\ngo func() {\ndefer close(out)\nfor x := range in {\nout <- f(x)\n}\n}()\nreturn out\n}\nsrc := make(chan int)\ngo func() {\nfor i := range 5 {\nsrc <- i\n}\nclose(src)\n}()\nfor x := range stage(stage(src, func(x int) int { return x + $2 }), func(x int) int { return x * x }) {\nfmt.Print(x, \" \")\n}\nfmt.Println()",
				"errs := make(chan error, 3)\nfor i := range 3 {\ngo func() {\nvar err error\ndefer func() { errs <- err }()\ndefer func() {\nif r := recover(); r != nil {\nerr = fmt.Errorf(\"goroutine: %v\", r)\n}\n}()\nvar xs []$1\n_ = xs[i]\n}()\n}\nvar texts []string\nfor range 3 {\ntexts = append(texts, (<-errs).Error())\n}\nslices.Sort(texts)\nfmt.Println(texts)",
				"var n atomic.Int64\nvar p atomic.Pointer[$1]\nvar wg sync.WaitGroup\nfor i := range $2 {\nwg.Go(func() { n.Add(int64(i)); p.CompareAndSwap(nil, &[]$1{$3}[0]) })\n}\nwg.Wait()\nfmt.Println(n.Load(), *p.Load())",
				"ping, pong := make(chan int), make(chan int)\ngo func() {\nfor x := range ping {\npong <- x * 2\n}\nclose(pong)\n}()\nx := 1\nfor range $2 {\nping <- x\nx = <-pong + 1\n}\nclose(ping)\n_, ok := <-pong\nfmt.Println(x, ok)",
				"cond := sync.NewCond(&sync.Mutex{})\nready := 0\nfor range $2 {\ngo func() {\ncond.L.Lock()\nready++\ncond.L.Unlock()\ncond.Broadcast()\n}()\n}\ncond.L.Lock()\nfor ready < $2 {\ncond.Wait()\n}\ncond.L.Unlock()\nfmt.Println(ready)",
				"ctx, cancel := context.WithCancel(context.Background())\ndone := make(chan string)\ngo func() {\n<-ctx.Done()\ndone <- ctx.Err().Error()\n}()\ncancel()\nfmt.Println(<-done, context.Cause(ctx))",
				"done := make(chan bool)\ngo func() {\ndefer close(done)\ndefer fmt.Println(\"deferred\")\nfunc() {\ndefer func() { fmt.Println(recover()) }()\nruntime.Goexit()\n}()\nfmt.Println(\"never\")\n}()\n_, ok := <-done\nfmt.Println(ok)",
				"next := make([]chan $1, $2+1)\nfor i := range next {\nnext[i] = make(chan $1)\n}\nfor i := range $2 {\ngo func(in <-chan $1, out chan<- $1) { out <- <-in }(next[i], next[i+1])\n}\nnext[0] <- []$1{$3}[0]\nfmt.Println(<-next[$2])",
				"var once sync.Once\nvar wg sync.WaitGroup\nn := 0\nfor range 5 {\nwg.Go(func() { once.Do(func() { n++ }) })\n}\nwg.Wait()\nv := sync.OnceValue(func() int { n++; return n })\nfmt.Println(v(), v())",
				"var m sync.Map\nvar wg sync.WaitGroup\nfor i := range $2 {\nwg.Go(func() { m.Store(i, []$1{$3}[i%2]) })\n}\nwg.Wait()\nx, ok := m.Load(0)\n_, none := m.Load(\"x\")\nfmt.Println(x, ok, none)",
			)+"\n}", e, g.between(1, 6), g.parts(2, e, func(t *typ) string { return g.value(t, 1) }))
		}
	})
}

// channels sends, receives, closes and selects without another goroutine.
func (g *gen) channels() {
	e := g.valueType(1)
	g.scene("channels", func() {
		g.w("c, d := make(chan $1, 3), make(chan int, 1)\nvar none chan $1\n_, _, _ = c, d, none", e)
		for range g.between(4, 7) {
			g.w("{\n"+g.oneOf(
				"c <- $2\nc <- $3\nfmt.Println(len(c), cap(c), <-c, len(c))\nx, ok := <-c\nfmt.Println(x, ok)",
				"select {\ncase x := <-c:\nfmt.Println(\"got\", x)\ncase none <- $2:\nfmt.Println(\"never\")\ndefault:\nfmt.Println(\"empty\")\n}",
				"select {\ncase d <- $4:\nfmt.Println(\"sent\", len(d))\ndefault:\nfmt.Println(\"full\", <-d)\n}",
				"d2 := make(chan int, 4)\nfor i := range 4 {\nd2 <- i * $4\n}\nclose(d2)\nfor x := range d2 {\nfmt.Print(x, \" \")\n}\nx, ok := <-d2\nfmt.Println(x, ok, len(d2))",
				"q := make(chan struct{}, 1)\nfor i := 0; i < 5; i++ {\nselect {\ncase q <- struct{}{}:\nfmt.Print(\"s\", i, \" \")\ncase _, ok := <-q:\nfmt.Print(\"r\", ok, \" \")\n}\n}\nfmt.Println()",
				"cc := make(chan chan $1, 1)\ncc <- c\n(<-cc) <- $2\nfmt.Println(<-c)",
				"fs := make(chan func() $1, 1)\nfs <- func() $1 { return $2 }\nfmt.Println((<-fs)())",
				"r := make(chan $1)\nclose(r)\nn := 0\nL$5:\nfor {\nselect {\ncase x, ok := <-r:\nfmt.Print(x, ok, \" \")\nif n++; n > 2 {\nbreak L$5\n}\ncase <-none:\n}\n}\nfmt.Println(n)",
				"var arr [2]$1\nc <- $2\narr[1] = <-c\nm := map[int]chan int{1: d}\nselect {\ncase m[1] <- 3:\ndefault:\n}\nselect {\ncase arr2 := <-m[1]:\nfmt.Println(arr2, arr)\ndefault:\n}",
				"send, recv := (chan<- $1)(c), (<-chan $1)(c)\nsend <- $3\nfmt.Println(<-recv, len(send), cap(recv))\nfmt.Printf(\"%T %T\\n\", send, recv)",
				"timeout := time.After(time.Millisecond)\nselect {\ncase <-none:\nfmt.Println(\"never\")\ncase <-timeout:\nfmt.Println(\"time\")\n}",
				"catch(\"closed\", func() {\nk := make(chan int, 1)\nclose(k)\nselect {\ncase k <- 1:\nfmt.Println(\"never\")\ndefault:\nfmt.Println(\"never\")\n}\n})",
				"var x $1\nvar ok bool\nc <- $2\nselect {\ncase x, ok = <-c:\nfmt.Println(x, ok)\n}\ni := 0\nxs := make([]int, 3)\nd3 := make(chan int, 1)\nd3 <- $4\nselect {\ncase xs[i+1] = <-d3:\n}\nfmt.Println(xs)",
				"fmt.Println(none == nil, c == c, any(c) == any(c), any(c) == any(none), len(none), cap(none))",
			)+"\n}", e, g.value(e, 1), g.value(e, 1), g.between(1, 50), g.name(""))
		}
	})
}

// startup computes package variables in the order of their dependencies, before main.
func (g *gen) startup() {
	n := g.name("_")
	e := g.basicType()
	g.w("var (\nx$1 = y$1 + f$1()\ny$1 = len(z$1)\nz$1 = []int{1, 2, w$1}\nw$1 = trace$1(\"w\", $2)\nv$1, u$1 = pair$1()\nm$1 = map[string]$3{\"k\": $4}\nfn$1 = func(k int) int { return k + w$1 }\n_ = trace$1(\"blank\", 1)\na$1 = [...]string{2: \"c\", 0: \"a\"}\np$1 = &w$1\n)", n, g.between(1, 9), e, g.literal(e))
	g.w("func f$1() int { return y$1 * 10 }\nfunc trace$1(s string, k int) int {\nfmt.Println(\"init\", s, k)\nreturn k\n}\nfunc pair$1() (int, string) {\nfmt.Println(\"pair\")\nreturn fn$1(1), \"u\"\n}", n)
	g.w("func init() {\nfmt.Println(\"first\", x$1, y$1, z$1)\nw$1++\n}\nfunc init() {\nfmt.Println(\"second\", w$1, v$1, u$1, *p$1)\nx$1 = $2\n}", n, g.between(1, 99))
	g.flush()
	g.scene("globals", func() {
		g.w("x$1 += y$1\ny$1, w$1 = w$1, y$1\n*p$1 *= 2\nz$1[0]++\na$1[1] += \"b\"\nfmt.Println(x$1, y$1, w$1, z$1, v$1, u$1, m$1, fn$1(1), a$1, *p$1)\nfn$1 = func(k int) int { return k * x$1 }\nm$1 = nil\nfmt.Println(fn$1(2), len(m$1))", n)
	})
}

// recursion builds trees and lists, and walks them.
func (g *gen) recursion() {
	n := g.name("")
	g.w("type expr$1 interface{ eval(map[string]int) int }\ntype num$1 int\ntype ref$1 string\ntype bin$1 struct {\nop byte\nl, r expr$1\n}\nfunc (n num$1) eval(map[string]int) int { return int(n) }\nfunc (v ref$1) eval(env map[string]int) int { return env[string(v)] }\nfunc (b *bin$1) eval(env map[string]int) int {\nl, r := b.l.eval(env), b.r.eval(env)\nswitch b.op {\ncase '+':\nreturn l + r\ncase '-':\nreturn l - r\ncase '*':\nreturn l * r\n}\npanic(fmt.Sprintf(\"bad op %q\", b.op))\n}", n)
	g.w("func even$1(n int) bool { return n == 0 || odd$1(n-1) }\nfunc odd$1(n int) bool { return n != 0 && even$1(n-1) }\nfunc ack$1(m, n int) int {\nif m == 0 {\nreturn n + 1\n}\nif n == 0 {\nreturn ack$1(m-1, 1)\n}\nreturn ack$1(m-1, ack$1(m, n-1))\n}\nfunc perms$1(s []int, k int, out *[][]int) {\nif k == len(s) {\n*out = append(*out, slices.Clone(s))\nreturn\n}\nfor i := k; i < len(s); i++ {\ns[k], s[i] = s[i], s[k]\nperms$1(s, k+1, out)\ns[k], s[i] = s[i], s[k]\n}\n}\nfunc deep$1(n int, x [3]int) [3]int {\nif n == 0 {\nreturn x\n}\nx[n%3] += n\ny := deep$1(n-1, x)\ny[0]--\nreturn y\n}", n)
	g.flush()
	g.scene("recursion", func() {
		for range g.between(3, 5) {
			g.w("{\n"+g.oneOf(
				"var e expr$1 = &bin$1{'+', num$1($2), &bin$1{'*', ref$1(\"x\"), num$1($3)}}\nfor i := range 3 {\ne = &bin$1{\"+-*\"[i], e, ref$1(\"xy\"[i%2 : i%2+1])}\n}\nfmt.Println(e.eval(map[string]int{\"x\": $2, \"y\": 5}))",
				"catch(\"op\", func() {\nfmt.Println((&bin$1{'?', num$1(1), num$1(2)}).eval(nil))\n})",
				"fmt.Println(even$1($2*10), odd$1($3*7), ack$1(2, $3%4))",
				"var out [][]int\nperms$1([]int{1, 2, 3, $2}, $3%3, &out)\nfmt.Println(len(out), out[len(out)-1], out)",
				"fmt.Println(deep$1($2*100, [3]int{$3}))",
				"memo := map[int]int{}\nvar collatz func(int) int\ncollatz = func(n int) int {\nif n == 1 {\nreturn 0\n}\nif c, ok := memo[n]; ok {\nreturn c\n}\nm := n / 2\nif n%2 == 1 {\nm = 3*n + 1\n}\nmemo[n] = collatz(m) + 1\nreturn memo[n]\n}\nfmt.Println(collatz($2+1), collatz($3+20), len(memo))",
				"type tree struct {\nl, r *tree\nv int\n}\nvar root *tree\nfor i := range 20 {\nv := i * 37 % 23\np := &root\nfor *p != nil {\nif v < (*p).v {\np = &(*p).l\n} else {\np = &(*p).r\n}\n}\n*p = &tree{v: v}\n}\nvar walk func(t *tree, d int) (n, deepest int)\nwalk = func(t *tree, d int) (n, deepest int) {\nif t == nil {\nreturn 0, d\n}\na, b := walk(t.l, d+1)\nx, y := walk(t.r, d+1)\nreturn a + x + t.v, max(b, y)\n}\nfmt.Println(walk(root, 0))",
				"grid := [5][6]int{}\nvar fill func(x, y, c int)\nfill = func(x, y, c int) {\nif x < 0 || y < 0 || x >= 5 || y >= 6 || grid[x][y] != 0 || x*y == $2 {\nreturn\n}\ngrid[x][y] = c\nfill(x+1, y, c+1)\nfill(x, y+1, c+1)\nfill(x-1, y, c+1)\n}\nfill(0, $3%6, 1)\nfmt.Println(grid)",
				"h := &heap$1{5, 2, $2, $3}\nheap.Init(h)\nheap.Push(h, 1)\nfor h.Len() > 0 {\nfmt.Print(heap.Pop(h), \" \")\n}\nfmt.Println()",
				"var xs []string\nvar hanoi func(n int, a, b, c string)\nhanoi = func(n int, a, b, c string) {\nif n > 0 {\nhanoi(n-1, a, c, b)\nxs = append(xs, a+c)\nhanoi(n-1, b, a, c)\n}\n}\nhanoi($3%4+1, \"a\", \"b\", \"c\")\nfmt.Println(len(xs), strings.Join(xs, \" \"))",
			)+"\n}", n, g.between(1, 12), g.between(1, 12))
		}
	})
	g.w("type heap$1 []int\nfunc (h heap$1) Len() int { return len(h) }\nfunc (h heap$1) Less(i, j int) bool { return h[i] < h[j] }\nfunc (h heap$1) Swap(i, j int) { h[i], h[j] = h[j], h[i] }\nfunc (h *heap$1) Push(x any) { *h = append(*h, x.(int)) }\nfunc (h *heap$1) Pop() any {\nold := *h\nx := old[len(old)-1]\n*h = old[:len(old)-1]\nreturn x\n}", n)
	g.flush()
}
