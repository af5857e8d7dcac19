// Activations, their slopes, products by mask, sums of columns. ref: ref/elementwise.h.
#pragma once
#include "math.h"

namespace nnp {
namespace NNP_ISA {

// The operand may be the result: loops that say so with restrict would not be true.
void activate(int func, float slope, float *y, const float *x, int64_t n) {
    switch (func) {
    case 1: // step
        for (int64_t i = 0; i < n; i++) y[i] = x[i] > 0 ? 1 : 0;
        break;
    case 2:
        for (int64_t i = 0; i < n; i++) y[i] = sigmoid(x[i]);
        break;
    case 3:
        for (int64_t i = 0; i < n; i++) y[i] = hyperbolic(x[i]);
        break;
    case 4:
        for (int64_t i = 0; i < n; i++) y[i] = x[i] > 0 ? x[i] : slope * x[i];
        break;
    case 5:
        for (int64_t i = 0; i < n; i++) {
            float phi = normal(x[i], bell(x[i]));
            y[i] = phi == 0 ? 0 : x[i] * phi;
        }
        break;
    }
}

void activate_grad(int func, float slope, float *dx, const float *dy, const float *v, int64_t n) {
    switch (func) {
    case 1:
        for (int64_t i = 0; i < n; i++) dx[i] = 0;
        break;
    case 2:
        for (int64_t i = 0; i < n; i++) dx[i] = dy[i] * v[i] * (1 - v[i]);
        break;
    case 3:
        for (int64_t i = 0; i < n; i++) dx[i] = dy[i] * (1 - v[i] * v[i]);
        break;
    case 4:
        for (int64_t i = 0; i < n; i++) dx[i] = v[i] > 0 ? dy[i] : slope * dy[i];
        break;
    case 5:
        for (int64_t i = 0; i < n; i++) {
            float e = bell(v[i]);
            dx[i] = dy[i] * (normal(v[i], e) + v[i] * e * 0.39894228040143268f);
        }
        break;
    }
}

void multiply(float *y, const float *a, const float *b, int64_t n) {
    for (int64_t i = 0; i < n; i++) y[i] = a[i] * b[i];
}

void column_sums(float *NNP_RESTRICT out, const float *NNP_RESTRICT x, int64_t b, int64_t n) {
    for (int64_t j = 0; j < n; j++) out[j] = 0;
    for (int64_t i = 0; i < b; i++)
        for (int64_t j = 0; j < n; j++) out[j] += x[i * n + j];
}

} // namespace NNP_ISA
} // namespace nnp
