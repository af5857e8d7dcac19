package viz

import (
	"fmt"
	"image/color"
	"math"

	"github.com/gopherceptron/gopherceptron/nnlib"
)

// WeightOptions say how WeightImages lays weights out. Zero values mean the defaults.
type WeightOptions struct {
	Shape   []int // of what a unit looks at: height, width, or height, width, 3; a square, where the number of inputs is one
	Count   int   // how many units, from the first; 20
	Columns int   // how many beside each other; 10
}

// WeightImages draws the weights of a Dense layer, (features, units), as a picture for each unit: orange where a pixel
// speaks for the unit, blue where it speaks against it, white where it does not matter. All have the same scale.
func WeightImages(weights *nnlib.Tensor, options WeightOptions) Figure {
	const op = "WeightImages"
	if len(weights.Shape) != 2 || weights.Len() == 0 {
		panic(&nnlib.Error{Op: op, Received: fmt.Sprintf("weights have shape %v", weights.Shape), Expected: "(features, units) is expected: those of a Dense layer"})
	}
	weights.Check(op)
	features, units := weights.Shape[0], weights.Shape[1]
	shape := options.Shape
	if shape == nil {
		side := int(math.Round(math.Sqrt(float64(features))))
		shape = []int{side, side}
	}
	h, w, c := pictureShape(op, shape)
	if h*w*c != features {
		panic(&nnlib.Error{Op: op, Received: fmt.Sprintf("weights have %d features", features), Expected: fmt.Sprintf("shape %v holds %d: say the Shape of an example", shape, h*w*c)})
	}
	n := min(orDefault(options.Count, 20), units)
	all, captions := make([]tile, n), make([]string, n)
	most := 0.0
	for i := range all {
		// Channels are added: what counts is the place.
		row := make([]float32, h*w)
		for j := range features {
			row[j/c] += weights.Data[j*units+i]
		}
		all[i] = shrunk(row, h, w, 1)
		captions[i] = fmt.Sprint(i)
		for _, v := range all[i].values {
			most = max(most, math.Abs(float64(v)))
		}
	}
	if most == 0 {
		most = 1
	}
	shade := func(v []float32) color.NRGBA {
		base := orange // as the class 1, for which a unit with one output speaks
		if v[0] < 0 {
			base = blue
		}
		m := mix(base, math.Round(16*math.Min(1, math.Abs(float64(v[0]))/most))/16) // few colours make a small file
		return color.NRGBA{m.R, m.G, m.B, 255}
	}
	f := layOut(all, options.Columns, captions, make([]bool, n), shade)
	f.title = "Weights"
	f.description = fmt.Sprintf("The weights of %s as pictures of %d by %d pixels, from %.3g (blue) over 0 (white) to %.3g (orange).", count(n, "unit"), h, w, -most, most)
	return f
}
