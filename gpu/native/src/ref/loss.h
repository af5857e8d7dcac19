// Losses and their gradients, in double: see backend.Func for the formulas. weights may be null, which stands for ones.
// These loops serve every instruction set.
#pragma once
#include "elementwise.h"
#include "softmax.h"

#include <algorithm>

namespace nnp {
namespace ref {

constexpr double kHeld = 1e-7; // where probabilities are held, so that their logarithms are numbers
inline double hold(double p) { return std::min(std::max(p, kHeld), 1 - kHeld); }
inline bool within(double p) { return p > kHeld && p < 1 - kHeld; }

inline double row_sum(const float *y, int64_t m) {
    double sum = 0;
    for (int64_t j = 0; j < m; j++) sum += y[j];
    return sum == 0 ? 1 : sum;
}

// loss_row gives the loss of a row, and writes y where the function has one; y may be x.
inline double loss_row(int func, float *y, const float *x, const float *t, int64_t m) {
    double total = 0;
    switch (func) {
    case NNP_SOFTMAX_CROSS_ENTROPY: {
        double weights = 0, dot = 0, top, sum;
        for (int64_t j = 0; j < m; j++)
            if (t[j] != 0) weights += t[j], dot += static_cast<double>(t[j]) * x[j];
        softmax_row(y, x, m, top, sum);
        return weights * (top + log(sum)) - dot;
    }
    case NNP_SIGMOID_CROSS_ENTROPY:
        for (int64_t j = 0; j < m; j++) {
            double v = x[j];
            total += std::max(v, 0.0) - t[j] * v + log1p(exp(-fabs(v)));
            y[j] = static_cast<float>(sigmoid(v));
        }
        return total / m;
    case NNP_CROSS_ENTROPY: {
        double sum = row_sum(x, m);
        for (int64_t j = 0; j < m; j++)
            if (t[j] != 0) total -= t[j] * log(hold(x[j] / sum));
        return total;
    }
    case NNP_BINARY_CROSS_ENTROPY:
        for (int64_t j = 0; j < m; j++) {
            double p = hold(x[j]);
            total -= t[j] * log(p) + (1 - static_cast<double>(t[j])) * log(1 - p);
        }
        return total / m;
    default:
        for (int64_t j = 0; j < m; j++) {
            double d = static_cast<double>(x[j]) - t[j];
            total += d * d;
        }
        return total / m;
    }
}

inline double loss(int func, float *y, const float *x, const float *t, const float *weights, int64_t b, int64_t m) {
    double total = 0;
    for (int64_t i = 0; i < b; i++) total += (weights ? weights[i] : 1.0) * loss_row(func, y ? y + i * m : nullptr, x + i * m, t + i * m, m);
    return total;
}

inline void loss_grad_row(int func, float *d, const float *y, const float *t, int64_t m, double scale) {
    switch (func) {
    case NNP_SOFTMAX_CROSS_ENTROPY: {
        double weights = 0;
        for (int64_t j = 0; j < m; j++) weights += t[j];
        for (int64_t j = 0; j < m; j++) d[j] = static_cast<float>((y[j] * weights - t[j]) * scale);
        break;
    }
    case NNP_CROSS_ENTROPY: {
        double sum = row_sum(y, m), free = 0;
        for (int64_t j = 0; j < m; j++)
            if (within(y[j] / sum)) free += t[j];
        for (int64_t j = 0; j < m; j++) {
            double g = free / sum;
            if (within(y[j] / sum)) g -= static_cast<double>(t[j]) / y[j];
            d[j] = static_cast<float>(g * scale);
        }
        break;
    }
    case NNP_BINARY_CROSS_ENTROPY:
        for (int64_t j = 0; j < m; j++) {
            double p = y[j], target = t[j];
            d[j] = within(p) ? static_cast<float>((p - target) / (p * (1 - p)) * scale / m) : 0;
        }
        break;
    default: { // the sigmoid's, and squares
        double factor = func == NNP_SQUARED_ERROR ? 2 : 1;
        for (int64_t j = 0; j < m; j++) d[j] = static_cast<float>(factor * (static_cast<double>(y[j]) - t[j]) * scale / m);
    }
    }
}

inline void loss_grad(int func, float *d, const float *y, const float *t, const float *weights, int64_t b, int64_t m) {
    for (int64_t i = 0; i < b; i++) loss_grad_row(func, d + i * m, y + i * m, t + i * m, m, (weights ? weights[i] : 1.0) / b);
}

} // namespace ref
} // namespace nnp
