package main

import (
	"testing"

	"github.com/gopherceptron/gopherceptron/bench/engine/workload"
)

// rowsWith has all programs: native 1 s, the VM 6, yaegi 60, CPython 24. change alters them.
func rowsWith(change func(name string, seconds map[string][]float64)) []row {
	var rows []row
	for _, p := range workload.All {
		s := map[string][]float64{native: {1}, vm: {6}, yaegi: {60}, cpython: {24}}
		if p.Name == callback {
			s[vm] = []float64{0.039}
		}
		change(p.Name, s)
		rows = append(rows, row{Name: p.Name, Study: p.Study, Seconds: s})
	}
	return rows
}

func TestRequirements(t *testing.T) {
	const p, f, n = pass, fail, notMeasured
	set := func(of string, contender string, seconds ...float64) func(string, map[string][]float64) {
		return func(name string, s map[string][]float64) {
			if name == of || of == "" && name != callback {
				s[contender] = seconds
			}
		}
	}
	tests := []struct {
		name   string
		change func(string, map[string][]float64)
		want   [7]verdict
	}{
		{"all well", set("", vm, 6), [7]verdict{p, p, p, p, p, p, p}},
		{"no machine", func(_ string, s map[string][]float64) { delete(s, vm) }, [7]verdict{n, n, n, n, n, n, n}},
		{"no CPython", func(_ string, s map[string][]float64) { delete(s, cpython) }, [7]verdict{n, n, p, p, p, p, p}},
		{"one of the thirteen failed", set("Append", vm), [7]verdict{n, n, n, p, p, p, p}},
		{"another one failed", set("SortSlice", vm), [7]verdict{p, p, p, p, p, p, p}},
		{"one of the thirteen slower than CPython", set("Append", vm, 24.1), [7]verdict{p, f, p, p, p, p, p}},
		{"another one slower than CPython", set("SortSlice", vm, 24.1), [7]verdict{p, p, p, p, p, p, p}},
		{"mean below 3 times CPython", set("", cpython, 17.9), [7]verdict{f, p, p, p, p, p, p}},
		{"mean below 8 times yaegi", set("", yaegi, 47.9), [7]verdict{p, p, f, p, p, p, p}},
		{"sum slow", set("Sum", vm, 7.1), [7]verdict{p, p, p, f, p, p, p}},
		{"rows slow", set("MatmulRows", vm, 10.1), [7]verdict{p, p, p, p, f, p, p}},
		{"flat slow", set("MatmulFlat", vm, 20.1), [7]verdict{p, p, p, p, p, f, p}},
		{"callbacks slow", set(callback, vm, 0.0401), [7]verdict{p, p, p, p, p, p, f}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i, got := range requirements(rowsWith(tt.change)) {
				if got.Verdict != tt.want[i] || (got.Got == "") != (got.Verdict == n) {
					t.Errorf("requirements()[%d] = %+v; want %s", i, got, tt.want[i])
				}
			}
		})
	}
}

func TestRequirementsLeftOut(t *testing.T) {
	rows := rowsWith(func(string, map[string][]float64) {})[1:]
	want := [7]verdict{notMeasured, notMeasured, notMeasured, notMeasured, pass, pass, pass}
	for i, got := range requirements(rows) {
		if got.Verdict != want[i] {
			t.Errorf("without Sum, requirements()[%d] = %+v; want %s", i, got, want[i])
		}
	}
}
