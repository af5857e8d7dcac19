// Command widgets compares this project's widgets with ipywidgets and matplotlib: how long it takes from a slider's message
// to the new picture of a gate on the wire.
//
//	go run ./bench/widgets [-moves 200] [-kernel BINARY] [-check]
//
// The two kernels take turns, so that what else the machine does hits both. The first run makes a Python environment with
// ipywidgets and matplotlib.
package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"

	"github.com/gopherceptron/gopherceptron/bench/internal/command"
	"github.com/gopherceptron/gopherceptron/internal/pyenv"
	"github.com/gopherceptron/gopherceptron/test/jupyter"
)

//go:embed moves.py
var moves []byte

func main() {
	n := flag.Int("moves", 200, "how often the slider is moved in each")
	binary := flag.String("kernel", "", "the `binary` to measure; built from this checkout if not given")
	check := flag.Bool("check", false, "fail if the median is 25 ms or more, the 95th percentile 60 ms or more, ipywidgets less than 4 times slower, training 2 % slower with its progress, or the playground below 25 pictures a second")
	flag.Parse()
	command.Main("bench/widgets", func(ctx context.Context) error { return run(ctx, *n, *binary, *check) })
}

// A measurement is one kernel's numbers, as moves.py prints them.
type measurement struct {
	Name  string
	Moves []float64 // s, from sending the value to the picture
	Bytes int       // of a picture on the wire
	// Frames is how many pictures a second a playground of two layers of eight sends while it learns 200 examples and the page
	// keeps up; ours only.
	Frames float64
	// Quiet and Shown are how long training runs take without and with their live progress, in turn; ours only.
	Quiet, Shown []float64 // s
}

// ms returns a quantile in milliseconds.
func (m measurement) ms(q float64) float64 {
	s := slices.Sorted(slices.Values(m.Moves))
	return 1e3 * s[min(int(q*float64(len(s))), len(s)-1)]
}

func run(ctx context.Context, n int, binary string, check bool) error {
	if n < 1 {
		return fmt.Errorf("-moves is %d: want at least 1", n)
	}
	env, err := pyenv.EnsureWidgets(ctx, os.Stderr)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "gopherceptron-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if binary, err = command.Kernel(ctx, tmp, binary); err != nil {
		return err
	}
	for name, data := range map[string][]byte{"moves.py": moves, "client.py": jupyter.Client} {
		if err := os.WriteFile(filepath.Join(tmp, name), data, 0o644); err != nil {
			return err
		}
	}
	cmd := env.Command(ctx, "python", filepath.Join(tmp, "moves.py"), binary, strconv.Itoa(n))
	cmd.Dir, cmd.Stderr = tmp, os.Stderr
	out, err := cmd.Output()
	cmd.Cancel() // kernels, if it was interrupted
	if err != nil {
		return fmt.Errorf("moves.py: %w", err)
	}
	var ms []measurement
	if err := json.Unmarshal(out, &ms); err != nil || len(ms) != 2 || len(ms[0].Moves) != n || len(ms[1].Moves) != n || len(ms[0].Quiet) == 0 || len(ms[0].Shown) == 0 {
		return fmt.Errorf("moves.py printed %q: want %d moves of two kernels (%v)", out, n, err)
	}
	fmt.Printf("%s/%s, %d cores, %s; %d moves of a slider to the picture\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), n)
	for _, m := range ms {
		fmt.Printf("%-14s median %7.2f ms  p95 %7.2f ms  picture %d kB\n", m.Name, m.ms(0.5), m.ms(0.95), m.Bytes/1000)
	}
	ratio := ms[1].ms(0.5) / ms[0].ms(0.5)
	fmt.Printf("%.1f times faster\n", ratio)
	fmt.Printf("playground: %.0f pictures a second on the wire, an epoch each\n", ms[0].Frames)
	// The fastest of each, as what else the machine does makes none faster.
	slower := 100 * (slices.Min(ms[0].Shown)/slices.Min(ms[0].Quiet) - 1)
	fmt.Printf("training: %.2f s without and %.2f s with its live progress, %.1f %% slower (the fastest of %d each, in turn)\n",
		slices.Min(ms[0].Quiet), slices.Min(ms[0].Shown), slower, len(ms[0].Quiet))
	if check && slower >= 2 {
		return fmt.Errorf("too slow: want training with its progress to take less than 2 %% longer")
	}
	if check && ms[0].Frames < 25 {
		return fmt.Errorf("too slow: want 25 pictures a second of the playground and more")
	}
	if check && (ms[0].ms(0.5) >= 25 || ms[0].ms(0.95) >= 60 || ratio < 4) {
		return fmt.Errorf("too slow: want a median below 25 ms, a 95th percentile below 60 ms and at least 4 times as fast")
	}
	return nil
}
