package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"

	"github.com/gopherceptron/gopherceptron/gpu"
)

// A result is what a race gave.
type result struct {
	race
	processes     []*process
	flops, stream []float64 // by round: floating-point operations and bytes a second, of the machine
	read          []float64
}

// measure runs a race.
func measure(ctx context.Context, plugin *gpu.Plugin, r race, rounds int, dir string) (*result, error) {
	res := &result{race: r}
	defer func() {
		for _, p := range res.processes {
			p.stop()
		}
	}()
	for _, c := range r.contenders {
		if c.env != "" {
			if err := prepareEnv(ctx, dir, c.env); err != nil {
				fmt.Fprintf(os.Stderr, "%s is left out: %v\n", c.name, err)
				continue
			}
		}
		p, err := start(ctx, c, r, dir)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s is left out: %v\n", c.name, err)
			continue
		}
		res.processes = append(res.processes, p)
	}
	for round := range rounds {
		for _, m := range []struct {
			what gpu.Measure
			into *[]float64
		}{{gpu.PeakFMA, &res.flops}, {gpu.AdamTraffic, &res.stream}, {gpu.ReadTraffic, &res.read}} {
			v, err := plugin.Measure(m.what, r.threads, 50)
			if err != nil {
				return nil, err
			}
			*m.into = append(*m.into, v)
		}
		// There and back, so that nobody always follows the same one.
		order := slices.Clone(res.processes)
		if round%2 == 1 {
			slices.Reverse(order)
		}
		for _, p := range order {
			var times []float64
			if err := p.ask(strconv.Itoa(r.steps+1), &times); err != nil {
				return nil, fmt.Errorf("%s: %w", p.name, err)
			}
			times = times[1:]
			p.times = append(p.times, median(times))
			if low := slices.Min(times); p.best == 0 || low < p.best {
				p.best = low
			}
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	for _, p := range res.processes {
		if err := p.ask("rss", &p.rss); err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return res, nil
}

func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(x))
	return s[len(s)/2]
}

// of returns the median of a contender, 0 where it did not run.
func (r *result) of(name string) float64 {
	for _, p := range r.processes {
		if p.name == name {
			return median(p.times)
		}
	}
	return 0
}

// best returns the fastest of the frameworks: the tuned ones, or the others.
func (r *result) best(tuned bool) (name string, ms float64) {
	for _, p := range r.processes {
		if p.env == "" || p.huge != tuned {
			continue
		}
		if m := median(p.times); ms == 0 || m < ms {
			name, ms = p.name, m
		}
	}
	return name, ms
}
