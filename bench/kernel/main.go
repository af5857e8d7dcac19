// Command kernel compares this project's kernel with ipykernel: how long it takes to start, to answer 1+1 and to print,
// and how much memory it needs.
//
//	go run ./bench/kernel [-starts 15] [-cells 300] [-prints 7] [-kernel BINARY] [-json]
//
// The two kernels take turns, so that what else the machine does hits both; medians are printed. Sockets are bare ZeroMQ
// ones that reconnect every 2 ms: jupyter_client's own 100 ms would round each start up.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"text/tabwriter"

	"github.com/gopherceptron/gopherceptron/bench/internal/command"
	"github.com/gopherceptron/gopherceptron/internal/pyenv"
	"github.com/gopherceptron/gopherceptron/test/jupyter"
)

//go:embed latency.py
var latency []byte

// options are the numbers of measurements and the binary, "" for a fresh one.
type options struct {
	starts, cells, prints int
	binary                string
	json                  bool
}

func main() {
	var o options
	flag.IntVar(&o.starts, "starts", 15, "how often each kernel is started")
	flag.IntVar(&o.cells, "cells", 300, "how often each runs 1+1")
	flag.IntVar(&o.prints, "prints", 7, "how often each prints 10,000 lines")
	flag.StringVar(&o.binary, "kernel", "", "the `binary` to measure; built from this checkout if not given")
	flag.BoolVar(&o.json, "json", false, "print every measurement as JSON instead of the table")
	flag.Parse()
	command.Main("bench/kernel", func(ctx context.Context) error { return run(ctx, o) })
}

// A measurement is one kernel's numbers, as latency.py prints them.
type measurement struct {
	Name  string
	Start []float64 // s, from starting the process to the kernel_info_reply
	Reply []float64 // s, from sending 1+1 to the reply
	Idle  []float64 // s, from sending 1+1 to the status idle
	Print []float64 // s, from sending the cell to the last of the lines and the status idle
	RSS   []float64 // MB, after the start
	Cells []float64 // MB, after all cells

	Function []float64 // s, from sending a cell that declares and calls a function to the reply
	Complete []float64 // s, from a question for names to the answer
	Packages []float64 // s, from the first cell that uses gonum/plot and gonum/mat to the reply; ours only
	Late     []float64 // s, like Reply, after 10,000 cells; ours only
}

func run(ctx context.Context, o options) error {
	env, err := pyenv.Ensure(ctx, os.Stderr)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "gopherceptron-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if o.binary, err = command.Kernel(ctx, tmp, o.binary); err != nil {
		return err
	}
	for name, data := range map[string][]byte{"latency.py": latency, "client.py": jupyter.Client} {
		if err := os.WriteFile(filepath.Join(tmp, name), data, 0o644); err != nil {
			return err
		}
	}
	cmd := env.Command(ctx, "python", filepath.Join(tmp, "latency.py"), o.binary, strconv.Itoa(o.starts), strconv.Itoa(o.cells), strconv.Itoa(o.prints))
	cmd.Dir, cmd.Stderr = tmp, os.Stderr
	out, err := cmd.Output()
	cmd.Cancel() // kernels, if it was interrupted
	if err != nil {
		return fmt.Errorf("latency.py: %w", err)
	}
	if o.json {
		_, err := os.Stdout.Write(out)
		return err
	}
	var ms []measurement
	if err := json.NewDecoder(bytes.NewReader(out)).Decode(&ms); err != nil || len(ms) != 2 {
		return fmt.Errorf("latency.py printed %q: want the measurements of two kernels (%v)", out, err)
	}
	table(ms[0], ms[1])
	return nil
}

// table prints medians, 95th percentiles and ratios.
func table(ours, other measurement) {
	fmt.Printf("%s/%s, %d cores, %s\n\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "\t%s\t(p95)\t%s\t(p95)\ttimes better\t\n", ours.Name, other.Name)
	row := func(what, unit string, scale float64, a, b []float64) {
		ma := quantile(a, 0.5) * scale
		if len(b) == 0 {
			fmt.Fprintf(w, "%s\t%.2f %s\t(%.2f)\t\t\t\t\n", what, ma, unit, quantile(a, 0.95)*scale)
			return
		}
		mb := quantile(b, 0.5) * scale
		fmt.Fprintf(w, "%s\t%.2f %s\t(%.2f)\t%.2f %s\t(%.2f)\t%.1f\t\n", what, ma, unit, quantile(a, 0.95)*scale, mb, unit, quantile(b, 0.95)*scale, mb/ma)
	}
	row("start to kernel_info_reply", "ms", 1e3, ours.Start, other.Start)
	row("1+1 to the reply", "ms", 1e3, ours.Reply, other.Reply)
	row("1+1 to idle", "ms", 1e3, ours.Idle, other.Idle)
	row("the same after 10,000 cells", "ms", 1e3, ours.Late, other.Late)
	row("a function and its call", "ms", 1e3, ours.Function, other.Function)
	row("completion", "ms", 1e3, ours.Complete, other.Complete)
	row("first use of plot and mat", "ms", 1e3, ours.Packages, other.Packages)
	row("10,000 lines printed", "ms", 1e3, ours.Print, other.Print)
	row("memory after the start", "MB", 1, ours.RSS, other.RSS)
	row("memory after all cells", "MB", 1, ours.Cells, other.Cells)
	w.Flush()
}
