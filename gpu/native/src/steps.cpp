// How each operation runs: cut into tasks by its shape alone, so that the bits do not depend on who takes them.
#include "exec.h"

#include "pool.h"
#include "ref/run.h"
#include "ref/update.h"

#include <algorithm>
#include <math.h>
#include <string.h>

using namespace nnp;

namespace {

// Work, in multiply-adds or their like, from which on it is shared, and threads that sleep are woken: about 40 µs. On a
// machine whose cores are far from each other, numbers that change hands cost a smaller job more than it gains: a step of
// 784-128-10 at batch 32 took 0.16 ms alone and 0.20 shared.
constexpr int64_t kShared = 1 << 22;

// The inputs of a layer are summed in groups of blocks, so that a thread meets the weights that it has updated; layers
// with few inputs for their outputs by panels, which needs no memory for the groups' sums.
constexpr int64_t kGroups = 64, kBlocksOfGroup = 3;

bool in_groups(const Weights &w) { return w.blocks() >= 2 * kBlocksOfGroup && (w.blocks() > 64 || w.panels() <= 16); }

// Flat arrays are cut into pieces of so many numbers.
constexpr int64_t kPiece = 1 << 14;

int64_t up(int64_t a, int64_t b) { return (a + b - 1) / b; }

} // namespace

Rows nnp_exec::rows(int slot) const {
    if (plan_.places[slot].layout == Layout::kBlocked) return {data_[slot], kTileRows, static_cast<int64_t>(program_.max_batch) * kTileRows};
    return {data_[slot], row(slot), kTileRows};
}

Epilogue nnp_exec::epilogue(const Op *op, size_t operand) const {
    if (!op) return {0, 0, nullptr};
    return {op->func, op->constant(0), operand < op->in.size() ? data_[op->in[operand]] : nullptr};
}

nnp_status nnp_exec::step(const Entry &entry, const Step &s) {
    const Op &op = *s.op;
    if (!k_) {
        ref::run(program_, op, data_.data(), batch_);
        return NNP_OK;
    }
    switch (op.kind) {
    case NNP_DENSE: return in_groups(weights(op.in[1])) ? dense_wide(s) : dense(s);
    case NNP_DENSE_GRAD_INPUT: return grad_input(s);
    case NNP_DENSE_GRAD_WEIGHT: {
        Update u{};
        u.kind = Update::kStore;
        u.store = u.w = data_[op.out[0]];
        return grad_weight(op, u, nullptr);
    }
    case NNP_DENSE_GRAD_BIAS: column_sums(op); return NNP_OK;
    case NNP_ACTIVATION:
    case NNP_ACTIVATION_GRAD:
    case NNP_MULTIPLY: elementwise(op); return NNP_OK;
    case NNP_CLIP_VALUE: clip_value(op); return NNP_OK;
    case NNP_CLIP_NORM: return clip_norm(entry, s);
    case NNP_PENALTY: {
        // By rows of the tiles: padding does not count.
        if (plan_.places[op.in[0]].layout != Layout::kTiled) break;
        Weights w = weights(op.in[0]);
        double sum = 0;
        for (int64_t kb = 0; kb < w.blocks(); kb++)
            for (int64_t p = 0; p < w.panels(); p++)
                for (int64_t r = 0; r < w.rows(kb); r++) sum += ref::penalty(w.tile(kb, p) + r * kTileCols, w.cols(p), op.constant(0), op.constant(1));
        data_[op.out[0]][0] += static_cast<float>(sum);
        return NNP_OK;
    }
    case NNP_PENALTY_GRAD: {
        Update u{};
        u.kind = Update::kStore;
        u.w = data_[op.in[0]], u.store = data_[op.out[0]];
        u.changes[u.change_count++] = {Change::kPenalty, op.constant(0), op.constant(1)};
        return flat_update(u, u.store, numbers(op.in[0]));
    }
    case NNP_SGD:
    case NNP_MOMENTUM:
    case NNP_ADAM:
    case NNP_RMSPROP:
        if (s.fused >= 0) return fused_update(entry, entry.fused[static_cast<size_t>(s.fused)], op);
        return flat_update(update_of(op), data_[op.in[0]], numbers(op.in[0]));
    }
    ref::run(program_, op, data_.data(), batch_);
    return NNP_OK;
}

