#include "program.h"

#include <algorithm>

namespace nnp {

bool Op::reads(int slot) const { return std::find(in.begin(), in.end(), slot) != in.end(); }
bool Op::writes(int slot) const { return std::find(out.begin(), out.end(), slot) != out.end(); }

namespace {

// How many operands, results and constants a kind has; -1 for any number.
struct Signature {
    int kind, in, out, consts;
};
const Signature signatures[] = {
    {NNP_DENSE, 3, 1, 0}, {NNP_DENSE_GRAD_INPUT, 2, 1, 0}, {NNP_DENSE_GRAD_WEIGHT, 2, 1, 0}, {NNP_DENSE_GRAD_BIAS, 1, 1, 0},
    {NNP_ACTIVATION, 1, 1, -1}, {NNP_ACTIVATION_GRAD, 2, 1, -1}, {NNP_SOFTMAX, 1, 1, 0}, {NNP_SOFTMAX_GRAD, 2, 1, 0},
    {NNP_MULTIPLY, 2, 1, 0}, {NNP_BATCH_NORM, 3, 5, 2}, {NNP_BATCH_NORM_GRAD, 5, 3, 0}, {NNP_BATCH_NORM_INFERENCE, 5, 1, 1},
    {NNP_LOSS, 3, 2, 0}, {NNP_LOSS_GRAD, 3, 1, 0}, {NNP_COUNT_CORRECT, 2, 1, 1}, {NNP_COUNT_POSITIVE, 2, 1, 1},
    {NNP_PENALTY, 1, 1, 2}, {NNP_PENALTY_GRAD, 1, 1, 2}, {NNP_CLIP_VALUE, -1, -1, 1}, {NNP_CLIP_NORM, -1, -1, 1},
    {NNP_SGD, 2, 1, 0}, {NNP_MOMENTUM, 2, 2, 0}, {NNP_ADAM, 2, 3, 0}, {NNP_RMSPROP, 2, 4, 0},
};

class Checker {
public:
    Checker(const Program &p, std::string &why) : p_(p), why_(why) {}

    nnp_status op(const Op &op) {
        const Signature *s = nullptr;
        for (auto &one : signatures)
            if (one.kind == op.kind) s = &one;
        if (!s) {
            why_ = "kind " + std::to_string(op.kind) + " is not known";
            return NNP_UNSUPPORTED;
        }
        if ((op.kind == NNP_ACTIVATION || op.kind == NNP_ACTIVATION_GRAD) && (op.func < NNP_STEP || op.func > NNP_GELU)) {
            why_ = "function " + std::to_string(op.func) + " is not known";
            return NNP_UNSUPPORTED;
        }
        if ((op.kind == NNP_LOSS || op.kind == NNP_LOSS_GRAD) && (op.func < NNP_SOFTMAX_CROSS_ENTROPY || op.func > NNP_SQUARED_ERROR)) {
            why_ = "loss " + std::to_string(op.func) + " is not known";
            return NNP_UNSUPPORTED;
        }
        count(s->in < 0 ? !op.in.empty() && op.in == op.out : static_cast<int>(op.in.size()) == s->in && static_cast<int>(op.out.size()) == s->out, "operands and results");
        count(s->consts < 0 || static_cast<int>(op.consts.size()) == s->consts, "constants");
        if (!ok_) return NNP_INVALID;
        for (size_t i = 0; i < op.in.size() + op.out.size(); i++) {
            int slot = i < op.in.size() ? op.in[i] : op.out[i - op.in.size()];
            if (slot == NNP_NONE && optional(op, i)) continue;
            if (slot < 0 || slot >= static_cast<int>(p_.slots.size())) {
                why_ = "kind " + std::to_string(op.kind) + ": there is no slot " + std::to_string(slot);
                return NNP_INVALID;
            }
        }
        shapes(op);
        if (!ok_) why_ = "kind " + std::to_string(op.kind) + ": " + why_;
        return ok_ ? NNP_OK : NNP_INVALID;
    }

private:
    void count(bool fine, const char *what) { fail(fine, std::string("an unexpected number of ") + what); }

