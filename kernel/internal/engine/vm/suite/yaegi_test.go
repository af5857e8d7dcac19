package suite

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// yaegiMinimum is how many of yaegi's programs have to pass.
const yaegiMinimum = 820

// yaegiDifferent names the programs of yaegi of which the machine makes something else, and says why.
var yaegiDifferent = map[string]string{}

// yaegiWrong names the programs whose comment says what yaegi prints, not what Go prints: there the compiled program is
// the judge.
var yaegiWrong = map[string]string{
	"closure9.go":    "a loop variable of Go before 1.22",
	"closure10.go":   "loop variables of Go before 1.22",
	"closure11.go":   "loop variables of Go before 1.22",
	"closure12.go":   "a loop variable of Go before 1.22",
	"method16.go":    "yaegi exports the field, as Xproperty",
	"restricted0.go": "yaegi makes log.Fatal a panic",
	"restricted1.go": "yaegi makes os.Exit a panic",
	"restricted3.go": "yaegi makes the Fatal of a log.Logger a panic",
	"type5.go":       "yaegi's types have no names at run time",
	"type6.go":       "yaegi's types have no names at run time",
	"type24.go":      "yaegi's panics say where they come from",
}

// yaegiUnsteady names the programs that print something else each time, compiled too.
var yaegiUnsteady = map[string]string{
	"restricted2.go": "it prints a process number and an address",
}

// TestYaegi runs the programs of yaegi's own tests: what the machine prints must be what the comment at their end says.
func TestYaegi(t *testing.T) {
	root := goOutput(t, "list", "-m", "-f", "{{.Dir}}", "github.com/traefik/yaegi")
	all, err := filepath.Glob(filepath.Join(root, "_test", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var files, foreign, unsteady []string
	for _, file := range all {
		_, ok := yaegiOutput(t, file)
		name := filepath.Base(file)
		switch {
		case !ok:
		case yaegiUnsteady[name] != "":
			unsteady = append(unsteady, name)
		case slices.ContainsFunc(importsOf(t, file), func(p string) bool { return !standard(p) }):
			foreign = append(foreign, name)
		default:
			files = append(files, file)
		}
	}
	t.Logf("%d programs; left out: %d that import packages of yaegi's tests (%s), %d that never print the same twice (%s)",
		len(files), len(foreign), strings.Join(foreign, " "), len(unsteady), strings.Join(unsteady, " "))
	if testing.Short() {
		files = sample(files, 25)
	}
	verdicts := judgeAll(t, files, func(t *testing.T, file string) error { return judgeYaegi(t, root, file) })
	settle(t, verdicts, yaegiDifferent, yaegiMinimum)
}

func judgeYaegi(t *testing.T, root, file string) error {
	// yaegi's tests run here; a few programs open files beside it. println writes to the same stream in yaegi.
	dir := filepath.Join(root, "interp")
	ours := gorun(t, dir, file)
	ours.Merge = true
	want, _ := yaegiOutput(t, file)
	exit := 0
	if reason := yaegiWrong[filepath.Base(file)]; reason != "" {
		theirs := native(t, dir, file)
		theirs.Merge = true
		res := run(t, theirs)
		text := steady(res.Stdout)
		if text == want && res.Exit == 0 {
			t.Fatalf("its comment is right after all: take it off the table, which says %q", reason)
		}
		want, exit = text, res.Exit
	}
	got := run(t, ours)
	if got.TimedOut || got.Exit != exit {
		return fmt.Errorf("%v after %q; want exit status %d", got, excerpt(strings.SplitAfter(got.Stdout, "\n")), exit)
	}
	if text := steady(got.Stdout); text != want {
		return fmt.Errorf("it prints something else %s", difference(text, want))
	}
	return nil
}

// yaegiOutput gives what the last comment of a program says that it prints. There is nothing to hold a file against
// which has no such comment, wants an error, or is no program.
func yaegiOutput(t *testing.T, file string) (want string, ok bool) {
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, src, parser.ParseComments)
	if err != nil || f.Name.Name != "main" || len(f.Comments) == 0 || !slices.ContainsFunc(f.Decls, isMain) {
		return "", false
	}
	want, ok = strings.CutPrefix(f.Comments[len(f.Comments)-1].Text(), "Output:\n")
	return steady(want), ok
}

var logTime = regexp.MustCompile(`^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d `)

func isMain(d ast.Decl) bool {
	f, ok := d.(*ast.FuncDecl)
	return ok && f.Recv == nil && f.Name.Name == "main"
}

// steady takes out of an output what says nothing: the space around it, and the time at the start of a line of a log.
func steady(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines {
		lines[i] = logTime.ReplaceAllString(line, "")
	}
	return strings.Join(lines, "\n")
}
