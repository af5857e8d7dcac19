// Penalties, clipping and updates, as loops over plain arrays: what cpu/update.h must give.
#pragma once
#include <math.h>
#include <stdint.h>

#include "../program.h"

namespace nnp {
namespace ref {

inline double penalty(const float *w, int64_t n, double l1, double l2) {
    double absolute = 0, squares = 0;
    for (int64_t i = 0; i < n; i++) absolute += fabs(static_cast<double>(w[i])), squares += static_cast<double>(w[i]) * w[i];
    return l1 * absolute + l2 * squares;
}

inline void penalty_grad(float *dw, const float *w, int64_t n, float l1, float l2) {
    for (int64_t i = 0; i < n; i++) dw[i] += 2 * l2 * w[i] + (w[i] > 0 ? l1 : w[i] < 0 ? -l1 : 0);
}

inline void clip_value(float *g, int64_t n, float c) {
    for (int64_t i = 0; i < n; i++) g[i] = g[i] > c ? c : g[i] < -c ? -c : g[i];
}

inline double squares(const float *g, int64_t n) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += static_cast<double>(g[i]) * g[i];
    return sum;
}

// update: hyper as backend.Kind orders it, the decay last. s, v and a are the states in the order of the results.
inline void update(int kind, float *w, float *s, float *v, float *a, const float *g, const float *h, int64_t n) {
    float decay = h[kind == NNP_SGD ? 1 : kind == NNP_MOMENTUM ? 3 : 4];
    for (int64_t i = 0; i < n; i++) {
        w[i] -= decay * w[i];
        switch (kind) {
        case NNP_SGD: w[i] -= h[0] * g[i]; break;
        case NNP_MOMENTUM:
            s[i] = h[1] * s[i] - h[0] * g[i];
            w[i] += h[2] != 0 ? h[1] * s[i] - h[0] * g[i] : s[i];
            break;
        case NNP_ADAM:
            s[i] += h[1] * (g[i] - s[i]);
            v[i] += h[2] * (g[i] * g[i] - v[i]);
            w[i] -= h[0] * s[i] / (sqrtf(v[i]) + h[3]);
            break;
        case NNP_RMSPROP: {
            s[i] += h[1] * (g[i] * g[i] - s[i]);
            float spread = s[i];
            if (a) {
                a[i] += h[1] * (g[i] - a[i]);
                spread -= a[i] * a[i];
            }
            float u = h[0] * g[i] / sqrtf(spread + h[3]);
            if (v) u = v[i] = h[2] * v[i] + u;
            w[i] -= u;
        }
        }
    }
}

} // namespace ref
} // namespace nnp
