package backendtest

import (
	"fmt"
	"math"

	"github.com/gopherceptron/gopherceptron/nnlib/backend"
)

// An oracle computes programs in float64, in the most literal way: one loop per formula of backend.Kind.
type oracle struct {
	p     backend.Program
	slots [][]float64
	batch int
}

func newOracle(p backend.Program) *oracle {
	o := &oracle{p: p}
	for _, s := range p.Slots {
		n := s.Size()
		if s.Batched {
			n *= p.MaxBatch
		}
		o.slots = append(o.slots, make([]float64, n))
	}
	return o
}

func (o *oracle) write(s backend.Slot, numbers []float32) {
	for i, v := range numbers {
		o.slots[s][i] = float64(v)
	}
	if spec := o.p.Slots[s]; spec.Batched {
		o.batch = len(numbers) / spec.Size()
	}
}

func (o *oracle) run(entry int) {
	for _, op := range o.p.Entries[entry].Ops {
		o.op(op)
	}
}

// slope returns d(loss/batch)/d(slot[j]) by central differences, and whether both sides agree, which a kink prevents.
func (o *oracle) slope(s backend.Slot, j int, total, penalty backend.Slot) (slope float64, smooth bool) {
	const h = 1e-5
	at := func(d float64) float64 {
		old := o.slots[s][j]
		o.slots[s][j] = old + d
		o.slots[total][0], o.slots[penalty][0] = 0, 0
		o.run(gradientEntry)
		o.slots[s][j] = old
		return o.slots[total][0]/float64(o.batch) + o.slots[penalty][0]
	}
	left, mid, right := at(-h), at(0), at(h)
	return (right - left) / (2 * h), math.Abs((right-mid)-(mid-left))/h < 1e-3
}

