package main

import (
	"math"
	"slices"
)

// seconds returns the median for a contender, NaN if it has none.
func (r *row) seconds(contender string) float64 { return median(r.Seconds[contender]) }

// ratio returns how many times longer a takes than b, NaN if one has not been measured.
func (r *row) ratio(a, b string) float64 { return r.seconds(a) / r.seconds(b) }

// ratios returns the ratio for each row.
func ratios(rows []row, a, b string) []float64 {
	var v []float64
	for _, r := range rows {
		v = append(v, r.ratio(a, b))
	}
	return v
}

// median returns the middle value, or the mean of the two; NaN without values.
func median(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return math.NaN()
	}
	v := slices.Sorted(slices.Values(values))
	return (v[(n-1)/2] + v[n/2]) / 2
}

// geomean returns the geometric mean; NaN without values or if one is NaN, so that a mean never hides a program that failed.
func geomean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += math.Log(v)
	}
	return math.Exp(sum / float64(len(values)))
}
