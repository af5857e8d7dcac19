package engine

import (
	"cmp"
	"errors"
	"fmt"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gopherceptron/gopherceptron/kernel/display"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/check"
	runner "github.com/gopherceptron/gopherceptron/kernel/internal/engine/exec"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/owner"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/show"
)

// A magic is a line of a cell that is not Go.
type magic struct {
	name string // "%who", "!", "?"
	arg  string
	line int
	col  int // of arg, in bytes from 1
}

// A magicCell is a cell with its magics taken out: their lines are blank in source.
type magicCell struct {
	before, after []magic
	source        string
}

var magicHelp = []struct{ name, usage, help string }{
	{"%time", "%time [statement]", "runs the statement, or the cell below, and says how long it took"},
	{"%timeit", "%timeit statement", "runs a statement many times and says how long one takes"},
	{"%who", "%who", "lists what the session has declared"},
	{"%reset", "%reset", "forgets everything that was declared"},
	{"%cd", "%cd [folder]", "changes the working folder; - goes back"},
	{"%env", "%env [name[=value]]", "shows or sets environment variables"},
	{"%help", "%help", "shows this list"},
	{"?", "?name or name?", "shows the signature and the documentation of a name"},
	{"!", "!command", "runs a command of the shell"},
}

var (
	questionAfter = regexp.MustCompile(`^[\pL_][\pL\pN_.]*\?{1,2}$`)
	magicName     = regexp.MustCompile(`^%[^\s(]*`)
)

// magicLine reads one line of a cell as a magic.
func magicLine(line string) (magic, bool) {
	s := strings.TrimSpace(line)
	switch {
	case s == "":
	case s[0] == '%':
		name := magicName.FindString(s)
		return magic{name: name, arg: strings.TrimSpace(s[len(name):])}, true
	case s[0] == '!':
		return magic{name: "!", arg: strings.TrimSpace(s[1:])}, true
	case s[0] == '?':
		return magic{name: "?", arg: strings.Trim(s, "? ")}, true
	case questionAfter.MatchString(s):
		return magic{name: "?", arg: strings.TrimRight(s, "?")}, true
	}
	return magic{}, false
}

// cutMagics takes the magics from the top and the bottom of a cell. Between Go lines there are none: a cell is checked
// as a whole before anything of it runs.
func cutMagics(code string) (magicCell, error) {
	lines := strings.Split(code, "\n")
	var c magicCell
	top, end := 0, len(lines)
	for ; top < end; top++ {
		line := lines[top]
		m, ok := magicLine(line)
		if s := strings.TrimSpace(line); !ok && s != "" && !strings.HasPrefix(s, "//") {
			break
		}
		if ok {
			m.line, m.col = top+1, strings.LastIndex(line, m.arg)+1
			c.before = append(c.before, m)
			lines[top] = ""
			if m.name == "%time" && m.arg != "" { // a statement of the cell, in its column
				lines[top] = strings.Repeat(" ", m.col-1) + line[m.col-1:]
			}
		}
	}
	for ; end > top; end-- {
		m, ok := magicLine(lines[end-1])
		if ok {
			status, _ := check.IsComplete(strings.Join(lines[:end-1], "\n"))
			ok = status == "complete"
		}
		if !ok && strings.TrimSpace(lines[end-1]) != "" {
			break
		}
		if ok {
			m.line, m.col = end, strings.LastIndex(lines[end-1], m.arg)+1
			c.after = slices.Insert(c.after, 0, m)
			lines[end-1] = ""
		}
	}
	c.source = strings.Join(lines, "\n")
	for _, m := range append(slices.Clone(c.before), c.after...) {
		if !slices.ContainsFunc(magicHelp, func(h struct{ name, usage, help string }) bool { return h.name == m.name }) {
			msg := fmt.Sprintf("%d:1: unknown command %s; %%help lists them", m.line, m.name)
			return c, &Error{Name: "compile error", Message: msg, Traceback: []string{red("compile error: ") + msg}}
		}
	}
	return c, nil
}

// blankMagics returns a cell with blanks in place of its magics, of the same length. The Go behind one stays.
func blankMagics(code string) string {
	lines := strings.Split(code, "\n")
	blank := func(i int) bool {
		m, ok := magicLine(lines[i])
		if ok {
			keep := 0
			if m.name == "%time" || m.name == "%timeit" || m.name == "?" && strings.HasSuffix(lines[i], m.arg) {
				keep = len(lines[i]) - strings.LastIndex(lines[i], m.arg)
			}
			lines[i] = strings.Repeat(" ", len(lines[i])-keep) + lines[i][len(lines[i])-keep:]
		}
		return ok || strings.TrimSpace(lines[i]) == ""
	}
	i := 0
	for i < len(lines) && blank(i) {
		i++
	}
	return strings.Join(lines, "\n")
}

