// dx = dy·wᵀ. ref: ref/dense.h.
#pragma once
#include "elementwise.h"

namespace nnp {
namespace NNP_ISA {

// The tiles of a block are turned, so that its 64 rows become columns and the product is the forward one with terms j:
// turned[half][j][32] holds w[64kb + 32·half + ..][j].
void grad_input(const float *dy, const Weights &w, int64_t kb, int64_t i0, int64_t i1, float *turned, const Epilogue &e, float *dx) {
    int64_t rows = w.rows(kb), n = w.n;
    for (int64_t p = 0; p < w.panels(); p++) {
        const float *tile = w.tile(kb, p);
        int64_t cols = w.cols(p);
        for (int64_t half = 0; half * kTileCols < rows; half++)
            for (int64_t j = 0; j < cols; j++) {
                float *out = turned + (half * n + p * kTileCols + j) * kTileCols;
                for (int64_t l = 0; l < kTileCols; l++) out[l] = half * kTileCols + l < rows ? tile[(half * kTileCols + l) * kTileCols + j] : 0;
            }
    }
    constexpr int64_t piece = 512;
    for (int64_t half = 0; half * kTileCols < rows; half++) {
        const float *b = turned + half * n * kTileCols;
        int64_t cols = rows - half * kTileCols < kTileCols ? rows - half * kTileCols : kTileCols;
        auto group = [&](auto size, int64_t i) __attribute__((always_inline)) {
            constexpr int R = decltype(size)::value;
            for (int s = 0; s < cols; s += kStrip) {
                Block<R> total;
                total.clear();
                for (int64_t j = 0; j < n; j += piece) {
                    Block<R> c;
                    c.clear();
                    c.multiply(dy + i * n + j, n, 1, b + j * kTileCols + s, kTileCols, n - j < piece ? n - j : piece);
                    for (int r = 0; r < R; r++)
                        for (int v = 0; v < kVectors; v++) total.sum[r][v] += c.sum[r][v];
                }
                for (int r = 0; r < R; r++) {
                    float out[kStrip];
                    for (int v = 0; v < kVectors; v++) store(out + v * kLanes, total.sum[r][v]);
                    int64_t at = (i + r) * w.k + kb * kTileRows + half * kTileCols + s, n = cols - s < kStrip ? cols - s : kStrip;
                    for (int64_t l = 0; l < n; l++) dx[at + l] = out[l];
                    if (e.func) activate_grad(e.func, e.slope, dx + at, dx + at, e.v + at, n);
                }
            }
        };
        each_group(i0, i1, group);
    }
}

} // namespace NNP_ISA
} // namespace nnp
