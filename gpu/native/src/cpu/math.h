// Exponentials and what is made of them, without branches, so that the compiler makes vectors of the loops that call them.
#pragma once
#include "simd.h"

namespace nnp {
namespace NNP_ISA {

union Bits {
    float f;
    uint32_t i;
};

// exponential: e^x within 2e-7 of its value, for x held within [-87, 88]; NaN stays NaN. 2^n·e^r with |r| <= ln(2)/2, e^r by
// the polynomial of Cephes' expf (Moshier 1989).
NNP_INLINE float exponential(float x) {
    float h = x < -87.0f ? -87.0f : x;
    h = h > 88.0f ? 88.0f : h;
    const float whole = 12582912.0f; // adding 1.5·2^23 rounds to an integer, which is then in the low bits
    Bits n;
    n.f = h * 1.44269504088896341f + whole;
    float k = n.f - whole;
    float r = h - k * 0.693359375f;
    r = r + k * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    Bits scale;
    scale.i = (n.i << 23) + 0x3f800000u;
    return p * scale.f;
}

NNP_INLINE float absolute(float x) { return x < 0 ? -x : x; }

// sigmoid: 1 / (1 + e^-x), by the form that does not overflow on x's side of zero.
NNP_INLINE float sigmoid(float x) {
    float e = exponential(-absolute(x));
    float y = 1 / (1 + e);
    return x < 0 ? e * y : y;
}

// hyperbolic: tanh x = (1 - e^-2|x|) / (1 + e^-2|x|), near zero by the polynomial of Cephes' tanhf.
NNP_INLINE float hyperbolic(float x) {
    float a = absolute(x), e = exponential(-2 * a), z = x * x;
    float far = (1 - e) / (1 + e);
    far = x < 0 ? -far : far;
    float p = -5.70498872745e-3f;
    p = p * z + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    float near = p * z * x + x;
    return a < 0.625f ? near : far;
}

// normal: Φ(x), the share of a normal distribution below x, within 2e-7: erfc by formula 7.1.26 of Abramowitz and Stegun
// (1964). density is e^(-x²/2).
NNP_INLINE float normal(float x, float density) {
    float z = absolute(x) * 0.70710678118654752f;
    float t = 1 / (1 + 0.3275911f * z);
    float p = 1.061405429f;
    p = p * t - 1.453152027f;
    p = p * t + 1.421413741f;
    p = p * t - 0.284496736f;
    p = p * t + 0.254829592f;
    float tail = 0.5f * p * t * density;
    return x < 0 ? tail : 1 - tail;
}

NNP_INLINE float bell(float x) {
    float e = exponential(-0.5f * x * x);
    return absolute(x) > 13.0f ? 0 : e;
}

} // namespace NNP_ISA
} // namespace nnp
