#include "run.h"

#include "count.h"
#include "dense.h"
#include "elementwise.h"
#include "loss.h"
#include "normalize.h"
#include "softmax.h"
#include "update.h"

namespace nnp {
namespace ref {

void run(const Program &p, const Op &op, float *const *slots, int64_t b) {
    auto at = [&](const std::vector<int> &list, size_t i) -> float * { return i < list.size() && list[i] != NNP_NONE ? slots[list[i]] : nullptr; };
    auto in = [&](size_t i) { return at(op.in, i); };
    auto out = [&](size_t i) { return at(op.out, i); };
    auto size = [&](int s) { return s == NNP_NONE ? 0 : p.slots[s].size; };
    int64_t n = size(op.in[0]), m = size(op.out[0]);
    float c0 = op.constant(0), c1 = op.constant(1);
    auto rows = [&](int vector) { return b * n / size(vector); };
    switch (op.kind) {
    case NNP_DENSE: dense(out(0), in(0), in(1), in(2), b, n, m); break;
    case NNP_DENSE_GRAD_INPUT: dense_grad_input(out(0), in(0), in(1), b, m, n); break;
    case NNP_DENSE_GRAD_WEIGHT: dense_grad_weight(out(0), in(0), in(1), b, n, size(op.in[1])); break;
    case NNP_DENSE_GRAD_BIAS: dense_grad_bias(out(0), in(0), b, n); break;
    case NNP_ACTIVATION: activate(op.func, c0, out(0), in(0), b * n); break;
    case NNP_ACTIVATION_GRAD: activate_grad(op.func, c0, out(0), in(0), in(1), b * n); break;
    case NNP_SOFTMAX: softmax(out(0), in(0), b, n); break;
    case NNP_SOFTMAX_GRAD: softmax_grad(out(0), in(0), in(1), b, n); break;
    case NNP_MULTIPLY: multiply(out(0), in(0), in(1), b * n); break;
    case NNP_BATCH_NORM: batch_norm(out(0), in(0), in(1), in(2), out(1), out(2), out(3), out(4), c0, c1, rows(op.out[1]), size(op.out[1])); break;
    case NNP_BATCH_NORM_GRAD: batch_norm_grad(out(0), out(1), out(2), in(0), in(1), in(2), in(3), in(4), rows(op.in[3]), size(op.in[3])); break;
    case NNP_BATCH_NORM_INFERENCE: batch_norm_inference(out(0), in(0), in(1), in(2), in(3), in(4), c0, rows(op.in[3]), size(op.in[3])); break;
    case NNP_LOSS: out(1)[0] += static_cast<float>(loss(op.func, out(0), in(0), in(1), in(2), b, n)); break;
    case NNP_LOSS_GRAD: loss_grad(op.func, out(0), in(0), in(1), in(2), b, n); break;
    case NNP_COUNT_CORRECT: out(0)[0] += count_correct(in(0), in(1), b, n, static_cast<int64_t>(c0)); break;
    case NNP_COUNT_POSITIVE: count_positive(out(0), in(0), in(1), b * n, c0); break;
    case NNP_PENALTY: out(0)[0] += static_cast<float>(penalty(in(0), n, c0, c1)); break;
    case NNP_PENALTY_GRAD: penalty_grad(out(0), in(0), n, c0, c1); break;
    case NNP_CLIP_VALUE:
        for (int s : op.out) clip_value(slots[s], size(s), c0);
        break;
    case NNP_CLIP_NORM: {
        double sum = 0;
        for (int s : op.out) sum += squares(slots[s], size(s));
        double norm = sqrt(sum);
        if (norm > c0)
            for (int s : op.out)
                for (int64_t i = 0; i < size(s); i++) slots[s][i] *= static_cast<float>(c0 / norm);
        break;
    }
    default: update(op.kind, out(0), out(1), out(2), out(3), in(0), in(1), n);
    }
}

} // namespace ref
} // namespace nnp
