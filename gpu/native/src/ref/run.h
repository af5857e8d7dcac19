// One operation on plain slots, by the loops beside: the meaning of every kind, and what runs the kinds that have no
// kernel of their own.
#pragma once
#include "../program.h"

namespace nnp {
namespace ref {

// run does an operation on the first b rows. slots are the slots' numbers, row major.
void run(const Program &p, const Op &op, float *const *slots, int64_t b);

} // namespace ref
} // namespace nnp
