package backend

import (
	"context"
	"math"
)

// updateChunk is how many numbers are updated between two looks at the context: about a millisecond's work.
const updateChunk = 1 << 17

// update changes a parameter by its gradient. A context that ends leaves each number from before or after its update.
func (e *refExec) update(ctx context.Context, op *Op) error {
	n := len(e.slots[op.In[0]])
	e.work.update = op
	defer func() { e.work.update = nil }()
	return e.share(ctx, (n+updateChunk-1)/updateChunk, n)
}

func (e *refExec) updatePiece(op *Op, i int) {
	g := e.slots[op.In[0]]
	from := i * updateChunk
	e.updateAt(op, from, g[from:min(from+updateChunk, len(g))])
}

// updateAt updates the numbers from place at on by the gradients g.
func (e *refExec) updateAt(op *Op, at int, g []float32) {
	h := e.slots[op.In[1]]
	of := func(i int) []float32 {
		if op.Out[i] == None {
			return nil
		}
		return e.slots[op.Out[i]][at : at+len(g)]
	}
	w := of(0)
	if decay := h[len(h)-1]; decay != 0 {
		for i := range w {
			w[i] -= decay * w[i]
		}
	}
	switch op.Kind {
	case SGD:
		sgd(w, g, h[0])
	case Momentum:
		momentum(w, of(1), g, h[0], h[1], h[2] != 0)
	case Adam:
		adam(w, of(1), of(2), g, h[0], h[1], h[2], h[3])
	case RMSprop:
		rmsprop(w, of(1), of(2), of(3), g, h[0], h[1], h[2], h[3])
	}
}

// sgd: w -= rate·g.
func sgd(w, g []float32, rate float32) {
	for i, d := range g {
		w[i] -= rate * d
	}
}

// momentum: v = keep·v - rate·g; w += v, or with Nesterov's look ahead w += keep·v - rate·g.
func momentum(w, v, g []float32, rate, keep float32, nesterov bool) {
	for i, d := range g {
		v[i] = keep*v[i] - rate*d
		if nesterov {
			w[i] += keep*v[i] - rate*d
		} else {
			w[i] += v[i]
		}
	}
}

// adam: m += (1-beta1)(g-m); v += (1-beta2)(g²-v); w -= rate·m / (√v + epsilon); open1 is 1-beta1, open2 1-beta2.
func adam(w, m, v, g []float32, rate, open1, open2, epsilon float32) {
	w, m, v = w[:len(g)], m[:len(g)], v[:len(g)]
	for i, d := range g {
		m[i] += open1 * (d - m[i])
		v[i] += open2 * (d*d - v[i])
		w[i] -= rate * m[i] / (float32(math.Sqrt(float64(v[i]))) + epsilon)
	}
}

// rmsprop: s += (1-rho)(g²-s); u = rate·g / √(s - a² + epsilon); v = keep·v + u; w -= v. a and v may be nil.
func rmsprop(w, s, v, a, g []float32, rate, open, keep, epsilon float32) {
	for i, d := range g {
		s[i] += open * (d*d - s[i])
		spread := s[i]
		if a != nil {
			a[i] += open * (d - a[i])
			spread -= a[i] * a[i]
		}
		u := rate * d / float32(math.Sqrt(float64(spread+epsilon)))
		if v != nil {
			v[i] = keep*v[i] + u
			u = v[i]
		}
		w[i] -= u
	}
}

// penalty: l1·Σ|w| + l2·Σw².
func penalty(w []float32, l1, l2 float64) float64 {
	absolute, squares := 0.0, 0.0
	for _, v := range w {
		x := float64(v)
		absolute += math.Abs(x)
		squares += x * x
	}
	return l1*absolute + l2*squares
}

// penaltyGrad: dw += l1·sign(w) + 2·l2·w.
func penaltyGrad(dw, w []float32, l1, l2 float32) {
	for i, v := range w {
		d := 2 * l2 * v
		switch {
		case v > 0:
			d += l1
		case v < 0:
			d -= l1
		}
		dw[i] += d
	}
}

func clipValue(g []float32, c float32) {
	for i, v := range g {
		g[i] = min(max(v, -c), c)
	}
}

// clipNorm multiplies all gradients by c/N where their norm N is above c.
func (e *refExec) clipNorm(slots []Slot, c float64) {
	sum := 0.0
	for _, s := range slots {
		for _, v := range e.slots[s] {
			sum += float64(v) * float64(v)
		}
	}
	norm := math.Sqrt(sum)
	if !(norm > c) {
		return
	}
	scale := float32(c / norm)
	for _, s := range slots {
		for i := range e.slots[s] {
			e.slots[s][i] *= scale
		}
	}
}
