#include "exec.h"

#include "pool.h"
#include "ref/run.h"

#include <algorithm>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif

using namespace nnp;

nnp_exec::~nnp_exec() {
    for (auto &b : buffers_) b.release();
    for (auto &b : scratch_) b.release();
}

nnp_status nnp_exec::fail(nnp_status status, const std::string &why) {
    error = why;
    return status;
}

int64_t nnp_exec::numbers(int slot) const {
    const Slot &s = program_.slots[slot];
    switch (plan_.places[slot].layout) {
    case Layout::kNone: return 0;
    case Layout::kTiled: return Weights{nullptr, plan_.places[slot].k, plan_.places[slot].n}.numbers();
    case Layout::kBlocked: return (s.size + kTileRows - 1) / kTileRows * kTileRows * program_.max_batch;
    case Layout::kPlain: break;
    }
    return s.batched ? s.size * program_.max_batch : s.size;
}

nnp_status nnp_exec::compile(const nnp_program *program) {
    nnp_status status = program_.copy(program, error);
    if (status != NNP_OK) return status;
    const char *isa = getenv("NNP_ISA");
    k_ = isa && strcmp(isa, "reference") == 0 ? nullptr : kernels();
    status = plan_.make(program_, k_ == nullptr, error);
    if (status != NNP_OK) return status;
    // Large slots have pages of their own, the small ones share a piece, each on cache lines of its own.
    constexpr int64_t large = 1 << 18, line = 16;
    int64_t shared = 0;
    for (size_t s = 0; s < program_.slots.size(); s++) {
        int64_t n = numbers(static_cast<int>(s));
        if (n < large) shared += (n + line - 1) / line * line;
    }
    buffers_.emplace_back();
    if (!buffers_[0].allocate(shared)) return fail(NNP_NO_MEMORY, "no memory for " + std::to_string(shared) + " numbers");
    float *next = buffers_[0].data;
    for (size_t s = 0; s < program_.slots.size(); s++) {
        int64_t n = numbers(static_cast<int>(s));
        if (n == 0) {
            data_.push_back(nullptr);
        } else if (n < large) {
            data_.push_back(next);
            next += (n + line - 1) / line * line;
        } else {
            // What is fetched ahead may be past the end; and streams that are read side by side should not begin at the
            // same place of a page.
            int64_t shift = static_cast<int64_t>(buffers_.size()) % 8 * 37 * line;
            buffers_.emplace_back();
            if (!buffers_.back().allocate(n + shift + kTile)) return fail(NNP_NO_MEMORY, "no memory for a slot of " + std::to_string(n) + " numbers");
            data_.push_back(buffers_.back().data + shift);
        }
    }
    return NNP_OK;
}

float *nnp_exec::scratch(size_t which, int64_t n) {
    if (scratch_.size() <= which) scratch_.resize(which + 1);
    Buffer &b = scratch_[which];
    if (b.bytes < n * static_cast<int64_t>(sizeof(float)) && !b.allocate(n)) return nullptr;
    return b.data;
}

namespace {

// A copy between the rows of the host and tiles or blocks here.
struct Copy {
    float *here;
    float *there; // the host's; only read when writing
    bool write;
    Weights w;
    int64_t first, count; // tiles: which of the numbers, row major
    int64_t n, max_batch; // blocks
    bool past;            // the caches
};

void move(float *here, float *there, int64_t n, bool write) {
    if (write) memcpy(here, there, static_cast<size_t>(n) * sizeof(float));
    else memcpy(there, here, static_cast<size_t>(n) * sizeof(float));
}

// copy_tiles copies what there is in the i-th block of rows of those that first and count meet.
void copy_tiles(void *job, int, int64_t i) {
    auto &c = *static_cast<Copy *>(job);
    int64_t kb = c.first / c.w.n / kTileRows + i, last = c.first + c.count;
    for (int64_t r = 0; r < c.w.rows(kb); r++)
        for (int64_t p = 0; p < c.w.panels(); p++) {
            int64_t at = (kb * kTileRows + r) * c.w.n + p * kTileCols; // of the piece of a row that the tile has
            int64_t from = std::max(at, c.first), n = std::min(at + c.w.cols(p), last) - from;
            if (n > 0) move(c.w.tile(kb, p) + r * kTileCols + (from - at), c.there + (from - c.first), n, c.write);
        }
}

constexpr int64_t kShared = 1 << 18; // more numbers than these are copied by all threads

// stream copies a block's piece of a row past the caches, of which a batch would take all: lines that are written whole need
// not be read first, and no core has to fetch them from another one's cache. At batch 128 of 110,592 inputs a copy takes
// 2.1 ms with two threads and 4.1 by memcpy.
void stream(float *to, const float *from) {
#if defined(__x86_64__) || defined(_M_X64)
    for (int c = 0; c < kTileRows; c += 4) _mm_stream_ps(to + c, _mm_loadu_ps(from + c));
#else
    memcpy(to, from, kTileRows * sizeof(float));
#endif
}

// A row of the host, which is read in order.
void copy_row(void *job, int, int64_t r) {
    auto &c = *static_cast<Copy *>(job);
    const float *from = c.there + r * c.n;
    float *to = c.here + r * kTileRows;
    int64_t left = c.n;
    for (; left >= kTileRows; left -= kTileRows, from += kTileRows, to += c.max_batch * kTileRows) {
        if (c.past) stream(to, from);
        else memcpy(to, from, kTileRows * sizeof(float));
    }
    memcpy(to, from, static_cast<size_t>(left) * sizeof(float));
#if defined(__x86_64__) || defined(_M_X64)
    _mm_sfence(); // the others see it before they see that the task is done
#endif
}

} // namespace

