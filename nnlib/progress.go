package nnlib

import (
	"fmt"
	"html"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// A Progress is how far a call of Fit got. Hosts show it in place of the one before.
type Progress struct {
	Epoch, Epochs  int                // the one under way, counted from 1, and how many there will be
	Batch, Batches int                // finished, and of the whole epoch
	Examples       int                // seen in all epochs
	Loss, Accuracy float64            // over the epoch so far; NaN where it is not known
	ValLoss        float64            // after the epoch before; NaN where there is none
	ValAccuracy    float64            // the same
	Metrics        map[string]float64 // the other metrics, over the epoch so far; nil where there are none
	Course         []ProgressPoint    // the losses and accuracies so far, at most 240 of them; not to be changed
	Elapsed        time.Duration      // since Fit was called
	Done           bool               // nothing comes after this
	Stopped        bool               // training ended early: the host or its user asked for it, or the loss is no number
}

// Final says to hosts that nothing comes after this.
func (p Progress) Final() bool { return p.Done }

// Milestone says to hosts that an epoch has ended, which is worth a line in a log.
func (p Progress) Milestone() bool { return p.Batch == p.Batches }

// Share returns how much of the work is done, from 0 to 1.
func (p Progress) Share() float64 {
	if p.Epochs == 0 || p.Batches == 0 {
		return 0
	}
	return (float64(max(p.Epoch-1, 0)) + float64(p.Batch)/float64(p.Batches)) / float64(p.Epochs)
}

// Left returns how long the rest will take at the speed so far.
func (p Progress) Left() time.Duration {
	if s := p.Share(); s > 0 {
		return time.Duration(float64(p.Elapsed) * (1 - s) / s)
	}
	return 0
}

// String returns one line: a bar, the epoch and batch, the numbers, the speed and the time left.
func (p Progress) String() string {
	const width = 20
	full := int(p.Share() * width)
	return "[" + strings.Repeat("=", full) + strings.Repeat(".", width-full) + "] " + strings.Join(p.parts(), "  ")
}

// HTML returns a bar with the same line under it, and below them the curves of loss and accuracy so far. Colours are such
// that they show on light and dark pages.
func (p Progress) HTML() string {
	percent := 100 * p.Share()
	return fmt.Sprintf(`<div role="progressbar" aria-label="training" aria-valuemin="0" aria-valuemax="100" aria-valuenow="%.0f" style="max-width:40em;height:8px;border-radius:4px;background:rgba(128,128,128,.3)">`+
		`<div style="width:%.1f%%;height:8px;border-radius:4px;background:#0072b2"></div></div>`+
		`<div style="font-variant-numeric:tabular-nums;margin-top:4px">%s</div>%s`, percent, percent, html.EscapeString(strings.Join(p.parts(), " · ")), p.curves())
}

func (p Progress) parts() []string {
	parts := []string{fmt.Sprintf("epoch %d/%d", p.Epoch, p.Epochs)}
	if !p.Done || p.Stopped {
		parts = append(parts, fmt.Sprintf("batch %d/%d", p.Batch, p.Batches))
	}
	parts = append(parts, measured("loss", p.Loss, "accuracy", p.Accuracy)...)
	for _, name := range slices.Sorted(maps.Keys(p.Metrics)) {
		parts = append(parts, measured(name, p.Metrics[name])...)
	}
	parts = append(parts, measured("validation loss", p.ValLoss, "validation accuracy", p.ValAccuracy)...)
	if s := p.Elapsed.Seconds(); s > 0 {
		parts = append(parts, thousands(float64(p.Examples)/s)+" examples/s")
	}
	switch {
	case p.Stopped:
		parts = append(parts, "stopped after "+duration(p.Elapsed))
	case p.Done:
		parts = append(parts, duration(p.Elapsed))
	default:
		parts = append(parts, duration(p.Left())+" left")
	}
	return parts
}

// measured writes pairs of names and numbers, leaving out what is NaN.
func measured(pairs ...any) []string {
	var parts []string
	for i := 0; i < len(pairs); i += 2 {
		if v := pairs[i+1].(float64); !math.IsNaN(v) {
			parts = append(parts, fmt.Sprintf("%s %.4f", pairs[i], v))
		}
	}
	return parts
}

// thousands writes a whole number with commas: 12,345.
func thousands(v float64) string {
	s := fmt.Sprintf("%.0f", v)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// duration writes a time with about three digits.
func duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < 10*time.Second:
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
