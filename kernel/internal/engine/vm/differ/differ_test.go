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

// seed is one to try; differs says that it is known to differ.
type seed struct {
	number  uint64
	differs bool
}

// seeds gives those to try: the ones kept, and a run of others.
func seeds(t *testing.T) []seed {
	n := *count
	switch {
	case n == 0 && testing.Short():
		n = 10
	case n == 0:
		n = 40
	}
	all := keptSeeds(t)
	for i := range uint64(n) {
		if s := *first + i; !slices.ContainsFunc(all, func(k seed) bool { return k.number == s }) {
			all = append(all, seed{number: s})
		}
	}
	return all
}

// keptSeeds reads testdata/seeds.txt: on each line a number, the word differs where the machine is known to differ, and
// why the seed is kept.
func keptSeeds(t *testing.T) (all []seed) {
	text, err := os.ReadFile(filepath.Join("testdata", "seeds.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		n, err := strconv.ParseUint(words[0], 10, 64)
		if err != nil || len(words) < 2 {
			t.Fatalf("testdata/seeds.txt: %q; want a number and why it is kept", line)
		}
		all = append(all, seed{n, words[1] == "differs"})
	}
	return all
}

// TestCompiled holds the generator to its word: every program compiles, ends soon and ends the same way twice.
func TestCompiled(t *testing.T) {
	if *show {
		for _, s := range seeds(t) {
			fmt.Println(Program(s.number))
		}
		return
	}
	all := seeds(t)
	if *count == 0 {
		all = all[:min(len(all), 10)] // TestMachine compiles them all
	}
	for some := range slices.Chunk(all, batchSize) {
		b := compiled(t, some)
		each(t, some, func(s seed) {
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
				t.Errorf("seed %d: the compiled program %s after %v", s.number, runs[0].end, runs[0].took)
			case !runs[0].same(runs[1]):
				t.Errorf("seed %d: the compiled program does not do the same twice: %s", s.number, difference(runs[1], runs[0]))
			case strings.HasPrefix(runs[0].stderr, "fatal error"):
				t.Errorf("seed %d: the compiled program dies: %.300s", s.number, runs[0].stderr)
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
		each(t, some, func(s seed) {
			judge(t, b, bin, fmt.Sprint("seed ", s.number), name(s), s.differs)
		})
	}
	t.Logf("%d programs", len(all))
}

// TestKept runs the programs of testdata/kept, each of which once showed a difference. One whose first line is
// "// differs: " and a reason still does.
func TestKept(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "kept", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs in testdata/kept: %v", err)
	}
	bin := gorun(t)
	programs, differs := map[string]string{}, map[string]bool{}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".go")
		programs[name], differs[name] = string(src), strings.HasPrefix(string(src), "// differs: ")
	}
	b, err := compile(t.Context(), t.TempDir(), programs)
	if err != nil {
		t.Fatal(err)
	}
	each(t, b.names, func(name string) { judge(t, b, bin, name, name, differs[name]) })
}

// judge runs a program both ways. It complains of a difference, and of none where one is known.
func judge(t *testing.T, b *batch, gorun, title, name string, differs bool) {
	var want, got outcome
	for range 2 { // of programs that are not done in time: the computer may have been busy
		var err error
		if want, err = b.native(t.Context(), name); err != nil {
			t.Error(err)
			return
		}
		if got, err = b.machine(t.Context(), gorun, name); err != nil {
			t.Error(err)
			return
		}
		if !want.timedOut && !got.timedOut {
			break
		}
	}
	switch same := got.same(want); {
	case same && differs:
		t.Errorf("%s differs no more: take the mark away", title)
	case !same && !differs:
		t.Errorf("%s: %s", title, difference(got, want))
	}
}

func name(s seed) string { return fmt.Sprintf("p%d", s.number) }

func compiled(t *testing.T, seeds []seed) *batch {
	t.Helper()
	programs := map[string]string{}
	for _, s := range seeds {
		programs[name(s)] = Program(s.number)
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
