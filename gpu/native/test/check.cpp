// Checks of a plugin through nnp.h alone: random stacks of layers, with kernels beside the plain loops, with one, two and
// three threads; programs that make no sense; runs that are cancelled; programs that run at the same time. It links with
// the plugin, is run under sanitizers and on other processors (see run), and exits 1 where something is wrong.
#include "../include/nnp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <chrono>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

const nnp_api *api;
int failures = 0;

void fail(const std::string &what) {
    if (++failures <= 20) fprintf(stderr, "FAIL %s\n", what.c_str());
}

// A program as it is built.
struct Builder {
    std::vector<nnp_slot> slots;
    std::vector<nnp_op> ops;
    std::vector<int32_t> operands;
    std::vector<float> consts;
    std::vector<nnp_entry> entries;
    int max_batch = 1;

    int slot(int role, bool batched, std::vector<int64_t> dims) {
        nnp_slot s{};
        s.role = role, s.batched = batched, s.rank = static_cast<int32_t>(dims.size());
        for (size_t i = 0; i < dims.size(); i++) s.dims[i] = dims[i];
        slots.push_back(s);
        return static_cast<int>(slots.size()) - 1;
    }
    void op(int kind, int func, std::vector<int> in, std::vector<int> out, std::vector<float> c = {}) {
        nnp_op o{kind, func, static_cast<int32_t>(operands.size()), static_cast<int32_t>(in.size()), static_cast<int32_t>(out.size()), static_cast<int32_t>(consts.size()), static_cast<int32_t>(c.size()), 0};
        operands.insert(operands.end(), in.begin(), in.end());
        operands.insert(operands.end(), out.begin(), out.end());
        consts.insert(consts.end(), c.begin(), c.end());
        ops.push_back(o);
    }
    void entry() {
        int first = entries.empty() ? 0 : entries.back().first_op + entries.back().ops;
        entries.push_back({first, static_cast<int32_t>(ops.size()) - first});
    }
    nnp_program program() const {
        return {sizeof(nnp_program), max_batch, static_cast<int32_t>(slots.size()), static_cast<int32_t>(entries.size()), static_cast<int32_t>(ops.size()), static_cast<int32_t>(operands.size()),
                static_cast<int32_t>(consts.size()), 0, slots.data(), entries.data(), ops.data(), operands.data(), consts.data()};
    }
    int64_t numbers(int s) const {
        int64_t n = slots[s].batched ? max_batch : 1;
        for (int i = 0; i < slots[s].rank; i++) n *= slots[s].dims[i];
        return n;
    }
};