    void fail(bool fine, const std::string &text) {
        if (fine || !ok_) return;
        ok_ = false;
        why_ = text;
    }

    static bool optional(const Op &op, size_t i) {
        switch (op.kind) {
        case NNP_DENSE: return i == 2;
        case NNP_BATCH_NORM:
        case NNP_BATCH_NORM_INFERENCE: return i == 1 || i == 2;
        case NNP_BATCH_NORM_GRAD: return i == 2 || i >= 6;
        case NNP_LOSS: return i == 2 || (i == 3 && op.func > NNP_SIGMOID_CROSS_ENTROPY);
        case NNP_LOSS_GRAD: return i == 2;
        case NNP_RMSPROP: return i >= 4;
        }
        return false;
    }

    int64_t row(int s) {
        fail(p_.slots[s].batched, "slot " + std::to_string(s) + " has no row for each example");
        return p_.slots[s].size;
    }
    void rows(int s, int64_t n) { fail(row(s) == n, "slot " + std::to_string(s) + " has rows of " + std::to_string(p_.slots[s].size) + ", expected are " + std::to_string(n)); }
    void whole(int s, int64_t n) {
        if (s == NNP_NONE) return;
        fail(!p_.slots[s].batched && p_.slots[s].size == n, "slot " + std::to_string(s) + " has " + std::to_string(p_.slots[s].size) + " numbers, expected are " + std::to_string(n) + " that are not batched");
    }
    void matrix(int s, int64_t n, int64_t m) {
        whole(s, n * m);
        fail(p_.slots[s].dims.size() == 2 && p_.slots[s].dims[0] == n, "slot " + std::to_string(s) + " is no matrix of " + std::to_string(n) + " rows");
    }
    int64_t size(int s) const { return p_.slots[s].size; }

    void shapes(const Op &op) {
        auto &in = op.in, &out = op.out;
        switch (op.kind) {
        case NNP_DENSE:
            matrix(in[1], row(in[0]), row(out[0]));
            whole(in[2], size(out[0]));
            break;
        case NNP_DENSE_GRAD_INPUT: matrix(in[1], row(out[0]), row(in[0])); break;
        case NNP_DENSE_GRAD_WEIGHT: matrix(out[0], row(in[0]), row(in[1])); break;
        case NNP_DENSE_GRAD_BIAS: whole(out[0], row(in[0])); break;
        case NNP_BATCH_NORM: normal(in[0], {out[0]}, {in[1], in[2], out[1], out[2], out[3], out[4]}, out[1]); break;
        case NNP_BATCH_NORM_GRAD: normal(in[0], {in[1], out[0]}, {in[2], in[3], in[4], out[1], out[2]}, in[3]); break;
        case NNP_BATCH_NORM_INFERENCE: normal(in[0], {out[0]}, {in[1], in[2], in[3], in[4]}, in[3]); break;
        case NNP_LOSS:
        case NNP_LOSS_GRAD:
            rows(in[1], row(in[0]));
            if (in[2] != NNP_NONE) rows(in[2], 1);
            if (out[0] != NNP_NONE) rows(out[0], size(in[0]));
            if (op.kind == NNP_LOSS) whole(out[1], 1);
            break;
        case NNP_COUNT_CORRECT:
        case NNP_COUNT_POSITIVE:
            rows(in[1], row(in[0]));
            whole(out[0], op.kind == NNP_COUNT_CORRECT ? 1 : 3);
            break;
        case NNP_PENALTY:
            whole(in[0], size(in[0]));
            whole(out[0], 1);
            break;
        case NNP_PENALTY_GRAD:
            whole(in[0], size(in[0]));
            whole(out[0], size(in[0]));
            break;
        case NNP_CLIP_VALUE:
        case NNP_CLIP_NORM:
            for (int s : in) whole(s, size(s));
            break;
        case NNP_SGD:
        case NNP_MOMENTUM:
        case NNP_ADAM:
        case NNP_RMSPROP:
            whole(in[0], size(in[0]));
            for (int s : out) whole(s, size(in[0]));
            whole(in[1], op.kind == NNP_SGD ? 2 : op.kind == NNP_MOMENTUM ? 4 : 5);
            break;
        default:
            for (size_t i = 1; i < in.size(); i++) rows(in[i], row(in[0]));
            for (int s : out) rows(s, row(in[0]));
        }
    }

