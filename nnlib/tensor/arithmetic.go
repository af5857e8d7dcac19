package tensor

import "fmt"

// Add returns t + u, value by value. The shapes must be equal.
func (t *Tensor) Add(u *Tensor) *Tensor {
	return t.zip("Add", u, func(a, b float64) float64 { return a + b })
}

// Sub returns t - u, value by value. The shapes must be equal.
func (t *Tensor) Sub(u *Tensor) *Tensor {
	return t.zip("Sub", u, func(a, b float64) float64 { return a - b })
}

// Mul returns t · u, value by value. The shapes must be equal.
func (t *Tensor) Mul(u *Tensor) *Tensor {
	return t.zip("Mul", u, func(a, b float64) float64 { return a * b })
}

// Scale returns every value times s.
func (t *Tensor) Scale(s float64) *Tensor { return t.Apply(func(x float64) float64 { return s * x }) }

// Apply returns a tensor of the same shape with f of every value.
func (t *Tensor) Apply(f func(x float64) float64) *Tensor {
	out := New(t.Shape...)
	for i, v := range t.Data {
		out.Data[i] = float32(f(float64(v)))
	}
	return out
}

// MatMul returns the matrix product of t (n, k) and u (k, m), of shape (n, m): out[i][j] = Σ t[i][l]·u[l][j].
// It sums in float64 and is meant for looking at small matrices; networks use the backend's products.
func (t *Tensor) MatMul(u *Tensor) *Tensor {
	if len(t.Shape) != 2 || len(u.Shape) != 2 {
		panic(mistake("MatMul", fmt.Sprintf("shapes %v and %v", t.Shape, u.Shape), "two matrices are expected"))
	}
	n, k, m := t.Shape[0], t.Shape[1], u.Shape[1]
	if u.Shape[0] != k {
		panic(mistake("MatMul", fmt.Sprintf("left matrix has %d columns", k), fmt.Sprintf("right matrix expects %d", u.Shape[0])))
	}
	out := New(n, m)
	for i := range n {
		for j := range m {
			sum := 0.0
			for l := range k {
				sum += float64(t.Data[i*k+l]) * float64(u.Data[l*m+j])
			}
			out.Data[i*m+j] = float32(sum)
		}
	}
	return out
}

// Transpose returns the matrix with rows and columns exchanged.
func (t *Tensor) Transpose() *Tensor {
	if len(t.Shape) != 2 {
		panic(mistake("Transpose", fmt.Sprintf("shape %v", t.Shape), "a matrix is expected"))
	}
	n, m := t.Shape[0], t.Shape[1]
	out := New(m, n)
	for i := range n {
		for j := range m {
			out.Data[j*n+i] = t.Data[i*m+j]
		}
	}
	return out
}

// Sum returns the sum of all values, summed in float64.
func (t *Tensor) Sum() float64 {
	sum := 0.0
	for _, v := range t.Data {
		sum += float64(v)
	}
	return sum
}

// Mean returns the mean of all values; NaN where there are none.
func (t *Tensor) Mean() float64 { return t.Sum() / float64(len(t.Data)) }

// Min returns the smallest value. It panics where there are none.
func (t *Tensor) Min() float64 { return t.extreme("Min", -1) }

// Max returns the greatest value. It panics where there are none.
func (t *Tensor) Max() float64 { return t.extreme("Max", 1) }

func (t *Tensor) extreme(op string, sign float32) float64 {
	if len(t.Data) == 0 {
		panic(mistake(op, "tensor is empty", "at least one value is expected"))
	}
	best := t.Data[0]
	for _, v := range t.Data {
		if sign*v > sign*best {
			best = v
		}
	}
	return float64(best)
}

func (t *Tensor) zip(op string, u *Tensor, f func(a, b float64) float64) *Tensor {
	if !t.SameShape(u) {
		panic(mistake(op, fmt.Sprintf("right side has shape %v", u.Shape), fmt.Sprintf("left side has %v", t.Shape)))
	}
	out := New(t.Shape...)
	for i, v := range t.Data {
		out.Data[i] = float32(f(float64(v), float64(u.Data[i])))
	}
	return out
}
