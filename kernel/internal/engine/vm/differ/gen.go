package differ

import (
	"fmt"
	"go/format"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
)

// Program writes the program of a seed: one file of package main which imports the standard library only.
func Program(seed uint64) string {
	g := &gen{Rand: rand.New(rand.NewPCG(seed, 0x60_9f_e2))}
	g.declareTypes()
	for range 1 + g.IntN(2) {
		g.soupFunc()
	}
	for range 2 + g.IntN(3) {
		pickOf(g, scenes)(g)
	}
	g.ending()
	return g.file(seed)
}

// scenes are the parts that programs are made of. Each writes declarations and leaves a call to be made by main.
var scenes = []func(*gen){
	(*gen).soup, (*gen).soup, (*gen).soup, (*gen).soup,
	(*gen).edges, (*gen).conversions, (*gen).floats, (*gen).complexNumbers, (*gen).constants,
	(*gen).stringWork, (*gen).printing, (*gen).library,
	(*gen).structs, (*gen).slicesWork, (*gen).mapsWork, (*gen).places, (*gen).places,
	(*gen).closures, (*gen).defers, (*gen).panics, (*gen).order, (*gen).labels, (*gen).iterators,
	(*gen).interfaces, (*gen).embedding, (*gen).methodValues, (*gen).signatures, (*gen).generics,
	(*gen).goroutines, (*gen).channels, (*gen).startup, (*gen).recursion,
	(*gen).sums, (*gen).sums, (*gen).smallCalls, (*gen).constraints, (*gen).namedTypes,
}

// gen writes one program.
type gen struct {
	*rand.Rand
	top   strings.Builder // finished declarations
	body  strings.Builder // of the function being written
	calls []string        // of main
	last  int             // the number of the last name that was made

	types  []*typ // declared
	ifaces []*typ // declared
	funcs  []function
	scope  []variable
	fn     *function // being written, with named results where it has any
	loops  []string  // labels of the loops around, "" for one without
	quiet  bool      // whether calls are out of the question: several goroutines run this
	lines  int       // statements that may still be written in this function
}

// function is one that the programs's expressions can call.
type function struct {
	name    string
	params  []*typ
	results []*typ
	quiet   bool // whether it prints nothing and burns no fuel
}

// name makes a name that is used nowhere else.
func (g *gen) name(prefix string) string {
	g.last++
	return prefix + strconv.Itoa(g.last)
}

var placeholder = regexp.MustCompile(`\$[1-9]`)

// fill puts values in the place of $1 to $9.
func fill(text string, args ...any) string {
	return placeholder.ReplaceAllStringFunc(text, func(p string) string { return fmt.Sprint(args[p[1]-'1']) })
}

// w writes lines of the function being written, after filling in.
func (g *gen) w(text string, args ...any) { g.body.WriteString(fill(text, args...) + "\n") }

// flush makes what was written a declaration.
func (g *gen) flush() {
	g.top.WriteString(g.body.String() + "\n")
	g.body.Reset()
}

// scene writes a function of the given body, without parameters, and has main call it.
func (g *gen) scene(name string, body func()) {
	f := g.name(name)
	g.w("func $1() {", f)
	mark := len(g.scope)
	body()
	g.scope = g.scope[:mark]
	g.w("}")
	g.flush()
	g.calls = append(g.calls, fill(`scene("$1", $1)`, f))
}

// chance is true n times in a hundred.
func (g *gen) chance(n int) bool { return g.IntN(100) < n }

// between gives a number from lo to hi.
func (g *gen) between(lo, hi int) int { return lo + g.IntN(hi-lo+1) }

// oneOf gives one of some texts.
func (g *gen) oneOf(texts ...string) string { return texts[g.IntN(len(texts))] }

func pickOf[T any](g *gen, from []T) T { return from[g.IntN(len(from))] }

// helpers are the functions that programs share; a program has those which it calls.
var helpers = []struct{ name, text string }{
	{"scene", `var fuel int

func scene(name string, f func()) {
	fuel = 1500
	fmt.Println("==", name)
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(name, "panics:", r)
		}
	}()
	f()
}`},
	{"tick", `func tick() {
	if fuel--; fuel < 0 {
		panic("out of fuel")
	}
}`},
	{"catch", `func catch(name string, f func()) {
	defer func() {
		r := recover()
		_, is := r.(runtime.Error)
		fmt.Println(name, "recovers", r, is)
	}()
	f()
}`},
	{"id", "//go:noinline\nfunc id[T any](x T) T { return x }"},
	{"ptr", "func ptr[T any](x T) *T { return &x }"},
	{"choose", `func choose[T any](c bool, a, b T) T {
	if c {
		return a
	}
	return b
}`},
	{"at", `func at[T any](s []T, i int) (x T) {
	if len(s) == 0 {
		return x
	}
	return s[uint(i)%uint(len(s))]
}`},
	{"cut", `func cut(s string) string {
	if len(s) > 30 {
		return s[:30]
	}
	return s
}`},
	{"tame", `func tame(x float64) int64 {
	if x > -1e9 && x < 1e9 {
		return int64(x)
	}
	return -7
}`},
	// Processors differ in the last digits of a quotient.
	{"near", `func near(x complex128) [2]int {
	return [2]int{int(math.Round(real(x) * 1000)), int(math.Round(imag(x) * 1000))}
}`},
	{"trace", `func trace[T any](what string, x T) T {
	fmt.Print(what, " ")
	return x
}`},
	{"big", `func big(n int) int {
	if n < 0 {
		panic("bottom")
	}
	defer func() {
		if r := recover(); r != nil {
			panic(fmt.Sprint(r, n))
		}
	}()
	return big(n - 1)
}`},
	{"sorted", `func sorted[K comparable, V any](m map[K]V) []K {
	keys := slices.Collect(maps.Keys(m))
	slices.SortFunc(keys, func(a, b K) int { return strings.Compare(fmt.Sprintf("%T %v %#v", a, a, a), fmt.Sprintf("%T %v %#v", b, b, b)) })
	return keys
}`},
}

// imports are the paths that programs may import.
var imports = []string{
	"bufio", "bytes", "cmp", "container/heap", "container/list", "context", "encoding/json", "errors", "fmt", "io", "iter", "maps", "math",
	"math/bits", "os", "reflect", "regexp", "runtime", "slices", "sort", "strconv", "strings", "sync", "sync/atomic",
	"text/tabwriter", "time", "unicode", "unicode/utf8",
}

// file puts the program together.
func (g *gen) file(seed uint64) string {
	main := fmt.Sprintf("func main() {\n%s\n}\n", strings.Join(g.calls, "\n"))
	body := g.top.String() + main
	// From the last one on: scene uses what every program has, and others use those before them.
	for i := len(helpers) - 1; i >= 0; i-- {
		if regexp.MustCompile(`\b` + helpers[i].name + `[(\[]`).MatchString(body) {
			body += "\n" + helpers[i].text + "\n"
		}
	}
	var head strings.Builder
	fmt.Fprintf(&head, "// The program of seed %d.\npackage main\n\nimport (\n", seed)
	for _, path := range imports {
		name := path[strings.LastIndex(path, "/")+1:]
		if regexp.MustCompile(`\b` + name + `\.[A-Z]`).MatchString(body) {
			fmt.Fprintf(&head, "\t%q\n", path)
		}
	}
	src := head.String() + ")\n\n" + body
	out, err := format.Source([]byte(src))
	if err != nil {
		// A program that does not parse is a mistake of this package; the compiler says it best.
		return src
	}
	return string(out)
}