nnp_status nnp_exec::dense(const Step &s) {
    const Op &op = *s.op;
    struct Job {
        nnp_exec *e;
        Rows x;
        Weights w;
        const float *bias;
        Epilogue end;
        float *y;
        int64_t b, piece, panels;
    } job{this, rows(op.in[0]), weights(op.in[1]), at(op.in[2]), epilogue(s.epilogue, 1), data_[op.out[0]], batch_, 0, 0};
    job.panels = job.w.panels();
    // A panel of weights and a piece of rows each fit the second cache; few panels give smaller pieces.
    job.piece = job.panels >= 8 ? 64 : 16;
    int64_t cost = job.b * job.w.k * job.w.n;
    run_tasks(cost < kShared ? 1 : threads_, up(job.b, job.piece) * job.panels, true, [](void *job, int, int64_t i) {
        auto &j = *static_cast<Job *>(job);
        if (j.e->cancelled()) return;
        int64_t from = i / j.panels * j.piece;
        j.e->k_->forward_panel(j.x, j.w, i % j.panels, from, std::min(from + j.piece, j.b), j.bias, j.end, j.y);
    }, &job);
    return cancelled() ? NNP_CANCELLED : NNP_OK;
}

nnp_status nnp_exec::dense_wide(const Step &s) {
    const Op &op = *s.op;
    struct Job {
        nnp_exec *e;
        Rows x;
        Weights w;
        const float *bias;
        Epilogue end;
        float *y, *h;
        int64_t b, groups, stride;
    } job{this, rows(op.in[0]), weights(op.in[1]), at(op.in[2]), epilogue(s.epilogue, 1), data_[op.out[0]], nullptr, batch_, 0, 0};
    job.groups = std::min(kGroups, job.w.blocks() / kBlocksOfGroup);
    job.stride = job.w.panels() * job.b * kTileCols;
    job.h = scratch(0, job.groups * job.stride);
    if (!job.h) return fail(NNP_NO_MEMORY, "run: no memory for the sums of a wide layer");
    int64_t cost = job.b * job.w.k * job.w.n;
    run_tasks(cost < kShared ? 1 : threads_, job.groups, true, [](void *job, int, int64_t g) {
        auto &j = *static_cast<Job *>(job);
        float *h = j.h + g * j.stride;
        memset(h, 0, static_cast<size_t>(j.stride) * sizeof(float));
        int64_t blocks = j.w.blocks();
        for (int64_t kb = blocks * g / j.groups; kb < blocks * (g + 1) / j.groups && !j.e->cancelled(); kb++) j.e->k_->forward_blocks(j.x, j.w, kb, kb + 1, j.b, h);
    }, &job);
    if (cancelled()) return NNP_CANCELLED;
    run_tasks(job.b * job.w.n * job.groups < kShared ? 1 : threads_, job.w.panels(), false, [](void *job, int, int64_t p) {
        auto &j = *static_cast<Job *>(job);
        j.e->k_->forward_sum(j.h, j.groups, j.stride, j.w, p, j.b, j.bias, j.end, j.y);
    }, &job);
    return NNP_OK;
}

