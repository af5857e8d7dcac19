// BatchNormalization. Rows of x are read as (rows, n). gamma, beta, dgamma and dbeta may be null. Sums in double, kept for
// a whole row of columns, so that memory is read in order. These loops serve every instruction set.
#pragma once
#include <math.h>
#include <stdint.h>
#include <vector>

namespace nnp {
namespace ref {

inline void scale_columns(float *y, const float *x, const float *gamma, const float *beta, const float *mean, const float *inverse, int64_t rows, int64_t n) {
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < n; j++) y[i * n + j] = (x[i * n + j] - mean[j]) * inverse[j] * (gamma ? gamma[j] : 1) + (beta ? beta[j] : 0);
}

inline void batch_norm(float *y, const float *x, const float *gamma, const float *beta, float *mean, float *inverse, float *moving_mean, float *moving_variance, float momentum, float epsilon, int64_t rows, int64_t n) {
    std::vector<double> sum(n), squares(n);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < n; j++) sum[j] += x[i * n + j];
    for (int64_t j = 0; j < n; j++) sum[j] /= rows;
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < n; j++) squares[j] += (x[i * n + j] - sum[j]) * (x[i * n + j] - sum[j]);
    for (int64_t j = 0; j < n; j++) {
        double variance = squares[j] / rows;
        mean[j] = static_cast<float>(sum[j]);
        inverse[j] = static_cast<float>(1 / sqrt(variance + epsilon));
        moving_mean[j] = momentum * moving_mean[j] + (1 - momentum) * mean[j];
        moving_variance[j] = momentum * moving_variance[j] + (1 - momentum) * static_cast<float>(variance);
    }
    scale_columns(y, x, gamma, beta, mean, inverse, rows, n);
}

inline void batch_norm_grad(float *dx, float *dgamma, float *dbeta, const float *dy, const float *x, const float *gamma, const float *mean, const float *inverse, int64_t rows, int64_t n) {
    std::vector<double> sum(n), dot(n);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < n; j++) {
            sum[j] += dy[i * n + j];
            dot[j] += dy[i * n + j] * (static_cast<double>(x[i * n + j]) - mean[j]) * inverse[j];
        }
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < n; j++) {
            double h = (static_cast<double>(x[i * n + j]) - mean[j]) * inverse[j];
            dx[i * n + j] = static_cast<float>(inverse[j] * (gamma ? gamma[j] : 1.0) * (dy[i * n + j] - sum[j] / rows - h * dot[j] / rows));
        }
    for (int64_t j = 0; j < n; j++) {
        if (dgamma) dgamma[j] = static_cast<float>(dot[j]);
        if (dbeta) dbeta[j] = static_cast<float>(sum[j]);
    }
}

inline void batch_norm_inference(float *y, const float *x, const float *gamma, const float *beta, const float *mean, const float *variance, float epsilon, int64_t rows, int64_t n) {
    std::vector<float> inverse(n);
    for (int64_t j = 0; j < n; j++) inverse[j] = static_cast<float>(1 / sqrt(static_cast<double>(variance[j]) + epsilon));
    scale_columns(y, x, gamma, beta, mean, inverse.data(), rows, n);
}

} // namespace ref
} // namespace nnp