// stack is n -> m -> k with batch normalisation, a mask, a loss, clipping, a penalty and an update, by choice.
Builder stack(int64_t n, int64_t m, int64_t k, int batch, unsigned choice) {
    Builder p;
    p.max_batch = batch;
    int func = NNP_STEP + static_cast<int>(choice % 5);
    int kind = NNP_SGD + static_cast<int>(choice / 5 % 4);
    std::vector<float> slope;
    if (func == NNP_RELU) slope = {0.1f};
    int x = p.slot(NNP_INPUT, true, {n}), t = p.slot(NNP_INPUT, true, {k}), mask = p.slot(NNP_INPUT, true, {m});
    int hyper = p.slot(NNP_INPUT, false, {kind == NNP_SGD ? 2 : kind == NNP_MOMENTUM ? 4 : 5});
    int w1 = p.slot(NNP_PARAM, false, {n, m}), b1 = p.slot(NNP_PARAM, false, {m}), w2 = p.slot(NNP_PARAM, false, {m, k});
    int gamma = p.slot(NNP_PARAM, false, {m}), moving = p.slot(NNP_PARAM, false, {m}), variance = p.slot(NNP_PARAM, false, {m});
    int mean = p.slot(NNP_TEMP, false, {m}), inverse = p.slot(NNP_TEMP, false, {m});
    int h = p.slot(NNP_TEMP, true, {m}), f = p.slot(NNP_TEMP, true, {m}), a = p.slot(NNP_TEMP, true, {m}), z = p.slot(NNP_TEMP, true, {m}), y = p.slot(NNP_OUTPUT, true, {k});
    int total = p.slot(NNP_OUTPUT, false, {1}), dy = p.slot(NNP_TEMP, true, {k}), dh = p.slot(NNP_TEMP, true, {m});
    int role = choice / 20 % 2 ? NNP_OUTPUT : NNP_TEMP;
    int g1 = p.slot(role, false, {n, m}), gb = p.slot(role, false, {m}), g2 = p.slot(role, false, {m, k}), dgamma = p.slot(role, false, {m});
    p.op(NNP_DENSE, 0, {x, w1, b1}, {h});
    p.op(NNP_BATCH_NORM, 0, {h, gamma, NNP_NONE}, {f, mean, inverse, moving, variance}, {0.9f, 1e-3f});
    p.op(NNP_ACTIVATION, func, {f}, {a}, slope);
    p.op(NNP_MULTIPLY, 0, {a, mask}, {z});
    p.op(NNP_DENSE, 0, {z, w2, NNP_NONE}, {y});
    p.op(NNP_LOSS, NNP_SOFTMAX_CROSS_ENTROPY, {y, t, NNP_NONE}, {y, total});
    p.op(NNP_LOSS_GRAD, NNP_SOFTMAX_CROSS_ENTROPY, {y, t, NNP_NONE}, {dy});
    p.op(NNP_DENSE_GRAD_WEIGHT, 0, {z, dy}, {g2});
    p.op(NNP_DENSE_GRAD_INPUT, 0, {dy, w2}, {dh});
    p.op(NNP_MULTIPLY, 0, {dh, mask}, {dh});
    p.op(NNP_ACTIVATION_GRAD, func, {dh, func == NNP_GELU ? f : a}, {dh}, slope);
    p.op(NNP_BATCH_NORM_GRAD, 0, {dh, h, gamma, mean, inverse}, {dh, dgamma, NNP_NONE});
    p.op(NNP_DENSE_GRAD_WEIGHT, 0, {x, dh}, {g1});
    p.op(NNP_DENSE_GRAD_BIAS, 0, {dh}, {gb});
    if (choice / 40 % 2) p.op(NNP_PENALTY_GRAD, 0, {w1}, {g1}, {0.01f, 0.02f});
    if (choice / 80 % 3 == 1) p.op(NNP_CLIP_VALUE, 0, {g1, gb}, {g1, gb}, {0.01f});
    if (choice / 80 % 3 == 2) p.op(NNP_CLIP_NORM, 0, {g1, gb, g2}, {g1, gb, g2}, {0.1f});
    for (auto pair : {std::pair<int, int>{w1, g1}, {b1, gb}, {w2, g2}, {gamma, dgamma}}) {
        std::vector<int64_t> dims(p.slots[pair.first].dims, p.slots[pair.first].dims + p.slots[pair.first].rank);
        std::vector<int> out = {pair.first};
        for (int i = 0; i < (kind == NNP_SGD ? 0 : kind == NNP_MOMENTUM ? 1 : 2); i++) out.push_back(p.slot(NNP_PARAM, false, dims));
        if (kind == NNP_RMSPROP) out.push_back(NNP_NONE); // random means would be larger than the squares allow
        p.op(kind, 0, {pair.second, hyper}, out);
    }
    p.entry();
    return p;
}

using Numbers = std::vector<std::vector<float>>;

// parts reads a parameter in pieces, and writes some of it again.
void parts(nnp_exec *e, int slot, const std::vector<float> &want, std::mt19937 &rng) {
    int64_t n = static_cast<int64_t>(want.size());
    std::vector<float> got(want.size()), piece;
    for (int64_t at = 0; at < n;) {
        int64_t count = std::min<int64_t>(n - at, 1 + rng() % (n / 2 + 1));
        piece.assign(static_cast<size_t>(count), 0);
        if (api->read_part(e, slot, at, piece.data(), count) != NNP_OK) fail("read_part");
        std::copy(piece.begin(), piece.end(), got.begin() + at);
        at += count;
    }
    if (got != want) fail("a parameter that is read in parts differs");
    int64_t first = rng() % n, count = rng() % (n - first + 1);
    for (auto &v : got) v = v + 1;
    if (api->write_part(e, slot, first, got.data() + first, count) != NNP_OK) fail("write_part");
    std::vector<float> mixed = want;
    std::copy(got.begin() + first, got.begin() + first + count, mixed.begin() + first);
    if (api->read(e, slot, got.data(), n) != NNP_OK || got != mixed) fail("a parameter that was written in part differs");
    if (api->read_part(e, slot, n, got.data(), 1) == NNP_OK || api->write_part(e, slot, -1, got.data(), 1) == NNP_OK) fail("a part outside a parameter is accepted");
}