nnp_status nnp_exec::grad_input(const Step &s) {
    const Op &op = *s.op;
    struct Job {
        nnp_exec *e;
        Weights w;
        Epilogue end;
        const float *dy;
        float *dx, *turned;
        int64_t b;
    } job{this, weights(op.in[1]), epilogue(s.epilogue, 1), data_[op.in[0]], data_[op.out[0]], nullptr, batch_};
    int64_t cost = job.b * job.w.k * job.w.n;
    int threads = cost < kShared ? 1 : threads_;
    job.turned = scratch(0, job.w.n * kTileRows * threads);
    if (!job.turned) return fail(NNP_NO_MEMORY, "run: no memory for turned weights");
    run_tasks(threads, job.w.blocks(), true, [](void *job, int who, int64_t kb) {
        auto &j = *static_cast<Job *>(job);
        if (j.e->cancelled()) return;
        j.e->k_->grad_input(j.dy, j.w, kb, 0, j.b, j.turned + who * j.w.n * kTileRows, j.end, j.dx);
    }, &job);
    return cancelled() ? NNP_CANCELLED : NNP_OK;
}

nnp_status nnp_exec::grad_weight(const Op &op, const Update &update, double *squares) {
    struct Job {
        nnp_exec *e;
        Rows x;
        Weights w;
        const Update *update;
        float *dy;
        double *squares;
        int64_t b;
    } job{this, rows(op.in[0]), {update.w, row(op.in[0]), row(op.in[1])}, &update, nullptr, nullptr, batch_};
    int64_t n = job.w.n, panels = job.w.panels(), blocks = job.w.blocks();
    // dy in panels, so that a tile's columns are whole vectors; the padding of the last one is zeros.
    job.dy = scratch(0, panels * job.b * kTileCols + 2 * blocks);
    if (!job.dy) return fail(NNP_NO_MEMORY, "run: no memory for a gradient in panels");
    job.squares = reinterpret_cast<double *>(job.dy + panels * job.b * kTileCols);
    const float *dy = data_[op.in[1]];
    for (int64_t p = 0; p < panels; p++) {
        int64_t cols = job.w.cols(p);
        for (int64_t i = 0; i < job.b; i++) {
            float *to = job.dy + (p * job.b + i) * kTileCols;
            memcpy(to, dy + i * n + p * kTileCols, static_cast<size_t>(cols) * sizeof(float));
            memset(to + cols, 0, static_cast<size_t>(kTileCols - cols) * sizeof(float));
        }
    }
    int64_t cost = (job.b + 8) * job.w.k * n;
    run_tasks(cost < kShared ? 1 : threads_, blocks, true, [](void *job, int, int64_t kb) {
        auto &j = *static_cast<Job *>(job);
        if (j.e->cancelled()) return;
        j.e->k_->grad_weight(j.x, j.dy, j.w, kb, j.b, *j.update, j.squares + kb);
    }, &job);
    if (cancelled()) return NNP_CANCELLED;
    if (squares)
        for (int64_t kb = 0; kb < blocks; kb++) *squares += job.squares[kb];
    return NNP_OK;
}

nnp_status nnp_exec::flat_update(const Update &update, float *g, int64_t n) {
    struct Job {
        nnp_exec *e;
        const Update *update;
        float *g;
        int64_t n;
    } job{this, &update, g, n};
    run_tasks(n * 4 < kShared ? 1 : threads_, up(n, kPiece), true, [](void *job, int, int64_t i) {
        auto &j = *static_cast<Job *>(job);
        if (!j.e->cancelled()) j.e->k_->update(*j.update, j.g, i * kPiece, std::min((i + 1) * kPiece, j.n));
    }, &job);
    return cancelled() ? NNP_CANCELLED : NNP_OK;
}

Update nnp_exec::update_of(const Op &op) const {
    Update u{};
    u.kind = op.kind == NNP_SGD ? Update::kSGD : op.kind == NNP_MOMENTUM ? Update::kMomentum : op.kind == NNP_ADAM ? Update::kAdam : Update::kRMSprop;
    int64_t n = row(op.in[1]);
    memcpy(u.hyper, data_[op.in[1]], static_cast<size_t>(n) * sizeof(float));
    u.decay = u.hyper[n - 1];
    u.w = data_[op.out[0]];
    for (size_t i = 1; i < op.out.size(); i++) u.state[i - 1] = at(op.out[i]);
    return u;
}