nnp_status nnp_exec::write(int slot, const float *from, int64_t count) {
    if (slot < 0 || slot >= static_cast<int>(data_.size())) return fail(NNP_INVALID, "write: there is no slot " + std::to_string(slot));
    const Slot &s = program_.slots[slot];
    int64_t rows = s.batched ? count / s.size : 1;
    if (s.role == NNP_TEMP || count != rows * s.size || rows < 1 || rows > (s.batched ? program_.max_batch : 1)) return fail(NNP_INVALID, "write: " + std::to_string(count) + " numbers do not fit slot " + std::to_string(slot));
    if (plan_.places[slot].layout != Layout::kBlocked) {
        copy(slot, 0, const_cast<float *>(from), count, true);
        return NNP_OK;
    }
    Copy c{data_[slot], const_cast<float *>(from), true, {}, 0, 0, s.size, program_.max_batch, count > kShared};
    run_tasks(c.past ? threads_ : 1, rows, true, copy_row, &c);
    return NNP_OK;
}

nnp_status nnp_exec::read(int slot, float *to, int64_t count) {
    if (slot < 0 || slot >= static_cast<int>(data_.size())) return fail(NNP_INVALID, "read: there is no slot " + std::to_string(slot));
    const Slot &s = program_.slots[slot];
    int64_t most = s.batched ? s.size * program_.max_batch : s.size;
    if ((s.role != NNP_PARAM && s.role != NNP_OUTPUT) || count < 0 || count > most || (!s.batched && count != most)) return fail(NNP_INVALID, "read: " + std::to_string(count) + " numbers of slot " + std::to_string(slot));
    copy(slot, 0, to, count, false);
    return NNP_OK;
}

nnp_status nnp_exec::part(int slot, int64_t first, float *numbers, int64_t count, bool write) {
    const char *what = write ? "write_part" : "read_part";
    if (slot < 0 || slot >= static_cast<int>(data_.size())) return fail(NNP_INVALID, std::string(what) + ": there is no slot " + std::to_string(slot));
    const Slot &s = program_.slots[slot];
    if (s.role != NNP_PARAM || s.batched || first < 0 || count < 0 || first > s.size || count > s.size - first) return fail(NNP_INVALID, std::string(what) + ": " + std::to_string(count) + " numbers from " + std::to_string(first) + " on of slot " + std::to_string(slot));
    if (count > 0) copy(slot, first, numbers, count, write);
    return NNP_OK;
}

// copy copies numbers of a slot that is not in blocks.
void nnp_exec::copy(int slot, int64_t first, float *there, int64_t count, bool write) {
    if (plan_.places[slot].layout != Layout::kTiled) return move(data_[slot] + first, there, count, write);
    Copy c{nullptr, there, write, weights(slot), first, count, 0, 0, false};
    int64_t row = c.w.n * kTileRows;
    run_tasks(count > kShared ? threads_ : 1, (first + count - 1) / row - first / row + 1, true, copy_tiles, &c);
}

nnp_status nnp_exec::run(int number, int batch, int threads) {
    if (number < 0 || number >= static_cast<int>(plan_.entries.size())) return fail(NNP_INVALID, "run: there is no entry " + std::to_string(number));
    if (batch < 0 || batch > program_.max_batch) return fail(NNP_INVALID, "run: a batch of " + std::to_string(batch));
    const Entry &entry = plan_.entries[number];
    batch_ = batch;
    threads_ = threads < 1 ? 1 : threads > kMaxThreads ? kMaxThreads : threads;
    norms_.assign(static_cast<size_t>(entry.clips), 1);
    FlushDenormals flush;
    for (auto &s : entry.steps) {
        if (cancelled()) return NNP_CANCELLED;
        nnp_status status = step(entry, s);
        if (status != NNP_OK) return status;
    }
    return NNP_OK;
}
