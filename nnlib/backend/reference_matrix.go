package backend

import (
	"context"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// Products are cut into pieces of at most sumChunk terms a sum and rowChunk rows of the result. Sums of sums keep
// float32 exact enough: one long sum over 110,592 terms was off by 2.9e-4. Between pieces a product can be
// stopped. The cuts depend on the shapes only, and gonum sums each of its blocks in order, so the bits do not depend on
// the number of processors.
const (
	sumChunk = 1024
	rowChunk = 4096
)

// dense: y (b, m) = x (b, n) · w (n, m) + bias (m).
func (e *refExec) dense(ctx context.Context, op *Op, b int) error {
	n, m := e.p.Slots[op.In[0]].Size(), e.p.Slots[op.Out[0]].Size()
	y := e.of(op.Out[0], b)
	err := e.product(ctx, general(y, b, m), blas.NoTrans, general(e.of(op.In[0], b), b, n), blas.NoTrans, general(e.slots[op.In[1]], n, m))
	if err != nil || op.In[2] == None {
		return err
	}
	bias := e.slots[op.In[2]]
	for i := range b {
		row := y[i*m : (i+1)*m]
		for j, v := range bias {
			row[j] += v
		}
	}
	return nil
}

// denseGradInput: dx (b, n) = dy (b, m) · wᵀ (m, n).
func (e *refExec) denseGradInput(ctx context.Context, op *Op, b int) error {
	m, n := e.p.Slots[op.In[0]].Size(), e.p.Slots[op.Out[0]].Size()
	return e.product(ctx, general(e.of(op.Out[0], b), b, n), blas.NoTrans, general(e.of(op.In[0], b), b, m), blas.Trans, general(e.slots[op.In[1]], n, m))
}

// denseGradWeight: dw (n, m) = xᵀ (n, b) · dy (b, m).
func (e *refExec) denseGradWeight(ctx context.Context, op *Op, b int) error {
	n, m := e.p.Slots[op.In[0]].Size(), e.p.Slots[op.In[1]].Size()
	return e.product(ctx, general(e.slots[op.Out[0]], n, m), blas.Trans, general(e.of(op.In[0], b), b, n), blas.NoTrans, general(e.of(op.In[1], b), b, m))
}

func general(data []float32, rows, cols int) blas32.General {
	return blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: data}
}

// product computes c = op(a)·op(b), all rows dense.
func (e *refExec) product(ctx context.Context, c blas32.General, ta blas.Transpose, a blas32.General, tb blas.Transpose, b blas32.General) error {
	k := a.Cols
	if ta == blas.Trans {
		k = a.Rows
	}
	for r := 0; r < c.Rows; r += rowChunk {
		rows := min(rowChunk, c.Rows-r)
		target := part(c, r, rows, 0, c.Cols)
		for l := 0; l < k; l += sumChunk {
			if err := ctx.Err(); err != nil {
				return err
			}
			terms := min(sumChunk, k-l)
			var pa, pb blas32.General
			if ta == blas.NoTrans {
				pa = part(a, r, rows, l, terms)
			} else {
				pa = part(a, l, terms, r, rows)
			}
			if tb == blas.NoTrans {
				pb = part(b, l, terms, 0, c.Cols)
			} else {
				pb = part(b, 0, c.Cols, l, terms)
			}
			if l == 0 {
				blas32.Gemm(ta, tb, 1, pa, pb, 0, target)
				continue
			}
			sum := general(e.scratch[:rows*c.Cols], rows, c.Cols)
			blas32.Gemm(ta, tb, 1, pa, pb, 0, sum)
			for i, v := range sum.Data {
				target.Data[i] += v
			}
		}
	}
	return nil
}

// part returns the rows from r and the columns from c of a matrix, as a view.
func part(a blas32.General, r, rows, c, cols int) blas32.General {
	return blas32.General{Rows: rows, Cols: cols, Stride: a.Stride, Data: a.Data[r*a.Stride+c : (r+rows-1)*a.Stride+c+cols]}
}

// scratchSize returns how much room the sums of a program's longest products need.
func scratchSize(p Program) int {
	need := 0
	grow := func(terms, rows, cols int) {
		if terms > sumChunk {
			need = max(need, min(rows, rowChunk)*cols)
		}
	}
	for _, e := range p.Entries {
		for _, op := range e.Ops {
			switch op.Kind {
			case Dense, DenseGradInput:
				grow(p.Slots[op.In[0]].Size(), p.MaxBatch, p.Slots[op.Out[0]].Size())
			case DenseGradWeight:
				grow(p.MaxBatch, p.Slots[op.In[0]].Size(), p.Slots[op.In[1]].Size())
			}
		}
	}
	return need
}

// columnSums: out (m)[j] = Σ_i x (b, m)[i][j].
func columnSums(out, x []float32) {
	clear(out)
	for m := len(out); len(x) >= m; x = x[m:] {
		for j, v := range x[:m] {
			out[j] += v
		}
	}
}
