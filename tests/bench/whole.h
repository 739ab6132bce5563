/* The whole way of a command: JSON read, checked, rendered, its evidence packed, durable. */
#ifndef BENCH_WHOLE_H
#define BENCH_WHOLE_H

#include "bench/ours.h"

/** Creates of orders that nobody looks at again, by payscore_submit(), into that store. */
bool whole_open(struct bench_contender *contender, struct ours *ours);

#endif
