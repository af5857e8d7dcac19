// Products of a dense layer, as loops: what cpu/dense_*.h must give.
#pragma once
#include <stdint.h>

namespace nnp {
namespace ref {

// y (b, m) = x (b, n) · w (n, m) + bias (m)
inline void dense(float *y, const float *x, const float *w, const float *bias, int64_t b, int64_t n, int64_t m) {
    for (int64_t i = 0; i < b; i++)
        for (int64_t j = 0; j < m; j++) {
            double sum = bias ? bias[j] : 0;
            for (int64_t l = 0; l < n; l++) sum += static_cast<double>(x[i * n + l]) * w[l * m + j];
            y[i * m + j] = static_cast<float>(sum);
        }
}

// dx (b, n) = dy (b, m) · wᵀ
inline void dense_grad_input(float *dx, const float *dy, const float *w, int64_t b, int64_t n, int64_t m) {
    for (int64_t i = 0; i < b; i++)
        for (int64_t l = 0; l < n; l++) {
            double sum = 0;
            for (int64_t j = 0; j < m; j++) sum += static_cast<double>(dy[i * m + j]) * w[l * m + j];
            dx[i * n + l] = static_cast<float>(sum);
        }
}

// dw (n, m) = xᵀ · dy
inline void dense_grad_weight(float *dw, const float *x, const float *dy, int64_t b, int64_t n, int64_t m) {
    for (int64_t l = 0; l < n; l++)
        for (int64_t j = 0; j < m; j++) {
            double sum = 0;
            for (int64_t i = 0; i < b; i++) sum += static_cast<double>(x[i * n + l]) * dy[i * m + j];
            dw[l * m + j] = static_cast<float>(sum);
        }
}

// db (m) = Σ_i dy[i]
inline void dense_grad_bias(float *db, const float *dy, int64_t b, int64_t m) {
    for (int64_t j = 0; j < m; j++) {
        double sum = 0;
        for (int64_t i = 0; i < b; i++) sum += dy[i * m + j];
        db[j] = static_cast<float>(sum);
    }
}

} // namespace ref
} // namespace nnp
