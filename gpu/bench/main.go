// Command bench runs this project's plugin beside the frameworks that a user would pick instead, interleaved in one run.
//
//	go run ./gpu/bench [-rounds 8] [-threads 2] [-only H,M,I,forward,gradient] [-own] [-batch 32]
//
// The workloads: H is the headline step, 110592-500-50-5 with relu, softmax, cross-entropy and Adam in float32; M the same
// of 784-128-10; I the predictions of H for one example; forward and gradient the matrix products of H's first layer, which
// also run on one thread. Each contender is a process, which in each round runs a few steps one after the other while the
// others rest; the first step of a round is not counted. The plugin's step includes copying the batch in, as a training loop
// does; "resident" is without, which is what the frameworks do here. Milliseconds are medians of the rounds' medians.
//
// The frameworks are installed once, into folders of the user's cache; -own leaves them out. What is required of the plugin
// is printed at the end; a requirement that is missed is printed and no error. Run it as root: it then gives itself
// priority over what else the machine does, without which a figure of a busy machine says nothing.
//
// The roof: each phase takes at least as long as its multiply-adds at the measured peak, and as long as its bytes at the
// bandwidth measured for such traffic; see roof.go. Peak and bandwidth are the best of some 50 ms each, right before and
// after each of the plugin's turns, and a turn is held against its own roof: virtual processors are moved by their host, and
// their bandwidth doubles or halves with it. Turns during which that happened do not count.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"

	"github.com/gopherceptron/gopherceptron/gpu"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 5 && args[0] == "-serve" {
		batch, err := strconv.Atoi(args[3])
		if err != nil {
			return err
		}
		return serve(ctx, args[1], args[2], batch, os.Stdin, os.Stdout)
	}
	fs := flag.NewFlagSet("bench", flag.ExitOnError)
	rounds := fs.Int("rounds", 8, "how often all contenders run")
	threads := fs.Int("threads", 2, "how many threads each may use")
	only := fs.String("only", "H,M,I,forward,gradient", "the workloads")
	ownOnly := fs.Bool("own", false, "leave the frameworks out")
	batch := fs.Int("batch", 0, "run only this batch size")
	fs.Parse(args)
	plugin, err := gpu.Find()
	if err != nil {
		return err
	}
	raise()
	dir, err := workplace()
	if err != nil {
		return err
	}
	fmt.Printf("%s, %s\n", plugin.Maker, plugin.ISA)
	var report report
	for _, r := range races(*threads) {
		if !slices.Contains(strings.Split(*only, ","), r.workload) || *batch != 0 && r.batch != *batch {
			continue
		}
		if *ownOnly {
			r.contenders = slices.DeleteFunc(r.contenders, func(c contender) bool { return c.env != "" })
		}
		result, err := measure(ctx, plugin, r, *rounds, dir)
		if err != nil {
			return err
		}
		result.print(os.Stdout)
		report = append(report, result)
	}
	report.requirements(os.Stdout)
	return nil
}
