// Chooses the instruction set, once.
#include "kernels.h"

#include <stdlib.h>
#include <string.h>

namespace nnp {

#if defined(__x86_64__) || defined(_M_X64)
namespace sse2 { extern const Kernels table; }
namespace avx2 { extern const Kernels table; }
namespace avx512 { extern const Kernels table; }

namespace {

// NNP_ISA in the environment asks for a lesser set, for tests: this machine must have it all the same.
const Kernels *choose() {
    __builtin_cpu_init();
    const char *want = getenv("NNP_ISA");
    auto is = [&](const Kernels &k) { return !want || strcmp(want, k.name) == 0; };
    // The compiler's own test knows whether the system keeps the wide registers.
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") && is(avx512::table)) return &avx512::table;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && is(avx2::table)) return &avx2::table;
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
