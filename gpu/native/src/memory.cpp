#include "memory.h"

#include <atomic>
#include <stdlib.h>
#include <string.h>

#if defined(_WIN32)
#include <malloc.h>
#else
#include <sys/mman.h>
#endif

namespace nnp {

namespace {
std::atomic<int64_t> total{0};
constexpr int64_t kHuge = 2 << 20, kLine = 64;
} // namespace

int64_t allocated() { return total.load(); }

bool Buffer::allocate(int64_t numbers) {
    release();
    int64_t want = numbers * static_cast<int64_t>(sizeof(float));
    if (want <= 0) want = kLine;
#if !defined(_WIN32)
    if (want >= kHuge) {
        // The kernel gives zeros, and only what is touched takes memory: moments that are never used cost nothing.
        int64_t room = want + kHuge;
        void *p = mmap(nullptr, static_cast<size_t>(room), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED) return false;
        uintptr_t at = (reinterpret_cast<uintptr_t>(p) + kHuge - 1) & ~static_cast<uintptr_t>(kHuge - 1);
#if defined(MADV_HUGEPAGE)
        madvise(reinterpret_cast<void *>(at), static_cast<size_t>(want), MADV_HUGEPAGE);
#endif
        base = p, bytes = room, data = reinterpret_cast<float *>(at);
        total += bytes;
        return true;
    }
#endif
    int64_t room = (want + kLine - 1) / kLine * kLine;
#if defined(_WIN32)
    void *p = _aligned_malloc(static_cast<size_t>(room), kLine);
#else
    void *p = nullptr;
    if (posix_memalign(&p, kLine, static_cast<size_t>(room)) != 0) p = nullptr;
#endif
    if (!p) return false;
    memset(p, 0, static_cast<size_t>(room));
    base = p, bytes = room, data = static_cast<float *>(p);
    total += bytes;
    return true;
}

void Buffer::release() {
    if (!base) return;
    total -= bytes;
#if defined(_WIN32)
    _aligned_free(base);
#else
    if (bytes > kHuge) munmap(base, static_cast<size_t>(bytes));
    else free(base);
#endif
    base = nullptr, data = nullptr, bytes = 0;
}

} // namespace nnp