    void normal(int x, std::vector<int> same, std::vector<int> vectors, int columns) {
        for (int s : same) rows(s, row(x));
        int64_t n = size(columns);
        fail(size(x) % n == 0, "rows are no multiple of the columns that are normalised");
        for (int s : vectors) whole(s, n);
    }

    const Program &p_;
    std::string &why_;
    bool ok_ = true;
};

} // namespace

nnp_status Program::copy(const nnp_program *from, std::string &why) {
    if (from->size < sizeof(nnp_program)) {
        why = "the program is that of another version of nnp.h";
        return NNP_INVALID;
    }
    if (from->max_batch < 1 || from->slot_count < 0 || from->entry_count < 0 || from->op_count < 0 || from->operand_count < 0 || from->const_count < 0) {
        why = "a count of the program is negative, or max_batch is below 1";
        return NNP_INVALID;
    }
    max_batch = from->max_batch;
    for (int i = 0; i < from->slot_count; i++) {
        const nnp_slot &s = from->slots[i];
        Slot slot{s.role, s.batched != 0, {}, 1};
        bool good = s.role >= NNP_TEMP && s.role <= NNP_OUTPUT && s.rank >= 0 && s.rank <= NNP_MAX_RANK;
        for (int d = 0; good && d < s.rank; d++) {
            good = s.dims[d] > 0 && slot.size <= (int64_t(1) << 40) / s.dims[d];
            slot.dims.push_back(s.dims[d]);
            slot.size *= good ? s.dims[d] : 1;
        }
        if (!good || (slot.batched && slot.size > (int64_t(1) << 40) / max_batch)) {
            why = "slot " + std::to_string(i) + " has a shape or a role that makes no sense";
            return NNP_INVALID;
        }
        slots.push_back(slot);
    }
    for (int e = 0; e < from->entry_count; e++) {
        const nnp_entry &entry = from->entries[e];
        entries.emplace_back();
        if (entry.first_op < 0 || entry.ops < 0 || entry.ops > from->op_count - entry.first_op) {
            why = "entry " + std::to_string(e) + " is outside the program";
            return NNP_INVALID;
        }
        for (int i = 0; i < entry.ops; i++) {
            const nnp_op &o = from->ops[entry.first_op + i];
            if (o.first_operand < 0 || o.operands < 0 || o.results < 0 || o.operands > from->operand_count - o.first_operand ||
                o.results > from->operand_count - o.first_operand - o.operands || o.first_const < 0 || o.consts < 0 || o.consts > from->const_count - o.first_const) {
                why = "operation " + std::to_string(i) + " of entry " + std::to_string(e) + " is outside the program";
                return NNP_INVALID;
            }
            const int32_t *slot = from->operands + o.first_operand;
            const float *c = from->consts + o.first_const;
            Op op{o.kind, o.func, {slot, slot + o.operands}, {slot + o.operands, slot + o.operands + o.results}, {c, c + o.consts}};
            nnp_status status = Checker(*this, why).op(op);
            if (status != NNP_OK) {
                why = "entry " + std::to_string(e) + ", operation " + std::to_string(i) + ": " + why;
                return status;
            }
            entries.back().push_back(op);
        }
    }
    return NNP_OK;
}

} // namespace nnp
