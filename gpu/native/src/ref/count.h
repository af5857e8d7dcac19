// What metrics count. These loops serve every instruction set.
#pragma once
#include <stdint.h>

namespace nnp {
namespace ref {

inline float count_correct(const float *y, const float *t, int64_t b, int64_t m, int64_t k) {
    int64_t count = 0;
    for (int64_t i = 0; i < b; i++, y += m, t += m) {
        if (m == 1) {
            count += (y[0] > 0.5f) == (t[0] > 0.5f);
            continue;
        }
        int64_t right = 0, before = 0;
        for (int64_t j = 1; j < m; j++)
            if (t[j] > t[right]) right = j;
        for (int64_t j = 0; j < m; j++) before += y[j] > y[right] || (y[j] == y[right] && j < right);
        count += before < k && y[right] == y[right]; // NaN is never right
    }
    return static_cast<float>(count);
}

inline void count_positive(float *totals, const float *y, const float *t, int64_t n, float threshold) {
    int64_t both = 0, says = 0, is = 0;
    for (int64_t i = 0; i < n; i++) {
        bool a = y[i] > threshold, b = t[i] > 0.5f;
        both += a && b, says += a && !b, is += !a && b;
    }
    totals[0] += static_cast<float>(both), totals[1] += static_cast<float>(says), totals[2] += static_cast<float>(is);
}

} // namespace ref
} // namespace nnp