// compute runs a program twice on random numbers and reads all that can be read.
Numbers compute(const Builder &b, unsigned seed, int threads, const char *isa) {
    Numbers all;
    if (isa) setenv("NNP_ISA", isa, 1);
    nnp_program p = b.program();
    nnp_exec *e = nullptr;
    nnp_status status = api->compile(&p, &e);
    if (isa) unsetenv("NNP_ISA");
    if (status != NNP_OK) {
        char text[256];
        api->last_error(e, text, sizeof text);
        fail("compile: " + std::to_string(status) + " " + text);
        api->destroy(e);
        return all;
    }
    std::mt19937 rng(seed);
    std::normal_distribution<float> normal;
    for (size_t s = 0; s < b.slots.size(); s++) {
        if (b.slots[s].role != NNP_INPUT && b.slots[s].role != NNP_PARAM) continue;
        std::vector<float> x(static_cast<size_t>(b.numbers(static_cast<int>(s))));
        bool weights = b.slots[s].rank == 2;
        for (auto &v : x) v = normal(rng) * (weights ? 1 / sqrtf(static_cast<float>(b.slots[s].dims[0])) : 1);
        if (s == 3) x = {0.01f, 0.1f, 0.1f, 0.01f, 0.001f}, x.resize(static_cast<size_t>(b.numbers(3))), x.back() = 0.001f;
        if (b.slots[s].role == NNP_PARAM && s > 6)
            for (auto &v : x) v = 0.5f + 0.1f * fabsf(v); // states, variances
        if (api->write(e, static_cast<int>(s), x.data(), static_cast<int64_t>(x.size())) != NNP_OK) fail("write");
    }
    for (int i = 0; i < 2; i++)
        if (api->run(e, 0, b.max_batch, threads) != NNP_OK) fail("run");
    for (size_t s = 0; s < b.slots.size(); s++) {
        if (b.slots[s].role != NNP_OUTPUT && b.slots[s].role != NNP_PARAM) continue;
        std::vector<float> x(static_cast<size_t>(b.numbers(static_cast<int>(s))));
        if (api->read(e, static_cast<int>(s), x.data(), static_cast<int64_t>(x.size())) != NNP_OK) fail("read");
        if (b.slots[s].role == NNP_PARAM) parts(e, static_cast<int>(s), x, rng);
        all.push_back(x);
    }
    api->destroy(e);
    return all;
}

void stacks(int count) {
    std::mt19937 rng(7);
    for (int i = 0; i < count; i++) {
        int64_t n = 1 + rng() % 150, m = 1 + rng() % 90, k = 2 + rng() % 40;
        int batch = 2 + static_cast<int>(rng() % 40);
        if (i % 8 == 0) n = 500 + rng() % 900;
        if (i % 16 == 3) n = 4500, m = 60, batch = 17;
        unsigned choice = static_cast<unsigned>(i) * 7;
        std::string name = std::to_string(n) + "-" + std::to_string(m) + "-" + std::to_string(k) + ", batch " + std::to_string(batch) + ", choice " + std::to_string(choice);
        Builder b = stack(n, m, k, batch, choice);
        Numbers want = compute(b, i, 1, "reference"), one = compute(b, i, 1, nullptr);
        for (int threads : {2, 3})
            if (compute(b, i, threads, nullptr) != one) fail(name + ": other bits with " + std::to_string(threads) + " threads");
        for (size_t s = 0; s < want.size() && s < one.size(); s++) {
            float scale = 1;
            for (float v : want[s]) scale = fmaxf(scale, fabsf(v));
            for (size_t j = 0; j < want[s].size(); j++)
                if (!(fabsf(want[s][j] - one[s][j]) <= 5e-4f * scale)) { // two steps in float32, normalised, in another order
                    fail(name + ": result " + std::to_string(s) + "[" + std::to_string(j) + "] = " + std::to_string(one[s][j]) + ", want " + std::to_string(want[s][j]));
                    break;
                }
        }
    }
}

