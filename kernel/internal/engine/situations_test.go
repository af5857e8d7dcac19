package engine

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/gonum"
	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/own"
	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/std"
	"github.com/gopherceptron/gopherceptron/kernel/internal/engine/stdio"
)

// record is an Output that keeps everything as text.
type record struct {
	mu    sync.Mutex
	text  strings.Builder
	lines []string
}

func (r *record) add(format string, a ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(&r.text, format, a...)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

func (r *record) Stream(name string, text []byte) { r.add("%s", text) }
func (r *record) Show(v any, id string)           { r.add("[show %s %v]", id, v) }
func (r *record) Update(v any, id string)         { r.add("[update %s %v]", id, v) }
func (r *record) Clear(wait bool)                 { r.add("[clear %v]", wait) }

func (r *record) Input(ctx context.Context, prompt string, password bool) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.lines) == 0 {
		return "", fmt.Errorf("no more lines")
	}
	s := r.lines[0]
	r.lines = r.lines[1:]
	return s, nil
}

func newEngine(t testing.TB) *Engine {
	t.Helper()
	release, err := stdio.Capture()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	return New(os.DirFS("../../.."))
}

type situation struct {
	id, name string
	cells    []string
	fails    map[int]bool // cells that are expected to fail
	wants    []string
}

func readSituations(t *testing.T, file string) []situation {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []situation
	for _, block := range regexp.MustCompile(`(?m)^## `).Split(string(data), -1)[1:] {
		head, body, _ := strings.Cut(block, "\n")
		s := situation{fails: map[int]bool{}}
		s.id, s.name, _ = strings.Cut(head, " ")
		var cell []string
		flush := func() {
			s.cells = append(s.cells, strings.Join(cell, "\n"))
			cell = nil
		}
		for _, line := range strings.Split(strings.TrimSuffix(body, "\n"), "\n") {
			switch {
			case line == "%%" || line == "%%!":
				flush()
				if line == "%%!" {
					s.fails[len(s.cells)] = true
				}
			case strings.HasPrefix(line, "=> "):
				s.wants = append(s.wants, line[3:])
			default:
				cell = append(cell, line)
			}
		}
		flush()
		out = append(out, s)
	}
	return out
}

var interruptAfter = regexp.MustCompile(`^//INT (\d+)`)

func TestSituations(t *testing.T) {
	if err := registerToynn(); err != nil {
		t.Fatal(err)
	}
	for _, s := range append(readSituations(t, "testdata/situations.txt"), readSituations(t, "testdata/further.txt")...) {
		t.Run(s.id+"-"+s.name, func(t *testing.T) {
			runSituation(t, s)
		})
	}
}

func runSituation(t *testing.T, s situation) {
	e := newEngine(t)
	out := &record{lines: []string{"line1", "line2"}}
	var res Result
	var err error
	for i, cell := range s.cells {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		interrupted := false
		if m := interruptAfter.FindStringSubmatch(cell); m != nil {
			var ms int
			fmt.Sscan(m[1], &ms)
			interrupted = true
			time.AfterFunc(time.Duration(ms)*time.Millisecond, cancel)
		}
		res, err = e.Execute(ctx, i+1, cell, out)
		cancel()
		if last := i == len(s.cells)-1; !last && !strings.Contains(s.name, "refused") && !s.fails[i] && !interrupted && err != nil {
			t.Fatalf("cell %d failed: %v\n%s", i+1, err, strings.Join(err.(*Error).Traceback, "\n"))
		} else if s.fails[i] && err == nil {
			t.Fatalf("cell %d did not fail", i+1)
		}
	}
	for _, w := range s.wants {
		kind, want, _ := strings.Cut(w, " ")
		checkSituation(t, kind, want, res, err, out.String())
	}
}

// same compares a value in Go syntax with one in fmt's form, in which the situations are written.
func same(got, want string) bool {
	flat := func(s string) string {
		s = regexp.MustCompile(`(?:\[[0-9]*\])+[A-Za-z_0-9.]*\{|\{`).ReplaceAllString(s, "[")
		s = strings.NewReplacer("}", "]", ", ", " ", `"`, "", "`", "").Replace(s)
		return regexp.MustCompile(`^[A-Z]\w*\[`).ReplaceAllString(s, "[")
	}
	return got == want || strings.Trim(got, "`\"") == want || flat(got) == want
}

func checkSituation(t *testing.T, kind, want string, res Result, err error, out string) {
	if err != nil && kind != "err" && kind != "errpos" {
		t.Errorf("failed: %v\n%s", err, strings.Join(err.(*Error).Traceback, "\n"))
		return
	}
	switch kind {
	case "val":
		if !res.HasValue || !same(res.Text, want) {
			t.Errorf("value = %v %s; want %s", res.HasValue, res.Text, want)
		}
	case "noval":
		if res.HasValue {
			t.Errorf("value = %s; want none", res.Text)
		}
	case "out", "outopt":
		if !strings.Contains(out, want) {
			t.Errorf("output = %q; want %q in it", out, want)
		}
	case "notout":
		if strings.Contains(out, want+"\n"+want) {
			t.Errorf("output = %q; want no second %q", out, want)
		}
	case "err":
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v; want %q in it", err, want)
		}
	case "errpos":
		line, col, _ := strings.Cut(want, ":")
		place := regexp.MustCompile(`line ` + line + `, column ` + col + `\b`)
		if err == nil || !place.MatchString(strings.Join(err.(*Error).Traceback, "\n")) {
			t.Errorf("error = %v; want one at %s\n%s", err, want, strings.Join(err.(*Error).Traceback, "\n"))
		}
	}
}
