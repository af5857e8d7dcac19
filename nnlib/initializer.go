package nnlib

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// An Initializer draws the first values of a parameter. The zero value is the default of the place where it is used:
// GlorotUniform for kernels, Zeros for biases.
type Initializer struct {
	name  string // as Keras calls it
	a, b  float64
	scale string // "in" or "avg": what a deviation or limit is divided by
}

// The initializers. fan_in is a layer's inputs, fan_out its units.
var (
	// GlorotUniform draws evenly from ±√(6/(fan_in+fan_out)): Glorot and Bengio (2010), which keeps the spread of the
	// numbers alike from layer to layer.
	GlorotUniform = Initializer{"GlorotUniform", 1, 0, "avg"}
	// GlorotNormal draws from a normal distribution of deviation √(2/(fan_in+fan_out)), cut at two deviations.
	GlorotNormal = Initializer{"GlorotNormal", 1, 0, "avg"}
	// HeUniform draws evenly from ±√(6/fan_in): He et al. (2015), for ReLU.
	HeUniform = Initializer{"HeUniform", 2, 0, "in"}
	// HeNormal draws from a normal distribution of deviation √(2/fan_in), cut at two deviations.
	HeNormal = Initializer{"HeNormal", 2, 0, "in"}
	// LecunNormal draws from a normal distribution of deviation √(1/fan_in), cut at two deviations.
	LecunNormal = Initializer{"LecunNormal", 1, 0, "in"}
	// Zeros is 0 everywhere.
	Zeros = Initializer{name: "Zeros"}
	// Ones is 1 everywhere.
	Ones = Initializer{name: "Ones"}
)

// RandomNormal draws from a normal distribution of the given deviation around 0.
func RandomNormal(deviation float64) Initializer {
	return Initializer{name: "RandomNormal", a: deviation}
}

// RandomUniform draws evenly between low and high.
func RandomUniform(low, high float64) Initializer {
	return Initializer{name: "RandomUniform", a: low, b: high}
}

// Constant is one value everywhere.
func Constant(value float64) Initializer { return Initializer{name: "Constant", a: value} }

// String returns the name.
func (i Initializer) String() string {
	switch i.name {
	case "":
		return "default"
	case "RandomNormal", "Constant":
		return fmt.Sprintf("%s(%g)", i.name, i.a)
	case "RandomUniform":
		return fmt.Sprintf("%s(%g, %g)", i.name, i.a, i.b)
	}
	return i.name
}

// or returns the initializer, or another one where it is the zero value.
func (i Initializer) or(other Initializer) Initializer {
	if i.name == "" {
		return other
	}
	return i
}

// fill draws values for a parameter of a layer with the given inputs and units.
func (i Initializer) fill(values []float32, in, out int, rng *rand.Rand) {
	if rng == nil {
		return
	}
	fan := float64(in)
	if i.scale == "avg" {
		fan = float64(in+out) / 2
	}
	draw := func() float64 { return i.a }
	switch i.name {
	case "GlorotUniform", "HeUniform":
		limit := math.Sqrt(3 * i.a / fan)
		draw = func() float64 { return limit * (2*rng.Float64() - 1) }
	case "GlorotNormal", "HeNormal", "LecunNormal":
		// A normal distribution that is cut at two deviations has 0.8796 of its deviation left.
		deviation := math.Sqrt(i.a/fan) / 0.87962566103423978
		draw = func() float64 {
			for {
				if x := rng.NormFloat64(); math.Abs(x) <= 2 {
					return deviation * x
				}
			}
		}
	case "RandomNormal":
		draw = func() float64 { return i.a * rng.NormFloat64() }
	case "RandomUniform":
		draw = func() float64 { return i.a + (i.b-i.a)*rng.Float64() }
	case "Zeros":
		return // as values are
	case "Ones":
		draw = func() float64 { return 1 }
	}
	for j := range values {
		values[j] = float32(draw())
	}
}

// A Regularizer adds L1·Σ|w| + L2·Σw² of a parameter w to the loss, which keeps weights small. The zero value adds nothing.
type Regularizer struct {
	L1 float64 // how much of the sum of absolute values
	L2 float64 // how much of the sum of squares
}

// L1 returns a regularizer of absolute values.
func L1(amount float64) Regularizer { return Regularizer{L1: amount} }

// L2 returns a regularizer of squares.
func L2(amount float64) Regularizer { return Regularizer{L2: amount} }

func (r Regularizer) none() bool { return r.L1 == 0 && r.L2 == 0 }

func (r Regularizer) check(op string) {
	if !(r.L1 >= 0 && r.L2 >= 0) || math.IsInf(r.L1+r.L2, 1) {
		panic(&Error{Op: op, Received: fmt.Sprintf("regularizer with l1 %g and l2 %g", r.L1, r.L2), Expected: "numbers of at least 0 are expected"})
	}
}