func (o *oracle) op(op backend.Op) {
	var in, out [5][]float64
	for i, s := range op.In {
		if s != backend.None && i < len(in) { // clipping takes more, and looks them up itself
			in[i] = o.slots[s]
		}
	}
	for i, s := range op.Out {
		if s != backend.None && i < len(out) {
			out[i] = o.slots[s]
		}
	}
	size := func(s backend.Slot) int {
		if s == backend.None {
			return 0
		}
		return o.p.Slots[s].Size()
	}
	b, n, m := o.batch, size(op.In[0]), size(op.Out[0])
	k := make([]float64, len(op.Consts))
	for i, v := range op.Consts {
		k[i] = float64(v)
	}
	weight := func(i int) float64 {
		if in[2] == nil {
			return 1
		}
		return in[2][i]
	}
	each := func(f func(i int) float64) { // over a batch of the first result
		y := make([]float64, b*m)
		for i := range y {
			y[i] = f(i)
		}
		copy(out[0], y)
	}
	rows := func(f func(x, t, y []float64)) { // x and t: rows of the operands, y: what becomes the result's row
		for i := range b {
			y := make([]float64, n)
			var t []float64
			if len(op.In) > 1 {
				t = in[1][i*n : (i+1)*n]
			}
			f(in[0][i*n:(i+1)*n], t, y)
			if op.Out[0] != backend.None && o.p.Slots[op.Out[0]].Batched {
				copy(out[0][i*n:], y)
			}
		}
	}
	switch op.Kind {
	case backend.Dense:
		for i := range b {
			for j := range m {
				sum := 0.0
				for l := range n {
					sum += in[0][i*n+l] * in[1][l*m+j]
				}
				if in[2] != nil {
					sum += in[2][j]
				}
				out[0][i*m+j] = sum
			}
		}
	case backend.DenseGradInput: // n is the length of dy's rows, m that of dx's
		for i := range b {
			for l := range m {
				out[0][i*m+l] = 0
				for j := range n {
					out[0][i*m+l] += in[0][i*n+j] * in[1][l*n+j]
				}
			}
		}
	case backend.DenseGradWeight:
		cols := size(op.In[1])
		for l := range n {
			for j := range cols {
				out[0][l*cols+j] = 0
				for i := range b {
					out[0][l*cols+j] += in[0][i*n+l] * in[1][i*cols+j]
				}
			}
		}
	case backend.DenseGradBias:
		for j := range m {
			out[0][j] = 0
			for i := range b {
				out[0][j] += in[0][i*m+j]
			}
		}
	case backend.Activation:
		each(func(i int) float64 { return function(op.Func, in[0][i], k) })
	case backend.ActivationGrad:
		each(func(i int) float64 { return in[0][i] * slopeOf(op.Func, in[1][i], k) })
	case backend.Multiply:
		each(func(i int) float64 { return in[0][i] * in[1][i] })
	case backend.BatchNorm, backend.BatchNormGrad, backend.BatchNormInference:
		o.normalize(op, in, out, k)
	case backend.Softmax:
		rows(func(x, _, y []float64) { copy(y, softmax(x)) })
	case backend.SoftmaxGrad: // the whole Jacobian: dx_j = Σ_l dy_l·y_l·(δ_lj - y_j)
		rows(func(dy, y, dx []float64) {
			for j := range y {
				for l := range y {
					d := -y[j]
					if l == j {
						d++
					}
					dx[j] += dy[l] * y[l] * d
				}
			}
		})
	case backend.Loss:
		for i := range b { // before y may take the place of x
			out[1][0] += weight(i) * loss(op.Func, in[0][i*n:(i+1)*n], in[1][i*n:(i+1)*n])
		}
		rows(func(x, t, y []float64) {
			switch op.Func {
			case backend.SoftmaxCrossEntropy:
				copy(y, softmax(x))
			case backend.SigmoidCrossEntropy:
				for j, v := range x {
					y[j] = function(backend.Sigmoid, v, nil)
				}
			}
		})
	case backend.LossGrad:
		for i := range b {
			y, t := append([]float64(nil), in[0][i*n:(i+1)*n]...), in[1][i*n:(i+1)*n]
			for j := range n {
				var d float64
				switch op.Func {
				case backend.SoftmaxCrossEntropy:
					d = y[j]*sum(t) - t[j]
				case backend.SigmoidCrossEntropy:
					d = (y[j] - t[j]) / float64(n)
				case backend.CrossEntropy:
					s := sum(y)
					for l, v := range y { // of the term -t_l·log(y_l/s)
						if p := v / s; p > 1e-7 && p < 1-1e-7 {
							d += t[l] / s
							if l == j {
								d -= t[l] / v
							}
						}
					}
				case backend.BinaryCrossEntropy:
					if p := y[j]; p > 1e-7 && p < 1-1e-7 {
						d = ((1-t[j])/(1-p) - t[j]/p) / float64(n)
					}
				case backend.SquaredError:
					d = 2 * (y[j] - t[j]) / float64(n)
				}
				out[0][i*n+j] = weight(i) * d / float64(b)
			}
		}
	case backend.CountCorrect:
		rows(func(y, t, _ []float64) {
			right, before := argMax(t), 0
			for j, v := range y {
				if v > y[right] || v == y[right] && j < right {
					before++
				}
			}
			if n == 1 && (y[0] > 0.5) == (t[0] > 0.5) || n > 1 && before < int(k[0]) {
				out[0][0]++
			}
		})
	case backend.CountPositive:
		for i, v := range in[0][:b*n] {
			if v > k[0] && in[1][i] > 0.5 {
				out[0][0]++
			}
			if v > k[0] && in[1][i] <= 0.5 {
				out[0][1]++
			}
			if v <= k[0] && in[1][i] > 0.5 {
				out[0][2]++
			}
		}
	case backend.Penalty:
		for _, v := range in[0] {
			out[0][0] += k[0]*math.Abs(v) + k[1]*v*v
		}
	case backend.PenaltyGrad:
		for i, v := range in[0] {
			out[0][i] += 2 * k[1] * v
			if v != 0 {
				out[0][i] += math.Copysign(k[0], v)
			}
		}
	case backend.ClipValue:
		for _, g := range o.all(op.Out) {
			for i, v := range g {
				g[i] = math.Max(-k[0], math.Min(k[0], v))
			}
		}
	case backend.ClipNorm:
		squares := 0.0
		for _, g := range o.all(op.Out) {
			for _, v := range g {
				squares += v * v
			}
		}
		if norm := math.Sqrt(squares); norm > k[0] {
			for _, g := range o.all(op.Out) {
				for i := range g {
					g[i] *= k[0] / norm
				}
			}
		}
	case backend.SGD, backend.Momentum, backend.Adam, backend.RMSprop:
		h := in[1]
		for i, g := range in[0] {
			w := &out[0][i]
			*w -= h[len(h)-1] * *w
			switch op.Kind {
			case backend.SGD:
				*w -= h[0] * g
			case backend.Momentum:
				v := &out[1][i]
				*v = h[1]**v - h[0]*g
				if h[2] != 0 {
					*w += h[1]**v - h[0]*g
				} else {
					*w += *v
				}
			case backend.Adam:
				out[1][i] = (1-h[1])*out[1][i] + h[1]*g
				out[2][i] = (1-h[2])*out[2][i] + h[2]*g*g
				*w -= h[0] * out[1][i] / (math.Sqrt(out[2][i]) + h[3])
			case backend.RMSprop:
				out[1][i] = (1-h[1])*out[1][i] + h[1]*g*g
				spread := out[1][i]
				if out[3] != nil {
					out[3][i] = (1-h[1])*out[3][i] + h[1]*g
					spread -= out[3][i] * out[3][i]
				}
				u := h[0] * g / math.Sqrt(spread+h[3])
				if out[2] != nil {
					out[2][i] = h[2]*out[2][i] + u
					u = out[2][i]
				}
				*w -= u
			}
		}
	default:
		panic(fmt.Sprintf("backendtest: the oracle does not know %v", op.Kind))
	}
}

// all returns the numbers of several slots.
func (o *oracle) all(slots []backend.Slot) [][]float64 {
	var out [][]float64
	for _, s := range slots {
		out = append(out, o.slots[s])
	}
	return out
}

