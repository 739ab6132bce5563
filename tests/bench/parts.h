/*
 * Where a move's time goes, by loops that repeat one part: on a store that keeps nothing, so that
 * what is left of ps_change_apply() is finding, stepping, encoding and hashing; and the same moves
 * in groups of 64 on the durable store, unsynced, from which LMDB's share follows.
 */
#ifndef BENCH_PARTS_H
#define BENCH_PARTS_H

#include "bench/ours.h"

struct parts {
    double step_us, hash_us, encode_us; /* A move, on average over a life. */
    double judged_us;                   /* Their sum. */
    double lmdb_us;                     /* CPU of the store, a move, groups of 64. */
    double prepare_us[BENCH_MOVES];     /* Reading one input of each kind, by the submitter. */
};

bool parts_measure(struct ours *ours, struct parts *parts);

#endif
