// y = x·w + bias. ref: ref/dense.h.
#pragma once
#include "elementwise.h"

namespace nnp {
namespace NNP_ISA {

// One group of R rows against one tile: h[R][32] += x[R][64]·w[64][32]. Sums start at zero for each tile: a sum of sums
// of 64 terms stays exact where one long sum over 110,592 terms is off by 2.9e-4. Meanwhile memory from ahead on is fetched,
// a line of the cache every few rows of the tile.
template <int R> NNP_INLINE void forward_tile(const float *x, int64_t row, const float *w, int64_t rows, float *h, const float *&ahead, int64_t every) {
    for (int s = 0; s < kTileCols; s += kStrip) {
        Block<R> c;
        c.clear();
        for (int64_t l = 0; l < rows;) {
            if (s == 0) prefetch(ahead), ahead += kLine;
            for (int64_t end = l + every < rows ? l + every : rows; l < end; l++) c.line(x + l, row, w + l * kTileCols + s);
        }
        for (int i = 0; i < R; i++)
            for (int v = 0; v < kVectors; v++) {
                float *at = h + i * kTileCols + s + v * kLanes;
                store(at, load(at) + c.sum[i][v]);
            }
    }
}

// One example against one tile. This is as fast as weights can be read, if four sums for each column hide how long an
// addition takes.
NNP_INLINE void forward_one(const float *x, const float *w, int64_t rows, float *h) {
    constexpr int sums = 4;
    constexpr int64_t far = 1024; // 4 KB: of all distances the best by a little, with two threads
    for (int s = 0; s < kTileCols; s += kStrip) {
        Block<sums> c;
        c.clear();
        int64_t l = 0;
        for (; l + sums <= rows; l += sums)
            for (int i = 0; i < sums; i++) {
                const float *line = w + (l + i) * kTileCols + s;
                for (int q = 0; q < kStrip; q += kLine) prefetch_second(line + q + far);
                for (int v = 0; v < kVectors; v++) c.sum[i][v] += splat(x[l + i]) * load(line + v * kLanes);
            }
        for (; l < rows; l++)
            for (int v = 0; v < kVectors; v++) c.sum[0][v] += splat(x[l]) * load(w + l * kTileCols + s + v * kLanes);
        for (int v = 0; v < kVectors; v++) {
            float *at = h + s + v * kLanes;
            store(at, load(at) + ((c.sum[0][v] + c.sum[1][v]) + (c.sum[2][v] + c.sum[3][v])));
        }
    }
}

void forward_blocks(const Rows &x, const Weights &w, int64_t kb0, int64_t kb1, int64_t b, float *h) {
    int64_t panels = w.panels();
    // The groups of a tile together fetch the one after the next, evenly: fetches in a bunch wait for one another, and loads
    // wait for them (36.4 ms instead of 34.1 for the first layer of H at batch 32 on one thread).
    int64_t every = kTileRows * kLine * (b / kGroup) / kTile;
    if (every < 1) every = 1;
    for (int64_t kb = kb0; kb < kb1; kb++) {
        const float *xb = x.data + kb * x.block;
        int64_t rows = w.rows(kb);
        for (int64_t p = 0; p < panels; p++) {
            const float *tile = w.tile(kb, p);
            float *hp = h + p * b * kTileCols;
            if (b == 1) {
                forward_one(xb, tile, rows, hp);
                continue;
            }
            prefetch_inputs(x, kb + 1, p, panels, b);
            const float *ahead = tile + 2 * kTile; // past the end it does no harm
            each_group(0, b, [&](auto size, int64_t i) __attribute__((always_inline)) {
                forward_tile<decltype(size)::value>(xb + i * x.row, x.row, tile, rows, hp + i * kTileCols, ahead, every);
            });
        }
    }
}

// Terms that are summed before they are added to what is there: see forward_tile.
constexpr int64_t kPiece = 8;

NNP_INLINE void finish(const Epilogue &e, float *y, int64_t n) {
    if (e.func) activate(e.func, e.slope, y, y, n);
}

void forward_sum(const float *h, int64_t groups, int64_t stride, const Weights &w, int64_t p, int64_t b, const float *bias, const Epilogue &e, float *y) {
    constexpr int64_t some = 32; // examples whose sums stay in the first cache, while each group is read in one piece
    int64_t cols = w.cols(p);
    for (int64_t i0 = 0; i0 < b; i0 += some) {
        int64_t rows = b - i0 < some ? b - i0 : some;
        float sum[some * kTileCols] = {};
        for (int64_t g = 0; g < groups; g++) {
            const float *from = h + g * stride + (p * b + i0) * kTileCols;
            for (int64_t j = 0; j < rows * kTileCols; j++) sum[j] += from[j];
        }
        for (int64_t i = 0; i < rows; i++) {
            float *row = y + (i0 + i) * w.n + p * kTileCols;
            for (int64_t j = 0; j < cols; j++) row[j] = sum[i * kTileCols + j] + (bias ? bias[p * kTileCols + j] : 0);
            finish(e, row, cols);
        }
    }
}

template <int R> NNP_INLINE void forward_rows(const Rows &x, const Weights &w, int64_t p, int64_t i, const float *bias, const Epilogue &e, float *y) {
    int64_t cols = w.cols(p), blocks = w.blocks();
    const float *xi = x.data + i * x.row;
    for (int s = 0; s < cols; s += kStrip) {
        Block<R> total;
        for (int r = 0; r < R; r++)
            for (int v = 0; v < kVectors; v++) {
                float start[kLanes];
                for (int l = 0; l < kLanes; l++) {
                    int64_t j = s + v * kLanes + l;
                    start[l] = bias && j < cols ? bias[p * kTileCols + j] : 0;
                }
                total.sum[r][v] = load(start);
            }
        for (int64_t kb = 0; kb < blocks; kb += kPiece) {
            Block<R> c;
            c.clear();
            for (int64_t q = kb; q < kb + kPiece && q < blocks; q++)
                c.multiply(xi + q * x.block, x.row, 1, w.tile(q, p) + s, kTileCols, w.rows(q));
            for (int r = 0; r < R; r++)
                for (int v = 0; v < kVectors; v++) total.sum[r][v] += c.sum[r][v];
        }
        for (int r = 0; r < R; r++) {
            float *row = y + (i + r) * w.n + p * kTileCols + s;
            for (int v = 0; v < kVectors; v++) {
                int64_t left = cols - s - v * kLanes;
                if (left >= kLanes) {
                    store(row + v * kLanes, total.sum[r][v]);
                } else {
                    float out[kLanes];
                    store(out, total.sum[r][v]);
                    for (int64_t l = 0; l < left; l++) row[v * kLanes + l] = out[l];
                }
            }
            finish(e, row, cols - s < kStrip ? cols - s : kStrip);
        }
    }
}

void forward_panel(const Rows &x, const Weights &w, int64_t p, int64_t i0, int64_t i1, const float *bias, const Epilogue &e, float *y) {
    each_group(i0, i1, [&](auto size, int64_t i) __attribute__((always_inline)) { forward_rows<decltype(size)::value>(x, w, p, i, bias, e, y); });
}

} // namespace NNP_ISA
} // namespace nnp
