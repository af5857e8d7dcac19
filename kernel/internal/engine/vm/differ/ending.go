package differ

// ending makes some programs end otherwise than by a return from main: with a status, or with a panic that nobody
// recovers from.
func (g *gen) ending() {
	if g.chance(75) {
		return
	}
	n := g.name("last")
	g.w("type $1 struct{ code int }\nfunc (e $1) Error() string { return fmt.Sprint(\"failure \", e.code) }\ntype s$1 string\ntype n$1 $2\ntype str$1 int\nfunc (s str$1) String() string { return \"stringer\" }",
		n, basics[g.between(int(boolKind), int(complex128Kind))])
	g.w("func end$1(n int) {", n)
	g.w("defer fmt.Println(\"deferred\", n)")
	g.w(g.oneOf(
		"os.Exit(n)",
		"defer os.Exit(n)\npanic(\"hidden\")",
		"panic($1{n})", "panic(&$1{n})", "panic(s$1(\"text\\n more\"))", "panic(str$1(n))", "var x n$1\npanic(x)", "panic(fmt.Errorf(\"wrapped: %w\", $1{n}))",
		"panic(n)", "panic(\"text\")", "panic(1.5)", "panic(nil)", "var e error\npanic(e)", "panic(any(2i))", "panic(uint8(n))", "panic(true)",
		"var p *$1\nfmt.Println(p.code)", "fmt.Println([]int{}[n])", "fmt.Println(n / id(0))", "var m map[string]int\nm[\"a\"] = n", "var x any = n\nfmt.Println(x.(string))",
		"defer func() { panic(\"second\") }()\npanic(\"first\")",
		"defer func() {\nr := recover()\npanic(fmt.Sprint(r, \" again\"))\n}()\npanic(\"first\")",
		"defer func() {\nr := recover()\npanic(r)\n}()\npanic($1{n})",
		"defer func() {\ndefer func() { panic(\"third\") }()\npanic(\"second\")\n}()\npanic(\"first\")",
		"defer func() {\nfunc() {\ndefer func() { recover() }()\npanic(\"handled\")\n}()\n}()\npanic(\"kept\")",
		"go func() {\ndefer fmt.Println(\"of the goroutine\")\npanic(\"in a goroutine\")\n}()\nselect {}",
		"xs := []int{3, 1}\nsort.Slice(xs, func(i, j int) bool { panic(\"in sort\") })",
		"defer func() { fmt.Println(recover()) }()\ndefer panic(\"from defer\")\nreturn",
		"println(\"to stderr\", n, 1.5, true, 2i)\nos.Stderr.WriteString(\"more\\n\")\nos.Exit(3)",
		"var c chan int\nclose(c)", "panic(errors.Join(errors.New(\"a\"), errors.New(\"b\")))", "panic(fmt.Sprintf(\"%s\", []byte{0xff, 'a'}))",
	), n)
	g.w("}")
	g.flush()
	g.calls = append(g.calls, fill("end$1($2)", n, g.between(0, 9)))
}
