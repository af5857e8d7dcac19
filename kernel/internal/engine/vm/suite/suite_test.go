package suite

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/vm/suite/process"
)

var (
	limit    = flag.Duration("suite.timeout", usualLimit, "how long a program may run")
	gorunBin = flag.String("suite.gorun", "", "run this program instead of building gorun")
	gorunEnv = flag.String("suite.env", "", "settings of the environment of gorun alone, as in \"GOGC=1 GODEBUG=clobberfree=1\"")
	parallel = flag.Int("suite.parallel", 2, "how many programs run at once")
)

// usualLimit is the time that the tables of what differs are about.
const usualLimit = 30 * time.Second

// scratch is the folder of everything that is built; TestMain removes it.
var scratch string

func TestMain(m *testing.M) {
	flag.Parse()
	var err error
	if scratch, err = os.MkdirTemp("", "suite"); err != nil {
		fmt.Fprintln(os.Stderr, "suite:", err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(scratch)
	os.Exit(code)
}

var buildGorun = sync.OnceValues(func() (string, error) {
	if *gorunBin != "" {
		return filepath.Abs(*gorunBin)
	}
	return process.Build(context.Background(), ".", process.GorunPackage, scratch)
})

// gorun gives the command that runs one file in the virtual machine, in the folder dir.
func gorun(t *testing.T, dir, file string) process.Command {
	t.Helper()
	bin, err := buildGorun()
	if err != nil {
		t.Fatal(err)
	}
	return process.Command{Args: []string{bin, file}, Dir: dir, Env: strings.Fields(*gorunEnv), Timeout: *limit}
}

// native compiles a file and gives the command that runs it, in the folder dir. Each caller asks once for a file.
func native(t *testing.T, dir, file string) process.Command {
	t.Helper()
	// Outside every module, so that the file is read as today's Go, whatever the go.mod beside it says.
	bin, err := process.Build(t.Context(), scratch, file, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return process.Command{Args: []string{bin}, Dir: dir, Timeout: *limit}
}

func run(t *testing.T, c process.Command) process.Result {
	t.Helper()
	res, err := c.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// program is one file of a suite, judged.
type program struct {
	name   string
	judged bool  // whether the flag -run let it run, and a verdict was possible
	err    error // what is wrong with what the machine made of it; nil when nothing is
}

// judgeAll judges every file, a few at a time, and returns the verdicts in the order of the files. A subtest fails only
// when nothing can be said about its file.
func judgeAll(t *testing.T, files []string, judge func(t *testing.T, file string) error) []program {
	verdicts := make([]program, len(files))
	slots := make(chan struct{}, max(1, *parallel))
	var left sync.WaitGroup
	for i, file := range files {
		verdicts[i].name = filepath.Base(file)
		slots <- struct{}{}
		left.Go(func() {
			defer func() { <-slots }()
			t.Run(verdicts[i].name, func(t *testing.T) {
				verdicts[i].err = judge(t, file)
				verdicts[i].judged = true
			})
		})
	}
	left.Wait()
	return verdicts
}

// settle reports what is to be said about the verdicts, and too few passes where every program was judged.
func settle(t *testing.T, verdicts []program, known map[string]string, minimum int) {
	t.Helper()
	passed, objections := hold(verdicts, known, *gorunEnv == "" && *limit == usualLimit)
	for _, o := range objections {
		t.Error(o)
	}
	t.Logf("%d of %d programs pass", passed, len(verdicts))
	all := !slices.ContainsFunc(verdicts, func(p program) bool { return !p.judged })
	if all && !testing.Short() && passed < minimum {
		t.Errorf("%d of %d programs pass; want at least %d", passed, len(verdicts), minimum)
	}
}

// hold holds the verdicts against the table of what is known to be different: it objects to a program that differs and
// is not in the table, and, under the conditions which the table is about, to one that is and does not. The table may
// name programs that a short run leaves out.
func hold(verdicts []program, known map[string]string, usual bool) (passed int, objections []string) {
	for _, p := range verdicts {
		reason, listed := known[p.name]
		switch {
		case !p.judged:
			continue
		case p.err == nil && listed && usual && !strings.HasPrefix(reason, atTimes):
			objections = append(objections, fmt.Sprintf("%s passes: take it off the table, which says %q", p.name, reason))
		case p.err != nil && !listed:
			objections = append(objections, fmt.Sprintf("%s: %v", p.name, p.err))
		}
		if p.err == nil {
			passed++
		}
	}
	return passed, objections
}

// atTimes begins the reason of a program that depends on the machine's speed or load: it may pass.
const atTimes = "at times: "

func TestHold(t *testing.T) {
	bad := errors.New("bad")
	verdicts := []program{
		{"good", true, nil}, {"new", true, bad}, {"known", true, bad}, {"mended", true, nil}, {"slow", true, nil}, {"filtered", false, nil},
	}
	known := map[string]string{"known": "a", "mended": "b", "slow": atTimes + "c", "filtered": "c", "elsewhere": "d"}
	want := []string{"new: bad", `mended passes: take it off the table, which says "b"`}
	for _, usual := range []bool{true, false} {
		if !usual {
			want = want[:1]
		}
		passed, objections := hold(verdicts, known, usual)
		if passed != 3 || !slices.Equal(objections, want) {
			t.Errorf("hold(usual: %v) = %d, %q; want 2, %q", usual, passed, objections, want)
		}
	}
}

// sample takes n names out of files, spread evenly and always the same ones.
func sample(files []string, n int) []string {
	if len(files) <= n {
		return files
	}
	some := make([]string, n)
	for i := range some {
		some[i] = files[i*len(files)/n]
	}
	return some
}

// difference shows where two outputs part, with some lines around the place.
func difference(got, want string) string {
	g, w := strings.SplitAfter(got, "\n"), strings.SplitAfter(want, "\n")
	i := 0
	for i < len(g) && i < len(w) && g[i] == w[i] {
		i++
	}
	return fmt.Sprintf("from line %d on\n got: %q\nwant: %q", i+1, excerpt(g[i:]), excerpt(w[i:]))
}

func excerpt(lines []string) string {
	text := strings.Join(lines[:min(len(lines), 5)], "")
	return text[:min(len(text), 600)]
}
