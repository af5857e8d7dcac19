// What the kernels of an instruction set can do: one table, chosen once. The sources in cpu/ are compiled once for each
// set; ref/ has the same by plain loops.
#pragma once
#include <stdint.h>

namespace nnp {

// Weights (k, n) of a dense layer lie in tiles of 64x32 numbers: tile (kb, p) at (kb·panels + p)·2048, row by row. A tile
// is 8 KB, two of them fit the first cache beside what they are multiplied with, and a row is whole vectors. Columns past
// n are padding, which holds anything; rows past k are never looked at.
constexpr int kTileRows = 64, kTileCols = 32, kTile = kTileRows * kTileCols;

struct Weights {
    float *data;
    int64_t k, n;
    int64_t panels() const { return (n + kTileCols - 1) / kTileCols; }
    int64_t blocks() const { return (k + kTileRows - 1) / kTileRows; }
    int64_t numbers() const { return panels() * blocks() * kTile; }
    float *tile(int64_t kb, int64_t p) const { return data + (kb * panels() + p) * kTile; }
    int64_t rows(int64_t kb) const { return k - kb * kTileRows < kTileRows ? k - kb * kTileRows : kTileRows; }
    int64_t cols(int64_t p) const { return n - p * kTileCols < kTileCols ? n - p * kTileCols : kTileCols; }
};

// Rows of examples, in blocks of 64 columns: number (i, 64·kb + c) is at data[i·row + kb·block + c]. Plain rows of n are
// {data, n, 64}. Wide inputs are stored with a block's rows together, {data, 64, 64·rows}: rows of 442 KB that are read side
// by side would fall into the same sets of the cache.
struct Rows {
    const float *data;
    int64_t row, block;
};

// How an update changes weights by their gradient, and what happens to the gradient before; see Update::kind.
struct Change {
    enum What { kScale, kClip, kPenalty } what;
    float a, b; // kScale: a factor; kClip: a bound; kPenalty: l1, l2
};

constexpr int kMaxChanges = 4;

// An Update is what is done with a piece of a gradient: it is changed, then stored or used up.
struct Update {
    enum Kind { kStore, kSquares, kSGD, kMomentum, kAdam, kRMSprop } kind;
    Change changes[kMaxChanges];
    int change_count;
    float hyper[5];  // of the step, as backend.Kind orders them; the decay apart
    float decay;
    float *w;        // weights; for kPenalty too
    float *state[3]; // Momentum: velocity. Adam: m, v. RMSprop: s, velocity or null, mean or null
    float *store;    // kStore: where the gradient goes
};

// An Epilogue is what a product does to its result while it is in the cache: an activation (func, 0 for none), or back
// through one, where v holds what activate_grad needs, in the rows of the result.
struct Epilogue {
    int func;
    float slope;
    const float *v;
};

struct Kernels {
    const char *name;
    // Rows of a gradient tile that are computed together: tasks are cut in multiples of it.
    int rows;

    // h[p·b + i][32] += Σ x[i][l]·w[l][32p..], over the rows l of blocks kb0 to kb1-1 and all panels. h is padded.
    void (*forward_blocks)(const Rows &x, const Weights &w, int64_t kb0, int64_t kb1, int64_t b, float *h);
    // y[i][32p..] = Σ_g h[g·stride + (p·b + i)·32 ..] + bias: what groups of blocks gave, in order. bias may be null.
    void (*forward_sum)(const float *h, int64_t groups, int64_t stride, const Weights &w, int64_t p, int64_t b, const float *bias, const Epilogue &e, float *y);
    // y[i][32p..] = Σ x[i][l]·w[l][..] + bias, for rows i0 to i1-1; bias may be null; y has rows of n.
    void (*forward_panel)(const Rows &x, const Weights &w, int64_t p, int64_t i0, int64_t i1, const float *bias, const Epilogue &e, float *y);
    // dx[i][64kb..] = Σ dy[i][j]·w[l][j], for rows i0 to i1-1. turned is scratch for 64·n numbers; dx has rows of k.
    void (*grad_input)(const float *dy, const Weights &w, int64_t kb, int64_t i0, int64_t i1, float *turned, const Epilogue &e, float *dx);
    // The gradient of block kb: Σ_i x[i][l]·dy[i][j], dy in panels [p][b][32], tile by tile into update. squares gets the
    // sum of the squares of the block for kSquares.
    void (*grad_weight)(const Rows &x, const float *dy, const Weights &w, int64_t kb, int64_t b, const Update &update, double *squares);
    // The same of a gradient that exists: numbers from to to-1 of flat arrays.
    void (*update)(const Update &update, float *g, int64_t from, int64_t to);

    void (*activate)(int func, float slope, float *y, const float *x, int64_t n);
    void (*activate_grad)(int func, float slope, float *dx, const float *dy, const float *v, int64_t n);
    void (*multiply)(float *y, const float *a, const float *b, int64_t n);
    // out[j] = Σ_i x[i][j]
    void (*column_sums)(float *out, const float *x, int64_t b, int64_t n);

    // Measurements: multiply-adds between registers (returns how many floating-point operations), and passes over memory.
    double (*spin_fma)(int64_t rounds);
    void (*spin_adam)(float *w, float *m, float *v, int64_t n);
    float (*spin_read)(const float *w, int64_t n);
};

const Kernels *kernels(); // of the best instruction set of this machine, or of the one that NNP_ISA names

} // namespace nnp
