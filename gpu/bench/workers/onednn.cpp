// Matrix products by oneDNN at the shapes of H's first layer, with the layouts it likes best, in memory of 2 MiB pages; the
// protocol is that of common.py. onednn VARIANT WORKLOAD BATCH THREADS. g++ -O2 -fopenmp onednn.cpp -ldnnl
#include <dnnl.hpp>
#include <sys/mman.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <unordered_map>

using namespace dnnl;

static memory allocate(const memory::desc &d, const engine &e) {
    size_t n = d.get_size(), huge = 2 << 20;
    char *p = static_cast<char *>(mmap(nullptr, n + huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    p = reinterpret_cast<char *>((reinterpret_cast<uintptr_t>(p) + huge - 1) & ~(huge - 1));
    madvise(p, n, MADV_HUGEPAGE);
    for (size_t i = 0; i < n / 4; i++) reinterpret_cast<float *>(p)[i] = static_cast<float>(i * 2654435761u % 256) / 255 - .5f;
    return memory(d, e, p);
}

int main(int, char **arg) {
    bool forward = !strcmp(arg[2], "forward");
    long batch = atol(arg[3]), k = 110592, n = 500;
    engine e(engine::kind::cpu, 0);
    stream s(e);
    auto any = memory::format_tag::any;
    auto f32 = memory::data_type::f32;
    memory::desc x({batch, k}, f32, any), w({n, k}, f32, any), y({batch, n}, f32, any);
    inner_product_forward::primitive_desc fd(e, prop_kind::forward_training, x, w, y);
    primitive product;
    std::unordered_map<int, memory> operands;
    if (forward) {
        product = inner_product_forward(fd);
        operands = {{DNNL_ARG_SRC, allocate(fd.src_desc(), e)}, {DNNL_ARG_WEIGHTS, allocate(fd.weights_desc(), e)}, {DNNL_ARG_DST, allocate(fd.dst_desc(), e)}};
    } else {
        inner_product_backward_weights::primitive_desc bd(e, x, w, y, fd);
        product = inner_product_backward_weights(bd);
        operands = {{DNNL_ARG_SRC, allocate(bd.src_desc(), e)}, {DNNL_ARG_DIFF_WEIGHTS, allocate(bd.diff_weights_desc(), e)}, {DNNL_ARG_DIFF_DST, allocate(bd.diff_dst_desc(), e)}};
    }
    auto step = [&] {
        product.execute(s, operands);
        s.wait();
    };
    for (int i = 0; i < 5; i++) step();
    puts("ready");
    fflush(stdout);
    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        if (line[0] == 'r') {
            puts("[0, 0]");
        } else {
            for (int i = 0, steps = atoi(line); i < steps; i++) {
                auto start = std::chrono::steady_clock::now();
                step();
                printf("%s%.4f", i ? ", " : "[", std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
            }
            puts("]");
        }
        fflush(stdout);
    }
}
