// What a program becomes: where slots lie, and how each entry is run, step by step.
#pragma once
#include "kernels.h"
#include "program.h"

namespace nnp {

// How a slot's numbers lie.
enum class Layout {
    kNone,    // nowhere: the gradient is used up tile by tile
    kPlain,   // row major
    kTiled,   // weights, and all that is as long as they: see Weights
    kBlocked, // wide inputs: see Rows
};

struct Place {
    Layout layout = Layout::kPlain;
    int64_t k = 0, n = 0;  // kTiled: the matrix
};

// What happens to a gradient between the product and the update. For kScale, clip numbers the ClipNorm whose factor it is.
struct PlannedChange {
    Change change;
    int clip;
};

// A gradient of weights that never is in memory.
struct Fused {
    int slot;
    const Op *product; // the DenseGradWeight
    const Op *update;
    std::vector<PlannedChange> changes; // in order
};

struct Step {
    const Op *op;
    const Op *epilogue = nullptr; // an activation, or back through one, that the product before it does
    int fused = -1;               // updates: the place in Entry::fused of their gradient
    int clip = -1;                // ClipNorm: its number
};

struct Entry {
    std::vector<Step> steps;
    std::vector<Fused> fused;
    int clips = 0;

    const Fused *of(int slot) const;
};

struct Plan {
    std::vector<Place> places; // by slot
    std::vector<Entry> entries;

    // make plans a program for kernels, or where plain is set for the loops of ref/. On NNP_UNSUPPORTED it says why.
    nnp_status make(const Program &p, bool plain, std::string &why);

private:
    nnp_status lay(const Program &p, std::string &why);
    void order(const Program &p);
};

} // namespace nnp