// magic runs one magic; what it shows in a pager goes to res.
func (e *Engine) magic(r *run, m magic, res *Result) error {
	switch m.name {
	case "%timeit":
		return e.timeIt(r, m)
	case "%who":
		r.out.Show(e.who(), "")
	case "%reset":
		e.session.Reset()
		e.exec.Reset()
	case "%cd":
		return e.cd(r, unquoted(m.arg))
	case "%env":
		return env(r, m.arg)
	case "%help":
		for _, h := range magicHelp {
			fmt.Fprintf(r.stdout(), "%-22s %s\n", h.usage, h.help)
		}
		fmt.Fprint(r.stdout(), "\nPackages for cells: nnlib, nnlib/viz (figures), kernel/display, kernel/widget (sliders and buttons), kernel/explore\n(pictures to be moved by hand: explore.Gate(nnlib.AND())), the standard library and gonum.\n")
	case "?":
		d, ok := e.session.Inspect(m.arg, len(m.arg))
		if !ok {
			return failed("?", fmt.Errorf("nothing is known about %q", m.arg))
		}
		b := description(d)
		res.Page = &b
	case "!":
		return shell(r, m.arg)
	}
	return nil
}

func failed(name string, err error) error {
	return &Error{Name: "error", Message: name + ": " + err.Error(), Traceback: []string{red("error: ") + name + ": " + err.Error()}}
}

func noTimer(*run) func() { return func() {} }

func startTimer(r *run) func() {
	start := time.Now()
	return func() { fmt.Fprintf(r.stdout(), "wall time %v\n", round(time.Since(start))) }
}

// round keeps three digits.
func round(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}

// timeIt repeats a statement until 0.3 s have passed, three times, and says what the best took.
func (e *Engine) timeIt(r *run, m magic) error {
	if m.arg == "" {
		return failed("%timeit", errors.New("expected a statement on the same line"))
	}
	const name = "timeit__"
	// The statement stands where it stands in the cell, in lines of its own around it.
	head := "func " + name + "(n__ int) { for ; n__ > 0; n__-- {\n"
	source := func(stmt string) string { return head + strings.Repeat(" ", m.col-1) + stmt + "\n}}" }
	c, err := e.session.Check(r.number, source(m.arg))
	if err != nil && strings.Contains(err.Error(), "is not used") {
		c, err = e.session.Check(r.number, strings.TrimSuffix(head, "\n")+" _ =\n"+strings.Repeat(" ", m.col-1)+m.arg+"\n}}")
	}
	if err != nil {
		return e.timeItError(r, m, err)
	}
	undo := e.session.Commit(c)
	defer undo()
	var fn func(int)
	owner.Run(r, func() {
		if _, err = e.exec.Run(r.ctx, c); err == nil {
			fn, _ = e.exec.Func(r.ctx, c.Pkg.Scope().Lookup(name)).Interface().(func(int))
		}
	})
	if err != nil || fn == nil {
		return e.runError(r, cmp.Or(err, errors.New("the statement cannot be repeated")), func() {})
	}
	best, n := time.Duration(0), 1
	for range 3 {
		for {
			start := time.Now()
			if err := e.call(r, func() { fn(n) }); err != nil {
				var f *runner.Fault
				if errors.As(err, &f) { // the function around the statement is nobody's business
					f.Trace = slices.DeleteFunc(f.Trace, func(fr runner.Frame) bool { return strings.HasPrefix(fr.Func, name) })
				}
				return e.runError(r, err, func() {})
			}
			took := time.Since(start)
			if took >= 100*time.Millisecond || n > 1<<40 {
				if per := took / time.Duration(n); best == 0 || per < best {
					best = per
				}
				break
			}
			n *= 2
		}
	}
	fmt.Fprintf(r.stdout(), "%v a run (best of 3, %d runs each)\n", best, n)
	return nil
}

