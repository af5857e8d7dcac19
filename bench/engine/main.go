// Command engine compares the speed of this project's virtual machine with native Go, yaegi and CPython.
//
//	go run ./bench/engine [-rounds 5] [-only REGEXP] [-vm COMMAND] [-beside COMMAND] [-json]
//
// The programs are those of package workload: compiled, for native Go; as the same text, for the machine and for yaegi;
// worker.py has them as a learner would write them in Python, without numpy. Each contender is a process that lives as long
// as the benchmark, so that no start-up is measured and no contender has the heap of another. In a round each program runs
// on all contenders one after the other, so that what else the machine does hits them alike, for 50 ms or once if that takes
// longer; a first round is not counted. All contenders must come to the same checksum.
//
// How to read it: milliseconds are medians of the rounds' medians. "VM/native" is how many times slower than native Go the
// machine is, "yaegi/VM" and "CPython/VM" how many times faster than these. Only ratios can be compared between two runs of
// the benchmark, and only on a quiet machine. The last lines are what the project requires of the machine; "not measured"
// is no pass. The thirteen programs of the requirements are those marked with a star.
//
// The machine is kernel/internal/engine/vm/gorun, built from this checkout, unless -vm names another command that runs the
// Go files given to it as one program. -beside names a second one, such as an older build or the same with a flag: it gets
// a column of its own. That is how to see what a change or a check costs: -only Map -beside "gorun FLAG".
//
// Callback, the last program, stands apart, in nanoseconds a call: compiled code (strings.IndexFunc; map in Python) calls a
// closure 1e6 times. A requirement that is missed is printed and no error; a program that fails or comes to another checksum
// ends the benchmark with exit code 1, after the table.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"time"

	"github.com/gopherceptron/gopherceptron/bench/engine/workload"
)

// options are what is measured and how.
type options struct {
	rounds     int
	budget     time.Duration // that a program gets in a round; 0 runs it once
	only       *regexp.Regexp
	vm, beside []string // commands; vm is built if empty
}

func main() {
	if name := os.Getenv(serveEnv); name != "" {
		os.Exit(serve(name))
	}
	var only, vm, beside string
	o := options{budget: 50 * time.Millisecond}
	flag.IntVar(&o.rounds, "rounds", 5, "how often all programs run on all contenders")
	flag.StringVar(&only, "only", "", "run only programs whose name (such as MapInt) matches this `regexp`")
	flag.StringVar(&vm, "vm", "", "the `command` that runs Go files on the virtual machine; built from this checkout if not given")
	flag.StringVar(&beside, "beside", "", "a second such `command`")
	asJSON := flag.Bool("json", false, "print every round's medians as JSON instead of the table")
	flag.Parse()
	o.vm, o.beside = strings.Fields(vm), strings.Fields(beside)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := func() (err error) {
		if o.only, err = regexp.Compile(only); err != nil {
			return fmt.Errorf("-only: %w", err)
		}
		if flag.NArg() > 0 || o.rounds < 1 {
			return fmt.Errorf("got arguments %q and %d rounds: want flags only and a round at least", flag.Args(), o.rounds)
		}
		r, err := measure(ctx, o)
		if err != nil {
			return err
		}
		if *asJSON {
			err = r.writeJSON(os.Stdout)
		} else {
			err = r.write(os.Stdout)
		}
		if err == nil && len(r.Failures) > 0 {
			err = fmt.Errorf("%d programs failed", len(r.Failures))
		}
		return err
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench/engine:", err)
		os.Exit(1)
	}
}

// serveEnv names the contender as which this binary, started by itself, answers requests.
const serveEnv = "GOPHERCEPTRON_BENCH_ENGINE_SERVE"

// serve answers requests and returns the exit code.
func serve(name string) int {
	find, err := workload.Find, error(nil)
	if name == yaegi {
		find, err = yaegiFind()
	}
	if err == nil {
		err = workload.Serve(os.Stdin, os.Stdout, find)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "bench/engine: serving as %s: %v\n", name, err)
		return 1
	}
	return 0
}
