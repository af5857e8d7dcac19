// y = x·w + bias. ref: ref/dense.h.
#pragma once
#include "elementwise.h"

namespace nnp {
namespace NNP_ISA {

// One group of R rows against one tile: h[R][32] += x[R][64]·w[64][32]. Sums start at zero for each tile: a sum of sums
// of 64 terms stays exact where one long sum over 110,592 terms is off by 2.9e-4. ahead is memory to fetch meanwhile.
template <int R> NNP_INLINE void forward_tile(const float *x, int64_t row, const float *w, int64_t rows, float *h, const char *ahead) {
    for (int s = 0; s < kTileCols; s += kStrip) {
        Block<R> c;
        c.clear();
        if (ahead) {
            for (int64_t l = 0; l < rows; l++) {
                prefetch(ahead + l * 64);
                c.line(x + l, row, w + l * kTileCols + s);
            }
            ahead = nullptr;
        } else {
            c.multiply(x, row, 1, w + s, kTileCols, rows);
        }
        for (int i = 0; i < R; i++)
            for (int v = 0; v < kVectors; v++) {
                float *at = h + i * kTileCols + s + v * kLanes;
                store(at, load(at) + c.sum[i][v]);
            }
    }
}

void forward_blocks(const Rows &x, const Weights &w, int64_t kb0, int64_t kb1, int64_t b, float *h) {
    int64_t panels = w.panels();
    for (int64_t kb = kb0; kb < kb1; kb++) {
        const float *xb = x.data + kb * x.block;
        int64_t rows = w.rows(kb);
        for (int64_t p = 0; p < panels; p++) {
            const float *tile = w.tile(kb, p);
            float *hp = h + p * b * kTileCols;
            // Two tiles ahead, half of a tile with each of the first two groups. Past the end it does no harm.
            const char *ahead = reinterpret_cast<const char *>(tile + 2 * kTile);
            each_group(0, b, [&](auto size, int64_t i) __attribute__((always_inline)) {
                forward_tile<decltype(size)::value>(xb + i * x.row, x.row, tile, rows, hp + i * kTileCols, i < 2 * kGroup ? ahead + i / kGroup * 4096 : nullptr);
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
    int64_t cols = w.cols(p);
    for (int64_t i = 0; i < b; i++) {
        float sum[kTileCols] = {}, *row = y + i * w.n + p * kTileCols;
        for (int64_t g = 0; g < groups; g++) {
            const float *from = h + g * stride + (p * b + i) * kTileCols;
            for (int j = 0; j < kTileCols; j++) sum[j] += from[j];
        }
        for (int64_t j = 0; j < cols; j++) row[j] = sum[j] + (bias ? bias[p * kTileCols + j] : 0);
        finish(e, row, cols);
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