// timeItError describes what is wrong with the statement of a %timeit, in its place in the cell.
func (e *Engine) timeItError(r *run, m magic, err error) error {
	var list check.Errors
	if !errors.As(err, &list) || len(list) == 0 {
		return e.compileError(r.number, m.arg, err)
	}
	d := list[0]
	if d.Line > 2 { // found behind the statement
		d.Column = m.col + len(m.arg)
	}
	d.Line = m.line
	return diagnostics(r.number, e.sources.of(r.number), check.Errors{d})
}

// who returns a table of the session's names.
func (e *Engine) who() any {
	type row struct {
		Name, Kind, Type string
		Cell             int
	}
	var rows []row
	for _, n := range e.session.Names() {
		kind := ""
		switch n.Object.(type) {
		case *types.Var:
			kind = "variable"
		case *types.Func:
			kind = "function"
		case *types.TypeName:
			kind = "type"
		case *types.Const:
			kind = "constant"
		}
		typ := types.TypeString(n.Object.Type(), show.Qualifier)
		if kind == "type" {
			typ = types.TypeString(n.Object.Type().Underlying(), show.Qualifier)
		}
		rows = append(rows, row{n.Object.Name(), kind, typ, n.Cell})
	}
	if x, ok := e.exec.(interface{ Goroutines() []runner.Frame }); ok {
		for _, g := range x.Goroutines() {
			rows = append(rows, row{"go " + g.Func, "goroutine", fmt.Sprintf("started at line %d", g.Line), g.Cell})
		}
	}
	if len(rows) == 0 {
		return display.Markdown("nothing is declared yet")
	}
	t, _ := display.Table(rows)
	return t
}

// unquoted drops the quotes around a folder, which need not be there.
func unquoted(s string) string {
	if len(s) > 1 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

func (e *Engine) cd(r *run, dir string) error {
	here, err := os.Getwd()
	if err != nil {
		return failed("%cd", err)
	}
	switch {
	case dir == "-":
		dir = cmp.Or(e.dir, here)
	case dir == "" || dir == "~" || strings.HasPrefix(dir, "~/"):
		home, err := os.UserHomeDir()
		if err != nil {
			return failed("%cd", err)
		}
		dir = filepath.Join(home, strings.TrimPrefix(dir, "~"))
	}
	if err := os.Chdir(dir); err != nil {
		return failed("%cd", err)
	}
	e.dir = here
	now, err := os.Getwd()
	fmt.Fprintln(r.stdout(), now)
	return err
}

func env(r *run, arg string) error {
	name, value, set := strings.Cut(arg, "=")
	name = strings.TrimSpace(name)
	switch {
	case set:
		if err := os.Setenv(name, strings.TrimSpace(value)); err != nil {
			return failed("%env", err)
		}
	case name != "":
		v, ok := os.LookupEnv(name)
		if !ok {
			return failed("%env", fmt.Errorf("%s is not set", name))
		}
		fmt.Fprintln(r.stdout(), v)
	default:
		all := os.Environ()
		slices.Sort(all)
		fmt.Fprintln(r.stdout(), strings.Join(all, "\n"))
	}
	return nil
}

// shell runs a command; an interrupt ends it with all that it started. What it leaves in the background goes on, and
// prints as goroutines do that outlive their cell.
func shell(r *run, command string) error {
	cmd := shellCommand(r.ctx, command)
	err := runShell(cmd, r.stdout(), r.stderr())
	var exit *exec.ExitError
	switch {
	case r.ctx.Err() != nil:
		return &Error{Name: "interrupt", Message: "the command was interrupted", Traceback: []string{red("interrupt: ") + "the command was interrupted"}}
	case errors.Is(err, exec.ErrWaitDelay):
		return nil // the command has ended; what it started in the background has its output still
	case errors.As(err, &exit):
		return failed("!"+command, fmt.Errorf("it ended with %s", exit.ProcessState))
	case err != nil:
		return failed("!"+command, err)
	}
	return nil
}

// completeMagic completes the name of a magic at the start of a line.
func completeMagic(code string, cursor int) (check.Completions, bool) {
	start := strings.LastIndexByte(code[:cursor], '\n') + 1
	word := code[start:cursor]
	if !strings.HasPrefix(word, "%") || strings.Contains(word, " ") {
		return check.Completions{}, false
	}
	c := check.Completions{Start: start, End: cursor}
	for _, h := range magicHelp {
		if strings.HasPrefix(h.name, word) {
			c.Items = append(c.Items, check.Completion{Text: h.name, Kind: "magic", Signature: h.help})
		}
	}
	return c, true
}
