// What bench measures: the roof of this machine.
#pragma once
#include "../include/nnp.h"

namespace nnp {

nnp_status measure(nnp_bench &b);

} // namespace nnp
