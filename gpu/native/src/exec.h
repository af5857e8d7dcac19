// A compiled program with its memory: what a handle of nnp.h is.
#pragma once
#include "memory.h"
#include "plan.h"

#include <atomic>
#include <memory>

// The handle. Its members are plain data of one program; one thread uses it at a time, but for cancel.
struct nnp_exec {
    nnp_status compile(const nnp_program *program);
    nnp_status write(int slot, const float *numbers, int64_t count);
    nnp_status read(int slot, float *numbers, int64_t count);
    nnp_status part(int slot, int64_t first, float *numbers, int64_t count, bool write); // numbers are only read when writing
    nnp_status run(int entry, int batch, int threads);
    ~nnp_exec();

    std::string error;
    uint32_t cancel = 0; // read and written atomically

private:
    using Op = nnp::Op;
    using Step = nnp::Step;

    nnp_status fail(nnp_status status, const std::string &why);
    void copy(int slot, int64_t first, float *there, int64_t count, bool write);
    bool cancelled() const { return __atomic_load_n(&cancel, __ATOMIC_RELAXED) != 0; }

    // Operations with kernels of their own; the rest goes to ref/. b is the batch.
    nnp_status step(const nnp::Entry &entry, const Step &s);
    nnp_status dense(const Step &s);
    nnp_status dense_wide(const Step &s);
    nnp_status grad_input(const Step &s);
    nnp_status grad_weight(const Op &product, const nnp::Update &update, double *squares);
    nnp_status flat_update(const nnp::Update &update, float *g, int64_t n);
    void elementwise(const Op &op);
    void column_sums(const Op &op);
    nnp_status clip_norm(const nnp::Entry &entry, const Step &s);
    void clip_value(const Op &op);
    nnp::Update update_of(const Op &op) const;
    nnp_status fused_update(const nnp::Entry &entry, const nnp::Fused &f, const Op &op);
    bool planned(const nnp::Entry &entry, const nnp::Fused &f, size_t changes, nnp::Update &u) const;

    nnp::Weights weights(int slot) const { return {data_[slot], plan_.places[slot].k, plan_.places[slot].n}; }
    nnp::Rows rows(int slot) const;
    nnp::Epilogue epilogue(const Op *op, size_t operand) const;
    float *at(int slot) const { return slot == NNP_NONE ? nullptr : data_[slot]; }
    int64_t row(int slot) const { return program_.slots[slot].size; }
    int64_t numbers(int slot) const; // how many a slot holds as it lies
    float *scratch(size_t which, int64_t numbers);

    const nnp::Kernels *k_ = nullptr; // null: by the loops of ref/
    nnp::Program program_;
    nnp::Plan plan_;
    std::vector<nnp::Buffer> buffers_;
    std::vector<float *> data_; // by slot; null where it is nowhere
    std::vector<nnp::Buffer> scratch_;
    std::vector<float> norms_; // by ClipNorm of the entry that runs: the factor
    int batch_ = 0, threads_ = 1;
};
