// What is done with a gradient: changes (scale, clip, penalty), then an optimizer's rule. ref: ref/update.h. Plain loops
// over pieces that lie in the first cache; the compiler makes vectors of them.
#pragma once
#include "simd.h"

namespace nnp {
namespace NNP_ISA {

NNP_INLINE float root(float x) { return __builtin_sqrtf(x); }

NNP_INLINE void change(const Change &c, const float *NNP_RESTRICT w, float *NNP_RESTRICT g, int64_t n) {
    switch (c.what) {
    case Change::kScale:
        for (int64_t i = 0; i < n; i++) g[i] *= c.a;
        break;
    case Change::kClip:
        for (int64_t i = 0; i < n; i++) {
            float x = g[i] < -c.a ? -c.a : g[i];
            g[i] = x > c.a ? c.a : x;
        }
        break;
    case Change::kPenalty:
        for (int64_t i = 0; i < n; i++) {
            float sign = w[i] > 0 ? c.a : w[i] < 0 ? -c.a : 0;
            g[i] += sign + 2 * c.b * w[i];
        }
        break;
    }
}

NNP_INLINE void adam(float *NNP_RESTRICT w, float *NNP_RESTRICT m, float *NNP_RESTRICT v, const float *NNP_RESTRICT g, const float *hyper, int64_t n) {
    float rate = hyper[0], open1 = hyper[1], open2 = hyper[2], epsilon = hyper[3];
    for (int64_t i = 0; i < n; i++) {
        float a = m[i] + open1 * (g[i] - m[i]);
        float b = v[i] + open2 * (g[i] * g[i] - v[i]);
        m[i] = a, v[i] = b;
        w[i] -= rate * a / (root(b) + epsilon);
    }
}

NNP_INLINE void momentum(float *NNP_RESTRICT w, float *NNP_RESTRICT v, const float *NNP_RESTRICT g, const float *hyper, int64_t n) {
    float rate = hyper[0], keep = hyper[1];
    if (hyper[2] != 0) {
        for (int64_t i = 0; i < n; i++) {
            v[i] = keep * v[i] - rate * g[i];
            w[i] += keep * v[i] - rate * g[i];
        }
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        v[i] = keep * v[i] - rate * g[i];
        w[i] += v[i];
    }
}

NNP_INLINE void rmsprop(float *NNP_RESTRICT w, float *NNP_RESTRICT s, float *NNP_RESTRICT v, float *NNP_RESTRICT a, const float *NNP_RESTRICT g, const float *hyper, int64_t n) {
    float rate = hyper[0], open = hyper[1], keep = hyper[2], epsilon = hyper[3];
    if (a && v) {
        for (int64_t i = 0; i < n; i++) {
            s[i] += open * (g[i] * g[i] - s[i]);
            a[i] += open * (g[i] - a[i]);
            v[i] = keep * v[i] + rate * g[i] / root(s[i] - a[i] * a[i] + epsilon);
            w[i] -= v[i];
        }
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        s[i] += open * (g[i] * g[i] - s[i]);
        float spread = s[i] + epsilon;
        if (a) {
            a[i] += open * (g[i] - a[i]);
            spread -= a[i] * a[i];
        }
        float u = rate * g[i] / root(spread);
        if (v) u = v[i] = keep * v[i] + u;
        w[i] -= u;
    }
}

// apply uses up g[0..n-1], the gradient of the numbers from place at on.
NNP_INLINE void apply(const Update &u, float *NNP_RESTRICT g, int64_t at, int64_t n) {
    float *w = u.w + at;
    for (int c = 0; c < u.change_count; c++) change(u.changes[c], w, g, n);
    if (u.kind == Update::kStore) {
        float *out = u.store + at;
        for (int64_t i = 0; i < n; i++) out[i] = g[i];
        return;
    }
    if (u.decay != 0)
        for (int64_t i = 0; i < n; i++) w[i] -= u.decay * w[i];
    switch (u.kind) {
    case Update::kSGD:
        for (int64_t i = 0; i < n; i++) w[i] -= u.hyper[0] * g[i];
        break;
    case Update::kMomentum: momentum(w, u.state[0] + at, g, u.hyper, n); break;
    case Update::kAdam: adam(w, u.state[0] + at, u.state[1] + at, g, u.hyper, n); break;
    case Update::kRMSprop: rmsprop(w, u.state[0] + at, u.state[1] ? u.state[1] + at : nullptr, u.state[2] ? u.state[2] + at : nullptr, g, u.hyper, n); break;
    default: break;
    }
}

void update(const Update &u, float *g, int64_t from, int64_t to) {
    constexpr int64_t piece = 256; // a kilobyte of each array stays in the first cache from one loop to the next
    float part[piece];
    for (int64_t at = from; at < to; at += piece) {
        int64_t n = to - at < piece ? to - at : piece;
        for (int64_t i = 0; i < n; i++) part[i] = g[at + i];
        apply(u, part, at, n);
    }
}

} // namespace NNP_ISA
} // namespace nnp
