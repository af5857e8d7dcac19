package backend

import (
	"context"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// Products are cut into panels of the result, which are computed independently of one another, and each panel's sums
// into pieces of sumChunk terms: sums of sums keep float32 exact enough (one long sum over 110,592 terms was off by
// 2.9e-4), and a piece of the right matrix stays in the cache while the left one's rows pass. The cuts depend on the
// shapes only, so the bits do not depend on the number of processors. A panel has less than four of the blocks of 64x64
// that gonum would hand to goroutines of its own, which allocates.
const (
	sumChunk  = 512
	panelRows = 64
	panelCols = 192
)

// work is the operation that the team shares: a matrix product, an update or both, one panel or piece a task.
type work struct {
	ta, tb     blas.Transpose
	a, b, c    blas32.General // c = op(a)·op(b)
	terms      int
	rows, cols int // of a panel
	across     int // panels side by side

	update  *Op // nil for a product alone; the product's panels are then gradients
	fused   bool
	scratch [][]float32 // two panels for each of those who take part
}

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

// fusedUpdate computes the gradient of a dense layer's weights panel by panel and updates each at once: the whole
// gradient is never there, which saves as much memory as the weights take.
func (e *refExec) fusedUpdate(ctx context.Context, update, gradient *Op, b int) error {
	n, m := e.p.Slots[gradient.In[0]].Size(), e.p.Slots[gradient.In[1]].Size()
	e.work.update, e.work.fused = update, true
	defer func() { e.work.update, e.work.fused = nil, false }()
	c := blas32.General{Rows: n, Cols: m, Stride: m} // no data
	return e.product(ctx, c, blas.Trans, general(e.of(gradient.In[0], b), b, n), blas.NoTrans, general(e.of(gradient.In[1], b), b, m))
}

func general(data []float32, rows, cols int) blas32.General {
	return blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: data}
}

// product computes c = op(a)·op(b), all rows dense.
func (e *refExec) product(ctx context.Context, c blas32.General, ta blas.Transpose, a blas32.General, tb blas.Transpose, b blas32.General) error {
	w := &e.work
	w.ta, w.tb, w.a, w.b, w.c, w.terms = ta, tb, a, b, c, a.Cols
	if ta == blas.Trans {
		w.terms = a.Rows
	}
	w.rows, w.cols = panel(c.Rows, c.Cols)
	w.across = (c.Cols + w.cols - 1) / w.cols
	down := (c.Rows + w.rows - 1) / w.rows
	err := e.share(ctx, down*w.across, c.Rows*c.Cols*w.terms)
	w.a.Data, w.b.Data, w.c.Data = nil, nil, nil
	return err
}

// panel returns the size of the panels of a result. Few rows give narrower panels, so that there is something to share.
func panel(rows, cols int) (int, int) {
	switch {
	case rows > 4*panelRows:
		return panelRows, panelCols
	case cols > 256:
		return panelRows, 128
	}
	return min(panelRows, max(8, (rows+3)/4)), 64
}

// task computes one panel of a product, or one piece of an update.
func (e *refExec) task(hand, i int) {
	w := &e.work
	if w.update != nil && !w.fused {
		e.updatePiece(w.update, i)
		return
	}
	r, c := i/w.across*w.rows, i%w.across*w.cols
	rows, cols := min(w.rows, w.c.Rows-r), min(w.cols, w.c.Cols-c)
	room := w.scratch[hand]
	partial := blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: room[:rows*cols]}
	target := blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: room[panelRows*panelCols : panelRows*panelCols+rows*cols]}
	if !w.fused {
		target = part(w.c, r, rows, c, cols)
	}
	for l := 0; l < w.terms; l += sumChunk {
		terms := min(sumChunk, w.terms-l)
		a, b := side(w.a, w.ta == blas.Trans, r, rows, l, terms), side(w.b, w.tb != blas.Trans, c, cols, l, terms)
		if l == 0 {
			blas32.Gemm(w.ta, w.tb, 1, a, b, 0, target)
			continue
		}
		blas32.Gemm(w.ta, w.tb, 1, a, b, 0, partial)
		for j := range rows {
			sum := target.Data[j*target.Stride : j*target.Stride+cols]
			for k, v := range partial.Data[j*cols : (j+1)*cols] {
				sum[k] += v
			}
		}
	}
	if w.fused {
		for j := range rows {
			e.updateAt(w.update, (r+j)*w.c.Cols+c, target.Data[j*cols:(j+1)*cols])
		}
	}
}

// side returns the part of an operand that a panel needs: lines along the result's axis, terms along the sum's, which
// runs down the matrix where down says so.
func side(a blas32.General, down bool, line, lines, term, terms int) blas32.General {
	if down {
		return part(a, term, terms, line, lines)
	}
	return part(a, line, lines, term, terms)
}

// part returns the rows from r and the columns from c of a matrix, as a view.
func part(a blas32.General, r, rows, c, cols int) blas32.General {
	return blas32.General{Rows: rows, Cols: cols, Stride: a.Stride, Data: a.Data[r*a.Stride+c : (r+rows-1)*a.Stride+c+cols]}
}

// scratchFor makes room for as many as take part, once.
func (e *refExec) scratchFor(n int) {
	for len(e.work.scratch) < n {
		e.work.scratch = append(e.work.scratch, make([]float32, 2*panelRows*panelCols))
	}
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
