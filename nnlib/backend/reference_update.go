package backend

import (
	"context"
	"math"
)

// updateChunk is how many numbers are updated between two looks at the context: a few milliseconds' work.
const updateChunk = 1 << 20

// update changes a parameter by its gradient. A context that ends leaves each number from before or after its update.
func (e *refExec) update(ctx context.Context, op *Op) error {
	g, hyper, w := e.slots[op.In[0]], e.slots[op.In[1]], e.slots[op.Out[0]]
	for i := 0; i < len(g); i += updateChunk {
		if err := ctx.Err(); err != nil {
			return err
		}
		end := min(i+updateChunk, len(g))
		switch op.Kind {
		case SGD:
			sgd(w[i:end], g[i:end], hyper)
		case Momentum:
			momentum(w[i:end], e.slots[op.Out[1]][i:end], g[i:end], hyper)
		case Adam:
			adam(w[i:end], e.slots[op.Out[1]][i:end], e.slots[op.Out[2]][i:end], g[i:end], hyper)
		}
	}
	return nil
}

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
