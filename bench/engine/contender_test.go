package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/bench/engine/workload"
)

// serveBadly is a contender that fails at the program Fib and no other.
func serveBadly(how string) int {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if !strings.HasPrefix(lines.Text(), "Fib ") {
			workload.Serve(strings.NewReader(lines.Text()), os.Stdout, workload.Find)
			continue
		}
		switch how {
		case "dies":
			fmt.Fprintln(os.Stderr, "fatal error: as wanted")
			return 7
		case "leaves":
			return 0
		case "sleeps":
			time.Sleep(time.Minute)
		case "chatters":
			fmt.Println("hello 1 2")
			fmt.Println("and more")
		case "errs":
			fmt.Println("! panic: as wanted")
		case "differs":
			fmt.Println("1 2 3\n4 5 6")
		}
	}
	return 0
}

func TestBadContender(t *testing.T) {
	tests := []struct {
		how  string
		want string
	}{
		{"dies", "exit status 7\n    fatal error: as wanted"},
		{"leaves", "ended without an answer"},
		{"sleeps", "no answer in 1s"},
		{"chatters", `answered "hello 1 2\n": want a checksum and nanoseconds`},
		{"errs", "panic: as wanted"},
		{"differs", "checksum 1; want 75025"},
	}
	for _, tt := range tests {
		t.Run(tt.how, func(t *testing.T) {
			good, err := self(native)
			if err != nil {
				t.Fatal(err)
			}
			bad, err := self(tt.how)
			if err != nil {
				t.Fatal(err)
			}
			bad.name = vm
			if tt.how == "sleeps" {
				bad.patience = time.Second
			}
			cs := []*contender{good, bad}
			defer func() {
				for _, c := range cs {
					if err := c.stop(); err != nil {
						t.Errorf("stop(%s) = %v", c.name, err)
					}
				}
			}()
			r := &report{}
			fib := row{Name: "Fib", Seconds: map[string][]float64{}}
			closure := row{Name: "Closure", Seconds: map[string][]float64{}}
			for round := range 3 {
				for _, row := range []*row{&fib, &closure} {
					if err := r.turn(t.Context(), row, cs, round, 0); err != nil {
						t.Fatal(err)
					}
				}
			}
			if len(r.Failures) != 1 || !strings.HasPrefix(r.Failures[0], "VM: Fib: ") || !strings.HasSuffix(r.Failures[0], tt.want) {
				t.Errorf("failures %q; want one that ends in %q", r.Failures, tt.want)
			}
			if len(fib.Seconds[native]) != 2 || len(fib.Seconds[vm]) != 0 {
				t.Errorf("Fib has %v; want two rounds of native and none of the VM", fib.Seconds)
			}
			if len(closure.Seconds[native]) != 2 || len(closure.Seconds[vm]) != 2 {
				t.Errorf("Closure has %v; want two rounds of both: it runs in a new process", closure.Seconds)
			}
		})
	}
}

func TestContenderMissing(t *testing.T) {
	c := newContender(vm, []string{"/no/such/program"})
	if _, _, err := c.ask(t.Context(), "Fib", 0); err == nil || !strings.Contains(err.Error(), "/no/such/program") {
		t.Errorf("ask(no program) = %v; want its name", err)
	}
	if err := c.stop(); err != nil {
		t.Errorf("stop() = %v", err)
	}
}
