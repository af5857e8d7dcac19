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
        // A thread that is late may still look at the job before: while the fields change, no ticket has a task to take.
        uint64_t number = ++jobs_ << 32;
        for (int w = 0; w <= started_; w++) shares_[w].ticket.store(number | kClosed, std::memory_order_release);
        task_.store(task, std::memory_order_release);
        job_.store(job, std::memory_order_release);
        tasks_.store(n, std::memory_order_release);
        threads_.store(threads, std::memory_order_release);
        done_.store(0, std::memory_order_release);
        number = ++jobs_ << 32;
        for (int w = 0; w < threads; w++) shares_[w].ticket.store(number | static_cast<uint32_t>(n * w / threads)); // now tasks can be taken
        if (wake && sleepers_.load() > 0) {
            { std::lock_guard<std::mutex> hold(mutex_); }
            wake_.notify_all();
        }
        help(0);
        for (int spin = 0; done_.load(std::memory_order_acquire) != n; spin++) {
            if (spin < kSpins) relax();
            else std::this_thread::yield();
        }
    }

private:
    // Each thread has a share of the tasks, a range, so that it meets in one operation the weights that are in its cache
    // from the one before; who has done its own helps the others. A ticket is the job's number and the next task of a
    // share. A task is taken by changing both together, so that nobody takes a task of a job it has not seen the fields of.
    static constexpr uint32_t kClosed = 0xffffffff;
    struct alignas(64) Share {
        std::atomic<uint64_t> ticket{kClosed};
    };

    void help(int who) {
        int threads = threads_.load(std::memory_order_acquire);
        for (int w = 0; w < threads; w++) take((who + w) % threads, who);
    }

    // take does tasks of a share until none is left.
    void take(int share, int who) {
        std::atomic<uint64_t> &ticket = shares_[share].ticket;
        uint64_t t = ticket.load(std::memory_order_acquire);
        for (;;) {
            int64_t i = static_cast<uint32_t>(t);
            Task task = task_.load(std::memory_order_acquire);
            void *job = job_.load(std::memory_order_acquire);
            int64_t n = tasks_.load(std::memory_order_acquire);
            int threads = threads_.load(std::memory_order_acquire);
            if (who >= threads || share >= threads || i >= n * (share + 1) / threads) {
                // Fields of another job than t's may have been read; then the ticket has changed as well.
                uint64_t again = ticket.load(std::memory_order_acquire);
                if (again == t) return;
                t = again;
                continue;
            }
            if (!ticket.compare_exchange_weak(t, t + 1, std::memory_order_acq_rel, std::memory_order_acquire)) continue;
            task(job, who, i);
            done_.fetch_add(1, std::memory_order_release);
            t = ticket.load(std::memory_order_acquire);
        }
    }

    void work(int who) {
        FlushDenormals flush;
        std::atomic<uint64_t> &mine = shares_[who].ticket;
        uint64_t seen = 0;
        for (;;) {
            for (int spin = 0; spin < kSpins; spin++) {
                uint64_t job = mine.load(std::memory_order_acquire) >> 32;
                if (job != seen) {
                    seen = job;
                    help(who);
                    spin = 0;
                }
                relax();
            }
            std::unique_lock<std::mutex> hold(mutex_);
            sleepers_.fetch_add(1);
            wake_.wait(hold, [&] { return stop_ || mine.load() >> 32 != seen; });
            sleepers_.fetch_sub(1);
            if (stop_) return;
        }
    }

    // grow starts threads. Where the system has none left the caller works alone.
    bool grow(int n) {
        while (started_ < n) {
            int who = started_ + 1;
#if defined(__cpp_exceptions)
            try {
                workers_.emplace_back([this, who] { work(who); });
            } catch (...) {
                return false;
            }
#else
            workers_.emplace_back([this, who] { work(who); });
#endif
            started_ = who;
        }
        return true;
    }

    std::mutex owner_; // of the one who has a job in the pool
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stop_ = false;
    std::atomic<int> sleepers_{0};
    std::vector<std::thread> workers_;
    uint64_t jobs_ = 0;
    int started_ = 0;
    Share shares_[kMaxThreads];
    alignas(64) std::atomic<int64_t> done_{0};
    alignas(64) std::atomic<Task> task_{nullptr};
    std::atomic<void *> job_{nullptr};
    std::atomic<int64_t> tasks_{0};
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
