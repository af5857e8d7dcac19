package differ

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/suite/process"
)

var (
	count    = flag.Int("differ.n", 0, "how many seeds to try; 0 is 40, and 10 with -short")
	first    = flag.Uint64("differ.seed", 1, "the first seed")
	limit    = flag.Duration("differ.timeout", 10*time.Second, "how long a program may run")
	gorunBin = flag.String("differ.gorun", "", "run this program instead of building gorun")
	gorunEnv = flag.String("differ.env", "", "settings of the environment of gorun alone, as in \"GOGC=1 GODEBUG=clobberfree=1\"")
	parallel = flag.Int("differ.parallel", 2, "how many programs run at once")
	show     = flag.Bool("differ.show", false, "print the programs of the seeds and run nothing")
)

// batchSize is how many programs one go command compiles: most of its time goes to linking them.
const batchSize = 50

// seeds gives those to try: the ones kept, and a run of others.
func seeds(t *testing.T) []uint64 {
	n := *count
	switch {
	case n == 0 && testing.Short():
		n = 10
	case n == 0:
		n = 40
	}
	all := kept(t)
	for i := range uint64(n) {
		if s := *first + i; !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// kept reads the seeds of testdata/seeds.txt: a number and a comment on each line.
func kept(t *testing.T) (all []uint64) {
	text, err := os.ReadFile(filepath.Join("testdata", "seeds.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		number, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if number == "" || number == "#" {
			continue
		}
		s, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			t.Fatalf("testdata/seeds.txt: %v", err)
		}
		all = append(all, s)
	}
	return all
}

// TestCompiled holds the generator to its word: every program compiles, ends soon and ends the same way twice.
func TestCompiled(t *testing.T) {
	if *show {
		for _, s := range seeds(t) {
			fmt.Println(Program(s))
		}
		return
	}
	for some := range slices.Chunk(seeds(t), batchSize) {
		b := compiled(t, some)
		each(t, some, func(s uint64) {
			var runs [2]outcome
			for i := range runs {
				var err error
				if runs[i], err = b.native(t.Context(), name(s)); err != nil {
					t.Error(err)
					return
				}
			}
			switch {
			case runs[0].end == "timed out" || runs[0].took > 5*time.Second:
				t.Errorf("seed %d: the compiled program %s after %v", s, runs[0].end, runs[0].took)
			case !runs[0].same(runs[1]):
				t.Errorf("seed %d: the compiled program does not do the same twice: %s", s, difference(runs[1], runs[0]))
			case strings.HasPrefix(runs[0].stderr, "fatal error"):
				t.Errorf("seed %d: the compiled program dies: %.300s", s, runs[0].stderr)
			}
		})
	}
}

// TestMachine holds the virtual machine against compiled Go.
func TestMachine(t *testing.T) {
	if *show {
		t.Skip("programs are only shown")
	}
	bin := gorun(t)
	all := seeds(t)
	for some := range slices.Chunk(all, batchSize) {
		b := compiled(t, some)
		each(t, some, func(s uint64) {
			want, err := b.native(t.Context(), name(s))
			if err != nil {
				t.Error(err)
				return
			}
			got, err := b.machine(t.Context(), bin, name(s))
			if err != nil {
				t.Error(err)
				return
			}
			want.stdout = oneText(want.stdout)
			if !got.same(want) {
				t.Errorf("seed %d: %s", s, difference(got, want))
			}
		})
	}
	t.Logf("%d programs", len(all))
}

// oneText gives the run-time error of an iterator that goes on after its loop the one text that the machine has for it: go/ssa
// does not tell a loop that was left from one that came to its end.
func oneText(s string) string {
	return strings.ReplaceAll(s, "continued iteration after whole loop exit", "continued iteration after function for loop body returned false")
}

func name(seed uint64) string { return fmt.Sprintf("p%d", seed) }

func compiled(t *testing.T, seeds []uint64) *batch {
	t.Helper()
	programs := map[string]string{}
	for _, s := range seeds {
		programs[name(s)] = Program(s)
	}
	b, err := compile(t.Context(), t.TempDir(), programs)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func gorun(t *testing.T) string {
	t.Helper()
	if *gorunBin != "" {
		bin, err := filepath.Abs(*gorunBin)
		if err != nil {
			t.Fatal(err)
		}
		return bin
	}
	if sources, _ := filepath.Glob("../gorun/*.go"); len(sources) == 0 {
		t.Skip("there is no gorun yet")
	}
	bin, err := process.Build(t.Context(), ".", process.GorunPackage, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// difference shows the first place where two outcomes part.
func difference(got, want outcome) string {
	var b strings.Builder
	if got.end != want.end {
		fmt.Fprintf(&b, "it ends with %s; want %s\n", got.end, want.end)
	}
	if got.stdout != want.stdout {
		g, w := strings.Split(got.stdout, "\n"), strings.Split(want.stdout, "\n")
		i := 0
		for i < len(g) && i < len(w) && g[i] == w[i] {
			i++
		}
		fmt.Fprintf(&b, "line %d of stdout\n got: %s\nwant: %s\n", i+1, around(g, i), around(w, i))
	}
	if got.stderr != want.stderr {
		fmt.Fprintf(&b, "stderr\n got: %.600s\nwant: %.600s\n", got.stderr, want.stderr)
	}
	return b.String()
}

func around(lines []string, i int) string {
	return fmt.Sprintf("%.400q", strings.Join(lines[min(i, len(lines)):min(i+3, len(lines))], "\n"))
}