// planned adds the first changes of a gradient to an update.
bool nnp_exec::planned(const Entry &, const Fused &f, size_t changes, Update &u) const {
    for (size_t i = 0; i < changes; i++) {
        Change c = f.changes[i].change;
        if (f.changes[i].clip >= 0) {
            c.a = norms_[static_cast<size_t>(f.changes[i].clip)];
            if (c.a == 1) continue;
        }
        u.changes[u.change_count++] = c;
    }
    return true;
}

nnp_status nnp_exec::fused_update(const Entry &entry, const Fused &f, const Op &op) {
    Update u = update_of(op);
    planned(entry, f, f.changes.size(), u);
    return grad_weight(*f.product, u, nullptr);
}

void nnp_exec::clip_value(const Op &op) {
    for (int s : op.out) {
        if (!data_[s]) continue; // with its update
        Update u{};
        u.kind = Update::kStore;
        u.w = u.store = data_[s];
        u.changes[u.change_count++] = {Change::kClip, op.constant(0), 0};
        flat_update(u, data_[s], numbers(s));
    }
}

nnp_status nnp_exec::clip_norm(const Entry &entry, const Step &s) {
    double sum = 0;
    for (int slot : s.op->out) {
        if (const Fused *f = entry.of(slot)) { // computed once for its norm, and again with its update
            Update u{};
            u.kind = Update::kSquares;
            u.w = data_[f->update->out[0]];
            size_t before = 0;
            while (f->changes[before].clip != s.clip) before++;
            planned(entry, *f, before, u);
            nnp_status status = grad_weight(*f->product, u, &sum);
            if (status != NNP_OK) return status;
        } else if (plan_.places[slot].layout == Layout::kTiled) {
            Weights w = weights(slot);
            for (int64_t kb = 0; kb < w.blocks(); kb++)
                for (int64_t p = 0; p < w.panels(); p++)
                    for (int64_t r = 0; r < w.rows(kb); r++) sum += ref::squares(w.tile(kb, p) + r * kTileCols, w.cols(p));
        } else {
            sum += ref::squares(data_[slot], row(slot));
        }
    }
    double norm = sqrt(sum), most = s.op->constant(0);
    if (!(norm > most)) return NNP_OK;
    float factor = static_cast<float>(most / norm);
    norms_[static_cast<size_t>(s.clip)] = factor;
    for (int slot : s.op->out)
        if (float *g = data_[slot])
            for (int64_t i = 0; i < numbers(slot); i++) g[i] *= factor;
    return NNP_OK;
}

void nnp_exec::elementwise(const Op &op) {
    struct Job {
        nnp_exec *e;
        const Op *op;
        float *out;
        const float *a, *b;
        int64_t n;
    } job{this, &op, data_[op.out[0]], data_[op.in[0]], op.in.size() > 1 ? data_[op.in[1]] : nullptr, batch_ * row(op.in[0])};
    run_tasks(job.n * 8 < kShared ? 1 : threads_, up(job.n, kPiece), true, [](void *job, int, int64_t i) {
        auto &j = *static_cast<Job *>(job);
        int64_t from = i * kPiece, n = std::min(kPiece, j.n - from);
        const Kernels &k = *j.e->k_;
        float slope = j.op->constant(0);
        if (j.op->kind == NNP_ACTIVATION) k.activate(j.op->func, slope, j.out + from, j.a + from, n);
        else if (j.op->kind == NNP_ACTIVATION_GRAD) k.activate_grad(j.op->func, slope, j.out + from, j.a + from, j.b + from, n);
        else k.multiply(j.out + from, j.a + from, j.b + from, n);
    }, &job);
}

void nnp_exec::column_sums(const Op &op) { k_->column_sums(data_[op.out[0]], data_[op.in[0]], batch_, row(op.in[0])); }
