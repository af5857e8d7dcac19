package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// A requirement is a line of what the project demands of its machine.
type requirement struct {
	What    string
	Got     string // the figure with its unit; "" if it was not measured
	Verdict verdict
}

type verdict string

const (
	pass        verdict = "pass"
	fail        verdict = "FAIL"
	notMeasured verdict = "not measured"
)

// studied is how many programs the requirements speak of: those with Study.
const studied = 13

// requirements judges the machine. What needs all the thirteen is not measured if one was left out or failed.
func requirements(rows []row) []requirement {
	var study []row
	for _, r := range rows {
		if r.Study {
			study = append(study, r)
		}
	}
	mean, least := func(string) float64 { return math.NaN() }, worst{ratio: math.NaN()}
	if len(study) == studied {
		mean = func(other string) float64 { return geomean(ratios(study, other, vm)) }
		least = worstOf(study)
	}
	python, old := mean(cpython), mean(yaegi)
	call := named(rows, callback).seconds(vm) / calls * 1e9
	slower := judge("no program slower than CPython", least.ratio, "times, "+least.name, least.ratio >= 1)
	// The five others are not part of the demand, and not to be hidden either.
	if w := worstOf(others(rows)); slower.Verdict != notMeasured && !math.IsNaN(w.ratio) {
		slower.Got += fmt.Sprintf(" (outside of the thirteen: %.2f times, %s)", w.ratio, w.name)
	}
	return []requirement{
		judge("geometric mean at least 3 times faster than CPython", python, "times", python >= 3),
		slower,
		judge("geometric mean at least 8 times faster than yaegi", old, "times", old >= 8),
		within(rows, "Sum", 7),
		within(rows, "MatmulRows", 10),
		within(rows, "MatmulFlat", 20),
		judge("closures called by compiled code under 40 ns each", call, "ns", call < 40),
	}
}

// judge makes a requirement of a figure; NaN is none.
func judge(what string, got float64, unit string, ok bool) requirement {
	switch {
	case math.IsNaN(got):
		return requirement{what, "", notMeasured}
	case ok:
		return requirement{what, fmt.Sprintf("%.2f %s", got, unit), pass}
	}
	return requirement{what, fmt.Sprintf("%.2f %s", got, unit), fail}
}

// within demands that the machine takes at most limit times as long as native Go.
func within(rows []row, name string, limit float64) requirement {
	got := named(rows, name).ratio(vm, native)
	return judge(fmt.Sprintf("%s within %g times native", name, limit), got, "times", got <= limit)
}

// named returns a program's row, one without times if it was left out.
func named(rows []row, name string) *row {
	if i := slices.IndexFunc(rows, func(r row) bool { return r.Name == name }); i >= 0 {
		return &rows[i]
	}
	return &row{Name: name}
}

// others returns the rows of the table that the requirements do not speak of.
func others(rows []row) []row {
	return slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.Study || r.Name == callback })
}

// A worst is the program with the least advantage over CPython.
type worst struct {
	name  string
	ratio float64 // NaN if there is none, or one that was not measured
}

func worstOf(rows []row) worst {
	w := worst{"", math.NaN()}
	if len(rows) > 0 {
		// cmp.Compare puts NaN before every number.
		r := slices.MinFunc(rows, func(a, b row) int { return cmp.Compare(a.ratio(cpython, vm), b.ratio(cpython, vm)) })
		w = worst{r.Name, r.ratio(cpython, vm)}
	}
	return w
}
