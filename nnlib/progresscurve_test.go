package nnlib

import (
	"context"
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/gopherceptron/gopherceptron/nnlib/host"
)

// A stoppable host has a user who asks to stop after some batches.
type stoppable struct {
	silent
	offered, done int
	after         int
}

func (s *stoppable) Stop(string) (func() bool, func()) {
	s.offered++
	return func() bool { s.after--; return s.after < 0 }, func() { s.done++ }
}

func TestUserStopsFit(t *testing.T) {
	w := &stoppable{silent: silent{ctx: context.Background(), yield: func() { time.Sleep(2 * time.Millisecond) }}, after: 3}
	previous := host.Install(func() host.Host { return w })
	t.Cleanup(func() { host.Install(previous) })
	d := blobs(320, 6, 3, 1)
	m := classifier(6, 3)
	h := m.Fit(d, FitOptions{Epochs: 10_000})
	if !h.Stopped || h.Epochs() > 1000 || h.Epochs() < 1 {
		t.Errorf("Fit with a user who stops: Stopped = %v after %d epochs; want true after some", h.Stopped, h.Epochs())
	}
	if w.offered != 1 || w.done != 1 {
		t.Errorf("Fit offered %d times to stop and took it back %d times; want once", w.offered, w.done)
	}
	if last := w.updates[len(w.updates)-1]; !last.Done || !last.Stopped {
		t.Errorf("last progress = %+v; want one that is done and stopped", last)
	}
	w.after = 1 << 30
	if h := m.Fit(d, FitOptions{}); h.Stopped || w.offered != 1 {
		t.Errorf("a quick Fit afterwards: Stopped = %v, %d offers; want it whole and without an offer of its own", h.Stopped, w.offered)
	}
}

func TestCurveKeepsFewPoints(t *testing.T) {
	var c curve
	for i := range 100_000 {
		c.add(ProgressPoint{Epochs: float64(i) / 10, Loss: 1})
		if n := len(c.points); n > curvePoints || i > curvePoints && n < curvePoints/2 {
			t.Fatalf("curve after %d points keeps %d; want %d to %d", i+1, n, curvePoints/2, curvePoints)
		}
	}
	if last := c.points[len(c.points)-1].Epochs; last < 9900 {
		t.Errorf("last point of the curve is at %g; want near 10,000", last)
	}
}

func TestProgressDrawsCurves(t *testing.T) {
	nan := math.NaN()
	p := Progress{Epoch: 2, Epochs: 2, Batch: 1, Batches: 1, Loss: 1, Accuracy: nan, ValLoss: nan, ValAccuracy: nan}
	for _, c := range []struct {
		name   string
		course []ProgressPoint
		svgs   int
		lines  int
	}{
		{"one point", []ProgressPoint{{1, 2, nan, nan, nan}}, 0, 0},
		{"loss", []ProgressPoint{{1, 2, nan, nan, nan}, {2, 1, nan, nan, nan}}, 1, 1},
		{"loss and accuracy", []ProgressPoint{{1, 2, 0.5, nan, nan}, {2, 1, 0.6, nan, nan}}, 2, 2},
		{"with validation", []ProgressPoint{{1, 2, 0.5, 2.1, 0.4}, {2, 1, 0.6, 2, 0.5}}, 2, 4},
		{"nothing but infinity", []ProgressPoint{{1, math.Inf(1), nan, nan, nan}, {2, nan, nan, nan, nan}}, 0, 0},
		{"zero", []ProgressPoint{{1, 0, nan, nan, nan}, {2, 0, nan, nan, nan}}, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.Course = c.course
			got := p.HTML()
			if s, l := strings.Count(got, "<svg"), strings.Count(got, "<polyline"); s != c.svgs || l != c.lines {
				t.Errorf("HTML() has %d charts with %d lines; want %d with %d", s, l, c.svgs, c.lines)
			}
			if strings.Contains(got, "NaN") || strings.Contains(got, "Inf") {
				t.Errorf("HTML() = %s; want numbers alone", got)
			}
			for dec := xml.NewDecoder(strings.NewReader(got)); ; {
				if _, err := dec.Token(); err == io.EOF {
					break
				} else if err != nil {
					t.Fatalf("HTML() is no XML: %v\n%s", err, got)
				}
			}
		})
	}
}

func BenchmarkProgressHTML(b *testing.B) {
	p := Progress{Epoch: 5, Epochs: 9, Batch: 1, Batches: 4, Loss: 1}
	for i := range curvePoints {
		p.Course = append(p.Course, ProgressPoint{float64(i), 1, 0.5, 1, 0.5})
	}
	for b.Loop() {
		if p.HTML() == "" {
			b.Fatal("nothing")
		}
	}
}

// A page renders what it is shown, as a kernel does.
type page struct {
	silent
	bytes int
}

func (p *page) Update(_ string, v any) {
	p.bytes += len(v.(Progress).HTML()) + len(v.(Progress).String())
}

// BenchmarkFitShown trains in turn without and with a progress that is drawn, and says how much slower the fastest of the
// second is than the fastest of the first.
func BenchmarkFitShown(b *testing.B) {
	w := &page{silent: silent{ctx: context.Background()}}
	previous := host.Install(func() host.Host { return w })
	defer func() { host.Install(previous) }()
	d := blobs(2000, 64, 10, 1)
	fit := func(quiet bool) float64 {
		m := NewSequential(Dense(64, ReLU), Dense(10, Softmax))
		m.Compile(Adam(), SparseCategoricalCrossentropy, Accuracy)
		start := time.Now()
		m.Fit(d, FitOptions{Epochs: 30, Seed: 1, Quiet: quiet})
		return time.Since(start).Seconds()
	}
	fit(true)
	best := map[bool]float64{true: math.Inf(1), false: math.Inf(1)} // what else the machine does makes none faster
	for i := 0; b.Loop(); i++ {
		for _, quiet := range []bool{i%2 == 0, i%2 != 0} {
			best[quiet] = min(best[quiet], fit(quiet))
		}
	}
	if w.bytes == 0 {
		b.Fatal("nothing was drawn: the benchmark needs longer runs")
	}
	b.ReportMetric(100*(best[false]/best[true]-1), "%slower")
}
