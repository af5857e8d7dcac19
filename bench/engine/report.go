package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// callback is the program whose row stands apart, as the time of one of its calls.
const (
	callback = "Callback"
	calls    = 1e6
)

// A pair is a column of ratios: how many times longer a takes than b.
type pair struct{ a, b string }

// pairs returns the columns of ratios that can be had: against the machine, or else against native Go.
func (r *report) pairs() []pair {
	wanted := []pair{{vm, native}, {beside, native}, {beside, vm}, {yaegi, vm}, {cpython, vm}}
	if !slices.Contains(r.Contenders, vm) {
		wanted = []pair{{beside, native}, {yaegi, native}, {cpython, native}}
	}
	return slices.DeleteFunc(wanted, func(p pair) bool {
		return !slices.Contains(r.Contenders, p.a) || !slices.Contains(r.Contenders, p.b)
	})
}

// writeJSON writes everything, each round's medians too.
func (r *report) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		*report
		Requirements []requirement
	}{r, requirements(r.Rows)})
}

// write writes the table, the means and the requirements.
func (r *report) write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s; rounds: %d\n", r.Machine, strings.Join(r.Versions, ", "), r.Rounds)
	for _, name := range []string{vm, cpython} {
		if why, ok := r.Missing[name]; ok {
			fmt.Fprintf(&b, "%s was not measured: %s\n", name, why)
		}
	}
	r.table(&b)
	if i := slices.IndexFunc(r.Rows, func(r row) bool { return r.Name == callback }); i >= 0 {
		b.WriteString("\na closure called by compiled code, ns a call:")
		sep := " "
		for _, name := range r.Contenders {
			if s := r.Rows[i].seconds(name); !math.IsNaN(s) {
				fmt.Fprintf(&b, "%s%s %.1f", sep, name, s/calls*1e9)
				sep = ", "
			}
		}
		b.WriteByte('\n')
	}
	b.WriteString("\nrequired of the VM\n")
	for _, q := range requirements(r.Rows) {
		fmt.Fprintf(&b, "  %-12s  %s", q.Verdict, q.What)
		if q.Got != "" {
			fmt.Fprintf(&b, ": %s", q.Got)
		}
		b.WriteByte('\n')
	}
	for _, f := range r.Failures {
		fmt.Fprintf(&b, "\nFAILED %s", f)
	}
	if len(r.Failures) > 0 {
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// table writes a row for each program, callback apart, and the geometric means of the ratios.
func (r *report) table(w io.Writer) {
	pairs := r.pairs()
	line := func(head string, cell func(name string) string, ratio func(pair) string) {
		fmt.Fprintf(w, "%-42s", head)
		for _, name := range r.Contenders {
			fmt.Fprintf(w, "%10s", cell(name))
		}
		for _, p := range pairs {
			fmt.Fprintf(w, "%16s", ratio(p))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
	line("ms", func(name string) string { return name }, func(p pair) string { return p.a + "/" + p.b })
	var study, all []row
	for _, row := range r.Rows {
		if row.Name == callback {
			continue
		}
		head := "  " + row.about
		if all = append(all, row); row.Study {
			head = "* " + row.about
			study = append(study, row)
		}
		line(head, func(name string) string { return figures(row.seconds(name) * 1e3) },
			func(p pair) string { return figures(row.ratio(p.a, p.b)) })
	}
	for _, m := range []struct {
		rows []row
		of   string
	}{{study, "with *"}, {all, "in all"}} {
		if len(m.rows) > 1 {
			line(fmt.Sprintf("geometric mean, %d programs %s", len(m.rows), m.of), func(string) string { return "" },
				func(p pair) string { return figures(geomean(ratios(m.rows, p.a, p.b))) })
		}
	}
}

// figures writes a number with three figures that count, "-" for none.
func figures(v float64) string {
	switch {
	case math.IsNaN(v):
		return "-"
	case v >= 99.95:
		return fmt.Sprintf("%.0f", v)
	case v >= 9.995:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
