package main

import (
	"math"
	"slices"
)

// quantile returns the smallest value that at least the share q of all values does not exceed; for the median of an even
// number of values, the mean of the middle two. It returns NaN without values.
func quantile(values []float64, q float64) float64 {
	n := len(values)
	if n == 0 {
		return math.NaN()
	}
	v := slices.Sorted(slices.Values(values))
	if q == 0.5 && n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[max(0, int(math.Ceil(q*float64(n)))-1)]
}
