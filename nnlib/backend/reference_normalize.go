package backend

import "math"

// Rows of x are read as (N, n) with n = len(mean). gamma and beta may be nil, which stands for ones and zeros.

// batchNorm: y = gamma·(x - mean)·inverse + beta with the batch's mean and 1/√(variance + epsilon), by column.
func batchNorm(y, x, gamma, beta, mean, inverse, movingMean, movingVariance []float32, momentum, epsilon float32) {
	n := len(mean)
	rows := len(x) / n
	for j := range n {
		sum, squares := 0.0, 0.0
		for i := j; i < len(x); i += n {
			sum += float64(x[i])
		}
		m := sum / float64(rows)
		for i := j; i < len(x); i += n {
			d := float64(x[i]) - m
			squares += d * d
		}
		variance := squares / float64(rows)
		mean[j], inverse[j] = float32(m), float32(1/math.Sqrt(variance+float64(epsilon)))
		movingMean[j] = momentum*movingMean[j] + (1-momentum)*mean[j]
		movingVariance[j] = momentum*movingVariance[j] + (1-momentum)*float32(variance)
	}
	scaleColumns(y, x, gamma, beta, mean, inverse)
}

// scaleColumns: y = gamma·(x - mean)·inverse + beta.
func scaleColumns(y, x, gamma, beta, mean, inverse []float32) {
	for n := len(mean); len(x) >= n; x, y = x[n:], y[n:] {
		for j, m := range mean {
			v := (x[j] - m) * inverse[j]
			if gamma != nil {
				v *= gamma[j]
			}
			if beta != nil {
				v += beta[j]
			}
			y[j] = v
		}
	}
}

// batchNormGrad: with h = (x - mean)·inverse, dbeta = Σ dy, dgamma = Σ dy·h, dx = gamma·inverse·(dy - dbeta/N - h·dgamma/N).
func batchNormGrad(dx, dgamma, dbeta, dy, x, gamma, mean, inverse []float32) {
	n := len(mean)
	rows := float64(len(x) / n)
	for j := range n {
		sum, dot := 0.0, 0.0
		m, inv := float64(mean[j]), float64(inverse[j])
		for i := j; i < len(x); i += n {
			sum += float64(dy[i])
			dot += float64(dy[i]) * (float64(x[i]) - m) * inv
		}
		scale := inv
		if gamma != nil {
			scale *= float64(gamma[j])
		}
		for i := j; i < len(x); i += n {
			h := (float64(x[i]) - m) * inv
			dx[i] = float32(scale * (float64(dy[i]) - sum/rows - h*dot/rows))
		}
		if dgamma != nil {
			dgamma[j] = float32(dot)
		}
		if dbeta != nil {
			dbeta[j] = float32(sum)
		}
	}
}

// batchNormInference: y = gamma·(x - mean)/√(variance + epsilon) + beta.
func batchNormInference(y, x, gamma, beta, mean, variance []float32, epsilon float32) {
	n := len(mean)
	for j := range n {
		scale := 1 / math.Sqrt(float64(variance[j])+float64(epsilon))
		if gamma != nil {
			scale *= float64(gamma[j])
		}
		shift := 0.0
		if beta != nil {
			shift = float64(beta[j])
		}
		for i := j; i < len(x); i += n {
			y[i] = float32((float64(x[i])-float64(mean[j]))*scale + shift)
		}
	}
}
