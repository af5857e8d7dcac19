package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/gopherceptron/gopherceptron/gpu"
)

// A roof is what the machine could do at one moment. It is measured right before and after the plugin's turns: where the
// processors are virtual, their host may move them, and two that share a cache get half the bandwidth of two that do not.
type roof struct {
	flops  float64 // multiply-adds between registers count as two, a second
	stream float64 // bytes a second of three streams that are read and written
	read   float64 // bytes a second of one stream that is read
}

func measureRoof(plugin *gpu.Plugin, threads int) (r roof, err error) {
	for _, m := range []struct {
		what gpu.Measure
		into *float64
	}{{gpu.PeakFMA, &r.flops}, {gpu.AdamTraffic, &r.stream}, {gpu.ReadTraffic, &r.read}} {
		if *m.into, err = plugin.Measure(m.what, threads, 50); err != nil {
			return r, err
		}
	}
	return r, nil
}

// between returns the mean of two roofs, and reports whether the machine was the same at both: within 15 %.
func (r roof) between(o roof) (roof, bool) {
	mean := roof{(r.flops + o.flops) / 2, (r.stream + o.stream) / 2, (r.read + o.read) / 2}
	same := func(a, b float64) bool { return math.Abs(a-b) < 0.15*math.Max(a, b) }
	return mean, same(r.flops, o.flops) && same(r.stream, o.stream) && same(r.read, o.read)
}

// A phase is a part of a workload that no program can do faster: it takes as long as its arithmetic at the peak, or as long
// as its bytes at the bandwidth that the machine has for such traffic.
type phase struct {
	name        string
	flops       float64
	read        float64 // bytes that are only read
	readWritten float64 // bytes read plus bytes written
}

func (r roof) seconds(p phase) (seconds float64, arithmetic bool) {
	computed, moved := p.flops/r.flops, p.read/r.read+p.readWritten/r.stream
	return math.Max(computed, moved), computed > moved
}

// seconds of all phases, which follow one another.
func (r roof) total(phases []phase) float64 {
	sum := 0.0
	for _, p := range phases {
		s, _ := r.seconds(p)
		sum += s
	}
	return sum
}

// explain says what each phase takes, and what it is bound by.
func (r roof) explain(phases []phase) string {
	var parts []string
	for _, p := range phases {
		s, arithmetic := r.seconds(p)
		by := "memory"
		if arithmetic {
			by = "arithmetic"
		}
		parts = append(parts, fmt.Sprintf("%s %.1f ms (%s)", p.name, 1e3*s, by))
	}
	return strings.Join(parts, ", ")
}

// phases returns those of a workload, nil where no roof is known. Of H's step the first layer counts, which is 99.9 % of
// it. Adam is four multiply-adds a weight (one for m, two for v, one for w) in the units that the products need; its
// additions, root and division, which have units of their own, are left out, and so are they from the roof. adam false
// leaves all of Adam's arithmetic out.
func (r race) phases(copied, adam bool) []phase {
	inputs, weights := 110592*float64(r.batch), 110592.0*500
	products := 2 * float64(r.batch) * weights
	switch r.workload {
	case "H":
		all := []phase{{name: "forward", flops: products, read: 4 * weights}, {name: "weight gradient with Adam", flops: products, readWritten: 24 * weights}}
		if adam {
			all[1].flops += 8 * weights
		}
		if copied {
			all = append(all, phase{name: "copying the batch", readWritten: 8 * inputs})
		}
		return all
	case "I":
		return []phase{{name: "reading the weights", flops: products, read: 4 * weights}}
	}
	return nil
}
