// What this machine can do: the roof that the other kernels are held against.
#pragma once
#include "update.h"

namespace nnp {
namespace NNP_ISA {

// Sums that begin with different numbers, so that the compiler cannot compute one of them for all.
double spin_fma(int64_t rounds) {
    volatile float number = 1e-3f;
    Block<kGroup> c;
    Vec x = splat(number), s = splat(number);
    for (int i = 0; i < kGroup; i++)
        for (int v = 0; v < kVectors; v++) c.sum[i][v] = splat(number + static_cast<float>(i * kVectors + v));
    for (int64_t l = 0; l < rounds; l++)
        for (int i = 0; i < kGroup; i++)
            for (int v = 0; v < kVectors; v++) c.sum[i][v] = c.sum[i][v] * s + x;
    float out[kLanes], total = 0;
    for (int i = 0; i < kGroup; i++)
        for (int v = 0; v < kVectors; v++) {
            store(out, c.sum[i][v]);
            total += out[0];
        }
    return total == 12345 ? 0 : 2.0 * kGroup * kVectors * kLanes * static_cast<double>(rounds);
}

void spin_adam(float *NNP_RESTRICT w, float *NNP_RESTRICT m, float *NNP_RESTRICT v, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        float a = m[i], b = v[i];
        w[i] += 1e-9f * a;
        m[i] = a + 1e-9f * b;
        v[i] = b * 0.999f;
    }
}

float spin_read(const float *w, int64_t n) {
    Vec sum[4] = {};
    for (int64_t i = 0; i + 4 * kLanes <= n; i += 4 * kLanes)
        for (int v = 0; v < 4; v++) sum[v] += load(w + i + v * kLanes);
    float out[kLanes];
    store(out, sum[0] + sum[1] + sum[2] + sum[3]);
    return out[0];
}

} // namespace NNP_ISA
} // namespace nnp
