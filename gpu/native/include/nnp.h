/* nnp.h: what a Gopherceptron compute plugin is. C11, and all that an outsider needs.
 *
 * A plugin is a shared library with one exported function, nnp_plugin, which returns a table of functions. It compiles
 * programs (networks as plain data) and runs them. What the operations mean is said at backend.Kind in
 * nnlib/backend/program.go, and in src/ref/ as plain loops.
 *
 * Rules. Every call returns a status, never aborts and never unwinds. "Unsupported" is an answer to compile only: the
 * host then computes the program itself. A handle is used by one thread at a time; different handles may be used at the
 * same time. The host has checked shapes, lengths and handles before it calls; a plugin checks what it can cheaply.
 * Later versions only add: kinds at free numbers, fields and functions at the end of structs, which carry their size.
 */
#ifndef NNP_H
#define NNP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NNP_VERSION 1
#define NNP_NONE (-1)   /* the operand that an operation does without */
#define NNP_MAX_RANK 6

typedef int32_t nnp_status;
enum {
    NNP_OK = 0,
    NNP_UNSUPPORTED = 1, /* by compile: ask someone else */
    NNP_CANCELLED = 2,   /* by run: the cancel word was not 0 */
    NNP_INVALID = 3,     /* an argument or a program makes no sense: last_error says which */
    NNP_NO_MEMORY = 4,
    NNP_FAILED = 5       /* anything else */
};

/* Roles of slots. All slots hold zeros when a program has been compiled. */
enum { NNP_TEMP = 0, NNP_INPUT = 1, NNP_PARAM = 2, NNP_OUTPUT = 3 };

/* Kinds of operations; the numbers are those of backend.Kind. */
enum {
    NNP_DENSE = 1, NNP_DENSE_GRAD_INPUT, NNP_DENSE_GRAD_WEIGHT, NNP_DENSE_GRAD_BIAS,
    NNP_ACTIVATION, NNP_ACTIVATION_GRAD, NNP_SOFTMAX, NNP_SOFTMAX_GRAD, NNP_MULTIPLY,
    NNP_BATCH_NORM, NNP_BATCH_NORM_GRAD, NNP_BATCH_NORM_INFERENCE,
    NNP_LOSS, NNP_LOSS_GRAD, NNP_COUNT_CORRECT, NNP_COUNT_POSITIVE,
    NNP_PENALTY, NNP_PENALTY_GRAD, NNP_CLIP_VALUE, NNP_CLIP_NORM,
    NNP_SGD, NNP_MOMENTUM, NNP_ADAM, NNP_RMSPROP,
    /* 64 to 95 are kept for convolution and pooling, forward and backward. */
    NNP_CONVOLUTION_FIRST = 64, NNP_CONVOLUTION_LAST = 95
};

/* Functions of NNP_ACTIVATION and NNP_ACTIVATION_GRAD, and of NNP_LOSS and NNP_LOSS_GRAD. */
enum { NNP_STEP = 1, NNP_SIGMOID, NNP_TANH, NNP_RELU, NNP_GELU };
enum {
    NNP_SOFTMAX_CROSS_ENTROPY = 101, NNP_SIGMOID_CROSS_ENTROPY, NNP_CROSS_ENTROPY, NNP_BINARY_CROSS_ENTROPY,
    NNP_SQUARED_ERROR
};

typedef struct nnp_slot {
    int32_t role;
    int32_t batched; /* 1: one row an example, up to max_batch rows; dims are then those of one example */
    int32_t rank;
    int32_t reserved;
    int64_t dims[NNP_MAX_RANK];
} nnp_slot;

/* An operation. Its operands, then its results, are operands[first_operand ...] of the program, slots by number; its
 * constants are consts[first_const ...]. */
typedef struct nnp_op {
    int32_t kind, func;
    int32_t first_operand, operands, results;
    int32_t first_const, consts;
    int32_t reserved;
} nnp_op;

