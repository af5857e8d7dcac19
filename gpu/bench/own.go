package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gopherceptron/gopherceptron/gpu"
	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// serve is this project's side, a process beside the frameworks': it prints "ready", then for each number n that it reads
// runs n steps and prints their milliseconds as JSON; "rss" asks for peak and present memory in MiB.
func serve(ctx context.Context, variant, workload string, batch int, in io.Reader, out io.Writer) error {
	plugin, err := gpu.Find()
	if err != nil {
		return err
	}
	step, closing, err := prepare(ctx, plugin, variant, workload, batch)
	if err != nil {
		return err
	}
	defer closing()
	many := func(n int) ([]float64, error) {
		times := make([]float64, n)
		for i := range times {
			start := time.Now()
			if err := step(); err != nil {
				return nil, err
			}
			times[i] = float64(time.Since(start).Nanoseconds()) / 1e6
		}
		return times, nil
	}
	if _, err := many(5); err != nil {
		return err
	}
	fmt.Fprintln(out, "ready")
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		var answer any
		if line := strings.TrimSpace(lines.Text()); line == "rss" {
			answer = memory()
		} else if n, err := strconv.Atoi(line); err != nil {
			return fmt.Errorf("got %q: want a number of steps or rss", line)
		} else if answer, err = many(n); err != nil {
			return err
		}
		if err := json.NewEncoder(out).Encode(answer); err != nil {
			return err
		}
	}
	return lines.Err()
}

// prepare returns a step. Like those of the frameworks it works on one batch; unlike theirs it includes copying the batch
// in, as a training loop does.
func prepare(ctx context.Context, b backend.Backend, variant, workload string, batch int) (step func() error, closing func(), err error) {
	rng := rand.New(rand.NewPCG(1, 1))
	if workload == "forward" || workload == "gradient" {
		return prepareProduct(ctx, b, workload == "gradient", batch)
	}
	shape := sizes["H"]
	if workload == "M" {
		shape = sizes["M"]
	}
	n := dense(batch, shape)
	exec, err := b.Compile(n.program)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range n.params {
		s := n.program.Slots[p]
		limit := float32(0)
		if len(s.Shape) == 2 {
			limit = float32(math.Sqrt(6 / float64(s.Shape[0]+s.Shape[1])))
		}
		err = errors.Join(err, exec.Write(p, random(rng, s.Size(), -limit, limit)))
	}
	x, t := random(rng, batch*shape[0], 0, 1), make([]float32, batch*shape[len(shape)-1])
	classes := shape[len(shape)-1]
	for i := range batch {
		t[i*classes+rng.IntN(classes)] = 1
	}
	// The rate changes no arithmetic; 1e-3 on one batch would saturate the softmax and fill the moments with denormals.
	rates := []float32{1e-6, 0.1, 0.001, 1e-7, 0}
	y := make([]float32, batch*classes)
	step = func() error {
		return errors.Join(exec.Write(n.x, x), exec.Write(n.t, t), exec.Write(n.rates, rates), exec.Run(ctx, n.step))
	}
	if workload == "I" {
		step = func() error {
			return errors.Join(exec.Write(n.x, x), exec.Run(ctx, n.predict), exec.Read(n.y, y))
		}
	}
	if variant == "resident" { // the batch stays where it is, as the frameworks' does
		if err = errors.Join(err, exec.Write(n.x, x), exec.Write(n.t, t), exec.Write(n.rates, rates)); err == nil {
			step = func() error { return exec.Run(ctx, n.step) }
		}
	}
	return step, exec.Close, err
}

// prepareProduct returns a matrix product of H's first layer, whose operands stay.
func prepareProduct(ctx context.Context, b backend.Backend, grad bool, batch int) (step func() error, closing func(), err error) {
	rng := rand.New(rand.NewPCG(1, 1))
	p, x, second, _ := product(batch, sizes["H"][0], sizes["H"][1], grad)
	exec, err := b.Compile(p)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range []backend.Slot{x, second} {
		size := p.Slots[s].Size()
		if p.Slots[s].Batched {
			size *= batch
		}
		err = errors.Join(err, exec.Write(s, random(rng, size, -0.5, 0.5)))
	}
	return func() error { return exec.Run(ctx, 0) }, exec.Close, err
}

// memory returns the peak and the present resident memory in MiB.
func memory() []int {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return []int{0, 0}
	}
	found := []int{0, 0}
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if i := slices.Index([]string{"VmHWM:", "VmRSS:"}, f[0]); i >= 0 {
			kib, _ := strconv.Atoi(f[1])
			found[i] = kib >> 10
		}
	}
	return found
}
