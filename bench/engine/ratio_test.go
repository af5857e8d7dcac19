package main

import (
	"fmt"
	"math"
	"testing"
)

func TestMedian(t *testing.T) {
	tests := []struct {
		values []float64
		want   float64
	}{
		{[]float64{7}, 7},
		{[]float64{3, 1, 2}, 2},
		{[]float64{4, 1, 2, 3}, 2.5},
		{nil, math.NaN()},
	}
	for _, tt := range tests {
		if got := median(tt.values); fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("median(%v) = %v; want %v", tt.values, got, tt.want)
		}
	}
}

func TestGeomean(t *testing.T) {
	tests := []struct {
		values []float64
		want   string
	}{
		{[]float64{3}, "3.000"},
		{[]float64{1, 4}, "2.000"},
		{[]float64{0.5, 2, 8}, "2.000"},
		{[]float64{1, math.NaN()}, "NaN"},
		{nil, "NaN"},
	}
	for _, tt := range tests {
		if got := fmt.Sprintf("%.3f", geomean(tt.values)); got != tt.want {
			t.Errorf("geomean(%v) = %v; want %v", tt.values, got, tt.want)
		}
	}
}

func TestFigures(t *testing.T) {
	tests := []struct {
		v    float64
		want string
	}{
		{0.123, "0.12"}, {9.994, "9.99"}, {9.996, "10.0"}, {99.94, "99.9"}, {99.96, "100"}, {1234.5, "1234"}, {math.NaN(), "-"},
	}
	for _, tt := range tests {
		if got := figures(tt.v); got != tt.want {
			t.Errorf("figures(%v) = %q; want %q", tt.v, got, tt.want)
		}
	}
}
