#include "pool.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif

namespace nnp {

namespace {

void relax() {
#if defined(__x86_64__) || defined(_M_X64)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

// How often a thread looks for the next job before it sleeps: about 50 µs, the time between two operations of a step and
// between two steps of a small network.
constexpr int kSpins = 2000;

class Pool {
public:
    ~Pool() {
        {
            std::lock_guard<std::mutex> hold(mutex_);
            stop_ = true;
        }
        wake_.notify_all();
        for (auto &t : workers_) t.join();
    }

    void run(int threads, int64_t n, bool wake, Task task, void *job) {
        std::unique_lock<std::mutex> mine(owner_, std::try_to_lock);
        if (!mine.owns_lock() || !grow(threads - 1)) {
            for (int64_t i = 0; i < n; i++) task(job, 0, i);
            return;
        }
        // A thread that is late may still look at the job before: while the fields change, the ticket has no task to take.
        uint64_t now = (ticket_.load(std::memory_order_relaxed) >> 32) + 1;
        ticket_.store(now << 32 | kClosed);
        task_.store(task, std::memory_order_release);
        job_.store(job, std::memory_order_release);
        tasks_.store(static_cast<uint32_t>(n), std::memory_order_release);
        threads_.store(threads, std::memory_order_release);
        done_.store(0, std::memory_order_release);
        ticket_.store((now + 1) << 32); // from here on tasks can be taken
        if (wake && sleepers_.load() > 0) {
            { std::lock_guard<std::mutex> hold(mutex_); }
            wake_.notify_all();
        }
        help(0);
        for (int spin = 0; done_.load(std::memory_order_acquire) != static_cast<uint32_t>(n); spin++) {
            if (spin < kSpins) relax();
            else std::this_thread::yield();
        }
    }

private:
    // ticket_ is the job's number and the next task. A task is taken by changing both together, so that nobody takes a
    // task of a job that it has not seen the fields of.
    static constexpr uint32_t kClosed = 0xffffffff;

    void help(int who) {
        uint64_t t = ticket_.load(std::memory_order_acquire);
        for (;;) {
            uint32_t i = static_cast<uint32_t>(t);
            Task task = task_.load(std::memory_order_acquire);
            void *job = job_.load(std::memory_order_acquire);
            if (i >= tasks_.load(std::memory_order_acquire) || who >= threads_.load(std::memory_order_acquire)) {
                // Fields of another job than t's may have been read; then the ticket has changed as well.
                uint64_t again = ticket_.load(std::memory_order_acquire);
                if (again == t) return;
                t = again;
                continue;
            }
            if (!ticket_.compare_exchange_weak(t, t + 1, std::memory_order_acq_rel, std::memory_order_acquire)) continue;
            task(job, who, i);
            done_.fetch_add(1, std::memory_order_release);
            t = ticket_.load(std::memory_order_acquire);
        }
    }

    void work(int who) {
        FlushDenormals flush;
        uint64_t seen = 0;
        for (;;) {
            for (int spin = 0; spin < kSpins; spin++) {
                uint64_t job = ticket_.load(std::memory_order_acquire) >> 32;
                if (job != seen) {
                    seen = job;
                    help(who);
                    spin = 0;
                }
                relax();
            }
            std::unique_lock<std::mutex> hold(mutex_);
            sleepers_.fetch_add(1);
            wake_.wait(hold, [&] { return stop_ || ticket_.load() >> 32 != seen; });
            sleepers_.fetch_sub(1);
            if (stop_) return;
        }
    }

    // grow starts threads. Where the system has none left there are fewer, which is no error.
    bool grow(int n) {
        while (static_cast<int>(workers_.size()) < n) {
            int who = static_cast<int>(workers_.size()) + 1;
#if defined(__cpp_exceptions)
            try {
                workers_.emplace_back([this, who] { work(who); });
            } catch (...) {
                return !workers_.empty();
            }
#else
            workers_.emplace_back([this, who] { work(who); });
#endif
        }
        return true;
    }

    std::mutex owner_; // of the one who has a job in the pool
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stop_ = false;
    std::atomic<int> sleepers_{0};
    std::vector<std::thread> workers_;
    alignas(64) std::atomic<uint64_t> ticket_{0};
    alignas(64) std::atomic<uint32_t> done_{0};
    alignas(64) std::atomic<Task> task_{nullptr};
    std::atomic<void *> job_{nullptr};
    std::atomic<uint32_t> tasks_{0};
    std::atomic<int> threads_{0};
};

Pool &pool() {
    static Pool p;
    return p;
}

} // namespace

void run_tasks(int threads, int64_t n, bool wake, Task task, void *job) {
    if (threads > kMaxThreads) threads = kMaxThreads;
    if (threads <= 1 || n <= 1) {
        for (int64_t i = 0; i < n; i++) task(job, 0, i);
        return;
    }
    pool().run(threads, n, wake, task, job);
}

#if defined(__x86_64__) || defined(_M_X64)
FlushDenormals::FlushDenormals() : before_(_mm_getcsr()) { _mm_setcsr(static_cast<unsigned>(before_) | 0x8040); }
FlushDenormals::~FlushDenormals() { _mm_setcsr(static_cast<unsigned>(before_)); }
#elif defined(__aarch64__)
FlushDenormals::FlushDenormals() {
    asm volatile("mrs %0, fpcr" : "=r"(before_));
    asm volatile("msr fpcr, %0" ::"r"(before_ | (1ull << 24)));
}
FlushDenormals::~FlushDenormals() { asm volatile("msr fpcr, %0" ::"r"(before_)); }
#else
FlushDenormals::FlushDenormals() : before_(0) {}
FlushDenormals::~FlushDenormals() { (void)before_; }
#endif

} // namespace nnp
