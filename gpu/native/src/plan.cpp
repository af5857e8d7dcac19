#include "plan.h"

#include <numeric>

namespace nnp {

namespace {

// Inputs of at least so many numbers an example are stored in blocks.
constexpr int64_t kWide = 512;

// Places of an operation's operands and results that may be tiled; all others are plain.
bool takes_tiled(const Op &op, bool result, size_t i) {
    switch (op.kind) {
    case NNP_DENSE:
    case NNP_DENSE_GRAD_INPUT: return !result && i == 1;
    case NNP_DENSE_GRAD_WEIGHT: return result;
    case NNP_PENALTY: return !result;
    case NNP_PENALTY_GRAD:
    case NNP_CLIP_VALUE:
    case NNP_CLIP_NORM: return true;
    }
    return op.updates() && (result || i == 0);
}

// Classes of slots that must lie alike: weights, their states and their gradients.
class Classes {
public:
    explicit Classes(size_t n) : up_(n) { std::iota(up_.begin(), up_.end(), 0); }
    int find(int s) {
        while (up_[s] != s) s = up_[s] = up_[up_[s]];
        return s;
    }
    void join(int a, int b) {
        if (a != NNP_NONE && b != NNP_NONE) up_[find(a)] = find(b);
    }

private:
    std::vector<int> up_;
};

// fuse describes what an entry does with gradient g, and reports whether it can be done without storing it: written by
// one DenseGradWeight, changed, then read by one update, with nothing that they read written in between.
bool fuse(const std::vector<Op> &ops, int g, const std::vector<int> &clips, Fused &f) {
    f = {g, nullptr, nullptr, {}};
    for (size_t i = 0; i < ops.size(); i++) {
        const Op &op = ops[i];
        if (f.product && !f.update) {
            for (int s : f.product->in)
                if (op.writes(s)) return false;
        }
        if (!op.reads(g) && !op.writes(g)) continue;
        if (f.update) return false;
        PlannedChange c{};
        c.clip = -1;
        if (op.kind == NNP_DENSE_GRAD_WEIGHT) {
            if (f.product) return false;
            f.product = &op;
            continue;
        }
        if (!f.product) return false;
        if (op.updates()) {
            if (op.in[0] != g || op.writes(g)) return false;
            f.update = &op;
            continue;
        }
        switch (op.kind) {
        case NNP_PENALTY_GRAD:
            if (op.in[0] == g) return false;
            c.change = {Change::kPenalty, op.constant(0), op.constant(1)};
            break;
        case NNP_CLIP_VALUE: c.change = {Change::kClip, op.constant(0), 0}; break;
        case NNP_CLIP_NORM:
            c.change = {Change::kScale, 1, 0};
            c.clip = clips[i];
            break;
        default: return false;
        }
        f.changes.push_back(c);
    }
    if (!f.product && !f.update) return true; // not in this entry
    if (!f.product || !f.update || f.changes.size() > kMaxChanges) return false;
    // A penalty is that of the weights which the update changes, and they are as they were.
    bool after = false;
    for (const Op &op : ops) {
        if (op.kind == NNP_PENALTY_GRAD && op.writes(g) && op.in[0] != f.update->out[0]) return false;
        if (&op == f.update) break;
        if (&op == f.product) after = true;
        for (int s : f.update->out)
            if (after && s != NNP_NONE && op.writes(s)) return false;
    }
    return true;
}

std::vector<int> number_clips(const std::vector<Op> &ops, int &count) {
    std::vector<int> numbers(ops.size(), -1);
    count = 0;
    for (size_t i = 0; i < ops.size(); i++)
        if (ops[i].kind == NNP_CLIP_NORM) numbers[i] = count++;
    return numbers;
}

// follows reports whether next works in place on what op has just given, so that op can do it as well.
bool follows(const Op &op, const Op &next) {
    int want = op.kind == NNP_DENSE ? NNP_ACTIVATION : op.kind == NNP_DENSE_GRAD_INPUT ? NNP_ACTIVATION_GRAD : 0;
    return next.kind == want && next.in[0] == op.out[0] && next.out[0] == op.out[0] && (next.in.size() < 2 || next.in[1] != op.out[0]);
}

} // namespace

const Fused *Entry::of(int slot) const {
    for (auto &f : fused)
        if (f.slot == slot) return &f;
    return nullptr;
}

nnp_status Plan::make(const Program &p, bool plain, std::string &why) {
    places.assign(p.slots.size(), {});
    if (plain) {
        for (auto &ops : p.entries) {
            entries.emplace_back();
            for (auto &op : ops) entries.back().steps.push_back({&op});
        }
        return NNP_OK;
    }
    nnp_status status = lay(p, why);
    if (status == NNP_OK) order(p);
    return status;
}

// lay decides the layout of each slot.
nnp_status Plan::lay(const Program &p, std::string &why) {
    Classes classes(p.slots.size());
    std::vector<int> wide(p.slots.size(), 0); // 1: read by products alone, -1: by others too
    for (auto &ops : p.entries)
        for (auto &op : ops) {
            if (op.updates())
                for (int s : op.out) classes.join(op.in[0], s);
            if (op.kind == NNP_PENALTY_GRAD) classes.join(op.in[0], op.out[0]);
            bool product = op.kind == NNP_DENSE || op.kind == NNP_DENSE_GRAD_WEIGHT;
            for (size_t i = 0; i < op.in.size(); i++) {
                if (op.in[i] == NNP_NONE) continue;
                int &w = wide[op.in[i]];
                if (!product || i != 0) w = -1;
                else if (w == 0) w = 1;
            }
            for (int s : op.out)
                if (s != NNP_NONE) wide[s] = -1;
        }
    auto tile = [&](int s, int64_t k, int64_t n) {
        Place &place = places[classes.find(s)];
        if (place.layout == Layout::kTiled && (place.k != k || place.n != n)) return false;
        place = {Layout::kTiled, k, n};
        return true;
    };
    for (auto &ops : p.entries)
        for (auto &op : ops) {
            int w = op.kind == NNP_DENSE || op.kind == NNP_DENSE_GRAD_INPUT ? op.in[1] : op.kind == NNP_DENSE_GRAD_WEIGHT ? op.out[0] : NNP_NONE;
            if (w == NNP_NONE) continue;
            if (!tile(w, p.slots[w].dims[0], p.slots[w].dims[1])) {
                why = "weights of two shapes share a gradient or a state";
                return NNP_UNSUPPORTED;
            }
        }
    for (size_t s = 0; s < places.size(); s++) {
        const Place &of = places[classes.find(static_cast<int>(s))];
        if (of.layout == Layout::kTiled) places[s] = of;
        else if (wide[s] == 1 && p.slots[s].role == NNP_INPUT && p.slots[s].batched && p.slots[s].size >= kWide) places[s].layout = Layout::kBlocked;
    }
    for (auto &ops : p.entries)
        for (auto &op : ops)
            for (size_t i = 0; i < op.in.size() + op.out.size(); i++) {
                bool result = i >= op.in.size();
                size_t at = result ? i - op.in.size() : i;
                int s = result ? op.out[at] : op.in[at];
                if (s != NNP_NONE && places[s].layout == Layout::kTiled && !takes_tiled(op, result, at)) {
                    why = "weights of a dense layer are also something else";
                    return NNP_UNSUPPORTED;
                }
            }
    return NNP_OK;
}

// order makes steps of operations, and fuses what it can.
void Plan::order(const Program &p) {
    std::vector<bool> away(p.slots.size(), false);
    std::vector<std::vector<int>> clips(p.entries.size());
    std::vector<int> counts(p.entries.size());
    for (size_t e = 0; e < p.entries.size(); e++) clips[e] = number_clips(p.entries[e], counts[e]);
    for (size_t s = 0; s < p.slots.size(); s++) {
        if (p.slots[s].role != NNP_TEMP || places[s].layout != Layout::kTiled) continue;
        away[s] = true;
        Fused f;
        for (size_t e = 0; e < p.entries.size(); e++) away[s] = away[s] && fuse(p.entries[e], static_cast<int>(s), clips[e], f);
        if (away[s]) places[s].layout = Layout::kNone;
    }
    for (size_t e = 0; e < p.entries.size(); e++) {
        const auto &ops = p.entries[e];
        entries.emplace_back();
        Entry &entry = entries.back();
        entry.clips = counts[e];
        for (size_t s = 0; s < away.size(); s++) {
            Fused f;
            if (away[s] && fuse(ops, static_cast<int>(s), clips[e], f) && f.update) entry.fused.push_back(f);
        }
        for (size_t i = 0; i < ops.size(); i++) {
            const Op &op = ops[i];
            Step step{&op};
            step.clip = clips[e][i];
            bool gone = op.kind == NNP_DENSE_GRAD_WEIGHT && away[op.out[0]];
            gone = gone || (op.kind == NNP_PENALTY_GRAD && away[op.out[0]]);
            if (gone) continue;
            if (op.updates() && away[op.in[0]])
                for (size_t f = 0; f < entry.fused.size(); f++)
                    if (entry.fused[f].slot == op.in[0]) step.fused = static_cast<int>(f);
            if (i + 1 < ops.size() && follows(op, ops[i + 1])) step.epilogue = &ops[++i];
            entry.steps.push_back(step);
        }
    }
}

} // namespace nnp