func function(f backend.Func, x float64, k []float64) float64 {
	switch f {
	case backend.Step:
		if x > 0 {
			return 1
		}
		return 0
	case backend.Sigmoid:
		return 1 / (1 + math.Exp(-x))
	case backend.Tanh:
		return math.Tanh(x)
	case backend.ReLU:
		if x > 0 {
			return x
		}
		return k[0] * x
	case backend.GELU:
		return x * (1 + math.Erf(x/math.Sqrt2)) / 2
	}
	panic(fmt.Sprintf("backendtest: the oracle does not know %v", f))
}

// slopeOf returns a function's slope, told from its value v, or for GELU from its operand.
func slopeOf(f backend.Func, v float64, k []float64) float64 {
	switch f {
	case backend.Step:
		return 0
	case backend.Sigmoid:
		return v * (1 - v)
	case backend.Tanh:
		return 1 - v*v
	case backend.ReLU:
		if v > 0 {
			return 1
		}
		return k[0]
	}
	const h = 1e-6
	return (function(f, v+h, k) - function(f, v-h, k)) / (2 * h)
}

// loss returns the loss of one row.
func loss(f backend.Func, x, t []float64) float64 {
	total, m := 0.0, float64(len(x))
	held := func(p float64) float64 { return math.Min(math.Max(p, 1e-7), 1-1e-7) }
	switch f {
	case backend.SoftmaxCrossEntropy:
		for j, v := range softmax(x) {
			if t[j] != 0 {
				total -= t[j] * math.Log(v)
			}
		}
	case backend.SigmoidCrossEntropy:
		for j, v := range x {
			p := function(backend.Sigmoid, v, nil)
			total -= (t[j]*math.Log(p) + (1-t[j])*math.Log(1-p)) / m
		}
	case backend.CrossEntropy:
		s := sum(x)
		for j, v := range x {
			total -= t[j] * math.Log(held(v/s))
		}
	case backend.BinaryCrossEntropy:
		for j, v := range x {
			total -= (t[j]*math.Log(held(v)) + (1-t[j])*math.Log(1-held(v))) / m
		}
	case backend.SquaredError:
		for j, v := range x {
			total += (v - t[j]) * (v - t[j]) / m
		}
	default:
		panic(fmt.Sprintf("backendtest: the oracle does not know %v", f))
	}
	return total
}

// normalize computes the three operations of batch normalisation, column by column.
func (o *oracle) normalize(op backend.Op, in, out [5][]float64, k []float64) {
	vector, x := op.In[3%len(op.In)], in[0]
	if op.Kind == backend.BatchNorm {
		vector = op.Out[1]
	}
	n := o.p.Slots[vector].Size()
	x = x[:o.batch*o.p.Slots[op.In[0]].Size()]
	rows := float64(len(x) / n)
	or := func(v []float64, j int, without float64) float64 {
		if v == nil {
			return without
		}
		return v[j]
	}
	for j := range n {
		var column []int
		for i := j; i < len(x); i += n {
			column = append(column, i)
		}
		switch op.Kind {
		case backend.BatchNorm:
			mean, variance := 0.0, 0.0
			for _, i := range column {
				mean += x[i] / rows
			}
			for _, i := range column {
				variance += (x[i] - mean) * (x[i] - mean) / rows
			}
			out[1][j], out[2][j] = mean, 1/math.Sqrt(variance+k[1])
			out[3][j] = k[0]*out[3][j] + (1-k[0])*mean
			out[4][j] = k[0]*out[4][j] + (1-k[0])*variance
			for _, i := range column {
				out[0][i] = or(in[1], j, 1)*(x[i]-mean)*out[2][j] + or(in[2], j, 0)
			}
		case backend.BatchNormGrad:
			dy, x, mean, inverse := in[0], in[1], in[3][j], in[4][j]
			dgamma, dbeta := 0.0, 0.0
			for _, i := range column {
				dbeta += dy[i]
				dgamma += dy[i] * (x[i] - mean) * inverse
			}
			for _, i := range column {
				out[0][i] = or(in[2], j, 1) * inverse * (dy[i] - dbeta/rows - (x[i]-mean)*inverse*dgamma/rows)
			}
			if out[1] != nil {
				out[1][j] = dgamma
			}
			if out[2] != nil {
				out[2][j] = dbeta
			}
		case backend.BatchNormInference:
			for _, i := range column {
				out[0][i] = or(in[1], j, 1)*(x[i]-in[3][j])/math.Sqrt(in[4][j]+k[0]) + or(in[2], j, 0)
			}
		}
	}
}

func softmax(x []float64) []float64 {
	top := math.Inf(-1)
	for _, v := range x {
		top = math.Max(top, v)
	}
	y := make([]float64, len(x))
	for j, v := range x {
		y[j] = math.Exp(v - top)
	}
	s := sum(y)
	for j := range y {
		y[j] /= s
	}
	return y
}

func sum(x []float64) float64 {
	s := 0.0
	for _, v := range x {
		s += v
	}
	return s
}

func argMax(x []float64) int {
	best := 0
	for j, v := range x {
		if v > x[best] {
			best = j
		}
	}
	return best
}
