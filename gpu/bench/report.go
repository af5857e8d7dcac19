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
	p := r.find(own.name)
	if p == nil || len(p.roofs) == 0 {
		return
	}
	field := func(of func(roof) float64) float64 {
		var all []float64
		for _, m := range p.roofs {
			all = append(all, of(m))
		}
		return median(all)
	}
	m := roof{field(func(r roof) float64 { return r.flops }), field(func(r roof) float64 { return r.stream }), field(func(r roof) float64 { return r.read })}
	fmt.Fprintf(w, "  machine: %.0f GFLOP/s, %.0f GB/s read and written, %.0f GB/s read\n", m.flops/1e9, m.stream/1e9, m.read/1e9)
	phases := r.phases(r.workload == "H", true)
	if phases == nil {
		return
	}
	fmt.Fprintf(w, "  roof: %.1f ms: %s\n", 1e3*m.total(phases), m.explain(phases))
	for _, name := range []string{own.name, resident.name} {
		copied := r.workload == "H" && name == own.name
		share, n := r.share(name, r.phases(copied, true))
		if share == 0 {
			continue
		}
		fmt.Fprintf(w, "  %s reaches %.0f %% of its roof in %d of %d rounds", name, 100*share, n, len(p.times))
		if r.workload == "H" {
			strict, _ := r.share(name, r.phases(copied, false))
			fmt.Fprintf(w, ", %.0f %% of one without Adam's arithmetic", 100*strict)
		}
		fmt.Fprintln(w)
	}
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
			for _, name := range []string{resident.name, own.name} {
				share, _ := r.share(name, r.phases(name == own.name, true))
				say(title+": share of the roof, "+map[string]string{own.name: "with the batch copied", resident.name: "the batch in its place"}[name], share, 0.8)
			}
		case "M":
			say(title+": times faster than the best, "+name, ratio(ms, mine), 1.5)
		case "I":
			say(title+": times faster than the best, "+name, ratio(ms, mine), 2.5)
			share, _ := r.share(own.name, r.phases(false, true))
			if ms > 0 && share > 0 {
				fmt.Fprintf(w, "    (a program that only read the weights would be %.2f times faster)\n", ms/mine/share)
			}
		default:
			say(fmt.Sprintf("%s, %d threads: times as fast as oneDNN", title, r.threads), ratio(r.of(onednn.name), mine), 0.95)
		}
	}
}
