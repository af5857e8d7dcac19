package viz

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// ticks are at most seven round numbers: multiples of 1, 2 or 5 times a power of ten. gonum's own are at most four, and
// may be such as 0.4, 1.2 and 2.0.
type ticks struct {
	whole bool // only whole numbers, as epochs are
}

// Ticks returns the ticks from low to high.
func (t ticks) Ticks(low, high float64) []plot.Tick {
	step := math.Pow(10, math.Floor(math.Log10((high-low)/7)))
	for _, factor := range []float64{1, 2, 5, 10} {
		if (high-low)/(step*factor) <= 7 {
			step *= factor
			break
		}
	}
	if t.whole {
		step = max(step, 1)
	}
	var out []plot.Tick
	const slack = 1e-9
	for i := math.Ceil(low/step - slack); i*step <= high+slack*step; i++ {
		// Rounding to 12 digits takes away what 3·0.1 has more than 0.3; adding zero the sign of -0.
		v, _ := strconv.ParseFloat(strconv.FormatFloat(i*step, 'g', 12, 64), 64)
		out = append(out, plot.Tick{Value: v, Label: strconv.FormatFloat(v+0, 'g', -1, 64)})
	}
	return out
}
