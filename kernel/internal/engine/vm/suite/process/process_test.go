package process

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRun(t *testing.T) {
	tests := []struct {
		name, body, stdout, stderr string
		merge                      bool
		exit                       int
		timedOut                   bool
	}{
		{name: "both streams", body: `println("e"); print("x\n"); os.Stdout.WriteString("o\n")`, stdout: "o\n", stderr: "e\nx\n"},
		{name: "merged in order", body: `println("e"); os.Stdout.WriteString("o\n"); println("f")`, merge: true, stdout: "e\no\nf\n"},
		{name: "exit status", body: `os.Exit(7)`, exit: 7},
		{name: "without end", body: `os.Stdout.WriteString("o\n"); select {case <-time.After(time.Hour):}`, stdout: "o\n", exit: -1, timedOut: true},
		{name: "too much", body: `for { os.Stdout.WriteString(strings.Repeat("y", 1000)) }`,
			stdout: strings.Repeat("y", maxOutput) + "\n(cut here)\n", exit: -1, timedOut: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, "prog.go")
			src := "package main\nimport (\"os\"; \"time\"; \"strings\")\nvar _ = time.Now\nvar _ = strings.Repeat\nfunc main() { " + tt.body + "; _ = os.Args }\n"
			if err := os.WriteFile(file, []byte(src), 0o600); err != nil {
				t.Fatal(err)
			}
			bin, err := Build(t.Context(), dir, file, dir)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Command{Args: []string{bin}, Merge: tt.merge, Timeout: 2 * time.Second}.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got.Stdout != tt.stdout || got.Stderr != tt.stderr || got.Exit != tt.exit || got.TimedOut != tt.timedOut {
				t.Errorf("Run = %.60q, %.60q, %d, timed out %v; want %.60q, %.60q, %d, %v",
					got.Stdout, got.Stderr, got.Exit, got.TimedOut, tt.stdout, tt.stderr, tt.exit, tt.timedOut)
			}
		})
	}
	if _, err := (Command{Args: []string{filepath.Join(t.TempDir(), "none")}}).Run(t.Context()); err == nil {
		t.Error("Run of a missing program gave no error")
	}
}
