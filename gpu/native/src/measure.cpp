#include "measure.h"

#include "kernels.h"
#include "memory.h"
#include "pool.h"

#include <algorithm>
#include <chrono>

namespace nnp {

namespace {

constexpr int64_t kStream = 56 << 20; // numbers: 224 MB, more than any cache

struct Job {
    int what;
    Buffer streams[3];
    int64_t n, pieces;
    double amount[kMaxThreads]; // done, by thread
};

void piece(void *job, int who, int64_t i) {
    auto &j = *static_cast<Job *>(job);
    const Kernels &k = *kernels();
    int64_t from = j.n / j.pieces * i, n = j.n / j.pieces;
    float *s[3];
    for (int q = 0; q < 3; q++) s[q] = j.streams[q].data + from + q * 37 * 16;
    switch (j.what) {
    case NNP_BENCH_FMA: j.amount[who] += k.spin_fma(1 << 16); break;
    case NNP_BENCH_ADAM:
        k.spin_adam(s[0], s[1], s[2], n);
        j.amount[who] += 24.0 * static_cast<double>(n);
        break;
    case NNP_BENCH_READ:
        k.spin_read(s[0], n);
        j.amount[who] += 4.0 * static_cast<double>(n);
    }
}

} // namespace

// measure runs the thing again and again while there is time, and gives the best round: what the machine can do, rather
// than what others left of it.
nnp_status measure(nnp_bench &b) {
    using clock = std::chrono::steady_clock;
    Job job{};
    job.what = b.what, job.n = kStream, job.pieces = 64;
    int streams = b.what == NNP_BENCH_FMA ? 0 : b.what == NNP_BENCH_ADAM ? 3 : b.what == NNP_BENCH_READ ? 1 : -1;
    if (streams < 0) return NNP_UNSUPPORTED;
    nnp_status status = NNP_OK;
    for (int q = 0; q < streams; q++)
        if (job.streams[q].allocate(kStream + 4096)) std::fill_n(job.streams[q].data, kStream + 4096, 1e-3f); // pages never written are one page of zeros
        else status = NNP_NO_MEMORY;
    FlushDenormals flush;
    b.per_second = 0;
    auto end = clock::now() + std::chrono::milliseconds(b.milliseconds);
    while (status == NNP_OK && (b.per_second == 0 || clock::now() < end)) {
        for (double &a : job.amount) a = 0;
        auto start = clock::now();
        run_tasks(b.threads, job.pieces, true, piece, &job);
        double seconds = std::chrono::duration<double>(clock::now() - start).count(), total = 0;
        for (double a : job.amount) total += a;
        if (total / seconds > b.per_second) b.per_second = total / seconds;
    }
    for (auto &s : job.streams) s.release();
    return status;
}

} // namespace nnp
