// All kernels of one instruction set. The build compiles this file once for each, with -DNNP_ISA=name and its flags.
#include "dense_forward.h"
#include "dense_grad_input.h"
#include "dense_grad_weight.h"
#include "elementwise.h"
#include "measure.h"
#include "update.h"

#define NNP_TEXT(x) #x
#define NNP_NAME(x) NNP_TEXT(x)

namespace nnp {
namespace NNP_ISA {

extern const Kernels table;
const Kernels table = {
    NNP_NAME(NNP_ISA), kGroup, forward_blocks, forward_sum, forward_panel, grad_input, grad_weight, update,
    activate, activate_grad, multiply, column_sums, spin_fma, spin_adam, spin_read,
};

} // namespace NNP_ISA
} // namespace nnp
