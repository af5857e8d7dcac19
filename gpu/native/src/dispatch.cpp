// Chooses the instruction set, once.
#include "kernels.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace nnp {

#if defined(__x86_64__)
namespace sse2 { extern const Kernels table; }
namespace avx2 { extern const Kernels table; }
namespace avx512 { extern const Kernels table; }

namespace {

// The processor and the system are asked directly: the compilers' own test (__builtin_cpu_supports) says no to everything in
// libraries that zig links.
struct Machine {
    bool avx2 = false, avx512 = false;

    Machine() {
        unsigned a, b, c, d;
        if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) || !(c & bit_FMA)) return;
        unsigned low, high;
        asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0)); // which registers the system keeps
        if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return;
        avx2 = (low & 0x6) == 0x6 && (b & bit_AVX2);
        avx512 = avx2 && (low & 0xe6) == 0xe6 && (b & bit_AVX512F) && (b & bit_AVX512DQ) && (b & bit_AVX512BW) && (b & bit_AVX512VL);
    }
};

// NNP_ISA in the environment asks for a lesser set, for tests: this machine must have it all the same.
const Kernels *choose() {
    Machine machine;
    const char *want = getenv("NNP_ISA");
    auto is = [&](const Kernels &k) { return !want || strcmp(want, k.name) == 0; };
    if (machine.avx512 && is(avx512::table)) return &avx512::table;
    if (machine.avx2 && is(avx2::table)) return &avx2::table;
    return &sse2::table;
}

} // namespace
#elif defined(__aarch64__)
namespace neon { extern const Kernels table; }
namespace {
const Kernels *choose() { return &neon::table; }
} // namespace
#else
#error "kernels for this processor are not written: x86-64 and arm64 are"
#endif

const Kernels *kernels() {
    static const Kernels *k = choose();
    return k;
}

} // namespace nnp
