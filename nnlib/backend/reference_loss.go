package backend

import "math"

// Operands have shape (b, m); totals are sums over the examples, gradients are those of the mean over the examples.

// softmaxCrossEntropy: y = softmax(x); Σ_i Σ_j t·(log Σ_l e^x[l] - x[j]). y may be x.
func softmaxCrossEntropy(y, x, t []float32, m int) float32 {
	total := 0.0
	for i := 0; i < len(x); i += m {
		// Of Σ t·(logsum - x) the part with x comes before y may overwrite it.
		weights, dot := 0.0, 0.0
		for j := i; j < i+m; j++ {
			if t[j] != 0 {
				weights += float64(t[j])
				dot += float64(t[j]) * float64(x[j])
			}
		}
		top, sum := softmaxRow(y[i:i+m], x[i:i+m])
		total += weights*(top+math.Log(sum)) - dot
	}
	return float32(total)
}

func softmaxCrossEntropyGrad(dx, y, t []float32, m int) {
	b := float64(len(y) / m)
	for i := 0; i < len(y); i += m {
		weights := 0.0
		for j := i; j < i+m; j++ {
			weights += float64(t[j])
		}
		for j := i; j < i+m; j++ {
			dx[j] = float32((float64(y[j])*weights - float64(t[j])) / b)
		}
	}
}

// held keeps a probability where its logarithm is a number.
const held = 1e-7

// crossEntropy: -Σ_i Σ_j t·log p, where p is y divided by its row's sum, held within [1e-7, 1-1e-7].
func crossEntropy(y, t []float32, m int) float32 {
	total := 0.0
	for i := 0; i < len(y); i += m {
		sum := rowSum(y[i : i+m])
		for j := i; j < i+m; j++ {
			if t[j] != 0 {
				total -= float64(t[j]) * math.Log(min(max(float64(y[j])/sum, held), 1-held))
			}
		}
	}
	return float32(total)
}

// crossEntropyGrad: with s = Σ y and T = Σ t over the entries that are not held, dy[j] = (T/s - t[j]/y[j]) / b, where
// the second part is zero for held entries.
func crossEntropyGrad(dy, y, t []float32, m int) {
	b := float64(len(y) / m)
	for i := 0; i < len(y); i += m {
		sum, free := rowSum(y[i:i+m]), 0.0
		for j := i; j < i+m; j++ {
			if p := float64(y[j]) / sum; p > held && p < 1-held {
				free += float64(t[j])
			}
		}
		for j := i; j < i+m; j++ {
			g := free / sum
			if p := float64(y[j]) / sum; p > held && p < 1-held {
				g -= float64(t[j]) / float64(y[j])
			}
			dy[j] = float32(g / b)
		}
	}
}

// rowSum returns the sum of a row, or 1 where it is zero and there is nothing to divide.
func rowSum(y []float32) float64 {
	sum := 0.0
	for _, v := range y {
		sum += float64(v)
	}
	if sum == 0 {
		return 1
	}
	return sum
}

// squaredError: Σ_i (1/m) Σ_j (y-t)².
func squaredError(y, t []float32, m int) float32 {
	total := 0.0
	for i, v := range y {
		d := float64(v) - float64(t[i])
		total += d * d
	}
	return float32(total / float64(m))
}

// squaredErrorGrad: 2(y-t) / (b·m); b·m is the number of values.
func squaredErrorGrad(dy, y, t []float32, _ int) {
	scale := 2 / float64(len(y))
	for i, v := range y {
		dy[i] = float32((float64(v) - float64(t[i])) * scale)
	}
}

// countCorrect counts the rows whose greatest value stands in the same column in y and t; with one column those that
// are on the same side of one half.
func countCorrect(y, t []float32, m int) float32 {
	count := 0
	for i := 0; i < len(y); i += m {
		if m == 1 && (y[i] > 0.5) == (t[i] > 0.5) || m > 1 && argMax(y[i:i+m]) == argMax(t[i:i+m]) {
			count++
		}
	}
	return float32(count)
}

func argMax(row []float32) int {
	best := 0
	for j, v := range row {
		if v > row[best] {
			best = j
		}
	}
	return best
}
