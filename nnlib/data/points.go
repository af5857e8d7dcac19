package data

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gopherceptron/gopherceptron/nnlib/tensor"
)

// Sets of points in the plane, as playground.tensorflow.org and scikit-learn have them. Each has n points in two classes
// named 0 and 1 (Blobs: any number), equally many of each (one more of the first where they do not come out even), in
// random order, with x1 and x2 from about -1 to 1. noise moves points at random by a share of that size: 0 for none,
// 0.1 for a little, 0.5 for much. The same seed gives the same points.

// Circle returns a disc of radius 0.45 of class 1 in a ring of radii 0.65 to 1 of class 0: no line parts them, a hidden
// layer of three neurons does.
func Circle(n int, noise float64, seed int64) *Dataset {
	return points("Circle", 2, n, noise, seed, func(class int, rng *rand.Rand) (x1, x2 float64) {
		r := 0.65 + 0.35*rng.Float64()
		if class == 1 {
			r = 0.45 * math.Sqrt(rng.Float64()) // the root spreads them evenly over the disc
		}
		x2, x1 = math.Sincos(2 * math.Pi * rng.Float64())
		return r * x1, r * x2
	})
}

// XOR returns four squares like the corners of the truth table of XOR: class 1 where x1 and x2 have different signs.
func XOR(n int, noise float64, seed int64) *Dataset {
	return points("XOR", 2, n, noise, seed, func(class int, rng *rand.Rand) (x1, x2 float64) {
		const gap = 0.06
		x1, x2 = gap+(1-gap)*rng.Float64(), gap+(1-gap)*rng.Float64()
		if rng.IntN(2) == 1 {
			x1, x2 = -x1, -x2
		}
		if class == 1 {
			x1 = -x1
		}
		return x1, x2
	})
}

// Spiral returns two arms that turn around each other, the hardest of the playground's sets.
func Spiral(n int, noise float64, seed int64) *Dataset {
	return points("Spiral", 2, n, noise, seed, func(class int, rng *rand.Rand) (x1, x2 float64) {
		t := math.Sqrt(rng.Float64()) // the root makes points as dense outside as inside
		sin, cos := math.Sincos(1.75*2*math.Pi*t + math.Pi*float64(class))
		r := 0.05 + 0.95*t
		return r * sin, r * cos
	})
}

// Moons returns two half circles that reach into each other.
func Moons(n int, noise float64, seed int64) *Dataset {
	return points("Moons", 2, n, noise, seed, func(class int, rng *rand.Rand) (x1, x2 float64) {
		sin, cos := math.Sincos(math.Pi * rng.Float64())
		if class == 0 {
			return (cos - 0.5) / 1.5, (sin - 0.25) / 1.5
		}
		return (0.5 - cos) / 1.5, (0.25 - sin) / 1.5
	})
}

// Blobs returns clouds around as many middles as there are classes, on a circle of radius 0.7. noise is the spread of a
// cloud: 0.1 keeps two of them apart.
func Blobs(n, classes int, noise float64, seed int64) *Dataset {
	if classes < 1 {
		panic(&tensor.Error{Op: "Blobs", Received: fmt.Sprintf("%d classes", classes), Expected: "at least 1 is expected"})
	}
	return points("Blobs", classes, n, noise, seed, func(class int, _ *rand.Rand) (x1, x2 float64) {
		sin, cos := math.Sincos(2*math.Pi*float64(class)/float64(classes) + math.Pi/4)
		return 0.7 * cos, 0.7 * sin
	})
}

func points(op string, classes, n int, noise float64, seed int64, place func(class int, rng *rand.Rand) (x1, x2 float64)) *Dataset {
	if n < classes {
		panic(&tensor.Error{Op: op, Received: fmt.Sprintf("%d points", n), Expected: fmt.Sprintf("at least one for each of %d classes is expected", classes)})
	}
	if !(noise >= 0) || math.IsInf(noise, 1) {
		panic(&tensor.Error{Op: op, Received: fmt.Sprintf("noise %g", noise), Expected: "a number of at least 0 is expected"})
	}
	rng := random(seed)
	d := &Dataset{X: tensor.New(n, 2), Y: tensor.New(n), Features: []string{"x1", "x2"}}
	for i, at := range rng.Perm(n) {
		class := i % classes
		x1, x2 := place(class, rng)
		d.X.Data[2*at], d.X.Data[2*at+1] = float32(x1+noise*rng.NormFloat64()), float32(x2+noise*rng.NormFloat64())
		d.Y.Data[at] = float32(class)
	}
	for c := range classes {
		d.Classes = append(d.Classes, fmt.Sprint(c))
	}
	return d
}
