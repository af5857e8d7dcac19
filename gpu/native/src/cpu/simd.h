// Vectors of this instruction set. The compiler's vector extensions give +, -, * on them, and fused multiply-adds where the
// set has them (-ffp-contract=fast). Nothing here or in the files beside may use the C++ library: functions of its that are
// not inlined would be merged by the linker with those compiled for another processor.
#pragma once
#include "../kernels.h"
#include <stdint.h>

#if defined(__aarch64__)
#include <arm_neon.h>
#else
#include <immintrin.h>
#endif

#ifndef NNP_ISA
#error "NNP_ISA names the namespace of this instruction set"
#endif

#define NNP_RESTRICT __restrict__
#define NNP_INLINE inline __attribute__((always_inline))

namespace nnp {
namespace NNP_ISA {

#if defined(__AVX512F__)
constexpr int kLanes = 16, kGroup = 8, kVectors = 2; // 16 sums of 16 lanes; 2 panels' vectors and broadcasts beside
#elif defined(__AVX2__)
constexpr int kLanes = 8, kGroup = 4, kVectors = 2; // 8 sums
#elif defined(__aarch64__)
constexpr int kLanes = 4, kGroup = 8, kVectors = 2; // 16 sums of 32 registers
#else
constexpr int kLanes = 4, kGroup = 4, kVectors = 2; // 8 sums of 16 registers
#endif
constexpr int kStrip = kLanes * kVectors; // columns of a tile that are computed together
static_assert(kTileCols % kStrip == 0, "a tile is whole strips");

typedef float Vec __attribute__((vector_size(kLanes * sizeof(float))));
typedef float Loose __attribute__((vector_size(kLanes * sizeof(float)), aligned(4)));

NNP_INLINE Vec load(const float *p) { return *reinterpret_cast<const Loose *>(p); }
NNP_INLINE void store(float *p, Vec v) { *reinterpret_cast<Loose *>(p) = v; }
NNP_INLINE Vec splat(float x) { return x - Vec{}; }
#if defined(__AVX512F__)
NNP_INLINE Vec root(Vec x) { return (Vec)_mm512_maskz_sqrt_ps(-1, (__m512)x); }
#elif defined(__AVX2__)
NNP_INLINE Vec root(Vec x) { return (Vec)_mm256_sqrt_ps((__m256)x); }
#elif defined(__aarch64__)
NNP_INLINE Vec root(Vec x) { return (Vec)vsqrtq_f32((float32x4_t)x); }
#else
NNP_INLINE Vec root(Vec x) { return (Vec)_mm_sqrt_ps((__m128)x); }
#endif
// Fetches a line of the cache to where it is used at once, and to the second cache, which has room for more.
NNP_INLINE void prefetch(const void *p) { __builtin_prefetch(p, 1, 3); }
NNP_INLINE void prefetch_second(const void *p) { __builtin_prefetch(p, 0, 2); }
constexpr int kLine = 16; // numbers of a line of the cache

// Fetches the share of panel p in what the next block of inputs holds: rows that lie apart, of which the processor knows
// nothing until it meets them.
NNP_INLINE void prefetch_inputs(const Rows &x, int64_t next, int64_t p, int64_t panels, int64_t b) {
    for (int64_t i = b * p / panels; i < b * (p + 1) / panels; i++)
        for (int64_t l = 0; l < kTileRows; l += kLine) prefetch_second(x.data + next * x.block + i * x.row + l);
}

// A number as a type: how many rows a generic lambda is compiled for.
template <int N> struct Size {
    static constexpr int value = N;
};

// each_group calls f with the rows from i0 to i1, in groups that shrink: kGroup at a time, then 4, then 1.
template <class F> NNP_INLINE void each_group(int64_t i0, int64_t i1, F f) {
    for (; i0 + kGroup <= i1; i0 += kGroup) f(Size<kGroup>{}, i0);
    if (kGroup > 4)
        for (; i0 + 4 <= i1; i0 += 4) f(Size<4>{}, i0);
    for (; i0 < i1; i0++) f(Size<1>{}, i0);
}

// A Block is kGroup (or fewer) rows by one strip of a result, in registers.
template <int R> struct Block {
    Vec sum[R][kVectors];

    NNP_INLINE void clear() {
        for (int i = 0; i < R; i++)
            for (int v = 0; v < kVectors; v++) sum[i][v] = Vec{};
    }

    // Adds a[i·row + l·step]·b[l·stride + ...] over l < n.
    NNP_INLINE void multiply(const float *a, int64_t row, int64_t step, const float *b, int64_t stride, int64_t n) {
        for (int64_t l = 0; l < n; l++) line(a + l * step, row, b + l * stride);
    }

    NNP_INLINE void line(const float *a, int64_t row, const float *b) {
        Vec x[kVectors];
        for (int v = 0; v < kVectors; v++) x[v] = load(b + v * kLanes);
#pragma GCC unroll 8
        for (int i = 0; i < R; i++) {
            Vec s = splat(a[i * row]);
            for (int v = 0; v < kVectors; v++) sum[i][v] += s * x[v];
        }
    }
};

} // namespace NNP_ISA
} // namespace nnp
