package backend

import "math"

// sgd: w -= rate·g; hyper is the rate.
func sgd(w, g, hyper []float32) {
	rate := hyper[0]
	for i, d := range g {
		w[i] -= rate * d
	}
}

// momentum: v = momentum·v - rate·g; w += v; hyper is rate, momentum.
func momentum(w, v, g, hyper []float32) {
	rate, keep := hyper[0], hyper[1]
	for i, d := range g {
		v[i] = keep*v[i] - rate*d
		w[i] += v[i]
	}
}

// adam: m += (1-beta1)(g-m); v += (1-beta2)(g²-v); w -= rate·m / (√v + epsilon); hyper is rate (corrected),
// 1-beta1, 1-beta2, epsilon.
func adam(w, m, v, g, hyper []float32) {
	rate, open1, open2, epsilon := hyper[0], hyper[1], hyper[2], hyper[3]
	for i, d := range g {
		m[i] += open1 * (d - m[i])
		v[i] += open2 * (d*d - v[i])
		w[i] -= rate * m[i] / (float32(math.Sqrt(float64(v[i]))) + epsilon)
	}
}
