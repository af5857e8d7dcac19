package backend

import "math"

// Operands have shape (b, m), weights (b) or are nil, which stands for ones. Totals are weighted sums over the examples,
// gradients are those of the total divided by b.

// held keeps a probability where its logarithm is a number.
const held = 1e-7

func within(p float64) bool { return p > held && p < 1-held }

func weight(w []float32, i int) float64 {
	if w == nil {
		return 1
	}
	return float64(w[i])
}

// lossTotal returns Σ_i w[i]·loss(i). y is nil, or takes what the function makes of x; it may be x.
func lossTotal(f Func, y, x, t, w []float32, m int) float64 {
	total := 0.0
	for i := range len(x) / m {
		row, target := x[i*m:(i+1)*m], t[i*m:(i+1)*m]
		var out []float32
		if y != nil {
			out = y[i*m : (i+1)*m]
		}
		loss := 0.0
		switch f {
		case SoftmaxCrossEntropy:
			loss = softmaxCrossEntropy(out, row, target)
		case SigmoidCrossEntropy:
			loss = sigmoidCrossEntropy(out, row, target)
		case CrossEntropy:
			loss = crossEntropy(row, target)
		case BinaryCrossEntropy:
			loss = binaryCrossEntropy(row, target)
		case SquaredError:
			loss = squaredError(row, target)
		}
		total += weight(w, i) * loss
	}
	return total
}

// lossGrad writes the gradient of the total divided by b.
func lossGrad(f Func, d, y, t, w []float32, m int) {
	b := len(y) / m
	for i := range b {
		row, target, out := y[i*m:(i+1)*m], t[i*m:(i+1)*m], d[i*m:(i+1)*m]
		scale := weight(w, i) / float64(b)
		switch f {
		case SoftmaxCrossEntropy:
			softmaxCrossEntropyGrad(out, row, target, scale)
		case SigmoidCrossEntropy:
			for j, v := range row {
				out[j] = float32((float64(v) - float64(target[j])) * scale / float64(m))
			}
		case CrossEntropy:
			crossEntropyGrad(out, row, target, scale)
		case BinaryCrossEntropy:
			binaryCrossEntropyGrad(out, row, target, scale/float64(m))
		case SquaredError:
			for j, v := range row {
				out[j] = float32(2 * (float64(v) - float64(target[j])) * scale / float64(m))
			}
		}
	}
}

// softmaxCrossEntropy: y = softmax(x); Σ_j t·(log Σ_l e^x[l] - x[j]).
func softmaxCrossEntropy(y, x, t []float32) float64 {
	// Of Σ t·(logsum - x) the part with x comes before y may overwrite it.
	weights, dot := 0.0, 0.0
	for j, v := range t {
		if v != 0 {
			weights += float64(v)
			dot += float64(v) * float64(x[j])
		}
	}
	top, sum := softmaxRow(y, x)
	return weights*(top+math.Log(sum)) - dot
}

func softmaxCrossEntropyGrad(dx, y, t []float32, scale float64) {
	weights := 0.0
	for _, v := range t {
		weights += float64(v)
	}
	for j, v := range y {
		dx[j] = float32((float64(v)*weights - float64(t[j])) * scale)
	}
}

// sigmoidCrossEntropy: y = sigmoid(x); the mean of log(1+e^x) - t·x, written as max(x, 0) - t·x + log(1+e^-|x|).
func sigmoidCrossEntropy(y, x, t []float32) float64 {
	sum := 0.0
	for j, v := range x {
		x := float64(v)
		sum += max(x, 0) - float64(t[j])*x + math.Log1p(math.Exp(-math.Abs(x)))
	}
	sigmoid(y, x)
	return sum / float64(len(t))
}

// crossEntropy: -Σ_j t·log p, where p is y divided by its row's sum, held within [1e-7, 1-1e-7].
func crossEntropy(y, t []float32) float64 {
	sum, total := rowSum(y), 0.0
	for j, v := range t {
		if v != 0 {
			total -= float64(v) * math.Log(min(max(float64(y[j])/sum, held), 1-held))
		}
	}
	return total
}

// crossEntropyGrad: with s = Σ y and T = Σ t over the entries that are not held, dy[j] = (T/s - t[j]/y[j])·scale, where
// the second part is zero for held entries.
func crossEntropyGrad(dy, y, t []float32, scale float64) {
	sum, free := rowSum(y), 0.0
	for j, v := range y {
		if within(float64(v) / sum) {
			free += float64(t[j])
		}
	}
	for j, v := range y {
		g := free / sum
		if within(float64(v) / sum) {
			g -= float64(t[j]) / float64(v)
		}
		dy[j] = float32(g * scale)
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

// binaryCrossEntropy: the mean of -t·log p - (1-t)·log(1-p), p held within [1e-7, 1-1e-7].
func binaryCrossEntropy(y, t []float32) float64 {
	sum := 0.0
	for j, v := range y {
		p, t := min(max(float64(v), held), 1-held), float64(t[j])
		sum -= t*math.Log(p) + (1-t)*math.Log(1-p)
	}
	return sum / float64(len(y))
}

func binaryCrossEntropyGrad(dy, y, t []float32, scale float64) {
	for j, v := range y {
		dy[j] = 0
		if p := float64(v); within(p) {
			dy[j] = float32((p - float64(t[j])) / (p * (1 - p)) * scale)
		}
	}
}

// squaredError: the mean of (y-t)².
func squaredError(y, t []float32) float64 {
	sum := 0.0
	for j, v := range y {
		d := float64(v) - float64(t[j])
		sum += d * d
	}
	return sum / float64(len(y))
}

// countCorrect counts the rows in which fewer than k columns of y are before that of t's greatest value; with one
// column those that are on the same side of one half.
func countCorrect(y, t []float32, m, k int) float32 {
	count := 0
	for i := 0; i < len(y); i += m {
		if m == 1 {
			if (y[i] > 0.5) == (t[i] > 0.5) {
				count++
			}
			continue
		}
		row, right := y[i:i+m], argMax(t[i:i+m])
		before := 0
		for j, v := range row {
			if v > row[right] || v == row[right] && j < right {
				before++
			}
		}
		if before < k && row[right] == row[right] { // NaN is never right
			count++
		}
	}
	return float32(count)
}

// countPositive adds true positives, false positives and false negatives.
func countPositive(totals, y, t []float32, threshold float32) {
	for i, v := range y {
		switch says, is := v > threshold, t[i] > 0.5; {
		case says && is:
			totals[0]++
		case says:
			totals[1]++
		case is:
			totals[2]++
		}
	}
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
