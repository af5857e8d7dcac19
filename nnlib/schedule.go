package nnlib

import (
	"fmt"
	"math"
	"slices"
)

// A Schedule gives the learning rate of each training step. Any type with this method can be one.
type Schedule interface {
	// Rate returns the learning rate of a step, counted from 0.
	Rate(step int) float64
}

// ScheduleFunc is a schedule made of a function.
type ScheduleFunc func(step int) float64

// Rate calls the function.
func (f ScheduleFunc) Rate(step int) float64 { return f(step) }

// String returns "a function".
func (f ScheduleFunc) String() string { return "a function" }

// ExponentialDecay returns a schedule that multiplies the rate by decay every steps steps, little by little.
func ExponentialDecay(initial float64, steps int, decay float64) *ExponentialDecaySchedule {
	s := &ExponentialDecaySchedule{Initial: initial, Steps: steps, Decay: decay}
	s.check()
	return s
}

// ExponentialDecaySchedule is Initial · Decay^(step/Steps).
type ExponentialDecaySchedule struct {
	Initial   float64 // the rate of step 0, above 0
	Steps     int     // after how many it is multiplied by Decay, at least 1
	Decay     float64 // above 0
	Staircase bool    // all at once, every Steps steps
}

func (s *ExponentialDecaySchedule) check() {
	if !(s.Initial > 0) || s.Steps < 1 || !(s.Decay > 0) {
		panic(&Error{Op: "ExponentialDecay", Received: fmt.Sprintf("rate %g, %d steps, decay %g", s.Initial, s.Steps, s.Decay), Expected: "numbers above 0 are expected"})
	}
}

// Rate returns the learning rate of a step, counted from 0.
func (s *ExponentialDecaySchedule) Rate(step int) float64 {
	s.check()
	p := float64(step) / float64(s.Steps)
	if s.Staircase {
		p = math.Floor(p)
	}
	return s.Initial * math.Pow(s.Decay, p)
}

// String returns the name and the fields.
func (s *ExponentialDecaySchedule) String() string {
	return fmt.Sprintf("exponential decay from %g, by %g every %d steps", s.Initial, s.Decay, s.Steps)
}

// CosineDecay returns a schedule that falls from initial to 0 along half a cosine within steps steps (Loshchilov and
// Hutter 2017).
func CosineDecay(initial float64, steps int) *CosineDecaySchedule {
	s := &CosineDecaySchedule{Initial: initial, Steps: steps}
	s.check()
	return s
}

// CosineDecaySchedule is Initial · ((1-Alpha)·(1+cos(π·step/Steps))/2 + Alpha), and stays at Initial · Alpha afterwards.
// With WarmupSteps the rate first rises evenly from Initial to WarmupTarget and then falls from there.
type CosineDecaySchedule struct {
	Initial      float64 // the rate of step 0
	Steps        int     // how long it falls, at least 1
	Alpha        float64 // what share of the rate is left at the end; 0
	WarmupTarget float64 // the rate after the warm-up
	WarmupSteps  int     // how long it rises; 0
}

func (s *CosineDecaySchedule) check() {
	if !(s.Initial >= 0) || s.Steps < 1 || s.WarmupSteps < 0 {
		panic(&Error{Op: "CosineDecay", Received: fmt.Sprintf("rate %g, %d steps, %d to warm up", s.Initial, s.Steps, s.WarmupSteps), Expected: "a rate of at least 0 and steps above 0 are expected"})
	}
}

// Rate returns the learning rate of a step, counted from 0.
func (s *CosineDecaySchedule) Rate(step int) float64 {
	s.check()
	from := s.Initial
	if s.WarmupSteps > 0 {
		if from = s.WarmupTarget; step < s.WarmupSteps {
			return s.Initial + (from-s.Initial)*float64(step)/float64(s.WarmupSteps)
		}
		step -= s.WarmupSteps
	}
	p := min(float64(step)/float64(s.Steps), 1)
	return from * ((1-s.Alpha)*(1+math.Cos(math.Pi*p))/2 + s.Alpha)
}

// String returns the name and the fields.
func (s *CosineDecaySchedule) String() string {
	return fmt.Sprintf("cosine decay from %g within %d steps", s.Initial, s.Steps)
}

// PiecewiseConstantDecay returns a schedule of steps down or up: values[0] up to and with step boundaries[0], then
// values[1] up to and with boundaries[1], and so on; there is one value more than boundaries.
func PiecewiseConstantDecay(boundaries []int, values []float64) *PiecewiseConstantDecaySchedule {
	s := &PiecewiseConstantDecaySchedule{Boundaries: boundaries, Values: values}
	s.check()
	return s
}

// PiecewiseConstantDecaySchedule is Values[i] for the first i whose boundary the step has not passed.
type PiecewiseConstantDecaySchedule struct {
	Boundaries []int     // the last step of each value but the last one, rising
	Values     []float64 // rates, one more than Boundaries
}

func (s *PiecewiseConstantDecaySchedule) check() {
	if len(s.Values) != len(s.Boundaries)+1 || !slices.IsSorted(s.Boundaries) {
		panic(&Error{Op: "PiecewiseConstantDecay", Received: fmt.Sprintf("boundaries %v and %s", s.Boundaries, count(len(s.Values), "value")), Expected: "rising boundaries and one value more are expected"})
	}
}

// Rate returns the learning rate of a step, counted from 0.
func (s *PiecewiseConstantDecaySchedule) Rate(step int) float64 {
	s.check()
	for i, b := range s.Boundaries {
		if step <= b {
			return s.Values[i]
		}
	}
	return s.Values[len(s.Values)-1]
}

// String returns the name and the fields.
func (s *PiecewiseConstantDecaySchedule) String() string {
	return fmt.Sprintf("steps %v at %v", s.Values, s.Boundaries)
}
