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
func (o *oracle) slope(s backend.Slot, j int, total backend.Slot) (slope float64, smooth bool) {
	const h = 1e-5
	at := func(d float64) float64 {
		old := o.slots[s][j]
		o.slots[s][j] = old + d
		o.slots[total][0] = 0
		o.run(gradientEntry)
		o.slots[s][j] = old
		return o.slots[total][0] / float64(o.batch)
	}
	left, mid, right := at(-h), at(0), at(h)
	return (right - left) / (2 * h), math.Abs((right-mid)-(mid-left))/h < 1e-3
}

func (o *oracle) op(op backend.Op) {
	var in, out [3][]float64
	for i, s := range op.In {
		if s != backend.None {
			in[i] = o.slots[s]
		}
	}
	for i, s := range op.Out {
		out[i] = o.slots[s]
	}
	size := func(s backend.Slot) int { return o.p.Slots[s].Size() }
	b, n, m := o.batch, size(op.In[0]), size(op.Out[0])
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
			if o.p.Slots[op.Out[0]].Batched {
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
	case backend.Step:
		each(func(i int) float64 {
			if in[0][i] > 0 {
				return 1
			}
			return 0
		})
	case backend.StepGrad:
		each(func(int) float64 { return 0 })
	case backend.Sigmoid:
		each(func(i int) float64 { return 1 / (1 + math.Exp(-in[0][i])) })
	case backend.SigmoidGrad:
		each(func(i int) float64 { return in[0][i] * in[1][i] * (1 - in[1][i]) })
	case backend.Tanh:
		each(func(i int) float64 { return math.Tanh(in[0][i]) })
	case backend.TanhGrad:
		each(func(i int) float64 { return in[0][i] * (1 - in[1][i]*in[1][i]) })
	case backend.ReLU:
		each(func(i int) float64 { return math.Max(in[0][i], 0) })
	case backend.ReLUGrad:
		each(func(i int) float64 {
			if in[1][i] > 0 {
				return in[0][i]
			}
			return 0
		})
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
	case backend.SoftmaxCrossEntropy:
		rows(func(x, t, y []float64) {
			copy(y, softmax(x))
			for j, v := range y {
				if t[j] != 0 {
					out[1][0] -= t[j] * math.Log(v)
				}
			}
		})
	case backend.SoftmaxCrossEntropyGrad:
		rows(func(y, t, dx []float64) {
			for j := range y {
				dx[j] = (y[j]*sum(t) - t[j]) / float64(b)
			}
		})
	case backend.CrossEntropy:
		rows(func(y, t, _ []float64) {
			s := sum(y)
			for j := range y {
				out[0][0] -= t[j] * math.Log(math.Min(math.Max(y[j]/s, 1e-7), 1-1e-7))
			}
		})
	case backend.CrossEntropyGrad:
		rows(func(y, t, dy []float64) {
			s := sum(y)
			for j := range y {
				for l := range y { // of the term -t_l·log(y_l/s)
					if p := y[l] / s; p > 1e-7 && p < 1-1e-7 {
						dy[j] += t[l] / s / float64(b)
						if l == j {
							dy[j] -= t[l] / y[l] / float64(b)
						}
					}
				}
			}
		})
	case backend.SquaredError:
		rows(func(y, t, _ []float64) {
			for j := range y {
				out[0][0] += (y[j] - t[j]) * (y[j] - t[j]) / float64(n)
			}
		})
	case backend.SquaredErrorGrad:
		each(func(i int) float64 { return 2 * (in[0][i] - in[1][i]) / float64(b*n) })
	case backend.CountCorrect:
		rows(func(y, t, _ []float64) {
			if n == 1 && (y[0] > 0.5) == (t[0] > 0.5) || n > 1 && argMax(y) == argMax(t) {
				out[0][0]++
			}
		})
	case backend.SGD:
		for i, g := range in[0] {
			out[0][i] -= in[1][0] * g
		}
	case backend.Momentum:
		for i, g := range in[0] {
			out[1][i] = in[1][1]*out[1][i] - in[1][0]*g
			out[0][i] += out[1][i]
		}
	case backend.Adam:
		for i, g := range in[0] {
			out[1][i] = (1-in[1][1])*out[1][i] + in[1][1]*g
			out[2][i] = (1-in[1][2])*out[2][i] + in[1][2]*g*g
			out[0][i] -= in[1][0] * out[1][i] / (math.Sqrt(out[2][i]) + in[1][3])
		}
	default:
		panic(fmt.Sprintf("backendtest: the oracle does not know %v", op.Kind))
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
