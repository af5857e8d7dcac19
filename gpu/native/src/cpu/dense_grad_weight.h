// dw = xᵀ·dy, fused with what uses it up: a gradient tile goes from registers into the update, and is never in memory.
// ref: ref/dense.h, ref/update.h.
#pragma once
#include "simd.h"
#include "update.h"

namespace nnp {
namespace NNP_ISA {

// g[R][32] = Σ_i x[i·row + ..]·dy[i][32].
template <int R> NNP_INLINE void grad_tile(const float *x, int64_t row, const float *dy, int64_t b, float *g) {
    for (int s = 0; s < kTileCols; s += kStrip) {
        Block<R> c;
        c.clear();
        for (int64_t i = 0; i < b; i++) c.line(x + i * row, 1, dy + i * kTileCols + s);
        for (int r = 0; r < R; r++)
            for (int v = 0; v < kVectors; v++) store(g + r * kTileCols + s + v * kLanes, c.sum[r][v]);
    }
}

// Weights and moments are fetched so many numbers ahead, 16 KB, to the second cache: with Adam the first layer of H at batch
// 32 takes 42.1 ms on one thread, with 4 KB ahead to the first cache 43.4.
constexpr int64_t kFar = 4096;

NNP_INLINE double squares_of(const Update &u, float *g, int64_t at, int64_t rows, int64_t cols) {
    for (int c = 0; c < u.change_count; c++) change(u.changes[c], u.w + at, g, rows * kTileCols);
    double sum = 0;
    for (int64_t r = 0; r < rows; r++)
        for (int64_t j = 0; j < cols; j++) sum += static_cast<double>(g[r * kTileCols + j]) * g[r * kTileCols + j];
    return sum;
}

NNP_INLINE void adam_vector(float *w, float *m, float *v, const float *g, const Vec *hyper) {
    Vec d = load(g), a = load(m), b = load(v);
    a += hyper[1] * (d - a);
    b += hyper[2] * (d * d - b);
    store(m, a);
    store(v, b);
    store(w, load(w) - hyper[0] * (a / (root(b) + hyper[3])));
}

// grad_weight_adam is grad_weight for whole blocks and Adam alone, which is what large layers are trained with. Adam's root
// and division take as long as a third of the products at batch 32, in a unit of their own: so a group's update is done
// while the products of the next group go on, a vector of it with every few lines: E lines, or where E is 0 as many as the
// batch asks for.
template <int E> NNP_INLINE void grad_weight_adam(const Rows &x, const float *dy, const Weights &w, int64_t kb, int64_t b, const Update &u) {
    constexpr int64_t numbers = kGroup * kTileCols, strips = kTileCols / kStrip, vectors = numbers / kLanes / strips;
    Vec hyper[4];
    for (int i = 0; i < 4; i++) hyper[i] = splat(u.hyper[i]);
    alignas(64) float g[2][numbers];
    const float *xb = x.data + kb * x.block;
    const int64_t first = w.tile(kb, 0) - w.data, last = first + w.panels() * kTile, each = E ? E : b / vectors;
    // Groups follow one another in memory: at is that of the products, the one before that of the update.
    int turn = 0;
    for (int64_t at = first; at < last; at += numbers, turn ^= 1) {
        int64_t p = (at - first) / kTile, r = (at - first) % kTile / kTileCols;
        const float *d = dy + p * b * kTileCols;
        float *ws = u.w + at - numbers, *ms = u.state[0] + at - numbers, *vs = u.state[1] + at - numbers;
        bool before = at > first;
        if (r == 0) prefetch_inputs(x, kb + 1, p, w.panels(), b);
        for (int64_t s = 0; s < strips; s++) {
            const float *line = xb + r, *column = d + s * kStrip;
            Block<kGroup> c;
            c.clear();
            for (int64_t q = 0; q < vectors; q++) {
#pragma GCC unroll 8
                for (int64_t i = 0; i < each; i++, line += x.row, column += kTileCols) c.line(line, 1, column);
                int64_t z = (s * vectors + q) * kLanes;
                if (before) adam_vector(ws + z, ms + z, vs + z, g[turn ^ 1] + z, hyper);
                prefetch_second(ws + z + kFar);
                prefetch_second(ms + z + kFar);
                prefetch_second(vs + z + kFar);
            }
            for (int64_t i = each * vectors; i < b; i++, line += x.row, column += kTileCols) c.line(line, 1, column);
            for (int i = 0; i < kGroup; i++)
                for (int v = 0; v < kVectors; v++) store(g[turn] + i * kTileCols + s * kStrip + v * kLanes, c.sum[i][v]);
        }
    }
    for (int64_t z = 0; z < numbers; z += kLanes) adam_vector(u.w + last - numbers + z, u.state[0] + last - numbers + z, u.state[1] + last - numbers + z, g[turn ^ 1] + z, hyper);
}

void grad_weight(const Rows &x, const float *dy, const Weights &w, int64_t kb, int64_t b, const Update &u, double *squares) {
    if (u.kind == Update::kAdam && u.change_count == 0 && u.decay == 0 && w.rows(kb) == kTileRows) {
        switch (b * kLanes * (kTileCols / kStrip) / (kGroup * kTileCols)) {
        case 2: return grad_weight_adam<2>(x, dy, w, kb, b, u); // batch 32 with AVX-512
        case 4: return grad_weight_adam<4>(x, dy, w, kb, b, u);
        case 8: return grad_weight_adam<8>(x, dy, w, kb, b, u);
        default: return grad_weight_adam<0>(x, dy, w, kb, b, u);
        }
    }
    int64_t rows = w.rows(kb);
    const float *xb = x.data + kb * x.block;
    float *used[] = {u.kind == Update::kStore ? u.store : u.kind == Update::kSquares ? nullptr : u.w, u.state[0], u.state[1], u.state[2]};
    double sum = 0;
    for (int64_t p = 0; p < w.panels(); p++) {
        const float *d = dy + p * b * kTileCols;
        int64_t tile = w.tile(kb, p) - w.data;
        prefetch_inputs(x, kb + 1, p, w.panels(), b);
        auto group = [&](auto size, int64_t r) __attribute__((always_inline)) {
            constexpr int R = decltype(size)::value;
            alignas(64) float g[R * kTileCols];
            int64_t at = tile + r * kTileCols;
            for (float *m : used)
                for (int64_t z = 0; m && z < R * kTileCols; z += kLine) prefetch_second(m + at + z + kFar);
            grad_tile<R>(xb + r, x.row, d, b, g);
            if (u.kind == Update::kSquares) sum += squares_of(u, g, at, R, w.cols(p));
            else apply(u, g, at, R * kTileCols);
        };
        each_group(0, rows, group);
    }
    if (squares) *squares = sum;
}

} // namespace NNP_ISA
} // namespace nnp
