package nnlib

import (
	"fmt"
	"strings"
)

// A Separation says whether one perceptron can compute a table, with the proof: a perceptron that does, or a point that
// would have to be on both sides of its boundary.
type Separation struct {
	Separable  bool
	Perceptron Perceptron // computes the table; only where Separable
	// Ones and Zeros are weights of the table's rows, only where it is not Separable. Those of Ones are of rows with the
	// output 1 and sum to 1, those of Zeros of rows with the output 0: both means of the inputs are the same point.
	Ones, Zeros []float64

	table TruthTable
}

// Separable looks for a perceptron that computes the table. Where there is none, it proves that: the net value is the
// same for two equal points, but the mean of rows that must exceed the threshold exceeds it, and the mean of rows that
// must not does not. The inputs may be any numbers; an output above 0.5 counts as 1.
func (t TruthTable) Separable() Separation {
	t.check("Separable")
	s := Separation{table: t}
	n, rows := len(t.Inputs[0]), len(t.Outputs)
	// Both hulls have a common point if there are λ ≥ 0 with Σ λ·x over the ones = Σ λ·x over the zeros, and both Σ λ = 1.
	// That is a linear program; its dual is the perceptron.
	a, b := make([][]float64, n+2), make([]float64, n+2)
	for i := range a {
		a[i] = make([]float64, rows)
	}
	b[n], b[n+1] = 1, 1
	for j, x := range t.Inputs {
		sign, sum := 1.0, n
		if t.Outputs[j] <= 0.5 {
			sign, sum = -1, n+1
		}
		for i, v := range x {
			a[i][j] = sign * v
		}
		a[sum][j] = 1
	}
	lambda, y, feasible := solve(a, b)
	if !feasible {
		s.Separable = true
		for i := range n {
			s.Perceptron.Weights = append(s.Perceptron.Weights, 0-y[i])
		}
		s.Perceptron.Threshold = t.between(s.Perceptron)
		return s
	}
	s.Ones, s.Zeros = make([]float64, rows), make([]float64, rows)
	for j, v := range lambda {
		if t.Outputs[j] > 0.5 {
			s.Ones[j] = v
		} else {
			s.Zeros[j] = v
		}
	}
	return s
}

// between returns the threshold halfway between the net values of the ones and the zeros.
func (t TruthTable) between(p Perceptron) float64 {
	var low, high float64 // the greatest of the zeros, the least of the ones
	zeros, ones := false, false
	for j, x := range t.Inputs {
		net := p.Net(x...)
		if t.Outputs[j] > 0.5 {
			if !ones || net < high {
				high, ones = net, true
			}
		} else if !zeros || net > low {
			low, zeros = net, true
		}
	}
	switch {
	case !zeros:
		return high - 1
	case !ones:
		return low
	}
	return (low + high) / 2
}

// solve looks for x ≥ 0 with a·x = b, where b ≥ 0, by the first phase of the simplex method with Bland's rule, which
// does not go in circles. Where there is none it returns y with y·a ≤ 0 and y·b > 0, which proves that.
// Source: V. Chvátal, "Linear Programming" (1983), chapters 3 and 5.
func solve(a [][]float64, b []float64) (x, y []float64, feasible bool) {
	const tiny = 1e-9
	m, n := len(a), len(a[0])
	// Each row: the unknowns, an artificial one for each row, the right side. The last row is minus the sum of the
	// artificial ones, which is to become 0.
	rows := make([][]float64, m+1)
	rows[m] = make([]float64, n+m+1)
	basis := make([]int, m)
	for i := range m {
		rows[i] = append(append([]float64(nil), a[i]...), make([]float64, m+1)...)
		rows[i][n+i], rows[i][n+m], basis[i] = 1, b[i], n+i
		for j := range n {
			rows[m][j] -= a[i][j]
		}
		rows[m][n+m] -= b[i]
	}
	for {
		enter := 0
		for enter < n+m && rows[m][enter] > -tiny {
			enter++
		}
		if enter == n+m {
			break
		}
		leave := -1
		for i := range m {
			if rows[i][enter] <= tiny {
				continue
			}
			if leave >= 0 {
				d := rows[i][n+m]/rows[i][enter] - rows[leave][n+m]/rows[leave][enter]
				if d > tiny || d > -tiny && basis[i] > basis[leave] {
					continue
				}
			}
			leave = i
		}
		pivot := rows[leave][enter]
		for j := range rows[leave] {
			rows[leave][j] /= pivot
		}
		for i := range rows {
			if f := rows[i][enter]; i != leave && f != 0 {
				for j := range rows[i] {
					rows[i][j] -= f * rows[leave][j]
				}
			}
		}
		basis[leave] = enter
	}
	if rows[m][n+m] < -tiny {
		y = make([]float64, m)
		for i := range m {
			y[i] = 1 - rows[m][n+i]
		}
		return nil, y, false
	}
	x = make([]float64, n)
	for i, j := range basis {
		if j < n {
			x[j] = max(rows[i][n+m], 0) // rounding may leave -1e-17
		}
	}
	return x, nil, true
}

// String returns the perceptron, or the proof that there is none.
func (s Separation) String() string {
	if s.Separable {
		return "one perceptron is enough: it " + s.Perceptron.String()
	}
	return fmt.Sprintf("no perceptron computes this: %s = %s, but the left side must exceed the threshold and the right side must not",
		s.mean(s.Ones), s.mean(s.Zeros))
}

// mean writes a weighted mean of rows: 0.5·(0, 1) + 0.5·(1, 0).
func (s Separation) mean(weights []float64) string {
	var parts []string
	for j, w := range weights {
		switch {
		case w < 1e-9:
		case w > 1-1e-9:
			parts = append(parts, tuple(s.table.Inputs[j]))
		default:
			parts = append(parts, short(w)+"·"+tuple(s.table.Inputs[j]))
		}
	}
	return strings.Join(parts, " + ")
}
