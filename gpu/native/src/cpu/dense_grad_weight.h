// dw = xᵀ·dy, fused with what uses it up: a gradient tile goes from registers into the update, and is never in memory.
// ref: ref/dense.h, ref/update.h.
#pragma once
#include "simd.h"
#include "update.h"

namespace nnp {
namespace NNP_ISA {

// g[R][32] = Σ_i x[i·row + ..]·dy[i][32]. Meanwhile the weights and states that the update needs are fetched: each line of
// the sum takes one cache line of each of them, 3 groups ahead.
template <int R> NNP_INLINE void grad_tile(const float *x, int64_t row, const float *dy, int64_t b, float *g, float *const *ahead, int streams) {
    constexpr int64_t lines = R * kTileCols / 16;
    for (int s = 0; s < kTileCols; s += kStrip) {
        Block<R> c;
        c.clear();
        int64_t i = 0;
        if (s == 0 && R > 1)
            for (; i < b && i < lines; i++) {
                for (int f = 0; f < streams; f++) prefetch(ahead[f] + i * 16);
                c.line(x + i * row, 1, dy + i * kTileCols);
            }
        for (; i < b; i++) c.line(x + i * row, 1, dy + i * kTileCols + s);
        for (int r = 0; r < R; r++)
            for (int v = 0; v < kVectors; v++) store(g + r * kTileCols + s + v * kLanes, c.sum[r][v]);
    }
}

NNP_INLINE double squares_of(const Update &u, float *g, int64_t at, int64_t rows, int64_t cols) {
    for (int c = 0; c < u.change_count; c++) change(u.changes[c], u.w + at, g, rows * kTileCols);
    double sum = 0;
    for (int64_t r = 0; r < rows; r++)
        for (int64_t j = 0; j < cols; j++) sum += static_cast<double>(g[r * kTileCols + j]) * g[r * kTileCols + j];
    return sum;
}

void grad_weight(const Rows &x, const float *dy, const Weights &w, int64_t kb, int64_t b, const Update &u, double *squares) {
    int64_t rows = w.rows(kb);
    const float *xb = x.data + kb * x.block;
    double sum = 0;
    for (int64_t p = 0; p < w.panels(); p++) {
        const float *d = dy + p * b * kTileCols;
        int64_t tile = w.tile(kb, p) - w.data;
        auto group = [&](auto size, int64_t r) __attribute__((always_inline)) {
            constexpr int R = decltype(size)::value;
            alignas(64) float g[R * kTileCols];
            int64_t at = tile + r * kTileCols, far = at + 3 * R * kTileCols;
            float *ahead[4];
            int streams = 0;
            if (u.kind >= Update::kSGD) {
                ahead[streams++] = u.w + far;
                for (float *s : u.state)
                    if (s) ahead[streams++] = s + far;
            }
            grad_tile<R>(xb + r, x.row, d, b, g, ahead, streams);
            if (u.kind == Update::kSquares) sum += squares_of(u, g, at, R, w.cols(p));
            else apply(u, g, at, R * kTileCols);
        };
        each_group(0, rows, group);
    }
    if (squares) *squares = sum;
}

} // namespace NNP_ISA
} // namespace nnp
