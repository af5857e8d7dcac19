// Softmax by rows. These loops serve every instruction set: rows are short.
#pragma once
#include <math.h>
#include <stdint.h>

namespace nnp {
namespace ref {

inline double power(double x, double top) { return x == top ? 1 : exp(x - top); } // also where both are infinite

// softmax_row: y[j] = e^(x[j]-top) / sum; gives top and sum. y may be x.
inline void softmax_row(float *y, const float *x, int64_t m, double &top, double &sum) {
    top = -INFINITY;
    for (int64_t j = 0; j < m; j++)
        if (x[j] > top || x[j] != x[j]) top = x[j];
    sum = 0;
    for (int64_t j = 0; j < m; j++) sum += power(x[j], top);
    for (int64_t j = 0; j < m; j++) y[j] = static_cast<float>(power(x[j], top) / sum);
}

inline void softmax(float *y, const float *x, int64_t b, int64_t m) {
    double top, sum;
    for (int64_t i = 0; i < b; i++) softmax_row(y + i * m, x + i * m, m, top, sum);
}

// dx[j] = y[j]·(dy[j] - Σ dy·y)
inline void softmax_grad(float *dx, const float *dy, const float *y, int64_t b, int64_t m) {
    for (int64_t i = 0; i < b; i++, dx += m, dy += m, y += m) {
        double dot = 0;
        for (int64_t j = 0; j < m; j++) dot += static_cast<double>(dy[j]) * y[j];
        for (int64_t j = 0; j < m; j++) dx[j] = static_cast<float>(y[j] * (dy[j] - dot));
    }
}

} // namespace ref
} // namespace nnp
