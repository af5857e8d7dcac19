package program

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	_ "github.com/gopherceptron/gopherceptron/kernel/internal/bind/std"
)

// TestMain runs a program instead of the tests when the variable names one: then the collector runs all the time.
func TestMain(m *testing.M) {
	name := os.Getenv("GOPHERCEPTRON_PROGRAM")
	if name == "" {
		os.Exit(m.Run())
	}
	text, err := os.ReadFile(name)
	if err != nil {
		panic(err)
	}
	p, err := Load(map[string]string{name: string(text)})
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			runtime.GC()
		}
	}()
	os.Exit(p.Run())
}

// TestCollector compares what programs print while the collector runs without a pause, and overwrites what it frees, with
// what compiled Go prints.
func TestCollector(t *testing.T) {
	rounds := 3
	if testing.Short() {
		rounds = 1
	}
	for _, name := range []string{"testdata/collector.go", "testdata/methods.go", "testdata/words.go"} {
		want, err := exec.Command("go", "run", name).CombinedOutput()
		if err != nil {
			t.Fatalf("go run %s: %v\n%s", name, err, want)
		}
		for range rounds {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "GOPHERCEPTRON_PROGRAM="+name, "GOGC=1", "GODEBUG=clobberfree=1")
			got, err := cmd.CombinedOutput()
			if err != nil || string(got) != string(want) {
				t.Fatalf("%s: %v\ngot:\n%s\nwant:\n%s", name, err, strings.TrimSpace(string(got)), want)
			}
		}
	}
}

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		name, source, want string
		exit               int
	}{
		{"prints", "package main\nfunc main() { println(1) }", "", 0},
		{"panics", "package main\nfunc main() { panic(1) }", "", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Load(map[string]string{"a.go": tt.source})
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Run(); got != tt.exit {
				t.Errorf("Run() = %d; want %d", got, tt.exit)
			}
		})
	}
}

func TestLoad(t *testing.T) {
	for _, tt := range []struct{ name, source, want string }{
		{"syntax", "package main\nfunc", "expected 'IDENT'"},
		{"type", "package main\nvar x int = \"a\"", "cannot use"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(map[string]string{"a.go": tt.source})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Load = %v; want %q in it", err, tt.want)
			}
		})
	}
}
