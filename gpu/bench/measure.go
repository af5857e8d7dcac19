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
	processes []*process
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
		// There and back, so that nobody always follows the same one.
		order := slices.Clone(res.processes)
		if round%2 == 1 {
			slices.Reverse(order)
		}
		var before *roof // measured just now
		for _, p := range order {
			held := p.env == "" && r.phases(false, true) != nil // against a roof
			if held && before == nil {
				now, err := measureRoof(plugin, r.threads)
				if err != nil {
					return nil, err
				}
				before = &now
			}
			var times []float64
			if err := p.ask(strconv.Itoa(r.steps+1), &times); err != nil {
				return nil, fmt.Errorf("%s: %w", p.name, err)
			}
			times = times[1:]
			p.times = append(p.times, median(times))
			if low := slices.Min(times); p.best == 0 || low < p.best {
				p.best = low
			}
			if !held {
				before = nil
				continue
			}
			after, err := measureRoof(plugin, r.threads)
			if err != nil {
				return nil, err
			}
			mean, same := before.between(after)
			p.roofs, p.moved = append(p.roofs, mean), append(p.moved, !same)
			before = &after
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

// find returns a contender, nil where it did not run.
func (r *result) find(name string) *process {
	for _, p := range r.processes {
		if p.name == name {
			return p
		}
	}
	return nil
}

// of returns the median of a contender, 0 where it did not run.
func (r *result) of(name string) float64 {
	if p := r.find(name); p != nil {
		return median(p.times)
	}
	return 0
}

// share returns which part of its roof a turn of the plugin reaches, the median of the rounds in which the machine stayed
// the same, and how many those are. 0 where it did not run or has no roof.
func (r *result) share(name string, phases []phase) (share float64, rounds int) {
	p := r.find(name)
	if p == nil || len(phases) == 0 {
		return 0, 0
	}
	var shares []float64
	for i, ms := range p.times {
		if !p.moved[i] {
			shares = append(shares, 1e3*p.roofs[i].total(phases)/ms)
		}
	}
	return median(shares), len(shares)
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
