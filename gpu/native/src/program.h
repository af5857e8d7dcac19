// A program as the plugin keeps it: copied from the host's plain data, and checked.
#pragma once
#include "../include/nnp.h"

#include <string>
#include <vector>

namespace nnp {

struct Slot {
    int role;
    bool batched;
    std::vector<int64_t> dims;
    int64_t size; // the product of dims: numbers of one example where batched
};

struct Op {
    int kind, func;
    std::vector<int> in, out; // slots, or NNP_NONE
    std::vector<float> consts;

    float constant(size_t i) const { return i < consts.size() ? consts[i] : 0; }
    bool updates() const { return kind >= NNP_SGD && kind <= NNP_RMSPROP; }
    bool reads(int slot) const;
    bool writes(int slot) const;
};

struct Program {
    int max_batch;
    std::vector<Slot> slots;
    std::vector<std::vector<Op>> entries;

    // copy takes the host's program over. On NNP_INVALID and NNP_UNSUPPORTED it says why. What passes has slots that
    // exist, operands of the shapes that the kinds need, and so runs without leaving its memory.
    nnp_status copy(const nnp_program *from, std::string &why);
};

} // namespace nnp
