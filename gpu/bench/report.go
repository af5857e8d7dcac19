package main

import (
	"fmt"
	"io"
	"slices"
)

func (r *result) print(w io.Writer) {
	fmt.Fprintf(w, "\n%s, batch %d, %d threads%42s%10s%10s\n", r.workload, r.batch, r.threads, "ms (fastest)", "MiB peak", "")
	sorted := slices.Clone(r.processes)
	slices.SortFunc(sorted, func(a, b *process) int { return int(1e6*median(a.times)) - int(1e6*median(b.times)) })
	for _, p := range sorted {
		ms := median(p.times)
		extra := ""
		if r.workload == "forward" || r.workload == "gradient" {
			extra = fmt.Sprintf("%6.0f GFLOP/s", 2*float64(r.batch)*110592*500/ms/1e6)
		}
		fmt.Fprintf(w, "  %-38s %9.3f (%.3f)  %6d  %s\n", p.name, ms, p.best, p.rss[0], extra)
	}
	fmt.Fprintf(w, "  machine: %.0f GFLOP/s, %.0f GB/s read and written, %.0f GB/s read\n", median(r.flops)/1e9, median(r.stream)/1e9, median(r.read)/1e9)
	if roof := r.roof(); roof > 0 {
		fmt.Fprintf(w, "  roof: %.1f ms; the plugin reaches %.0f %% (batch resident), %.0f %%\n", roof, 100*roof/r.of(resident.name), 100*roof/r.of(own.name))
	}
}

// roof returns the milliseconds that a step of H takes at least on this machine: of its first layer, which is 99.9 % of it,
// forward reads the weights, and the weight gradient with Adam reads and writes weights and two moments.
func (r *result) roof() float64 {
	if r.workload != "H" {
		return 0
	}
	weights := 110592.0 * 500
	products := 2 * float64(r.batch) * weights / median(r.flops)
	forward := max(products, 4*weights/median(r.read))
	gradient := max(products, 24*weights/median(r.stream))
	return 1e3 * (forward + gradient)
}

// A report is what all races gave.
type report []*result

// requirements prints what the project demands of the plugin, and what this run says about it.
func (all report) requirements(w io.Writer) {
	fmt.Fprintln(w, "\nWhat is required:")
	say := func(what string, got, want float64) {
		verdict := "held"
		if got < want {
			verdict = "MISSED"
		}
		if got == 0 {
			verdict = "not measured"
		}
		fmt.Fprintf(w, "  %-78s %5.2f, at least %.2f: %s\n", what, got, want, verdict)
	}
	ratio := func(a, b float64) float64 {
		if a == 0 || b == 0 {
			return 0
		}
		return a / b
	}
	for _, r := range all {
		mine := r.of(own.name)
		name, ms := r.best(false)
		title := fmt.Sprintf("%s, batch %d", r.workload, r.batch)
		switch r.workload {
		case "H":
			say(title+": times faster than the best, "+name, ratio(ms, mine), map[int]float64{32: 2.1, 128: 1.3}[r.batch])
			if r.batch == 32 {
				say(title+": times faster than PyTorch's defaults", ratio(r.of(torch.name), mine), 6)
				tuned, ms := r.best(true)
				say(title+": times faster than the best tuned, "+tuned, ratio(ms, mine), 1.8)
			}
			say(title+": share of the roof, with the batch copied", ratio(r.roof(), mine), 0.8)
		case "M":
			say(title+": times faster than the best, "+name, ratio(ms, mine), 1.5)
		case "I":
			say(title+": times faster than the best, "+name, ratio(ms, mine), 2.5)
		default:
			say(title+": times as fast as oneDNN", ratio(r.of(onednn.name), mine), 0.95)
		}
	}
}