// nonsense compiles programs with a random mistake: any status will do, but for a fault.
void nonsense(int count) {
    std::mt19937 rng(11);
    int refused = 0;
    for (int i = 0; i < count; i++) {
        Builder b = stack(5, 4, 3, 2, static_cast<unsigned>(i));
        auto odd = [&] { return static_cast<int32_t>(rng() % 3 == 0 ? rng() : rng() % 60) - 20; };
        switch (rng() % 6) {
        case 0: b.operands[rng() % b.operands.size()] = odd(); break;
        case 1: b.slots[rng() % b.slots.size()].dims[0] = odd(); break;
        case 2: b.slots[rng() % b.slots.size()].rank = odd(); break;
        case 3: b.ops[rng() % b.ops.size()].kind = odd(); break;
        case 4: b.ops[rng() % b.ops.size()].operands = odd(); break;
        case 5: b.entries[0].ops = odd(); break;
        }
        nnp_program p = b.program();
        nnp_exec *e = nullptr;
        if (api->compile(&p, &e) != NNP_OK) {
            refused++;
        } else {
            float few[2] = {};
            api->write(e, odd(), few, 2);
            api->read(e, odd(), few, 2);
            api->write_part(e, odd(), odd(), few, 2);
            api->read_part(e, odd(), odd(), few, 2);
            api->run(e, odd(), odd(), 1);
        }
        api->destroy(e);
    }
    if (refused < count / 3) fail("only " + std::to_string(refused) + " of " + std::to_string(count) + " wrong programs were refused");
}

void cancelled() {
    Builder b = stack(20000, 256, 10, 64, 10);
    nnp_program p = b.program();
    nnp_exec *e = nullptr;
    uint32_t *word = nullptr;
    if (api->compile(&p, &e) != NNP_OK || api->cancel_word(e, &word) != NNP_OK) return fail("compile for cancelling");
    __atomic_store_n(word, 1, __ATOMIC_RELAXED);
    if (api->run(e, 0, 64, 2) != NNP_CANCELLED) fail("run with the cancel word set is not cancelled");
    __atomic_store_n(word, 0, __ATOMIC_RELAXED);
    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        __atomic_store_n(word, 1, __ATOMIC_RELAXED);
    });
    nnp_status status = NNP_OK;
    for (int i = 0; i < 1000 && status == NNP_OK; i++) status = api->run(e, 0, 64, 2);
    other.join();
    if (status != NNP_CANCELLED) fail("a run is not cancelled by another thread");
    __atomic_store_n(word, 0, __ATOMIC_RELAXED);
    if (api->run(e, 0, 64, 2) != NNP_OK) fail("a run after a cancelled one");
    api->destroy(e);
}

void together() {
    Builder b = stack(5000, 120, 10, 32, 2);
    Numbers want = compute(b, 1, 2, nullptr);
    std::vector<std::thread> threads;
    std::vector<Numbers> got(3);
    for (auto &g : got) threads.emplace_back([&] { g = compute(b, 1, 3, nullptr); });
    for (auto &t : threads) t.join();
    for (auto &g : got)
        if (g != want) fail("programs that run at the same time give other bits");
}

} // namespace

int main(int argc, char **argv) {
    int count = argc > 1 ? atoi(argv[1]) : 64;
    api = nnp_plugin(NNP_VERSION);
    if (!api || nnp_plugin(99)) return fail("nnp_plugin"), 1;
    nnp_info info{};
    info.size = sizeof info;
    api->info(&info); // the instruction set is chosen here, before "reference" is asked for
    stacks(count);
    nonsense(20 * count);
    cancelled();
    together();
    api->info(&info);
    if (info.memory != 0) fail(std::to_string(info.memory) + " bytes are left");
    printf("%s, %s: %d stacks, %d failures\n", info.name, info.isa, count, failures);
    return failures != 0;
}
