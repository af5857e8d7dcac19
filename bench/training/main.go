// Command training measures, in real kernels and with the plugin, what a student's own code costs the headline network,
// whether gophernotes trains as fast, and how soon a cell that trains has ended after an interrupt.
//
//	go run ./bench/training [-rounds 12] [-interrupts 50] [-batch 32] [-kernel BINARY] [-check]
//
// The network H is Flatten 192x192x3, Dense 500 relu, Dense 50 relu, Dense 5 softmax, with Adam. The student's layer is a
// type that a cell declares, with Forward and Backward elementwise on the 500 units in the place of their relu. Both
// networks are trained in turn, in our kernel and in gophernotes in turn, so that what else the machine does hits all.
// Interrupts come at random moments of training at batch 512. It takes 4 GB of memory, and the first run builds gophernotes.
package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"

	"github.com/gopherceptron/gopherceptron/bench/internal/command"
	"github.com/gopherceptron/gopherceptron/gpu/toolchain"
	"github.com/gopherceptron/gopherceptron/internal/pyenv"
)

//go:embed training.py
var script []byte

type options struct {
	rounds, interrupts, batch int
	binary                    string
	check                     bool
}

func main() {
	var o options
	flag.IntVar(&o.rounds, "rounds", 12, "how often each network is trained for some batches in each kernel")
	flag.IntVar(&o.interrupts, "interrupts", 50, "how often the training is interrupted")
	flag.IntVar(&o.batch, "batch", 32, "examples a batch, without interrupts")
	flag.StringVar(&o.binary, "kernel", "", "the `binary` to measure; built from this checkout if not given")
	flag.BoolVar(&o.check, "check", false, "fail if the student's layer leaves less than 80 % of the examples a second, gophernotes trains less than 90 % of ours, or an interrupt takes 100 ms or more")
	flag.Parse()
	command.Main("bench/training", func(ctx context.Context) error { return run(ctx, o) })
}

// A measurement is one kernel's numbers, as training.py prints them.
type measurement struct {
	Name       string
	Plain, Own []float64 // s a batch, with its data
	Interrupts []float64 // s, from the interrupt to the reply
	Usable     bool      // after all interrupts the network still predicts and learns
}

func run(ctx context.Context, o options) error {
	env, err := pyenv.Ensure(ctx, os.Stderr)
	if err != nil {
		return err
	}
	plugin, err := toolchain.Ensure(ctx, os.Stderr)
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
	kernels := []string{"gopherceptron", "gophernotes"}
	for _, flags := range [][]string{{}, {"--gophernotes"}} {
		args := append([]string{"install", "--prefix", tmp}, flags...)
		if out, err := exec.CommandContext(ctx, o.binary, args...).CombinedOutput(); err != nil {
			return fmt.Errorf("gopherceptron %q: %w\n%s", args, err, out)
		}
	}
	file := filepath.Join(tmp, "training.py")
	if err := os.WriteFile(file, script, 0o644); err != nil {
		return err
	}
	cmd := env.Command(ctx, "python", append([]string{file, strconv.Itoa(o.rounds), strconv.Itoa(o.interrupts), strconv.Itoa(o.batch)}, kernels...)...)
	cmd.Env = append(cmd.Env, "JUPYTER_PATH="+filepath.Join(tmp, "share", "jupyter"), "GOPHERCEPTRON_PLUGIN="+plugin)
	cmd.Dir, cmd.Stderr = tmp, os.Stderr
	out, err := cmd.Output()
	cmd.Cancel() // kernels, if it was interrupted
	if err != nil {
		return fmt.Errorf("training.py: %w", err)
	}
	var all []measurement
	if err := json.Unmarshal(out, &all); err != nil || len(all) != len(kernels) {
		return fmt.Errorf("training.py printed %q: want the measurements of %d kernels (%v)", out, len(kernels), err)
	}
	return report(all[0], all[1], o)
}

// report prints medians, and says what is too slow.
func report(ours, theirs measurement, o options) error {
	fmt.Printf("%s/%s, %d cores, %s, batch %d, medians of %d batches\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), o.batch, len(ours.Plain))
	rate := func(seconds []float64) float64 { return float64(o.batch) / quantile(seconds, 0.5) }
	for _, m := range []measurement{ours, theirs} {
		fmt.Printf("%-14s %5.0f examples/s, with a layer of a cell's %5.0f: %.0f %%\n", m.Name, rate(m.Plain), rate(m.Own), 100*rate(m.Own)/rate(m.Plain))
	}
	fmt.Printf("%s trains %.0f %% of the examples a second\n", theirs.Name, 100*rate(theirs.Plain)/rate(ours.Plain))
	var problems []error
	if rate(ours.Own) < 0.8*rate(ours.Plain) {
		problems = append(problems, errors.New("too slow: want 80 % with a layer of a cell's"))
	}
	if rate(theirs.Plain) < 0.9*rate(ours.Plain) {
		problems = append(problems, errors.New("too slow: want 90 % in gophernotes"))
	}
	for _, m := range []measurement{ours, theirs} {
		if len(m.Interrupts) == 0 {
			continue
		}
		fmt.Printf("%-14s %d interrupts at batch 512: median %.0f ms, 90th percentile %.0f, worst %.0f; usable afterwards: %v\n", m.Name, len(m.Interrupts),
			1e3*quantile(m.Interrupts, 0.5), 1e3*quantile(m.Interrupts, 0.9), 1e3*quantile(m.Interrupts, 1), m.Usable)
		if !m.Usable || m.Name == ours.Name && quantile(m.Interrupts, 1) >= 0.1 {
			problems = append(problems, fmt.Errorf("interrupts in %s: want less than 100 ms and a network that can be used", m.Name))
		}
	}
	if o.check {
		return errors.Join(problems...)
	}
	return nil
}

// quantile returns the number that a share q of numbers are not above.
func quantile(numbers []float64, q float64) float64 {
	s := slices.Sorted(slices.Values(numbers))
	return s[min(int(q*float64(len(s))), len(s)-1)]
}
