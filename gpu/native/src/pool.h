// A pool of threads that share the tasks of one job. Which thread takes a task changes no bit of its result: jobs are cut
// by their shapes alone.
#pragma once
#include <stdint.h>

namespace nnp {

constexpr int kMaxThreads = 64;

// A Task does piece i of a job. who, from 0 to threads-1, numbers those that take part: scratch memory goes by it.
using Task = void (*)(void *job, int who, int64_t i);

// run_tasks runs tasks 0 to n-1 with at most so many threads, the caller one of them, and returns when all are done. It
// never waits for a thread that is still asleep: the caller takes its share. Where another program uses the pool at the
// moment, the caller does all.
//
// wake says whether the job is long enough (some 20 µs) to wake threads that sleep; those that are awake help anyhow.
void run_tasks(int threads, int64_t n, bool wake, Task task, void *job);

// FlushDenormals makes tiny numbers zero on this thread while it lives: they cost a hundred times more than others, and
// moments of weights that rest are full of them.
class FlushDenormals {
public:
    FlushDenormals();
    ~FlushDenormals();

private:
    uint64_t before_;
};

} // namespace nnp
