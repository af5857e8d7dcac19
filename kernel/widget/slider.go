package widget

import (
	"math"
	"strconv"
)

// Slide is what the sliders have, beside their values.
type Slide struct {
	Behavior         string `w:"behavior"`          // "drag-tap", "drag-snap", "tap", "drag" or "snap"
	ContinuousUpdate bool   `w:"continuous_update"` // changes while the user drags, not only at the end
	Orientation      string `w:"orientation"`       // "horizontal" or "vertical"
	Readout          bool   `w:"readout"`           // shows the number
	ReadoutFormat    string `w:"readout_format"`    // how, in d3-format's words: ".2f"
}

func slide(format string) Slide { return Slide{"drag-tap", true, "horizontal", true, format} }

// FloatSliderWidget is a slider over numbers.
type FloatSliderWidget struct {
	Input
	Slide
	Style SliderStyle
	Min   float64 `w:"min"`
	Max   float64 `w:"max"`
	Step  float64 `w:"step"`
	Value float64 `w:"value"`
}

// FloatSlider returns a slider from min to max, at value, with steps of a hundredth of the way rounded to 1, 2 or 5.
func FloatSlider(description string, min, max, value float64) *FloatSliderWidget {
	w := &FloatSliderWidget{Slide: slide(".2f"), Min: min, Max: max, Step: step(max - min), Value: value}
	w.Description = description
	return finish(w)
}

// step returns 1, 2 or 5 times a power of ten, near a hundredth of a range.
func step(span float64) float64 {
	s := math.Abs(span) / 100
	if s == 0 || math.IsNaN(s) || math.IsInf(s, 0) {
		return 0.1
	}
	power := math.Pow(10, math.Floor(math.Log10(s)+1e-9))
	for _, f := range []float64{5, 2, 1} {
		if s >= f*power*(1-1e-9) {
			return f * power
		}
	}
	return power
}

// OnChange has f called with the value when a user moves the slider.
func (w *FloatSliderWidget) OnChange(f func(value float64)) { w.OnAnyChange(func() { f(w.Value) }) }

func (*FloatSliderWidget) kind() kind { return kind{"FloatSlider", "FloatSlider"} }

func (w *FloatSliderWidget) check() { w.Value = tidy(within(w.Value, w.Min, w.Max)) }

// tidy drops the last digits, which come from counting in steps: 0.6 for 0.6000000000000001.
func tidy(v float64) float64 {
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 12, 64), 64)
	if err != nil {
		return v
	}
	return short
}

// within holds a value in a range.
func within[T int | float64](v, low, high T) T { return max(low, min(v, max(low, high))) }

// IntSliderWidget is a slider over whole numbers.
type IntSliderWidget struct {
	Input
	Slide
	Style SliderStyle
	Min   int `w:"min"`
	Max   int `w:"max"`
	Step  int `w:"step"`
	Value int `w:"value"`
}

// IntSlider returns a slider from min to max, at value, with steps of 1.
func IntSlider(description string, min, max, value int) *IntSliderWidget {
	w := &IntSliderWidget{Slide: slide("d"), Min: min, Max: max, Step: 1, Value: value}
	w.Description = description
	return finish(w)
}

// OnChange has f called with the value when a user moves the slider.
func (w *IntSliderWidget) OnChange(f func(value int)) { w.OnAnyChange(func() { f(w.Value) }) }

func (*IntSliderWidget) kind() kind { return kind{"IntSlider", "IntSlider"} }

func (w *IntSliderWidget) check() { w.Value = within(w.Value, w.Min, w.Max) }

// FloatLogSliderWidget is a slider over powers of a number.
type FloatLogSliderWidget struct {
	Input
	Slide
	Style SliderStyle
	Radix float64 `w:"base"` // whose powers they are; 10
	Min   float64 `w:"min"`  // exponents
	Max   float64 `w:"max"`
	Step  float64 `w:"step"`
	Value float64 `w:"value"` // the power
}

// FloatLogSlider returns a slider from 10^min to 10^max, at value, with steps of a tenth of an exponent.
func FloatLogSlider(description string, min, max, value float64) *FloatLogSliderWidget {
	w := &FloatLogSliderWidget{Slide: slide(".3g"), Radix: 10, Min: min, Max: max, Step: 0.1, Value: value}
	w.Description = description
	return finish(w)
}

// OnChange has f called with the value when a user moves the slider.
func (w *FloatLogSliderWidget) OnChange(f func(value float64)) { w.OnAnyChange(func() { f(w.Value) }) }

func (*FloatLogSliderWidget) kind() kind { return kind{"FloatLogSlider", "FloatLogSlider"} }

func (w *FloatLogSliderWidget) check() {
	w.Value = within(w.Value, math.Pow(w.Radix, w.Min), math.Pow(w.Radix, w.Max))
}

// FloatRangeSliderWidget is a slider with two ends.
type FloatRangeSliderWidget struct {
	Input
	Slide
	Style SliderStyle
	Min   float64    `w:"min"`
	Max   float64    `w:"max"`
	Step  float64    `w:"step"`
	Value [2]float64 `w:"value"` // the lower and the upper end
}

// FloatRangeSlider returns a slider from min to max with a part from low to high.
func FloatRangeSlider(description string, min, max, low, high float64) *FloatRangeSliderWidget {
	w := &FloatRangeSliderWidget{Slide: slide(".2f"), Min: min, Max: max, Step: step(max - min), Value: [2]float64{low, high}}
	w.Description = description
	return finish(w)
}

// OnChange has f called with both ends when a user moves one.
func (w *FloatRangeSliderWidget) OnChange(f func(low, high float64)) {
	w.OnAnyChange(func() { f(w.Value[0], w.Value[1]) })
}

func (*FloatRangeSliderWidget) kind() kind { return kind{"FloatRangeSlider", "FloatRangeSlider"} }

func (w *FloatRangeSliderWidget) check() {
	a, b := tidy(within(w.Value[0], w.Min, w.Max)), tidy(within(w.Value[1], w.Min, w.Max))
	w.Value = [2]float64{min(a, b), max(a, b)}
}

// IntRangeSliderWidget is a slider over whole numbers with two ends.
type IntRangeSliderWidget struct {
	Input
	Slide
	Style SliderStyle
	Min   int    `w:"min"`
	Max   int    `w:"max"`
	Step  int    `w:"step"`
	Value [2]int `w:"value"` // the lower and the upper end
}

// IntRangeSlider returns a slider from min to max with a part from low to high.
func IntRangeSlider(description string, min, max, low, high int) *IntRangeSliderWidget {
	w := &IntRangeSliderWidget{Slide: slide("d"), Min: min, Max: max, Step: 1, Value: [2]int{low, high}}
	w.Description = description
	return finish(w)
}

// OnChange has f called with both ends when a user moves one.
func (w *IntRangeSliderWidget) OnChange(f func(low, high int)) {
	w.OnAnyChange(func() { f(w.Value[0], w.Value[1]) })
}

func (*IntRangeSliderWidget) kind() kind { return kind{"IntRangeSlider", "IntRangeSlider"} }

func (w *IntRangeSliderWidget) check() {
	a, b := within(w.Value[0], w.Min, w.Max), within(w.Value[1], w.Min, w.Max)
	w.Value = [2]int{min(a, b), max(a, b)}
}
