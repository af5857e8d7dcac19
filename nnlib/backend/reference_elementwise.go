package backend

import "math"

// Slices of one call have equal lengths; dst may be the first operand. Exponentials are taken in float64: the
// reference is read and judged by, not raced.

func step(dst, x []float32) {
	for i, v := range x {
		if v > 0 {
			dst[i] = 1
		} else {
			dst[i] = 0
		}
	}
}

// sigmoid: 1 / (1 + e^-x), by the form that does not overflow on x's side of zero.
func sigmoid(dst, x []float32) {
	for i, v := range x {
		if e := math.Exp(-math.Abs(float64(v))); v >= 0 {
			dst[i] = float32(1 / (1 + e))
		} else {
			dst[i] = float32(e / (1 + e))
		}
	}
}

func sigmoidGrad(dst, dy, y []float32) {
	for i, v := range y {
		dst[i] = dy[i] * v * (1 - v)
	}
}

func tanh(dst, x []float32) {
	for i, v := range x {
		dst[i] = float32(math.Tanh(float64(v)))
	}
}

func tanhGrad(dst, dy, y []float32) {
	for i, v := range y {
		dst[i] = dy[i] * (1 - v*v)
	}
}

func relu(dst, x []float32, slope float32) {
	for i, v := range x {
		if v > 0 {
			dst[i] = v
		} else {
			dst[i] = slope * v
		}
	}
}

func reluGrad(dst, dy, y []float32, slope float32) {
	for i, v := range y {
		if v > 0 {
			dst[i] = dy[i]
		} else {
			dst[i] = slope * dy[i]
		}
	}
}

// gelu: x·Φ(x).
func gelu(dst, x []float32) {
	for i, v := range x {
		dst[i] = float32(float64(v) * normal(float64(v)))
	}
}

func geluGrad(dst, dy, x []float32) {
	for i, v := range x {
		x := float64(v)
		dst[i] = float32(float64(dy[i]) * (normal(x) + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi)))
	}
}

// normal is Φ, the share of a normal distribution below x.
func normal(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

func activate(f Func, dst, x, consts []float32) {
	switch f {
	case Step:
		step(dst, x)
	case Sigmoid:
		sigmoid(dst, x)
	case Tanh:
		tanh(dst, x)
	case ReLU:
		relu(dst, x, consts[0])
	case GELU:
		gelu(dst, x)
	}
}

// activateGrad takes dy back; v is the function's result, or for GELU its operand.
func activateGrad(f Func, dst, dy, v, consts []float32) {
	switch f {
	case Step:
		clear(dst)
	case Sigmoid:
		sigmoidGrad(dst, dy, v)
	case Tanh:
		tanhGrad(dst, dy, v)
	case ReLU:
		reluGrad(dst, dy, v, consts[0])
	case GELU:
		geluGrad(dst, dy, v)
	}
}

// softmax: each row of m becomes e^(x-M) / Σ e^(x-M). Equal infinities count as equal numbers, so that no row of
// numbers gives NaN.
func softmax(dst, x []float32, m int) {
	for i := 0; i < len(x); i += m {
		softmaxRow(dst[i:i+m], x[i:i+m])
	}
}

// softmaxRow returns the row's maximum and the sum of the powers above it.
func softmaxRow(dst, x []float32) (top, sum float64) {
	top = math.Inf(-1)
	for _, v := range x {
		top = max(top, float64(v))
	}
	for _, v := range x {
		sum += power(float64(v), top)
	}
	for j, v := range x {
		dst[j] = float32(power(float64(v), top) / sum)
	}
	return top, sum
}

func power(x, top float64) float64 {
	if x == top {
		return 1 // also where both are infinite
	}
	return math.Exp(x - top)
}

// softmaxGrad: dx[j] = y[j]·(dy[j] - Σ_l dy[l]·y[l]) by row.
func softmaxGrad(dst, dy, y []float32, m int) {
	for i := 0; i < len(y); i += m {
		dot := 0.0
		for j := i; j < i+m; j++ {
			dot += float64(dy[j]) * float64(y[j])
		}
		for j := i; j < i+m; j++ {
			dst[j] = float32(float64(y[j]) * (float64(dy[j]) - dot))
		}
	}
}
