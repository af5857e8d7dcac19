// Activations, as loops: what cpu/elementwise.h must give. Exponentials in double.
#pragma once
#include "../../include/nnp.h"

#include <math.h>

namespace nnp {
namespace ref {

inline double sigmoid(double x) {
    double e = exp(-fabs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

inline double normal(double x) { return erfc(-x / sqrt(2.0)) / 2; }

inline float activation(int func, float x, float slope) {
    switch (func) {
    case NNP_STEP: return x > 0 ? 1 : 0;
    case NNP_SIGMOID: return static_cast<float>(sigmoid(x));
    case NNP_TANH: return static_cast<float>(tanh(static_cast<double>(x)));
    case NNP_RELU: return x > 0 ? x : slope * x;
    case NNP_GELU: return static_cast<float>(x * normal(x));
    }
    return x;
}

// activation_slope: v is the function's result, for GELU its operand.
inline float activation_slope(int func, float v, float slope) {
    switch (func) {
    case NNP_SIGMOID: return v * (1 - v);
    case NNP_TANH: return 1 - v * v;
    case NNP_RELU: return v > 0 ? 1 : slope;
    case NNP_GELU: return static_cast<float>(normal(v) + v * exp(-static_cast<double>(v) * v / 2) / sqrt(2 * 3.14159265358979323846));
    }
    return 0;
}

inline void activate(int func, float slope, float *y, const float *x, int64_t n) {
    for (int64_t i = 0; i < n; i++) y[i] = activation(func, x[i], slope);
}

inline void activate_grad(int func, float slope, float *dx, const float *dy, const float *v, int64_t n) {
    for (int64_t i = 0; i < n; i++) dx[i] = func == NNP_STEP ? 0 : dy[i] * activation_slope(func, v[i], slope);
}

inline void multiply(float *y, const float *a, const float *b, int64_t n) {
    for (int64_t i = 0; i < n; i++) y[i] = a[i] * b[i];
}

} // namespace ref
} // namespace nnp