typedef struct nnp_entry {
    int32_t first_op, ops;
} nnp_entry;

typedef struct nnp_program {
    uint32_t size; /* sizeof(nnp_program) of the caller */
    int32_t max_batch;
    int32_t slot_count, entry_count, op_count, operand_count, const_count;
    int32_t reserved;
    const nnp_slot *slots;
    const nnp_entry *entries;
    const nnp_op *ops;
    const int32_t *operands;
    const float *consts;
} nnp_program;

typedef struct nnp_info {
    uint32_t size;    /* sizeof(nnp_info) of the caller, who sets it */
    int32_t threads;  /* processors the plugin sees */
    char name[64];    /* "gopherceptron cpu" */
    char isa[32];     /* "avx512", "avx2", "sse2", "neon", or a device */
    int64_t memory;   /* bytes that compiled programs hold */
} nnp_info;

/* What bench measures. */
enum {
    NNP_BENCH_FMA = 1, /* floating-point operations a second of multiply-adds between registers */
    NNP_BENCH_ADAM = 2, /* bytes a second of three streams that are read and written, as Adam's */
    NNP_BENCH_READ = 3  /* bytes a second of one stream that is read, as weights are in a forward pass */
};

typedef struct nnp_bench {
    uint32_t size;
    int32_t what;
    int32_t threads;
    int32_t milliseconds; /* about how long it may take */
    double per_second;    /* the answer */
} nnp_bench;

typedef struct nnp_exec nnp_exec; /* a compiled program with its memory */

typedef struct nnp_api {
    uint32_t version; /* NNP_VERSION */
    uint32_t size;    /* sizeof(nnp_api) of the plugin */

    /* compile copies what it needs of the program. On failure *out may be a handle that only last_error and destroy
     * take, or null. */
    nnp_status (*compile)(const nnp_program *program, nnp_exec **out);
    /* destroy gives the memory back. Null is allowed. */
    nnp_status (*destroy)(nnp_exec *exec);
    /* write copies count numbers, row major, into a slot: a whole slot, or the first rows of a batched one. */
    nnp_status (*write)(nnp_exec *exec, int32_t slot, const float *numbers, int64_t count);
    /* read copies the other way, of parameters and outputs. */
    nnp_status (*read)(nnp_exec *exec, int32_t slot, float *numbers, int64_t count);
    /* run runs an entry on the first batch rows of all batched slots, with at most so many threads. The results have
     * the same bits for any number of threads. */
    nnp_status (*run)(nnp_exec *exec, int32_t entry, int32_t batch, int32_t threads);
    /* cancel_word gives the address of a word that run looks at between tiles: when any thread sets it, run returns
     * NNP_CANCELLED within 100 ms, and every parameter holds numbers from before or after its update. The host clears it. */
    nnp_status (*cancel_word)(nnp_exec *exec, uint32_t **word);
    nnp_status (*info)(nnp_info *info);
    /* last_error writes what the last failed call on a handle was about, as a string of at most size bytes. */
    nnp_status (*last_error)(const nnp_exec *exec, char *text, int64_t size);
    nnp_status (*bench)(nnp_bench *bench);
    /* write_part and read_part copy a part of a parameter: count numbers from number first on, row major. The host moves
     * large parameters a piece at a time, so that they need not be there twice. */
    nnp_status (*write_part)(nnp_exec *exec, int32_t slot, int64_t first, const float *numbers, int64_t count);
    nnp_status (*read_part)(nnp_exec *exec, int32_t slot, int64_t first, float *numbers, int64_t count);
} nnp_api;

/* nnp_plugin returns the table, which lives as long as the library is loaded, or null where the host asks for a version
 * that the plugin does not speak. */
#if defined(_WIN32)
__declspec(dllexport)
#elif defined(__GNUC__)
__attribute__((visibility("default")))
#endif
const nnp_api *nnp_plugin(uint32_t version);

#ifdef __cplusplus
}
#endif
#endif
