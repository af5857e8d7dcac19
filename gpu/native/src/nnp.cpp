// The entry points of nnp.h. Nothing throws across them.
#include "../include/nnp.h"

#include "exec.h"
#include "measure.h"

#include <new>
#include <string.h>
#include <thread>

using namespace nnp;

namespace {

// guarded runs f, and turns what the C++ library may throw into a status.
template <class F> nnp_status guarded(nnp_exec *e, F f) {
#if defined(__cpp_exceptions)
    try {
        return f();
    } catch (const std::bad_alloc &) {
        return NNP_NO_MEMORY;
    } catch (...) {
        if (e) e->error.clear();
        return NNP_FAILED;
    }
#else
    return f();
#endif
}

nnp_status compile(const nnp_program *program, nnp_exec **out) {
    if (!program || !out) return NNP_INVALID;
    *out = new (std::nothrow) nnp_exec;
    if (!*out) return NNP_NO_MEMORY;
    return guarded(*out, [&] { return (*out)->compile(program); });
}

nnp_status destroy(nnp_exec *e) {
    delete e;
    return NNP_OK;
}

nnp_status write(nnp_exec *e, int32_t slot, const float *numbers, int64_t count) {
    if (!e || !numbers) return NNP_INVALID;
    return guarded(e, [&] { return e->write(slot, numbers, count); });
}

nnp_status read(nnp_exec *e, int32_t slot, float *numbers, int64_t count) {
    if (!e || (!numbers && count != 0)) return NNP_INVALID;
    return guarded(e, [&] { return e->read(slot, numbers, count); });
}

nnp_status write_part(nnp_exec *e, int32_t slot, int64_t first, const float *numbers, int64_t count) {
    if (!e || (!numbers && count != 0)) return NNP_INVALID;
    return guarded(e, [&] { return e->part(slot, first, const_cast<float *>(numbers), count, true); });
}

nnp_status read_part(nnp_exec *e, int32_t slot, int64_t first, float *numbers, int64_t count) {
    if (!e || (!numbers && count != 0)) return NNP_INVALID;
    return guarded(e, [&] { return e->part(slot, first, numbers, count, false); });
}

nnp_status run(nnp_exec *e, int32_t entry, int32_t batch, int32_t threads) {
    if (!e) return NNP_INVALID;
    return guarded(e, [&] { return e->run(entry, batch, threads); });
}

nnp_status cancel_word(nnp_exec *e, uint32_t **word) {
    if (!e || !word) return NNP_INVALID;
    *word = &e->cancel;
    return NNP_OK;
}

void put(char *to, size_t size, const char *text) {
    if (size == 0) return;
    strncpy(to, text, size - 1);
    to[size - 1] = 0;
}

nnp_status info(nnp_info *i) {
    if (!i || i->size < sizeof(nnp_info)) return NNP_INVALID;
    i->threads = static_cast<int32_t>(std::thread::hardware_concurrency());
    put(i->name, sizeof i->name, "gopherceptron cpu");
    put(i->isa, sizeof i->isa, kernels()->name);
    i->memory = allocated();
    return NNP_OK;
}

nnp_status last_error(const nnp_exec *e, char *text, int64_t size) {
    if (!text || size < 1) return NNP_INVALID;
    put(text, static_cast<size_t>(size), e ? e->error.c_str() : "");
    return NNP_OK;
}

nnp_status bench(nnp_bench *b) {
    if (!b || b->size < sizeof(nnp_bench)) return NNP_INVALID;
    return guarded(nullptr, [&] { return measure(*b); });
}

} // namespace

extern "C" const nnp_api *nnp_plugin(uint32_t version) {
    static const nnp_api api = {NNP_VERSION, sizeof(nnp_api), compile, destroy, write, read, run, cancel_word, info, last_error, bench, write_part, read_part};
    return version == NNP_VERSION ? &api : nullptr;
}
